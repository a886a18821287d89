//! The runtime of plain threads does what the core expects.

use telewire_blocking::ThreadRuntime;

fn run<F: Future<Output = ()>>(test: impl FnOnce(ThreadRuntime) -> F) {
    let runtime = ThreadRuntime::shared().unwrap();
    assert!(!runtime.is_driver_thread());
    telewire_blocking::block_on(test(runtime));
}

telewire_tests::conformance!(run);

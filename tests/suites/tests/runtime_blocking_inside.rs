//! The runtime of plain threads does what the core expects, on its driver thread as well.

use futures::channel::oneshot;
use telewire_blocking::ThreadRuntime;
use telewire_core::runtime::Runtime;

fn run<F: Future<Output = ()> + Send>(test: impl FnOnce(ThreadRuntime) -> F + Send + 'static) {
    let runtime = ThreadRuntime::shared().unwrap();
    let (done, end) = oneshot::channel();
    runtime.spawn(async move {
        assert!(runtime.is_driver_thread());
        test(runtime).await;
        let _ = done.send(());
    });
    telewire_blocking::block_on(end).expect("the test panicked");
}

telewire_tests::conformance!(run);

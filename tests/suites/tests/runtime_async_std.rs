//! The async-std runtime does what the core expects.

use telewire_smol::async_std::AsyncStdRuntime;

fn run<F: Future<Output = ()>>(test: impl FnOnce(AsyncStdRuntime) -> F) {
    async_std::task::block_on(test(AsyncStdRuntime::new()));
}

telewire_tests::conformance!(run);

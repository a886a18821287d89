//! The tokio runtime does what the core expects.

use telewire_tokio::TokioRuntime;

fn run<F: Future<Output = ()>>(test: impl FnOnce(TokioRuntime) -> F) {
    let tokio = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    tokio.block_on(async { test(TokioRuntime::current()).await });
}

telewire_tests::conformance!(run);

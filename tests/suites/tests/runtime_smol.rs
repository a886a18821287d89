//! The smol runtime does what the core expects.

use telewire_smol::SmolRuntime;

fn run<F: Future<Output = ()>>(test: impl FnOnce(SmolRuntime) -> F) {
    smol::block_on(test(SmolRuntime::new()));
}

telewire_tests::conformance!(run);

//! Replays what the fuzzers have found, and short random input, through every fuzz target.

use std::fs;
use std::path::Path;

use telewire_core::rand::{Rng, Seed};
use telewire_tests::fuzzing::TARGETS;

/// Random inputs per target: a smoke test, the search is the fuzzers' work.
const RANDOM_INPUTS: usize = 2_000;

#[test]
fn everything_in_the_corpus_passes() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, target) in TARGETS {
        let Ok(files) = fs::read_dir(corpus.join(name)) else {
            panic!("fuzz/corpus/{name} is missing");
        };
        let mut seen = 0;
        for file in files {
            target(&fs::read(file.unwrap().path()).unwrap());
            seen += 1;
        }
        assert!(seen > 0, "fuzz/corpus/{name} is empty");
    }
}

#[test]
fn random_input_passes() {
    let mut rng = Rng::new(Seed::new([1; 32]));
    for (_, target) in TARGETS {
        for _ in 0..RANDOM_INPUTS {
            let mut input = vec![0; (rng.u32() % 300) as usize];
            rng.fill(&mut input);
            target(&input);
        }
    }
}

#[test]
fn every_target_has_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
    for (name, _) in TARGETS {
        assert!(
            folder.join(format!("{name}.rs")).is_file(),
            "no fuzz_targets/{name}.rs"
        );
    }
}

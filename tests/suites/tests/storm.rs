//! Accounts in storms: nothing is lost, nothing happens twice, everything is answered, and everybody comes to rest.
//!
//! `cargo run --release -p telewire-tests --bin soak` runs more of them.

use telewire_core::internals::Broken;
use telewire_tests::workload::{self, Setup};

/// Storms that are run here.
const STORMS: u64 = 304;

/// Within so many storms a client that lacks a mechanism has to be found out.
const CAUGHT_WITHIN: u64 = 200;

/// The `n`-th of eight parts, so that they run side by side.
fn part(n: u64) {
    for seed in (n..STORMS).step_by(8) {
        let setup = Setup::from_seed(seed);
        if let Err(why) = workload::run(&setup) {
            panic!("{}", workload::failure(&setup, &why));
        }
    }
}

macro_rules! parts {
    ($($name:ident $n:literal),*) => {$(
        #[test]
        fn $name() {
            part($n);
        }
    )*};
}

parts!(
    storms_are_survived_0 0, storms_are_survived_1 1, storms_are_survived_2 2, storms_are_survived_3 3,
    storms_are_survived_4 4, storms_are_survived_5 5, storms_are_survived_6 6, storms_are_survived_7 7
);

#[test]
fn the_same_seed_is_the_same_storm() {
    let trace = |seed| workload::run(&Setup::from_seed(seed)).map(|report| report.trace);
    for seed in [3, 5, 11, 17] {
        assert_eq!(trace(seed), trace(seed), "seed {seed}");
    }
    assert_ne!(trace(3), trace(5));
}

/// Runs storms until one shows that the mechanism is missing. Returns what it showed.
fn caught(broken: Broken) -> String {
    let setups = (0..CAUGHT_WITHIN).map(|seed| Setup {
        broken: Some(broken),
        ..Setup::from_seed(seed)
    });
    let mut failures = setups.filter_map(|setup| workload::run(&setup).err());
    let first = failures.next();
    first.unwrap_or_else(|| panic!("{CAUGHT_WITHIN} storms do not miss {broken:?}"))
}

#[test]
fn a_client_without_acknowledgements_is_caught() {
    let why = caught(Broken::Acks);
    assert!(why.contains("not acknowledged"), "{why}");
}

#[test]
fn a_client_that_leaves_gaps_is_caught() {
    let why = caught(Broken::GapRepair);
    assert!(why.contains("never took"), "{why}");
}

#[test]
fn a_client_that_takes_everything_twice_is_caught() {
    let why = caught(Broken::Dedupe);
    assert!(why.contains("told twice"), "{why}");
}

#[test]
fn a_client_that_sends_nothing_again_is_caught() {
    let why = caught(Broken::Resend);
    assert!(why.contains("may or may not have run"), "{why}");
}

#[test]
fn a_client_that_keeps_its_salt_is_caught() {
    let why = caught(Broken::SaltUpdate);
    assert!(why.contains("salt"), "{why}");
}

#[test]
fn a_client_that_does_not_ask_is_caught() {
    caught(Broken::StateRequest);
}

//! The parity ledger is in order: areas that are done have no open item, and no tag or exception is void.

use telewire_tests::parity::{Ledger, repository};

#[test]
fn the_ledger_is_in_order() {
    let ledger = Ledger::read(&repository()).unwrap();
    assert!(ledger.items.len() > 1000, "{}", ledger.items.len());
    let faults: Vec<_> = ledger.faults().iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

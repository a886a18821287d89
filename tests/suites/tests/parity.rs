//! The ledgers are in order: areas that are done have no open item, and no tag or exception is void.

use telewire_tests::parity::{Book, Ledger, repository};

#[test]
fn the_ledger_of_parity_is_in_order() {
    assert_in_order(Book::Parity, 1000);
}

#[test]
fn the_ledger_of_rules_is_in_order() {
    assert_in_order(Book::Rules, 100);
}

fn assert_in_order(book: Book, least: usize) {
    let ledger = Ledger::read(&repository(), book).unwrap();
    assert!(ledger.items.len() > least, "{}", ledger.items.len());
    let faults: Vec<_> = ledger.faults().iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

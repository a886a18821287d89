//! Prints how far the parity with Telethon has come: a table of all areas, or the open items of the areas given. With
//! `rules` as the first word, the same for the clauses of what Telegram's servers do.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::process::ExitCode;

use telewire_tests::parity::{Book, Ledger, open_items, repository, table};

fn main() -> ExitCode {
    let mut areas: Vec<String> = std::env::args().skip(1).collect();
    let book = match areas.first() {
        Some(word) if word == "rules" => {
            areas.remove(0);
            Book::Rules
        }
        _ => Book::Parity,
    };
    let ledger = match Ledger::read(&repository(), book) {
        Ok(ledger) => ledger,
        Err(error) => {
            eprintln!("the ledger cannot be read: {error}");
            return ExitCode::FAILURE;
        }
    };
    if areas.is_empty() {
        print!("{}", table(&ledger));
    } else {
        print!("{}", open_items(&ledger, &areas));
    }
    let faults = ledger.faults();
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

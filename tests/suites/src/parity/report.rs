//! What the `parity` program prints.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Ledger;

/// Numbers of an area.
#[derive(Clone, Copy, Default)]
struct Count {
    items: usize,
    tested: usize,
    excepted: usize,
    open: usize,
}

/// All areas with the numbers of their items, and the sums.
pub fn table(ledger: &Ledger) -> String {
    let tested = ledger.tested();
    let mut areas = BTreeMap::<&str, Count>::new();
    let mut total = Count::default();
    for item in &ledger.items {
        for count in [areas.entry(item.area()).or_default(), &mut total] {
            count.items += 1;
            if tested.contains_key(item.id.as_str()) {
                count.tested += 1;
            } else if ledger.is_excepted(&item.id) {
                count.excepted += 1;
            } else {
                count.open += 1;
            }
        }
    }
    let mut text = format!(
        "{:<18}{:>7}{:>8}{:>10}{:>6}\n",
        "area", "items", "tested", "excepted", "open"
    );
    let mut row = |name: &str, c: Count| {
        let done = ledger.done.iter().any(|area| area.name == name);
        let mark = if done { "  done" } else { "" };
        let _ = writeln!(
            text,
            "{name:<18}{:>7}{:>8}{:>10}{:>6}{mark}",
            c.items, c.tested, c.excepted, c.open
        );
    };
    for (area, count) in areas {
        row(area, count);
    }
    row("total", total);
    text
}

/// The open items of areas, with their facts.
pub fn open_items(ledger: &Ledger, areas: &[String]) -> String {
    let mut text = String::new();
    for area in areas {
        let open = ledger.open();
        let open: Vec<_> = open.iter().filter(|item| item.area() == area).collect();
        let _ = writeln!(text, "{area}: {} open", open.len());
        for item in open {
            let _ = writeln!(text, "  {} {}", item.id, item.fact);
        }
    }
    text
}

//! The facts, the exceptions and the areas that are done, as their files have them.

use std::io;
use std::path::Path;

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id, such as `M-auth.start.phone`.
    pub id: String,
    /// What it says.
    pub fact: String,
}

impl Item {
    /// The area that it belongs to.
    pub fn area(&self) -> &str {
        area(&self.id)
    }
}

/// A row of `exceptions.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The line, from 1.
    pub line: usize,
    /// The id.
    pub id: String,
    /// Why no test pins it.
    pub reason: String,
}

/// A line of `done.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// The line, from 1.
    pub line: usize,
    /// The area's name, such as `M-auth`.
    pub name: String,
    /// Ids, or prefixes that end in `*`, which are still to come.
    pub except: Vec<String>,
}

impl Area {
    /// Whether the item has to be closed by now.
    pub fn claims(&self, item: &Item) -> bool {
        item.area() == self.name && !self.except.iter().any(|rule| matches(rule, &item.id))
    }
}

/// Whether an id is meant by a rule: itself, or a prefix that ends in `*`.
pub(super) fn matches(rule: &str, id: &str) -> bool {
    match rule.strip_suffix('*') {
        Some(prefix) => id.starts_with(prefix),
        None => id == rule,
    }
}

/// Errors, examples and the changelog are one area each; elsewhere it is the part of the id before the first dot.
fn area(id: &str) -> &str {
    match id.split_once('-') {
        Some((kind @ ("R" | "X" | "H"), _)) => kind,
        _ => id.split('.').next().unwrap_or(id),
    }
}

/// All facts of a folder, in the order of its files.
///
/// # Errors
/// A file that cannot be read, or whose rows are no CSV.
pub(super) fn items(folder: &Path) -> io::Result<Vec<Item>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut items = Vec::new();
    for file in files
        .iter()
        .filter(|f| f.extension().is_some_and(|e| e == "md"))
    {
        items.extend(facts(&std::fs::read_to_string(file)?));
    }
    let errors = folder.join("errors.csv");
    if !errors.exists() {
        return Ok(items);
    }
    for row in csv::Reader::from_path(errors)?.deserialize() {
        let row: Row = row?;
        items.push(Item {
            id: row.id,
            fact: format!("{} ({} {})", row.class, row.codes, row.base),
        });
    }
    Ok(items)
}

/// The lines `` - `ID` fact `` of a text.
pub(super) fn facts(text: &str) -> Vec<Item> {
    text.lines()
        .filter_map(|line| line.strip_prefix("- `")?.split_once("` "))
        .map(|(id, fact)| Item {
            id: id.to_owned(),
            fact: fact.to_owned(),
        })
        .collect()
}

/// What is read of a row of `errors.csv`.
#[derive(serde::Deserialize)]
struct Row {
    id: String,
    class: String,
    codes: String,
    base: String,
}

/// The rows below the heading `id,reason`.
///
/// # Errors
/// What is no CSV, or has not these two columns.
pub(super) fn exceptions(text: &str) -> io::Result<Vec<Exception>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(Exception {
            line: usize::try_from(line).unwrap_or(0),
            id: record[0].trim().to_owned(),
            reason: record.get(1).unwrap_or_default().trim().to_owned(),
        });
    }
    Ok(rows)
}

/// The lines of `done.txt` that are neither empty nor a comment.
pub(super) fn areas(text: &str) -> Vec<Area> {
    let lines = text.lines().enumerate();
    lines
        .filter_map(|(n, line)| {
            let mut words = line.split_whitespace();
            let name = words.next().filter(|name| !name.starts_with('#'))?;
            Some(Area {
                line: n + 1,
                name: name.to_owned(),
                except: words
                    .filter(|w| *w != "except")
                    .map(str::to_owned)
                    .collect(),
            })
        })
        .collect()
}

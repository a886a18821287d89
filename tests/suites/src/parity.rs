//! Ledgers: which facts of `tests/parity`, and which clauses of `tests/rules`, are pinned by a test, excepted, or open.

mod ledger;
mod lists;
mod python;
mod report;
mod rust;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

pub use ledger::{Fault, Ledger};
pub use lists::{Area, Exception, Item};
pub use report::{open_items, table};

/// Where a tag or a row stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the repository.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// The ids that one comment names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Line of the comment, from 1.
    pub line: usize,
    /// The ids, as written.
    pub ids: Vec<String>,
    /// Whether a test carries it.
    pub counts: bool,
}

/// What a ledger is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Book {
    /// The behaviour of Telethon.
    #[default]
    Parity,
    /// What Telegram's servers do.
    Rules,
}

impl Book {
    /// Where its lists are.
    fn folder(self) -> &'static Path {
        Path::new(match self {
            Self::Parity => "tests/parity",
            Self::Rules => "tests/rules",
        })
    }

    /// How its tags begin.
    fn marker(self) -> &'static str {
        match self {
            Self::Parity => "parity:",
            Self::Rules => "rule:",
        }
    }

    /// The ids in a comment, given without the comment's own marker. `None` if it is no tag.
    fn ids(self, comment: &str) -> Option<Vec<String>> {
        let list = comment.trim().strip_prefix(self.marker())?;
        Some(list.split(',').map(|id| id.trim().to_owned()).collect())
    }
}

/// The repository that this crate is part of.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

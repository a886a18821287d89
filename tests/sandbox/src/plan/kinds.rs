//! The kinds of accidents, and how often they have happened.

use std::collections::BTreeMap;
use std::fmt;

/// A kind of accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    missing_docs,
    reason = "the fields of `FaultPlan` of the same names say it"
)]
pub enum FaultKind {
    Cut,
    Delay,
    Split,
    Merge,
    Tamper,
    Reorder,
    Duplicate,
    LostAnswer,
    LostUpdate,
    WrongSalt,
    Flood,
    Trouble,
    Restart,
    Amnesia,
    Skew,
    Suspend,
    StoreFailure,
}

/// How often each kind of accident has happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Injected(BTreeMap<FaultKind, u64>);

impl FaultKind {
    /// All kinds.
    pub const ALL: [Self; 17] = [
        Self::Cut,
        Self::Delay,
        Self::Split,
        Self::Merge,
        Self::Tamper,
        Self::Reorder,
        Self::Duplicate,
        Self::LostAnswer,
        Self::LostUpdate,
        Self::WrongSalt,
        Self::Flood,
        Self::Trouble,
        Self::Restart,
        Self::Amnesia,
        Self::Skew,
        Self::Suspend,
        Self::StoreFailure,
    ];
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cut => "cut connections",
            Self::Delay => "delays",
            Self::Split => "split pieces",
            Self::Merge => "merged pieces",
            Self::Tamper => "tampered bytes",
            Self::Reorder => "late connections",
            Self::Duplicate => "messages sent twice",
            Self::LostAnswer => "lost answers",
            Self::LostUpdate => "lost updates",
            Self::WrongSalt => "changed salts",
            Self::Flood => "flood waits",
            Self::Trouble => "troubled requests",
            Self::Restart => "restarts",
            Self::Amnesia => "restarts without memory",
            Self::Skew => "skewed clocks",
            Self::Suspend => "suspended machines",
            Self::StoreFailure => "failed stores",
        })
    }
}

impl Injected {
    /// One more of that kind.
    pub fn count(&mut self, kind: FaultKind) {
        *self.0.entry(kind).or_default() += 1;
    }

    /// How often that kind has happened.
    pub fn of(&self, kind: FaultKind) -> u64 {
        self.0.get(&kind).copied().unwrap_or(0)
    }

    /// All kinds together.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Adds what has happened elsewhere.
    pub fn add(&mut self, other: &Self) {
        for (kind, n) in &other.0 {
            *self.0.entry(*kind).or_default() += n;
        }
    }
}

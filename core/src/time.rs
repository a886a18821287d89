//! Time as values: the core never reads a clock.
//!
//! Whoever drives the core passes a [`Now`] with every input. The two readings serve different ends: [`Mono`] orders
//! deadlines and never jumps, [`Unix`] is what message identifiers are made of. When the two drift apart, the machine
//! was suspended or its clock was set, and the engine reacts to that.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// One reading of both clocks, taken at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The steady clock, for deadlines.
    pub mono: Mono,
    /// The calendar clock, for message identifiers and dates.
    pub wall: Unix,
}

impl Now {
    /// Both clocks moved forward by `d`.
    #[must_use]
    pub fn after(self, d: Duration) -> Self {
        Self {
            mono: self.mono + d,
            wall: self.wall + d,
        }
    }
}

/// A point on a steady clock with an arbitrary origin.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mono(Duration);

impl Mono {
    /// The point `d` after the origin of the clock.
    pub const fn from_origin(d: Duration) -> Self {
        Self(d)
    }

    /// How far this point lies from the origin of the clock.
    pub const fn since_origin(self) -> Duration {
        self.0
    }

    /// The time from `earlier` to `self`, zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Mono {
    type Output = Self;

    fn add(self, d: Duration) -> Self {
        Self(self.0.saturating_add(d))
    }
}

impl Sub for Mono {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.since(earlier)
    }
}

impl fmt::Debug for Mono {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mono({:?})", self.0)
    }
}

/// A point in calendar time: the duration since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Unix(Duration);

impl Unix {
    /// The point `d` after the epoch.
    pub const fn from_epoch(d: Duration) -> Self {
        Self(d)
    }

    /// The point `seconds` after the epoch; negative ones count as the epoch.
    pub const fn from_secs(seconds: i64) -> Self {
        Self(Duration::from_secs(if seconds < 0 {
            0
        } else {
            seconds.unsigned_abs()
        }))
    }

    /// The duration since the epoch.
    pub const fn since_epoch(self) -> Duration {
        self.0
    }

    /// Whole seconds since the epoch, as Telegram's `date` fields count them.
    pub fn secs(self) -> i64 {
        i64::try_from(self.0.as_secs()).unwrap_or(i64::MAX)
    }
}

impl Add<Duration> for Unix {
    type Output = Self;

    fn add(self, d: Duration) -> Self {
        Self(self.0.saturating_add(d))
    }
}

impl fmt::Debug for Unix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Unix({}.{:03})",
            self.0.as_secs(),
            self.0.subsec_millis()
        )
    }
}

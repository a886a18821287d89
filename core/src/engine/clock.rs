//! The engine's sense of time: the last reading, and whether the machine slept or its clock was set.

use std::time::Duration;

use crate::time::Now;

/// How far the two clocks may drift apart between two readings before connections are replaced.
pub(super) const DRIFT: Duration = Duration::from_secs(5);

/// The last reading of both clocks.
#[derive(Debug)]
pub(super) struct Clock {
    last: Now,
}

impl Clock {
    pub(super) const fn new(now: Now) -> Self {
        Self { last: now }
    }

    /// Takes a reading. Returns whether the clocks went different ways since the last one: the machine was suspended
    /// (one kind of steady clock stands still then), or somebody set the calendar.
    pub(super) fn read(&mut self, now: Now) -> bool {
        let steady = now.mono.since(self.last.mono);
        let (before, after) = (self.last.wall.since_epoch(), now.wall.since_epoch());
        self.last = now;
        let expected = before.saturating_add(steady);
        expected.abs_diff(after) > DRIFT
    }

    /// The last reading.
    pub(super) const fn now(&self) -> Now {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Mono, Unix};

    #[test]
    fn notices_a_jump_of_the_calendar_both_ways() {
        let mut now = Now {
            mono: Mono::from_origin(Duration::from_secs(10)),
            wall: Unix::from_secs(1_700_000_000),
        };
        let mut clock = Clock::new(now);
        now = now.after(Duration::from_secs(3600));
        assert!(!clock.read(now));
        now.wall = now.wall + Duration::from_secs(6);
        assert!(clock.read(now));
        assert!(!clock.read(now));
        now.wall = Unix::from_epoch(now.wall.since_epoch() - Duration::from_secs(6));
        assert!(clock.read(now));
    }

    #[test]
    fn lets_small_corrections_pass() {
        let mut now = Now {
            mono: Mono::default(),
            wall: Unix::from_secs(1_700_000_000),
        };
        let mut clock = Clock::new(now);
        now.mono = now.mono + Duration::from_secs(4);
        assert!(!clock.read(now));
    }
}

//! The difference between our clock and the server's.
//!
//! Message ids tell the server's time, and only authenticated ones get here. The difference is
//! [learned](https://core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message) from
//! notices about wrong ids, and moved forward by any message from what would be our future.

use std::time::Duration;

use crate::time::Now;

/// Wall and steady clock drifting apart by more than this mean that the machine slept or its clock was set.
const DRIFT: Duration = Duration::from_secs(5);

/// A message older than this is not accepted.
const OLD: i128 = 300 * SECOND;
/// A message from further ahead is not accepted.
const AHEAD: i128 = 30 * SECOND;

const SECOND: i128 = 1_000_000_000;

#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// Server minus ours, in nanoseconds.
    offset: i128,
    /// Whether the server has confirmed the offset since our clocks last jumped.
    known: bool,
    /// Wall minus steady clock, in nanoseconds, when last looked at.
    apart: i128,
    /// The offset in seconds that was last reported.
    reported: i64,
}

impl Clock {
    /// `offset` in seconds, `None` where nothing is known.
    pub(super) fn new(now: Now, offset: Option<i64>) -> Self {
        Self {
            offset: i128::from(offset.unwrap_or(0)).saturating_mul(SECOND),
            known: offset.is_some(),
            apart: apart(now),
            reported: offset.unwrap_or(0),
        }
    }

    /// Compares our two clocks with each other. After a jump the offset is only a guess.
    pub(super) fn tick(&mut self, now: Now) {
        let apart = apart(now);
        let drift = apart.saturating_sub(self.apart).unsigned_abs();
        if drift > DRIFT.as_nanos() {
            self.known = false;
            self.apart = apart;
        }
    }

    /// The server's time in nanoseconds since the epoch.
    pub(super) fn server_time(&self, now: Now) -> i128 {
        wall(now).saturating_add(self.offset).max(0)
    }

    /// The same in whole seconds.
    pub(super) fn server_secs(&self, now: Now) -> i64 {
        i64::try_from(self.server_time(now).div_euclid(SECOND)).unwrap_or(i64::MAX)
    }

    /// An authenticated message has that id: moves the offset forward if it is ahead of our clock, and says whether its
    /// time is acceptable.
    ///
    /// While the offset is a guess, any step forward is taken and nothing is refused. Once it is known only the
    /// tolerance is made up for; what is further ahead is refused.
    pub(super) fn accepts(&mut self, now: Now, msg_id: i64) -> bool {
        let ahead = time_of(msg_id).saturating_sub(self.server_time(now));
        if ahead > 0 && (!self.known || ahead <= AHEAD) {
            self.offset = self.offset.saturating_add(ahead);
            return true;
        }
        !self.known || (ahead <= AHEAD && ahead >= OLD.saturating_neg())
    }

    /// The server refused our idea of the time: `msg_id`, of its notice, tells what it is.
    pub(super) fn correct(&mut self, now: Now, msg_id: i64) {
        self.offset = time_of(msg_id).saturating_sub(wall(now));
        self.known = true;
    }

    /// The server has accepted a message of ours, so our idea of the time is good enough.
    pub(super) fn confirm(&mut self) {
        self.known = true;
    }

    /// A new link: what stalled the old one may have stalled the clocks.
    pub(super) fn doubt(&mut self) {
        self.known = false;
    }

    /// The offset in seconds if it was confirmed.
    pub(super) fn known_offset(&self) -> Option<i64> {
        self.known.then(|| self.offset_secs())
    }

    /// The offset in seconds if it is no longer what was last reported; a second more or less is latency.
    pub(super) fn report(&mut self) -> Option<i64> {
        let offset = self.offset_secs();
        if offset.abs_diff(self.reported) < 2 {
            return None;
        }
        self.reported = offset;
        Some(offset)
    }

    fn offset_secs(&self) -> i64 {
        i64::try_from(self.offset.div_euclid(SECOND)).unwrap_or(i64::MAX)
    }
}

/// The time that a message id stands for, in nanoseconds since the epoch.
pub(super) fn time_of(msg_id: i64) -> i128 {
    // 2^32 units a second; the product stays far below 2^127.
    i128::from(msg_id).saturating_mul(SECOND) >> 32
}

fn wall(now: Now) -> i128 {
    i128::try_from(now.wall.since_epoch().as_nanos()).unwrap_or(i128::MAX)
}

fn apart(now: Now) -> i128 {
    let mono = i128::try_from(now.mono.since_origin().as_nanos()).unwrap_or(i128::MAX);
    wall(now).saturating_sub(mono)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Mono, Unix};

    fn at(mono: u64, wall: i64) -> Now {
        Now {
            mono: Mono::from_origin(Duration::from_secs(mono)),
            wall: Unix::from_secs(wall),
        }
    }

    fn id(secs: i64) -> i64 {
        (secs << 32) | 1
    }

    #[test]
    fn the_window_applies_once_the_offset_is_known() {
        let now = at(0, 10_000);
        let mut clock = Clock::new(now, None);
        assert!(
            clock.accepts(now, id(1_000)),
            "nothing known, nothing refused"
        );
        clock.confirm();
        assert!(!clock.accepts(now, id(9_699)));
        assert!(clock.accepts(now, id(9_700)));
        assert!(clock.accepts(now, id(10_000)));
        assert!(!clock.accepts(now, id(10_031)));
    }

    #[test]
    fn a_message_from_the_future_moves_the_offset_before_the_window_is_applied() {
        let now = at(0, 10_000);
        let mut clock = Clock::new(now, None);
        assert!(clock.accepts(now, id(13_600)));
        assert_eq!(clock.server_secs(now), 13_600);
        clock.confirm();
        assert!(clock.accepts(now, id(13_620)), "within the tolerance");
        assert_eq!(clock.server_secs(now), 13_620);
        assert!(!clock.accepts(now, id(10_000)), "an hour old by now");
        assert_eq!(clock.known_offset(), Some(3_620));
    }

    #[test]
    fn a_notice_moves_the_offset_back_as_well() {
        let now = at(0, 10_000);
        let mut clock = Clock::new(now, Some(0));
        clock.correct(now, id(4_000));
        assert_eq!(clock.server_secs(now), 4_000);
        assert_eq!(clock.report(), Some(-6_000));
        assert_eq!(clock.report(), None);
    }

    #[test]
    fn after_a_jump_of_the_clocks_the_offset_is_a_guess() {
        for later in [at(10, 13_600), at(10, 8_000), at(3_600, 10_010)] {
            let mut clock = Clock::new(at(0, 10_000), Some(0));
            clock.tick(at(100, 10_104));
            assert_eq!(clock.known_offset(), Some(0), "small drift is none");
            clock.tick(later);
            assert_eq!(clock.known_offset(), None);
            assert!(clock.accepts(later, id(20_000)));
            assert_eq!(clock.server_secs(later), 20_000);
        }
    }

    #[test]
    fn extreme_ids_do_no_harm() {
        let now = at(0, 0);
        for id in [i64::MIN, -1, 0, 1, i64::MAX] {
            let mut clock = Clock::new(now, None);
            clock.accepts(now, id);
            clock.correct(now, id);
            clock.server_secs(now);
            clock.report();
        }
    }
}

//! [Message identifiers](https://core.telegram.org/mtproto/description#message-identifier-msg-id).

use crate::time::Now;

/// Makes a client's message ids: the time in 2^-32 seconds, divisible by four, each greater than the one before.
#[derive(Clone, Debug, Default)]
pub struct MsgIds {
    last: i64,
}

impl MsgIds {
    /// No id has been made yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An id for a message made now, by our own clock; for the messages that create a key.
    pub fn next(&mut self, now: Now) -> i64 {
        let nanos = now.wall.since_epoch().as_nanos();
        self.next_at(i128::try_from(nanos).unwrap_or(i128::MAX))
    }

    /// An id for a message made at that many nanoseconds since the epoch.
    pub(super) fn next_at(&mut self, server_time: i128) -> i64 {
        const SECOND: i128 = 1_000_000_000;
        // The seconds of any real clock leave the upper half of an i128 empty.
        let units = server_time
            .clamp(0, i128::from(i64::MAX))
            .saturating_mul(1 << 32)
            .div_euclid(SECOND);
        let id = i64::try_from(units).unwrap_or(i64::MAX) & !3;
        self.last = id.max(self.last.saturating_add(4) & !3);
        self.last
    }

    /// Our clock was ahead of the server's, which has accepted nothing above `floor`: ids go on from there.
    pub(super) fn rewind(&mut self, floor: i64) {
        self.last = self.last.min(floor);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::time::{Mono, Unix};

    fn at(nanos: u64) -> Now {
        Now {
            mono: Mono::default(),
            wall: Unix::from_epoch(Duration::from_nanos(nanos)),
        }
    }

    #[test]
    fn ids_tell_the_time_and_are_divisible_by_four() {
        // parity: N-mt.msgid
        // rule: mtproto.msg_id_divisible
        let mut ids = MsgIds::new();
        let id = ids.next(at(1_700_000_000_500_000_000));
        assert_eq!(id >> 32, 1_700_000_000);
        assert_eq!(id & 0xffff_ffff, 0x8000_0000);
        for nanos in 0..50 {
            assert_eq!(ids.next(at(1_700_000_000_600_000_000 + nanos)) % 4, 0);
        }
    }

    #[test]
    fn ids_grow_when_the_clock_stands_or_goes_back() {
        // parity: N-mt.msgid
        let mut ids = MsgIds::new();
        let mut last = 0;
        for nanos in [
            5_000_000_000,
            5_000_000_000,
            4_000_000_000,
            0,
            5_000_000_001,
            9_000_000_000,
        ] {
            let id = ids.next(at(nanos));
            assert!(id > last);
            last = id;
        }
        assert_eq!(last >> 32, 9);
    }

    #[test]
    fn rewinding_goes_no_further_than_what_was_accepted() {
        let mut ids = MsgIds::new();
        let high = ids.next(at(9_000_000_000));
        ids.rewind(6 << 32);
        let id = ids.next(at(5_000_000_000));
        assert!(id > 6 << 32 && id < high);
    }
}

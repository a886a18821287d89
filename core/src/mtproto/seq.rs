//! [Sequence numbers](https://core.telegram.org/mtproto/description#message-sequence-number-msg-seqno).

/// Counts content-related messages: a message's number is twice the count before it, plus one if it is one itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seq {
    count: i32,
}

impl Seq {
    /// The number of the next message.
    pub(super) fn next(&mut self, content: bool) -> i32 {
        let even = self.count.wrapping_mul(2) & i32::MAX;
        if content {
            self.count = self.count.wrapping_add(1) & (i32::MAX >> 1);
            even | 1
        } else {
            even
        }
    }

    /// The server found `refused` too low: it counts further than we do. Several notices about messages of the same time
    /// are one correction.
    pub(super) fn raise(&mut self, refused: i32) {
        let enough = (refused.max(0) / 2).saturating_add(STEP) & (i32::MAX >> 1);
        self.count = self.count.max(enough);
    }

    /// The server found `refused` too high.
    pub(super) fn lower(&mut self, refused: i32) {
        let enough = (refused.max(0) / 2).saturating_sub(STEP / 4).max(0);
        self.count = self.count.min(enough);
    }
}

/// How far a correction goes, in messages.
const STEP: i32 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_counts_and_the_rest_does_not() {
        // parity: N-mt.seqno
        // rule: mtproto.seqno
        let mut seq = Seq::default();
        let numbers = [true, false, false, true, true, false].map(|content| seq.next(content));
        assert_eq!(numbers, [1, 2, 2, 3, 5, 6]);
    }

    #[test]
    fn a_correction_counts_once_however_many_messages_were_refused() {
        let mut seq = Seq { count: 10 };
        for refused in [13, 15, 17] {
            seq.raise(refused);
        }
        assert_eq!(seq.next(true), 81);
        for refused in [81, 80, 81] {
            seq.lower(refused);
        }
        assert_eq!(seq.next(true), 65);
        seq.lower(3);
        assert_eq!(seq.next(true), 1);
        seq.raise(i32::MAX);
        seq.raise(-1);
    }

    #[test]
    fn the_last_number_is_followed_by_the_first() {
        let mut seq = Seq {
            count: i32::MAX >> 1,
        };
        assert_eq!(seq.next(true), i32::MAX);
        assert_eq!(seq.next(true), 1);
    }
}

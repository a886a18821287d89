//! [Acknowledgements](https://core.telegram.org/mtproto/service_messages_about_messages#acknowledgment-of-receipt) that
//! are due. They travel with whatever is sent next, or alone when they have waited long enough.

use std::time::Duration;

use crate::time::{Mono, Now};

/// Ids in one `msgs_ack` at most, by the rule of the protocol.
pub(super) const MAX_PER_MESSAGE: usize = 8192;

/// So many do not wait for the timer.
const MANY: usize = 16;

/// The longest wait for something to travel with.
const DELAY: Duration = Duration::from_secs(10);

/// What is kept at most; older ones are forgotten, and asked for again by the server.
const MAX_WAITING: usize = 4 * MAX_PER_MESSAGE;

#[derive(Debug, Default)]
pub(super) struct Acks {
    waiting: Vec<i64>,
    timer: Option<Mono>,
    due: bool,
}

impl Acks {
    /// A message has to be acknowledged.
    pub(super) fn add(&mut self, now: Now, msg_id: i64) {
        if self.waiting.len() >= MAX_WAITING {
            self.waiting.remove(0);
        }
        self.waiting.push(msg_id);
        self.due |= self.waiting.len() >= MANY;
        if !self.due {
            self.timer.get_or_insert(now.after(DELAY).mono);
        }
    }

    /// They were on their way and may not have arrived.
    pub(super) fn restore(&mut self, now: Now, msg_ids: &[i64]) {
        for id in msg_ids {
            self.add(now, *id);
        }
    }

    /// As many as one message takes.
    pub(super) fn take(&mut self) -> Vec<i64> {
        let rest = self
            .waiting
            .split_off(self.waiting.len().min(MAX_PER_MESSAGE));
        let taken = std::mem::replace(&mut self.waiting, rest);
        self.timer = None;
        self.due = !self.waiting.is_empty();
        taken
    }

    /// Whether some must go out now even if nothing else does.
    pub(super) fn is_due(&self) -> bool {
        self.due
    }

    pub(super) fn handle_timeout(&mut self, now: Now) {
        if self.timer.is_some_and(|at| at <= now.mono) {
            self.timer = None;
            self.due = true;
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn poll_timeout(&self) -> Option<Mono> {
        self.timer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Unix;

    fn at(secs: u64) -> Now {
        Now {
            mono: Mono::from_origin(Duration::from_secs(secs)),
            wall: Unix::default(),
        }
    }

    #[test]
    fn a_few_wait_for_the_timer_and_many_do_not() {
        let mut acks = Acks::default();
        assert_eq!(acks.poll_timeout(), None);
        acks.add(at(0), 1);
        acks.add(at(5), 3);
        acks.handle_timeout(at(9));
        assert!(!acks.is_due());
        assert_eq!(
            acks.poll_timeout(),
            Some(at(10).mono),
            "the first one's time"
        );
        acks.handle_timeout(at(10));
        assert!(acks.is_due());
        assert_eq!(
            acks.poll_timeout(),
            None,
            "once due there is nothing to wait for"
        );
        assert_eq!(acks.take(), [1, 3]);
        for id in 0..16 {
            assert!(!acks.is_due());
            acks.add(at(20), id);
        }
        assert!(acks.is_due());
    }

    #[test]
    fn a_message_takes_8192_and_memory_is_bounded() {
        // rule: mtproto.ack_batch
        let mut acks = Acks::default();
        for id in 0..100_000 {
            acks.add(at(0), id);
        }
        assert_eq!(acks.waiting.len(), MAX_WAITING);
        assert_eq!(acks.take().len(), 8192);
        assert!(acks.is_due());
        while !acks.is_empty() {
            assert!(acks.take().len() <= 8192);
        }
        assert!(!acks.is_due());
        assert_eq!(acks.poll_timeout(), None);
    }
}

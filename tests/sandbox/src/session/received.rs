//! What the client has sent: identifiers, sequence numbers, and how far each request has come.

use std::collections::BTreeMap;

/// How many messages are remembered.
const REMEMBERED: usize = 4096;

/// A bounded memory of received messages.
#[derive(Default)]
pub(super) struct Received {
    seen: BTreeMap<i64, Seen>,
    /// Identifiers up to here have been forgotten.
    floor: i64,
    /// The first message of the session; nothing is known of earlier ones.
    first: i64,
}

#[derive(Clone, Copy)]
struct Seen {
    seq_no: i32,
    stage: Stage,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It calls for no answer.
    Other,
    /// A request being run.
    Running,
    /// It was run; its answer is held back.
    Held,
    /// It was answered with a result.
    Answered,
    /// It was answered with an error.
    Failed,
}

impl Received {
    pub(super) fn stage(&self, msg_id: i64) -> Option<Stage> {
        self.seen.get(&msg_id).map(|s| s.stage)
    }

    pub(super) fn contains(&self, msg_id: i64) -> bool {
        self.seen.contains_key(&msg_id)
    }

    pub(super) fn is_forgotten(&self, msg_id: i64) -> bool {
        msg_id <= self.floor
    }

    /// Whether nothing can be said about a message that is not remembered.
    pub(super) fn is_unknowable(&self, msg_id: i64) -> bool {
        msg_id <= self.floor || msg_id < self.first
    }

    pub(super) fn begin(&mut self, first: i64) {
        self.first = first;
    }

    pub(super) fn highest(&self) -> Option<i64> {
        self.seen.keys().next_back().copied()
    }

    /// 32 or 33 when the number does not fit between those of its neighbours. They grow with the identifiers, and
    /// two content-related messages never share one.
    pub(super) fn misplaced(&self, msg_id: i64, seq_no: i32) -> Option<i32> {
        let odd = seq_no % 2 != 0;
        let before = self.seen.range(..msg_id).next_back().map(|(_, s)| s.seq_no);
        if before.is_some_and(|b| b > seq_no || b == seq_no && odd) {
            return Some(32);
        }
        let after = self
            .seen
            .range(msg_id.saturating_add(1)..)
            .next()
            .map(|(_, s)| s.seq_no);
        if after.is_some_and(|a| a < seq_no || a == seq_no && odd) {
            return Some(33);
        }
        None
    }

    pub(super) fn note(&mut self, msg_id: i64, seq_no: i32, stage: Stage) {
        self.seen.insert(msg_id, Seen { seq_no, stage });
        while self.seen.len() > REMEMBERED {
            if let Some((id, _)) = self.seen.pop_first() {
                self.floor = self.floor.max(id);
            }
        }
    }

    pub(super) fn remove(&mut self, msg_id: i64) {
        self.seen.remove(&msg_id);
    }

    pub(super) fn mark_answered(&mut self, msg_id: i64) {
        self.mark(msg_id, Stage::Answered);
    }

    pub(super) fn mark_failed(&mut self, msg_id: i64) {
        self.mark(msg_id, Stage::Failed);
    }

    pub(super) fn mark_held(&mut self, msg_id: i64) {
        self.mark(msg_id, Stage::Held);
    }

    fn mark(&mut self, msg_id: i64, stage: Stage) {
        if let Some(seen) = self.seen.get_mut(&msg_id) {
            seen.stage = stage;
        }
    }
}

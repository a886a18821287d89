//! Service messages that are due.

use std::collections::{BTreeSet, VecDeque};

use super::request::MAX_REQUESTS;

/// Service messages that are due.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// Ids of ours whose fate is to be asked for.
    pub(super) state_req: BTreeSet<i64>,
    /// Ids of the server's that are to be sent again.
    pub(super) resend_req: BTreeSet<i64>,
    /// Answers to the server's questions: the question's id and a byte for each id in it.
    pub(super) state_info: VecDeque<(i64, Vec<u8>)>,
    /// Requests of ours whose answers are not wanted.
    pub(super) drop_answer: VecDeque<i64>,
}

impl Outbox {
    /// Answers to the server that wait at most; a server that asks faster than we can write gets no more.
    pub(super) const MAX_INFOS: usize = 64;

    /// Resend requests that wait at most.
    pub(super) const MAX_RESENDS: usize = 8192;

    pub(super) fn is_empty(&self) -> bool {
        self.state_req.is_empty()
            && self.resend_req.is_empty()
            && self.state_info.is_empty()
            && self.drop_answer.is_empty()
    }

    #[cfg(any(test, debug_assertions, feature = "internals"))]
    pub(super) fn is_bounded(&self) -> bool {
        self.state_info.len() <= Self::MAX_INFOS
            && self.resend_req.len() <= Self::MAX_RESENDS
            && self.state_req.len() <= MAX_REQUESTS
            && self.drop_answer.len() <= MAX_REQUESTS
    }
}

//! Requests that run in their order: [`invokeAfterMsg`](https://core.telegram.org/api/invoking#invokeafter-family).
//!
//! A chained request names the id that its predecessor travels under at that moment, so it is wrapped anew whenever it is
//! sent, outside of everything else that wraps it. It never leaves without the wrapper before the predecessor has ended,
//! and whoever uses the session says if an answer was not the end.

use super::request::{ReqId, Request, State};
use super::session::Session;

/// Refusals that a chained request gets over.
const MAX_CHAIN: u8 = 8;

impl Session {
    /// That request has been answered, and is going to be asked again, maybe elsewhere: what is chained to it does not
    /// leave before [`resume`](Self::resume) says so.
    pub fn suspend(&mut self, id: ReqId) {
        for follower in self.followers(id) {
            follower.suspended = true;
        }
    }

    /// What was chained to `old` is chained to `new` from now on, or free to go.
    pub fn resume(&mut self, old: ReqId, new: Option<ReqId>) {
        for follower in self.followers(old) {
            follower.suspended = false;
            follower.body.after = new;
        }
    }

    /// Whether a queued request may be sent now, after those that were `chosen` for the same packet.
    pub(super) fn is_ready(&self, request: &Request, chosen: &[ReqId]) -> bool {
        if request.suspended {
            return false;
        }
        let Some(after) = request.body.after else {
            return true;
        };
        match self.requests.get(after).map(|r| r.state) {
            None => true,
            Some(_) if request.held => false,
            Some(State::Sent(_)) => true,
            Some(State::Unsure(_)) => false,
            Some(State::Queued) => chosen.contains(&after),
        }
    }

    /// Whether an error says only that the one before took too long, then the same is sent again; or that it was not
    /// executed, then the request waits for its end.
    pub(super) fn retry_chained(&mut self, id: ReqId, message: &str) -> bool {
        let Some(request) = self.requests.get_mut(id) else {
            return false;
        };
        let is_failed = message == "MSG_WAIT_FAILED";
        if request.body.after.is_none() || request.refused >= MAX_CHAIN || request.forgotten {
            return false;
        }
        if !is_failed && message != "MSG_WAIT_TIMEOUT" {
            return false;
        }
        request.refused = request.refused.saturating_add(1);
        request.held = is_failed;
        self.requeue(id);
        true
    }

    fn followers(&mut self, id: ReqId) -> impl Iterator<Item = &mut Request> {
        self.requests
            .iter_mut()
            .map(|(_, request)| request)
            .filter(move |request| request.body.after == Some(id))
    }
}

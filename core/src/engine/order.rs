//! Requests that run in their order, across everything that has one of them sent again.
//!
//! In a session a request names the one before it (`invokeAfterMsg`). When the engine pauses that one, or sends it on to
//! another data centre, the session is told to hold back what is chained to it, and later by what it goes then.

use crate::engine::dc::DcKey;
use crate::engine::requests::{Pending, Stage};
use crate::engine::{Engine, RequestId};
use crate::mtproto::ReqId;

impl Engine {
    /// Whether the one before has come so far that this one may be given to its session: it has ended, or is in the same
    /// session, which sees to the rest.
    pub(super) fn is_next(&self, pending: &Pending) -> bool {
        let before = pending.after.and_then(|before| self.requests.get(before));
        before.is_none_or(|before| before.is_given() && before.dc == pending.dc)
    }

    /// What a request is chained to in the session that it is given to.
    pub(super) fn chained_to(&self, pending: &Pending) -> Option<ReqId> {
        match self.requests.get(pending.after?)?.stage {
            Stage::Given(req) => Some(req),
            Stage::Queued | Stage::Paused(_) => None,
        }
    }

    /// A session has answered this request, and it is going to be sent again: what follows it is held back.
    pub(super) fn hold_followers(&mut self, id: RequestId) {
        let Some(pending) = self.requests.get_mut(id) else {
            return;
        };
        let Stage::Given(req) = pending.stage else {
            return;
        };
        let key = pending.dc;
        if pending.followed
            && let Some(session) = self.dcs.get_mut(&key).and_then(|dc| dc.session.as_mut())
        {
            pending.earlier.push((key, req));
            session.suspend(req);
        }
    }

    /// This request went into a session again: what follows it there is chained to its new number.
    pub(super) fn lead_followers(&mut self, id: RequestId, key: DcKey, req: ReqId) {
        let Some(pending) = self.requests.get_mut(id) else {
            return;
        };
        let Some(session) = self.dcs.get_mut(&key).and_then(|dc| dc.session.as_mut()) else {
            return;
        };
        pending.earlier.retain(|(at, old)| {
            if *at == key {
                session.resume(*old, Some(req));
            }
            *at != key
        });
    }

    /// Takes a request off the list, and lets go what waited for its end.
    pub(super) fn end_request(&mut self, id: RequestId) -> Option<Pending> {
        let pending = self.requests.remove(id)?;
        for (key, old) in &pending.earlier {
            if let Some(session) = self.dcs.get_mut(key).and_then(|dc| dc.session.as_mut()) {
                session.resume(*old, None);
            }
        }
        Some(pending)
    }
}

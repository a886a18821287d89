//! Requests on their way: into a session, out of it, and back into the queue.

use crate::engine::dc::DcKey;
use crate::engine::requests::{Origin, Pending, Stage};
use crate::engine::{Engine, Output, Request, RequestId, flood};
use crate::error::Error;
use crate::mtproto::{self, Event, ReqId};
use crate::time::Now;

use super::lost::Loss;

/// The requests that may wait or be under way; more are refused at once.
const REQUESTS: usize = 100_000;

impl Engine {
    /// Takes a request on.
    pub(super) fn submit(&mut self, now: Now, id: RequestId, pending: Pending) {
        if self.requests.len() >= REQUESTS && pending.origin == Origin::Client {
            let error = Error::misuse("too many requests are pending; wait for some of them first");
            self.outputs.push_back(Output::Result(id, Err(error)));
            return;
        }
        let (name, threshold) = (pending.name, self.flood_sleep_threshold(&pending));
        self.requests.insert(id, pending);
        if let Some(wait) = self.floods.left(name, now.mono) {
            if wait > threshold {
                self.finish(id, Err(flood::error(name, wait)));
            } else {
                self.sleep_on(now, id, wait, "FLOOD_WAIT");
            }
            return;
        }
        self.enqueue(now, id);
    }

    /// Sends a request of the engine's own.
    pub(super) fn submit_own(
        &mut self,
        now: Now,
        origin: Origin,
        request: Request,
        dc: DcKey,
    ) -> RequestId {
        let id = RequestId(self.fresh_id());
        self.submit_as(now, id, origin, request, dc);
        id
    }

    /// The same under an id that was given out already.
    pub(super) fn submit_as(
        &mut self,
        now: Now,
        id: RequestId,
        origin: Origin,
        request: Request,
        dc: DcKey,
    ) {
        self.submit(now, id, Pending::new(origin, request, dc));
    }

    /// Puts a request into the queue of its data centre and sees to it that there is a connection.
    pub(super) fn enqueue(&mut self, now: Now, id: RequestId) {
        let Some(pending) = self.requests.get(id) else {
            return;
        };
        let key = pending.dc;
        self.requests.set_stage(id, Stage::Queued);
        self.dcs.entry(key).or_default().queue.push_back(id);
        self.open(now, key);
    }

    /// Gives sessions the requests that may go.
    pub(super) fn dispatch(&mut self, now: Now) -> bool {
        let mut moved = false;
        let mut at = None;
        while let Some(key) = self.dc_after(at) {
            at = Some(key);
            let ready = self
                .dcs
                .get(&key)
                .is_some_and(|dc| dc.greeted && dc.session.is_some() && !dc.queue.is_empty());
            if !ready {
                continue;
            }
            let access = self.ask_for_access(now, key);
            let Some(dc) = self.dcs.get_mut(&key) else {
                continue;
            };
            let queue = std::mem::take(&mut dc.queue);
            let mut kept = std::collections::VecDeque::new();
            for id in queue {
                if self.may_go(id, access) {
                    self.give(now, id);
                    moved = true;
                } else {
                    kept.push_back(id);
                }
            }
            if let Some(dc) = self.dcs.get_mut(&key) {
                kept.append(&mut dc.queue);
                dc.queue = kept;
            }
        }
        moved
    }

    /// Hands a request to the session of its data centre.
    pub(super) fn give(&mut self, now: Now, id: RequestId) {
        let Some(pending) = self.requests.get(id) else {
            return;
        };
        if pending.stage != Stage::Queued {
            return;
        }
        let (key, origin) = (pending.dc, pending.origin);
        let body = pending.body(self.chained_to(pending));
        tracing::trace!(
            method = pending.name,
            dc = key.dc.0,
            request = id.0,
            attempt = pending.attempts,
            "giving"
        );
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        let Some(session) = &mut dc.session else {
            return;
        };
        let req = session.invoke(body);
        dc.given.insert(req, id);
        if let Some(lane) = &mut dc.lane {
            lane.used = now.mono;
        }
        self.requests.set_stage(id, Stage::Given(req));
        self.lead_followers(id, key, req);
        if self.is_home(key) && !matches!(origin, Origin::Init) {
            self.last_request = now.mono;
        }
    }

    /// Takes what the sessions have to say.
    pub(super) fn take_events(&mut self, now: Now) -> bool {
        let mut moved = false;
        let mut at = None;
        while let Some(key) = self.dc_after(at) {
            at = Some(key);
            while let Some(event) = self
                .dcs
                .get_mut(&key)
                .and_then(|dc| dc.session.as_mut()?.poll_event())
            {
                moved = true;
                self.take_event(now, key, event);
            }
        }
        moved
    }

    /// Forgets a request on behalf of its client.
    pub(super) fn withdraw(&mut self, id: RequestId) {
        let Some(pending) = self.requests.get_mut(id) else {
            return;
        };
        let key = pending.dc;
        if let Stage::Given(req) = pending.stage {
            pending.origin = Origin::Nobody;
            let dc = self.dcs.get_mut(&key);
            let Some((dc, true)) = dc.map(|dc| {
                let gone = dc
                    .session
                    .as_mut()
                    .is_none_or(|session| session.forget(req));
                (dc, gone)
            }) else {
                // It was sent, and what comes of it still has to be looked into.
                return;
            };
            dc.given.remove(&req);
        }
        self.unqueue(key, id);
        self.end_request(id);
    }

    /// Takes a request out of its session, if it has not left. Returns whether it may be sent elsewhere.
    pub(super) fn take_back(&mut self, id: RequestId) -> bool {
        let Some(pending) = self.requests.get(id) else {
            return false;
        };
        let (key, repeatable) = (pending.dc, pending.is_repeatable());
        match pending.stage {
            Stage::Given(req) => {
                let Some(dc) = self.dcs.get_mut(&key) else {
                    return repeatable;
                };
                dc.given.remove(&req);
                let unsent = dc
                    .session
                    .as_mut()
                    .is_none_or(|session| session.forget(req));
                unsent || repeatable
            }
            Stage::Queued => {
                self.unqueue(key, id);
                true
            }
            Stage::Paused(_) => true,
        }
    }

    /// Ends every request that `which` picks.
    pub(super) fn fail_requests(&mut self, which: impl Fn(&Pending) -> bool, error: &Error) {
        let picked: Vec<_> = self
            .requests
            .iter()
            .filter(|(_, p)| which(p))
            .map(|(id, _)| id)
            .collect();
        for id in picked {
            self.take_back(id);
            self.finish(id, Err(error.clone()));
        }
    }

    /// Deadlines and pauses that are over.
    pub(super) fn requests_timeout(&mut self, now: Now) {
        while let Some(id) = self.requests.due(now.mono) {
            let Some(pending) = self.requests.get(id) else {
                break;
            };
            let error = Error::Deadline {
                request: pending.name,
                sent: pending.is_given(),
            };
            self.requests.lift_deadline(id);
            self.outputs.push_back(Output::Result(id, Err(error)));
            self.withdraw(id);
        }
        while let Some(id) = self.requests.pop_pause(now.mono) {
            self.enqueue(now, id);
        }
    }

    fn may_go(&self, id: RequestId, access: bool) -> bool {
        let Some(pending) = self.requests.get(id) else {
            // It has ended; giving it does nothing.
            return true;
        };
        self.is_next(pending) && (access || pending.origin == Origin::Import)
    }

    fn unqueue(&mut self, key: DcKey, id: RequestId) {
        if let Some(dc) = self.dcs.get_mut(&key) {
            dc.queue.retain(|queued| *queued != id);
        }
    }

    pub(super) fn take_event(&mut self, now: Now, key: DcKey, event: Event) {
        if let Some(lane) = self.dcs.get_mut(&key).and_then(|dc| dc.lane.as_mut()) {
            lane.heard = true;
            lane.used = now.mono;
        }
        match event {
            Event::Result { id, result } => {
                if let Some(id) = self.given(key, id) {
                    self.answered(now, id, result);
                }
            }
            Event::Failed { id, reason } => {
                if let Some(id) = self.given(key, id) {
                    self.failed(now, id, reason);
                }
            }
            Event::Acked(req) => {
                let id = self
                    .dcs
                    .get(&key)
                    .and_then(|dc| dc.given.get(&req).copied());
                if let Some(id) = id {
                    self.acked(id);
                }
            }
            // Updates of anybody but the account's own data centre are not ours.
            Event::Updates(bytes) if self.is_home(key) => self.take_updates(now, &bytes),
            Event::Updates(_) => tracing::debug!(
                dc = key.dc.0,
                "updates from a foreign data centre are ignored"
            ),
            Event::NewSession { again: true, .. } if self.is_home(key) => {
                self.feed.may_have_missed(now);
            }
            Event::NewSession { .. } | Event::SaltChanged(_) | Event::TimeOffset(_) => {}
            Event::Dead(dead) => self.session_died(now, key, dead),
        }
    }

    fn session_died(&mut self, now: Now, key: DcKey, dead: mtproto::Dead) {
        use mtproto::Dead;
        let loss = match dead {
            Dead::PingTimeout => Loss::Io("the server does not answer".into()),
            Dead::BadPacket => Loss::Protocol(crate::error::ProtocolError::new(
                "a message that does not pass the checks",
            )),
            Dead::SessionStuck => Loss::Io("the session got stuck".into()),
        };
        self.fail_lane(now, key, loss);
    }

    /// The request behind a session's number, which the session has done with.
    pub(super) fn given(&mut self, key: DcKey, req: ReqId) -> Option<RequestId> {
        self.dcs.get_mut(&key)?.given.remove(&req)
    }
}

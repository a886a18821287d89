//! Moving the account to the data centre where it lives.

use telewire_schema::errors::RpcError;

use crate::dc::DcId;
use crate::engine::addresses::unknown_home;
use crate::engine::dc::DcKey;
use crate::engine::requests::{Origin, Stage};
use crate::engine::{Engine, RequestId, State};
use crate::error::Error;
use crate::mtproto::Event;
use crate::runtime::Endpoint;
use crate::session::SessionChange;
use crate::time::Now;

/// How often one request follows such errors; a second time may be the server's mistake, a fourth is a circle.
const MOVES: u32 = 3;

/// How far a request had come when it was taken back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Taken {
    /// It waits for a time, and goes on waiting.
    Paused,
    /// It may be sent at once.
    Free,
    /// It was sent, and nobody knows what has become of it.
    Sent,
}

impl Engine {
    /// Follows a [303 error](https://core.telegram.org/api/errors#303-see-other), if this is one. Returns whether the
    /// request is on its way again.
    pub(super) fn migrates(&mut self, now: Now, id: RequestId, error: &RpcError) -> bool {
        if error.code() != 303 {
            return false;
        }
        let (Some(dc), Some(pending)) = (error.value().map(DcId), self.requests.get_mut(id)) else {
            return false;
        };
        // An account of which nothing but updates is wanted moves as well.
        let follows = matches!(pending.origin, Origin::Client | Origin::Need | Origin::Wake);
        if pending.moves >= MOVES || !follows {
            return false;
        }
        let home = DcKey::main(self.home);
        // Somebody who is signed in does not move because of a phone number that is asked for.
        let signed_in = self.session.user.is_some();
        let moves_home = error.is("USER_MIGRATE_X")
            || (!signed_in && (error.is("PHONE_MIGRATE_X") || error.is("NETWORK_MIGRATE_X")));
        if moves_home && pending.dc == home {
            pending.moves = pending.moves.saturating_add(1);
            // It is not one of those that the old home still has.
            pending.dc = DcKey::main(dc);
            self.move_home(now, dc);
            self.redirect(now, id, DcKey::main(dc));
            true
        } else if moves_home || error.is("STATS_MIGRATE_X") {
            pending.moves = pending.moves.saturating_add(1);
            self.hold_followers(id);
            self.redirect(now, id, DcKey::main(dc));
            true
        } else {
            // FILE_MIGRATE_X changes what the rest of a transfer has to do as well.
            false
        }
    }

    /// Goes on signing in at the data centre where the account lives, as the server wants it. Whoever is signed in stays.
    pub fn sign_in_at(&mut self, now: Now, dc: DcId) {
        if self.session.user.is_none() {
            self.move_home(now, dc);
        }
    }

    /// Makes another data centre the account's own. What waits for a time goes on waiting.
    fn move_home(&mut self, now: Now, dc: DcId) {
        if dc == self.home {
            return;
        }
        let (old, new) = (DcKey::main(self.home), DcKey::main(dc));
        tracing::info!(
            from = self.home.0,
            to = dc.0,
            "moving to another data centre"
        );
        if self.session.user.is_some() {
            self.access.move_home(self.home, dc);
        }
        self.home = dc;
        self.end_greeting(old);
        let settled = self.settled(now, old, new);
        let taken = self.take_out(old);
        self.carry_on(now, taken, new);
        self.close_dc(now, old);
        self.feed.disconnected();
        self.set_state(State::Connecting);
        let changes = self.home_changes();
        self.learn(now, changes);
        self.open(now, new);
        for (id, event) in settled {
            match event {
                Event::Result { result, .. } => self.answered(now, id, result),
                Event::Failed { reason, .. } => self.failed(now, id, reason),
                _ => {}
            }
        }
    }

    /// Takes the requests of a data centre back, to be carried on elsewhere or in another session.
    pub(super) fn take_out(&mut self, key: DcKey) -> Vec<(RequestId, Taken)> {
        let ids = self.requests.of(key);
        let take = |id: RequestId| {
            let paused = matches!(self.requests.get(id)?.stage, Stage::Paused(_));
            let taken = match self.take_back(id) {
                true if paused => Taken::Paused,
                true => Taken::Free,
                // Sent again it might run twice.
                false => Taken::Sent,
            };
            Some((id, taken))
        };
        ids.into_iter().filter_map(take).collect()
    }

    /// Has requests go on at that data centre.
    pub(super) fn carry_on(&mut self, now: Now, taken: Vec<(RequestId, Taken)>, to: DcKey) {
        for (id, taken) in taken {
            let Some(pending) = self.requests.get_mut(id) else {
                continue;
            };
            match taken {
                Taken::Paused => pending.dc = to,
                Taken::Free => self.redirect(now, id, to),
                Taken::Sent => {
                    let request = pending.name;
                    self.finish(id, Err(Error::OutcomeUnknown { request }));
                }
            }
        }
    }

    /// Where the account lives, preceded by an address of that data centre if the session knows none: whoever opens the
    /// session finds its way by these two. Nothing while its authorization is still where it lived before.
    pub(super) fn home_changes(&self) -> Vec<SessionChange> {
        if self.access.source().is_some() {
            return Vec::new();
        }
        let at = self.endpoint(DcKey::main(self.home));
        let option = unknown_home(&self.config, &self.session.dcs, self.home, at);
        let mut changes = Vec::from_iter(option.map(SessionChange::Dc));
        if self.session.home != Some(self.home) {
            changes.push(SessionChange::Home(self.home));
        }
        changes
    }

    /// Where the connection to that data centre leads, if there is one.
    pub(super) fn endpoint(&self, key: DcKey) -> Option<&Endpoint> {
        let lane = self.dcs.get(&key)?.lane.as_ref()?;
        Some(&lane.way.endpoint)
    }

    /// What the session has said of requests and nobody has looked into yet: they do not move with the others, but go
    /// `to` the other data centre if they are worth another try.
    pub(super) fn settled(&mut self, now: Now, key: DcKey, to: DcKey) -> Vec<(RequestId, Event)> {
        let mut settled = Vec::new();
        while let Some(event) = self
            .dcs
            .get_mut(&key)
            .and_then(|dc| dc.session.as_mut()?.poll_event())
        {
            let (Event::Result { id: req, .. } | Event::Failed { id: req, .. }) = event else {
                self.take_event(now, key, event);
                continue;
            };
            if let Some(id) = self.given(key, req) {
                self.requests.set_stage(id, Stage::Queued);
                if let Some(pending) = self.requests.get_mut(id) {
                    pending.dc = to;
                }
                settled.push((id, event));
            }
        }
        settled
    }

    /// Sends a request to another data centre.
    fn redirect(&mut self, now: Now, id: RequestId, to: DcKey) {
        if let Some(pending) = self.requests.get_mut(id) {
            pending.dc = to;
            self.enqueue(now, id);
        }
    }
}

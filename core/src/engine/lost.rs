//! Connections that are lost: whether to try again, when, and when to stop.

use crate::engine::addresses::ways;
use crate::engine::dc::{Dc, DcKey, Lane, LaneStage};
use crate::engine::retry::GOOD_LINK;
use crate::engine::{Engine, Output, State};
use crate::error::{Error, ProtocolError, TransportError};
use crate::time::Now;

/// The transport error of a server that does not know the key.
const UNKNOWN_KEY: i32 = -404;

/// The transport error of a server that has too many connections of ours.
const TOO_MANY: i32 = -429;

/// How many fresh connections have to say that the key is unknown before it is believed.
const WITNESSES: usize = 2;

/// Why a connection is of no use any more.
#[derive(Clone, Debug)]
pub(super) enum Loss {
    /// It could not be made, or broke.
    Io(String),
    /// The server said so in four bytes, which anybody on the way could have sent.
    Refused(i32),
    /// The server broke the protocol.
    Protocol(ProtocolError),
    /// The clocks jumped, so nobody knows what became of it.
    Stale,
}

impl Engine {
    /// The connection is gone: what was on it is settled on the next one, if there is to be one.
    pub(super) fn drop_lane(&mut self, now: Now, key: DcKey, loss: Loss) {
        let home = self.is_home(key);
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        let Some(mut lane) = dc.lane.take() else {
            return;
        };
        let why = self.describe(&loss);
        self.scratch(key, &mut lane, &why);
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        tracing::debug!(dc = key.dc.0, media = key.media, link = ?lane.link, ?loss, "connection lost");
        if let Some(session) = &mut dc.session {
            session.handle_link_lost(now);
        }
        let was_ready = matches!(lane.stage, LaneStage::Ready);
        if was_ready && now.mono.since(lane.since) >= GOOD_LINK || matches!(loss, Loss::Stale) {
            dc.backoff.forgive();
        }
        self.end_greeting(key);
        if home && was_ready && !self.config.auto_reconnect {
            let why = TransportError::Lost(self.describe(&loss));
            self.end(now, Some(why.into()));
            return;
        }
        if home && was_ready {
            self.feed.disconnected();
            self.set_state(State::Connecting);
        }
        if !home && !self.is_needed(key) {
            return;
        }
        self.plan_retry(now, key, &lane, was_ready, &loss);
    }

    /// Decides when to try again, or that it is of no use.
    fn plan_retry(&mut self, now: Now, key: DcKey, lane: &Lane, was_ready: bool, loss: &Loss) {
        if matches!(loss, Loss::Stale) || (was_ready && now.mono.since(lane.since) >= GOOD_LINK) {
            self.open(now, key);
            return;
        }
        let text = self.describe(loss);
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        dc.trouble(lane.way.endpoint.clone(), text);
        if !was_ready {
            dc.address = dc.address.wrapping_add(1);
        }
        if matches!(loss, Loss::Refused(UNKNOWN_KEY)) && self.is_disowned(key, lane) {
            if !self.replaces_key(now, key.dc) {
                let unknown = TransportError::Refused(UNKNOWN_KEY);
                self.give_up(now, key, Error::Transport(unknown));
            }
            return;
        }
        let crowded = matches!(loss, Loss::Refused(TOO_MANY));
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        match dc.backoff.failed(&self.config, crowded, &mut self.rng) {
            Some(pause) => dc.retry_at = Some(now.mono + pause),
            None => {
                let error = match loss {
                    Loss::Refused(code) => Error::Transport(TransportError::Refused(*code)),
                    Loss::Protocol(rule) => Error::Protocol(rule.clone()),
                    Loss::Io(_) | Loss::Stale => {
                        Error::Transport(TransportError::Unreachable(dc.troubles()))
                    }
                };
                self.give_up(now, key, error);
            }
        }
    }

    /// A connection on which nothing was ever heard was told that the key is unknown. Returns whether enough of them have
    /// been, at addresses enough.
    fn is_disowned(&mut self, key: DcKey, lane: &Lane) -> bool {
        let with_key = matches!(lane.stage, LaneStage::Greeting | LaneStage::Ready);
        let ways = ways(&self.config, &self.session.dcs, key).len();
        let Some(dc) = self.dcs.get_mut(&key) else {
            return false;
        };
        if !with_key || lane.heard {
            return false;
        }
        dc.unknown_at.push(lane.way.endpoint.clone());
        let mut distinct = dc.unknown_at.clone();
        distinct.sort_by_key(ToString::to_string);
        distinct.dedup();
        dc.unknown_at.len() >= WITNESSES && distinct.len() >= WITNESSES.min(ways)
    }

    /// No further attempts: without the home data centre everything ends, without another its requests do.
    pub(super) fn give_up(&mut self, now: Now, key: DcKey, error: Error) {
        if self.is_home(key) {
            tracing::warn!(%error, "giving up");
            self.end(now, Some(error));
        } else {
            let files = self.waits_for_key_of(key);
            self.close_dc(now, key);
            self.fail_requests(|pending| pending.dc == key, &error);
            if let Some(files) = files {
                self.give_up(now, files, error);
            }
        }
    }

    /// Whether there is something to connect for: work of its own, or a key that its file servers need.
    fn is_needed(&self, key: DcKey) -> bool {
        self.dcs.get(&key).is_some_and(Dc::has_work)
            || self
                .waits_for_key_of(key)
                .and_then(|files| self.dcs.get(&files))
                .is_some_and(Dc::has_work)
    }

    /// The file servers that cannot do without this data centre, since there is no key yet.
    fn waits_for_key_of(&self, key: DcKey) -> Option<DcKey> {
        let without = !key.media && !self.session.keys.contains_key(&key.dc);
        without.then_some(DcKey { media: true, ..key })
    }

    fn describe(&self, loss: &Loss) -> String {
        match loss {
            Loss::Io(why) => why.clone(),
            Loss::Refused(code) => format!("the server refused with {code}"),
            Loss::Protocol(rule) => rule.to_string(),
            Loss::Stale => "the clocks jumped".into(),
        }
    }

    /// Ends everything: by request, or because there is no use in trying.
    pub(super) fn end(&mut self, now: Now, why: Option<Error>) {
        let mut at = None;
        while let Some(key) = self.dc_after(at) {
            at = Some(key);
            self.close_dc(now, key);
        }
        let error = why.clone().unwrap_or(Error::Disconnected);
        self.fail_requests(|_| true, &error);
        self.feed.disconnected();
        self.set_state(State::Ended(why));
    }

    /// Closes the connection to a data centre and forgets its session, but neither its key nor its salt.
    pub(super) fn close_dc(&mut self, now: Now, key: DcKey) {
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        if let Some(mut lane) = dc.lane.take() {
            self.links.remove(&lane.link);
            self.outputs.push_back(Output::Close(lane.link));
            self.scratch(key, &mut lane, "");
        }
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        if let Some(mut session) = dc.session.take() {
            session.handle_link_lost(now);
            dc.salt = session.salt();
            dc.time_offset = session.time_offset();
        }
        *dc = Dc {
            salt: dc.salt,
            time_offset: dc.time_offset,
            ..Dc::default()
        };
    }
}

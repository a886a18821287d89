//! Connections: opening them, losing them, and trying again.

use std::ops::Bound;

use bytes::BytesMut;

use crate::config::Proxy;
use crate::engine::addresses::{has_media, ways};
use crate::engine::dc::{Dc, DcKey, FOREIGN_TIME, Lane, LaneStage};
use crate::engine::lost::Loss;
use crate::engine::race::{self, Rival};
use crate::engine::{Engine, LinkId, Output, Target};
use crate::error::{Error, ProtocolError, TransportError};
use crate::mtproto::Inbound;
use crate::time::Now;
use crate::transport::Packet;

impl Engine {
    /// Opens a connection unless there is one, or a time for the next attempt.
    pub(super) fn open(&mut self, now: Now, key: DcKey) {
        let dc = self.dcs.entry(key).or_default();
        if dc.lane.is_some() || dc.retry_at.is_some() {
            return;
        }
        if key.media && !self.session.keys.contains_key(&key.dc) {
            // File servers take the key that was made with the others.
            self.open(now, DcKey::main(key.dc));
            return;
        }
        let ways = ways(&self.config, &self.session.dcs, key);
        // A proxy's own addresses are the runtime's business.
        let several = self.config.proxy.is_none();
        let Some((way, rival)) = race::pick(&ways, dc.address, several) else {
            let why = format!(
                "no address of {} is known for this kind of connection",
                key.dc
            );
            self.give_up(now, key, Error::Transport(TransportError::Unreachable(why)));
            return;
        };
        let wire = match self.wire(key, &way) {
            Ok(wire) => wire,
            Err(error) => {
                self.give_up(now, key, Error::Transport(error));
                return;
            }
        };
        let rival = rival.and_then(|way| {
            let wire = self.wire(key, &way).ok()?;
            Some(Box::new(Rival::new(now, way, wire)))
        });
        let link = LinkId(self.fresh_id());
        tracing::debug!(dc = key.dc.0, media = key.media, ?link, "connecting");
        self.links.insert(link, key);
        let first = self
            .config
            .proxy
            .as_ref()
            .map_or(&way.endpoint, Proxy::endpoint);
        self.outputs.push_back(Output::Connect(link, first.clone()));
        if let Some(dc) = self.dcs.get_mut(&key) {
            dc.lane = Some(Box::new(Lane {
                link,
                way,
                wire,
                stage: LaneStage::Connecting,
                rival,
                deadline: Some(now.mono + self.config.timeout),
                since: now.mono,
                used: now.mono,
                heard: false,
            }));
        }
    }

    /// The driver has opened the stream, which may lead to a proxy.
    pub(super) fn link_stands(&mut self, now: Now, link: LinkId) {
        if let Some(key) = self.links.get(&link).copied() {
            self.win(key, link);
        }
        let Some((key, lane)) = self.lane(link) else {
            return;
        };
        if !matches!(lane.stage, LaneStage::Connecting) {
            return;
        }
        if self.has_to_ask() {
            self.ask_proxy(now, key);
        } else {
            self.way_is_free(now, key);
        }
    }

    /// The stream leads to the server: make a key if there is none, else greet the server.
    pub(super) fn way_is_free(&mut self, now: Now, key: DcKey) {
        let lane = self.dcs.get_mut(&key).and_then(|dc| dc.lane.as_mut());
        let Some(lane) = lane else {
            return;
        };
        lane.stage = LaneStage::Connecting;
        lane.since = now.mono;
        if let Some(task) = self.tasks.storing_key(DcKey::main(key.dc)) {
            // Made on a connection that broke right after.
            self.await_store(key, task);
        } else if self.session.keys.contains_key(&key.dc) {
            self.greet(now, key);
        } else {
            self.start_exchange(now, key);
        }
    }

    /// The driver says that the connection is gone.
    pub(super) fn link_lost(&mut self, now: Now, link: LinkId, why: &str) {
        // What came before the end still counts, such as the reason for it.
        self.open_received(now);
        self.take_events(now);
        let Some(key) = self.links.remove(&link) else {
            return;
        };
        if self.outlives(key, link, why) {
            return;
        }
        let why = self.on_the_way(key, why.to_owned());
        self.drop_lane(now, key, Loss::Io(why));
    }

    /// The engine gives the connection up.
    pub(super) fn fail_lane(&mut self, now: Now, key: DcKey, loss: Loss) {
        if let Some(lane) = self.dcs.get(&key).and_then(|dc| dc.lane.as_ref()) {
            self.links.remove(&lane.link);
            self.outputs.push_back(Output::Close(lane.link));
            self.drop_lane(now, key, loss);
        }
    }

    pub(super) fn link_received(&mut self, now: Now, link: LinkId, n: usize) {
        let Some((key, lane)) = self.lane(link) else {
            return;
        };
        if matches!(lane.stage, LaneStage::Asking(_)) {
            self.proxy_answers(now, key, n);
        } else if lane.wire.handle_received(n).is_err() {
            self.open_received(now);
            self.take_events(now);
            if self.links.contains_key(&link) {
                let rule = ProtocolError::new("what came over the connection is not in frames");
                self.fail_lane(now, key, Loss::Protocol(rule));
            }
        }
    }

    /// Opens what came in since the last poll, each connection's as one batch.
    pub(super) fn open_received(&mut self, now: Now) -> bool {
        let mut moved = false;
        let mut at = None;
        while let Some(key) = self.dc_after(at) {
            at = Some(key);
            while let Some(inbound) = self.dcs.get_mut(&key).and_then(next_inbound) {
                moved = true;
                match inbound {
                    Inbound::Packets(frames) => self.take_frames(now, key, frames),
                    Inbound::Error(code) => self.fail_lane(now, key, Loss::Refused(code)),
                    // Telewire asks for none.
                    Inbound::QuickAck(_) => {}
                }
            }
        }
        moved
    }

    /// Frames go to the session, or to the exchange while there is no key.
    fn take_frames(&mut self, now: Now, key: DcKey, frames: Vec<BytesMut>) {
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        match dc.lane.as_ref().map(|lane| &lane.stage) {
            Some(LaneStage::Exchanging(_)) => self.exchange_frames(now, key, frames),
            Some(LaneStage::Greeting | LaneStage::Ready) => {
                if let Some(session) = &mut dc.session {
                    session.handle_frames(now, frames);
                }
            }
            _ => {}
        }
    }

    pub(super) fn link_packet(&mut self, now: Now, link: LinkId) -> Option<Packet> {
        let key = *self.links.get(&link)?;
        let dc = self.dcs.get_mut(&key)?;
        let lane = dc.lane.as_mut().filter(|lane| lane.link == link)?;
        let mut packet = match &mut lane.stage {
            LaneStage::Connecting | LaneStage::Storing(_) => return None,
            // In the proxy's language, not in the transport's.
            LaneStage::Asking(handshake) => return handshake.poll_packet(),
            LaneStage::Exchanging(exchanging) => exchanging.poll_packet()?,
            LaneStage::Greeting | LaneStage::Ready => dc.session.as_mut()?.poll_packet(now)?,
        };
        if lane.wire.encode(&mut packet).is_err() {
            // Sessions refuse what is too long for a frame, so this is a mistake of ours; the link cannot go on.
            self.fail_lane(
                now,
                key,
                Loss::Io("a packet was too long for its frame".into()),
            );
            return None;
        }
        Some(packet)
    }

    /// Closes and makes anew every connection, whatever it was doing.
    pub(super) fn replace_links(&mut self, now: Now) {
        let mut at = None;
        while let Some(key) = self.dc_after(at) {
            at = Some(key);
            self.fail_lane(now, key, Loss::Stale);
        }
    }

    pub(super) fn links_timeout(&mut self, now: Now) {
        let mut at = None;
        while let Some(key) = self.dc_after(at) {
            at = Some(key);
            let Some(dc) = self.dcs.get_mut(&key) else {
                continue;
            };
            if let Some(session) = &mut dc.session
                && session.poll_timeout().is_some_and(|at| at <= now.mono)
            {
                session.handle_timeout(now);
            }
            let late = dc
                .lane
                .as_ref()
                .is_some_and(|l| l.deadline.is_some_and(|at| at <= now.mono));
            let retry = dc.retry_at.is_some_and(|at| at <= now.mono);
            let rival = dc
                .lane
                .as_ref()
                .and_then(|lane| lane.rival.as_ref()?.time())
                .is_some_and(|at| at <= now.mono);
            if late {
                self.lane_is_late(now, key);
            } else if rival {
                self.start_rival(key);
            } else if retry {
                dc.retry_at = None;
                self.open(now, key);
            }
        }
    }

    /// A connection's stage has taken too long.
    fn lane_is_late(&mut self, now: Now, key: DcKey) {
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        let work = dc.has_work();
        let Some(lane) = &mut dc.lane else {
            return;
        };
        let why = match lane.stage {
            LaneStage::Ready if work || lane.used + FOREIGN_TIME > now.mono => {
                let used = if work { now.mono } else { lane.used };
                lane.deadline = Some(used + FOREIGN_TIME);
                return;
            }
            LaneStage::Ready => {
                self.close_dc(now, key);
                return;
            }
            LaneStage::Connecting => {
                let seconds = self.config.timeout.as_secs();
                self.on_the_way(key, format!("no connection within {seconds} seconds"))
            }
            LaneStage::Asking(_) => {
                let seconds = self.config.timeout.as_secs();
                self.on_the_way(key, format!("no answer within {seconds} seconds"))
            }
            _ => self.on_the_way(key, "the server does not answer".into()),
        };
        self.fail_lane(now, key, Loss::Io(why));
    }

    /// The data centre that follows `at`; `None` begins. For loops that change the engine as they go.
    pub(super) fn dc_after(&self, at: Option<DcKey>) -> Option<DcKey> {
        let from = at.map_or(Bound::Unbounded, Bound::Excluded);
        self.dcs
            .range((from, Bound::Unbounded))
            .next()
            .map(|(key, _)| *key)
    }

    /// Which data centre a request is for.
    pub(super) fn resolve(&self, target: Target) -> DcKey {
        match target {
            Target::Home => DcKey::main(self.home),
            Target::Of(dc) => DcKey::main(dc),
            // Only servers that are meant for files take several connections of one key.
            Target::Media(dc) => DcKey {
                dc,
                media: has_media(&self.config, &self.session.dcs, dc),
            },
        }
    }

    pub(super) fn is_home(&self, key: DcKey) -> bool {
        key == DcKey::main(self.home)
    }

    pub(super) fn lane(&mut self, link: LinkId) -> Option<(DcKey, &mut Lane)> {
        let key = *self.links.get(&link)?;
        let lane = self.dcs.get_mut(&key)?.lane.as_mut();
        Some((key, lane.filter(|lane| lane.link == link)?))
    }
}

/// The next thing that came over the data centre's connection, once it is in a state to be looked at.
fn next_inbound(dc: &mut Dc) -> Option<Inbound> {
    let lane = dc.lane.as_mut()?;
    match lane.stage {
        LaneStage::Connecting | LaneStage::Asking(_) | LaneStage::Storing(_) => None,
        _ => lane.wire.poll_inbound(),
    }
}

//! Making authorization keys, and storing them before they are used.

use std::collections::{BTreeSet, VecDeque};

use bytes::BytesMut;

use crate::config::Network;
use crate::dc::DcId;
use crate::engine::dc::{Dc, DcKey, EXCHANGE_TIME, LaneStage};
use crate::engine::lost::Loss;
use crate::engine::tasks::Task;
use crate::engine::{Engine, Output, TaskId};
use crate::error::{Error, ProtocolError, StoreError};
use crate::exchange::plain;
use crate::exchange::{Exchange, ExchangeError, JobOutput, KeyRequest, Next, Role, RsaKeys};
use crate::mtproto::MsgIds;
use crate::session::SessionChange;
use crate::time::Now;
use crate::transport::Packet;

/// What is known of the keys beside the keys themselves.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// The data centres whose keys were made in this run.
    pub(super) made: BTreeSet<DcId>,
    /// Those whose keys were made because the server had dropped the ones before, and have not answered since.
    replaced: BTreeSet<DcId>,
}

impl Origins {
    /// The key is good for something.
    pub(super) fn answered(&mut self, dc: DcId) {
        self.replaced.remove(&dc);
    }
}

/// A key exchange on a connection.
#[derive(Debug)]
pub(super) struct Exchanging {
    exchange: Exchange,
    ids: MsgIds,
    outbox: VecDeque<Packet>,
    /// The job that is being run.
    task: Option<TaskId>,
}

impl Exchanging {
    pub(super) fn poll_packet(&mut self) -> Option<Packet> {
        self.outbox.pop_front()
    }

    fn send(&mut self, now: Now, body: &[u8]) {
        let message = plain::pack(self.ids.next(now), body);
        let mut packet = Packet::new(message.len());
        packet.extend_from_slice(&message);
        self.outbox.push_back(packet);
    }
}

impl Engine {
    /// Begins to make a key on the data centre's connection.
    pub(super) fn start_exchange(&mut self, now: Now, key: DcKey) {
        let keys = match &self.config.network {
            Network::Production => &RsaKeys::production(),
            Network::Test => &RsaKeys::test(),
            Network::Custom { keys, .. } => keys,
        };
        let request = KeyRequest {
            test: matches!(self.config.network, Network::Test),
            // The permanent key is the same for both faces of a data centre.
            role: Role::Main,
            ..KeyRequest::permanent(key.dc)
        };
        let (exchange, first) = Exchange::new(request, keys, self.rng.fork());
        let mut exchanging = Box::new(Exchanging {
            exchange,
            ids: MsgIds::new(),
            outbox: VecDeque::new(),
            task: None,
        });
        exchanging.send(now, &first);
        if let Some(lane) = self.dcs.get_mut(&key).and_then(|dc| dc.lane.as_mut()) {
            lane.stage = LaneStage::Exchanging(exchanging);
            lane.deadline = Some(now.mono + EXCHANGE_TIME);
        }
    }

    /// Frames that came while a key is being made.
    pub(super) fn exchange_frames(&mut self, now: Now, key: DcKey, frames: Vec<BytesMut>) {
        for frame in frames {
            let body = match plain::unpack(&frame.freeze()) {
                Ok((_, body)) => body,
                Err(error) => {
                    self.fail_lane(now, key, Loss::Protocol(ProtocolError::new(error.rule())));
                    return;
                }
            };
            let Some(exchanging) = self.exchanging(key) else {
                return;
            };
            let next = exchanging.exchange.handle_message(now, &body);
            self.exchange_moves(now, key, next);
        }
    }

    /// A job of the exchange has ended.
    pub(super) fn exchange_worked(
        &mut self,
        now: Now,
        key: DcKey,
        task: TaskId,
        output: JobOutput,
    ) {
        let Some(exchanging) = self.exchanging(key) else {
            return;
        };
        // The job of an exchange that was cut off is of no use to its successor.
        if exchanging.task != Some(task) {
            return;
        }
        exchanging.task = None;
        let next = exchanging.exchange.handle_output(output);
        self.exchange_moves(now, key, next);
    }

    fn exchange_moves(&mut self, now: Now, key: DcKey, next: Result<Next, ExchangeError>) {
        match next {
            Ok(Next::Send(body)) => {
                if let Some(exchanging) = self.exchanging(key) {
                    exchanging.send(now, &body);
                }
            }
            Ok(Next::Work(job)) => {
                let task = self.start_task(now, Task::Work(key), |id| Output::Work(id, job));
                if let Some(exchanging) = self.exchanging(key) {
                    exchanging.task = Some(task);
                }
            }
            Ok(Next::Done(outcome)) => {
                self.origins.made.insert(key.dc);
                let mut changes = self.home_changes();
                changes.push(SessionChange::Key(key.dc, Some(outcome.key)));
                for change in &changes {
                    self.session.apply(change);
                }
                let task =
                    self.start_task(now, Task::StoreKey(key), |id| Output::Store(id, changes));
                if let Some(dc) = self.dcs.get_mut(&key) {
                    dc.salt = outcome.salt;
                    dc.time_offset = Some(outcome.time_offset);
                }
                self.await_store(key, task);
            }
            Err(error) => {
                tracing::warn!(dc = key.dc.0, %error, "no key was made");
                self.fail_lane(now, key, Loss::Protocol(ProtocolError::new(error.rule())));
            }
        }
    }

    /// The server has dropped the key of a data centre. Where nobody can be signed out by that, there is a new one, and what
    /// waited goes on under it. Returns whether that is so.
    pub(super) fn replaces_key(&mut self, now: Now, dc: DcId) -> bool {
        let expendable = if dc == self.home {
            // One that was stored may be somebody's, even if the session does not say whose.
            self.session.user.is_none() && self.origins.made.contains(&dc)
        } else {
            self.access.source() != Some(dc)
        };
        if !expendable || !self.origins.replaced.insert(dc) {
            return false;
        }
        tracing::info!(
            dc = dc.0,
            "making another key, since the server has dropped this one"
        );
        self.access.forget(dc);
        self.learn(now, vec![SessionChange::Key(dc, None)]);
        let (main, files) = (DcKey::main(dc), DcKey { dc, media: true });
        for face in [main, files] {
            self.end_greeting(face);
            let taken = self.take_out(face);
            self.close_dc(now, face);
            self.carry_on(now, taken, face);
        }
        if dc == self.home {
            self.open(now, main);
        }
        true
    }

    /// Holds the connection back until the key is stored.
    pub(super) fn await_store(&mut self, key: DcKey, task: TaskId) {
        if let Some(lane) = self.dcs.get_mut(&key).and_then(|dc| dc.lane.as_mut()) {
            lane.stage = LaneStage::Storing(task);
            // The task has its own time.
            lane.deadline = None;
        }
    }

    /// The new key is durable, or cannot be. Without that nobody may sign in with it.
    pub(super) fn key_stored(
        &mut self,
        now: Now,
        key: DcKey,
        task: TaskId,
        result: Result<(), StoreError>,
    ) {
        match result {
            Ok(()) => {
                let media = DcKey { media: true, ..key };
                // The file servers' connection may have come to stand in the meantime.
                for face in [key, media] {
                    let lane = self.dcs.get(&face).and_then(|dc| dc.lane.as_ref());
                    let stage = lane.map(|lane| &lane.stage);
                    if matches!(stage, Some(LaneStage::Storing(id)) if *id == task) {
                        self.greet(now, face);
                    }
                }
                if self.dcs.get(&media).is_some_and(Dc::has_work) {
                    self.open(now, media);
                }
            }
            Err(error) => {
                self.session.apply(&SessionChange::Key(key.dc, None));
                self.give_up(now, key, Error::Store(error));
            }
        }
    }

    fn exchanging(&mut self, key: DcKey) -> Option<&mut Exchanging> {
        match &mut self.dcs.get_mut(&key)?.lane.as_mut()?.stage {
            LaneStage::Exchanging(exchanging) => Some(exchanging),
            _ => None,
        }
    }
}

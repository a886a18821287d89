//! From the queue to sealed packets.

use telewire_schema::Serialize as _;
use telewire_schema::mtproto::{functions, types};

use super::container::Builder;
use super::envelope::{self, Header};
use super::event::Failure;
use super::request::{ReqId, Request, Trip, WRAPPER};
use super::sent::What;
use super::session::Session;
use super::window::Sealed;
use super::{acks, container, ping, salts, wire};
use crate::crypto::Side;
use crate::testing::Broken;
use crate::time::Now;
use crate::transport::Packet;

/// Longer requests travel alone: packets are sealed side by side, the members of a container are not.
const LARGE: usize = 32 * 1024;

/// Packets that are sealed together at most.
const MAX_BATCH: usize = 16;

/// Service messages in one packet, not counting a question for salts. With the longest of each kind they take less than
/// half of it.
const MAX_SERVICE: usize = 16;

/// Ids in one question at most, by the rule of the protocol.
const MAX_IDS: usize = 8192;

/// One packet under construction.
struct Draft {
    builder: Builder,
    members: Vec<(i64, What)>,
}

impl Session {
    /// The next sealed packet, after sealing as many as the window allows if none is left.
    pub(super) fn pull(&mut self, now: Now) -> Option<Packet> {
        if self.testing.lacks(Broken::StateRequest) {
            self.outbox.state_req.clear();
        }
        let window = &mut self.link.as_mut()?.window;
        if window.is_stale(now) {
            window.shrink();
            self.unseal(now);
        }
        if self.link.as_ref()?.window.is_empty() {
            self.fill_window(now);
        }
        let link = self.link.as_mut()?;
        let sealed = link.window.pop(now)?;
        link.pinger.handle_progress(now);
        for id in &sealed.ids {
            match self.sent.get(*id).map(|entry| &entry.what) {
                Some(What::Request(request)) => {
                    let request = *request;
                    self.mark_written(request);
                }
                Some(What::Ping(ping)) => {
                    let ping = *ping;
                    if let Some(link) = &mut self.link {
                        link.pinger.sent(now, ping);
                    }
                }
                _ => {}
            }
        }
        Some(sealed.packet)
    }

    /// Takes back what was sealed and not handed to the socket: nobody has seen it, so its numbers are free again.
    pub(super) fn unseal(&mut self, now: Now) {
        let Some(link) = &mut self.link else {
            return;
        };
        let unsealed = link.window.unseal();
        if let Some(first) = unsealed.front() {
            self.seq = first.seq;
        }
        for id in unsealed.iter().flat_map(|sealed| &sealed.ids) {
            match self.sent.remove(*id).map(|entry| entry.what) {
                Some(What::Request(request)) => self.unsend(request),
                Some(other) => self.put_back(now, other),
                None => {}
            }
        }
    }

    /// The request that goes next, if any may go.
    pub(super) fn next_ready(&self) -> Option<ReqId> {
        self.requests
            .queued()
            .find(|(_, request)| self.is_ready(request, &[]))
            .map(|(id, _)| id)
    }

    /// A request that was sealed was not sent after all.
    fn unsend(&mut self, id: ReqId) {
        match self.requests.get(id) {
            Some(request) if request.is_cancelled() => self.end(id),
            Some(request) if request.forgotten => self.fail(id, Failure::NotSent),
            _ => self.requests.requeue(id),
        }
    }

    fn mark_written(&mut self, id: ReqId) {
        let pings = self.link.as_ref().map_or(0, |link| link.pinger.answered());
        let Some(request) = self.requests.get_mut(id) else {
            return;
        };
        if let Some(trip) = request.trip_mut() {
            trip.written = true;
            trip.pings = pings;
            let msg_id = trip.msg_id;
            // Forgotten between sealing and writing.
            if request.is_cancelled() {
                self.outbox.drop_answer.push_back(msg_id);
            }
        }
    }

    fn fill_window(&mut self, now: Now) {
        let Some(link) = &self.link else {
            return;
        };
        let window = link.window.bytes();
        let (mut packets, mut sealed) = (Vec::new(), Vec::new());
        let mut bytes = 0_usize;
        while packets.len() < MAX_BATCH && (bytes < window || packets.is_empty()) {
            let seq = self.seq;
            let Some((packet, ids)) = self.build(now) else {
                break;
            };
            bytes = bytes.saturating_add(packet.len());
            packets.push(packet);
            sealed.push((ids, seq));
        }
        envelope::seal_batch(&self.key, Side::Client, &mut packets);
        self.batches.sealed = self.batches.sealed.max(packets.len());
        if let Some(link) = &mut self.link {
            let sealed = packets.into_iter().zip(sealed);
            let sealed = sealed.map(|(packet, (ids, seq))| Sealed { packet, ids, seq });
            link.window.fill(now, sealed);
        }
    }

    /// One packet of what is due, not sealed yet, with the ids of its messages.
    fn build(&mut self, now: Now) -> Option<(Packet, Vec<i64>)> {
        let chosen = self.choose();
        let is_due =
            self.link.as_ref()?.pinger.is_due() || self.acks.is_due() || !self.outbox.is_empty();
        if chosen.is_empty() && !is_due {
            return None;
        }
        let capacity = chosen
            .iter()
            .filter_map(|id| Some(self.requests.get(*id)?.body.wire_len()))
            .sum();
        let mut draft = Draft {
            builder: Builder::new(capacity),
            members: Vec::new(),
        };
        let first = chosen.first().and_then(|id| self.requests.get(*id));
        // A large request goes next to what else is due, not together with it.
        let is_apart = first.is_some_and(Request::is_apart);
        let has_service = is_due || (!self.acks.is_empty() && !is_apart);
        if has_service {
            self.put_service(now, &mut draft);
        }
        if !has_service || !is_apart {
            for id in chosen {
                self.put_request(now, id, &mut draft);
            }
        }
        self.finish(now, draft)
    }

    /// Gives the packet its header and remembers what it holds.
    fn finish(&mut self, now: Now, draft: Draft) -> Option<(Packet, Vec<i64>)> {
        let Draft { builder, members } = draft;
        let (mut packet, outer, seq_no) =
            builder.finish(|| (self.fresh_id(now), self.seq.next(false)))?;
        let mut all: Vec<_> = members.iter().map(|(id, _)| *id).collect();
        for (msg_id, what) in members {
            if let What::Request(id) = what {
                let trip = Trip {
                    msg_id,
                    outer,
                    written: false,
                    known: false,
                    suspect: false,
                    asked: 0,
                    pings: 0,
                };
                self.requests.set_sent(id, trip);
            }
            self.sent.insert(now, msg_id, outer, what);
        }
        if all.len() > 1 {
            self.sent
                .insert(now, outer, outer, What::Container(all.clone()));
            all.push(outer);
        }
        let header = Header {
            salt: self.salts.at(self.clock.server_secs(now)),
            session_id: self.id,
            msg_id: outer,
            seq_no,
        };
        envelope::wrap(&mut packet, &header, &mut self.rng);
        Some((packet, all))
    }

    /// Requests for one packet, in order.
    fn choose(&self) -> Vec<ReqId> {
        let mut chosen = Vec::new();
        let mut room = container::MAX_BYTES / 2;
        for (id, request) in self.requests.queued() {
            if !self.is_ready(request, &chosen) {
                continue;
            }
            if request.is_apart() {
                if chosen.is_empty() {
                    chosen.push(id);
                }
                break;
            }
            let Some(rest) = room.checked_sub(
                request
                    .body
                    .wire_len()
                    .saturating_add(container::MEMBER_HEADER),
            ) else {
                break;
            };
            room = rest;
            chosen.push(id);
            if chosen.len() >= const { container::MAX_SENT - MAX_SERVICE - 1 } {
                break;
            }
        }
        chosen
    }

    fn put_request(&mut self, now: Now, id: ReqId, draft: &mut Draft) {
        let msg_id = self.fresh_id(now);
        let seq_no = self.seq.next(true);
        let Some(request) = self.requests.get(id) else {
            return;
        };
        // The one before may be in this very packet.
        let before = request.body.after.and_then(|after| {
            let here = draft
                .members
                .iter()
                .find(|(_, what)| *what == What::Request(after));
            here.map(|(id, _)| *id)
                .or_else(|| Some(self.requests.get(after)?.trip()?.msg_id))
        });
        let mut wrapper = [0; WRAPPER];
        let fields = wire::INVOKE_AFTER_MSG
            .to_le_bytes()
            .into_iter()
            .chain(before.unwrap_or(0).to_le_bytes());
        wrapper
            .iter_mut()
            .zip(fields)
            .for_each(|(to, from)| *to = from);
        let wrapper = if before.is_some() {
            wrapper.as_slice()
        } else {
            &[]
        };
        let tail = request.body.tail.as_deref().unwrap_or_default();
        draft
            .builder
            .push(msg_id, seq_no, &[wrapper, &request.body.head, tail]);
        draft.members.push((msg_id, What::Request(id)));
    }

    /// Acknowledgements, pings, questions and answers.
    fn put_service(&mut self, now: Now, draft: &mut Draft) {
        if !self.acks.is_empty() {
            let msg_ids = self.acks.take();
            debug_assert!(msg_ids.len() <= acks::MAX_PER_MESSAGE);
            let body = types::MsgsAck {
                msg_ids: msg_ids.clone(),
            }
            .to_bytes();
            self.put(now, draft, false, &body, What::Acks(msg_ids));
        }
        if self.link.as_ref().is_some_and(|link| link.pinger.is_due()) {
            let ping_id = self.rng.i64();
            let ping = functions::PingDelayDisconnect {
                ping_id,
                disconnect_delay: ping::DISCONNECT_DELAY,
            };
            self.put(now, draft, false, &ping.to_bytes(), What::Ping(ping_id));
            if let Some(link) = &mut self.link {
                link.pinger.sealed();
            }
        }
        if !self.outbox.state_req.is_empty() {
            let msg_ids = take_some(&mut self.outbox.state_req);
            let body = types::MsgsStateReq {
                msg_ids: msg_ids.clone(),
            }
            .to_bytes();
            self.put(now, draft, false, &body, What::StateReq(msg_ids));
        }
        if !self.outbox.resend_req.is_empty() {
            let msg_ids = take_some(&mut self.outbox.resend_req);
            let body = types::MsgResendReqData {
                msg_ids: msg_ids.clone(),
            }
            .to_bytes();
            self.put(now, draft, false, &body, What::ResendReq(msg_ids));
        }
        while let Some((req_msg_id, info)) = self.outbox.state_info.front()
            && draft.members.len() < MAX_SERVICE
        {
            let (req_msg_id, info) = (*req_msg_id, info.clone());
            self.outbox.state_info.pop_front();
            let body = types::MsgsStateInfo {
                req_msg_id,
                info: info.clone().into(),
            }
            .to_bytes();
            self.put(now, draft, false, &body, What::StateInfo(req_msg_id, info));
        }
        while let Some(req_msg_id) = self.outbox.drop_answer.front().copied()
            && draft.members.len() < MAX_SERVICE
        {
            self.outbox.drop_answer.pop_front();
            let body = functions::RpcDropAnswer { req_msg_id }.to_bytes();
            self.put(now, draft, true, &body, What::DropAnswer(req_msg_id));
        }
        let server_secs = self.clock.server_secs(now);
        // Only once the server has shown that it takes what we send.
        if self.server.heard && !self.salts_asked && self.salts.wants_more(server_secs) {
            self.salts_asked = true;
            let body = functions::GetFutureSalts { num: salts::ASK }.to_bytes();
            self.put(now, draft, false, &body, What::SaltsReq);
        }
    }

    /// An id that stands for nothing yet: after our clock was set back, ids of its future may still be in use.
    fn fresh_id(&mut self, now: Now) -> i64 {
        loop {
            let id = self.ids.next_at(self.clock.server_time(now));
            if self.sent.get(id).is_none() {
                return id;
            }
        }
    }

    fn put(&mut self, now: Now, draft: &mut Draft, content: bool, body: &[u8], what: What) {
        let msg_id = self.fresh_id(now);
        draft.builder.push(msg_id, self.seq.next(content), &[body]);
        draft.members.push((msg_id, what));
    }
}

impl Request {
    /// Whether it gets a packet of its own.
    fn is_apart(&self) -> bool {
        self.alone || self.body.wire_len() > LARGE
    }
}

fn take_some(ids: &mut std::collections::BTreeSet<i64>) -> Vec<i64> {
    let taken: Vec<_> = ids.iter().copied().take(MAX_IDS).collect();
    for id in &taken {
        ids.remove(id);
    }
    taken
}

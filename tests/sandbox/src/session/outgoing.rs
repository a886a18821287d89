//! What the server sends: identifiers, sequence numbers, containers, and what is still to be acknowledged.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use telewire_core::time::{Mono, Now};
use telewire_schema::mtproto::types;
use telewire_schema::{Identifiable as _, Serialize as _, Writer};

use super::Settings;
use crate::plan::{FaultKind, Faults};

pub(super) const RPC_RESULT: u32 = 0xf35c_6d01;
pub(super) const MSG_CONTAINER: u32 = 0x73f1_f8dc;
pub(super) const GZIP_PACKED: u32 = 0x3072_cfa1;
const FILE: u32 = 0x096a_18d5;

/// The most messages and bytes that one container gets.
const CONTAINER_MESSAGES: usize = 100;
const CONTAINER_BYTES: usize = 512 * 1024;
/// Unacknowledged messages beyond this number are given up, oldest first.
const MAX_UNACKNOWLEDGED: usize = 2000;
/// For so many seconds a message may travel under its own identifier.
const FRESH: i64 = 30;
/// So many of the last messages can be sent twice by a plan of faults.
const RECENT: usize = 16;

/// Messages to be sent, and those sent that may have to be sent again.
#[derive(Default)]
pub(super) struct Outbox {
    last_id: i64,
    content_count: i32,
    queue: VecDeque<Message>,
    unacked: BTreeMap<i64, Sent>,
    acks: Vec<i64>,
    /// The last messages that were sent, kept only if some may be sent twice.
    recent: Option<VecDeque<Message>>,
}

#[derive(Clone)]
struct Message {
    msg_id: i64,
    seq_no: i32,
    body: Vec<u8>,
}

struct Sent {
    message: Message,
    answers: Option<i64>,
    at: Mono,
}

/// An answer that can still be asked for.
pub(super) struct Kept {
    pub(super) msg_id: i64,
    pub(super) seq_no: i32,
    pub(super) len: usize,
}

impl Outbox {
    /// An `rpc_result`.
    pub(super) fn answer(&mut self, now: Now, request: i64, result: &[u8], settings: Settings) {
        let mut w = Writer::with_capacity(result.len() + 12);
        w.word(RPC_RESULT);
        w.long(request);
        let is_file = result.starts_with(&FILE.to_le_bytes());
        match settings.gzip_above {
            Some(limit) if result.len() > limit && !is_file => {
                w.word(GZIP_PACKED);
                w.bytes(&gzip(result));
            }
            _ => w.raw(result),
        }
        self.put(now, w.into_vec(), true, true, Some(request));
    }

    /// Something that has to be acknowledged and answers nothing.
    pub(super) fn content(&mut self, now: Now, body: Vec<u8>) {
        self.put(now, body, false, true, None);
    }

    /// Something that needs no acknowledgement: a pong, a notice. `answers` tells whether a message asked for it.
    pub(super) fn notice(&mut self, now: Now, body: Vec<u8>, answers: bool) {
        self.put(now, body, answers, false, None);
    }

    /// The answer to a service request that comes as `rpc_result`.
    pub(super) fn acknowledge(&mut self, msg_id: i64) {
        if !self.acks.contains(&msg_id) {
            self.acks.push(msg_id);
        }
    }

    fn put(&mut self, now: Now, body: Vec<u8>, answer: bool, content: bool, answers: Option<i64>) {
        let msg_id = self.next_id(now, answer);
        let mut seq_no = self.content_count.wrapping_mul(2);
        if content {
            seq_no += 1;
            self.content_count += 1;
        }
        let message = Message {
            msg_id,
            seq_no,
            body,
        };
        if content {
            let sent = Sent {
                message: message.clone(),
                answers,
                at: now.mono,
            };
            self.unacked.insert(msg_id, sent);
            if self.unacked.len() > MAX_UNACKNOWLEDGED {
                self.unacked.pop_first();
            }
        }
        self.queue.push_back(message);
    }

    /// 1 modulo 4 for an answer, 3 modulo 4 for anything else, always growing.
    fn next_id(&mut self, now: Now, answer: bool) -> i64 {
        let base = Self::id_at(now);
        let low = if answer { 1 } else { 3 };
        let mut id = base | low;
        if id <= self.last_id {
            id = ((self.last_id | 3) + 1) | low;
        }
        self.last_id = id;
        id
    }

    /// The time as an identifier, without its lowest bits.
    fn id_at(now: Now) -> i64 {
        let time = now.wall.since_epoch();
        let fraction = (u64::from(time.subsec_nanos()) << 32) / 1_000_000_000;
        (time.as_secs() << 32 | fraction).cast_signed() & !3
    }

    /// The client has these.
    pub(super) fn acknowledged(&mut self, ids: &[i64]) {
        for id in ids {
            self.unacked.remove(id);
        }
    }

    /// Queues what is unacknowledged and fits, once more.
    pub(super) fn send_again(&mut self, which: impl Fn(i64) -> bool) -> usize {
        let queued = |queue: &VecDeque<Message>, id: i64| queue.iter().any(|m| m.msg_id == id);
        let mut count = 0;
        for (id, sent) in &self.unacked {
            if which(*id) && !queued(&self.queue, *id) {
                self.queue.push_back(sent.message.clone());
                count += 1;
            }
        }
        count
    }

    /// A new link: short messages that are unacknowledged go out again, long ones are announced.
    pub(super) fn catch_up(&mut self, now: Now, announce_above: usize) {
        let queued = |id: &i64| self.queue.iter().any(|m| m.msg_id == *id);
        let is_long = |sent: &Sent| sent.message.body.len() > announce_above;
        let long: Vec<(i64, Option<i64>, usize)> = self
            .unacked
            .iter()
            // What still waits to be sent for the first time is sent.
            .filter(|(id, sent)| is_long(sent) && !queued(id))
            .map(|(id, sent)| (*id, sent.answers, sent.message.body.len()))
            .collect();
        self.send_again(|id| long.iter().all(|(long, ..)| *long != id));
        for (id, answers, len) in long {
            self.announce(now, id, answers, len);
        }
    }

    /// Tells the client of a message instead of sending it once more.
    pub(super) fn announce(&mut self, now: Now, msg_id: i64, answers: Option<i64>, len: usize) {
        let len = i32::try_from(len).unwrap_or(i32::MAX);
        let info: types::MsgDetailedInfo = match answers {
            Some(request) => types::MsgDetailedInfoData::new(request, msg_id, len, 0).into(),
            None => types::MsgNewDetailedInfo::new(msg_id, len, 0).into(),
        };
        self.notice(now, info.to_bytes(), false);
    }

    /// The answer to a request, if the client has not acknowledged it.
    pub(super) fn kept(&self, request: i64) -> Option<Kept> {
        let sent = self.unacked.values().find(|s| s.answers == Some(request))?;
        Some(Kept {
            msg_id: sent.message.msg_id,
            seq_no: sent.message.seq_no,
            len: sent.message.body.len(),
        })
    }

    pub(super) fn is_unacked(&self, msg_id: i64) -> bool {
        self.unacked.contains_key(&msg_id)
    }

    /// Withdraws a message.
    pub(super) fn withdraw(&mut self, msg_id: i64) {
        self.unacked.remove(&msg_id);
        self.queue.retain(|m| m.msg_id != msg_id);
    }

    pub(super) fn handle_timeout(&mut self, now: Now, resend_after: Duration) {
        let mut due = Vec::new();
        for (id, sent) in &mut self.unacked {
            if now.mono.since(sent.at) >= resend_after {
                sent.at = now.mono;
                due.push(*id);
            }
        }
        self.send_again(|id| due.binary_search(&id).is_ok());
    }

    pub(super) fn poll_timeout(&self, resend_after: Duration) -> Option<Mono> {
        self.unacked.values().map(|s| s.at + resend_after).min()
    }

    /// What a plan of faults makes of what is about to leave: answers that have to be asked for, updates that nobody will
    /// hear of again, messages that come twice.
    pub(super) fn suffer(&mut self, faults: &mut Faults) {
        if self.queue.is_empty() {
            return;
        }
        let (lost_answer, lost_update) = (faults.plan.lost_answer, faults.plan.lost_update);
        let unacked = &mut self.unacked;
        self.queue.retain(|m| {
            let Some(sent) = unacked.get(&m.msg_id) else {
                return true;
            };
            let greeting = m
                .body
                .starts_with(&types::NewSessionCreated::ID.to_le_bytes());
            if sent.answers.is_some() {
                return !faults.happens(lost_answer, FaultKind::LostAnswer);
            }
            let lost = !greeting && faults.happens(lost_update, FaultKind::LostUpdate);
            if lost {
                unacked.remove(&m.msg_id);
            }
            !lost
        });
        let recent = self.recent.get_or_insert_default();
        if recent.is_empty() || !faults.happens(faults.plan.duplicate, FaultKind::Duplicate) {
            return;
        }
        let which = faults.rng.u32() as usize % recent.len();
        if let Some(again) = recent.get(which)
            && self.queue.iter().all(|m| m.msg_id != again.msg_id)
        {
            self.queue.push_back(again.clone());
        }
    }

    fn remember(&mut self, members: &[Message]) {
        let Some(recent) = &mut self.recent else {
            return;
        };
        recent.extend(members.iter().cloned());
        recent.drain(..recent.len().saturating_sub(RECENT));
    }

    /// Everything that waits, in one message or a container.
    pub(super) fn poll(&mut self, now: Now) -> Option<(i64, i32, Vec<u8>)> {
        if !self.acks.is_empty() {
            let acks = types::MsgsAck::new(std::mem::take(&mut self.acks));
            self.notice(now, acks.to_bytes(), false);
        }
        let first = self.queue.pop_front()?;
        let mut size = first.body.len();
        let mut members = vec![first];
        while let Some(next) = self.queue.front() {
            size += next.body.len() + 16;
            if members.len() >= CONTAINER_MESSAGES || size > CONTAINER_BYTES {
                break;
            }
            members.extend(self.queue.pop_front());
        }
        self.remember(&members);
        // Clients do not look at a packet whose own identifier is old, so what comes again comes inside a fresh one.
        let is_old = |m: &Message| m.msg_id < Self::id_at(now) - (FRESH << 32);
        if members.len() == 1 && !members.iter().any(is_old) {
            let only = members.pop()?;
            return Some((only.msg_id, only.seq_no, only.body));
        }
        let mut w = Writer::with_capacity(size + 16);
        w.word(MSG_CONTAINER);
        w.count(members.len());
        for member in members {
            w.long(member.msg_id);
            w.int(member.seq_no);
            w.count(member.body.len());
            w.raw(&member.body);
        }
        let msg_id = self.next_id(now, false);
        Some((msg_id, self.content_count.wrapping_mul(2), w.into_vec()))
    }

    pub(super) fn unacknowledged(&self) -> usize {
        self.unacked.len()
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

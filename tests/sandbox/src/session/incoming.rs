//! Checks on what comes in, and its way to where it is handled.

use std::io::Read as _;

use bytes::{Buf as _, Bytes};
use flate2::read::{GzDecoder, ZlibDecoder};
use telewire_core::internals::mtproto::envelope::Message;
use telewire_core::time::Now;
use telewire_schema::mtproto::types;
use telewire_schema::{Reader, Serialize as _};

use super::outgoing::{GZIP_PACKED, MSG_CONTAINER};
use super::received::Stage;
use super::{Call, Session, Settings};

const MSG_COPY: u32 = 0xe060_46b2;
/// The most messages in a container.
const MAX_MEMBERS: usize = 1024;
/// The most that a packed object may unpack to.
const MAX_UNPACKED: u64 = 16 * 1024 * 1024;

/// What a message leads to.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Run these; everything else has been dealt with.
    Calls(Vec<Call>),
    /// Too much of something, or nothing that can be read: a transport error, then the end.
    Refused,
}

/// One message, whether it came alone or in a container.
struct Inner {
    msg_id: i64,
    seq_no: i32,
    body: Bytes,
}

impl Session {
    /// Handles a decrypted message whose salt has been found good. `fresh` says that it is the first of its session.
    pub(crate) fn handle_message(
        &mut self,
        now: Now,
        message: Message,
        settings: Settings,
    ) -> Verdict {
        self.last_heard = now.mono;
        let header = message.header;
        let outer = Inner {
            msg_id: header.msg_id,
            seq_no: header.seq_no,
            body: message.body,
        };
        if id_of(&outer.body) != Some(MSG_CONTAINER) {
            let mut calls = Vec::new();
            return match self.take(now, outer, &mut calls, settings) {
                Ok(()) => Verdict::Calls(calls),
                Err(refused) => refused,
            };
        }
        self.take_container(now, &outer, settings)
    }

    fn take_container(&mut self, now: Now, outer: &Inner, settings: Settings) -> Verdict {
        let refuse = |this: &mut Self, code| {
            this.refuse(now, outer.msg_id, outer.seq_no, code);
            Verdict::Calls(Vec::new())
        };
        if self.received.contains(outer.msg_id) {
            return refuse(self, 19);
        }
        if outer.seq_no % 2 != 0 {
            return refuse(self, 34);
        }
        if let Some(code) = self.received.misplaced(outer.msg_id, outer.seq_no) {
            return refuse(self, code);
        }
        let Some(count) = member_count(&outer.body) else {
            return refuse(self, 64);
        };
        if count > MAX_MEMBERS {
            return Verdict::Refused;
        }
        let Some(members) = members(&outer.body) else {
            return refuse(self, 64);
        };
        let nested = members
            .iter()
            .any(|m| id_of(&m.body) == Some(MSG_CONTAINER));
        if nested || members.iter().any(|m| m.msg_id >= outer.msg_id) {
            return refuse(self, 64);
        }
        self.received.note(outer.msg_id, outer.seq_no, Stage::Other);
        let mut calls = Vec::new();
        for member in members {
            if let Err(refused) = self.take(now, member, &mut calls, settings) {
                return refused;
            }
        }
        Verdict::Calls(calls)
    }

    /// One message that is no container.
    fn take(
        &mut self,
        now: Now,
        mut m: Inner,
        calls: &mut Vec<Call>,
        settings: Settings,
    ) -> Result<(), Verdict> {
        if m.msg_id % 4 != 0 {
            self.refuse(now, m.msg_id, m.seq_no, 18);
            return Ok(());
        }
        if self.received.contains(m.msg_id) {
            self.repeat(now, m.msg_id, settings);
            return Ok(());
        }
        if self.received.is_forgotten(m.msg_id) {
            self.refuse(now, m.msg_id, m.seq_no, 20);
            return Ok(());
        }
        let copy = id_of(&m.body) == Some(MSG_COPY);
        if copy {
            let Some(original) = copied(&m.body) else {
                self.refuse(now, m.msg_id, m.seq_no, 64);
                return Ok(());
            };
            if m.seq_no % 2 != 0 {
                self.refuse(now, m.msg_id, m.seq_no, 34);
                return Ok(());
            }
            self.received.note(m.msg_id, m.seq_no, Stage::Other);
            return self.take(now, original, calls, settings);
        }
        if id_of(&m.body) == Some(GZIP_PACKED) {
            match unpack(&m.body) {
                Some(body) => m.body = body,
                // What cannot be unpacked is no request either.
                None => return Err(Verdict::Refused),
            }
        }
        if let Some(code) = self.received.misplaced(m.msg_id, m.seq_no) {
            self.refuse(now, m.msg_id, m.seq_no, code);
            return Ok(());
        }
        let is_service = id_of(&m.body).is_some_and(super::service::is_service);
        let either = is_service || id_of(&m.body).is_some_and(super::service::is_for_server);
        if !either && m.seq_no % 2 == 0 {
            self.refuse(now, m.msg_id, m.seq_no, 35);
            return Ok(());
        }
        if is_service {
            self.received.note(m.msg_id, m.seq_no, Stage::Other);
            return match self.serve(now, m.msg_id, &m.body, settings) {
                Some(()) => Ok(()),
                None => Err(Verdict::Refused),
            };
        }
        self.received.note(m.msg_id, m.seq_no, Stage::Running);
        calls.push(Call {
            msg_id: m.msg_id,
            body: m.body,
        });
        Ok(())
    }

    /// The same message again: its answer, or a note about it.
    fn repeat(&mut self, now: Now, msg_id: i64, settings: Settings) {
        match self.outbox.kept(msg_id) {
            Some(kept) if kept.len > settings.announce_above => {
                self.outbox
                    .announce(now, kept.msg_id, Some(msg_id), kept.len);
            }
            Some(kept) => {
                self.outbox.send_again(|id| id == kept.msg_id);
            }
            None => self.outbox.acknowledge(msg_id),
        }
    }

    /// `bad_msg_notification`: the message was ignored.
    pub(crate) fn refuse(&mut self, now: Now, msg_id: i64, seq_no: i32, code: i32) {
        let notice = types::BadMsgNotificationData::new(msg_id, seq_no, code);
        let notice = types::BadMsgNotification::from(notice);
        self.outbox.notice(now, notice.to_bytes(), true);
    }

    /// `bad_server_salt`: the message was ignored.
    pub(crate) fn refuse_salt(&mut self, now: Now, msg_id: i64, seq_no: i32, salt: i64) {
        let notice = types::BadServerSalt::new(msg_id, seq_no, 48, salt);
        let notice = types::BadMsgNotification::from(notice);
        self.outbox.notice(now, notice.to_bytes(), true);
    }

    /// `new_session_created`: nothing before the messages in `first` has arrived.
    pub(crate) fn greet(&mut self, now: Now, first: &Message, unique_id: i64, salt: i64) {
        let inside = members(&first.body).unwrap_or_default();
        let lowest = inside.iter().map(|m| m.msg_id).min();
        let first_id = lowest
            .unwrap_or(first.header.msg_id)
            .min(first.header.msg_id);
        self.received.begin(first_id);
        let notice = types::NewSessionCreated::new(first_id, unique_id, salt);
        self.outbox.content(now, notice.to_bytes());
    }
}

fn id_of(body: &[u8]) -> Option<u32> {
    body.first_chunk().map(|id| u32::from_le_bytes(*id))
}

fn member_count(body: &Bytes) -> Option<usize> {
    let mut r = Reader::new(body);
    r.u32().ok()?;
    usize::try_from(r.i32().ok()?).ok()
}

/// The members of a container; `None` if it is none or malformed.
fn members(body: &Bytes) -> Option<Vec<Inner>> {
    if id_of(body) != Some(MSG_CONTAINER) {
        return None;
    }
    let count = member_count(body)?;
    let mut rest = body.slice(8..);
    let mut members = Vec::new();
    for _ in 0..count {
        members.push(take_inner(&mut rest)?);
    }
    rest.is_empty().then_some(members)
}

/// `msg_id:long seqno:int bytes:int body`.
fn take_inner(rest: &mut Bytes) -> Option<Inner> {
    if rest.len() < 16 {
        return None;
    }
    let msg_id = rest.get_i64_le();
    let seq_no = rest.get_i32_le();
    let len = usize::try_from(rest.get_i32_le()).ok()?;
    if len > rest.len() || !len.is_multiple_of(4) || len == 0 {
        return None;
    }
    let body = rest.split_to(len);
    Some(Inner {
        msg_id,
        seq_no,
        body,
    })
}

/// The message inside `msg_copy`.
fn copied(body: &Bytes) -> Option<Inner> {
    let mut rest = body.slice(4..);
    take_inner(&mut rest)
}

/// What `gzip_packed` holds; some clients put a zlib stream there.
pub(crate) fn unpack(body: &Bytes) -> Option<Bytes> {
    let mut r = Reader::new(body);
    r.u32().ok()?;
    let packed: Bytes = r.value().ok()?;
    let mut out = Vec::new();
    let limit = MAX_UNPACKED + 1;
    let read = if packed.starts_with(&[0x1f, 0x8b]) {
        GzDecoder::new(&packed[..])
            .take(limit)
            .read_to_end(&mut out)
    } else {
        ZlibDecoder::new(&packed[..])
            .take(limit)
            .read_to_end(&mut out)
    };
    let len = read.ok()?;
    (len as u64 <= MAX_UNPACKED).then(|| out.into())
}

pub(crate) fn is_packed(body: &[u8]) -> bool {
    id_of(body) == Some(GZIP_PACKED)
}

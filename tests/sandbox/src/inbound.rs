//! What comes in: packets, messages, calls.

use std::ops::Bound;

use bytes::BytesMut;
use telewire_core::internals::mtproto::envelope::{self, Message};
use telewire_core::internals::{Side, plain};
use telewire_core::time::{Mono, Now};
use telewire_core::transport::Packet;

use crate::controls::{Entry, Trouble};
use crate::handshake::{Site, Step};
use crate::keys::Key;
use crate::rpc;
use crate::server::{ConnId, Server};
use crate::session::{Call, Session, Verdict};

/// No key with this identifier, or a packet that cannot be read.
const UNKNOWN_KEY: i32 = -404;
/// Too much at once.
const FLOOD: i32 = -429;
/// How far a message may lie behind or ahead of the clock, in seconds.
const TOO_OLD: i64 = 300;
const TOO_NEW: i64 = 30;
/// Sessions of one key that are remembered without a link.
const SESSIONS_KEPT: usize = 16;

impl Server {
    pub(crate) fn handle_packets(&mut self, now: Now, conn: ConnId, packets: Vec<BytesMut>) {
        let mut batch: Vec<BytesMut> = Vec::new();
        let mut batch_key = 0;
        for packet in packets {
            let key = packet.first_chunk().map_or(0, |id| i64::from_le_bytes(*id));
            if key != batch_key {
                self.handle_sealed(now, conn, batch_key, std::mem::take(&mut batch));
            }
            batch_key = key;
            if key == 0 {
                self.handle_plain(now, conn, packet);
            } else {
                batch.push(packet);
            }
        }
        self.handle_sealed(now, conn, batch_key, batch);
    }

    fn handle_plain(&mut self, now: Now, conn: ConnId, packet: BytesMut) {
        let Some(state) = self.conns.get_mut(&conn) else {
            return;
        };
        let Ok((_, body)) = plain::parse(&packet.freeze()) else {
            return self.refuse(conn, UNKNOWN_KEY);
        };
        let keys = &self.keys;
        let site = Site {
            dc: state.entrance.dc,
            now: now.wall,
            rng: &mut self.rng,
            taken: &|id| keys.contains_key(&id),
        };
        match state.handshake.handle(site, &body) {
            Step::Answer(answer) => self.send_plain(now, conn, &answer),
            Step::Done(answer, key) => {
                self.keys.insert(key.auth.id(), *key);
                self.dirty = true;
                self.send_plain(now, conn, &answer);
            }
            Step::Refused(code) => self.refuse(conn, code),
        }
    }

    fn send_plain(&mut self, now: Now, conn: ConnId, body: &[u8]) {
        let time = now.wall.since_epoch();
        let fraction = (u64::from(time.subsec_nanos()) << 32) / 1_000_000_000;
        let id = (time.as_secs() << 32 | fraction).cast_signed() & !3 | 1;
        self.last_plain = id.max(self.last_plain + 4);
        let Some(state) = self.conns.get_mut(&conn).filter(|_| !body.is_empty()) else {
            return;
        };
        let sealed = plain::pack(self.last_plain, body);
        let mut packet = Packet::new(sealed.len());
        packet.extend_from_slice(&sealed);
        state.send(packet, &mut self.rng);
    }

    fn handle_sealed(&mut self, now: Now, conn: ConnId, key_id: i64, packets: Vec<BytesMut>) {
        if packets.is_empty() {
            return;
        }
        let alive = |k: &&Key| k.expires_at.is_none_or(|at| now.wall.secs() < at);
        let here = self.conns.get(&conn).map(|c| c.entrance.dc);
        let key = here.and_then(|dc| self.key_at(dc, key_id));
        let Some(key) = key.filter(alive) else {
            return self.refuse(conn, UNKNOWN_KEY);
        };
        let lens: Vec<usize> = packets.iter().map(BytesMut::len).collect();
        let opened = envelope::open_batch(&key.auth, Side::Client, None, packets);
        for (message, len) in opened.into_iter().zip(lens) {
            self.suffer(key_id);
            let Ok(message) = message else {
                return self.close(conn);
            };
            if self.conns.get(&conn).is_none_or(|c| c.closing) {
                return;
            }
            self.note(now, conn, &message, len);
            self.handle_message(now, conn, key_id, message);
        }
    }

    /// Whether an older link of the same key goes on speaking beside a newer one. What was on its way when the newer
    /// one came up does not count.
    fn is_duplicated(&mut self, conn: ConnId, key_id: i64, msg_id: i64) -> bool {
        let Some(state) = self.conns.get_mut(&conn) else {
            return false;
        };
        state.key = Some(key_id);
        state.first_msg_id.get_or_insert(msg_id);
        let transfers = state.entrance.media;
        let newer = self
            .conns
            .range((Bound::Excluded(conn), Bound::Unbounded))
            .map(|(_, c)| c);
        let a_second_ago = msg_id.saturating_sub(1 << 32);
        let beside = newer.filter(|c| !c.entrance.media && !c.closing && c.key == Some(key_id));
        let mut begun = beside.filter_map(|c| c.first_msg_id);
        self.options.one_connection_a_key && !transfers && begun.any(|first| first < a_second_ago)
    }

    pub(crate) fn drop_key(&mut self, key_id: i64) {
        self.keys.remove(&key_id);
        self.sessions.retain(|(key, _), _| *key != key_id);
        self.dirty = true;
    }

    fn note(&mut self, now: Now, conn: ConnId, message: &Message, len: usize) {
        let msg_id = message.header.msg_id;
        let made = msg_id as f64 / 4_294_967_296.0;
        let age = now.wall.since_epoch().as_secs_f64() - made;
        self.controls.log(Entry {
            conn,
            msg_id,
            age,
            len,
        });
    }

    fn handle_message(&mut self, now: Now, conn: ConnId, key_id: i64, message: Message) {
        let header = message.header;
        let at = (key_id, header.session_id);
        let settings = self.settings();
        let is_new = !self.sessions.contains_key(&at);
        let session = self.sessions.entry(at).or_insert_with(|| Session::new(now));
        session.attach(now, conn, settings);
        if self.is_duplicated(conn, key_id, header.msg_id)
            && let Some(key) = self.keys.get_mut(&key_id)
        {
            key.is_duplicated = true;
        }
        let Some(session) = self.sessions.get_mut(&at) else {
            return;
        };
        if let Some(code) = untimely(now, header.msg_id) {
            session.refuse(now, header.msg_id, header.seq_no, code);
            return self.discard_if(is_new, at, now);
        }
        let lifetime = self.options.salt_lifetime;
        let Some(key) = self.keys.get(&key_id) else {
            return;
        };
        let salt = key.salt(now.wall, lifetime);
        if !key.accepts(header.salt, now.wall, lifetime) {
            session.refuse_salt(now, header.msg_id, header.seq_no, salt);
            return self.discard_if(is_new, at, now);
        }
        if is_new {
            session.greet(now, &message, self.rng.i64(), salt);
        }
        if std::mem::take(&mut session.behind) {
            session.push(now, rpc::too_long());
        }
        let Some(session) = self.sessions.get_mut(&at) else {
            return;
        };
        match session.handle_message(now, message, settings) {
            Verdict::Calls(calls) => {
                for call in calls {
                    self.handle_call(now, conn, at, &call);
                }
            }
            Verdict::Refused => self.refuse(conn, FLOOD),
        }
        self.prune(key_id);
    }

    /// A session whose first message was refused does not exist yet; only the notice about it goes out.
    fn discard_if(&mut self, is_new: bool, at: (i64, i64), now: Now) {
        if is_new {
            self.flush(now);
            self.sessions.remove(&at);
        }
    }

    fn prune(&mut self, key_id: i64) {
        let of_key = (key_id, i64::MIN)..=(key_id, i64::MAX);
        let mut idle: Vec<(Mono, i64)> = self
            .sessions
            .range(of_key)
            .filter(|(_, s)| s.conn.is_none())
            .map(|((_, id), s)| (s.last_heard, *id))
            .collect();
        idle.sort_unstable();
        let excess = idle.len().saturating_sub(SESSIONS_KEPT);
        for (_, id) in idle.into_iter().take(excess) {
            self.sessions.remove(&(key_id, id));
        }
    }

    fn handle_call(&mut self, now: Now, conn: ConnId, at: (i64, i64), call: &Call) {
        if self.conns.get(&conn).is_none_or(|c| c.closing) {
            // Nobody is told that it arrived, so that it is sent again.
            if let Some(session) = self.sessions.get_mut(&at) {
                session.unsee(call.msg_id);
            }
            return;
        }
        if self.handle_session_call(now, conn, at, call) {
            return;
        }
        let served = rpc::serve(self, now, at, call);
        let settings = self.settings();
        let Some(session) = self.sessions.get_mut(&at) else {
            // The key or the session ended with this request.
            return self.deliver(now);
        };
        match served.trouble {
            Some(Trouble::DropAnswer) => session.hold(now, call.msg_id, served.body, None),
            Some(Trouble::Delay(delay)) => session.hold(now, call.msg_id, served.body, Some(delay)),
            Some(Trouble::CloseBefore) => {
                session.unsee(call.msg_id);
                self.close(conn);
            }
            Some(Trouble::CloseAfter) => {
                session.answer(now, call.msg_id, served.body, settings);
                session.detach();
                self.close(conn);
            }
            None if served.hold.is_some() => {
                session.hold(now, call.msg_id, served.body, served.hold);
            }
            Some(Trouble::Refuse(_)) | None => {
                session.answer(now, call.msg_id, served.body, settings);
            }
        }
        self.deliver(now);
        self.react(now);
    }
}

/// 16 or 17 for an identifier too far from now, 18 for one that no client makes.
fn untimely(now: Now, msg_id: i64) -> Option<i32> {
    let age = now.wall.secs() - (msg_id >> 32);
    match age {
        _ if msg_id % 4 != 0 => Some(18),
        age if age > TOO_OLD => Some(16),
        age if age < -TOO_NEW => Some(17),
        _ => None,
    }
}

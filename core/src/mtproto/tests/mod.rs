//! Sessions against a scripted server: the same envelope with its direction swapped, and no logic of its own.

mod answers;
mod conversation;
mod cuts;
mod limits;
mod links;
mod questions;
mod refusals;
mod security;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use telewire_schema::mtproto::{functions, types};
use telewire_schema::{Deserialize, Identifiable, Serialize};

use super::*;
use crate::crypto::{AuthKey, Side};
use crate::rand::{Rng, Seed};
use crate::time::{Mono, Now, Unix};
use crate::transport::Packet;

const SALT: i64 = 0x5a17;

/// The server's and, at first, the client's calendar time.
const START: i64 = 1_700_000_000;

/// A message from the client, out of its container.
#[derive(Clone, Debug)]
struct Msg {
    msg_id: i64,
    seq_no: i32,
    /// The id of the container, or the same.
    outer: i64,
    body: Bytes,
}

impl Msg {
    fn id(&self) -> u32 {
        wire::constructor(&self.body).unwrap()
    }

    fn is<T: Identifiable>(&self) -> bool {
        self.id() == T::ID
    }

    fn read<T: Deserialize>(&self) -> T {
        T::from_bytes(&self.body).unwrap()
    }
}

/// A session and the server it talks to.
struct Pair {
    session: Session,
    now: Now,
    key: AuthKey,
    rng: Rng,
    server_ids: i64,
    server_content: i32,
    /// The server's clock minus the client's.
    ahead: i64,
    /// Headers of the packets that came last.
    headers: Vec<envelope::Header>,
}

impl Pair {
    /// A session with a right salt, without a link.
    fn new() -> Self {
        Self::with(SALT, Some(0))
    }

    fn with(salt: i64, time_offset: Option<i64>) -> Self {
        let now = Now {
            mono: Mono::from_origin(Duration::from_secs(5)),
            wall: Unix::from_secs(START),
        };
        let key = AuthKey::new(std::array::from_fn(|i| (i * 31) as u8));
        let setup = Setup {
            key: key.clone(),
            salt,
            time_offset,
        };
        Self {
            session: Session::new(now, setup, Rng::new(Seed::new([1; 32]))),
            now,
            key,
            rng: Rng::new(Seed::new([2; 32])),
            server_ids: 0,
            server_content: 0,
            ahead: 0,
            headers: Vec::new(),
        }
    }

    /// A session whose first link is up and whose first ping is answered.
    fn up() -> Self {
        let mut pair = Self::new();
        pair.session.handle_link_up(pair.now);
        let sent = pair.sent();
        pair.pong(&sent);
        assert!(pair.sent().iter().all(Msg::is::<functions::GetFutureSalts>));
        pair
    }

    fn pass(&mut self, secs: f64) {
        self.now = self.now.after(Duration::from_secs_f64(secs));
    }

    /// Lets time pass, running every timer on its way.
    fn run(&mut self, secs: u64) {
        let end = self.now.after(Duration::from_secs(secs));
        while let Some(at) = self.session.poll_timeout().filter(|at| *at <= end.mono) {
            self.now = self.now.after(at.since(self.now.mono));
            self.session.handle_timeout(self.now);
        }
        self.now = self.now.after(end.mono.since(self.now.mono));
    }

    fn invoke(&mut self, text: &[u8]) -> ReqId {
        self.session.invoke(RequestBody::new(text.to_vec()))
    }

    /// All packets that are due, each as the messages in it.
    fn packets(&mut self) -> Vec<Vec<Msg>> {
        let mut packets = Vec::new();
        while let Some(packet) = self.session.poll_packet(self.now) {
            packets.push(self.read(&packet));
        }
        packets
    }

    /// All messages that are due.
    fn sent(&mut self) -> Vec<Msg> {
        self.packets().into_iter().flatten().collect()
    }

    /// What the server makes of a packet.
    fn read(&mut self, packet: &Packet) -> Vec<Msg> {
        let frame = BytesMut::from(packet.bytes());
        let message = envelope::open_batch(
            &self.key,
            Side::Client,
            Some(self.session.id()),
            vec![frame],
        )
        .remove(0);
        let envelope::Message { header, body } = message.unwrap();
        self.headers.push(header);
        assert_eq!(header.msg_id % 4, 0);
        let outer = header.msg_id;
        if wire::constructor(&body) != Some(wire::MSG_CONTAINER) {
            return vec![Msg {
                msg_id: outer,
                seq_no: header.seq_no,
                outer,
                body,
            }];
        }
        assert_eq!(header.seq_no % 2, 0);
        let members = container::members(wire::after_constructor(&body)).unwrap();
        assert!(
            members.len() > 1
                && members
                    .iter()
                    .all(|m| m.msg_id < outer && m.msg_id % 4 == 0)
        );
        let msg = |m: container::Member| Msg {
            msg_id: m.msg_id,
            seq_no: m.seq_no,
            outer,
            body: m.body,
        };
        members.into_iter().map(msg).collect()
    }

    fn server_id(&mut self) -> i64 {
        let secs = self.now.wall.secs() + self.ahead;
        let fraction = i64::from(self.now.wall.since_epoch().subsec_nanos()) * 4;
        self.server_ids = ((secs << 32) | (fraction & !3) | 3).max(self.server_ids + 4);
        self.server_ids
    }

    fn server_seq(&mut self, content: bool) -> i32 {
        let seq = self.server_content * 2 + i32::from(content);
        self.server_content += i32::from(content);
        seq
    }

    fn seal(&mut self, msg_id: i64, seq_no: i32, body: &[u8]) -> BytesMut {
        let header = envelope::Header {
            salt: SALT,
            session_id: self.session.id(),
            msg_id,
            seq_no,
        };
        let mut packet = Packet::from(body);
        envelope::wrap(&mut packet, &header, &mut self.rng);
        envelope::seal_batch(&self.key, Side::Server, std::slice::from_mut(&mut packet));
        packet.bytes().into()
    }

    fn deliver(&mut self, frames: Vec<BytesMut>) {
        self.session.handle_frames(self.now, frames);
    }

    /// A content-related message; its id.
    fn content(&mut self, body: &[u8]) -> i64 {
        let (id, seq) = (self.server_id(), self.server_seq(true));
        let frame = self.seal(id, seq, body);
        self.deliver(vec![frame]);
        id
    }

    /// A service message; its id.
    fn service(&mut self, body: &impl Serialize) -> i64 {
        let (id, seq) = (self.server_id(), self.server_seq(false));
        let frame = self.seal(id, seq, &body.to_bytes());
        self.deliver(vec![frame]);
        id
    }

    /// The answer to a request.
    fn answer(&mut self, to: &Msg, result: &[u8]) -> i64 {
        self.content(&rpc_result(to.msg_id, result))
    }

    fn pong(&mut self, sent: &[Msg]) {
        let ping = sent
            .iter()
            .find(|m| m.is::<functions::PingDelayDisconnect>())
            .expect("a ping");
        let ping_id = i64::from_le_bytes(ping.body[4..12].try_into().unwrap());
        let msg_id = ping.msg_id;
        self.service(&types::Pong { msg_id, ping_id });
    }

    fn refuse(&mut self, msg_id: i64, seq: i32, code: i32) -> i64 {
        self.service(&types::BadMsgNotificationData {
            bad_msg_id: msg_id,
            bad_msg_seqno: seq,
            error_code: code,
        })
    }

    fn new_session(&mut self, first_msg_id: i64, unique_id: i64) {
        let new = types::NewSessionCreated {
            first_msg_id,
            unique_id,
            server_salt: SALT,
        };
        self.content(&new.to_bytes());
    }

    /// The server's answer to a question for states, one status for all.
    fn states(&mut self, question: &Msg, status: u8) {
        let asked: types::MsgsStateReq = question.read();
        let info = Bytes::from(vec![status; asked.msg_ids.len()]);
        self.service(&types::MsgsStateInfo {
            req_msg_id: question.msg_id,
            info,
        });
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.session.poll_event()).collect()
    }

    /// Events as short texts.
    fn told(&mut self) -> Vec<String> {
        self.events().iter().map(tell).collect()
    }

    /// The link breaks and another one comes up; what is sent on it at once.
    fn reconnect(&mut self) -> Vec<Msg> {
        self.session.handle_link_lost(self.now);
        assert!(self.session.poll_packet(self.now).is_none() && !self.session.has_output());
        self.pass(1.0);
        self.session.handle_link_up(self.now);
        self.sent()
    }
}

fn tell(event: &Event) -> String {
    match event {
        Event::Result {
            id,
            result: Ok(bytes),
        } => format!("{id:?} = {}", String::from_utf8_lossy(bytes)),
        Event::Result {
            id,
            result: Err(fault),
        } => format!("{id:?} = {} {}", fault.code, fault.message),
        Event::Failed { id, reason } => format!("{id:?} {reason:?}"),
        Event::Updates(bytes) => format!("updates {}", String::from_utf8_lossy(bytes)),
        other => format!("{other:?}"),
    }
}

fn rpc_result(msg_id: i64, result: &[u8]) -> Vec<u8> {
    let mut body = wire::RPC_RESULT.to_le_bytes().to_vec();
    body.extend_from_slice(&msg_id.to_le_bytes());
    body.extend_from_slice(result);
    body
}

fn rpc_error(code: i32, message: &str) -> Vec<u8> {
    types::RpcError {
        error_code: code,
        error_message: message.into(),
    }
    .to_bytes()
}

/// A container's body out of (id, seqno, body).
fn container(members: &[(i64, i32, &[u8])]) -> Vec<u8> {
    let mut bytes = wire::MSG_CONTAINER.to_le_bytes().to_vec();
    bytes.extend_from_slice(&i32::try_from(members.len()).unwrap().to_le_bytes());
    for (msg_id, seq_no, body) in members {
        bytes.extend_from_slice(&msg_id.to_le_bytes());
        bytes.extend_from_slice(&seq_no.to_le_bytes());
        bytes.extend_from_slice(&i32::try_from(body.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(body);
    }
    bytes
}

/// The only one that carries this text.
fn carrying<'a>(sent: &'a [Msg], text: &[u8]) -> &'a Msg {
    let found: Vec<_> = sent.iter().filter(|m| m.body.ends_with(text)).collect();
    assert_eq!(
        found.len(),
        1,
        "{} in {sent:?}",
        String::from_utf8_lossy(text)
    );
    found[0]
}

fn state_req(sent: &[Msg]) -> &Msg {
    sent.iter()
        .find(|m| m.is::<types::MsgsStateReq>())
        .expect("a question for states")
}

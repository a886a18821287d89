//! All data centres in one value: connections, sessions, and honest answers to what the engine asks by itself.

use std::collections::{BTreeMap, BTreeSet};

use bytes::{Bytes, BytesMut};
use telewire_core::dc::DcId;
use telewire_core::engine::LinkId;
use telewire_core::internals::mtproto::container as containers;
use telewire_core::internals::mtproto::envelope::{self, Header};
use telewire_core::internals::{AuthKey, Side, plain};
use telewire_core::rand::{Rng, Seed};
use telewire_core::time::Now;
use telewire_core::transport::{Codec, Frame, Packet};
use telewire_schema::mtproto::{self as service, MSG_CONTAINER};
use telewire_schema::{Deserialize, Identifiable, Serialize, functions, types};

use super::bodies::answer;
use super::creation::{Claim, Creation, Script, Step};
use super::forge::Forged;

/// What a message of the server's is, as its id tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The answer to a request.
    Answer,
    /// Anything else.
    Push,
}

/// The scripted servers.
pub struct Server {
    /// Where key creation departs from the rules.
    pub script: Script,
    /// What clients have said in key creation.
    pub claims: Vec<Claim>,
    /// A transport error that takes the place of every answer.
    pub hint: Option<i32>,
    /// The servers' clock minus the client's, in seconds.
    pub ahead: i64,
    /// Keys that were made.
    pub made: usize,
    pub(super) now: Now,
    rng: Rng,
    seats: BTreeMap<DcId, Seat>,
    lines: BTreeMap<LinkId, Line>,
    packets: usize,
}

/// What one data centre knows of the client.
#[derive(Default)]
struct Seat {
    key: Option<AuthKey>,
    session: i64,
    last_id: i64,
    count: i32,
    received: BTreeSet<i64>,
    requests: Vec<(i64, Bytes)>,
    acked: Vec<i64>,
}

/// The server's end of a connection.
struct Line {
    dc: DcId,
    codec: Codec,
    creation: Creation,
    outgoing: Vec<u8>,
}

impl Server {
    pub(super) fn new(now: Now, keys: &BTreeMap<DcId, AuthKey>) -> Self {
        let seat = |key: &AuthKey| Seat {
            key: Some(key.clone()),
            ..Seat::default()
        };
        Self {
            script: Script::default(),
            claims: Vec::new(),
            hint: None,
            ahead: 0,
            made: 0,
            now,
            rng: Rng::new(Seed::new([8; 32])),
            seats: keys.iter().map(|(dc, key)| (*dc, seat(key))).collect(),
            lines: BTreeMap::new(),
            packets: 0,
        }
    }

    /// How many packets the client has sent.
    pub fn received(&self) -> usize {
        self.packets
    }

    /// The oldest request of that kind which nobody has taken yet: its message id.
    pub fn take<R: Identifiable>(&mut self, dc: DcId) -> Option<i64> {
        let requests = &mut self.seats.get_mut(&dc)?.requests;
        let of = |(_, body): &(i64, Bytes)| body.starts_with(&R::ID.to_le_bytes());
        let at = requests.iter().position(of)?;
        Some(requests.remove(at).0)
    }

    /// How often the client has acknowledged a message.
    pub fn acknowledged(&self, dc: DcId, msg_id: i64) -> usize {
        let seat = &self.seats[&dc];
        seat.acked.iter().filter(|id| **id == msg_id).count()
    }

    /// The key that the data centre shares with the client.
    pub fn key(&self, dc: DcId) -> Option<&AuthKey> {
        self.seats.get(&dc)?.key.as_ref()
    }

    /// Sends an honest message; its id.
    pub fn send(&mut self, dc: DcId, kind: Kind, body: &[u8]) -> i64 {
        let mut msg_id = 0;
        self.forge(dc, kind, body, |message| msg_id = message.header.msg_id);
        msg_id
    }

    /// Sends a message after `change`; the packet, to be [sent again](Self::replay).
    pub fn forge(
        &mut self,
        dc: DcId,
        kind: Kind,
        body: &[u8],
        change: impl FnOnce(&mut Forged),
    ) -> Vec<u8> {
        let msg_id = self.message_id(dc, kind);
        let seat = self
            .seats
            .get_mut(&dc)
            .expect("a data centre with a client");
        let header = Header {
            salt: 0,
            session_id: seat.session,
            msg_id,
            seq_no: seat.count * 2 + 1,
        };
        seat.count += 1;
        let mut message = Forged::new(header, body);
        change(&mut message);
        let key = seat.key.as_ref().expect("a key");
        let packet = message.seal(key, &mut self.rng);
        self.replay(dc, &packet);
        packet
    }

    /// Puts a packet into a frame as it is.
    pub fn replay(&mut self, dc: DcId, packet: &[u8]) {
        let (link, _) = self.line(dc);
        self.frame(link, packet);
    }

    /// Sends bytes that no framing has touched.
    pub fn raw(&mut self, dc: DcId, bytes: &[u8]) {
        self.line(dc).1.outgoing.extend_from_slice(bytes);
    }

    /// An id for a message made now.
    pub fn message_id(&mut self, dc: DcId, kind: Kind) -> i64 {
        let now = (self.now.wall.secs() + self.ahead) << 32;
        let seat = self.seats.entry(dc).or_default();
        let base = now.max((seat.last_id & !3) + 4);
        seat.last_id = base
            + match kind {
                Kind::Answer => 1,
                Kind::Push => 3,
            };
        seat.last_id
    }

    pub(super) fn accept(&mut self, link: LinkId, dc: DcId) {
        let line = Line {
            dc,
            codec: Codec::server(),
            creation: Creation::new(&mut self.rng),
            outgoing: Vec::new(),
        };
        self.lines.insert(link, line);
    }

    pub(super) fn close(&mut self, link: LinkId) {
        self.lines.remove(&link);
    }

    pub(super) fn links(&self) -> Vec<LinkId> {
        self.lines.keys().copied().collect()
    }

    pub(super) fn outgoing(&mut self, link: LinkId) -> Vec<u8> {
        let line = self.lines.get_mut(&link);
        line.map(|line| std::mem::take(&mut line.outgoing))
            .unwrap_or_default()
    }

    /// Takes what the client wrote.
    pub(super) fn receive(&mut self, link: LinkId, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let line = self.lines.get_mut(&link).expect("an open connection");
            let buffer = line.codec.receive_buffer();
            let n = buffer.len().min(bytes.len());
            buffer[..n].copy_from_slice(&bytes[..n]);
            line.codec.received(n);
            bytes = &bytes[n..];
            while let Some(frame) = self.next_frame(link) {
                self.packets += 1;
                match self.hint {
                    Some(code) => self.frame(link, &code.to_le_bytes()),
                    None => self.open(link, frame),
                }
            }
        }
    }

    fn next_frame(&mut self, link: LinkId) -> Option<BytesMut> {
        let codec = &mut self.lines.get_mut(&link)?.codec;
        match codec
            .poll_frame()
            .expect("the client keeps to its framing")?
        {
            Frame::Packet(packet) => Some(packet),
            other => panic!("clients send packets, not {other:?}"),
        }
    }

    fn open(&mut self, link: LinkId, packet: BytesMut) {
        let line = self.lines.get_mut(&link).expect("an open connection");
        let dc = line.dc;
        if packet.starts_with(&[0; 8]) {
            let (_, body) = plain::parse(&packet.freeze()).expect("a plain message");
            let time = self.now.wall.secs() + self.ahead;
            let step = line
                .creation
                .handle(&self.script, &mut self.claims, time, &body);
            self.created(link, dc, step);
            return;
        }
        let key = self.key(dc).expect("a key").clone();
        let opened = envelope::open_batch(&key, Side::Client, None, vec![packet]);
        for message in opened {
            let message = message.expect("a message under our key");
            let seat = self
                .seats
                .get_mut(&dc)
                .expect("a data centre with a client");
            seat.session = message.header.session_id;
            self.take_in(dc, message.header.msg_id, message.body);
        }
    }

    fn created(&mut self, link: LinkId, dc: DcId, step: Step) {
        let body = match step {
            Step::Answer(body) => body,
            Step::Made(body, key) => {
                self.made += 1;
                self.seats.entry(dc).or_default().key = Some(key);
                body
            }
            Step::Stuck => return,
        };
        let msg_id = self.message_id(dc, Kind::Answer);
        let mut packet = plain::pack(msg_id, &body);
        (self.script.envelope)(&mut packet);
        self.frame(link, &packet);
    }

    fn take_in(&mut self, dc: DcId, msg_id: i64, body: Bytes) {
        use functions::auth::{ExportAuthorization, ImportAuthorization};
        use functions::updates::{GetDifference, GetState};
        use service::functions::PingDelayDisconnect;
        use service::types::{MsgsAck, MsgsStateInfo, MsgsStateReq, Pong};

        let seat = self
            .seats
            .get_mut(&dc)
            .expect("a data centre with a client");
        match u32::from_le_bytes(body[..4].try_into().expect("a constructor")) {
            MSG_CONTAINER => {
                for member in containers::members(body.slice(4..)).expect("a sound container") {
                    self.take_in(dc, member.msg_id, member.body);
                }
            }
            MsgsAck::ID => seat.acked.extend(decode::<MsgsAck>(&body).msg_ids),
            MsgsStateReq::ID => {
                let status = |id| if seat.received.contains(id) { 4 } else { 1 };
                let info: Vec<u8> = decode::<MsgsStateReq>(&body)
                    .msg_ids
                    .iter()
                    .map(status)
                    .collect();
                let info = MsgsStateInfo {
                    req_msg_id: msg_id,
                    info: info.into(),
                };
                self.send(dc, Kind::Answer, &info.to_bytes());
            }
            PingDelayDisconnect::ID => {
                let ping_id = i64::from_le_bytes(body[4..12].try_into().expect("a ping's id"));
                self.send(dc, Kind::Answer, &Pong { msg_id, ping_id }.to_bytes());
            }
            functions::InvokeWithLayer::ID => self.reply(dc, msg_id, &config()),
            GetState::ID => {
                let state = types::updates::State::new(1, 1, 1, 0, 0);
                self.reply(dc, msg_id, &state.to_bytes());
            }
            GetDifference::ID => {
                let nothing = types::updates::DifferenceEmpty::new(1, 0);
                self.reply(dc, msg_id, &nothing.to_bytes());
            }
            ExportAuthorization::ID => {
                let exported = types::auth::ExportedAuthorization::new(1, vec![7; 32]);
                self.reply(dc, msg_id, &exported.to_bytes());
            }
            ImportAuthorization::ID => self.reply(dc, msg_id, b"done"),
            id if functions_of_service(id) => {}
            _ => {
                seat.received.insert(msg_id);
                seat.requests.push((msg_id, body));
            }
        }
    }

    fn reply(&mut self, dc: DcId, question: i64, body: &[u8]) {
        self.send(dc, Kind::Answer, &answer(question, body));
    }

    fn frame(&mut self, link: LinkId, packet: &[u8]) {
        let line = self.lines.get_mut(&link).expect("an open connection");
        let mut packet = Packet::from(packet);
        line.codec
            .encode(&mut packet, &mut self.rng)
            .expect("a packet that fits a frame");
        line.outgoing.extend_from_slice(packet.bytes());
    }

    /// The newest connection of a data centre.
    fn line(&mut self, dc: DcId) -> (LinkId, &mut Line) {
        let mut lines = self.lines.iter_mut().rev();
        let (link, line) = lines.find(|(_, line)| line.dc == dc).expect("a connection");
        (*link, line)
    }
}

fn decode<T: Deserialize>(body: &Bytes) -> T {
    T::from_bytes(body).expect("a service message that decodes")
}

/// What the engine may send by itself and nobody here answers.
fn functions_of_service(id: u32) -> bool {
    use service::functions::{GetFutureSalts, RpcDropAnswer};
    use service::types::{MsgResendReqData, MsgsStateInfo};
    [
        GetFutureSalts::ID,
        RpcDropAnswer::ID,
        MsgResendReqData::ID,
        MsgsStateInfo::ID,
    ]
    .contains(&id)
}

/// A configuration of zeros: every vector empty, every text empty.
fn config() -> Vec<u8> {
    let boolean_false = 0xbc79_9737_u32.to_le_bytes();
    let vector = [0x1cb5_c415_u32.to_le_bytes(), [0; 4]].concat();
    let mut bytes = types::Config::ID.to_le_bytes().to_vec();
    bytes.extend([0; 12]); // flags, date, expires
    bytes.extend(boolean_false);
    bytes.extend([0; 4]); // this_dc
    bytes.extend(&vector);
    bytes.extend([0; 4]); // dc_txt_domain_name
    bytes.extend([0; 4 * 32]);
    bytes
}

//! A scripted server's end of one connection, for an authorization key that both sides have from the start.

use bytes::{Bytes, BytesMut};
use telewire_schema::mtproto as service;
use telewire_schema::{Deserialize, Identifiable, Serialize};

use crate::crypto::{AuthKey, Side};
use crate::mtproto::container;
use crate::mtproto::envelope::{self, Header};
use crate::rand::{Rng, Seed};
use crate::transport::{Codec, Frame, Packet};

const CONTAINER: u32 = 0x73f1_f8dc;
const RPC_RESULT: u32 = 0xf35c_6d01;
const RPC_ERROR: u32 = 0x2144_ca19;

pub(super) struct Peer {
    codec: Codec,
    key: AuthKey,
    rng: Rng,
    session: i64,
    last_id: i64,
    count: i32,
    /// Requests of the API that wait for an answer: message id and body.
    pub(super) requests: Vec<(i64, Bytes)>,
    /// The requests whose answers the client does not want.
    pub(super) dropped: Vec<i64>,
    /// How many requests came in each packet.
    pub(super) packets: Vec<usize>,
    /// Bytes on their way to the client.
    pub(super) outgoing: Vec<u8>,
    pub(super) pings: u32,
}

impl Peer {
    pub(super) fn new(key: AuthKey, seconds: i64) -> Self {
        Self {
            codec: Codec::server(),
            key,
            rng: Rng::new(Seed::new([9; 32])),
            session: 0,
            last_id: seconds << 32,
            count: 0,
            requests: Vec::new(),
            dropped: Vec::new(),
            packets: Vec::new(),
            outgoing: Vec::new(),
            pings: 0,
        }
    }

    /// Takes what the client wrote.
    pub(super) fn receive(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let buffer = self.codec.receive_buffer();
            let n = buffer.len().min(bytes.len());
            buffer[..n].copy_from_slice(&bytes[..n]);
            self.codec.received(n);
            bytes = &bytes[n..];
            while let Some(frame) = self.codec.poll_frame().unwrap() {
                let Frame::Packet(packet) = frame else {
                    panic!("clients send packets")
                };
                self.open(packet);
            }
        }
    }

    pub(super) fn answer(&mut self, msg_id: i64, body: &[u8]) {
        let head = [&RPC_RESULT.to_le_bytes()[..], &msg_id.to_le_bytes(), body].concat();
        self.send(&head, 1);
    }

    pub(super) fn refuse(&mut self, msg_id: i64, code: i32, text: &str) {
        let error = service::types::RpcError {
            error_code: code,
            error_message: text.into(),
        };
        let body = error.to_bytes();
        assert_eq!(body[..4], RPC_ERROR.to_le_bytes());
        self.answer(msg_id, &body);
    }

    pub(super) fn push(&mut self, body: &[u8]) {
        self.send(body, 3);
    }

    /// A transport error.
    pub(super) fn hint(&mut self, code: i32) {
        let mut packet = Packet::new(4);
        packet.extend_from_slice(&code.to_le_bytes());
        self.codec.encode(&mut packet, &mut self.rng).unwrap();
        self.outgoing.extend_from_slice(packet.bytes());
    }

    /// The request with that constructor, taken out of those that wait.
    pub(super) fn take<R: Identifiable>(&mut self) -> Option<i64> {
        let at = self
            .requests
            .iter()
            .position(|(_, body)| body[..4] == R::ID.to_le_bytes())?;
        Some(self.requests.remove(at).0)
    }

    fn open(&mut self, packet: BytesMut) {
        let opened = envelope::open_batch(&self.key, Side::Client, None, vec![packet]);
        for message in opened {
            let message = message.unwrap();
            self.session = message.header.session_id;
            self.last_id = self.last_id.max(message.header.msg_id & !3);
            let before = self.requests.len();
            self.take_in(message.header.msg_id, message.body);
            self.packets.push(self.requests.len() - before);
        }
    }

    fn take_in(&mut self, msg_id: i64, body: Bytes) {
        let id = u32::from_le_bytes(body[..4].try_into().unwrap());
        if id == CONTAINER {
            for member in container::members(body.slice(4..)).unwrap() {
                self.take_in(member.msg_id, member.body);
            }
        } else if id == service::functions::PingDelayDisconnect::ID {
            self.pings += 1;
            let ping_id = i64::from_le_bytes(body[4..12].try_into().unwrap());
            let pong = service::types::Pong { msg_id, ping_id };
            self.send(&pong.to_bytes(), 1);
        } else if id == service::functions::RpcDropAnswer::ID {
            let request = i64::from_le_bytes(body[4..12].try_into().unwrap());
            self.dropped.push(request);
            let unknown = service::types::RpcDropAnswer::RpcAnswerUnknown;
            self.answer(msg_id, &unknown.to_bytes());
        } else if telewire_schema::name_of(id).is_some() && !is_service(id) {
            self.requests.push((msg_id, body));
        }
    }

    fn send(&mut self, body: &[u8], kind: i64) {
        self.last_id = (self.last_id & !3) + 4 + kind;
        let header = Header {
            salt: 0,
            session_id: self.session,
            msg_id: self.last_id,
            seq_no: self.count * 2 + 1,
        };
        self.count += 1;
        let mut packet = Packet::new(body.len());
        packet.extend_from_slice(body);
        envelope::wrap(&mut packet, &header, &mut self.rng);
        envelope::seal_batch(&self.key, Side::Server, std::slice::from_mut(&mut packet));
        self.codec.encode(&mut packet, &mut self.rng).unwrap();
        self.outgoing.extend_from_slice(packet.bytes());
    }
}

fn is_service(id: u32) -> bool {
    [
        service::types::MsgsAck::ID,
        service::types::MsgsStateReq::ID,
        service::functions::GetFutureSalts::ID,
        service::functions::RpcDropAnswer::ID,
    ]
    .contains(&id)
}

/// What a help.getConfig answers.
pub(super) fn config() -> Vec<u8> {
    let mut config = telewire_schema::types::Config::from_slice(&blank_config()).unwrap();
    config.message_length_max = 4096;
    config.to_bytes()
}

/// A configuration of zeros: every vector empty, every text empty.
fn blank_config() -> Vec<u8> {
    use telewire_schema::types;
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

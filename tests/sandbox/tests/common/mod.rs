//! A client made by hand: it says exactly what a test wants said, right or wrong.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses another part"
)]

mod keys;
mod requests;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use flate2::read::GzDecoder;
use telewire_core::internals::mtproto::envelope::{self, Header};
use telewire_core::internals::{AuthKey, Side};
use telewire_core::rand::{Rng, Seed};
use telewire_core::time::{Mono, Now, Unix};
use telewire_core::transport::{Codec, Frame, Mode, Packet};
use telewire_sandbox::{ConnId, Entrance, Options, Server};
use telewire_schema::mtproto::types as mt;
use telewire_schema::{Deserialize, Identifiable, Reader, Serialize, functions};

pub const RPC_RESULT: u32 = 0xf35c_6d01;
pub const CONTAINER: u32 = 0x73f1_f8dc;
pub const GZIP: u32 = 0x3072_cfa1;

/// The server and its clock.
pub struct Bench {
    pub server: Server,
    pub now: Now,
    next_conn: u64,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        let now = Now {
            mono: Mono::from_origin(Duration::from_secs(5)),
            wall: Unix::from_secs(1_800_000_000),
        };
        Self {
            server: Server::new(options, now),
            now,
            next_conn: 0,
        }
    }

    /// Lets time pass, with the server's timers going off when they are due.
    pub fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        while let Some(at) = self.server.poll_timeout().filter(|at| *at <= end.mono) {
            let step = at.since(self.now.mono).max(Duration::from_millis(1));
            self.now = self.now.after(step);
            self.server.handle_timeout(self.now);
        }
        self.now = end;
    }

    /// A connection to the default data centre.
    pub fn connect(&mut self) -> ConnId {
        self.connect_at(Entrance::main(self.server.options().dc))
    }

    pub fn connect_at(&mut self, entrance: Entrance) -> ConnId {
        self.next_conn += 1;
        let conn = ConnId(self.next_conn);
        self.server.handle_connected_at(self.now, conn, entrance);
        conn
    }

    /// A client with a key and a connection.
    pub fn client(&mut self, seed: u8) -> Client {
        Client::create(self, Mode::Intermediate, seed, Scheme::Padded)
    }

    /// One that has also told what it is.
    pub fn ready(&mut self, seed: u8) -> Client {
        let mut client = self.client(seed);
        client.init(self);
        client
    }

    /// The same at another data centre.
    pub fn ready_at(&mut self, seed: u8, dc: i32) -> Client {
        let entrance = Entrance::main(dc);
        let mut client =
            Client::create_at(self, entrance, Mode::Intermediate, seed, Scheme::Padded);
        client.init(self);
        client
    }

    /// One that is signed in as the n-th ready-made user.
    pub fn signed_in(&mut self, seed: u8, n: usize) -> Client {
        let mut client = self.ready(seed);
        let phone = self.server.users()[n].phone.clone();
        client.sign_in(self, &phone).expect("signed in");
        client
    }
}

/// How the inner data is sealed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Padded,
    Hashed,
}

/// A message from the server.
#[derive(Clone, Debug)]
pub struct Got {
    pub msg_id: i64,
    pub seq_no: i32,
    pub body: Bytes,
}

impl Got {
    pub fn id(&self) -> u32 {
        u32::from_le_bytes(self.body[..4].try_into().unwrap())
    }

    pub fn read<T: Deserialize>(&self) -> T {
        T::from_bytes(&self.body).unwrap_or_else(|e| panic!("{:08x}: {e}", self.id()))
    }

    pub fn bad_code(&self) -> i32 {
        match self.read() {
            mt::BadMsgNotification::BadMsgNotification(m) => m.error_code,
            mt::BadMsgNotification::BadServerSalt(m) => m.error_code,
        }
    }
}

pub struct Client {
    pub conn: ConnId,
    /// Where it connects to.
    pub entrance: Entrance,
    pub codec: Codec,
    pub rng: Rng,
    pub key: AuthKey,
    /// What the key was made with.
    pub prime: Vec<u8>,
    pub salt: i64,
    pub session: i64,
    pub last_id: i64,
    pub content: i32,
    /// A transport error that came.
    pub error: Option<i32>,
    pub closed: bool,
    /// Acknowledge whatever needs it.
    pub polite: bool,
}

impl Client {
    /// Connects to the default data centre and creates a key.
    pub fn create(bench: &mut Bench, mode: Mode, seed: u8, scheme: Scheme) -> Self {
        let entrance = Entrance::main(bench.server.options().dc);
        Self::create_at(bench, entrance, mode, seed, scheme)
    }

    /// Connects anywhere and creates a key.
    pub fn create_at(
        bench: &mut Bench,
        entrance: Entrance,
        mode: Mode,
        seed: u8,
        scheme: Scheme,
    ) -> Self {
        let mut client = Self::at(bench, entrance, mode, seed);
        let done = client.exchange(bench, scheme, entrance.dc);
        assert!(done.is_some(), "error {:?}", client.error);
        client
    }

    fn at(bench: &mut Bench, entrance: Entrance, mode: Mode, seed: u8) -> Self {
        let mut rng = Rng::new(Seed::new([seed; 32]));
        let conn = bench.connect_at(entrance);
        let codec = Codec::client(mode, &mut rng);
        let session = rng.i64();
        Self {
            conn,
            entrance,
            codec,
            rng,
            key: AuthKey::new([0; 256]),
            prime: Vec::new(),
            salt: 0,
            session,
            last_id: 0,
            content: 0,
            error: None,
            closed: false,
            polite: true,
        }
    }

    /// Another connection for the same session.
    pub fn reconnect(&mut self, bench: &mut Bench) {
        bench.server.handle_lost(bench.now, self.conn);
        self.conn = bench.connect_at(self.entrance);
        self.codec = Codec::client(Mode::Intermediate, &mut self.rng);
        (self.closed, self.error) = (false, None);
    }

    /// A new session, as if all of the old one was forgotten.
    pub fn renew(&mut self) {
        self.session = self.rng.i64();
        self.content = 0;
    }

    pub fn next_id(&mut self, bench: &Bench) -> i64 {
        let time = bench.now.wall.since_epoch();
        let id = (time.as_secs() << 32 | u64::from(time.subsec_nanos()) << 2).cast_signed() & !3;
        self.last_id = id.max(self.last_id + 4);
        self.last_id
    }

    pub fn next_seq(&mut self, content: bool) -> i32 {
        let seq = self.content * 2 + i32::from(content);
        self.content += i32::from(content);
        seq
    }

    /// Frames a packet and hands it to the server.
    pub fn send_packet(&mut self, bench: &mut Bench, bytes: &[u8]) {
        let mut packet = Packet::new(bytes.len());
        packet.extend_from_slice(bytes);
        self.codec.encode(&mut packet, &mut self.rng).unwrap();
        bench
            .server
            .handle_received(bench.now, self.conn, packet.bytes());
    }

    /// Sends an encrypted message with exactly these numbers.
    pub fn send_raw(&mut self, bench: &mut Bench, msg_id: i64, seq_no: i32, body: &[u8]) {
        let header = Header {
            salt: self.salt,
            session_id: self.session,
            msg_id,
            seq_no,
        };
        let mut packet = Packet::new(body.len());
        packet.extend_from_slice(body);
        envelope::wrap(&mut packet, &header, &mut self.rng);
        envelope::seal_batch(&self.key, Side::Client, std::slice::from_mut(&mut packet));
        let sealed = packet.bytes().to_vec();
        self.send_packet(bench, &sealed);
    }

    /// Sends a message the way it should be; its identifier.
    pub fn send(&mut self, bench: &mut Bench, body: &[u8], content: bool) -> i64 {
        let id = self.next_id(bench);
        let seq = self.next_seq(content);
        self.send_raw(bench, id, seq, body);
        id
    }

    /// Packets from the server.
    fn receive(&mut self, bench: &mut Bench) -> Vec<BytesMut> {
        let mut packets = Vec::new();
        while let Some(bytes) = bench.server.poll_transmit(self.conn) {
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                let room = self.codec.receive_buffer();
                let n = room.len().min(rest.len());
                room[..n].copy_from_slice(&rest[..n]);
                self.codec.received(n);
                rest = &rest[n..];
                while let Some(frame) = self.codec.poll_frame().unwrap() {
                    match frame {
                        Frame::Packet(packet) => packets.push(packet),
                        Frame::Error(code) => self.error = Some(code),
                        Frame::QuickAck(_) => {}
                    }
                }
            }
        }
        while let Some(conn) = bench.server.poll_close() {
            self.closed |= conn == self.conn;
        }
        packets
    }

    /// Messages from the server, out of their containers, in order.
    pub fn poll(&mut self, bench: &mut Bench) -> Vec<Got> {
        let packets = self.receive(bench);
        let mut got = Vec::new();
        for message in envelope::open_batch(&self.key, Side::Server, Some(self.session), packets) {
            let message = message.expect("a valid message");
            let outer = Got {
                msg_id: message.header.msg_id,
                seq_no: message.header.seq_no,
                body: message.body,
            };
            assert!(matches!(outer.msg_id % 4, 1 | 3), "server ids are odd");
            if outer.id() == CONTAINER {
                assert_eq!(outer.seq_no % 2, 0);
                got.extend(members(&outer.body));
            } else {
                got.push(outer);
            }
        }
        if self.polite {
            let ids: Vec<i64> = got
                .iter()
                .filter(|m| m.seq_no % 2 == 1)
                .map(|m| m.msg_id)
                .collect();
            if !ids.is_empty() && !self.closed {
                self.send(bench, &mt::MsgsAck::new(ids).to_bytes(), false);
            }
        }
        got
    }

    /// The answer among messages: a result or an error.
    pub fn answer(&self, got: &[Got], request: i64) -> Option<Result<Bytes, String>> {
        let result = got
            .iter()
            .find(|m| m.id() == RPC_RESULT && m.body[4..12] == request.to_le_bytes())?;
        let mut body = result.body.slice(12..);
        if body.starts_with(&GZIP.to_le_bytes()) {
            body = ungzip(&body);
        }
        if body.starts_with(&mt::RpcError::ID.to_le_bytes()) {
            return Some(Err(mt::RpcError::from_bytes(&body).unwrap().error_message));
        }
        Some(Ok(body))
    }
}

/// `invokeWithLayer(initConnection(query))`.
pub fn wrapped(bench: &Bench, layer: i32, query: &[u8]) -> Vec<u8> {
    let api_id = bench.server.options().api_id;
    let init =
        functions::InitConnection::new(api_id, "a", "b", "c", "en", "", "en", query.to_vec());
    functions::InvokeWithLayer::new(layer, init.to_bytes()).to_bytes()
}

/// A container's body.
pub fn container(members: &[(i64, i32, Vec<u8>)]) -> Vec<u8> {
    let mut out = CONTAINER.to_le_bytes().to_vec();
    out.extend(i32::try_from(members.len()).unwrap().to_le_bytes());
    for (msg_id, seq_no, body) in members {
        out.extend(msg_id.to_le_bytes());
        out.extend(seq_no.to_le_bytes());
        out.extend(i32::try_from(body.len()).unwrap().to_le_bytes());
        out.extend(body);
    }
    out
}

fn members(body: &Bytes) -> Vec<Got> {
    let mut r = Reader::new(body);
    r.u32().unwrap();
    let count = r.i32().unwrap();
    (0..count)
        .map(|_| {
            let (msg_id, seq_no) = (r.i64().unwrap(), r.i32().unwrap());
            let len = usize::try_from(r.i32().unwrap()).unwrap();
            let body = Bytes::copy_from_slice(r.take(len).unwrap());
            Got {
                msg_id,
                seq_no,
                body,
            }
        })
        .collect()
}

fn ungzip(body: &Bytes) -> Bytes {
    use std::io::Read as _;

    let mut r = Reader::new(body);
    r.u32().unwrap();
    let packed: Bytes = r.value().unwrap();
    let mut out = Vec::new();
    GzDecoder::new(&packed[..]).read_to_end(&mut out).unwrap();
    out.into()
}

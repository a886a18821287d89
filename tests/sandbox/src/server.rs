//! The server without its sockets and clocks.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use telewire_core::internals::Side;
use telewire_core::internals::mtproto::envelope::{self, Header};
use telewire_core::rand::{Rng, Seed};
use telewire_core::time::{Mono, Now};
use telewire_core::transport::Packet;
use telewire_schema::types;

use crate::conn::Conn;
use crate::controls::Controls;
use crate::dcs::{Disguise, Door, Entrance};
use crate::keys::Key;
use crate::options::Options;
use crate::plan::Faults;
use crate::rpc::{self, Callbacks, Flood, Pending};
use crate::session::{Session, Settings};
use crate::world::World;

/// A connection, as whoever feeds the server numbers it. Numbers are not used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// A small Telegram: bytes and time in, bytes out.
///
/// After every input, [`poll_transmit`](Self::poll_transmit) and [`poll_close`](Self::poll_close) are called until
/// `None`, and [`handle_timeout`](Self::handle_timeout) is called at [`poll_timeout`](Self::poll_timeout). It reads no
/// clock and draws everything random from [`Options::seed`], so that the same inputs have the same outcome.
pub struct Server {
    pub(crate) options: Options,
    pub(crate) rng: Rng,
    pub(crate) conns: BTreeMap<ConnId, Conn>,
    pub(crate) keys: BTreeMap<i64, Key>,
    /// By key and session.
    pub(crate) sessions: BTreeMap<(i64, i64), Session>,
    pub(crate) world: World,
    pub(crate) pending: Pending,
    pub(crate) floods: Flood,
    pub(crate) callbacks: Callbacks,
    pub(crate) controls: Controls,
    pub(crate) faults: Option<Faults>,
    closed: VecDeque<ConnId>,
    pub(crate) last_plain: i64,
    /// Where clients are told to connect to.
    pub(crate) doors: Vec<Door>,
    /// What is asked of them there; nothing where it does not say.
    pub(crate) disguises: BTreeMap<Entrance, Disguise>,
    /// What else they are told, whether it is so or not.
    pub(crate) told_options: Vec<types::DcOption>,
    pub(crate) dirty: bool,
}

impl Server {
    /// A fresh world at the given time.
    pub fn new(options: Options, now: Now) -> Self {
        let world = World::new(&options, rpc::seconds(now));
        Self::with_world(options, world)
    }

    pub(crate) fn with_world(options: Options, mut world: World) -> Self {
        let mut seed = [0x5a; 32];
        seed[..8].copy_from_slice(&options.seed.to_le_bytes());
        world.files.uploads.discard = options.discard_uploads;
        world.min_from = options.min_from;
        let lifetime = options.reference_lifetime.as_secs();
        world.files.reference_lifetime = i32::try_from(lifetime).unwrap_or(i32::MAX);
        Self {
            options,
            rng: Rng::new(Seed::new(seed)),
            conns: BTreeMap::new(),
            keys: BTreeMap::new(),
            sessions: BTreeMap::new(),
            world,
            pending: Pending::default(),
            floods: Flood::default(),
            callbacks: Callbacks::default(),
            controls: Controls::default(),
            faults: None,
            closed: VecDeque::new(),
            last_plain: 0,
            doors: Vec::new(),
            disguises: BTreeMap::new(),
            told_options: Vec::new(),
            dirty: true,
        }
    }

    /// A client has connected to the default data centre.
    pub fn handle_connected(&mut self, now: Now, conn: ConnId) {
        self.handle_connected_at(now, conn, Entrance::main(self.options.dc));
    }

    /// A client has connected to the default data centre's address for transfers.
    pub fn handle_media_connected(&mut self, now: Now, conn: ConnId) {
        self.handle_connected_at(now, conn, Entrance::media(self.options.dc));
    }

    /// A client has connected to a data centre.
    pub fn handle_connected_at(&mut self, _now: Now, conn: ConnId, entrance: Entrance) {
        let disguise = self.disguises.get(&entrance).copied().unwrap_or_default();
        self.conns.insert(conn, Conn::new(entrance, disguise));
    }

    /// Bytes have arrived.
    pub fn handle_received(&mut self, now: Now, conn: ConnId, bytes: &[u8]) {
        let now = self.own_time(now);
        let Some(state) = self.conns.get_mut(&conn).filter(|c| !c.closing) else {
            return;
        };
        match state.handle_received(bytes) {
            Ok(packets) => self.handle_packets(now, conn, packets),
            Err(_) => self.close(conn),
        }
        self.flush(now);
    }

    /// The connection is gone.
    pub fn handle_lost(&mut self, _now: Now, conn: ConnId) {
        self.forget(conn);
    }

    /// Bytes to be written; `None` when there are none.
    pub fn poll_transmit(&mut self, conn: ConnId) -> Option<Bytes> {
        let bytes = self.conns.get_mut(&conn)?.poll_transmit();
        if bytes.is_none()
            && self
                .conns
                .get(&conn)
                .is_some_and(|c| c.closing && c.is_flushed())
        {
            self.forget(conn);
            self.closed.push_back(conn);
        }
        bytes
    }

    /// A connection to be closed, after its last bytes have been written.
    pub fn poll_close(&mut self) -> Option<ConnId> {
        let silent = self
            .conns
            .iter()
            .find(|(_, c)| c.closing && c.is_flushed())
            .map(|(id, _)| *id);
        if let Some(conn) = silent {
            self.forget(conn);
            self.closed.push_back(conn);
        }
        self.closed.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called.
    pub fn poll_timeout(&self) -> Option<Mono> {
        let settings = self.settings();
        let sessions = self
            .sessions
            .values()
            .filter_map(|s| s.poll_timeout(settings));
        let open = self.conns.values().filter(|c| !c.closing);
        let conns = open.filter_map(|c| c.close_at);
        sessions.chain(conns).min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Now) {
        let now = self.own_time(now);
        let settings = self.settings();
        for session in self.sessions.values_mut() {
            session.handle_timeout(now, settings);
        }
        let late = |c: &&mut Conn| c.close_at.is_some_and(|at| at <= now.mono);
        for conn in self.conns.values_mut().filter(late) {
            conn.closing = true;
        }
        self.flush(now);
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            resend_after: self.options.resend_after,
            gzip_above: self.options.gzip_above,
            announce_above: self.options.announce_above,
        }
    }

    pub(crate) fn close(&mut self, conn: ConnId) {
        if let Some(state) = self.conns.get_mut(&conn) {
            state.closing = true;
        }
    }

    fn forget(&mut self, conn: ConnId) {
        self.conns.remove(&conn);
        for session in self.sessions.values_mut().filter(|s| s.conn == Some(conn)) {
            session.detach();
        }
    }

    pub(crate) fn refuse(&mut self, conn: ConnId, code: i32) {
        if let Some(state) = self.conns.get_mut(&conn) {
            state.send_error(code, &mut self.rng);
        }
    }

    /// Lets bots answer what they were sent.
    pub(crate) fn react(&mut self, now: Now) {
        while let Some(draft) = self.world.due.pop_front() {
            let bot = draft.from;
            if self.keys.values().any(|k| k.user == Some(bot)) {
                continue;
            }
            self.world.origin = None;
            let _ = self.world.post(rpc::seconds(now), draft);
            self.deliver(now);
        }
    }

    /// Seals everything that waits in sessions with a link.
    pub(crate) fn flush(&mut self, now: Now) {
        let lifetime = self.options.salt_lifetime;
        for ((key_id, session_id), session) in &mut self.sessions {
            let (Some(conn), Some(key)) = (session.conn, self.keys.get(key_id)) else {
                continue;
            };
            if let Some(faults) = &mut self.faults {
                session.suffer(faults);
            }
            let mut packets = Vec::new();
            while let Some((msg_id, seq_no, body)) = session.poll_message(now) {
                let mut packet = Packet::new(body.len() + 80);
                packet.extend_from_slice(&body);
                let header = Header {
                    salt: key.salt(now.wall, lifetime),
                    session_id: *session_id,
                    msg_id,
                    seq_no,
                };
                envelope::wrap(&mut packet, &header, &mut self.rng);
                packets.push(packet);
            }
            envelope::seal_batch(&key.auth, Side::Server, &mut packets);
            if let Some(state) = self.conns.get_mut(&conn) {
                for packet in packets {
                    state.send(packet, &mut self.rng);
                }
            }
        }
    }

    /// Closes the connection unless something comes within `delay`.
    pub(crate) fn close_after(&mut self, now: Now, conn: ConnId, delay: Duration) {
        if let Some(state) = self.conns.get_mut(&conn) {
            state.close_at = Some(now.mono + delay);
        }
    }
}

//! The network: connections with latency, bandwidth and accidents.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use telewire_core::rand::Rng;
use telewire_core::runtime::{Endpoint, Host};
use telewire_core::time::{Mono, Now};
use telewire_sandbox::{ConnId, Entrance, Mishaps, Passage, Server};

/// How the network behaves.
#[derive(Clone, Debug)]
pub struct Weather {
    /// How long bytes take, at least and at most.
    pub latency: (Duration, Duration),
    /// How many bytes a second a client can send; `None` for any number.
    pub upload: Option<u64>,
    /// How many bytes a client's socket takes before it has to wait.
    pub window: usize,
    /// Whether anybody can be reached.
    pub reachable: bool,
    /// Whether anybody can be reached over IPv6.
    pub ipv6: bool,
    /// Addresses that refuse connections.
    pub unreachable: Vec<IpAddr>,
    /// How long a client's jobs and calls of its store take.
    pub job: Duration,
}

/// What went over the network.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    /// Connections made.
    pub connections: u64,
    /// Writes of clients; each packet is one, unless the window was full.
    pub up_chunks: u64,
    /// Packets of the server.
    pub down_chunks: u64,
    /// Bytes of clients.
    pub up_bytes: u64,
    /// Bytes of the server.
    pub down_bytes: u64,
    /// Connections cut by order.
    pub cuts: u64,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A client.
    Up,
    /// The server.
    Down,
}

/// Where in a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing of it arrives.
    Before,
    /// Half of it arrives.
    During,
    /// All of it arrives, and nothing after it.
    After,
}

/// An accident that is to happen.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Whose packets are counted.
    pub direction: Direction,
    /// How many packets pass before.
    pub after: u64,
    /// Where in the next one.
    pub place: Place,
}

#[derive(Default)]
pub(super) struct Links {
    pub(super) weather: Weather,
    pub(super) traffic: Traffic,
    pub(super) pipes: BTreeMap<ConnId, Pipe>,
    pub(super) last: u64,
    /// What can be reached, and what it is.
    pub(super) doors: BTreeMap<SocketAddr, Entrance>,
    cut: Option<Cut>,
    /// What goes wrong by itself.
    pub(super) mishaps: Option<Mishaps>,
    /// Everything that went over the network, and when.
    pub(super) trace: DefaultHasher,
}

/// One connection.
#[derive(Default)]
pub(super) struct Pipe {
    up: VecDeque<Piece>,
    /// Bytes in `up`.
    in_flight: usize,
    /// When the last bytes sent up arrive.
    up_until: Mono,
    /// Nothing more is sent up; the server hears of it once `up` has arrived.
    pub(super) up_ended: bool,
    pub(super) down: VecDeque<Piece>,
    down_until: Mono,
    /// What the client can read.
    pub(super) inbox: VecDeque<Bytes>,
    /// Nothing more comes down: how it ends after `down` and `inbox`.
    pub(super) down_ended: Option<io::ErrorKind>,
    /// How much later than others everything on it arrives.
    lag: Duration,
    /// The client has let go of it.
    pub(super) dropped: bool,
    pub(super) reader: Option<Waker>,
    pub(super) writer: Option<Waker>,
}

/// Bytes on their way.
pub(super) struct Piece {
    at: Mono,
    bytes: Bytes,
    /// What comes next is added to it.
    open: bool,
}

/// A clean end of a connection.
pub(super) const CLOSED: io::ErrorKind = io::ErrorKind::UnexpectedEof;

impl Default for Weather {
    fn default() -> Self {
        Self {
            latency: (Duration::from_millis(10), Duration::from_millis(40)),
            upload: None,
            window: 256 * 1024,
            reachable: true,
            ipv6: true,
            unreachable: Vec::new(),
            job: Duration::from_millis(1),
        }
    }
}

impl Weather {
    fn reaches(&self, ip: IpAddr) -> bool {
        self.reachable && !self.unreachable.contains(&ip) && (ip.is_ipv4() || self.ipv6)
    }
}

impl Links {
    /// How long connecting takes and where it leads, or why it fails.
    pub(super) fn dial(&self, to: &Endpoint) -> io::Result<(Duration, Entrance)> {
        let address = match &to.host {
            Host::Ip(ip) => Some(SocketAddr::new(*ip, to.port)),
            Host::Name(_) => None,
        };
        let reachable = address.filter(|at| self.weather.reaches(at.ip()));
        match reachable.and_then(|at| self.doors.get(&at)) {
            Some(entrance) => Ok((self.weather.latency.1, *entrance)),
            None => Err(io::Error::new(
                io::ErrorKind::ConnectionRefused,
                "connection refused",
            )),
        }
    }

    pub(super) fn order(&mut self, cut: Cut) {
        self.cut = Some(cut);
    }

    pub(super) fn withdraw(&mut self) -> bool {
        self.cut.take().is_some()
    }

    pub(super) fn next_arrival(&self) -> Option<Mono> {
        let ups = self
            .pipes
            .values()
            .filter_map(|p| p.up.front().map(|piece| piece.at));
        let downs = self
            .pipes
            .values()
            .filter_map(|p| p.down.front().map(|piece| piece.at));
        ups.chain(downs).min()
    }

    /// Lets arrive what is due.
    pub(super) fn deliver(&mut self, now: Now, server: &mut Server) {
        let mut gone = Vec::new();
        for (conn, pipe) in &mut self.pipes {
            while let Some(bytes) = due(&mut pipe.up, now.mono) {
                pipe.in_flight -= bytes.len();
                server.handle_received(now, *conn, &bytes);
                wake(&mut pipe.writer);
            }
            while let Some(bytes) = due(&mut pipe.down, now.mono) {
                pipe.inbox.push_back(bytes);
                wake(&mut pipe.reader);
            }
            if pipe.up_ended && pipe.up.is_empty() {
                server.handle_lost(now, *conn);
                pipe.up_ended = false;
                if pipe.dropped {
                    gone.push(*conn);
                }
            }
        }
        for conn in gone {
            self.pipes.remove(&conn);
        }
    }

    /// Sends down what the server has to say.
    pub(super) fn collect(&mut self, now: Now, server: &mut Server, rng: &mut Rng) {
        let conns: Vec<_> = self.pipes.keys().copied().collect();
        for conn in conns {
            while let Some(bytes) = server.poll_transmit(conn) {
                self.send_down(now, conn, bytes, rng);
            }
        }
        while let Some(conn) = server.poll_close() {
            if let Some(pipe) = self.pipes.get_mut(&conn) {
                pipe.down_ended.get_or_insert(CLOSED);
                wake(&mut pipe.reader);
            }
        }
        // What was lost without having had anything under way.
        self.deliver(now, server);
    }

    fn send_down(&mut self, now: Now, conn: ConnId, bytes: Bytes, rng: &mut Rng) {
        let Some(pipe) = self.pipes.get_mut(&conn).filter(|p| p.down_ended.is_none()) else {
            return;
        };
        self.traffic.down_chunks += 1;
        self.traffic.down_bytes += bytes.len() as u64;
        (now.mono.since_origin(), conn, Direction::Down, &bytes).hash(&mut self.trace);
        let (bytes, cut) = accident(&mut self.cut, Direction::Down, bytes);
        let passage = passage(&mut self.mishaps, bytes, cut);
        let from = now.mono + latency(&self.weather, rng) + pipe.lag;
        queue(&mut pipe.down, &mut pipe.down_until, from, &passage);
        if passage.cut {
            self.traffic.cuts += 1;
            pipe.tear(now.mono + self.weather.latency.1);
        }
    }

    pub(super) fn send_up(
        &mut self,
        now: Now,
        conn: ConnId,
        bytes: &[u8],
        rng: &mut Rng,
    ) -> io::Result<usize> {
        let pipe = self
            .pipes
            .get_mut(&conn)
            .ok_or(io::ErrorKind::ConnectionReset)?;
        if pipe.down_ended.is_some() || pipe.up_ended {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let room = self.weather.window.saturating_sub(pipe.in_flight);
        let taken = Bytes::copy_from_slice(&bytes[..bytes.len().min(room)]);
        let n = taken.len();
        if n == 0 {
            return Ok(0);
        }
        self.traffic.up_chunks += 1;
        self.traffic.up_bytes += n as u64;
        (now.mono.since_origin(), conn, Direction::Up, &taken).hash(&mut self.trace);
        let (taken, cut) = accident(&mut self.cut, Direction::Up, taken);
        let start = pipe
            .up_until
            .max(now.mono + latency(&self.weather, rng) + pipe.lag);
        let time = self.weather.upload.map_or(Duration::ZERO, |rate| {
            Duration::from_nanos(taken.len() as u64 * 1_000_000_000 / rate)
        });
        pipe.up_until = start + time;
        let passage = passage(&mut self.mishaps, taken, cut);
        let from = pipe.up_until;
        pipe.in_flight += queue(&mut pipe.up, &mut pipe.up_until, from, &passage);
        if passage.cut {
            self.traffic.cuts += 1;
            pipe.tear(now.mono + self.weather.latency.1);
        }
        Ok(n)
    }
}

impl Pipe {
    /// Nothing more is sent up. As on TCP, what a connection has not delivered by then it never will: less than the
    /// handshake of the next connection takes.
    pub(super) fn end_up(&mut self, last: Mono) {
        self.up_ended = true;
        self.up.retain(|piece| piece.at <= last);
    }

    /// A connection that is later by so much than others.
    pub(super) fn lagging(lag: Duration) -> Self {
        Self {
            lag,
            ..Self::default()
        }
    }

    /// Breaks in the middle: what is nearly there arrives, nothing else does.
    fn tear(&mut self, last: Mono) {
        self.end_up(last);
        self.down_ended = Some(io::ErrorKind::ConnectionReset);
        wake(&mut self.reader);
        wake(&mut self.writer);
    }
}

/// Whether an ordered cut happens in this packet, and what is left of it.
fn accident(order: &mut Option<Cut>, direction: Direction, bytes: Bytes) -> (Bytes, bool) {
    let Some(cut) = order.as_mut().filter(|cut| cut.direction == direction) else {
        return (bytes, false);
    };
    if cut.after > 0 {
        cut.after -= 1;
        return (bytes, false);
    }
    let left = match cut.place {
        Place::Before => 0,
        Place::During => bytes.len() / 2,
        Place::After => bytes.len(),
    };
    *order = None;
    (bytes.slice(..left), true)
}

/// What becomes of a packet that was not cut by order.
fn passage(mishaps: &mut Option<Mishaps>, bytes: Bytes, cut: bool) -> Passage {
    match mishaps {
        Some(mishaps) if !cut => mishaps.on_bytes(bytes),
        _ => Passage {
            pieces: vec![(Duration::ZERO, bytes)],
            merge: false,
            cut,
        },
    }
}

/// Puts what is left of a packet on its way. Returns how many bytes that is.
fn queue(lane: &mut VecDeque<Piece>, until: &mut Mono, from: Mono, passage: &Passage) -> usize {
    let mut count = 0;
    for (late, bytes) in passage.pieces.iter().filter(|(_, bytes)| !bytes.is_empty()) {
        count += bytes.len();
        *until = (*until).max(from + *late);
        match lane.back_mut().filter(|last| last.open) {
            Some(last) => {
                last.bytes = [&last.bytes[..], &bytes[..]].concat().into();
                last.open = passage.merge;
            }
            None => lane.push_back(Piece {
                at: *until,
                bytes: bytes.clone(),
                open: passage.merge,
            }),
        }
    }
    count
}

/// The next bytes that have arrived.
fn due(lane: &mut VecDeque<Piece>, now: Mono) -> Option<Bytes> {
    let piece = lane.front().filter(|piece| piece.at <= now)?.bytes.clone();
    lane.pop_front();
    Some(piece)
}

fn latency(weather: &Weather, rng: &mut Rng) -> Duration {
    let (least, most) = weather.latency;
    let span = most.saturating_sub(least).as_micros() as u64 + 1;
    least + Duration::from_micros(rng.u64() % span)
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

//! The server on real sockets and clocks.

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use telewire_core::time::{Mono, Now, Unix};

use crate::dcs::Entrance;
use crate::keep;
use crate::options::Options;
use crate::plan::FaultPlan;
use crate::sandbox::Sandbox;
use crate::server::{ConnId, Server};

/// How much is read from a socket at once.
const READ: usize = 64 * 1024;
/// How often kept state is written at most.
const SAVE_EVERY: Duration = Duration::from_millis(250);

/// Settings of a sandbox that is about to start.
#[derive(Clone, Debug)]
pub struct Builder {
    options: Options,
    listen: SocketAddr,
    faults: Option<FaultPlan>,
}

pub(crate) struct Shared {
    server: Mutex<Server>,
    /// Rings when the timer thread should look again.
    pub(crate) wake: Condvar,
    pub(crate) links: Mutex<HashMap<ConnId, Link>>,
    origin: Instant,
    next: AtomicU64,
    pub(crate) stopped: AtomicBool,
    /// Bytes a second that each connection is read at; zero for as fast as they come.
    pub(crate) throttle: AtomicU64,
}

pub(crate) struct Link {
    out: Sender<Bytes>,
    pub(crate) socket: TcpStream,
}

impl Builder {
    /// All settings at once.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// What everything random comes from.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = seed;
        self
    }

    /// Where to listen; by default a free port of the loopback interface.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Keeps the state in this folder, and begins with what is there.
    #[must_use]
    pub fn keep(mut self, dir: impl AsRef<Path>) -> Self {
        self.options.keep = Some(dir.as_ref().to_owned());
        self
    }

    /// Has things go wrong by themselves from the start: the server's part of that plan.
    #[must_use]
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = Some(plan);
        self
    }

    /// Any other setting.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    /// Starts listening.
    ///
    /// # Errors
    /// When the address is taken or the kept state cannot be read.
    pub fn start(self) -> io::Result<Sandbox> {
        let listeners = listen(&self.options, self.listen)?;
        let origin = Instant::now();
        let kept = match &self.options.keep {
            Some(dir) => keep::load(&self.options, dir)?,
            None => None,
        };
        let mut server = kept.unwrap_or_else(|| Server::new(self.options, now_since(origin)));
        if let Some(plan) = self.faults {
            server.set_faults(plan);
        }
        let mut doors = Vec::new();
        for (entrance, listener) in &listeners {
            let address = listener.local_addr()?;
            server.set_address_of(*entrance, &address.ip().to_string(), address.port());
            doors.push((*entrance, address));
        }
        let shared = Arc::new(Shared {
            server: Mutex::new(server),
            wake: Condvar::new(),
            links: Mutex::new(HashMap::new()),
            origin,
            next: AtomicU64::new(1),
            stopped: AtomicBool::new(false),
            throttle: AtomicU64::new(0),
        });
        let mut threads = vec![spawn(&shared, |shared| keep_time(&shared))];
        for (entrance, listener) in listeners {
            let run = move |shared: Arc<Shared>| accept(&shared, &listener, entrance);
            threads.push(spawn(&shared, run));
        }
        Ok(Sandbox {
            shared,
            doors,
            threads,
        })
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            options: Options::default(),
            faults: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }
}

impl Shared {
    pub(crate) fn now(&self) -> Now {
        now_since(self.origin)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Server> {
        lock(&self.server)
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Moves what the server has to say to the writing threads.
    pub(crate) fn pump(&self, server: &mut Server) {
        let mut links = lock(&self.links);
        for (conn, link) in links.iter() {
            while let Some(bytes) = server.poll_transmit(*conn) {
                let _ = link.out.send(bytes);
            }
        }
        while let Some(conn) = server.poll_close() {
            // Its writer closes the socket once it has written everything.
            links.remove(&conn);
        }
        drop(links);
        self.wake.notify_all();
    }

    pub(crate) fn save(&self, server: &mut Server) -> io::Result<()> {
        match server.options().keep.clone() {
            Some(dir) => keep::save(server, &dir),
            None => Ok(()),
        }
    }
}

/// A poisoned lock only means that a test has failed elsewhere.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now_since(origin: Instant) -> Now {
    let wall = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Now {
        mono: Mono::from_origin(origin.elapsed()),
        wall: Unix::from_epoch(wall),
    }
}

fn spawn(shared: &Arc<Shared>, run: impl FnOnce(Arc<Shared>) + Send + 'static) -> JoinHandle<()> {
    let shared = Arc::clone(shared);
    thread::spawn(move || run(shared))
}

/// A listener for each entrance, the one for the default data centre first, on `at`. If that names a port, the others
/// follow on the next ones, so that they are found there the next time; where one is taken, and without a name, on free
/// ones. On the loopback interface each has a twin on IPv6 where the machine has that.
fn listen(options: &Options, at: SocketAddr) -> io::Result<Vec<(Entrance, TcpListener)>> {
    let mut listeners = Vec::new();
    let twin = (at.ip() == Ipv4Addr::LOCALHOST).then_some(Ipv6Addr::LOCALHOST);
    let mut next = Some(at.port()).filter(|port| *port != 0);
    for dc in options.all_dcs() {
        for entrance in [Entrance::main(dc), Entrance::media(dc)] {
            let listener = match next {
                Some(port) if listeners.is_empty() => TcpListener::bind((at.ip(), port))?,
                _ => listen_near(at.ip(), next.unwrap_or(0))?,
            };
            let port = listener.local_addr()?.port();
            listeners.push((entrance, listener));
            let twin = twin.and_then(|ip| listen_near(ip.into(), port).ok());
            listeners.extend(twin.map(|listener| (entrance, listener)));
            next = next.and_then(|port| port.checked_add(1));
        }
    }
    Ok(listeners)
}

/// On this port, or on a free one if it is taken.
fn listen_near(ip: IpAddr, port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((ip, port)).or_else(|_| TcpListener::bind((ip, 0)))
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener, entrance: Entrance) {
    for socket in listener.incoming() {
        if shared.is_stopped() {
            return;
        }
        let Ok(socket) = socket else { continue };
        let _ = socket.set_nodelay(true);
        let (Ok(reading), Ok(writing)) = (socket.try_clone(), socket.try_clone()) else {
            continue;
        };
        let conn = ConnId(shared.next.fetch_add(1, Ordering::Relaxed));
        let (out, outgoing) = channel();
        lock(&shared.links).insert(conn, Link { out, socket });
        let now = shared.now();
        shared.lock().handle_connected_at(now, conn, entrance);
        // Both end with the socket.
        let owner = Arc::clone(shared);
        thread::spawn(move || read(&owner, conn, reading));
        thread::spawn(move || write(&outgoing, writing));
    }
}

fn read(shared: &Shared, conn: ConnId, mut socket: TcpStream) {
    let mut buffer = vec![0; READ];
    loop {
        let count = match socket.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => count,
        };
        let rate = shared.throttle.load(Ordering::Relaxed);
        if rate > 0 {
            thread::sleep(Duration::from_secs_f64(count as f64 / rate as f64));
        }
        let mut server = shared.lock();
        server.handle_received(shared.now(), conn, &buffer[..count]);
        shared.pump(&mut server);
    }
    let mut server = shared.lock();
    server.handle_lost(shared.now(), conn);
    shared.pump(&mut server);
    drop(server);
    lock(&shared.links).remove(&conn);
}

/// Writes until the link is dropped, then closes the socket.
fn write(outgoing: &Receiver<Bytes>, mut socket: TcpStream) {
    while let Ok(bytes) = outgoing.recv() {
        if socket.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = socket.shutdown(Shutdown::Both);
}

/// Calls the server when its time has come, and writes what is kept.
fn keep_time(shared: &Shared) {
    let mut server = shared.lock();
    let mut saved = Instant::now();
    while !shared.is_stopped() {
        let now = shared.now();
        if server.poll_timeout().is_some_and(|at| at <= now.mono) {
            server.handle_timeout(now);
            // Not through `wake`, which would wake this thread itself.
            shared.pump(&mut server);
        }
        if saved.elapsed() >= SAVE_EVERY {
            let _ = shared.save(&mut server);
            saved = Instant::now();
        }
        let wait = server
            .poll_timeout()
            .map_or(SAVE_EVERY, |at| at.since(shared.now().mono).min(SAVE_EVERY));
        let wait = wait.max(Duration::from_millis(1));
        server = shared
            .wake
            .wait_timeout(server, wait)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
}

//! The server on real sockets and clocks.

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use telewire_core::time::{Mono, Now, Unix};

use crate::controls::Trouble;
use crate::fault::Fault;
use crate::info::{Bot, User};
use crate::keep;
use crate::options::Options;
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
}

/// A running sandbox; dropping it stops it.
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    media_address: SocketAddr,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    server: Mutex<Server>,
    /// Rings when the timer thread should look again.
    wake: Condvar,
    links: Mutex<HashMap<ConnId, Link>>,
    origin: Instant,
    next: AtomicU64,
    stopped: AtomicBool,
    /// Bytes a second that each connection is read at; zero for as fast as they come.
    throttle: AtomicU64,
}

struct Link {
    out: Sender<Bytes>,
    socket: TcpStream,
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
        let listener = TcpListener::bind(self.listen)?;
        let media = TcpListener::bind(SocketAddr::new(self.listen.ip(), 0))?;
        let (address, media_address) = (listener.local_addr()?, media.local_addr()?);
        let origin = Instant::now();
        let kept = match &self.options.keep {
            Some(dir) => keep::load(&self.options, dir)?,
            None => None,
        };
        let mut server = kept.unwrap_or_else(|| Server::new(self.options, now_since(origin)));
        server.set_address(&address.ip().to_string(), address.port());
        server.set_media_address(&media_address.ip().to_string(), media_address.port());
        let shared = Arc::new(Shared {
            server: Mutex::new(server),
            wake: Condvar::new(),
            links: Mutex::new(HashMap::new()),
            origin,
            next: AtomicU64::new(1),
            stopped: AtomicBool::new(false),
            throttle: AtomicU64::new(0),
        });
        let threads = vec![
            spawn(&shared, move |shared| accept(&shared, &listener, false)),
            spawn(&shared, move |shared| accept(&shared, &media, true)),
            spawn(&shared, |shared| keep_time(&shared)),
        ];
        Ok(Sandbox {
            shared,
            address,
            media_address,
            threads,
        })
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            options: Options::default(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }
}

impl Sandbox {
    /// Starts with the default settings on a free port.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Settings other than the default ones.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where clients connect to for transfers; `help.getConfig` says so, too.
    pub fn media_address(&self) -> SocketAddr {
        self.media_address
    }

    /// The data centres: identifier and address.
    pub fn dcs(&self) -> Vec<(i32, SocketAddr)> {
        vec![(self.lock().options().dc, self.address)]
    }

    /// The RSA key that clients have to know.
    pub fn public_key_pem(&self) -> String {
        self.lock().public_key_pem()
    }

    /// That key's fingerprint.
    pub fn fingerprint(&self) -> String {
        self.lock().fingerprint()
    }

    /// The application identifier to sign in with.
    pub fn api_id(&self) -> i32 {
        self.lock().options().api_id
    }

    /// The application's hash.
    pub fn api_hash(&self) -> String {
        self.lock().options().api_hash.clone()
    }

    /// The code that signs any phone in.
    pub fn code(&self) -> String {
        self.lock().options().code.clone()
    }

    /// Accounts with a phone.
    pub fn users(&self) -> Vec<User> {
        self.lock().users()
    }

    /// Bots with their tokens.
    pub fn bots(&self) -> Vec<Bot> {
        self.lock().bots()
    }

    /// All of this in one line, as the binary prints it.
    pub fn json(&self) -> String {
        self.lock().json()
    }

    /// `from` writes to `to`; the message's identifier in the receiver's box.
    ///
    /// # Errors
    /// The refusal that a client would get.
    pub fn write(&self, from: i64, to: i64, text: &str) -> Result<i32, Fault> {
        let now = self.shared.now();
        self.with(|server| server.write(now, from, to, text))
    }

    /// Closes every connection.
    pub fn close_all(&self) {
        self.with(Server::close_all);
    }

    /// Has the next `times` requests of `method` (`*` for any) go wrong.
    pub fn order(&self, method: &str, times: usize, trouble: Trouble) {
        self.with(|server| server.order(method, times, trouble));
    }

    /// How many requests of a method were run.
    pub fn executed(&self, method: &str) -> usize {
        self.lock().executed(method)
    }

    /// How often a request with this `random_id` was run.
    pub fn executed_with(&self, random_id: i64) -> usize {
        self.lock().executed_with(random_id)
    }

    /// Reads every connection at no more than this many bytes a second; `None` lifts the limit.
    pub fn throttle(&self, bytes_per_second: Option<u64>) {
        self.shared
            .throttle
            .store(bytes_per_second.unwrap_or(0), Ordering::Relaxed);
    }

    /// Anything else that a [`Server`] offers.
    pub fn with<T>(&self, act: impl FnOnce(&mut Server) -> T) -> T {
        let mut server = self.lock();
        let result = act(&mut server);
        self.shared.pump(&mut server);
        result
    }

    /// Writes the state to the folder given to [`Builder::keep`] now rather than within a quarter of a second.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self) -> io::Result<()> {
        self.shared.save(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Server> {
        self.shared.lock()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.shared.wake.notify_all();
        let links = std::mem::take(&mut *lock(&self.shared.links));
        for link in links.values() {
            let _ = link.socket.shutdown(Shutdown::Both);
        }
        // Each accepting thread waits for one more connection.
        for address in [self.address, self.media_address] {
            let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        let _ = self.shared.save(&mut self.shared.lock());
    }
}

impl Shared {
    fn now(&self) -> Now {
        now_since(self.origin)
    }

    fn lock(&self) -> MutexGuard<'_, Server> {
        lock(&self.server)
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Moves what the server has to say to the writing threads.
    fn pump(&self, server: &mut Server) {
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

    fn save(&self, server: &mut Server) -> io::Result<()> {
        match server.options().keep.clone() {
            Some(dir) => keep::save(server, &dir),
            None => Ok(()),
        }
    }
}

/// A poisoned lock only means that a test has failed elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
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

fn accept(shared: &Arc<Shared>, listener: &TcpListener, media: bool) {
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
        if media {
            shared.lock().handle_media_connected(now, conn);
        } else {
            shared.lock().handle_connected(now, conn);
        }
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

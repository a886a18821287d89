//! A world in one thread: clients, a sandbox server and the network between them, on virtual time and from one seed.
//!
//! The simulator is a [`Runtime`]. `Client`, `Driver` and `Engine` run on it as they do everywhere. Time passes only when
//! everybody waits, and then at once, so that an hour of backoff takes no time and the same seed has the same outcome.
//! A client that waits for nothing while the test waits for it is a hang, and fails the test.

mod exec;
mod files;
mod net;
mod runtime;
mod socket;

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::hash::{Hash, Hasher as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use telewire_core::Config;
use telewire_core::config::Network;
use telewire_core::dc::DcId;
use telewire_core::exchange::RsaKeys;
use telewire_core::rand::{Rng, Seed};
use telewire_core::runtime::Runtime;
use telewire_core::session::DcOption;
use telewire_core::time::{Mono, Now, Unix};
use telewire_sandbox::{Entrance, FaultPlan, Injected, Mishaps, Options, Server};

use exec::Executor;
pub use files::SimFile;
use net::Links;
pub use net::{Cut, Direction, Place, Traffic, Weather};
pub use socket::SimSocket;

/// The port that the server listens at.
pub const PORT: u16 = 443;

/// When the world begins, in Unix seconds.
const BEGINNING: i64 = 1_750_000_000;

/// Longer than this nothing may take.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// So many polls without the time moving are a loop that never ends.
const POLLS_AT_ONCE: u32 = 1_000_000;

/// A world with one server.
pub struct Sim {
    runtime: SimRuntime,
}

/// The [`Runtime`] that clients of a [`Sim`] run on.
#[derive(Clone)]
pub struct SimRuntime {
    world: Arc<Mutex<World>>,
    executor: Arc<Executor>,
    /// How far the calendar clock of this machine is ahead of the world's, in milliseconds.
    ahead: Arc<AtomicI64>,
}

/// Everything that is not a task.
struct World {
    now: Now,
    rng: Rng,
    server: Server,
    timers: BTreeMap<(Mono, u64), Waker>,
    last_timer: u64,
    links: Links,
    files: HashMap<PathBuf, Arc<Mutex<Vec<u8>>>>,
}

impl Sim {
    /// A world in which everything random follows from `seed`.
    pub fn new(seed: u64) -> Self {
        Self::with(Options {
            seed,
            ..Options::default()
        })
    }

    /// The same with these settings of the server; its seed is the world's.
    pub fn with(options: Options) -> Self {
        let now = Now {
            mono: Mono::from_origin(Duration::from_secs(1)),
            wall: Unix::from_secs(BEGINNING),
        };
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&options.seed.to_le_bytes());
        let mut server = Server::new(options, now);
        let mut links = Links::default();
        let dcs = server.options().all_dcs();
        for (n, dc) in (0..).zip(dcs) {
            for entrance in [Entrance::main(dc), Entrance::media(dc)] {
                for ip in addresses(n, entrance.media) {
                    server.set_address_of(entrance, &ip.to_string(), PORT);
                    links.doors.insert(SocketAddr::new(ip, PORT), entrance);
                }
            }
        }
        let world = World {
            now,
            rng: Rng::new(Seed::new(seed)),
            server,
            timers: BTreeMap::new(),
            last_timer: 0,
            links,
            files: HashMap::new(),
        };
        Self {
            runtime: SimRuntime {
                world: Arc::new(Mutex::new(world)),
                executor: Arc::default(),
                ahead: Arc::default(),
            },
        }
    }

    /// What clients are made with.
    pub fn runtime(&self) -> SimRuntime {
        self.runtime.clone()
    }

    /// The same with a calendar clock of its own, which can be set.
    pub fn machine(&self) -> SimRuntime {
        SimRuntime {
            ahead: Arc::default(),
            ..self.runtime()
        }
    }

    /// Settings with which a client finds the server.
    pub fn config(&self) -> Config {
        let mut config = {
            let world = self.runtime.world();
            let options = world.server.options();
            Config::new(options.api_id, options.api_hash.clone())
        };
        config.network = crate::script::only(self.network(), false);
        config
    }

    /// Everything that a client may know of where the data centres are, over IPv4 and IPv6.
    pub fn network(&self) -> Network {
        let world = self.runtime.world();
        let doors = world.links.doors.iter();
        let mains = doors.filter(|(_, entrance)| !entrance.media);
        Network::Custom {
            default_dc: DcId(world.server.options().dc),
            dcs: mains
                .map(|(at, entrance)| DcOption::new(DcId(entrance.dc), at.ip(), at.port()))
                .collect(),
            keys: RsaKeys::new(world.server.public_keys()),
        }
    }

    /// Where an entrance of the server is, over IPv4 or IPv6.
    ///
    /// # Panics
    /// When there is no such data centre.
    pub fn address_of(&self, entrance: Entrance, ipv6: bool) -> SocketAddr {
        let world = self.runtime.world();
        let mut doors = world.links.doors.iter();
        let door = doors.find(|(at, e)| **e == entrance && at.is_ipv6() == ipv6);
        *door.expect("there is such a data centre").0
    }

    /// Lets the world go on until `f` has ended.
    ///
    /// # Panics
    /// When everybody waits and nothing will ever happen, or somebody spins.
    pub fn run<T>(&self, f: impl Future<Output = T>) -> T {
        let mut f = std::pin::pin!(f);
        let main = exec::flag();
        let waker = main.waker();
        let mut cx = Context::from_waker(&waker);
        let mut polls = 0;
        let end = self.now().mono + PATIENCE;
        loop {
            if main.take()
                && let Poll::Ready(value) = f.as_mut().poll(&mut cx)
            {
                return value;
            }
            polls += 1;
            assert!(
                polls < POLLS_AT_ONCE,
                "somebody spins: {polls} polls without the time moving"
            );
            if self.runtime.executor.run_one() || main.is_set() {
                continue;
            }
            polls = 0;
            assert!(self.now().mono < end, "it has taken {PATIENCE:?}");
            assert!(
                self.runtime.world().advance(),
                "everybody waits, and nothing will ever happen"
            );
        }
    }

    /// Lets so much time pass.
    pub fn pass(&self, d: Duration) {
        let at = self.now().mono + d;
        self.run(self.runtime().sleep_until(at));
    }

    /// Both clocks.
    pub fn now(&self) -> Now {
        self.runtime.world().now
    }

    /// Sets the calendar clock of the whole world forward, as after a suspend during which the steady clock stood still.
    pub fn jump(&self, d: Duration) {
        let mut world = self.runtime.world();
        world.now.wall = world.now.wall + d;
    }

    /// Looks at the server, or does something to it.
    pub fn server<T>(&self, f: impl FnOnce(&mut Server, Now) -> T) -> T {
        let mut world = self.runtime.world();
        let now = world.now;
        let value = f(&mut world.server, now);
        world.collect();
        value
    }

    /// How the network behaves from now on.
    pub fn weather(&self, change: impl FnOnce(&mut Weather)) {
        change(&mut self.runtime.world().links.weather);
    }

    /// Has a connection cut at that place, once.
    pub fn cut(&self, cut: Cut) {
        self.runtime.world().links.order(cut);
    }

    /// Takes an ordered cut back. Returns whether it was still to come.
    pub fn withdraw_cut(&self) -> bool {
        self.runtime.world().links.withdraw()
    }

    /// What has gone over the network so far.
    pub fn traffic(&self) -> Traffic {
        self.runtime.world().links.traffic
    }

    /// Has things go wrong by themselves from now on, on the network and at the server.
    pub fn storm(&self, plan: &FaultPlan) {
        let mut world = self.runtime.world();
        match &mut world.links.mishaps {
            Some(mishaps) => mishaps.follow(plan),
            none => *none = Some(Mishaps::new(plan)),
        }
        world.server.set_faults(plan.clone());
    }

    /// What has gone wrong by itself so far.
    pub fn injected(&self) -> Injected {
        let world = self.runtime.world();
        let mut all = world.server.injected();
        if let Some(mishaps) = &world.links.mishaps {
            all.add(mishaps.injected());
        }
        all
    }

    /// Notes for the world's trace from within handlers.
    pub fn tracer(&self) -> Tracer {
        Tracer(Arc::downgrade(&self.runtime.world))
    }

    /// Makes something part of the world's trace.
    pub fn note(&self, what: impl Hash) {
        self.tracer().note(what);
    }

    /// A digest of everything that went over the network, or was noted, and when: the same for the same seed.
    pub fn trace(&self) -> u64 {
        self.runtime.world().links.trace.finish()
    }

    /// How often tasks were polled so far.
    pub fn polls(&self) -> u64 {
        self.runtime.executor.polls()
    }

    /// Puts a file where clients find it.
    pub fn put_file(&self, path: impl Into<PathBuf>, content: Vec<u8>) {
        self.runtime
            .world()
            .files
            .insert(path.into(), Arc::new(Mutex::new(content)));
    }

    /// The content of a file.
    pub fn file(&self, path: impl Into<PathBuf>) -> Option<Vec<u8>> {
        let file = self.runtime.world().files.get(&path.into()).cloned()?;
        Some(lock(&file).clone())
    }
}

/// Adds to the trace of a world.
#[derive(Clone)]
pub struct Tracer(Weak<Mutex<World>>);

impl Tracer {
    /// Makes something part of the trace.
    pub fn note(&self, what: impl Hash) {
        if let Some(world) = self.0.upgrade() {
            let mut world = lock(&world);
            let at = world.now.mono.since_origin();
            (at, what).hash(&mut world.links.trace);
        }
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        // Tasks hold the runtime, which holds the tasks.
        self.runtime.executor.clear();
    }
}

impl SimRuntime {
    /// Sets this machine's calendar clock so many milliseconds ahead of the world's.
    pub fn set_clock(&self, ahead: i64) {
        self.ahead.store(ahead, Ordering::Relaxed);
    }

    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }
}

impl World {
    /// Moves the time to the next thing that happens, and lets it happen. Returns whether there is one.
    fn advance(&mut self) -> bool {
        let timer = self.timers.first_key_value().map(|((at, _), _)| *at);
        let times = [timer, self.links.next_arrival(), self.server.poll_timeout()];
        let Some(at) = times.into_iter().flatten().min() else {
            return false;
        };
        self.now = self.now.after(at.since(self.now.mono));
        while let Some(entry) = self.timers.first_entry()
            && entry.key().0 <= at
        {
            entry.remove().wake();
        }
        let now = self.now;
        self.links.deliver(now, &mut self.server);
        if self
            .server
            .poll_timeout()
            .is_some_and(|due| due <= now.mono)
        {
            self.server.handle_timeout(now);
        }
        self.collect();
        true
    }

    /// Takes from the server what it has to say.
    fn collect(&mut self) {
        self.links
            .collect(self.now, &mut self.server, &mut self.rng);
    }
}

/// Where the `n`-th data centre is: the default one, which is the first, at 127.0.0.1.
fn addresses(n: u8, media: bool) -> [IpAddr; 2] {
    let host = n * 2 + u8::from(media) + 1;
    let v4 = Ipv4Addr::new(127, 0, 0, host);
    let v6 = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, host.into());
    [v4.into(), v6.into()]
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The driver thread: it runs tasks that were woken, then waits for sockets, timers or a call from another thread.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
use std::thread::{self, ThreadId};
use std::time::Duration;

use polling::{Events, Poller};
use telewire_core::time::Mono;
use telewire_native::Clock;

use super::executor::Queue;
use super::pool::Pool;
use super::source::Source;
use super::timer::Timers;

/// Waiting longer than this in one go gains nothing, and some systems cannot express longer waits.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Most jobs wait for a disk or a resolver, so there may be more of them than processors.
const WORKERS: usize = 8;
/// As many events as one client handles at the same time.
const HANDLERS: usize = 256;

/// What the driver thread shares with the rest of the process.
pub(super) struct Reactor {
    pub(super) poller: Poller,
    pub(super) queue: Queue,
    pub(super) timers: Mutex<Timers>,
    /// For the store, the resolver, files and long computations.
    pub(super) pool: Pool,
    /// For handlers of events, which may wait for anything.
    pub(super) handlers: Pool,
    sources: Mutex<HashMap<usize, Arc<Source>>>,
    next_key: AtomicUsize,
    pub(super) clock: Clock,
    thread: OnceLock<ThreadId>,
}

impl Reactor {
    /// The reactor of this process; its thread runs as long as the process does.
    pub(super) fn shared() -> io::Result<&'static Self> {
        static REACTOR: OnceLock<Reactor> = OnceLock::new();
        static STARTING: Mutex<()> = Mutex::new(());

        let _starting = lock(&STARTING);
        if let Some(reactor) = REACTOR.get() {
            if reactor.thread.get().is_none() {
                reactor.start()?;
            }
            return Ok(reactor);
        }
        let fresh = Self::new()?;
        let reactor = REACTOR.get_or_init(|| fresh);
        reactor.start()?;
        Ok(reactor)
    }

    fn new() -> io::Result<Self> {
        Ok(Self {
            poller: Poller::new()?,
            queue: Queue::default(),
            timers: Mutex::default(),
            pool: Pool::new("telewire-worker", WORKERS),
            handlers: Pool::new("telewire-handler", HANDLERS),
            sources: Mutex::default(),
            next_key: AtomicUsize::new(0),
            clock: Clock::start(),
            thread: OnceLock::new(),
        })
    }

    fn start(&'static self) -> io::Result<()> {
        let thread = thread::Builder::new()
            .name("telewire-driver".into())
            .spawn(move || self.run())?;
        // Whoever else may set it has the same value.
        let _ = self.thread.set(thread.thread().id());
        Ok(())
    }

    fn run(&'static self) {
        let _ = self.thread.set(thread::current().id());
        let mut events = Events::new();
        loop {
            self.queue.run_round();
            lock(&self.timers)
                .take_due(self.mono())
                .into_iter()
                .for_each(Waker::wake);

            events.clear();
            if let Err(error) = self.poller.wait(&mut events, Some(self.patience())) {
                tracing::error!(%error, "waiting for sockets failed");
                // A poller that is broken for good must not burn the processor.
                thread::sleep(Duration::from_millis(50));
            }
            for event in events.iter() {
                let source = lock(&self.sources).get(&event.key).cloned();
                if let Some(source) = source {
                    source.fire();
                }
            }
        }
    }

    /// How long the thread may sleep.
    fn patience(&self) -> Duration {
        if !self.queue.is_empty() {
            return Duration::ZERO;
        }
        lock(&self.timers)
            .next()
            .map_or(LONGEST_WAIT, |at| at.since(self.mono()).min(LONGEST_WAIT))
    }

    /// Makes the driver thread look at its queue and timers again.
    pub(super) fn nudge(&self) {
        if self.is_current() {
            return; // it looks at them anyway before it sleeps
        }
        if let Err(error) = self.poller.notify() {
            tracing::error!(%error, "the driver thread could not be woken");
        }
    }

    pub(super) fn is_current(&self) -> bool {
        self.thread.get() == Some(&thread::current().id())
    }

    pub(super) fn mono(&self) -> Mono {
        self.clock.mono()
    }

    /// A source with a key of its own.
    pub(super) fn insert_source(&self) -> Arc<Source> {
        let source = Arc::new(Source::new(self.next_key.fetch_add(1, Ordering::Relaxed)));
        lock(&self.sources).insert(source.key(), source.clone());
        source
    }

    pub(super) fn remove_source(&self, source: &Source) {
        lock(&self.sources).remove(&source.key());
    }
}

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reactor")
    }
}

/// Locks, whatever happened to other holders: what these mutexes guard is whole between any two statements.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

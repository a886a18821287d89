//! A runtime of plain threads: one that drives every client of the process, and a few for what blocks.

mod executor;
mod park;
mod pool;
mod reactor;
mod socket;
mod source;
mod timer;

use std::future::Future;
use std::io;
use std::path::PathBuf;

use telewire_core::rand::Seed;
use telewire_core::runtime::{Endpoint, Mode, Runtime};
use telewire_core::time::{Mono, Now};

pub use park::block_on;
use reactor::Reactor;
pub use socket::Socket;

/// An open file, read and written on the threads of the pool.
pub type File = telewire_native::File<ThreadRuntime>;

/// The threads that all blocking clients of a process share.
///
/// One thread waits for sockets and timers and runs the clients' drivers, so that pings, acknowledgements and updates go
/// on between calls; it starts with the first client and stays. Jobs that block or compute run on a small pool.
#[derive(Clone, Copy, Debug)]
pub struct ThreadRuntime {
    reactor: &'static Reactor,
}

impl ThreadRuntime {
    /// The runtime of this process, started if need be.
    ///
    /// # Errors
    ///
    /// The operating system's error when it grants no thread or no poller.
    pub fn shared() -> io::Result<Self> {
        Reactor::shared().map(|reactor| Self { reactor })
    }

    /// Whether the caller is the thread that drives the clients, where waiting for a client would never end.
    pub fn is_driver_thread(&self) -> bool {
        self.reactor.is_current()
    }

    /// Runs a handler where it keeps nothing else waiting.
    pub(crate) async fn handle<T: Send + 'static>(
        self,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        self.reactor.handlers.run(f).await
    }
}

impl Runtime for ThreadRuntime {
    type Socket = Socket;
    type File = File;

    async fn connect(self, to: Endpoint) -> io::Result<Socket> {
        socket::connect(self.reactor, to).await
    }

    async fn sleep_until(self, at: Mono) {
        timer::Sleep::new(self.reactor, at).await;
    }

    fn now(&self) -> Now {
        self.reactor.clock.now()
    }

    fn seed(&self) -> Seed {
        telewire_native::seed()
    }

    fn spawn(&self, f: impl Future<Output = ()> + Send + 'static) {
        executor::spawn(self.reactor, f);
    }

    async fn unblock<T: Send + 'static>(self, f: impl FnOnce() -> T + Send + 'static) -> T {
        self.reactor.pool.run(f).await
    }

    async fn open(self, path: PathBuf, mode: Mode) -> io::Result<File> {
        File::open(self, path, mode).await
    }
}

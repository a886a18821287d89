//! The runtime trait of the core, on tokio.

use std::future::Future;
use std::io;
use std::path::PathBuf;

use telewire_core::rand::Seed;
use telewire_core::runtime::{Endpoint, Host, Mode, Runtime};
use telewire_core::time::{Mono, Now};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::socket::Socket;

/// An open file, read and written on tokio's threads for blocking work.
pub type File = telewire_native::File<TokioRuntime>;

/// Telewire's needs, met by a tokio runtime with I/O and time enabled (as `#[tokio::main]` has them).
///
/// Time is tokio's: with its clock paused in a test, a client's timers stand still as well.
#[derive(Clone, Debug)]
pub struct TokioRuntime {
    handle: Handle,
    origin: Instant,
}

impl TokioRuntime {
    /// The runtime that the caller runs on.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime, as `tokio::spawn` does.
    #[track_caller]
    pub fn current() -> Self {
        Self::new(Handle::current())
    }

    /// The runtime behind `handle`.
    pub fn new(handle: Handle) -> Self {
        let origin = {
            let _inside = handle.enter();
            Instant::now()
        };
        Self { handle, origin }
    }
}

impl Runtime for TokioRuntime {
    type Socket = Socket;
    type File = File;

    async fn connect(self, to: Endpoint) -> io::Result<Socket> {
        let stream = match &to.host {
            Host::Ip(ip) => TcpStream::connect((*ip, to.port)).await,
            Host::Name(name) => TcpStream::connect((&**name, to.port)).await,
        };
        Socket::new(stream?)
    }

    async fn sleep_until(self, at: Mono) {
        match self.origin.checked_add(at.since_origin()) {
            Some(deadline) => tokio::time::sleep_until(deadline).await,
            // Later than the clock can tell.
            None => std::future::pending().await,
        }
    }

    fn now(&self) -> Now {
        let _inside = self.handle.enter();
        Now {
            mono: Mono::from_origin(self.origin.elapsed()),
            wall: telewire_native::wall(),
        }
    }

    fn seed(&self) -> Seed {
        telewire_native::seed()
    }

    fn spawn(&self, f: impl Future<Output = ()> + Send + 'static) {
        drop(self.handle.spawn(f));
    }

    async fn unblock<T: Send + 'static>(self, f: impl FnOnce() -> T + Send + 'static) -> T {
        match self.handle.spawn_blocking(f).await {
            Ok(value) => value,
            Err(e) => match e.try_into_panic() {
                // A panic of the job goes on in the caller.
                Ok(panic) => std::panic::resume_unwind(panic),
                // Cancelled: the runtime shuts down and polls nothing any more.
                Err(_) => std::future::pending().await,
            },
        }
    }

    async fn open(self, path: PathBuf, mode: Mode) -> io::Result<File> {
        File::open(self, path, mode).await
    }
}

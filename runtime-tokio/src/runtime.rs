//! The runtime trait of the core, on tokio.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use telewire_core::rand::Seed;
use telewire_core::runtime::{Endpoint, Host, Mode, Runtime};
use telewire_core::time::{Mono, Now, Unix};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::file::File;
use crate::socket::Socket;

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
            wall: Unix::from_epoch(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default(),
            ),
        }
    }

    fn seed(&self) -> Seed {
        let mut bytes = [0; 32];
        // Without randomness no key is safe, so there is nothing to fall back on.
        getrandom::fill(&mut bytes).expect("the operating system has no randomness to give");
        Seed::new(bytes)
    }

    fn spawn(&self, f: impl Future<Output = ()> + Send + 'static) {
        drop(self.handle.spawn(f));
    }

    async fn unblock<T: Send + 'static>(self, f: impl FnOnce() -> T + Send + 'static) -> T {
        unblock_on(&self.handle, f).await
    }

    async fn open(self, path: PathBuf, mode: Mode) -> io::Result<File> {
        let handle = self.handle.clone();
        unblock_on(&self.handle, move || File::open(handle, path, mode)).await
    }
}

/// Runs `f` on tokio's threads for blocking work; a panic of `f` goes on in the caller.
pub(crate) async fn unblock_on<T: Send + 'static>(
    handle: &Handle,
    f: impl FnOnce() -> T + Send + 'static,
) -> T {
    match handle.spawn_blocking(f).await {
        Ok(value) => value,
        Err(e) => match e.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Cancelled: the runtime shuts down and polls nothing any more.
            Err(_) => std::future::pending().await,
        },
    }
}

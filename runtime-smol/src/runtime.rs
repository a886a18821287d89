//! The runtime trait of the core, on smol.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use smol::{Executor, Task, Timer};
use telewire_core::rand::Seed;
use telewire_core::runtime::{Endpoint, Host, Mode, Runtime};
use telewire_core::time::{Mono, Now};
use telewire_native::Clock;

/// A connected TCP stream.
pub type Socket = smol::net::TcpStream;

/// An open file, read and written on smol's threads for blocking work.
pub type File = telewire_native::File<SmolRuntime>;

/// Telewire's needs, met by smol.
#[derive(Clone, Debug)]
pub struct SmolRuntime {
    clock: Clock,
    /// `None` is the global one.
    executor: Option<Arc<Executor<'static>>>,
}

impl SmolRuntime {
    /// Runs tasks on the global executor, whose threads smol starts by itself.
    pub fn new() -> Self {
        Self {
            clock: Clock::start(),
            executor: None,
        }
    }

    /// Runs tasks on an executor of the program's own, which has to be run for them to get anywhere.
    pub fn on(executor: Arc<Executor<'static>>) -> Self {
        Self {
            executor: Some(executor),
            ..Self::new()
        }
    }
}

impl Default for SmolRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for SmolRuntime {
    type Socket = Socket;
    type File = File;

    async fn connect(self, to: Endpoint) -> io::Result<Socket> {
        connect(to).await
    }

    async fn sleep_until(self, at: Mono) {
        match self.clock.instant(at) {
            Some(deadline) => drop(Timer::at(deadline).await),
            // Later than the clock can tell.
            None => std::future::pending().await,
        }
    }

    fn now(&self) -> Now {
        self.clock.now()
    }

    fn seed(&self) -> Seed {
        telewire_native::seed()
    }

    fn spawn(&self, f: impl Future<Output = ()> + Send + 'static) {
        match &self.executor {
            Some(executor) => executor.spawn(f).detach(),
            None => smol::spawn(f).detach(),
        }
    }

    async fn unblock<T: Send + 'static>(self, f: impl FnOnce() -> T + Send + 'static) -> T {
        Job(Some(smol::unblock(f))).await
    }

    async fn open(self, path: PathBuf, mode: Mode) -> io::Result<File> {
        File::open(self, path, mode).await
    }
}

/// Opens a connection in the reactor that smol and async-std have in common.
pub(crate) async fn connect(to: Endpoint) -> io::Result<Socket> {
    let stream = match &to.host {
        Host::Ip(ip) => Socket::connect((*ip, to.port)).await,
        Host::Name(name) => Socket::connect((&**name, to.port)).await,
    }?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A job that goes on when nobody waits for it any more, where smol would cancel it: half of a store's work would be lost.
struct Job<T>(Option<Task<T>>);

impl<T> Future for Job<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match &mut self.0 {
            Some(task) => Pin::new(task).poll(cx),
            None => Poll::Pending, // only after the drop
        }
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.detach();
        }
    }
}

//! Telewire on an executor of your own: everything runs on one thread, in a `LocalPool` of the `futures` crate.
//!
//! ```text
//! cargo run -p telewire-tests --example local_pool
//! ```
//!
//! A runtime is eight functions. This one takes its sockets and timers from smol, which needs no executor of its own for
//! them, files and clocks from `telewire-native`, and runs all tasks on the thread that calls `run`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::future::Future;
use std::io;
use std::path::PathBuf;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::executor::{LocalPool, LocalSpawner};
use futures::future::BoxFuture;
use futures::stream::StreamExt;
use futures::task::LocalSpawnExt;
use telewire_core::Client;
use telewire_core::client::Start;
use telewire_core::rand::Seed;
use telewire_core::runtime::{Endpoint, Host, Mode, Runtime};
use telewire_core::time::{Mono, Now};
use telewire_native::{Clock, File};
use telewire_sandbox::Sandbox;

/// The runtime. Clients may be used from any thread, so a runtime is `Send`; a [`LocalSpawner`] is not, and therefore
/// tasks go through a channel to the thread of the pool.
#[derive(Clone)]
struct Local {
    clock: Clock,
    tasks: UnboundedSender<BoxFuture<'static, ()>>,
}

impl Local {
    /// A runtime, and what it wants to have run.
    fn new() -> (Self, UnboundedReceiver<BoxFuture<'static, ()>>) {
        let (tasks, queue) = unbounded();
        let clock = Clock::start();
        (Self { clock, tasks }, queue)
    }
}

impl Runtime for Local {
    type Socket = smol::net::TcpStream;
    type File = File<Self>;

    async fn connect(self, to: Endpoint) -> io::Result<Self::Socket> {
        let socket = match &to.host {
            Host::Ip(ip) => Self::Socket::connect((*ip, to.port)).await?,
            Host::Name(name) => Self::Socket::connect((&**name, to.port)).await?,
        };
        socket.set_nodelay(true)?;
        Ok(socket)
    }

    async fn sleep_until(self, at: Mono) {
        match self.clock.instant(at) {
            Some(at) => drop(smol::Timer::at(at).await),
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
        // Without a pool nothing runs any more, this task neither.
        let _ = self.tasks.unbounded_send(Box::pin(f));
    }

    async fn unblock<T: Send + 'static>(self, f: impl FnOnce() -> T + Send + 'static) -> T {
        smol::unblock(f).await
    }

    async fn open(self, path: PathBuf, mode: Mode) -> io::Result<Self::File> {
        File::open(self, path, mode).await
    }
}

/// Puts what the runtime is given into the pool.
async fn feed(spawner: LocalSpawner, mut tasks: UnboundedReceiver<BoxFuture<'static, ()>>) {
    while let Some(task) = tasks.next().await {
        if spawner.spawn_local(task).is_err() {
            return; // the pool is gone
        }
    }
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start()?;
    let (runtime, tasks) = Local::new();
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    spawner.spawn_local(feed(spawner.clone(), tasks))?;

    let builder = Client::builder(sandbox.api_id(), sandbox.api_hash()).network(sandbox.network());
    let (client, driver) = builder.with_driver(runtime.clone())?;
    runtime.spawn(driver);

    let code = sandbox.code();
    pool.run_until(async {
        client.connect().await?;
        let start = Start::new().phone("+9996624001").code(code);
        let me = client.start(start.first_name("Solo")).await?;
        println!("signed in as {} on one thread", me.id);
        let note = client
            .send_message("me", "I do **everything** myself.")
            .await?;
        println!("sent message {}: {}", note.id(), note.text());
        client.disconnect().await;
        Ok(())
    })
}

//! The only place where the engine meets a runtime.
//!
//! A [`Driver`] is one future per account. It carries commands from the clients into the [`Engine`], moves bytes between
//! the engine and its sockets, runs its jobs and store calls off the executor, sleeps until its next deadline, and hands
//! results back. It decides nothing.

mod run;
mod store;
#[cfg(test)]
mod tests;
mod wire;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use futures::future::BoxFuture;

use crate::client::handle::{Command, Shared, lock};
use crate::config::Config;
use crate::engine::Engine;
use crate::error::StoreError;
use crate::runtime::Runtime;
use crate::session::{Session, SessionStore};

use run::Run;

/// Does the work of a [`Client`](crate::client::Client): a future to be spawned, or polled beside one's own.
///
/// It completes when the last client is gone and everything is stored. Dropping it ends every future of its clients with
/// [`Error::Disconnected`](crate::Error::Disconnected).
#[must_use = "nothing happens unless the driver is polled"]
pub struct Driver<R: Runtime> {
    runtime: R,
    shared: Arc<Shared>,
    phase: Phase<R>,
}

enum Phase<R: Runtime> {
    /// The session is being read; it makes the engine.
    Load(BoxFuture<'static, Loaded>, Option<Box<Config>>),
    Run(Box<Run<R>>),
    /// The session could not be read, and every command is answered with the reason.
    Broken(StoreError),
    /// The last client is gone, and the store is being closed.
    Close(BoxFuture<'static, ()>),
    Done,
}

type Loaded = (Box<dyn SessionStore>, Result<Session, StoreError>);

// Nothing in here is ever pinned in place: futures are boxed and sockets are `Unpin`.
impl<R: Runtime> Unpin for Driver<R> {}

impl<R: Runtime> Driver<R> {
    pub(crate) fn new(
        runtime: R,
        mut store: Box<dyn SessionStore>,
        config: Config,
        shared: Arc<Shared>,
    ) -> Self {
        let load = runtime.clone().unblock(move || {
            let session = store.load();
            (store, session)
        });
        Self {
            runtime,
            shared,
            phase: Phase::Load(Box::pin(load), Some(Box::new(config))),
        }
    }

    /// Makes the engine out of what was loaded.
    fn start(&self, (store, session): Loaded, config: Option<Box<Config>>) -> Phase<R> {
        let (session, config) = match (session, config) {
            (Ok(session), Some(config)) => (session, config),
            (Err(error), _) => return Phase::Broken(error),
            (Ok(_), None) => return Phase::Done,
        };
        lock(&self.shared.user).clone_from(&session.user);
        let key = session.home.and_then(|dc| session.keys.get(&dc));
        let unnamed = key.is_some() && session.user.is_none();
        self.shared.unnamed.store(unnamed, Ordering::Relaxed);
        let save_peers = config.save_entities;
        let engine = Engine::new(*config, session, self.runtime.now(), self.runtime.seed());
        let (runtime, shared) = (self.runtime.clone(), Arc::clone(&self.shared));
        Phase::Run(Box::new(Run::new(
            runtime, shared, engine, store, save_peers,
        )))
    }
}

impl<R: Runtime> Future for Driver<R> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        this.shared.register(cx.waker());
        loop {
            let next = match &mut this.phase {
                Phase::Load(loading, config) => {
                    let loaded = std::task::ready!(loading.as_mut().poll(cx));
                    let config = config.take();
                    this.start(loaded, config)
                }
                Phase::Run(run) => {
                    let mut store = std::task::ready!(run.poll(cx));
                    let close = this.runtime.clone().unblock(move || close(&mut *store));
                    Phase::Close(Box::pin(close))
                }
                Phase::Broken(error) => {
                    for command in this.shared.take_commands() {
                        refuse(command, error);
                    }
                    if !this.shared.is_abandoned() {
                        return Poll::Pending;
                    }
                    Phase::Done
                }
                Phase::Close(closing) => {
                    std::task::ready!(closing.as_mut().poll(cx));
                    Phase::Done
                }
                Phase::Done => return Poll::Ready(()),
            };
            this.phase = next;
        }
    }
}

impl<R: Runtime> Drop for Driver<R> {
    fn drop(&mut self) {
        // First the queue, then whatever holds replies: a future that ends finds the driver gone.
        self.shared.close();
        self.phase = Phase::Done;
    }
}

impl<R: Runtime> fmt::Debug for Driver<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.phase {
            Phase::Load(..) => "loading the session",
            Phase::Run(_) => "running",
            Phase::Broken(_) => "without a session",
            Phase::Close(_) => "closing the session",
            Phase::Done => "done",
        };
        write!(f, "Driver({phase})")
    }
}

/// Releases a store that is not needed, or not for now.
fn close(store: &mut dyn SessionStore) {
    if let Err(error) = store.close() {
        tracing::error!(%error, "the session could not be closed");
    }
}

/// Answers a command with the reason why there is no session.
fn refuse(command: Command, error: &StoreError) {
    // Whoever asked may have stopped waiting; commands without a place for the reason end as disconnected.
    match command {
        Command::Connect(reply) => drop(reply.send(Err(error.clone().into()))),
        Command::Invoke { reply, .. } => drop(reply.send(Err(error.clone().into()))),
        Command::Store(_, Some(reply)) => drop(reply.send(Err(error.clone()))),
        Command::Find(_, reply) => drop(reply.send(Err(error.clone()))),
        Command::SentFile(_, reply) => drop(reply.send(Err(error.clone()))),
        Command::Session(reply) => drop(reply.send(Err(error.clone()))),
        Command::Contents(reply) => drop(reply.send(Err(error.clone()))),
        Command::Delete(reply) => drop(reply.send(Err(error.clone()))),
        Command::Disconnect(reply) | Command::MoveHome(_, reply) => drop(reply.send(())),
        Command::Sleep(..)
        | Command::Forget(_)
        | Command::Store(_, None)
        | Command::Confirm(_)
        | Command::CatchUp(_)
        | Command::FloodThreshold(_) => {}
    }
}

//! A driver at work: commands and bytes into the engine, and what it wants out of it.

mod session;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;

use super::store::{Op, StoreQueue};
use super::wire::Wire;
use crate::client::handle::{Command, Reply, Shared, Ticket, lock};
use crate::engine::{Answer, Engine, LinkEvent, Output, RequestId, State, TaskId, TimerId, Value};
use crate::error::{Error, StoreError};
use crate::runtime::Runtime;
use crate::session::SessionStore;
use crate::time::{Mono, Now};

/// How many rounds one poll makes before it lets the executor's other tasks run.
const ROUNDS_PER_POLL: usize = 32;

/// How many updates lie ready for consumers that have not taken them yet, at most.
const UPDATES_READY: usize = 64;

/// Everything a driver holds while its engine runs.
pub(super) struct Run<R: Runtime> {
    runtime: R,
    shared: Arc<Shared>,
    engine: Engine,
    save_peers: bool,
    wires: Vec<Wire<R::Socket>>,
    store: StoreQueue<R>,
    jobs: FuturesUnordered<BoxFuture<'static, Answer>>,
    timer: Option<(Mono, BoxFuture<'static, ()>)>,
    requests: HashMap<RequestId, (Ticket, Reply<Result<Value, Error>>)>,
    sleepers: HashMap<TimerId, (Ticket, Reply<()>)>,
    tickets: HashMap<Ticket, Named>,
    storing: HashMap<TaskId, Reply<Result<(), StoreError>>>,
    connecting: Vec<Reply<Result<(), Error>>>,
    leaving: Vec<Reply<()>>,
    catching_up: Vec<Reply<()>>,
    abandoned: bool,
}

/// What a ticket became.
#[derive(Clone, Copy)]
enum Named {
    Request(RequestId),
    Timer(TimerId),
}

impl<R: Runtime> Run<R> {
    pub(super) fn new(
        runtime: R,
        shared: Arc<Shared>,
        engine: Engine,
        store: Box<dyn SessionStore>,
        save_peers: bool,
    ) -> Self {
        Self {
            store: StoreQueue::new(runtime.clone(), store),
            runtime,
            shared,
            engine,
            save_peers,
            wires: Vec::new(),
            jobs: FuturesUnordered::new(),
            timer: None,
            requests: HashMap::new(),
            sleepers: HashMap::new(),
            tickets: HashMap::new(),
            storing: HashMap::new(),
            connecting: Vec::new(),
            leaving: Vec::new(),
            catching_up: Vec::new(),
            abandoned: false,
        }
    }

    /// Works until nothing moves. Ready, with the store, when the last client is gone and everything is stored.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Box<dyn SessionStore>> {
        for _ in 0..ROUNDS_PER_POLL {
            let moved = self.round(cx);
            if let Some(store) = self.finished() {
                return Poll::Ready(store);
            }
            if !moved {
                self.arm();
                assert!(
                    !self.engine.is_watched()
                        || self.engine.poll_timeout().is_some()
                        || !self.engine.has_work(),
                    "work is pending, but the engine waits for nothing"
                );
                if self.timer.is_none() || !self.timer_is_due(cx) {
                    return Poll::Pending;
                }
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// One round: everything in, then everything out. Returns whether anything moved.
    fn round(&mut self, cx: &mut Context<'_>) -> bool {
        let now = self.runtime.now();
        let mut moved = self.take_commands(now);
        moved |= self.read(cx, now);
        while let Poll::Ready(Some(answer)) = self.jobs.poll_next_unpin(cx) {
            self.engine.handle_answer(now, answer);
            moved = true;
        }
        for answer in self.store.poll(cx) {
            self.answer_store(now, answer);
            moved = true;
        }
        if self.engine.poll_timeout().is_some_and(|at| at <= now.mono) {
            self.engine.handle_timeout(now);
            moved = true;
        }
        loop {
            let out = self.drain(now) | self.write(cx, now);
            if !out {
                break;
            }
            moved = true;
        }
        moved |= self.hand_out_updates();
        moved | self.settle()
    }

    fn take_commands(&mut self, now: Now) -> bool {
        let commands: VecDeque<Command> = self.shared.take_commands();
        let mut moved = !commands.is_empty();
        for command in commands {
            self.carry_out(now, command);
        }
        if self.shared.is_abandoned() && !self.abandoned {
            self.abandoned = true;
            self.engine.disconnect(now);
            moved = true;
        }
        let waited_for = !self.shared.router.is_empty();
        self.engine
            .set_consumer(waited_for || self.shared.has_consumer());
        moved
    }

    fn carry_out(&mut self, now: Now, command: Command) {
        match command {
            Command::Connect(reply) => {
                self.engine.connect(now);
                self.connecting.push(reply);
            }
            Command::Disconnect(reply) => {
                self.engine.disconnect(now);
                self.leaving.push(reply);
            }
            Command::Invoke {
                ticket,
                mut request,
                after,
                reply,
            } => {
                if let Some(Named::Request(id)) = after.and_then(|a| self.tickets.get(&a)) {
                    request.after = Some(*id);
                }
                let id = self.engine.invoke(now, request);
                self.requests.insert(id, (ticket, reply));
                self.tickets.insert(ticket, Named::Request(id));
            }
            Command::Sleep(ticket, d, reply) => {
                let id = self.engine.sleep(now, d);
                self.sleepers.insert(id, (ticket, reply));
                self.tickets.insert(ticket, Named::Timer(id));
            }
            Command::Forget(ticket) => match self.tickets.remove(&ticket) {
                Some(Named::Request(id)) => {
                    self.requests.remove(&id);
                    self.engine.forget(now, id);
                }
                Some(Named::Timer(id)) => {
                    self.sleepers.remove(&id);
                    self.engine.wake(id);
                }
                None => {}
            },
            Command::Store(changes, reply) => {
                let task = self.engine.store(now, changes);
                if let Some(reply) = reply {
                    self.storing.insert(task, reply);
                }
            }
            Command::Find(key, reply) => self.store.push(Op::Find(key, reply)),
            Command::SentFile(key, reply) => self.store.push(Op::SentFile(key, reply)),
            Command::Session(reply) => self.read_store(now, Op::Load(reply)),
            Command::Contents(reply) => self.read_store(now, Op::Contents(reply)),
            Command::Delete(reply) => {
                self.engine.forget_account(now);
                // What is still to be stored comes before, or it would outlive the account.
                self.drain(now);
                lock(&self.shared.user).take();
                lock(&self.shared.peers).clear();
                self.store.push(Op::Delete(reply));
            }
            Command::Confirm(id) => self.engine.confirm(id),
            Command::CatchUp(reply) => {
                self.engine.catch_up(now);
                self.catching_up.push(reply);
            }
            Command::FloodThreshold(d) => self.engine.set_flood_sleep_threshold(d),
            Command::MoveHome(dc, reply) => {
                self.engine.sign_in_at(now, dc);
                let _ = reply.send(());
            }
        }
    }

    /// Carries out what the engine wants done.
    fn drain(&mut self, now: Now) -> bool {
        let mut moved = false;
        while let Some(output) = self.engine.poll_output(now) {
            moved = true;
            match output {
                Output::Connect(link, to) => {
                    let connecting = self.runtime.clone().connect(to);
                    self.wires.push(Wire::new(link, Box::pin(connecting)));
                }
                Output::Close(link) => self.wires.retain(|w| w.link != link),
                Output::Result(id, result) => {
                    if let Some((ticket, reply)) = self.requests.remove(&id) {
                        self.tickets.remove(&ticket);
                        let _ = reply.send(result);
                    }
                }
                Output::Woke(id) => {
                    if let Some((ticket, reply)) = self.sleepers.remove(&id) {
                        self.tickets.remove(&ticket);
                        let _ = reply.send(());
                    }
                }
                Output::Store(task, changes) => self.push_store(now, task, changes),
                Output::Find(task, key) => self.store.push(Op::Lookup(task, key)),
                Output::Work(task, job) => {
                    let working = self
                        .runtime
                        .clone()
                        .unblock(move || Answer::Worked(task, job.run()));
                    self.jobs.push(Box::pin(working));
                }
                Output::State(state) => self.shared.set_state(state),
                // Whoever wants every message hears of it by an event; the engine has logged it.
                Output::Lapse(_) => {}
                // Of use to embedders; no method of the client needs it yet.
                Output::Config(_) => {}
            }
        }
        moved
    }

    fn read(&mut self, cx: &mut Context<'_>, now: Now) -> bool {
        self.each_wire(now, |wire, engine| wire.read(cx, now, engine))
    }

    fn write(&mut self, cx: &mut Context<'_>, now: Now) -> bool {
        self.each_wire(now, |wire, engine| wire.write(cx, now, engine))
    }

    /// Takes a step with every connection, and gives up those that break at it. Returns whether anything moved.
    fn each_wire(
        &mut self,
        now: Now,
        mut step: impl FnMut(&mut Wire<R::Socket>, &mut Engine) -> Result<bool, String>,
    ) -> bool {
        let mut moved = false;
        let engine = &mut self.engine;
        self.wires.retain_mut(|wire| match step(wire, engine) {
            Ok(some) => {
                moved |= some;
                true
            }
            Err(why) => {
                moved = true;
                engine.handle_link(now, wire.link, LinkEvent::Lost(why));
                false
            }
        });
        moved
    }

    fn hand_out_updates(&mut self) -> bool {
        let mut moved = false;
        for _ in 0..UPDATES_READY {
            // Whoever waits for an answer gets it at once, even if all handlers are busy; the engine bounds how many
            // updates may lie unconfirmed.
            if !self.shared.wants_update() && self.shared.router.is_empty() {
                break;
            }
            let Some((id, update)) = self.engine.poll_update() else {
                break;
            };
            let update = Arc::new(update);
            self.shared.router.offer(&update);
            if self.shared.has_consumer() {
                if let Some(old) = self.shared.make_way() {
                    self.engine.give_way(old);
                }
                self.shared.deliver(id, update);
            } else {
                self.engine.confirm(id);
            }
            moved = true;
        }
        moved
    }

    /// Answers those who wait for the connection to stand, or to be gone. Returns whether there is more to do first.
    fn settle(&mut self) -> bool {
        if !self.catching_up.is_empty() && !self.engine.is_catching_up() {
            self.catching_up.drain(..).for_each(|reply| {
                let _ = reply.send(());
            });
        }
        match self.engine.state() {
            // Somebody has connected since, so that end is over.
            State::Connecting => self.answer_leaving(),
            State::Ready => {
                self.answer_leaving();
                self.connecting.drain(..).for_each(|reply| {
                    let _ = reply.send(Ok(()));
                });
            }
            State::Ended(why) => {
                let why = why.as_ref().unwrap_or(&Error::Disconnected);
                for reply in self.connecting.drain(..) {
                    let _ = reply.send(Err(why.clone()));
                }
                if !self.leaving.is_empty() && self.store.is_idle() && !self.engine.has_tasks() {
                    // Whoever has disconnected may hand the session on, or open it again.
                    if self.store.release() {
                        return true;
                    }
                    self.answer_leaving();
                }
            }
        }
        false
    }

    fn answer_leaving(&mut self) {
        for reply in self.leaving.drain(..) {
            let _ = reply.send(());
        }
    }

    fn finished(&mut self) -> Option<Box<dyn SessionStore>> {
        let ended = self.abandoned && matches!(self.engine.state(), State::Ended(_));
        if ended && !self.engine.has_tasks() {
            self.store.take()
        } else {
            None
        }
    }

    /// Makes sure that a timer wakes the driver in time. One that comes too early does no harm, so it is kept.
    fn arm(&mut self) {
        let Some(at) = self.engine.poll_timeout() else {
            self.timer = None;
            return;
        };
        if self.timer.as_ref().is_none_or(|(armed, _)| at < *armed) {
            self.timer = Some((at, Box::pin(self.runtime.clone().sleep_until(at))));
        }
    }

    fn timer_is_due(&mut self, cx: &mut Context<'_>) -> bool {
        let Some((_, timer)) = &mut self.timer else {
            return false;
        };
        let due = timer.as_mut().poll(cx).is_ready();
        if due {
            self.timer = None;
        }
        due
    }
}

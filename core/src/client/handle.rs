//! What clients and their driver share, and how each waits for the other.

mod wait;

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use futures::channel::oneshot;
use futures::task::AtomicWaker;

use crate::client::cache::PeerCache;
use crate::client::router::Router;
use crate::dc::DcId;
use crate::engine::{Request, State, UpdateId, Value};
use crate::error::{Error, StoreError};
use crate::peers::{PeerKey, PeerRecord};
use crate::session::{SelfUser, SentFile, SentFileKey, Session, SessionChange};
use crate::updates::Update;
use crate::updates::outbox::MAX_BACKLOG;

use wait::{Answer, Ended, NextUpdate, Waiting, Wakers};

/// When so many updates lie ready, something is wrong: the engine holds no more than twice as many.
const MANY_READY: usize = MAX_BACKLOG / 2;

/// The lock's content; a panic elsewhere while it was held does not matter for values that are replaced whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where an answer goes; a dropped one tells whoever waits that the driver is gone.
pub(crate) type Reply<T> = oneshot::Sender<T>;

/// Names a request or timer before the engine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ticket(u64);

/// What clients ask of their driver.
pub(crate) enum Command {
    Connect(Reply<Result<(), Error>>),
    Disconnect(Reply<()>),
    Invoke {
        ticket: Ticket,
        request: Request,
        /// The one before it, where the order on the server matters.
        after: Option<Ticket>,
        reply: Reply<Result<Value, Error>>,
    },
    Sleep(Ticket, Duration, Reply<()>),
    /// Nobody waits for that request or timer any more.
    Forget(Ticket),
    Store(Vec<SessionChange>, Option<Reply<Result<(), StoreError>>>),
    Find(PeerKey, Reply<Result<Option<PeerRecord>, StoreError>>),
    SentFile(SentFileKey, Reply<Result<Option<SentFile>, StoreError>>),
    Session(Reply<Result<Session, StoreError>>),
    Contents(Reply<Result<Vec<SessionChange>, StoreError>>),
    Delete(Reply<Result<bool, StoreError>>),
    Confirm(UpdateId),
    FloodThreshold(Duration),
    /// Fetch what was missed; answered when it is there.
    CatchUp(Reply<()>),
    /// The account lives in that data centre. Not once somebody is signed in.
    MoveHome(DcId, Reply<()>),
}

/// What the clients and the driver of one account share.
pub(crate) struct Shared {
    queue: Mutex<Queue>,
    driver: AtomicWaker,
    tickets: AtomicU64,
    abandoned: AtomicBool,
    life: Mutex<Life>,
    updates: Mutex<Updates>,
    pub(crate) router: Router,
    pub(crate) peers: Mutex<PeerCache>,
    pub(crate) user: Mutex<Option<SelfUser>>,
    /// The session came with a key and without the name of whoever may be signed in.
    pub(crate) unnamed: AtomicBool,
    pub(crate) store_failure: Mutex<Option<StoreError>>,
}

#[derive(Default)]
struct Queue {
    commands: VecDeque<Command>,
    /// The driver is gone, and every command is dropped unread.
    closed: bool,
}

/// The last state that the engine reported, and who waits for its end.
#[derive(Default)]
struct Life {
    state: Option<State>,
    /// The connection stood once, and was not given up since.
    connected: bool,
    wakers: Wakers,
}

/// Updates on their way from the driver to their consumers.
#[derive(Default)]
struct Updates {
    ready: VecDeque<(UpdateId, Arc<Update>)>,
    /// How many futures wait for one.
    wanted: usize,
    wakers: Wakers,
    /// Somebody has asked at least once, or is about to.
    consumer: bool,
    /// Somebody has asked at least once.
    asked: bool,
}

impl Shared {
    /// `peers`: what the peers held in memory may weigh.
    pub(crate) fn new(peers: usize) -> Self {
        Self {
            queue: Mutex::default(),
            driver: AtomicWaker::new(),
            tickets: AtomicU64::new(0),
            abandoned: AtomicBool::new(false),
            life: Mutex::default(),
            updates: Mutex::default(),
            router: Router::default(),
            peers: Mutex::new(PeerCache::new(peers)),
            user: Mutex::default(),
            unnamed: AtomicBool::new(false),
            store_failure: Mutex::default(),
        }
    }
}

/// The clients' side.
impl Shared {
    /// Queues a command. If the driver is gone it is dropped, and with it its reply.
    pub(crate) fn push(&self, command: Command) {
        {
            let mut queue = lock(&self.queue);
            if queue.closed {
                return;
            }
            queue.commands.push_back(command);
        }
        self.driver.wake();
    }

    /// Whether the connection stands or is being made again.
    pub(crate) fn is_connected(&self) -> bool {
        lock(&self.life).connected
    }

    /// Somebody is going to ask for updates: what comes until then is kept.
    pub(crate) fn expect_updates(&self) {
        lock(&self.updates).consumer = true;
        self.driver.wake();
    }

    /// Queues a command and waits for its reply.
    pub(crate) async fn ask<T>(
        &self,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.push(command(reply));
        answer.await.map_err(|_| Error::Disconnected)
    }

    /// Queues a request and waits for its answer.
    pub(crate) fn request(self: &Arc<Self>, request: Request) -> Answer {
        self.invoke(request, None)
    }

    /// Queues requests, which run on the server one after the other if they are ordered.
    pub(crate) fn several(self: &Arc<Self>, requests: Vec<Request>, ordered: bool) -> Vec<Answer> {
        let mut answers: Vec<Answer> = Vec::with_capacity(requests.len());
        for request in requests {
            let after = answers.last().map(|a| a.waiting.ticket).filter(|_| ordered);
            answers.push(self.invoke(request, after));
        }
        answers
    }

    /// Waits that long on the engine's clock; returns at once when the driver is gone.
    pub(crate) async fn sleep(self: &Arc<Self>, d: Duration) {
        let (ticket, (reply, answer)) = (self.ticket(), oneshot::channel());
        self.push(Command::Sleep(ticket, d, reply));
        let waiting = Waiting::new(self, ticket);
        let _ = answer.await;
        waiting.done();
    }

    /// The next update; see [`Client::next_update`](crate::client::Client::next_update).
    pub(crate) fn next_update(&self) -> NextUpdate<'_> {
        NextUpdate::new(self)
    }

    /// Waits for the end of the connection.
    pub(crate) fn ended(&self) -> Ended<'_> {
        Ended::new(self)
    }

    /// The last state that the engine reported; `None` before the first attempt to connect.
    pub(crate) fn state(&self) -> Option<State> {
        lock(&self.life).state.clone()
    }

    /// Has the driver look at what changed.
    pub(crate) fn nudge(&self) {
        self.driver.wake();
    }

    /// The last handle is gone.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Release);
        self.driver.wake();
    }

    fn invoke(self: &Arc<Self>, request: Request, after: Option<Ticket>) -> Answer {
        let (ticket, (reply, answer)) = (self.ticket(), oneshot::channel());
        self.push(Command::Invoke {
            ticket,
            request,
            after,
            reply,
        });
        Answer {
            answer,
            waiting: Waiting::new(self, ticket),
        }
    }

    fn ticket(&self) -> Ticket {
        Ticket(self.tickets.fetch_add(1, Ordering::Relaxed))
    }
}

/// The driver's side.
impl Shared {
    /// Whom to wake when there is a command or somebody wants an update.
    pub(crate) fn register(&self, waker: &Waker) {
        self.driver.register(waker);
    }

    pub(crate) fn take_commands(&self) -> VecDeque<Command> {
        std::mem::take(&mut lock(&self.queue).commands)
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    pub(crate) fn set_state(&self, state: State) {
        let ended = matches!(state, State::Ended(_));
        let wakers = {
            let mut life = lock(&self.life);
            life.connected = match state {
                State::Ready => true,
                State::Connecting => life.connected,
                State::Ended(_) => false,
            };
            life.state = Some(state);
            ended.then(|| life.wakers.take())
        };
        let Some(wakers) = wakers else { return };
        wakers.for_each(Waker::wake);
        let wakers = lock(&self.updates).wakers.take();
        wakers.for_each(Waker::wake);
    }

    /// Whether anybody has ever asked for updates, or is about to.
    pub(crate) fn has_consumer(&self) -> bool {
        lock(&self.updates).consumer
    }

    /// Whether more updates are asked for than lie ready.
    pub(crate) fn wants_update(&self) -> bool {
        let updates = lock(&self.updates);
        updates.wanted > updates.ready.len()
    }

    /// What gives way to what comes: with handlers that nobody runs, what lies ready must not keep conversations from hearing
    /// of anything.
    pub(crate) fn make_way(&self) -> Option<UpdateId> {
        let mut updates = lock(&self.updates);
        let stale = !updates.asked && updates.ready.len() >= MANY_READY;
        let (id, _) = stale.then(|| updates.ready.pop_front()).flatten()?;
        Some(id)
    }

    pub(crate) fn deliver(&self, id: UpdateId, update: Arc<Update>) {
        let wakers = {
            let mut updates = lock(&self.updates);
            updates.ready.push_back((id, update));
            if updates.ready.len() == MANY_READY {
                tracing::warn!(
                    "{MANY_READY} updates wait for handlers; unless run_until_disconnected() takes them, the oldest give way"
                );
            }
            updates.wakers.take()
        };
        wakers.for_each(Waker::wake);
    }

    /// The driver is gone: everything that waits ends.
    pub(crate) fn close(&self) {
        let dropped = {
            let mut queue = lock(&self.queue);
            queue.closed = true;
            std::mem::take(&mut queue.commands)
        };
        drop(dropped);
        if !matches!(self.state(), Some(State::Ended(_))) {
            self.set_state(State::Ended(Some(Error::Disconnected)));
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

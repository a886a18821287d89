//! The leaf futures: what clients and their driver share, and how each waits for the other.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
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
    wakers: Vec<Waker>,
}

/// Updates on their way from the driver to their consumers.
#[derive(Default)]
struct Updates {
    ready: VecDeque<(UpdateId, Arc<Update>)>,
    /// How many futures wait for one.
    wanted: usize,
    wakers: Vec<Waker>,
    /// Somebody has asked at least once, or is about to.
    consumer: bool,
}

impl Shared {
    pub(crate) fn new() -> Self {
        Self {
            queue: Mutex::default(),
            driver: AtomicWaker::new(),
            tickets: AtomicU64::new(0),
            abandoned: AtomicBool::new(false),
            life: Mutex::default(),
            updates: Mutex::default(),
            router: Router::default(),
            peers: Mutex::new(PeerCache::new()),
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

    /// Queues requests that run on the server one after the other.
    pub(crate) fn ordered(self: &Arc<Self>, requests: Vec<Request>) -> Vec<Answer> {
        let mut answers: Vec<Answer> = Vec::with_capacity(requests.len());
        for request in requests {
            let after = answers.last().map(|a| a.waiting.ticket);
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
        NextUpdate {
            shared: self,
            counted: false,
        }
    }

    /// Waits for the end of the connection.
    pub(crate) fn ended(&self) -> Ended<'_> {
        Ended(self)
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
            if ended {
                std::mem::take(&mut life.wakers)
            } else {
                Vec::new()
            }
        };
        wake(wakers);
        if ended {
            let wakers = std::mem::take(&mut lock(&self.updates).wakers);
            wake(wakers);
        }
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

    pub(crate) fn deliver(&self, id: UpdateId, update: Arc<Update>) {
        let wakers = {
            let mut updates = lock(&self.updates);
            updates.ready.push_back((id, update));
            std::mem::take(&mut updates.wakers)
        };
        wake(wakers);
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

/// Waits for the answer to a request; dropping it withdraws the request.
pub(crate) struct Answer {
    answer: oneshot::Receiver<Result<Value, Error>>,
    waiting: Waiting,
}

impl Future for Answer {
    type Output = Result<Value, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = std::task::ready!(Pin::new(&mut self.answer).poll(cx));
        self.waiting.open = false;
        Poll::Ready(answer.unwrap_or(Err(Error::Disconnected)))
    }
}

/// Tells the driver if nobody waits any more.
struct Waiting {
    shared: Arc<Shared>,
    ticket: Ticket,
    open: bool,
}

impl Waiting {
    fn new(shared: &Arc<Shared>, ticket: Ticket) -> Self {
        Self {
            shared: Arc::clone(shared),
            ticket,
            open: true,
        }
    }

    fn done(mut self) {
        self.open = false;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.open {
            self.shared.push(Command::Forget(self.ticket));
        }
    }
}

/// Waits for an update. While it exists the driver keeps one ready for it.
pub(crate) struct NextUpdate<'a> {
    shared: &'a Shared,
    counted: bool,
}

impl Future for NextUpdate<'_> {
    type Output = Option<(UpdateId, Arc<Update>)>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut updates = lock(&self.shared.updates);
        // Read under the lock, or the wake-up of an end in between would be missed.
        let ended = matches!(self.shared.state(), Some(State::Ended(_)));
        if let Some(update) = updates.ready.pop_front() {
            if std::mem::take(&mut self.counted) {
                updates.wanted -= 1;
            }
            return Poll::Ready(Some(update));
        }
        if ended {
            return Poll::Ready(None);
        }
        note(&mut updates.wakers, cx.waker());
        if !self.counted {
            updates.consumer = true;
            updates.wanted += 1;
            drop(updates);
            self.counted = true;
            self.shared.driver.wake();
        }
        Poll::Pending
    }
}

impl Drop for NextUpdate<'_> {
    fn drop(&mut self) {
        if self.counted {
            lock(&self.shared.updates).wanted -= 1;
        }
    }
}

/// Waits until the connection has ended.
pub(crate) struct Ended<'a>(&'a Shared);

impl Future for Ended<'_> {
    type Output = Result<(), Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut life = lock(&self.0.life);
        match &life.state {
            None | Some(State::Ended(None)) => Poll::Ready(Ok(())),
            Some(State::Ended(Some(why))) => Poll::Ready(Err(why.clone())),
            Some(State::Ready | State::Connecting) => {
                note(&mut life.wakers, cx.waker());
                Poll::Pending
            }
        }
    }
}

/// Adds a waker unless it is there already.
pub(crate) fn note(wakers: &mut Vec<Waker>, waker: &Waker) {
    if !wakers.iter().any(|w| w.will_wake(waker)) {
        wakers.push(waker.clone());
    }
}

fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}

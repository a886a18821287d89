//! Handlers, and the loop that runs them.

#[cfg(test)]
mod tests;

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::{BoxFuture, Either, select};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::{FutureExt, pin_mut};

use crate::client::Client;
use crate::client::handle::lock;
use crate::engine::UpdateId;
use crate::error::Error;
use crate::events::{EventBuilder, HandlerError, Outcome, Verdict};
use crate::updates::Update;

/// How many updates are handled at the same time; more wait in the engine.
const CONCURRENT: usize = 64;

impl Client {
    /// Registers a handler for the events that `events` describes. Handlers run while
    /// [`Client::run_until_disconnected`] does, in the order in which they were registered; they may be registered before
    /// connecting, while it runs, and from inside a handler. What comes between registering and running waits for them.
    ///
    /// A handler is a function that takes the event and returns a future. An error or a panic in it is logged and the
    /// next handler runs; [`StopPropagation`](crate::events::StopPropagation) keeps the next ones from running.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::events::NewMessage;
    ///
    /// client.on(NewMessage::new().incoming(), |event| async move {
    ///     event.reply(format!("You said: {}", event.text())).await.map(drop)
    /// });
    /// client.run_until_disconnected().await
    /// # }
    /// ```
    pub fn on<B, F, T>(&self, events: B, handler: F) -> HandlerId
    where
        B: EventBuilder,
        F: Fn(B::Event) -> T + Send + Sync + 'static,
        T: Future<Output: Outcome> + Send + 'static,
    {
        let id = HandlerId(
            self.state()
                .handlers
                .next_id
                .fetch_add(1, Ordering::Relaxed),
        );
        let entry = Entry {
            id,
            name: B::NAME,
            handler: Arc::new(Handler {
                events,
                run: handler,
            }),
        };
        lock(&self.state().handlers.list).push(entry);
        self.shared().expect_updates();
        id
    }

    /// Removes a handler. Returns false if it was removed before. A run of it that has begun goes on.
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// use telewire_core::events::Raw;
    ///
    /// let id = client.on(Raw::new(), |event| async move { println!("{event:?}") });
    /// assert!(client.remove_handler(id));
    /// # }
    /// ```
    pub fn remove_handler(&self, id: HandlerId) -> bool {
        let mut list = lock(&self.state().handlers.list);
        let before = list.len();
        list.retain(|entry| entry.id != id);
        list.len() < before
    }

    /// The handlers in the order in which they run, each with the name of its events.
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// for (id, events) in client.list_handlers() {
    ///     println!("{id:?} hears of {events}");
    /// }
    /// # }
    /// ```
    pub fn list_handlers(&self) -> Vec<(HandlerId, &'static str)> {
        lock(&self.state().handlers.list)
            .iter()
            .map(|entry| (entry.id, entry.name))
            .collect()
    }

    /// Runs the handlers until the client is disconnected, by [`Client::disconnect`] or because the connection is lost for
    /// good; it is disconnected in any case when this returns.
    ///
    /// Several updates are handled at the same time, unless the client was built with `sequential_updates`. An update
    /// counts as taken when all its handlers have ended; one whose handlers were cut short comes again if the session
    /// catches up.
    ///
    /// # Errors
    /// Why the connection was lost. After [`Client::disconnect`] there is none.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// client.run_until_disconnected().await
    /// # }
    /// ```
    pub async fn run_until_disconnected(&self) -> Result<(), Error> {
        let most = if self.config().sequential_updates {
            1
        } else {
            CONCURRENT
        };
        let mut running = FuturesUnordered::new();
        loop {
            if running.len() >= most {
                running.next().await;
                continue;
            }
            let next = self.next_update();
            pin_mut!(next);
            let taken = if running.is_empty() {
                next.await
            } else {
                match select(next, running.next()).await {
                    Either::Left((taken, _)) => taken,
                    Either::Right(_) => continue,
                }
            };
            match taken {
                Some((id, update)) => running.push(self.handle(id, update)),
                None => break,
            }
        }
        let end = self.disconnected().await;
        self.disconnect().await;
        end
    }

    /// Gives an update to all handlers, one after the other.
    async fn handle(&self, id: UpdateId, update: Update) {
        // Handlers that come while it runs get the next one.
        let handlers = lock(&self.state().handlers.list).clone();
        for entry in handlers {
            // A panic in a handler, or in making its event, is its own affair.
            let run = AssertUnwindSafe(entry.handler.run(self, &update)).catch_unwind();
            match run.await {
                Ok(Verdict::Next) => {}
                Ok(Verdict::Stop) => break,
                Ok(Verdict::Failed(error)) => report(entry.name, &error),
                Err(_) => tracing::error!(events = entry.name, "a handler panicked"),
            }
        }
        self.confirm(id);
    }
}

/// Our own errors may quote names and phone numbers, which do not belong in logs; those of the user are theirs to word.
fn report(events: &'static str, error: &HandlerError) {
    match error.downcast_ref::<Error>() {
        // Another run of the same handler is having that conversation, and this one was not needed.
        Some(Error::AlreadyInConversation) => {
            tracing::debug!(events, "a conversation is open with that chat already");
        }
        Some(Error::ConversationCancelled) => {
            tracing::debug!(events, "a handler ended with its conversation");
        }
        Some(error) => tracing::warn!(events, error = %kind(error), "a handler failed"),
        None => tracing::warn!(events, %error, "a handler failed"),
    }
}

fn kind(error: &Error) -> &str {
    match error {
        Error::Rpc { error, .. } | Error::AccountEnded(error) => error.name(),
        Error::Transport(_) => "transport",
        Error::Protocol(_) | Error::Decode { .. } => "protocol",
        Error::Deadline { .. } => "deadline",
        Error::Disconnected => "disconnected",
        Error::OutcomeUnknown { .. } => "outcome unknown",
        Error::Store(_) => "session store",
        Error::NotFound(_) => "not found",
        Error::Misuse(_) => "misuse",
        Error::AlreadyInConversation => "already in a conversation",
        Error::ConversationCancelled => "conversation cancelled",
    }
}

/// Names a handler; see [`Client::on`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HandlerId(u64);

/// The handlers of a client.
#[derive(Default)]
pub(super) struct Handlers {
    next_id: AtomicU64,
    list: Mutex<Vec<Entry>>,
}

#[derive(Clone)]
struct Entry {
    id: HandlerId,
    name: &'static str,
    handler: Arc<dyn Run>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A handler of whatever event.
trait Run: Send + Sync {
    fn run<'a>(&'a self, client: &'a Client, update: &'a Update) -> BoxFuture<'a, Verdict>;
}

struct Handler<B, F> {
    events: B,
    run: F,
}

impl<B, F, T> Run for Handler<B, F>
where
    B: EventBuilder,
    F: Fn(B::Event) -> T + Send + Sync + 'static,
    T: Future<Output: Outcome> + Send + 'static,
{
    fn run<'a>(&'a self, client: &'a Client, update: &'a Update) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            if let Err(error) = self.events.resolve(client).await {
                return Verdict::Failed(error.into());
            }
            match self.events.build(client, update) {
                Some(event) => (self.run)(event).await.verdict(),
                None => Verdict::Next,
            }
        })
    }
}

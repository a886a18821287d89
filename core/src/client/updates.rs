//! Handlers, and the loop that runs them.

#[cfg(test)]
mod tests;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::future::{Either, select};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::{FutureExt, pin_mut};

use crate::client::Client;
use crate::client::handle::{Command, lock};
use crate::engine::{State, UpdateId};
use crate::error::Error;
use crate::events::{Built, EventBuilder, Handler, HandlerError, Outcome, Place, Verdict};
use crate::updates::Update;
use crate::updates::outbox::MAX_BACKLOG;

/// How many updates are handled at the same time; more wait in the engine. Handlers may wait for long, such as for an answer
/// in a conversation, and what they wait for has to find room beside them.
const CONCURRENT: usize = MAX_BACKLOG / 4;

impl Client {
    /// Registers a handler for the events that `events` describes. Handlers run while
    /// [`Client::run_until_disconnected`] does, in the order in which they were registered; they may be registered before
    /// connecting, while it runs, and from inside a handler. What comes between registering and running waits for them.
    ///
    /// A handler is a function that takes the event and returns a future. It may call any method of the client. An error or a
    /// panic in it is logged and the next handler runs; [`StopPropagation`](crate::events::StopPropagation) keeps the next ones
    /// from running.
    ///
    /// The handler that is returned is for [`Client::remove_event_handler`], or for other clients.
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
    pub fn on<B, F, T>(&self, events: B, handler: F) -> Handler
    where
        B: EventBuilder,
        F: Fn(B::Event) -> T + Send + Sync + 'static,
        T: Future<Output: Outcome> + Send + 'static,
    {
        let handler = Handler::new(events, handler);
        self.add_event_handler(&handler);
        handler
    }

    /// Registers a handler that was defined apart from any client, as [`Client::on`] does it. A handler that is registered
    /// twice runs twice. What is changed in `handler` later does not matter here any more.
    ///
    /// ```no_run
    /// # fn f(clients: Vec<telewire_core::Client>) {
    /// use telewire_core::events::Handler;
    ///
    /// let log = Handler::raw(|event| async move { println!("{event}") });
    /// for client in &clients {
    ///     client.add_event_handler(&log);
    /// }
    /// # }
    /// ```
    pub fn add_event_handler(&self, handler: &Handler) {
        lock(&self.state().handlers).extend(handler.places());
        self.shared().expect_updates();
    }

    /// Removes a handler and returns how many of its registrations were removed. [`Handler::only`] names a part of it. A run
    /// of it that has begun goes on.
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// use telewire_core::events::Raw;
    ///
    /// let handler = client.on(Raw::new(), |event| async move { println!("{event}") });
    /// assert_eq!(client.remove_event_handler(&handler), 1);
    /// # }
    /// ```
    pub fn remove_event_handler(&self, handler: &Handler) -> usize {
        let mut list = lock(&self.state().handlers);
        let before = list.len();
        // What a handler owns may use the client when it is dropped.
        let (removed, kept) = list.drain(..).partition(|place| handler.contains(place));
        *list = kept;
        let count = before - list.len();
        drop(list);
        drop::<Vec<Place>>(removed);
        count
    }

    /// The handlers in the order in which they run, each with one kind of events.
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// for handler in client.list_event_handlers() {
    ///     println!("somebody hears of {:?}", handler.list());
    /// }
    /// # }
    /// ```
    pub fn list_event_handlers(&self) -> Vec<Handler> {
        let list = lock(&self.state().handlers);
        list.iter().map(Place::handler).collect()
    }

    /// Runs the handlers until the client is disconnected, by [`Client::disconnect`] or because the connection is lost for
    /// good; it is disconnected in any case when this returns.
    ///
    /// Several updates are handled at the same time, unless the client was built with `sequential_updates`. An update
    /// counts as taken when all its handlers have ended; one whose handlers were cut short comes again if the session
    /// catches up. Handlers that are still at work when the client is disconnected are cut short where they wait; one that
    /// disconnects it itself, as the last thing it does, has ended.
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
        // A handler that has disconnected the client may go on now. What still waits is cut short.
        let before = running.len();
        while let Some(Some(())) = running.next().now_or_never() {}
        if running.len() < before {
            // What was taken is stored as well.
            self.disconnect().await;
        }
        end
    }

    /// Fetches what came while nobody was connected, and returns when it is there for the handlers. Its events say
    /// [`is_catch_up`](crate::events::RawEvent::is_catch_up).
    ///
    /// A client that was built with [`catch_up`](crate::client::Builder::catch_up) does so by itself. For others this begins
    /// where the session's last run ended, if it comes before the first update does, and else behind the last update. Nothing is
    /// fetched for a session that has never had an update.
    ///
    /// More than some hundreds of updates do not wait for handlers: if nobody takes them, it returns with the first part, and the
    /// rest is fetched as they are taken. If the connection is lost meanwhile, it returns as well; what is missing then is fetched
    /// when it stands again. See [`updates.getDifference`](https://core.telegram.org/method/updates.getDifference).
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// client.on(telewire_core::events::NewMessage::new(), |event| async move { println!("{}", event.text()) });
    /// client.connect().await?;
    /// client.catch_up().await;
    /// client.run_until_disconnected().await
    /// # }
    /// ```
    pub async fn catch_up(&self) {
        // The driver is gone, and the connection with it.
        let _ = self.shared().ask(Command::CatchUp).await;
    }

    /// Gives an update to all handlers, one after the other.
    async fn handle(&self, id: UpdateId, update: Arc<Update>) {
        // Handlers that come while it runs get the next one.
        let handlers = lock(&self.state().handlers).clone();
        let mut built = Built::default();
        for place in handlers {
            // A panic in a handler, or in making its event, is its own affair.
            let run = AssertUnwindSafe(place.run(self, &update, &mut built)).catch_unwind();
            match run.await {
                Ok(Verdict::Next) => {}
                Ok(Verdict::Stop) => break,
                // As good as cut short: it may be handled once more.
                Ok(Verdict::Failed(error)) if self.has_cut_short(&error) => return,
                Ok(Verdict::Failed(error)) => report(place.name(), &error),
                Err(_) => tracing::error!(events = place.name(), "a handler panicked"),
            }
        }
        self.confirm(id);
    }
}

impl Client {
    /// Whether a handler has failed because the client is disconnected.
    fn has_cut_short(&self, error: &HandlerError) -> bool {
        let ours = matches!(error.downcast_ref(), Some(Error::Disconnected));
        ours && matches!(self.shared().state(), Some(State::Ended(_)))
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
        Error::Rpc { error, .. }
        | Error::Unsuccessful { error, .. }
        | Error::AccountEnded(error) => error.name(),
        Error::Multi(_) => "several requests",
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

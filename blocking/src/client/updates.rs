//! Handlers, and the loop that runs them.

use telewire_core::Error;
use telewire_core::events::Outcome;

use crate::client::Client;
use crate::events::{Events, Handler};

impl Client {
    /// Registers a handler for the events that `events` describes. Handlers run while
    /// [`Client::run_until_disconnected`] does, in the order in which they were registered; they may be registered before
    /// connecting, while it runs, and from inside a handler.
    ///
    /// A handler is an ordinary function that takes the event; it may call any method of the client. It runs on a thread of a
    /// bounded pool, so that other events are handled meanwhile. An error or a panic in it is logged and the next handler runs;
    /// [`StopPropagation`](crate::events::StopPropagation) keeps the next ones from running.
    ///
    /// The handler that is returned is for [`Client::remove_event_handler`], or for other clients.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// use telewire_blocking::events::NewMessage;
    ///
    /// client.on(NewMessage::new().incoming(), |event| {
    ///     event.reply(format!("You said: {}", event.text())).map(drop)
    /// });
    /// client.run_until_disconnected()
    /// # }
    /// ```
    pub fn on<B, F, T>(&self, events: B, handler: F) -> Handler
    where
        B: Events,
        F: Fn(B::Blocking) -> T + Send + Sync + 'static,
        T: Outcome + Send + 'static,
    {
        let handler = Handler::new(events, handler);
        self.add_event_handler(&handler);
        handler
    }

    /// Registers a handler that was defined apart from any client, as [`Client::on`] does it. A handler that is registered
    /// twice runs twice. What is changed in `handler` later does not matter here any more.
    pub fn add_event_handler(&self, handler: &Handler) {
        self.as_async().add_event_handler(handler.as_async());
    }

    /// Removes a handler and returns how many of its registrations were removed. [`Handler::only`] names a part of it. A run
    /// of it that has begun goes on.
    pub fn remove_event_handler(&self, handler: &Handler) -> usize {
        self.as_async().remove_event_handler(handler.as_async())
    }

    /// The handlers in the order in which they run, each with one kind of events.
    pub fn list_event_handlers(&self) -> Vec<Handler> {
        let list = self.as_async().list_event_handlers();
        list.into_iter().map(Handler::wrap).collect()
    }

    /// Fetches what came while nobody was connected, and returns when it is there for the handlers. A client that was built with
    /// `catch_up` does so by itself. For others this begins where the session's last run ended, if it comes before the first
    /// update does, and else behind the last update.
    ///
    /// # Errors
    /// [`Error::Misuse`] on the thread that drives the connection.
    pub fn catch_up(&self) -> Result<(), Error> {
        self.finish(self.as_async().catch_up())
    }

    /// Runs the handlers until the client is disconnected, by [`Client::disconnect`] in a handler or another thread, or
    /// because the connection is lost for good; it is disconnected in any case when this returns.
    ///
    /// Several updates are handled at the same time, unless the client was built with `sequential_updates`. A handler that
    /// is still running then goes on to its end on its thread; its calls end with [`Error::Disconnected`].
    ///
    /// # Errors
    /// Why the connection was lost. After [`Client::disconnect`] there is none.
    pub fn run_until_disconnected(&self) -> Result<(), Error> {
        self.wait(self.as_async().run_until_disconnected())
    }
}

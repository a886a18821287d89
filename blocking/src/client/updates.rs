//! Handlers, and the loop that runs them.

use std::sync::Arc;

use telewire_core::Error;
use telewire_core::client::HandlerId;
use telewire_core::events::Outcome;

use crate::client::Client;
use crate::events::Events;

impl Client {
    /// Registers a handler for the events that `events` describes. Handlers run while
    /// [`Client::run_until_disconnected`] does, in the order in which they were registered; they may be registered before
    /// connecting, while it runs, and from inside a handler.
    ///
    /// A handler is an ordinary function that takes the event; it may call the client. It runs on a thread of a bounded
    /// pool, so that other events are handled meanwhile. An error or a panic in it is logged and the next handler runs;
    /// [`StopPropagation`](crate::events::StopPropagation) keeps the next ones from running.
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
    pub fn on<B, F, T>(&self, events: B, handler: F) -> HandlerId
    where
        B: Events,
        F: Fn(B::Blocking) -> T + Send + Sync + 'static,
        T: Outcome + Send + 'static,
    {
        let handler = Arc::new(handler);
        // A handler that held its client would keep it from ever being dropped.
        let life = Arc::downgrade(&self.life);
        self.as_async().on(events, move |event: B::Event| {
            let (handler, client) = (handler.clone(), life.upgrade().map(|life| Self { life }));
            async move {
                let client = client.ok_or(Error::Disconnected)?;
                let runtime = client.life.runtime();
                let event = B::wrap(&client, event);
                Ok::<T, Error>(runtime.handle(move || handler(event)).await)
            }
        })
    }

    /// Removes a handler. Returns false if it was removed before. A run of it that has begun goes on.
    pub fn remove_handler(&self, id: HandlerId) -> bool {
        self.as_async().remove_handler(id)
    }

    /// The handlers in the order in which they run, each with the name of its events.
    pub fn list_handlers(&self) -> Vec<(HandlerId, &'static str)> {
        self.as_async().list_handlers()
    }

    /// Runs the handlers until the client is disconnected, by [`Client::disconnect`] in a handler or another thread, or
    /// because the connection is lost for good; it is disconnected in any case when this returns.
    ///
    /// Several updates are handled at the same time, unless the client was built with `sequential_updates`.
    ///
    /// # Errors
    /// Why the connection was lost. After [`Client::disconnect`] there is none.
    pub fn run_until_disconnected(&self) -> Result<(), Error> {
        self.wait(self.as_async().run_until_disconnected())
    }
}

//! Handlers apart from any client.

use std::fmt;
use std::sync::Arc;

use telewire_core::Error;
use telewire_core::events::{self, Event, EventBuilder, Outcome, Raw};

use crate::client::Client;
use crate::events::{Events, RawEvent};

/// Functions with the events that they are for, apart from any client: define it once, and add it to as many clients as
/// needed with [`Client::add_event_handler`]. The twin of [`telewire_core::events::Handler`], for plain functions.
///
/// ```no_run
/// # fn f(client: telewire_blocking::Client, other: telewire_blocking::Client) {
/// use telewire_blocking::events::{Handler, MessageEdited, NewMessage};
///
/// let handler = Handler::new(NewMessage::new().incoming(), |event| println!("{}", event.text()))
///     .and(MessageEdited::new(), |event| println!("message {} says {} now", event.id(), event.text()));
/// client.add_event_handler(&handler);
/// other.add_event_handler(&handler);
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct Handler(events::Handler);

impl Handler {
    /// A function and the events that it is for; see [`Client::on`].
    #[must_use = "a handler does nothing until it is added to a client"]
    pub fn new<B, F, T>(events: B, function: F) -> Self
    where
        B: Events,
        F: Fn(B::Blocking) -> T + Send + Sync + 'static,
        T: Outcome + Send + 'static,
    {
        Self(events::Handler::new(events, run::<B, F, T>(function)))
    }

    /// A function for every update, as with [`Raw::new`].
    #[must_use = "a handler does nothing until it is added to a client"]
    pub fn raw<F, T>(function: F) -> Self
    where
        F: Fn(RawEvent) -> T + Send + Sync + 'static,
        T: Outcome + Send + 'static,
    {
        Self::new(Raw::new(), function)
    }

    /// The same with another function, or the same one, for other events. An update that is for both is handled by both.
    #[must_use = "a handler does nothing until it is added to a client"]
    pub fn and<B, F, T>(self, events: B, function: F) -> Self
    where
        B: Events,
        F: Fn(B::Blocking) -> T + Send + Sync + 'static,
        T: Outcome + Send + 'static,
    {
        Self(self.0.and(events, run::<B, F, T>(function)))
    }

    /// Takes out what is for the events of such builders, and returns how many parts that were.
    pub fn unregister<B: EventBuilder>(&mut self) -> usize {
        self.0.unregister::<B>()
    }

    /// Takes everything out, and returns how many parts that were.
    pub fn unregister_all(&mut self) -> usize {
        self.0.unregister_all()
    }

    /// Whether there is anything that it is for.
    pub fn is_handler(&self) -> bool {
        self.0.is_handler()
    }

    /// The names of the events that it is for, in the order in which they were given.
    pub fn list(&self) -> Vec<&'static str> {
        self.0.list()
    }

    /// The builders of that type among those that it is for, in the order in which they were given.
    pub fn builders<B: EventBuilder>(&self) -> Vec<&B> {
        self.0.builders()
    }

    /// The part of it that is for the events of such builders, to be added or removed alone.
    pub fn only<B: EventBuilder>(&self) -> Self {
        Self(self.0.only::<B>())
    }

    pub(crate) fn wrap(handler: events::Handler) -> Self {
        Self(handler)
    }

    pub(crate) fn as_async(&self) -> &events::Handler {
        &self.0
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The function as the asynchronous client takes it. It finds its client by the event: a handler that held its client would
/// keep it from ever being dropped.
fn run<B, F, T>(function: F) -> impl Fn(B::Event) -> BoxFuture<Result<T, Error>> + Send + Sync
where
    B: Events,
    F: Fn(B::Blocking) -> T + Send + Sync + 'static,
    T: Outcome + Send + 'static,
{
    let function = Arc::new(function);
    move |event: B::Event| {
        let (function, client) = (Arc::clone(&function), Client::of(event.client()));
        Box::pin(async move {
            let client = client.ok_or(Error::Disconnected)?;
            let event = B::wrap(&client, event);
            Ok(client.handle(move || function(event)).await)
        })
    }
}

type BoxFuture<T> = futures::future::BoxFuture<'static, T>;

//! Updates as they come.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use futures::future::{self, BoxFuture};
use telewire_schema::{Identifiable, Value, types};

use crate::client::Client;
use crate::error::Error;
use crate::events::{Event, EventBuilder};
use crate::peers::PeerMap;
use crate::updates::Update;

type Test = Box<dyn Fn(&RawEvent) -> bool + Send + Sync>;

/// Every update, or those of certain types. Packets have been taken apart and put in order, and the short forms of messages
/// have become the updates that they stand for.
///
/// ```no_run
/// # fn f(client: telewire_core::Client) {
/// use telewire_core::{events::Raw, types};
///
/// client.on(Raw::of::<types::UpdateUserTyping>(), |event| async move {
///     if let Some(typing) = event.get::<types::UpdateUserTyping>() {
///         println!("{} is writing", typing.user_id);
///     }
/// });
/// # }
/// ```
///
/// Only updates have a type to choose by:
///
/// ```compile_fail
/// # use telewire_core::{events::Raw, types};
/// let raw = Raw::of::<types::UserData>();
/// ```
#[derive(Default)]
#[must_use]
pub struct Raw {
    /// The constructors that are wanted; all if there is none.
    types: Vec<u32>,
    test: Option<Test>,
}

impl Raw {
    /// Every update.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only updates of this type.
    pub fn of<T>() -> Self
    where
        T: Identifiable,
        types::Update: From<T>,
    {
        Self::new().or::<T>()
    }

    /// Also updates of this type.
    pub fn or<T>(mut self) -> Self
    where
        T: Identifiable,
        types::Update: From<T>,
    {
        self.types.push(T::ID);
        self
    }

    /// Only what passes this test, which is made last.
    pub fn func(mut self, test: impl Fn(&RawEvent) -> bool + Send + Sync + 'static) -> Self {
        self.test = Some(Box::new(test));
        self
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.types.iter().map(|id| telewire_schema::name_of(*id));
        f.debug_struct("Raw")
            .field("types", &names.collect::<Vec<_>>())
            .field("func", &self.test.is_some())
            .finish()
    }
}

impl EventBuilder for Raw {
    type Event = RawEvent;
    type Known = ();

    fn resolve<'a>(&'a self, _: &'a Client) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(future::ready(Ok(())))
    }

    fn accept(&self, (): &(), event: &RawEvent) -> Option<RawEvent> {
        let wanted = self.types.is_empty() || self.types.contains(&event.constructor_id());
        (wanted && self.test.as_ref().is_none_or(|test| test(event))).then(|| event.clone())
    }
}

/// An update, which can be used like the [`types::Update`] itself, with the client that it came by.
#[derive(Clone)]
pub struct RawEvent {
    update: Arc<Update>,
    client: Client,
}

impl RawEvent {
    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What happened.
    pub fn update(&self) -> &types::Update {
        &self.update.raw
    }

    /// What happened, if it is of that type.
    pub fn get<T>(&self) -> Option<&T>
    where
        T: Identifiable + 'static,
        types::Update: From<T>,
    {
        let inner: &dyn Any = self.update.raw.view().object()?;
        inner.downcast_ref()
    }

    /// The users and chats that came along with it.
    pub fn peers(&self) -> &PeerMap {
        &self.update.peers
    }

    /// Whether it came while nobody was connected, and was fetched later.
    pub fn is_catch_up(&self) -> bool {
        self.update.catch_up
    }
}

impl Deref for RawEvent {
    type Target = types::Update;

    fn deref(&self) -> &types::Update {
        &self.update.raw
    }
}

impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.update.raw, f)
    }
}

impl fmt::Display for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.update.raw, f)
    }
}

impl Event for RawEvent {
    const NAME: &'static str = "Raw";

    fn build(client: &Client, update: &Arc<Update>) -> Option<Self> {
        // The sign of a gap is not one of the server's updates.
        update.gap.is_none().then(|| Self {
            update: Arc::clone(update),
            client: client.clone(),
        })
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

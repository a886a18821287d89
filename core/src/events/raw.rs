//! Updates as they come.

use std::fmt;

use futures::future::{self, BoxFuture};
use telewire_schema::types;

use crate::client::Client;
use crate::error::Error;
use crate::events::EventBuilder;
use crate::updates::Update;

type Test = Box<dyn Fn(&types::Update) -> bool + Send + Sync>;

/// Every update, or those that a test lets through. Packets have been taken apart and put in order.
///
/// ```no_run
/// # fn f(client: telewire_core::Client) {
/// use telewire_core::{events::Raw, types};
///
/// let typing = Raw::new().filter(|update| matches!(update, types::Update::UserTyping(_)));
/// client.on(typing, |event| async move { println!("{:?}", event.update) });
/// # }
/// ```
#[derive(Default)]
#[must_use]
pub struct Raw {
    test: Option<Test>,
}

impl Raw {
    /// Every update.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only updates that pass this test.
    pub fn filter(mut self, test: impl Fn(&types::Update) -> bool + Send + Sync + 'static) -> Self {
        self.test = Some(Box::new(test));
        self
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw")
            .field("filtered", &self.test.is_some())
            .finish()
    }
}

/// An update with the client that it came by.
#[derive(Clone)]
pub struct RawEvent {
    /// What happened.
    pub update: types::Update,
    client: Client,
    catch_up: bool,
}

impl RawEvent {
    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether it came while nobody was connected, and was fetched later.
    pub fn is_catch_up(&self) -> bool {
        self.catch_up
    }
}

impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.update.fmt(f)
    }
}

impl EventBuilder for Raw {
    type Event = RawEvent;

    const NAME: &'static str = "Raw";

    fn resolve<'a>(&'a self, _: &'a Client) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(future::ready(Ok(())))
    }

    fn build(&self, client: &Client, update: &Update) -> Option<RawEvent> {
        let wanted = self.test.as_ref().is_none_or(|test| test(&update.raw));
        wanted.then(|| RawEvent {
            update: update.raw.clone(),
            client: client.clone(),
            catch_up: update.catch_up,
        })
    }
}

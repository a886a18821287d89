//! Updates as they come.

use std::fmt;
use std::ops::Deref;

use telewire_core::events;

use crate::client::Client;
use crate::events::Events;

/// An update with the client that it came by. It can be used like the [`telewire_core::events::RawEvent`], and so like the
/// update itself.
#[derive(Clone)]
pub struct RawEvent {
    inner: events::RawEvent,
    client: Client,
}

impl RawEvent {
    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl Deref for RawEvent {
    type Target = events::RawEvent;

    fn deref(&self) -> &events::RawEvent {
        &self.inner
    }
}

impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Display for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

impl Events for events::Raw {
    type Blocking = RawEvent;

    fn wrap(client: &Client, event: events::RawEvent) -> RawEvent {
        RawEvent {
            inner: event,
            client: client.clone(),
        }
    }
}

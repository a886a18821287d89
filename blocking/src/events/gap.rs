//! Updates that are missing.

use std::ops::Deref;

use telewire_core::objects::Entity;
use telewire_core::peers::PeerMap;
use telewire_core::{Error, events, types};

use crate::client::Client;
use crate::events::{Events, event_common};
use crate::objects::getter::chat_getter;

/// A place where updates are missing.
#[derive(Clone)]
pub struct GapEvent {
    inner: events::GapEvent,
    client: Client,
}

impl GapEvent {
    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

chat_getter!(GapEvent);
event_common!(GapEvent);

impl Deref for GapEvent {
    type Target = events::GapEvent;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl Events for events::Gap {
    type Blocking = GapEvent;

    fn wrap(client: &Client, event: events::GapEvent) -> GapEvent {
        GapEvent {
            inner: event,
            client: client.clone(),
        }
    }
}

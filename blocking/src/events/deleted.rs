//! Messages that are gone.

use std::ops::Deref;

use telewire_core::objects::Entity;
use telewire_core::peers::PeerMap;
use telewire_core::{Error, events, types};

use crate::client::Client;
use crate::events::{Events, event_common};
use crate::objects::getter::chat_getter;

/// Messages that were deleted.
#[derive(Clone)]
pub struct MessageDeletedEvent {
    inner: events::MessageDeletedEvent,
    client: Client,
}

impl MessageDeletedEvent {
    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

chat_getter!(MessageDeletedEvent);
event_common!(MessageDeletedEvent);

impl Deref for MessageDeletedEvent {
    type Target = events::MessageDeletedEvent;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl Events for events::MessageDeleted {
    type Blocking = MessageDeletedEvent;

    fn wrap(client: &Client, event: events::MessageDeletedEvent) -> MessageDeletedEvent {
        MessageDeletedEvent {
            inner: event,
            client: client.clone(),
        }
    }
}

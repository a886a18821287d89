//! Messages that were read.

use std::ops::Deref;

use telewire_core::objects::Entity;
use telewire_core::peers::PeerMap;
use telewire_core::{Error, events, types};

use crate::client::Client;
use crate::events::{Events, event_common};
use crate::objects::getter::chat_getter;
use crate::objects::{Message, Twin};

/// Messages that were read.
#[derive(Clone)]
pub struct MessageReadEvent {
    inner: events::MessageReadEvent,
    client: Client,
}

impl MessageReadEvent {
    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The messages whose contents were read, as far as they are still there; none if the event does not say in which chat,
    /// or the session has never seen it.
    ///
    /// # Errors
    /// As [`Client::get_messages_by_id`].
    pub fn get_messages(&self) -> Result<Vec<Message>, Error> {
        let found = self.client.wait(self.inner.get_messages())?;
        let twins = found.into_iter().map(|it| Message::twin(&self.client, it));
        Ok(twins.collect())
    }
}

chat_getter!(MessageReadEvent);
event_common!(MessageReadEvent);

impl Deref for MessageReadEvent {
    type Target = events::MessageReadEvent;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl Events for events::MessageRead {
    type Blocking = MessageReadEvent;

    fn wrap(client: &Client, event: events::MessageReadEvent) -> MessageReadEvent {
        MessageReadEvent {
            inner: event,
            client: client.clone(),
        }
    }
}

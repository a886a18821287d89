//! Messages that arrive, from others or from oneself.

use std::ops::Deref;

use telewire_core::events;

use crate::client::Client;
use crate::events::Events;
use crate::objects::Message;

/// A new message. It can be used like the [`Message`] itself.
#[derive(Clone, Debug)]
pub struct NewMessageEvent {
    /// The message.
    pub message: Message,
    catch_up: bool,
}

impl NewMessageEvent {
    /// Whether it came while nobody was connected, and was fetched later.
    pub fn is_catch_up(&self) -> bool {
        self.catch_up
    }
}

impl Deref for NewMessageEvent {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}

impl Events for events::NewMessage {
    type Blocking = NewMessageEvent;

    fn wrap(client: &Client, event: events::NewMessageEvent) -> NewMessageEvent {
        NewMessageEvent {
            catch_up: event.is_catch_up(),
            message: Message::wrap(client, event.message),
        }
    }
}

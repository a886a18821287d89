//! What users are doing: coming online, leaving, writing.

use std::ops::Deref;

use telewire_core::objects::Entity;
use telewire_core::peers::PeerMap;
use telewire_core::{Error, events, types};

use crate::client::Client;
use crate::events::{Events, event_common};
use crate::objects::getter::{chat_getter, sender_getter};

/// What a user is doing.
#[derive(Clone)]
pub struct UserUpdateEvent {
    inner: events::UserUpdateEvent,
    client: Client,
}

impl UserUpdateEvent {
    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The same as [`Self::get_sender`].
    ///
    /// # Errors
    /// As [`Self::get_sender`].
    pub fn get_user(&self) -> Result<Entity, Error> {
        self.client.wait(self.inner.get_user())
    }

    /// The same as [`Self::get_input_sender`].
    ///
    /// # Errors
    /// As [`Self::get_input_sender`].
    pub fn get_input_user(&self) -> Result<types::InputPeer, Error> {
        self.client.wait(self.inner.get_input_user())
    }
}

chat_getter!(UserUpdateEvent);
sender_getter!(UserUpdateEvent);
event_common!(UserUpdateEvent);

impl Deref for UserUpdateEvent {
    type Target = events::UserUpdateEvent;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl Events for events::UserUpdate {
    type Blocking = UserUpdateEvent;

    fn wrap(client: &Client, event: events::UserUpdateEvent) -> UserUpdateEvent {
        UserUpdateEvent {
            inner: event,
            client: client.clone(),
        }
    }
}

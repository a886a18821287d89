//! A message that is begun and not sent.

use telewire_core::client::DraftChange;
use telewire_core::objects::Entity;
use telewire_core::{Error, types};

use crate::objects::{Message, object};

object!(
    /// The draft of one chat, with what can be done to it. Whatever needs no waiting, such as
    /// [`text`](telewire_core::objects::Draft::text), is that of [`telewire_core::objects::Draft`].
    Draft
);

impl Draft {
    /// The chat that it is for; asks the server if it did not come along.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the chat was never seen.
    pub fn get_entity(&self) -> Result<Entity, Error> {
        self.client.wait(self.inner.get_entity())
    }

    /// The value by which requests name the chat; asks the server only if it has to.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the chat was never seen.
    pub fn get_input_entity(&self) -> Result<types::InputPeer, Error> {
        self.client.wait(self.inner.get_input_entity())
    }

    /// Changes it. Returns whether the server took it; then this draft is changed, too.
    ///
    /// # Errors
    /// As [`telewire_core::objects::Draft::set_message`].
    pub fn set_message(&mut self, change: impl Into<DraftChange>) -> Result<bool, Error> {
        self.client.wait(self.inner.set_message(change))
    }

    /// Sends it to its chat as it is; that takes the draft away.
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    pub fn send(&mut self) -> Result<Message, Error> {
        let sent = self.client.wait(self.inner.send())?;
        Ok(Message::wrap(&self.client, sent))
    }

    /// Sends it to its chat, and leaves the draft where it is.
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    pub fn send_and_keep(&self) -> Result<Message, Error> {
        let sent = self.client.wait(self.inner.send_and_keep())?;
        Ok(Message::wrap(&self.client, sent))
    }

    /// Deletes it.
    ///
    /// # Errors
    /// As [`telewire_core::objects::Draft::set_message`].
    pub fn delete(&mut self) -> Result<bool, Error> {
        self.client.wait(self.inner.delete())
    }
}

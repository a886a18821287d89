//! Dialogs.

use telewire_core::client::Content;
use telewire_core::{Error, types};

use crate::objects::{Draft, Message, object};

object!(
    /// A chat in the list of chats, with what can be done to it. Whatever needs no waiting, such as
    /// [`name`](telewire_core::objects::Dialog::name), is that of [`telewire_core::objects::Dialog`].
    Dialog
);

impl Dialog {
    /// The last message.
    pub fn message(&self) -> Option<Message> {
        self.inner
            .message()
            .map(|message| Message::wrap(&self.client, message.clone()))
    }

    /// Sends a message to it.
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    pub fn send_message(&self, message: impl Into<Content>) -> Result<Message, Error> {
        Ok(Message::wrap(
            &self.client,
            self.client.wait(self.inner.send_message(message))?,
        ))
    }

    /// What is begun there and not sent, empty if there is nothing.
    pub fn draft(&self) -> Draft {
        Draft::wrap(&self.client, self.inner.draft().clone())
    }

    /// Takes it off the list, for oneself only: leaves a channel or group, deletes the messages of the others.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn delete(&self) -> Result<(), Error> {
        self.client.wait(self.inner.delete())
    }

    /// Moves it to a folder: 1 is the archive, 0 the main list.
    ///
    /// # Errors
    /// As [`Client::archive`](crate::Client::archive).
    pub fn archive(&self, folder: i32) -> Result<types::Updates, Error> {
        self.client.wait(self.inner.archive(folder))
    }
}

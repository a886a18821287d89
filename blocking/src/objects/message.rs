//! Messages.

use std::path::PathBuf;

use telewire_core::client::{InputMessage, ReplyTo};
use telewire_core::objects::Entity;
use telewire_core::{Error, types};

use crate::objects::getter::{chat_getter, sender_getter};
use crate::objects::object;

object!(
    /// A message, with what can be done to it. Whatever needs no waiting, such as
    /// [`text`](telewire_core::objects::Message::text), is that of [`telewire_core::objects::Message`].
    Message
);

chat_getter!(Message);
sender_getter!(Message);

impl Message {
    /// The message that it replies to, if it is one and still there.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn get_reply_message(&self) -> Result<Option<Self>, Error> {
        let message = self.client.wait(self.inner.get_reply_message())?;
        Ok(message.map(|message| Self::wrap(&self.client, message)))
    }

    /// Sends a message to the same chat.
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    pub fn respond(&self, message: impl Into<InputMessage>) -> Result<Self, Error> {
        Ok(Self::wrap(
            &self.client,
            self.client.wait(self.inner.respond(message))?,
        ))
    }

    /// Sends a message to the same chat, as a reply to this one.
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    pub fn reply(&self, message: impl Into<InputMessage>) -> Result<Self, Error> {
        Ok(Self::wrap(
            &self.client,
            self.client.wait(self.inner.reply(message))?,
        ))
    }

    /// Saves the file that is attached and returns where it is; `None` if there is none.
    ///
    /// # Errors
    /// As [`telewire_core::Client::download_media`].
    pub fn download_media(&self, to: impl Into<PathBuf>) -> Result<Option<PathBuf>, Error> {
        self.client.wait(self.inner.download_media(to))
    }
}

impl From<&Message> for InputMessage {
    fn from(message: &Message) -> Self {
        (&message.inner).into()
    }
}

impl From<Message> for InputMessage {
    fn from(message: Message) -> Self {
        message.inner.into()
    }
}

impl From<&Message> for ReplyTo {
    fn from(message: &Message) -> Self {
        (&message.inner).into()
    }
}

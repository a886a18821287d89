//! Messages.

use std::path::PathBuf;

use telewire_core::client::{
    Content, Edit, EntityLike, Forward, ForwardItem, InputMessage, MessageId, ReplyTo, SomeIds,
};
use telewire_core::objects::{Click, Entity};
use telewire_core::{Error, types};

use crate::objects::getter::{chat_getter, sender_getter};
use crate::objects::{Clicked, MessageButton, object};

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

    /// Fetches the message again. Returns whether it is still there; if not, it stays as it is.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn reload(&mut self) -> Result<bool, Error> {
        self.client.wait(self.inner.reload())
    }

    /// Where it was forwarded from, with who that is.
    pub fn forward(&self) -> Option<crate::objects::Forward> {
        let forward = self.inner.forward()?;
        Some(crate::objects::Forward::wrap(&self.client, forward))
    }

    /// Sends a message to the same chat.
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    pub fn respond(&self, message: impl Into<Content>) -> Result<Self, Error> {
        Ok(Self::wrap(
            &self.client,
            self.client.wait(self.inner.respond(message))?,
        ))
    }

    /// Sends a message to the same chat, as a reply to this one.
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    pub fn reply(&self, message: impl Into<Content>) -> Result<Self, Error> {
        Ok(Self::wrap(
            &self.client,
            self.client.wait(self.inner.reply(message))?,
        ))
    }

    /// Changes it, and returns it as it is now; `None` for messages of others and forwarded ones. Unless it is said otherwise
    /// the buttons stay, and links have a preview as before.
    ///
    /// # Errors
    /// As [`Client::edit_message`](crate::Client::edit_message).
    pub fn edit(&self, edit: impl Into<Edit>) -> Result<Option<Self>, Error> {
        let edited = self.client.wait(self.inner.edit(edit))?;
        Ok(edited.map(|message| Self::wrap(&self.client, message)))
    }

    /// Deletes it for everybody.
    ///
    /// # Errors
    /// As [`Client::delete_messages`](crate::Client::delete_messages).
    pub fn delete(&self) -> Result<Vec<types::messages::AffectedMessages>, Error> {
        self.client.wait(self.inner.delete())
    }

    /// Deletes it for oneself only; in channels and supergroups it goes for everybody all the same.
    ///
    /// # Errors
    /// As [`Client::delete_messages`](crate::Client::delete_messages).
    pub fn delete_for_me(&self) -> Result<Vec<types::messages::AffectedMessages>, Error> {
        self.client.wait(self.inner.delete_for_me())
    }

    /// Forwards it, and returns what it became.
    ///
    /// # Errors
    /// As [`Client::forward_messages`](crate::Client::forward_messages).
    pub fn forward_to(&self, chat: impl Into<EntityLike>) -> Result<Self, Error> {
        Ok(Self::wrap(
            &self.client,
            self.client.wait(self.inner.forward_to(chat))?,
        ))
    }

    /// The buttons under it, or of the keyboard that came with it, row by row; empty if it has none.
    pub fn buttons(&self) -> Vec<Vec<MessageButton>> {
        MessageButton::wrap_all(&self.client, self.inner.buttons())
    }

    /// The buttons, once the chat is known without which they cannot be pressed.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the session has never seen the chat.
    pub fn get_buttons(&self) -> Result<Vec<Vec<MessageButton>>, Error> {
        let buttons = self.client.wait(self.inner.get_buttons())?;
        Ok(MessageButton::wrap_all(&self.client, buttons))
    }

    /// Presses one of its buttons; see [`telewire_core::objects::Message::click`].
    ///
    /// # Errors
    /// [`Error::Misuse`] for a number that is too large, `DATA_INVALID` for data that no button has.
    pub fn click(&self, which: impl Into<Click>) -> Result<Option<Clicked>, Error> {
        let clicked = self.client.wait(self.inner.click(which))?;
        Ok(clicked.map(|clicked| Clicked::wrap(&self.client, clicked)))
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

macro_rules! like_the_other {
    ($($into:ident),*) => {$(
        impl From<&Message> for $into {
            fn from(message: &Message) -> Self {
                (&message.inner).into()
            }
        }
    )*};
}

like_the_other!(Forward, ForwardItem, MessageId, SomeIds);

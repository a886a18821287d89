//! Sending messages.

use telewire_core::client::{Content, Delete, Edit, EntityLike, Forward, MessageId, Read};
use telewire_core::{Error, types};

use crate::client::Client;
use crate::objects::Message;

impl Client {
    /// Sends a message: a text, read in the client's parse mode, an [`InputMessage`](crate::InputMessage) that says
    /// more, or an [`Attachment`](crate::Attachment) with its caption. Returns it as the server has it.
    ///
    /// # Errors
    /// Whatever the server answers, e.g. `CHAT_WRITE_FORBIDDEN`; [`Error::Misuse`] for an empty text.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// client.send_message("me", "Hello, **myself**!")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn send_message(
        &self,
        chat: impl Into<EntityLike>,
        message: impl Into<Content>,
    ) -> Result<Message, Error> {
        Ok(Message::wrap(
            self,
            self.wait(self.as_async().send_message(chat, message))?,
        ))
    }

    /// Changes the text, file or buttons of a message, and returns it as it is now. Buttons go unless they are given again;
    /// [`Message::edit`] keeps them.
    ///
    /// # Errors
    /// `MESSAGE_AUTHOR_REQUIRED` for somebody else's message, `MESSAGE_NOT_MODIFIED` if nothing would change, and the like.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// client.edit_message("me", 42, "a **better** text")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn edit_message(
        &self,
        chat: impl Into<EntityLike>,
        message: impl Into<MessageId>,
        edit: impl Into<Edit>,
    ) -> Result<Message, Error> {
        Ok(Message::wrap(
            self,
            self.wait(self.as_async().edit_message(chat, message, edit))?,
        ))
    }

    /// Changes a message that was sent by way of an inline query to this bot. Returns whether the server took it.
    ///
    /// # Errors
    /// As [`Client::edit_message`].
    pub fn edit_inline_message(
        &self,
        message: impl Into<types::InputBotInlineMessageId>,
        edit: impl Into<Edit>,
    ) -> Result<bool, Error> {
        self.wait(self.as_async().edit_inline_message(message, edit))
    }

    /// Deletes messages, for everybody unless [`Delete::revoke`] says otherwise. There is one result for each hundred.
    ///
    /// # Errors
    /// `MESSAGE_DELETE_FORBIDDEN` for those that one may not delete.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// client.delete_messages("@my_group", [41, 42])?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_messages(
        &self,
        chat: impl Into<EntityLike>,
        messages: impl Into<Delete>,
    ) -> Result<Vec<types::messages::AffectedMessages>, Error> {
        self.wait(self.as_async().delete_messages(chat, messages))
    }

    /// Forwards messages to a chat, and returns what they became there, in the same order and number; `None` for those that
    /// could not be forwarded.
    ///
    /// # Errors
    /// [`Error::Misuse`] for ids without [`Forward::from_peer`], `MESSAGE_ID_INVALID` if none can be forwarded.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// use telewire_blocking::Forward;
    ///
    /// client.forward_messages("me", Forward::ids([41, 42]).from_peer("@my_channel").silent())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn forward_messages(
        &self,
        to: impl Into<EntityLike>,
        messages: impl Into<Forward>,
    ) -> Result<Vec<Option<Message>>, Error> {
        let sent = self.wait(self.as_async().forward_messages(to, messages))?;
        let wrap = |message: Option<_>| message.map(|message| Message::wrap(self, message));
        Ok(sent.into_iter().map(wrap).collect())
    }

    /// Marks messages of a chat as read; those that mention the account only if [`Read`] says so.
    ///
    /// # Errors
    /// Whatever the server answers.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// use telewire_blocking::Read;
    ///
    /// client.send_read_acknowledge("@my_group", Read::all().clear_mentions())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn send_read_acknowledge(
        &self,
        chat: impl Into<EntityLike>,
        messages: impl Into<Read>,
    ) -> Result<bool, Error> {
        self.wait(self.as_async().send_read_acknowledge(chat, messages))
    }
}

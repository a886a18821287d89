//! Reading and searching messages.

use telewire_core::client::{DateLike, EntityLike, MessageQuery, MessageRef, MessageRefs, Scope};
use telewire_core::objects::TotalList;
use telewire_core::{Error, types};

use crate::client::Client;
use crate::client::paged::iterator;
use crate::objects::Message;

impl Client {
    /// The messages of a chat, newest first.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// for message in client.iter_messages("me").limit(10) {
    ///     println!("{}", message?.text());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter_messages(&self, chat: impl Into<Scope>) -> MessageIter {
        MessageIter::wrap(self, self.as_async().iter_messages(chat))
    }

    /// The messages of all chats that contain a text, newest first.
    pub fn search_messages(&self, text: impl Into<String>) -> MessageIter {
        MessageIter::wrap(self, self.as_async().search_messages(text))
    }

    /// The last messages of a chat, newest first, and how many there are in all. A number is how many, `None` is all, and
    /// a [`MessageQuery`] says more.
    ///
    /// # Errors
    /// Whatever the server answers; [`Error::NotFound`] if there is no such chat.
    pub fn get_messages(
        &self,
        chat: impl Into<Scope>,
        query: impl Into<MessageQuery>,
    ) -> Result<TotalList<Message>, Error> {
        let messages = self.wait(self.as_async().get_messages(chat, query))?;
        Ok(messages.map(|message| Message::wrap(self, message)))
    }

    /// The messages of a chat that have these ids, in their order; `None` for those that do not exist.
    ///
    /// # Errors
    /// As [`Client::get_messages`].
    pub fn get_messages_by_id(
        &self,
        chat: impl Into<Scope>,
        ids: impl Into<MessageRefs>,
    ) -> Result<Vec<Option<Message>>, Error> {
        let messages = self.wait(self.as_async().get_messages_by_id(chat, ids))?;
        let wrap = |message| Message::wrap(self, message);
        Ok(messages
            .into_iter()
            .map(|message| message.map(wrap))
            .collect())
    }

    /// The message of a chat that has this id; `None` if there is none.
    ///
    /// # Errors
    /// As [`Client::get_messages`].
    pub fn get_message_by_id(
        &self,
        chat: impl Into<Scope>,
        id: impl Into<MessageRef>,
    ) -> Result<Option<Message>, Error> {
        let message = self.wait(self.as_async().get_message_by_id(chat, id))?;
        Ok(message.map(|message| Message::wrap(self, message)))
    }
}

iterator!(
    /// Messages, one page of a hundred at a time; see [`Client::iter_messages`].
    MessageIter of Message
);

iterator!(
    /// Certain messages of a chat; see [`MessageIter::ids`]. `None` stands for one that does not exist.
    MessagesById of Option<Message>
);

impl MessageIter {
    /// Begins after the message with that id, which is not included; the other way when reversed.
    pub fn offset_id(self, id: i32) -> Self {
        self.with(|i| i.offset_id(id))
    }

    /// Begins with messages older than this; newer, if reversed.
    pub fn offset_date(self, date: impl Into<DateLike>) -> Self {
        self.with(|i| i.offset_date(date))
    }

    /// Only messages with lower ids.
    pub fn max_id(self, id: i32) -> Self {
        self.with(|i| i.max_id(id))
    }

    /// Only messages with higher ids.
    pub fn min_id(self, id: i32) -> Self {
        self.with(|i| i.min_id(id))
    }

    /// Moves the beginning by so many messages towards older ones, or newer ones if it is negative.
    pub fn add_offset(self, offset: i32) -> Self {
        self.with(|i| i.add_offset(offset))
    }

    /// Only messages that contain this text.
    pub fn search(self, text: impl Into<String>) -> Self {
        self.with(|i| i.search(text))
    }

    /// Only messages of a kind, such as photos.
    pub fn filter(self, filter: impl Into<types::MessagesFilter>) -> Self {
        self.with(|i| i.filter(filter))
    }

    /// Only messages by this user.
    pub fn from_user(self, user: impl Into<EntityLike>) -> Self {
        self.with(|i| i.from_user(user))
    }

    /// Oldest first.
    pub fn reverse(self) -> Self {
        self.with(telewire_core::client::MessageIter::reverse)
    }

    /// The messages with these ids, in their order; `None` for those that do not exist.
    pub fn ids(self, ids: impl Into<MessageRefs>) -> MessagesById {
        MessagesById::wrap(&self.client, self.inner.ids(ids))
    }

    /// The same messages the other way round, from the first one, also after some were taken.
    pub fn reversed(self) -> Self {
        self.with(telewire_core::client::MessageIter::reversed)
    }
}

impl MessagesById {
    /// Last one first.
    pub fn reverse(self) -> Self {
        self.with(telewire_core::client::MessagesById::reverse)
    }
}

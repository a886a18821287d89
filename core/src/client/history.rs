//! The messages of a chat, page by page, and single ones by their ids.

mod answer;
mod cursor;
mod ids;
mod query;
mod source;
#[cfg(test)]
mod tests;

use telewire_schema::types;

use crate::client::paged::{Paged, iterator};
use crate::client::{Client, DateLike, EntityLike};
use crate::error::Error;
use crate::objects::{Message, TotalList};
use ids::ById;
pub use ids::{MessageRef, MessageRefs};
use query::wishes;
pub use query::{AllChats, MessageQuery, Scope};
use source::History;

impl Client {
    /// The messages of a chat, newest first unless [`MessageIter::reverse`] is asked for, by
    /// [`messages.getHistory`](https://core.telegram.org/method/messages.getHistory); with a search, a filter or a sender
    /// by [`messages.search`](https://core.telegram.org/method/messages.search); those of [`AllChats`] by
    /// [`messages.searchGlobal`](https://core.telegram.org/method/messages.searchGlobal). Service messages are among
    /// them. Nothing is requested before the first item, and a further page only when the one before it is used up.
    ///
    /// [`MessageIter::ids`] asks for certain messages instead.
    ///
    /// # Errors
    /// The first item tells: [`Error::NotFound`] for an unknown chat, [`Error::Misuse`] for a search through all chats
    /// that has no text or is reversed.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let mut history = client.iter_messages("@telegram").search("update").limit(50);
    /// while let Some(message) = history.next().await? {
    ///     println!("{}", message.text());
    /// }
    /// println!("{:?} found in all", history.total());
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter_messages(&self, chat: impl Into<Scope>) -> MessageIter {
        MessageIter {
            pages: Paged::new(self, History::new(chat.into(), MessageQuery::new())),
        }
    }

    /// The messages of all chats that contain a text, newest first: [`Client::iter_messages`] of [`AllChats`] with a
    /// [search](MessageIter::search).
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let found = client.search_messages("invoice").limit(20).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn search_messages(&self, text: impl Into<String>) -> MessageIter {
        self.iter_messages(AllChats).search(text)
    }

    /// The newest messages of a chat: [`Client::iter_messages`] for those who want them at once.
    ///
    /// A number is how many, `None` is all. A [`MessageQuery`] says more; if it names no limit it is for one message,
    /// unless it has both a [`min_id`](MessageQuery::min_id) and a [`max_id`](MessageQuery::max_id): then for all
    /// between them.
    ///
    /// # Errors
    /// As [`Client::iter_messages`], and whatever the server answers.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::MessageQuery;
    ///
    /// let messages = client.get_messages("me", 3).await?;
    /// println!("{} of {}", messages.len(), messages.total());
    /// let oldest = client.get_messages("me", MessageQuery::new().reverse()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_messages(
        &self,
        chat: impl Into<Scope>,
        query: impl Into<MessageQuery>,
    ) -> Result<TotalList<Message>, Error> {
        let query = query.into();
        let (limit, wait) = (query.most(), query.wait);
        let mut pages = Paged::new(self, History::new(chat.into(), query));
        pages.set_limit(limit);
        pages.set_wait(wait);
        pages.collect().await
    }

    /// The messages with these ids, in the same order and number; `None` where there is none, or it is in another chat.
    /// In [`AllChats`] ids are those of private chats and basic groups, which the account counts together. By
    /// [`messages.getMessages`](https://core.telegram.org/method/messages.getMessages) or
    /// [`channels.getMessages`](https://core.telegram.org/method/channels.getMessages), a hundred at a time.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown chat, and whatever the server answers.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// for message in client.get_messages_by_id("me", [10, 11]).await?.into_iter().flatten() {
    ///     println!("{}", message.text());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_messages_by_id(
        &self,
        chat: impl Into<Scope>,
        ids: impl Into<MessageRefs>,
    ) -> Result<Vec<Option<Message>>, Error> {
        let found = self.iter_messages(chat).ids(ids).collect().await?;
        Ok(found.into_vec())
    }

    /// The message with this id; `None` if there is none, or it is in another chat. As
    /// [`Client::get_messages_by_id`] for a single one.
    ///
    /// # Errors
    /// As [`Client::get_messages_by_id`].
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::types;
    ///
    /// let pinned = client.get_message_by_id("@telegram", types::InputMessage::Pinned).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_message_by_id(
        &self,
        chat: impl Into<Scope>,
        id: impl Into<MessageRef>,
    ) -> Result<Option<Message>, Error> {
        let found = self.get_messages_by_id(chat, id.into()).await?;
        Ok(found.into_iter().next().flatten())
    }
}

/// The messages of a chat; see [`Client::iter_messages`]. What is said about them has to be said before the first one is
/// asked for.
#[must_use]
pub struct MessageIter {
    pages: Paged<History>,
}

iterator!(MessageIter of Message);

wishes!(MessageIter);

impl MessageIter {
    fn with(self, change: impl FnOnce(&mut MessageQuery)) -> Self {
        Self {
            pages: self.pages.configure(|history| change(&mut history.query)),
        }
    }

    /// The messages with these ids, in their order, whatever else was asked for but the limit, the pause and the
    /// direction. Those that do not exist, or are in another chat, are `None`, so that there are as many as there
    /// are ids.
    pub fn ids(self, ids: impl Into<MessageRefs>) -> MessagesById {
        let ids = ids.into();
        let pages = self
            .pages
            .instead(|History { scope, query, .. }| ById::new(scope, ids, query.reverse));
        MessagesById { pages }.whole()
    }

    /// The same messages the other way round, from the first one, also after some were taken.
    pub fn reversed(mut self) -> Self {
        self.pages.restart();
        self.with(|query| query.reverse = !query.reverse)
    }
}

/// Certain messages of a chat; see [`MessageIter::ids`]. `None` stands for one that does not exist.
#[must_use]
pub struct MessagesById {
    pages: Paged<ById>,
}

iterator!(MessagesById of Option<Message>);

impl MessagesById {
    /// Last one first.
    pub fn reverse(self) -> Self {
        Self {
            pages: self.pages.configure(ById::reverse),
        }
    }

    /// Their number is known, so they are no endless list that had to be fetched slowly.
    fn whole(mut self) -> Self {
        let count = self.pages.start().len();
        if self.pages.limit().is_none() {
            self.pages.set_limit(Some(count));
        }
        self
    }
}

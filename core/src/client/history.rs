//! The messages of a chat, page by page.

mod source;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use telewire_schema::{functions, types};

use crate::client::Client;
use crate::client::entity_like::{EntityLike, input_channel};
use crate::client::paged::{PAGE, Paged, iterator};
use crate::error::Error;
use crate::objects::{Message, TotalList};
use crate::time::Unix;
use source::{Answer, History};

impl Client {
    /// The messages of a chat, newest first unless [`MessageIter::reverse`] is asked for, by
    /// [`messages.getHistory`](https://core.telegram.org/method/messages.getHistory); with a search, a filter or a sender
    /// by [`messages.search`](https://core.telegram.org/method/messages.search). Nothing is requested before the first
    /// item.
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
    pub fn iter_messages(&self, chat: impl Into<EntityLike>) -> MessageIter {
        MessageIter {
            pages: Paged::new(self, History::new(Some(chat.into()))),
        }
    }

    /// The messages of all chats that match a text, newest first, by
    /// [`messages.searchGlobal`](https://core.telegram.org/method/messages.searchGlobal).
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let found = client.search_messages("invoice").limit(20).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn search_messages(&self, text: impl Into<String>) -> MessageIter {
        MessageIter {
            pages: Paged::new(self, History::new(None)),
        }
        .search(text)
    }

    /// The newest `limit` messages of a chat: [`Client::iter_messages`] for those who want them at once.
    ///
    /// # Errors
    /// Whatever the server answers.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let messages = client.get_messages("me", 3).await?;
    /// println!("{} of {}", messages.len(), messages.total());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_messages(
        &self,
        chat: impl Into<EntityLike>,
        limit: usize,
    ) -> Result<TotalList<Message>, Error> {
        self.iter_messages(chat).limit(limit).collect().await
    }

    /// The messages with these ids, in the same order and number; `None` where there is none, or it is in another chat.
    ///
    /// # Errors
    /// Whatever the server answers.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let messages = client.get_messages_by_id("me", &[10, 11]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_messages_by_id(
        &self,
        chat: impl Into<EntityLike>,
        ids: &[i32],
    ) -> Result<Vec<Option<Message>>, Error> {
        let peer = self.get_input_entity(chat).await?;
        let own = self.id_of(&peer).await?;
        let mut found = Vec::with_capacity(ids.len());
        for ids in ids.chunks(PAGE) {
            let mut messages: HashMap<i32, Message> = self.by_ids(&peer, ids).await?;
            // The ids of private chats and groups belong to the account, so they may lead elsewhere.
            messages.retain(|_, m| m.chat_id() == Some(own));
            found.extend(ids.iter().map(|id| messages.get(id).cloned()));
        }
        Ok(found)
    }

    async fn by_ids(
        &self,
        peer: &types::InputPeer,
        ids: &[i32],
    ) -> Result<HashMap<i32, Message>, Error> {
        let wanted: Vec<types::InputMessage> = ids
            .iter()
            .map(|id| types::InputMessageId::new(*id).into())
            .collect();
        let answer = match input_channel(peer.clone()) {
            Some(channel) => {
                self.invoke(&functions::channels::GetMessages::new(channel, wanted))
                    .await
            }
            None => {
                self.invoke(&functions::messages::GetMessages::new(wanted))
                    .await
            }
        };
        let answer = match answer {
            Err(error) if error.is("MESSAGE_IDS_EMPTY") => return Ok(HashMap::new()),
            answer => Answer::from(answer?),
        };
        let messages = Message::list(self, answer.messages, &answer.peers);
        Ok(messages.into_iter().map(|m| (m.id(), m)).collect())
    }
}

/// The messages of a chat; see [`Client::iter_messages`]. What is said about them has to be said before the first one is
/// asked for.
#[must_use]
pub struct MessageIter {
    pages: Paged<History>,
}

iterator!(MessageIter of Message);

impl MessageIter {
    fn with(self, change: impl FnOnce(&mut History)) -> Self {
        Self {
            pages: self.pages.configure(change),
        }
    }

    /// Only those before this one; after it when reversed.
    pub fn offset_id(self, id: i32) -> Self {
        self.with(|h| h.offset_id = id)
    }

    /// Only those before that time; after it when reversed.
    pub fn offset_date(self, date: Unix) -> Self {
        self.with(|h| h.offset_date = i32::try_from(date.secs()).unwrap_or(i32::MAX))
    }

    /// Only those with a smaller id.
    pub fn max_id(self, id: i32) -> Self {
        self.with(|h| h.max_id = id)
    }

    /// Only those with a greater id.
    pub fn min_id(self, id: i32) -> Self {
        self.with(|h| h.min_id = id)
    }

    /// Skips so many more, or goes back by them if it is negative.
    pub fn add_offset(self, offset: i32) -> Self {
        self.with(|h| h.add_offset = offset)
    }

    /// Only those that contain this text.
    pub fn search(self, text: impl Into<String>) -> Self {
        self.with(|h| h.search = Some(text.into()))
    }

    /// Only those of this kind, such as photos.
    pub fn filter(self, filter: types::MessagesFilter) -> Self {
        self.with(|h| h.filter = Some(filter))
    }

    /// Only those of this user.
    pub fn from_user(self, user: impl Into<EntityLike>) -> Self {
        self.with(|h| h.from_user = Some(user.into()))
    }

    /// The messages with these ids, whatever else was asked for. Those that do not exist are left out;
    /// [`Client::get_messages_by_id`] tells which.
    pub fn ids(self, ids: impl IntoIterator<Item = i32>) -> Self {
        self.with(|h| h.ids = Some(ids.into_iter().collect()))
    }

    /// Oldest first.
    pub fn reverse(self) -> Self {
        self.with(|h| h.reverse = true)
    }
}

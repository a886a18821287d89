//! Opening conversations.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::client::Client;
use crate::client::entity_like::EntityLike;
use crate::client::handle::lock;
use crate::error::Error;
use crate::objects::Conversation;
use crate::peers::PeerId;

impl Client {
    /// Begins a conversation: a place where one sends something and waits for what comes back.
    ///
    /// From then on it sees every message, edit and read mark of the chat, before any handler does, and whether or not
    /// [`Client::run_until_disconnected`] runs. It is over when the [`Conversation`] is dropped.
    ///
    /// # Errors
    /// [`Error::AlreadyInConversation`] if there is one in this chat already; [`Error::NotFound`] for an unknown chat.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let talk = client.conversation("@BotFather").await?;
    /// talk.send_message("/newbot").await?;
    /// println!("{}", talk.get_response().await?.text());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What is not as usual is said in [`ConversationOptions`]:
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use std::time::Duration;
    /// use telewire_core::client::ConversationOptions;
    ///
    /// let options = ConversationOptions::with("@BotFather").timeout(Duration::from_secs(5));
    /// let talk = client.conversation(options).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn conversation(
        &self,
        options: impl Into<ConversationOptions>,
    ) -> Result<Conversation, Error> {
        let options = options.into();
        let peer = self.get_input_entity(options.chat.clone()).await?;
        let chat = self.id_of(&peer).await?;
        let place = Place::take(self, chat, options.exclusive)?;
        Conversation::open(self, peer, place, &options).await
    }
}

/// With whom a conversation is, and how long and how much it may take. Whatever names a chat becomes one.
///
/// ```
/// use std::time::Duration;
/// use telewire_core::client::ConversationOptions;
///
/// let options = ConversationOptions::with("@BotFather")
///     .timeout(Duration::from_secs(10))
///     .total_timeout(Duration::from_secs(60))
///     .exclusive(false);
/// ```
#[derive(Clone)]
#[must_use]
pub struct ConversationOptions {
    chat: EntityLike,
    pub(crate) timeout: Option<Duration>,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) max_messages: usize,
    pub(crate) exclusive: bool,
    pub(crate) replies_are_responses: bool,
}

impl ConversationOptions {
    /// A conversation in this chat: a minute for every wait, none for the whole, at most a hundred messages, and no other
    /// conversation in the chat.
    pub fn with(chat: impl Into<EntityLike>) -> Self {
        Self {
            chat: chat.into(),
            timeout: Some(Duration::from_secs(60)),
            total_timeout: None,
            max_messages: 100,
            exclusive: true,
            replies_are_responses: true,
        }
    }

    /// How long each wait may take; `None` for as long as it takes. One minute unless it is said otherwise.
    pub fn timeout(mut self, each: impl Into<Option<Duration>>) -> Self {
        self.timeout = each.into();
        self
    }

    /// How long everything together may take, counted from the beginning. It wins over the time of a single wait. No limit
    /// unless it is said otherwise.
    pub fn total_timeout(mut self, whole: impl Into<Option<Duration>>) -> Self {
        self.total_timeout = whole.into();
        self
    }

    /// How many messages may come in; with one more, everything that waits fails, then and later. 100 unless it is said
    /// otherwise.
    pub fn max_messages(mut self, most: usize) -> Self {
        self.max_messages = most;
        self
    }

    /// Whether it refuses to begin beside another one in the same chat. It does, unless it is said otherwise.
    pub fn exclusive(mut self, yes: bool) -> Self {
        self.exclusive = yes;
        self
    }

    /// Whether [`Conversation::get_response`] and [`Conversation::get_reply`] use the messages up together, so that they
    /// never give the same one. They do, unless it is said otherwise.
    pub fn replies_are_responses(mut self, yes: bool) -> Self {
        self.replies_are_responses = yes;
        self
    }
}

impl<T: Into<EntityLike>> From<T> for ConversationOptions {
    fn from(chat: T) -> Self {
        Self::with(chat)
    }
}

impl fmt::Debug for ConversationOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConversationOptions")
            .field("timeout", &self.timeout)
            .field("total_timeout", &self.total_timeout)
            .field("max_messages", &self.max_messages)
            .field("exclusive", &self.exclusive)
            .field("replies_are_responses", &self.replies_are_responses)
            .finish_non_exhaustive()
    }
}

/// How many conversations there are in each chat.
pub(crate) type Conversations = Arc<Mutex<HashMap<PeerId, usize>>>;

/// One conversation's place in its chat; dropping it makes room.
pub(crate) struct Place {
    pub(crate) chat: PeerId,
    all: Conversations,
}

impl Place {
    fn take(client: &Client, chat: PeerId, exclusive: bool) -> Result<Self, Error> {
        let all = Arc::clone(&client.state().conversations);
        let mut counts = lock(&all);
        let count = counts.entry(chat).or_default();
        if exclusive && *count > 0 {
            return Err(Error::AlreadyInConversation);
        }
        *count += 1;
        drop(counts);
        Ok(Self { chat, all })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = lock(&self.all);
        if let Some(count) = counts.get_mut(&self.chat) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.chat);
            }
        }
    }
}

//! Which messages are wanted, and where.

use std::fmt;
use std::time::Duration;

use telewire_schema::types;

use crate::client::{DateLike, EntityLike};

/// Where messages are looked for: in one chat, which is given as an [`EntityLike`] or anything that becomes one, or in
/// [`AllChats`].
#[derive(Clone, Debug, PartialEq)]
pub struct Scope(pub(super) Option<EntityLike>);

impl<T: Into<EntityLike>> From<T> for Scope {
    fn from(chat: T) -> Self {
        Self(Some(chat.into()))
    }
}

impl From<AllChats> for Scope {
    fn from(_: AllChats) -> Self {
        Self(None)
    }
}

/// Every chat of the account, where a method takes a [`Scope`].
///
/// ```no_run
/// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
/// use telewire_core::client::AllChats;
///
/// let found = client.iter_messages(AllChats).search("invoice").limit(20).collect().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllChats;

/// Which messages [`Client::get_messages`](crate::Client::get_messages) is to fetch. A number is one, too: so many of the
/// newest; and so is `None`: all.
///
/// ```no_run
/// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
/// use telewire_core::client::MessageQuery;
///
/// let between = MessageQuery::new().min_id(100).max_id(200);
/// let messages = client.get_messages("@telegram", between).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct MessageQuery {
    pub(super) limit: Limit,
    pub(super) wait: Option<Duration>,
    pub(super) offset_id: i32,
    pub(super) offset_date: Option<DateLike>,
    pub(super) max_id: i32,
    pub(super) min_id: i32,
    pub(super) add_offset: i32,
    pub(super) search: Option<String>,
    pub(super) filter: Option<types::MessagesFilter>,
    pub(super) from_user: Option<EntityLike>,
    pub(super) reverse: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// Nothing was said about it.
    Unsaid,
    All,
    Most(usize),
}

impl MessageQuery {
    /// The newest message; every other method says more.
    pub fn new() -> Self {
        Self {
            limit: Limit::Unsaid,
            wait: None,
            offset_id: 0,
            offset_date: None,
            max_id: 0,
            min_id: 0,
            add_offset: 0,
            search: None,
            filter: None,
            from_user: None,
            reverse: false,
        }
    }

    /// At most so many; `None` for all. Where nothing is said it is one, unless both [`MessageQuery::min_id`] and
    /// [`MessageQuery::max_id`] are given: then it is all between them.
    pub fn limit(mut self, limit: impl Into<Option<usize>>) -> Self {
        self.limit = limit.into().map_or(Limit::All, Limit::Most);
        self
    }

    /// The pause between the requests for two pages; see [`MessageIter::wait_time`](crate::client::MessageIter::wait_time).
    pub fn wait_time(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// How many at most, with the default where nothing was said.
    pub(super) fn most(&self) -> Option<usize> {
        match self.limit {
            Limit::Unsaid if self.min_id != 0 && self.max_id != 0 => None,
            Limit::Unsaid => Some(1),
            Limit::All => None,
            Limit::Most(limit) => Some(limit),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

impl Default for MessageQuery {
    fn default() -> Self {
        Self::new()
    }
}

impl From<usize> for MessageQuery {
    fn from(limit: usize) -> Self {
        Self::new().limit(limit)
    }
}

impl From<Option<usize>> for MessageQuery {
    fn from(limit: Option<usize>) -> Self {
        Self::new().limit(limit)
    }
}

// What somebody searches for is nobody else's business.
impl fmt::Debug for MessageQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageQuery")
            .field("limit", &self.limit)
            .field("offset_id", &self.offset_id)
            .field("offset_date", &self.offset_date)
            .field("max_id", &self.max_id)
            .field("min_id", &self.min_id)
            .field("reverse", &self.reverse)
            .finish_non_exhaustive()
    }
}

/// What can be said of the messages that are wanted, for everything that holds a [`MessageQuery`].
macro_rules! wishes {
    ($name:ident) => {
        impl $name {
            /// Only those before this one, which is not included; after it when reversed.
            pub fn offset_id(self, id: i32) -> Self {
                self.with(|q| q.offset_id = id)
            }

            /// Only those before that time; after it when reversed. Those of that very second are not included.
            pub fn offset_date(self, date: impl Into<DateLike>) -> Self {
                self.with(|q| q.offset_date = Some(date.into()))
            }

            /// Only those with a smaller id. Together with an [`offset_id`](Self::offset_id), the greater of both is
            /// where it begins, or where it ends when reversed.
            pub fn max_id(self, id: i32) -> Self {
                self.with(|q| q.max_id = id)
            }

            /// Only those with a greater id.
            pub fn min_id(self, id: i32) -> Self {
                self.with(|q| q.min_id = id)
            }

            /// Moves the beginning by so many messages towards older ones, or newer ones if it is negative.
            pub fn add_offset(self, offset: i32) -> Self {
                self.with(|q| q.add_offset = offset)
            }

            /// Only those that contain this text.
            pub fn search(self, text: impl Into<String>) -> Self {
                self.with(|q| q.search = Some(text.into()))
            }

            /// Only those of this kind, such as photos; see
            /// [`MessagesFilter`](https://core.telegram.org/type/MessagesFilter).
            pub fn filter(self, filter: impl Into<types::MessagesFilter>) -> Self {
                self.with(|q| q.filter = Some(filter.into()))
            }

            /// Only those of this user. Ignored if it turns out to be a group or channel. In private chats, and in a
            /// search through all chats, the server does not sort by sender, so everything is fetched and sorted here.
            pub fn from_user(self, user: impl Into<EntityLike>) -> Self {
                self.with(|q| q.from_user = Some(user.into()))
            }

            /// Oldest first.
            pub fn reverse(self) -> Self {
                self.with(|q| q.reverse = true)
            }
        }
    };
}

wishes!(MessageQuery);

pub(super) use wishes;

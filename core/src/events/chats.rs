//! Filters that name chats or users.

use std::collections::HashSet;
use std::fmt;

use crate::client::entity_like::Like;
use crate::client::{Client, EntityLike};
use crate::error::Error;
use crate::peers::PeerId;

/// Some chats or users, given by whatever names them.
#[derive(Clone, Debug, Default)]
pub(super) struct Chats(Vec<EntityLike>);

/// Who they are, as one account knows them.
#[derive(Debug, Default)]
pub(super) struct KnownChats {
    exact: HashSet<PeerId>,
    /// Positive numbers: a user, group or channel with that number.
    numbers: HashSet<i64>,
}

impl Chats {
    pub(super) fn add<T: Into<EntityLike>>(&mut self, chats: impl IntoIterator<Item = T>) {
        self.0.extend(chats.into_iter().map(Into::into));
    }

    pub(super) async fn resolve(&self, client: &Client) -> Result<KnownChats, Error> {
        let mut known = KnownChats::default();
        for name in &self.0 {
            match name.as_like() {
                Like::Number(number) => {
                    known.numbers.insert(*number);
                }
                Like::Exact(id) => {
                    known.exact.insert(*id);
                }
                _ => {
                    let peer = client.get_input_entity(name.clone()).await?;
                    known.exact.insert(client.id_of(&peer).await?);
                }
            }
        }
        Ok(known)
    }
}

impl KnownChats {
    /// Whether that one is among them.
    pub(super) fn contain(&self, id: Option<PeerId>) -> bool {
        id.is_some_and(|id| self.exact.contains(&id) || self.numbers.contains(&id.bare()))
    }
}

/// The filters of every event that happens in a chat.
pub(super) struct ChatFilter<E> {
    chats: Option<Chats>,
    blacklist: bool,
    test: Option<EventTest<E>>,
}

type EventTest<E> = Box<dyn Fn(&E) -> bool + Send + Sync>;

impl<E> ChatFilter<E> {
    pub(super) fn add<T: Into<EntityLike>>(&mut self, chats: impl IntoIterator<Item = T>) {
        self.chats.get_or_insert_default().add(chats);
    }

    pub(super) fn blacklist(&mut self) {
        self.blacklist = true;
    }

    pub(super) fn set_test(&mut self, test: impl Fn(&E) -> bool + Send + Sync + 'static) {
        self.test = Some(Box::new(test));
    }

    /// Looks up whom it names; `None` if nobody.
    pub(super) async fn resolve(&self, client: &Client) -> Result<Option<KnownChats>, Error> {
        resolve(self.chats.as_ref(), client).await
    }

    /// Whether what happened in that chat is wanted. Where there is no chat, it is in no list.
    pub(super) fn accepts_chat(&self, known: Option<&KnownChats>, chat: Option<PeerId>) -> bool {
        known.is_none_or(|known| known.contain(chat) != self.blacklist)
    }

    /// The test that is made last.
    pub(super) fn accepts(&self, event: &E) -> bool {
        self.test.as_ref().is_none_or(|test| test(event))
    }
}

/// Looks up whom a filter names, if there is one.
pub(super) async fn resolve(
    chats: Option<&Chats>,
    client: &Client,
) -> Result<Option<KnownChats>, Error> {
    match chats {
        Some(chats) => chats.resolve(client).await.map(Some),
        None => Ok(None),
    }
}

impl<E> Default for ChatFilter<E> {
    fn default() -> Self {
        Self {
            chats: None,
            blacklist: false,
            test: None,
        }
    }
}

impl<E> fmt::Debug for ChatFilter<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatFilter")
            .field("chats", &self.chats)
            .field("blacklist", &self.blacklist)
            .field("func", &self.test.is_some())
            .finish()
    }
}

/// What every builder of events in chats can be told. The type has a `common`.
macro_rules! chat_filters {
    ($name:ident of $event:ident) => {
        impl $name {
            /// Only what happens in these chats. Looked up when the first such event comes; the list grows with every call.
            ///
            /// A positive number stands for the user, the group and the channel with that number, a negative one for the chat
            /// with that marked id; everything else is looked up as [`Client::get_input_entity`] does it.
            ///
            /// [`Client::get_input_entity`]: crate::Client::get_input_entity
            pub fn chats<T: Into<$crate::client::EntityLike>>(
                mut self,
                chats: impl IntoIterator<Item = T>,
            ) -> Self {
                self.common.add(chats);
                self
            }

            /// Takes [`Self::chats`] for those that are not wanted, and all others as wanted.
            pub fn blacklist_chats(mut self) -> Self {
                self.common.blacklist();
                self
            }

            /// Only what passes this test, which is made last.
            pub fn func(mut self, test: impl Fn(&$event) -> bool + Send + Sync + 'static) -> Self {
                self.common.set_test(test);
                self
            }
        }
    };
}

pub(super) use chat_filters;

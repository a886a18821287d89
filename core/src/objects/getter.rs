//! The chat and the sender of whatever has one: what came along, what is remembered, and what can be asked for.

#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use telewire_schema::types;

use crate::client::handle::lock;
use crate::client::{Client, EntityLike};
use crate::error::Error;
use crate::objects::{Entity, Message};
use crate::peers::{PeerId, PeerKey, PeerMap};

/// So many dialogs are looked through for a chat that the session does not know.
const DIALOGS: usize = 100;

/// A user or chat that an object names, with all that the object knows of it.
pub(crate) struct Source<'a> {
    pub(crate) client: &'a Client,
    /// Whoever came along with the object.
    pub(crate) peers: &'a PeerMap,
    /// Who it is, if the object says so.
    pub(crate) id: Option<PeerId>,
    /// What was asked for since.
    pub(crate) fetched: &'a Fetched,
    /// Where else to look.
    pub(crate) search: Search<'a>,
}

/// Where to look for somebody whom the session does not know.
#[derive(Clone, Copy)]
pub(crate) enum Search<'a> {
    /// Among the first dialogs: it is the chat that something happened in.
    Dialogs,
    /// In a fresh copy of the message; a stranger can be named by it.
    Message(&'a Message),
    /// Nowhere.
    Nowhere,
}

/// What a `get_` method has asked for, so that the property has it afterwards.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fetched(OnceLock<Arc<Entity>>);

impl Fetched {
    /// Has the property know it from now on, unless it does already.
    pub(crate) fn set(&self, entity: Entity) {
        let _ = self.0.set(Arc::new(entity));
    }
}

impl Source<'_> {
    /// Everything known of it, without asking anybody.
    pub(crate) fn entity(&self) -> Option<Entity> {
        let brought = || Entity::of(self.peers, self.id?);
        self.fetched
            .0
            .get()
            .map(|fetched| Entity::clone(fetched))
            .or_else(brought)
    }

    /// As requests name it, without asking anybody.
    pub(crate) fn input(&self) -> Option<types::InputPeer> {
        self.own_input().or_else(|| self.by_message())
    }

    /// Everything known of it, from the server where too little is.
    pub(crate) async fn get_entity(&self) -> Result<Entity, Error> {
        let known = self.entity();
        if let Some(entity) = known.clone().filter(|entity| !entity.is_min()) {
            return Ok(entity);
        }
        match self.fetch().await {
            Ok(entity) => {
                self.fetched.set(entity.clone());
                Ok(entity)
            }
            // The little that is known is better than nothing.
            Err(error) => known.ok_or(error),
        }
    }

    /// As requests name it, from the session or the server where the object does not know.
    pub(crate) async fn get_input(&self) -> Result<types::InputPeer, Error> {
        if let Some(peer) = self.own_input() {
            return Ok(peer);
        }
        let id = self.id.ok_or_else(nobody)?;
        let unknown = match self.client.get_input_entity(id).await {
            Err(error @ Error::NotFound(_)) => error,
            done => return done,
        };
        let found = match self.search {
            Search::Dialogs => Box::pin(in_dialogs(self.client, id)).await,
            Search::Message(message) => Box::pin(in_message(message, id)).await,
            Search::Nowhere => None,
        };
        found.or_else(|| self.by_message()).ok_or(unknown)
    }

    async fn fetch(&self) -> Result<Entity, Error> {
        let name = match (self.own_input(), self.id) {
            (Some(peer), _) => EntityLike::from(peer),
            (None, Some(id)) => id.into(),
            (None, None) => return Err(nobody()),
        };
        match (self.client.get_entity(name).await, self.by_message()) {
            (Err(Error::NotFound(_)), Some(peer)) => self.client.get_entity(peer).await,
            (done, _) => done,
        }
    }

    /// Whether it can be named in requests anywhere, without asking anybody.
    pub(crate) fn is_reachable(&self) -> bool {
        self.own_input().is_some()
    }

    /// What reaches it anywhere: from what came along, else from the peers that came by lately.
    fn own_input(&self) -> Option<types::InputPeer> {
        let id = self.id?;
        if let Some(peer) = self.entity().and_then(|entity| entity.input_peer()) {
            return Some(peer);
        }
        if let PeerId::Chat(id) = id {
            return Some(types::InputPeerChat::new(id).into());
        }
        let mut cache = lock(&self.client.shared().peers);
        cache
            .find(&PeerKey::Id(id))
            .map(|record| record.input_peer())
    }

    /// What reaches a stranger: [the message](https://core.telegram.org/api/min) it was seen in.
    fn by_message(&self) -> Option<types::InputPeer> {
        let Search::Message(message) = self.search else {
            return None;
        };
        let id = self.id.filter(|id| message.chat_id() != Some(*id))?;
        let (chat, number) = (message.input_chat()?, message.id());
        match id {
            PeerId::User(id) => Some(types::InputPeerUserFromMessage::new(chat, number, id).into()),
            PeerId::Channel(id) => {
                Some(types::InputPeerChannelFromMessage::new(chat, number, id).into())
            }
            PeerId::Chat(_) => None,
        }
    }
}

fn nobody() -> Error {
    Error::NotFound("it does not say who that is".into())
}

/// A chat that something happened in lately is probably among the first dialogs.
async fn in_dialogs(client: &Client, id: PeerId) -> Option<types::InputPeer> {
    // Bots have no dialogs; then it is as unknown as before.
    let dialogs = client.get_dialogs(DIALOGS).await.ok()?;
    let found = dialogs.iter().find(|dialog| dialog.entity().id() == id)?;
    found.entity().input_peer()
}

/// Messages that are asked for come with everybody whom they name.
async fn in_message(message: &Message, id: PeerId) -> Option<types::InputPeer> {
    let chat = message.get_input_chat().await.ok()?;
    let found = message
        .client()
        .get_messages_by_id(chat, &[message.id()])
        .await;
    let fresh = found.ok()?.into_iter().flatten().next()?;
    fresh.brought(id)?.input_peer()
}

/// What everything that happens in a chat can tell of it. The type has a `chat_source` and an
/// `is_broadcast`.
macro_rules! chat_getter {
    ($name:ident) => {
        /// The chat it happened in.
        impl $name {
            /// The client that it came by.
            pub fn client(&self) -> &crate::client::Client {
                self.chat_source().client
            }

            /// Which chat it is in; for a private chat, the other person.
            pub fn chat_id(&self) -> Option<crate::peers::PeerId> {
                self.chat_source().id
            }

            /// The chat, if it came along, or was asked for by [`Self::get_chat`].
            pub fn chat(&self) -> Option<crate::objects::Entity> {
                self.chat_source().entity()
            }

            /// The chat, from the server where it did not come along, or only the
            /// [least of it](https://core.telegram.org/api/min).
            ///
            /// # Errors
            /// [`Error::NotFound`](crate::Error::NotFound) if there is no chat, or the session has never seen it.
            pub async fn get_chat(&self) -> Result<crate::objects::Entity, crate::error::Error> {
                self.chat_source().get_entity().await
            }

            /// The chat as requests name it, if it came along with what that takes, or came by lately.
            pub fn input_chat(&self) -> Option<types::InputPeer> {
                self.chat_source().input()
            }

            /// The chat as requests name it: from the session where it did not come along, else from the first dialogs.
            ///
            /// # Errors
            /// [`Error::NotFound`](crate::Error::NotFound) if there is no chat, or it was never seen and is not among them.
            pub async fn get_input_chat(&self) -> Result<types::InputPeer, crate::error::Error> {
                self.chat_source().get_input().await
            }

            /// Whether it is in a private chat.
            pub fn is_private(&self) -> bool {
                matches!(self.chat_id(), Some(crate::peers::PeerId::User(_)))
            }

            /// Whether it is in a basic group or supergroup. A channel of which nothing is known counts as one.
            pub fn is_group(&self) -> bool {
                match self.chat_id() {
                    Some(crate::peers::PeerId::Chat(_)) => true,
                    Some(crate::peers::PeerId::Channel(_)) => {
                        !self.is_broadcast() && self.chat().is_none_or(|chat| chat.is_group())
                    }
                    _ => false,
                }
            }

            /// Whether it is in a channel or supergroup.
            pub fn is_channel(&self) -> bool {
                matches!(self.chat_id(), Some(crate::peers::PeerId::Channel(_)))
            }
        }
    };
}

/// What everything that somebody does can tell of whoever that is. The type has a `sender_source`.
macro_rules! sender_getter {
    ($name:ident) => {
        /// Whoever did it.
        impl $name {
            /// Who did it: a user, or the channel or group in whose name it was done.
            pub fn sender_id(&self) -> Option<crate::peers::PeerId> {
                self.sender_source().id
            }

            /// Whoever did it, if that came along, or was asked for by [`Self::get_sender`].
            pub fn sender(&self) -> Option<crate::objects::Entity> {
                self.sender_source().entity()
            }

            /// Whoever did it, from the server where it did not come along, or only the
            /// [least of it](https://core.telegram.org/api/min).
            ///
            /// # Errors
            /// [`Error::NotFound`](crate::Error::NotFound) if nobody is named, or the session has never seen whoever is.
            pub async fn get_sender(&self) -> Result<crate::objects::Entity, crate::error::Error> {
                self.sender_source().get_entity().await
            }

            /// Whoever did it as requests name it, if it came along with what that takes, or came by lately.
            pub fn input_sender(&self) -> Option<types::InputPeer> {
                self.sender_source().input()
            }

            /// Whoever did it as requests name it: from the session where it did not come along, else from a fresh copy of
            /// the message.
            ///
            /// # Errors
            /// [`Error::NotFound`](crate::Error::NotFound) if nobody is named, or whoever is was never seen.
            pub async fn get_input_sender(&self) -> Result<types::InputPeer, crate::error::Error> {
                self.sender_source().get_input().await
            }
        }
    };
}

pub(crate) use chat_getter;
pub(crate) use sender_getter;

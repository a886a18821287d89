//! The users and chats that came along with something.

use std::collections::HashMap;
use std::fmt;

use telewire_schema::types;

use crate::peers::PeerId;

/// Users and chats by their ids, as an answer or a packet of updates brought them.
#[derive(Clone, Default, PartialEq)]
pub struct PeerMap {
    users: HashMap<i64, types::User>,
    chats: HashMap<i64, types::Chat>,
    channels: HashMap<i64, types::Chat>,
}

impl PeerMap {
    /// The peers of these two lists, as most answers have them.
    pub fn new(users: Vec<types::User>, chats: Vec<types::Chat>) -> Self {
        let mut map = Self::default();
        map.extend(users, chats);
        map
    }

    /// Adds more peers; the later of two with the same id stays, unless it is only a `min` one.
    pub fn extend(&mut self, users: Vec<types::User>, chats: Vec<types::Chat>) {
        for user in users {
            let id = match &user {
                types::User::User(u) if u.min && self.users.contains_key(&u.id) => continue,
                types::User::User(u) => u.id,
                types::User::Empty(u) => u.id,
            };
            self.users.insert(id, user);
        }
        for chat in chats {
            match chat_id(&chat) {
                Some(PeerId::Channel(id)) => {
                    let min = matches!(&chat, types::Chat::Channel(c) if c.min);
                    if !min || !self.channels.contains_key(&id) {
                        self.channels.insert(id, chat);
                    }
                }
                Some(id) => {
                    self.chats.insert(id.bare(), chat);
                }
                None => {}
            }
        }
    }

    /// The user with this id.
    pub fn user(&self, id: i64) -> Option<&types::User> {
        self.users.get(&id)
    }

    /// The basic group or channel with this id.
    pub fn chat(&self, id: PeerId) -> Option<&types::Chat> {
        match id {
            PeerId::User(_) => None,
            PeerId::Chat(id) => self.chats.get(&id),
            PeerId::Channel(id) => self.channels.get(&id),
        }
    }

    /// Whether the peer came along.
    pub fn contains(&self, id: PeerId) -> bool {
        match id {
            PeerId::User(id) => self.users.contains_key(&id),
            other => self.chat(other).is_some(),
        }
    }

    /// Every user.
    pub fn users(&self) -> impl Iterator<Item = &types::User> {
        self.users.values()
    }

    /// Every basic group and channel.
    pub fn chats(&self) -> impl Iterator<Item = &types::Chat> {
        self.chats.values().chain(self.channels.values())
    }

    /// Whether nobody came along.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.chats.is_empty() && self.channels.is_empty()
    }
}

// Users and chats are other people's business.
impl fmt::Debug for PeerMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chats = self.chats.len().saturating_add(self.channels.len());
        write!(f, "PeerMap({} users, {chats} chats)", self.users.len())
    }
}

/// The id of a chat; `None` for a kind without one.
fn chat_id(chat: &types::Chat) -> Option<PeerId> {
    match chat {
        types::Chat::Empty(c) => Some(PeerId::Chat(c.id)),
        types::Chat::Chat(c) => Some(PeerId::Chat(c.id)),
        types::Chat::Forbidden(c) => Some(PeerId::Chat(c.id)),
        types::Chat::Channel(c) => Some(PeerId::Channel(c.id)),
        types::Chat::ChannelForbidden(c) => Some(PeerId::Channel(c.id)),
        _ => None,
    }
}

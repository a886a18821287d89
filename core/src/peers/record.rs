//! What is remembered of a peer.

use std::fmt;

use telewire_schema::types;

use crate::peers::PeerId;

/// A peer as sessions keep it.
#[derive(Clone, PartialEq, Eq)]
pub struct PeerRecord {
    /// Who it is.
    pub id: PeerId,
    /// The access hash for this account; basic groups have none and keep 0.
    pub access_hash: i64,
    /// Every active username, lower-case, the main one first.
    pub usernames: Vec<Box<str>>,
    /// The phone number, digits only.
    pub phone: Option<Box<str>>,
    /// The display name.
    pub name: Box<str>,
    /// Whether it is a bot.
    pub bot: bool,
}

impl PeerRecord {
    /// The value that requests take.
    pub fn input_peer(&self) -> types::InputPeer {
        match self.id {
            PeerId::User(user_id) => types::InputPeerUser {
                user_id,
                access_hash: self.access_hash,
            }
            .into(),
            PeerId::Chat(chat_id) => types::InputPeerChat { chat_id }.into(),
            PeerId::Channel(channel_id) => types::InputPeerChannel {
                channel_id,
                access_hash: self.access_hash,
            }
            .into(),
        }
    }
}

// Phones, names and hashes are the users' own business.
impl fmt::Debug for PeerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerRecord")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// How a remembered peer is asked for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum PeerKey {
    /// By its exact id.
    Id(PeerId),
    /// By a username, lower-case, without `@`.
    Username(Box<str>),
    /// By a phone number, digits only.
    Phone(Box<str>),
    /// By the exact display name.
    Name(Box<str>),
}

impl fmt::Debug for PeerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
            Self::Username(_) => f.write_str("Username(***)"),
            Self::Phone(_) => f.write_str("Phone(***)"),
            Self::Name(_) => f.write_str("Name(***)"),
        }
    }
}

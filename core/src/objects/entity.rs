//! Users, groups and channels as one type.

use telewire_schema::types;

use crate::peers::{PeerId, PeerMap};

/// A user, a basic group or a channel, as the server described it.
///
/// ```
/// use telewire_core::objects::{DisplayName, Entity};
/// use telewire_core::{peers::PeerId, types};
///
/// let user = types::UserData::new(7).first_name("Ada").last_name("Lovelace");
/// let entity = Entity::from(user);
/// assert_eq!(entity.id(), PeerId::User(7));
/// assert_eq!(entity.display_name(), "Ada Lovelace");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Entity {
    /// A user or bot.
    User(Box<types::UserData>),
    /// A basic group, or what is left to know of one.
    Chat(types::Chat),
    /// A channel or supergroup, or what is left to know of one.
    Channel(types::Chat),
}

impl Entity {
    /// Who it is.
    pub fn id(&self) -> PeerId {
        match self {
            Self::User(user) => PeerId::User(user.id),
            Self::Chat(chat) => PeerId::Chat(chat_id(chat)),
            Self::Channel(chat) => PeerId::Channel(chat_id(chat)),
        }
    }

    /// The main username, without `@`.
    pub fn username(&self) -> Option<&str> {
        let (main, more) = match self {
            Self::User(user) => (&user.username, &user.usernames),
            Self::Chat(types::Chat::Channel(channel))
            | Self::Channel(types::Chat::Channel(channel)) => {
                (&channel.username, &channel.usernames)
            }
            _ => return None,
        };
        let active = || {
            more.iter()
                .flatten()
                .find(|u| u.active)
                .map(|u| u.username.as_str())
        };
        main.as_deref().or_else(active)
    }

    /// The user, if it is one.
    pub fn user(&self) -> Option<&types::UserData> {
        match self {
            Self::User(user) => Some(user),
            _ => None,
        }
    }

    /// Whether only the least is told of it, as of strangers in a group; see [`min`](https://core.telegram.org/api/min).
    pub fn is_min(&self) -> bool {
        match self {
            Self::User(user) => user.min,
            Self::Chat(_) => false,
            Self::Channel(chat) => matches!(chat, types::Chat::Channel(channel) if channel.min),
        }
    }

    /// Whether it is a user or bot.
    pub fn is_user(&self) -> bool {
        matches!(self, Self::User(_))
    }

    /// Whether it is a basic group or a supergroup.
    pub fn is_group(&self) -> bool {
        match self {
            Self::User(_) => false,
            Self::Chat(_) => true,
            Self::Channel(types::Chat::Channel(channel)) => channel.megagroup || channel.gigagroup,
            Self::Channel(types::Chat::ChannelForbidden(channel)) => channel.megagroup,
            Self::Channel(_) => false,
        }
    }

    /// Whether it is a channel, supergroups included.
    pub fn is_channel(&self) -> bool {
        matches!(self, Self::Channel(_))
    }

    /// The value that requests take, unless this description does not suffice to reach the peer
    /// ([`min`](https://core.telegram.org/api/min) users and channels).
    pub fn input_peer(&self) -> Option<types::InputPeer> {
        match self {
            Self::User(user) if user.self_ => Some(types::InputPeer::Self_),
            Self::User(user) if user.min => None,
            Self::User(user) => Some(types::InputPeerUser::new(user.id, user.access_hash?).into()),
            Self::Chat(chat) => Some(types::InputPeerChat::new(chat_id(chat)).into()),
            Self::Channel(types::Chat::Channel(channel)) if channel.min => None,
            Self::Channel(types::Chat::Channel(channel)) => {
                Some(types::InputPeerChannel::new(channel.id, channel.access_hash?).into())
            }
            Self::Channel(types::Chat::ChannelForbidden(channel)) => {
                Some(types::InputPeerChannel::new(channel.id, channel.access_hash).into())
            }
            Self::Channel(_) => None,
        }
    }

    /// The peer with that id, if it is in the map.
    pub(crate) fn of(peers: &PeerMap, id: PeerId) -> Option<Self> {
        match id {
            PeerId::User(id) => peers.user(id).cloned().and_then(Self::from_user),
            PeerId::Chat(_) | PeerId::Channel(_) => {
                peers.chat(id).cloned().and_then(Self::from_chat)
            }
        }
    }

    /// `None` for an empty one.
    pub(crate) fn from_user(user: types::User) -> Option<Self> {
        match user {
            types::User::User(user) => Some(Self::User(user)),
            types::User::Empty(_) => None,
        }
    }

    /// `None` for an empty one, and for kinds that are no place to write to.
    pub(crate) fn from_chat(chat: types::Chat) -> Option<Self> {
        match chat {
            types::Chat::Chat(_) | types::Chat::Forbidden(_) => Some(Self::Chat(chat)),
            types::Chat::Channel(_) | types::Chat::ChannelForbidden(_) => Some(Self::Channel(chat)),
            types::Chat::Empty(_)
            | types::Chat::Community(_)
            | types::Chat::CommunityForbidden(_) => None,
        }
    }
}

impl From<types::UserData> for Entity {
    fn from(user: types::UserData) -> Self {
        Self::User(Box::new(user))
    }
}

fn chat_id(chat: &types::Chat) -> i64 {
    match chat {
        types::Chat::Empty(c) => c.id,
        types::Chat::Chat(c) => c.id,
        types::Chat::Forbidden(c) => c.id,
        types::Chat::Channel(c) => c.id,
        types::Chat::ChannelForbidden(c) => c.id,
        types::Chat::Community(c) => c.id,
        types::Chat::CommunityForbidden(c) => c.id,
    }
}

/// The name that people see.
pub trait DisplayName {
    /// `First Last` of a user, or the one that exists; the title of a group or channel; empty where there is neither.
    fn display_name(&self) -> String;
}

impl DisplayName for types::UserData {
    fn display_name(&self) -> String {
        let parts = [&self.first_name, &self.last_name];
        let names: Vec<&str> = parts
            .into_iter()
            .flatten()
            .map(String::as_str)
            .filter(|n| !n.is_empty())
            .collect();
        names.join(" ")
    }
}

impl DisplayName for types::User {
    fn display_name(&self) -> String {
        match self {
            Self::User(user) => user.display_name(),
            Self::Empty(_) => String::new(),
        }
    }
}

impl DisplayName for types::Chat {
    fn display_name(&self) -> String {
        match self {
            Self::Empty(_) => String::new(),
            Self::Chat(c) => c.title.clone(),
            Self::Forbidden(c) => c.title.clone(),
            Self::Channel(c) => c.title.clone(),
            Self::ChannelForbidden(c) => c.title.clone(),
            Self::Community(c) => c.title.clone(),
            Self::CommunityForbidden(c) => c.title.clone(),
        }
    }
}

impl DisplayName for Entity {
    fn display_name(&self) -> String {
        match self {
            Self::User(user) => user.display_name(),
            Self::Chat(chat) | Self::Channel(chat) => chat.display_name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_people_see() {
        // parity: U-name.user
        let user = types::UserData::new(1);
        assert_eq!(user.display_name(), "");
        assert_eq!(user.clone().first_name("A").display_name(), "A");
        assert_eq!(user.clone().last_name("B").display_name(), "B");
        assert_eq!(user.first_name("A").last_name("B").display_name(), "A B");
        let chat: types::Chat =
            types::ChatData::new(3, "Club", types::ChatPhoto::Empty, 1, 0, 1).into();
        assert_eq!(chat.display_name(), "Club");
        let channel: types::Chat =
            types::Channel::new(3, "News", types::ChatPhoto::Empty, 0).into();
        assert_eq!(channel.display_name(), "News");
        let chat: types::Chat = types::ChatForbidden::new(3, "Gone").into();
        assert_eq!(chat.display_name(), "Gone");
        assert_eq!(
            types::Chat::from(types::ChatEmpty::new(3)).display_name(),
            ""
        );
    }

    #[test]
    fn min_peers_cannot_be_reached() {
        let user = types::UserData::new(1).access_hash(2);
        let whole = Entity::from(user.clone()).input_peer();
        assert_eq!(whole, Some(types::InputPeerUser::new(1, 2).into()));
        assert_eq!(Entity::from(user.clone().min(true)).input_peer(), None);
        assert_eq!(
            Entity::from(user.self_(true)).input_peer(),
            Some(types::InputPeer::Self_)
        );
    }

    #[test]
    fn usernames_come_from_the_list_when_there_is_no_main_one() {
        let list = vec![
            types::Username::new("old"),
            types::Username::new("new").active(true),
        ];
        let user = Entity::from(types::UserData::new(1).usernames(list));
        assert_eq!(user.username(), Some("new"));
    }
}

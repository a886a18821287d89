//! One argument type for everything that names a user, a group or a channel.

use std::fmt;

use telewire_schema::types;

use crate::objects::{Dialog, Entity, Message};
use crate::peers::PeerId;
use crate::text::parse_username;

/// Whom or which chat a method is about.
///
/// It is made from, and every method takes instead of it:
///
/// - `"me"` or `"self"`, in any case;
/// - a username, with or without `@`, or a `t.me` link to one;
/// - an invite link of a chat that one is in;
/// - a phone number of a contact, in international form;
/// - the exact display name of somebody who was seen before;
/// - a marked id (`i64`): negative as in [`PeerId::marked`], positive for whatever is known under that number;
/// - a [`PeerId`], a `types::Peer`, `InputPeer`, `InputUser`, `InputChannel`, `User` or `Chat`;
/// - a [`Message`] (its chat), a [`Dialog`] or an [`Entity`].
///
/// ```no_run
/// # async fn f(client: telewire_core::Client, message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
/// client.send_message("me", "a note").await?;
/// client.send_message("@telegram", "hello").await?;
/// client.send_message(-1001234567890, "to a channel").await?;
/// client.send_message(&message, "to where this came from").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct EntityLike(pub(super) Like);

#[derive(Clone, PartialEq)]
pub(crate) enum Like {
    /// Ready to be sent.
    Input(types::InputPeer),
    /// That one exactly.
    Exact(PeerId),
    /// A positive number: a user, group or channel, whichever is known.
    Number(i64),
    /// What a person wrote.
    Text(Box<str>),
    /// Nobody: the description was empty.
    Nobody,
}

impl EntityLike {
    /// Nobody, for methods that can do without; others answer [`Error::Misuse`](crate::Error::Misuse).
    pub fn none() -> Self {
        Self(Like::Nobody)
    }

    pub(crate) fn as_like(&self) -> &Like {
        &self.0
    }

    fn exact(id: PeerId) -> Self {
        Self(Like::Exact(id))
    }
}

// Whom somebody writes to is nobody else's business.
impl fmt::Debug for EntityLike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EntityLike").field(&self.0).finish()
    }
}

impl fmt::Debug for Like {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(id) => id.fmt(f),
            Self::Number(id) => id.fmt(f),
            Self::Input(_) | Self::Text(_) => f.write_str("***"),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

impl From<&str> for EntityLike {
    fn from(text: &str) -> Self {
        let text = text.trim();
        if text.eq_ignore_ascii_case("me") || text.eq_ignore_ascii_case("self") {
            return Self(Like::Input(types::InputPeer::Self_));
        }
        // A negative number is a marked id; a positive one could be a phone number and is taken as one.
        match text.parse::<i64>() {
            Ok(id) if id < 0 => id.into(),
            _ => Self(Like::Text(text.into())),
        }
    }
}

impl From<String> for EntityLike {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&String> for EntityLike {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<i64> for EntityLike {
    fn from(id: i64) -> Self {
        Self(match PeerId::from_marked(id) {
            None => Like::Nobody,
            Some(PeerId::User(id)) => Like::Number(id),
            Some(exact) => Like::Exact(exact),
        })
    }
}

impl From<PeerId> for EntityLike {
    fn from(id: PeerId) -> Self {
        Self::exact(id)
    }
}

impl From<types::Peer> for EntityLike {
    fn from(peer: types::Peer) -> Self {
        Self::exact((&peer).into())
    }
}

impl From<types::InputPeer> for EntityLike {
    fn from(peer: types::InputPeer) -> Self {
        match peer {
            types::InputPeer::Named(name) => (&*name.0).into(),
            types::InputPeer::Empty => Self(Like::Nobody),
            peer => Self(Like::Input(peer)),
        }
    }
}

impl From<types::InputUser> for EntityLike {
    fn from(user: types::InputUser) -> Self {
        let peer: types::InputPeer = match user {
            types::InputUser::Named(name) => return (&*name.0).into(),
            types::InputUser::Empty => return Self(Like::Nobody),
            types::InputUser::Self_ => types::InputPeer::Self_,
            types::InputUser::InputUser(u) => {
                types::InputPeerUser::new(u.user_id, u.access_hash).into()
            }
            types::InputUser::FromMessage(u) => {
                types::InputPeerUserFromMessage::new(u.peer, u.msg_id, u.user_id).into()
            }
        };
        Self(Like::Input(peer))
    }
}

impl From<types::InputChannel> for EntityLike {
    fn from(channel: types::InputChannel) -> Self {
        let peer: types::InputPeer = match channel {
            types::InputChannel::Named(name) => return (&*name.0).into(),
            types::InputChannel::Empty => return Self(Like::Nobody),
            types::InputChannel::InputChannel(c) => {
                types::InputPeerChannel::new(c.channel_id, c.access_hash).into()
            }
            types::InputChannel::FromMessage(c) => {
                types::InputPeerChannelFromMessage::new(c.peer, c.msg_id, c.channel_id).into()
            }
        };
        Self(Like::Input(peer))
    }
}

impl From<&Entity> for EntityLike {
    fn from(entity: &Entity) -> Self {
        // Without an access hash of its own it may still be known from elsewhere.
        match entity.input_peer() {
            Some(peer) => Self(Like::Input(peer)),
            None => Self::exact(entity.id()),
        }
    }
}

impl From<&types::User> for EntityLike {
    fn from(user: &types::User) -> Self {
        Entity::from_user(user.clone())
            .as_ref()
            .map_or(Self(Like::Nobody), Self::from)
    }
}

impl From<&types::UserData> for EntityLike {
    fn from(user: &types::UserData) -> Self {
        (&Entity::from(user.clone())).into()
    }
}

impl From<&types::Chat> for EntityLike {
    fn from(chat: &types::Chat) -> Self {
        Entity::from_chat(chat.clone())
            .as_ref()
            .map_or(Self(Like::Nobody), Self::from)
    }
}

impl From<&Message> for EntityLike {
    fn from(message: &Message) -> Self {
        match (message.input_chat(), message.chat_id()) {
            (Some(peer), _) => Self(Like::Input(peer)),
            (None, Some(id)) => Self::exact(id),
            (None, None) => Self(Like::Nobody),
        }
    }
}

impl From<&Dialog> for EntityLike {
    fn from(dialog: &Dialog) -> Self {
        dialog.entity().into()
    }
}

/// An owned value is taken like a reference to it.
macro_rules! owned {
    ($($type:ty),*) => {$(
        impl From<$type> for EntityLike {
            fn from(value: $type) -> Self {
                (&value).into()
            }
        }
    )*};
}

/// A reference to a small value is taken like the value.
macro_rules! copied {
    ($($type:ty),*) => {$(
        impl From<&$type> for EntityLike {
            fn from(value: &$type) -> Self {
                value.clone().into()
            }
        }
    )*};
}

owned!(
    Entity,
    types::User,
    types::UserData,
    types::Chat,
    Message,
    Dialog
);
copied!(
    i64,
    PeerId,
    types::Peer,
    types::InputPeer,
    types::InputUser,
    types::InputChannel,
    EntityLike
);

impl Like {
    /// What to call it in an error.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Text(text) if parse_username(text).is_none() => format!("“{text}”"),
            Self::Text(text) if text.starts_with(['@', '+']) || text.contains('/') => {
                text.to_string()
            }
            Self::Text(text) => format!("@{text}"),
            Self::Exact(id) => format!("the {} with the id {}", kind(*id), id.bare()),
            Self::Number(id) => format!("the peer with the id {id}"),
            Self::Input(_) => "this peer".into(),
            Self::Nobody => "an empty peer".into(),
        }
    }
}

/// A user out of an input peer.
pub(crate) fn input_user(peer: types::InputPeer) -> Option<types::InputUser> {
    Some(match peer {
        types::InputPeer::Self_ => types::InputUser::Self_,
        types::InputPeer::User(u) => types::InputUserData::new(u.user_id, u.access_hash).into(),
        types::InputPeer::UserFromMessage(u) => {
            types::InputUserFromMessage::new(u.peer, u.msg_id, u.user_id).into()
        }
        _ => return None,
    })
}

/// A channel or supergroup out of an input peer.
pub(crate) fn input_channel(peer: types::InputPeer) -> Option<types::InputChannel> {
    Some(match peer {
        types::InputPeer::Channel(c) => {
            types::InputChannelData::new(c.channel_id, c.access_hash).into()
        }
        types::InputPeer::ChannelFromMessage(c) => {
            types::InputChannelFromMessage::new(c.peer, c.msg_id, c.channel_id).into()
        }
        _ => return None,
    })
}

fn kind(id: PeerId) -> &'static str {
    match id {
        PeerId::User(_) => "user",
        PeerId::Chat(_) => "group",
        PeerId::Channel(_) => "channel",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_oneself_are_taken_in_any_case() {
        for text in ["me", "Self", " ME "] {
            assert_eq!(EntityLike::from(text), types::InputPeer::Self_.into());
        }
    }

    #[test]
    fn marked_ids_are_exact_and_positive_ones_are_not() {
        assert_eq!(EntityLike::from(-5), PeerId::Chat(5).into());
        assert_eq!(
            EntityLike::from("-1001234567890"),
            PeerId::Channel(1_234_567_890).into()
        );
        assert_eq!(EntityLike::from(5).0, Like::Number(5));
        assert_eq!(EntityLike::from(0).0, Like::Nobody);
    }

    #[test]
    fn min_users_are_looked_up_by_their_id() {
        let user = types::UserData::new(7).access_hash(1);
        assert_eq!(
            EntityLike::from(&user).0,
            Like::Input(types::InputPeerUser::new(7, 1).into())
        );
        assert_eq!(
            EntityLike::from(user.min(true)).0,
            Like::Exact(PeerId::User(7))
        );
    }

    #[test]
    fn debug_tells_no_names() {
        assert_eq!(
            format!("{:?}", EntityLike::from("durov")),
            "EntityLike(***)"
        );
    }
}

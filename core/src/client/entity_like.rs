//! One argument type for everything that names a user, a group or a channel.

mod input;

use std::fmt;

use telewire_schema::types;

use crate::objects::{Dialog, Entity, Message};
use crate::peers::PeerId;
use crate::text::{link_path, parse_username};

/// Whom or which chat a method is about.
///
/// It is made from, and every method takes instead of it:
///
/// - `"me"` or `"self"`, in any case;
/// - a username, with or without `@`, or a link to one (`t.me/name`, `name.t.me`, `tg://resolve?domain=name`);
/// - an invite link of a chat that one is in;
/// - a phone number of a contact, in international form, or a link to one (`t.me/+34600…`, `tg://resolve?phone=34600…`);
/// - a [link to a user](https://core.telegram.org/api/links#mention-links) by its id, `tg://user?id=…`;
/// - the exact display name of somebody who was seen before;
/// - a marked id (`i64`): negative as in [`PeerId::marked`], positive for whatever is known under that number;
/// - a [`PeerId`], a `types::Peer`, `InputPeer`, `InputUser`, `InputChannel`, `User` or `Chat`;
/// - a [`Message`] (its chat), a [`Dialog`], a [`Draft`](crate::objects::Draft) or an [`Entity`];
/// - whatever else names somebody: a `types::DialogPeer`, `contacts::ResolvedPeer`, a `ChatFull` or `UserFull`, a
///   participant of a group or channel.
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
        if let Some(id) = user_link(text) {
            return Self::exact(PeerId::User(id));
        }
        if let Some(phone) = phone_link(text) {
            return Self(Like::Text(format!("+{phone}").into()));
        }
        // How raw requests hold a number that may be anybody's.
        if let Some(id) = text
            .strip_prefix("id:")
            .and_then(|id| id.parse::<i64>().ok())
        {
            return id.into();
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
        types::InputPeer::from(user).into()
    }
}

impl From<types::InputChannel> for EntityLike {
    fn from(channel: types::InputChannel) -> Self {
        types::InputPeer::from(channel).into()
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
        match dialog.input_peer() {
            types::InputPeer::Empty => dialog.entity().into(),
            peer => Self(Like::Input(peer)),
        }
    }
}

/// What names somebody without an access hash.
macro_rules! by_peer {
    ($($type:ty),*) => {$(
        impl From<&$type> for EntityLike {
            fn from(value: &$type) -> Self {
                use crate::utils::ToPeer;
                value.to_peer().map_or(Self(Like::Nobody), |peer| peer.into())
            }
        }
    )*};
}

by_peer!(
    types::DialogPeer,
    types::NotifyPeer,
    types::contacts::ResolvedPeer,
    types::ChatFull,
    types::messages::ChatFull,
    types::UserFull,
    types::users::UserFull,
    types::ChatParticipant,
    types::ChannelParticipant
);

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

/// Whoever a link to a user's id is about.
fn user_link(text: &str) -> Option<i64> {
    let id = text.strip_prefix("tg://user?id=")?.parse().ok()?;
    (id > 0).then_some(id)
}

/// The digits in a link to a phone number.
fn phone_link(text: &str) -> Option<&str> {
    let digits = match text.strip_prefix("tg://resolve?phone=") {
        Some(digits) => digits.trim_start_matches('+'),
        None => link_path(text)?.strip_prefix('+')?,
    };
    let digits = digits.trim_end_matches('/');
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

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
mod tests;

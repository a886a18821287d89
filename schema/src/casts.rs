//! What requests take, made of what the server describes and of what people write.
//!
//! Where too little is known for that, as of a [`min`](https://core.telegram.org/api/min) user, the result is a name that
//! the client resolves when it sends the request; see `InputPeer::Named`.

use crate::types;

/// Marked channel ids are below this, see [dialog ids](https://core.telegram.org/api/bots/ids).
const CHANNELS: i64 = -1_000_000_000_000;

/// The name by which the client finds exactly that user.
fn user_name(id: i64) -> String {
    format!("tg://user?id={id}")
}

/// The name by which the client finds whoever has that marked id; a positive one without a kind may be anybody's.
fn id_name(marked: i64) -> String {
    match marked {
        1.. => format!("id:{marked}"),
        _ => marked.to_string(),
    }
}

fn peer_name(peer: &types::Peer) -> String {
    match peer {
        types::Peer::User(p) => user_name(p.user_id),
        types::Peer::Chat(p) => chat_name(p.chat_id),
        types::Peer::Channel(p) => channel_name(p.channel_id),
    }
}

/// The marked id of a basic group; one that is marked already stays as it is.
fn chat_name(id: i64) -> String {
    id.saturating_abs().saturating_neg().to_string()
}

fn channel_name(id: i64) -> String {
    match id {
        ..=0 => id.to_string(),
        _ => CHANNELS.saturating_sub(id).to_string(),
    }
}

impl From<&types::Peer> for types::InputPeer {
    fn from(peer: &types::Peer) -> Self {
        match peer {
            types::Peer::Chat(p) => types::InputPeerChat::new(p.chat_id.saturating_abs()).into(),
            _ => Self::Named(peer_name(peer).into()),
        }
    }
}

impl From<&types::UserData> for types::InputPeer {
    fn from(user: &types::UserData) -> Self {
        match user.access_hash {
            _ if user.self_ => Self::Self_,
            Some(hash) if !user.min => types::InputPeerUser::new(user.id, hash).into(),
            _ => Self::Named(user_name(user.id).into()),
        }
    }
}

impl From<&types::User> for types::InputPeer {
    fn from(user: &types::User) -> Self {
        match user {
            types::User::User(user) => Self::from(&**user),
            types::User::Empty(_) => Self::Empty,
        }
    }
}

impl From<&types::Channel> for types::InputPeer {
    fn from(channel: &types::Channel) -> Self {
        match channel.access_hash {
            Some(hash) if !channel.min => types::InputPeerChannel::new(channel.id, hash).into(),
            _ => Self::Named(channel_name(channel.id).into()),
        }
    }
}

impl From<&types::Chat> for types::InputPeer {
    fn from(chat: &types::Chat) -> Self {
        match chat {
            types::Chat::Empty(c) => types::InputPeerChat::new(c.id).into(),
            types::Chat::Chat(c) => types::InputPeerChat::new(c.id).into(),
            types::Chat::Forbidden(c) => types::InputPeerChat::new(c.id).into(),
            types::Chat::Channel(c) => Self::from(&**c),
            types::Chat::ChannelForbidden(c) => {
                types::InputPeerChannel::new(c.id, c.access_hash).into()
            }
            types::Chat::Community(_) | types::Chat::CommunityForbidden(_) => Self::Empty,
        }
    }
}

impl From<&types::InputUser> for types::InputPeer {
    fn from(user: &types::InputUser) -> Self {
        match user {
            types::InputUser::Empty => Self::Empty,
            types::InputUser::Self_ => Self::Self_,
            types::InputUser::InputUser(u) => {
                types::InputPeerUser::new(u.user_id, u.access_hash).into()
            }
            types::InputUser::FromMessage(u) => {
                types::InputPeerUserFromMessage::new(u.peer.clone(), u.msg_id, u.user_id).into()
            }
            types::InputUser::Named(name) => Self::Named(name.0.clone().into()),
        }
    }
}

impl From<&types::InputChannel> for types::InputPeer {
    fn from(channel: &types::InputChannel) -> Self {
        match channel {
            types::InputChannel::Empty => Self::Empty,
            types::InputChannel::InputChannel(c) => {
                types::InputPeerChannel::new(c.channel_id, c.access_hash).into()
            }
            types::InputChannel::FromMessage(c) => {
                types::InputPeerChannelFromMessage::new(c.peer.clone(), c.msg_id, c.channel_id)
                    .into()
            }
            types::InputChannel::Named(name) => Self::Named(name.0.clone().into()),
        }
    }
}

/// What is no user turns into a name, so that sending the request tells that it is none.
impl From<&types::InputPeer> for types::InputUser {
    fn from(peer: &types::InputPeer) -> Self {
        match peer {
            types::InputPeer::Empty => Self::Empty,
            types::InputPeer::Self_ => Self::Self_,
            types::InputPeer::User(u) => types::InputUserData::new(u.user_id, u.access_hash).into(),
            types::InputPeer::UserFromMessage(u) => {
                types::InputUserFromMessage::new(u.peer.clone(), u.msg_id, u.user_id).into()
            }
            types::InputPeer::Chat(c) => Self::Named(chat_name(c.chat_id).into()),
            types::InputPeer::Channel(c) => Self::Named(channel_name(c.channel_id).into()),
            types::InputPeer::ChannelFromMessage(c) => {
                Self::Named(channel_name(c.channel_id).into())
            }
            types::InputPeer::Named(name) => Self::Named(name.0.clone().into()),
        }
    }
}

/// What is no channel turns into a name, so that sending the request tells that it is none.
impl From<&types::InputPeer> for types::InputChannel {
    fn from(peer: &types::InputPeer) -> Self {
        match peer {
            types::InputPeer::Empty => Self::Empty,
            types::InputPeer::Self_ => Self::Named("me".into()),
            types::InputPeer::Channel(c) => {
                types::InputChannelData::new(c.channel_id, c.access_hash).into()
            }
            types::InputPeer::ChannelFromMessage(c) => {
                types::InputChannelFromMessage::new(c.peer.clone(), c.msg_id, c.channel_id).into()
            }
            types::InputPeer::Chat(c) => Self::Named(chat_name(c.chat_id).into()),
            types::InputPeer::User(u) => Self::Named(user_name(u.user_id).into()),
            types::InputPeer::UserFromMessage(u) => Self::Named(user_name(u.user_id).into()),
            types::InputPeer::Named(name) => Self::Named(name.0.clone().into()),
        }
    }
}

/// Whatever people write, as a name that the client resolves.
macro_rules! named {
    ($($target:ident)*) => {$(
        impl From<&str> for types::$target {
            fn from(name: &str) -> Self {
                Self::Named(name.into())
            }
        }

        impl From<String> for types::$target {
            fn from(name: String) -> Self {
                Self::Named(name.into())
            }
        }

        impl From<i64> for types::$target {
            fn from(marked: i64) -> Self {
                Self::Named(id_name(marked).into())
            }
        }
    )*};
}

/// Through the conversion to an input peer.
macro_rules! by_peer {
    ($make:ident: $target:ty: $($source:ty),*) => {$(
        impl From<$source> for $target {
            fn from(source: $source) -> Self {
                by_peer!(@$make types::InputPeer::from(source))
            }
        }
    )*};
    (@cast $peer:expr) => { (&$peer).into() };
    (@dialog $peer:expr) => { types::InputDialogPeerData::new($peer).into() };
    (@notify $peer:expr) => { types::InputNotifyPeerData::new($peer).into() };
}

/// An owned value is taken like a reference to it.
macro_rules! owned {
    ($target:ident: $($source:ident),*) => {$(
        impl From<types::$source> for types::$target {
            fn from(source: types::$source) -> Self {
                Self::from(&source)
            }
        }
    )*};
}

named!(InputPeer InputUser InputChannel);
owned!(InputPeer: Peer, UserData, User, Channel, Chat, InputUser, InputChannel);

by_peer!(cast: types::InputUser: &types::Peer, &types::UserData, &types::User);
owned!(InputUser: Peer, UserData, User, InputPeer);

by_peer!(cast: types::InputChannel: &types::Peer, &types::Channel, &types::Chat);
owned!(InputChannel: Peer, Channel, Chat, InputPeer);

by_peer!(
    dialog: types::InputDialogPeer: types::InputPeer, &str, String, i64, &types::Peer, types::Peer, &types::UserData,
    types::UserData, &types::User, types::User, &types::Channel, types::Channel, &types::Chat, types::Chat
);

#[cfg(feature = "full")]
by_peer!(
    notify: types::InputNotifyPeer: types::InputPeer, &str, String, i64, &types::Peer, types::Peer, &types::UserData,
    types::UserData, &types::User, types::User, &types::Channel, types::Channel, &types::Chat, types::Chat
);

mod media;
#[cfg(all(test, feature = "full"))]
mod tests;

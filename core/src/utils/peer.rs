//! Users, groups and channels.

use telewire_schema::types;

use super::no_cast;
use crate::error::Error;
use crate::objects::{Dialog, Draft, Entity};
use crate::peers::PeerId;

/// What is good enough for an input peer.
///
/// ```
/// use telewire_core::{types, utils};
/// use telewire_core::utils::PeerOptions;
///
/// let me = types::UserData::new(5).access_hash(6).self_(true);
/// assert_eq!(utils::get_input_peer(&me)?, types::InputPeer::Self_);
/// let named = utils::get_input_peer_with(&me, PeerOptions::new().not_self())?;
/// assert_eq!(named, types::InputPeerUser::new(5, 6).into());
/// # Ok::<_, telewire_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct PeerOptions {
    allow_self: bool,
    check_hash: bool,
}

impl PeerOptions {
    /// Oneself is `InputPeer::Self_`, and who has no access hash is refused.
    pub fn new() -> Self {
        Self {
            allow_self: true,
            check_hash: true,
        }
    }

    /// Names oneself as everybody else, by id and access hash.
    pub fn not_self(mut self) -> Self {
        self.allow_self = false;
        self
    }

    /// Takes 0 for an access hash that is missing, which bots may do, and the hash of `min` users and channels as it is.
    pub fn unchecked(mut self) -> Self {
        self.check_hash = false;
        self
    }

    /// The access hash to use, if it is good enough.
    fn hash(self, hash: Option<i64>, min: bool, from: &str) -> Result<i64, Error> {
        match hash {
            _ if !self.check_hash => Ok(hash.unwrap_or_default()),
            None => Err(no_cast(from, PEER, "it has no access hash")),
            Some(_) if min => Err(no_cast(
                from,
                PEER,
                "it is a min constructor, whose access hash is good for its photo only",
            )),
            Some(hash) => Ok(hash),
        }
    }
}

impl Default for PeerOptions {
    fn default() -> Self {
        Self::new()
    }
}

const PEER: &str = "any kind of InputPeer";

/// What says who somebody is.
#[diagnostic::on_unimplemented(message = "a `{Self}` cannot be cast to a `Peer`")]
pub trait ToPeer {
    /// Who it is.
    ///
    /// # Errors
    /// [`Error::Misuse`] for oneself and for nobody, whose ids are not told.
    fn to_peer(&self) -> Result<types::Peer, Error>;
}

/// What says how somebody is reached.
#[diagnostic::on_unimplemented(message = "a `{Self}` cannot be cast to any kind of `InputPeer`")]
pub trait ToInputPeer {
    /// How requests name it.
    ///
    /// # Errors
    /// [`Error::Misuse`] if what there is does not suffice.
    fn to_input_peer(&self, options: PeerOptions) -> Result<types::InputPeer, Error>;

    /// What it is called in errors.
    fn type_name(&self) -> &'static str;
}

/// [`ToInputPeer`] from a function.
macro_rules! to_input_peer {
    ($($type:ty, $name:literal => |$from:pat_param, $options:pat_param| $make:expr;)*) => {$(
        impl ToInputPeer for $type {
            fn to_input_peer(&self, options: PeerOptions) -> Result<types::InputPeer, Error> {
                let ($from, $options) = (self, options);
                $make
            }

            fn type_name(&self) -> &'static str {
                $name
            }
        }

        impl ToPeer for $type {
            fn to_peer(&self) -> Result<types::Peer, Error> {
                let options = PeerOptions::new().not_self().unchecked();
                peer_of(&self.to_input_peer(options)?, $name)
            }
        }
    )*};
}

to_input_peer! {
    types::InputPeer, "InputPeer" => |peer, _| Ok(peer.clone());
    types::InputUser, "InputUser" => |user, _| Ok(user.into());
    types::InputChannel, "InputChannel" => |channel, _| Ok(channel.into());
    types::UserData, "User" => |user, options| {
        if user.self_ && options.allow_self {
            return Ok(types::InputPeer::Self_);
        }
        let hash = options.hash(user.access_hash, user.min, "User")?;
        Ok(types::InputPeerUser::new(user.id, hash).into())
    };
    types::User, "User" => |user, options| match user {
        types::User::User(user) => user.to_input_peer(options),
        types::User::Empty(_) => Ok(types::InputPeer::Empty),
    };
    types::Channel, "Channel" => |channel, options| {
        let hash = options.hash(channel.access_hash, channel.min, "Channel")?;
        Ok(types::InputPeerChannel::new(channel.id, hash).into())
    };
    types::Chat, "Chat" => |chat, options| match chat {
        types::Chat::Channel(channel) => channel.to_input_peer(options),
        types::Chat::Community(_) | types::Chat::CommunityForbidden(_) => {
            Err(no_cast("Community", PEER, "it is no place to write to"))
        }
        other => Ok(other.into()),
    };
    Entity, "Entity" => |entity, options| match entity {
        Entity::User(user) => user.to_input_peer(options),
        Entity::Chat(chat) | Entity::Channel(chat) => chat.to_input_peer(options),
    };
    Dialog, "Dialog" => |dialog, options| match dialog.input_peer() {
        types::InputPeer::Empty => dialog.entity().to_input_peer(options),
        peer => Ok(peer),
    };
    Draft, "Draft" => |draft, options| match (draft.input_entity(), draft.entity()) {
        (Some(peer), _) => Ok(peer),
        (None, Some(entity)) => entity.to_input_peer(options),
        (None, None) => Err(no_cast("Draft", PEER, "its chat is not known")),
    };
    types::Peer, "Peer" => |peer, options| match peer {
        types::Peer::Chat(_) => Ok(peer.into()),
        types::Peer::User(user) => {
            let hash = options.hash(None, false, "PeerUser")?;
            Ok(types::InputPeerUser::new(user.user_id, hash).into())
        }
        types::Peer::Channel(channel) => {
            let hash = options.hash(None, false, "PeerChannel")?;
            // Some put the marked id there.
            let marked = PeerId::from_marked(channel.channel_id).filter(|_| channel.channel_id < 0);
            let id = marked.map_or(channel.channel_id, PeerId::bare);
            Ok(types::InputPeerChannel::new(id, hash).into())
        }
    };
    types::users::UserFull, "users.UserFull" => |full, options| {
        let id = full.full_user.id;
        let user = full.users.iter().find(|user| matches!(user, types::User::User(u) if u.id == id));
        user.map_or_else(
            || Err(no_cast("users.UserFull", PEER, "the user did not come along")),
            |user| user.to_input_peer(options),
        )
    };
    types::messages::ChatFull, "messages.ChatFull" => |full, options| {
        let id = PeerId::from(&full.full_chat.to_peer()?);
        let chat = full.chats.iter().find(|chat| chat.to_peer().is_ok_and(|peer| PeerId::from(&peer) == id));
        match (chat, id) {
            (Some(chat), _) => chat.to_input_peer(options),
            (None, PeerId::Chat(id)) => Ok(types::InputPeerChat::new(id).into()),
            (None, _) => Err(no_cast("messages.ChatFull", PEER, "the channel did not come along")),
        }
    };
}

/// [`ToPeer`] from a function.
macro_rules! to_peer {
    ($($type:ty => |$from:pat_param| $make:expr;)*) => {$(
        impl ToPeer for $type {
            fn to_peer(&self) -> Result<types::Peer, Error> {
                let $from = self;
                $make
            }
        }
    )*};
}

to_peer! {
    i64 => |id| {
        let peer = PeerId::from_marked(*id);
        peer.map(types::Peer::from).ok_or_else(|| no_cast("0", "Peer", "nobody has that id"))
    };
    PeerId => |id| Ok((*id).into());
    types::contacts::ResolvedPeer => |resolved| Ok(resolved.peer);
    types::DialogPeer => |dialog| match dialog {
        types::DialogPeer::DialogPeer(d) => Ok(d.peer),
        _ => Err(no_cast("DialogPeer", "Peer", "it is no dialog with somebody")),
    };
    types::NotifyPeer => |notify| match notify {
        types::NotifyPeer::NotifyPeer(n) => Ok(n.peer),
        types::NotifyPeer::NotifyForumTopic(n) => Ok(n.peer),
        _ => Err(no_cast("NotifyPeer", "Peer", "it is about many at once")),
    };
    types::InputDialogPeer => |dialog| match dialog {
        types::InputDialogPeer::InputDialogPeer(d) => d.peer.to_peer(),
        _ => Err(no_cast("InputDialogPeer", "Peer", "it is no dialog with somebody")),
    };
    types::UserFull => |full| Ok(types::PeerUser::new(full.id).into());
    types::ChatFull => |full| match full {
        types::ChatFull::ChatFull(c) => Ok(types::PeerChat::new(c.id).into()),
        types::ChatFull::ChannelFull(c) => Ok(types::PeerChannel::new(c.id).into()),
        types::ChatFull::CommunityFull(_) => {
            Err(no_cast("CommunityFull", "Peer", "it is no place to write to"))
        }
    };
    types::ChatParticipant => |participant| {
        let user = match participant {
            types::ChatParticipant::ChatParticipant(p) => p.user_id,
            types::ChatParticipant::Creator(p) => p.user_id,
            types::ChatParticipant::Admin(p) => p.user_id,
        };
        Ok(types::PeerUser::new(user).into())
    };
    types::ChannelParticipant => |participant| {
        let user = match participant {
            types::ChannelParticipant::ChannelParticipant(p) => p.user_id,
            types::ChannelParticipant::Self_(p) => p.user_id,
            types::ChannelParticipant::Creator(p) => p.user_id,
            types::ChannelParticipant::Admin(p) => p.user_id,
            types::ChannelParticipant::Banned(p) => return Ok(p.peer),
            types::ChannelParticipant::Left(p) => return Ok(p.peer),
        };
        Ok(types::PeerUser::new(user).into())
    };
}

#[cfg(feature = "full")]
to_peer! {
    types::TopPeer => |top| Ok(top.peer);
    types::InputNotifyPeer => |notify| match notify {
        types::InputNotifyPeer::InputNotifyPeer(n) => n.peer.to_peer(),
        types::InputNotifyPeer::InputNotifyForumTopic(n) => n.peer.to_peer(),
        _ => Err(no_cast("InputNotifyPeer", "Peer", "it is about many at once")),
    };
}

/// Whom an input peer is about.
fn peer_of(peer: &types::InputPeer, from: &str) -> Result<types::Peer, Error> {
    Ok(match peer {
        types::InputPeer::User(u) => types::PeerUser::new(u.user_id).into(),
        types::InputPeer::UserFromMessage(u) => types::PeerUser::new(u.user_id).into(),
        types::InputPeer::Chat(c) => types::PeerChat::new(c.chat_id).into(),
        types::InputPeer::Channel(c) => types::PeerChannel::new(c.channel_id).into(),
        types::InputPeer::ChannelFromMessage(c) => types::PeerChannel::new(c.channel_id).into(),
        types::InputPeer::Self_ => {
            return Err(no_cast(
                from,
                "Peer",
                "it is oneself; get_input_me tells who that is",
            ));
        }
        types::InputPeer::Empty => return Err(no_cast(from, "Peer", "it is nobody")),
        types::InputPeer::Named(_) => {
            return Err(no_cast(
                from,
                "Peer",
                "it is a name; get_peer_id of the client looks it up",
            ));
        }
    })
}

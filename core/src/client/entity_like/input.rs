//! Entities as arguments of raw requests: what has to be looked up is when the request is sent.

use telewire_schema::types;

use super::{EntityLike, Like};
use crate::objects::{Dialog, Draft, Entity, Message};
use crate::peers::PeerId;

impl From<EntityLike> for types::InputPeer {
    fn from(entity: EntityLike) -> Self {
        match entity.0 {
            Like::Input(peer) => peer,
            Like::Exact(id) => types::Peer::from(id).into(),
            Like::Number(id) => id.into(),
            Like::Text(text) => Self::Named(text.into()),
            Like::Nobody => Self::Empty,
        }
    }
}

/// What is no user is refused when the request is sent.
impl From<EntityLike> for types::InputUser {
    fn from(entity: EntityLike) -> Self {
        types::InputPeer::from(entity).into()
    }
}

/// What is no channel is refused when the request is sent.
impl From<EntityLike> for types::InputChannel {
    fn from(entity: EntityLike) -> Self {
        types::InputPeer::from(entity).into()
    }
}

impl From<EntityLike> for types::InputDialogPeer {
    fn from(entity: EntityLike) -> Self {
        types::InputPeer::from(entity).into()
    }
}

#[cfg(feature = "full")]
impl From<EntityLike> for types::InputNotifyPeer {
    fn from(entity: EntityLike) -> Self {
        types::InputPeer::from(entity).into()
    }
}

/// What methods take, requests take as well.
macro_rules! as_entity {
    ($target:ident: $($source:ty),*) => {$(
        impl From<$source> for types::$target {
            fn from(source: $source) -> Self {
                EntityLike::from(source).into()
            }
        }
    )*};
}

as_entity!(InputPeer: PeerId, &Entity, &Message, &Dialog, &Draft);
as_entity!(InputUser: PeerId, &Entity, &Message, &Dialog, &Draft);
as_entity!(InputChannel: PeerId, &Entity, &Message, &Dialog, &Draft);
as_entity!(InputDialogPeer: PeerId, &Entity, &Message, &Dialog, &Draft);
#[cfg(feature = "full")]
as_entity!(InputNotifyPeer: PeerId, &Entity, &Message, &Dialog, &Draft);

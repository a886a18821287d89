//! Finding the users and chats that came along in a result.

use core::any::Any;

use crate::codec::{Field, Identifiable, Object, Value, View, Visitor, walk};
use crate::types;

/// A user or chat somewhere inside of a value.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// `user`
    User(&'a types::UserData),
    /// `userEmpty`
    UserEmpty(&'a types::UserEmpty),
    /// `chat`
    Chat(&'a types::ChatData),
    /// `chatEmpty`
    ChatEmpty(&'a types::ChatEmpty),
    /// `chatForbidden`
    ChatForbidden(&'a types::ChatForbidden),
    /// `channel`
    Channel(&'a types::Channel),
    /// `channelForbidden`
    ChannelForbidden(&'a types::ChannelForbidden),
}

/// Calls `see` with each user and chat inside of `value`, in wire order. What cannot hold any is not looked into.
pub fn harvest<V: Value + ?Sized>(value: &V, see: &mut dyn FnMut(Found<'_>)) {
    walk(value.view(), &mut Harvester { see });
}

struct Harvester<'a> {
    see: &'a mut dyn FnMut(Found<'_>),
}

impl Visitor for Harvester<'_> {
    fn enter(&mut self, object: &dyn Object) -> bool {
        if let Some(found) = found(object) {
            (self.see)(found);
        }
        object.meta().holds_peers
    }

    fn field(&mut self, _field: &'static Field, value: View<'_>) -> bool {
        matches!(value, View::Object(_) | View::List(_))
    }
}

fn found(object: &dyn Object) -> Option<Found<'_>> {
    fn cast<T: Identifiable + Any>(object: &dyn Object) -> Option<&T> {
        (object as &dyn Any).downcast_ref()
    }
    match object.meta().id {
        types::UserData::ID => cast(object).map(Found::User),
        types::UserEmpty::ID => cast(object).map(Found::UserEmpty),
        types::ChatData::ID => cast(object).map(Found::Chat),
        types::ChatEmpty::ID => cast(object).map(Found::ChatEmpty),
        types::ChatForbidden::ID => cast(object).map(Found::ChatForbidden),
        types::Channel::ID => cast(object).map(Found::Channel),
        types::ChannelForbidden::ID => cast(object).map(Found::ChannelForbidden),
        _ => None,
    }
}

//! What the server of these tests says, on the wire and in short.

use telewire_schema::types;
use telewire_schema::{RpcError, Serialize};

use super::server::{CHANNELS, Entry, FRIEND, Fact};
use crate::engine::Value;
use crate::error::Error;
use crate::peers::PeerId;
use crate::updates::{BoxId, Update};

pub(super) fn rpc(code: i32, name: &str) -> Error {
    Error::Rpc {
        request: "",
        error: RpcError::parse(code, name),
    }
}

pub(super) fn bytes<T: Serialize>(value: &T) -> Value {
    Value::Bytes(value.to_bytes().into())
}

/// What an update that was delivered says.
pub(super) fn fact(update: &Update) -> Fact {
    if let Some(lapse) = &update.gap {
        return Fact::Gap(lapse.at);
    }
    match &update.raw {
        types::Update::NewMessage(u) => Fact::Message(BoxId::Account, u.message_id()),
        types::Update::NewChannelMessage(u) => {
            let types::Message::Message(m) = &u.message else {
                panic!("{u:?}")
            };
            let PeerId::Channel(c) = PeerId::from(&m.peer_id) else {
                panic!("{m:?}")
            };
            Fact::Message(BoxId::Channel(c), m.id)
        }
        types::Update::DeleteMessages(u) => Fact::Deleted(BoxId::Account, u.messages[0]),
        types::Update::DeleteChannelMessages(u) => {
            Fact::Deleted(BoxId::Channel(u.channel_id), u.messages[0])
        }
        types::Update::BotStopped(u) => Fact::Stopped(u.user_id),
        types::Update::UserPhone(u) => Fact::Phone(u.user_id),
        other => panic!("{other:?}"),
    }
}

trait MessageId {
    fn message_id(&self) -> i32;
}

impl MessageId for types::UpdateNewMessage {
    fn message_id(&self) -> i32 {
        match &self.message {
            types::Message::Message(m) => m.id,
            other => panic!("{other:?}"),
        }
    }
}

pub(super) fn split(part: &[Entry]) -> (Vec<types::Message>, Vec<types::Update>) {
    let (mut messages, mut others) = (Vec::new(), Vec::new());
    for entry in part {
        match entry.fact {
            Fact::Message(at, id) => messages.push(message(at, id, entry.date)),
            _ => others.push(update(entry)),
        }
    }
    (messages, others)
}

pub(super) fn update(entry: &Entry) -> types::Update {
    match entry.fact {
        Fact::Message(at, id) => {
            let message = message(at, id, entry.date);
            match at {
                BoxId::Account => {
                    types::UpdateNewMessage::new(message, entry.after, entry.count).into()
                }
                BoxId::Channel(_) => {
                    types::UpdateNewChannelMessage::new(message, entry.after, entry.count).into()
                }
            }
        }
        Fact::Deleted(BoxId::Account, id) => {
            types::UpdateDeleteMessages::new(vec![id], entry.after, entry.count).into()
        }
        Fact::Deleted(BoxId::Channel(c), id) => {
            types::UpdateDeleteChannelMessages::new(c, vec![id], entry.after, entry.count).into()
        }
        Fact::Stopped(id) => types::UpdateBotStopped::new(id, entry.date, true, entry.after).into(),
        Fact::Phone(id) => types::UpdateUserPhone::new(id, "1").into(),
        Fact::Gap(_) => panic!("servers do not tell of gaps"),
    }
}

pub(super) fn message(at: BoxId, id: i32, date: i32) -> types::Message {
    let peer = match at {
        BoxId::Account => PeerId::User(FRIEND),
        BoxId::Channel(c) => PeerId::Channel(c),
    };
    types::MessageData::new(id, types::Peer::from(peer), date, "hi").into()
}

pub(super) fn users() -> Vec<types::User> {
    let mut friend = types::UserData::new(FRIEND);
    friend.access_hash = Some(7);
    friend.first_name = Some("Friend".into());
    vec![friend.into()]
}

pub(super) fn channel(id: i64) -> types::Chat {
    let mut channel = types::Channel::new(id, "News", types::ChatPhoto::Empty, 1);
    channel.access_hash = Some(99);
    channel.into()
}

pub(super) fn channels() -> Vec<types::Chat> {
    CHANNELS.into_iter().map(channel).collect()
}

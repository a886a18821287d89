//! Messages in the answers to requests.

use std::collections::HashMap;
use std::sync::Arc;

use telewire_schema::types;

use crate::client::Client;
use crate::objects::Message;
use crate::peers::{PeerId, PeerMap};

impl Client {
    /// What became of messages that were sent with these `random_id`s, in their order.
    pub(crate) fn messages_in(
        &self,
        updates: types::Updates,
        random_ids: &[i64],
    ) -> Vec<Option<Message>> {
        let (updates, peers) = taken_apart(updates);
        let mut ids = HashMap::new();
        let mut messages = HashMap::new();
        for update in updates {
            let raw = match update {
                types::Update::MessageId(u) => {
                    ids.insert(u.random_id, u.id);
                    continue;
                }
                types::Update::NewMessage(u) => u.message,
                types::Update::NewChannelMessage(u) => u.message,
                types::Update::NewScheduledMessage(u) => u.message,
                _ => continue,
            };
            let message = Message::new(self, raw, Arc::clone(&peers));
            messages.insert(message.id(), message);
        }
        random_ids
            .iter()
            .map(|random| messages.remove(ids.get(random)?))
            .collect()
    }

    /// What became of the message `id` that was edited, in the channel `chat` if it is one.
    pub(super) fn edited_in(
        &self,
        updates: types::Updates,
        chat: PeerId,
        id: i32,
    ) -> Option<Message> {
        let (updates, peers) = taken_apart(updates);
        let in_channel = matches!(chat, PeerId::Channel(_));
        let raw = updates.into_iter().find_map(|update| {
            let raw = match update {
                types::Update::EditMessage(u) if !in_channel => u.message,
                types::Update::EditChannelMessage(u) if in_channel => u.message,
                types::Update::NewScheduledMessage(u) => u.message,
                _ => return None,
            };
            let message = Message::new(self, raw, Arc::default());
            // The ids of different channels are alike.
            let it = message.id() == id && (!in_channel || message.chat_id() == Some(chat));
            it.then_some(message.raw)
        })?;
        Some(Message::new(self, raw, peers))
    }
}

/// The updates of an answer, with everybody whom they mention.
fn taken_apart(updates: types::Updates) -> (Vec<types::Update>, Arc<PeerMap>) {
    let (updates, users, chats) = match updates {
        types::Updates::Updates(u) => (u.updates, u.users, u.chats),
        types::Updates::Combined(u) => (u.updates, u.users, u.chats),
        types::Updates::UpdateShort(u) => (vec![u.update], Vec::new(), Vec::new()),
        _ => Default::default(),
    };
    (updates, Arc::new(PeerMap::new(users, chats)))
}

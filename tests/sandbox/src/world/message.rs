//! One message as one box holds it.

use serde::{Deserialize, Serialize};
use telewire_schema::types;

use super::World;
use crate::tl;

/// A message with what clients are not told.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// The same for all copies of a message.
    pub(crate) unique: u64,
    pub(crate) author: i64,
    #[serde(with = "tl")]
    pub(crate) message: types::Message,
}

impl Stored {
    pub(crate) fn id(&self) -> i32 {
        match &self.message {
            types::Message::Empty(m) => m.id,
            types::Message::Message(m) => m.id,
            types::Message::Service(m) => m.id,
        }
    }

    pub(crate) fn date(&self) -> i32 {
        match &self.message {
            types::Message::Empty(_) => 0,
            types::Message::Message(m) => m.date,
            types::Message::Service(m) => m.date,
        }
    }

    pub(crate) fn is_out(&self) -> bool {
        match &self.message {
            types::Message::Empty(_) => false,
            // Notes to oneself have nobody else to have come from.
            types::Message::Message(m) => m.out || m.saved_peer_id.is_some(),
            types::Message::Service(m) => m.out,
        }
    }

    pub(crate) fn text(&self) -> &str {
        match &self.message {
            types::Message::Message(m) => &m.message,
            _ => "",
        }
    }

    pub(crate) fn content(&self) -> Option<&types::MessageData> {
        match &self.message {
            types::Message::Message(m) => Some(m),
            _ => None,
        }
    }

    /// What happened, for a service message.
    pub(crate) fn action(&self) -> Option<&types::MessageAction> {
        match &self.message {
            types::Message::Service(m) => Some(&m.action),
            _ => None,
        }
    }

    /// What it replies to.
    pub(crate) fn replied(&self) -> Option<i32> {
        match self.content()?.reply_to.as_ref()? {
            types::MessageReplyHeader::MessageReplyHeader(h) => h.reply_to_msg_id,
            types::MessageReplyHeader::MessageReplyStoryHeader(_) => None,
        }
    }

    pub(crate) fn content_mut(&mut self) -> Option<&mut types::MessageData> {
        match &mut self.message {
            types::Message::Message(m) => Some(m),
            _ => None,
        }
    }
}

impl World {
    /// A message as `viewer` sees it: in a channel all share one copy, and only its author has sent it. References to
    /// files are fresh.
    pub(crate) fn show(&self, viewer: i64, stored: &Stored) -> types::Message {
        let mut message = stored.message.clone();
        let in_channel = |peer: &types::Peer| matches!(peer, types::Peer::Channel(_));
        match &mut message {
            types::Message::Message(m) => {
                if let types::Peer::Channel(peer) = &m.peer_id {
                    m.out = stored.author == viewer;
                    let channel = self.channels.get(&peer.channel_id);
                    if let Some(member) = channel.and_then(|c| c.member(viewer)) {
                        m.mentioned = member.mentioned.contains(&m.id);
                        m.media_unread |= member.unseen.contains(&m.id);
                    }
                }
                if let Some(media) = &mut m.media {
                    self.files.refresh(media, self.now);
                }
            }
            types::Message::Service(m) if in_channel(&m.peer_id) => m.out = stored.author == viewer,
            _ => {}
        }
        message
    }
}

/// The header of a reply to the message `id` of the same chat.
pub(crate) fn reply_header(id: i32) -> types::MessageReplyHeader {
    types::MessageReplyHeaderData::new()
        .reply_to_msg_id(id)
        .into()
}

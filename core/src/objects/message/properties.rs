//! What a message says about itself.

use telewire_schema::types;

use crate::objects::Message;
use crate::objects::getter::{Search, Source};
use crate::peers::PeerId;
use crate::time::Unix;

/// What it says, and when.
impl Message {
    /// Its number. Counted for the whole account in private chats and basic groups, for itself in each channel.
    pub fn id(&self) -> i32 {
        match &self.raw {
            types::Message::Empty(m) => m.id,
            types::Message::Message(m) => m.id,
            types::Message::Service(m) => m.id,
        }
    }

    /// When it was sent, to the second.
    pub fn date(&self) -> Unix {
        Unix::from_secs(self.raw_date().into())
    }

    /// The date as the server counts it; 0 if there is none.
    pub(crate) fn raw_date(&self) -> i32 {
        match &self.raw {
            types::Message::Empty(_) => 0,
            types::Message::Message(m) => m.date,
            types::Message::Service(m) => m.date,
        }
    }

    /// When it was last edited.
    pub fn edit_date(&self) -> Option<Unix> {
        self.data()?
            .edit_date
            .map(|date| Unix::from_secs(date.into()))
    }

    /// What happened, for a service message.
    pub fn action(&self) -> Option<&types::MessageAction> {
        self.service().map(|m| &m.action)
    }

    /// The buttons under it, or the keyboard that came with it.
    pub fn reply_markup(&self) -> Option<&types::ReplyMarkup> {
        self.data()?.reply_markup.as_ref()
    }
}

/// Where it came from.
impl Message {
    /// Whether the account sent it, from whichever device. In the chat with oneself everything counts as sent, except what
    /// was forwarded there.
    pub fn out(&self) -> bool {
        match &self.raw {
            types::Message::Empty(_) => false,
            types::Message::Service(m) => m.out,
            types::Message::Message(m) => {
                let own_chat = || {
                    self.client
                        .self_user()
                        .is_some_and(|me| self.chat_id() == Some(PeerId::User(me.id)))
                };
                m.out || (m.fwd_from.is_none() && own_chat())
            }
        }
    }

    /// Where to find the chat.
    pub(super) fn chat_source(&self) -> Source<'_> {
        let peer = match &self.raw {
            types::Message::Empty(m) => m.peer_id.as_ref(),
            types::Message::Message(m) => Some(&m.peer_id),
            types::Message::Service(m) => Some(&m.peer_id),
        };
        Source {
            client: &self.client,
            peers: &self.peers,
            id: peer.map(PeerId::from),
            fetched: &self.fetched_chat,
            search: Search::Dialogs,
        }
    }

    /// Where to find the sender: a user, or the channel or group in whose name it was sent.
    pub(super) fn sender_source(&self) -> Source<'_> {
        Source {
            client: &self.client,
            peers: &self.peers,
            id: self.sender_peer(),
            fetched: &self.fetched_sender,
            search: Search::Message(self),
        }
    }

    fn sender_peer(&self) -> Option<PeerId> {
        let from = self
            .data()
            .map(|m| &m.from_id)
            .or_else(|| self.service().map(|m| &m.from_id));
        if let Some(Some(from)) = from {
            return Some(from.into());
        }
        match self.chat_id()? {
            // In a private chat the server says it by the direction alone.
            PeerId::User(_) if self.out() => self.client.self_user().map(|me| PeerId::User(me.id)),
            other => Some(other),
        }
    }

    /// Whether that much is known of the chat without looking at it.
    pub(super) fn is_broadcast(&self) -> bool {
        self.is_post()
    }

    /// Whether it is a post of a broadcast channel.
    pub fn is_post(&self) -> bool {
        self.data().is_some_and(|m| m.post) || self.service().is_some_and(|m| m.post)
    }

    /// The name under a post, where the channel signs them.
    pub fn post_author(&self) -> Option<&str> {
        self.data()?.post_author.as_deref()
    }

    /// The message that this one replies to.
    pub fn reply_to_msg_id(&self) -> Option<i32> {
        match self.reply_header()? {
            types::MessageReplyHeader::MessageReplyHeader(header) => header.reply_to_msg_id,
            types::MessageReplyHeader::MessageReplyStoryHeader(_) => None,
        }
    }

    pub(super) fn reply_header(&self) -> Option<&types::MessageReplyHeader> {
        match &self.raw {
            types::Message::Empty(_) => None,
            types::Message::Message(m) => m.reply_to.as_ref(),
            types::Message::Service(m) => m.reply_to.as_ref(),
        }
    }

    /// Whether it replies to another message.
    pub fn is_reply(&self) -> bool {
        self.reply_to_msg_id().is_some()
    }
}

/// What else is known of it.
impl Message {
    /// Whether it mentions the account, or answers one of its messages.
    pub fn mentioned(&self) -> bool {
        self.data().is_some_and(|m| m.mentioned) || self.service().is_some_and(|m| m.mentioned)
    }

    /// Whether its voice or video has not been played yet.
    pub fn media_unread(&self) -> bool {
        self.data().is_some_and(|m| m.media_unread)
            || self.service().is_some_and(|m| m.media_unread)
    }

    /// Whether it came without a notification.
    pub fn silent(&self) -> bool {
        self.data().is_some_and(|m| m.silent) || self.service().is_some_and(|m| m.silent)
    }

    /// Whether it was sent at a time that had been set for it.
    pub fn from_scheduled(&self) -> bool {
        self.data().is_some_and(|m| m.from_scheduled)
    }

    /// Whether it is pinned in its chat.
    pub fn pinned(&self) -> bool {
        self.data().is_some_and(|m| m.pinned)
    }

    /// How often a post was seen, where it was posted and wherever it was forwarded to.
    pub fn views(&self) -> Option<i32> {
        self.data()?.views
    }

    /// The same for all parts of an album.
    pub fn grouped_id(&self) -> Option<i64> {
        self.data()?.grouped_id
    }
}

//! What a message says about itself.

use telewire_schema::types;

use crate::objects::getter::{Search, Source};
use crate::objects::{Message, media};
use crate::peers::PeerId;
use crate::text::inner_texts;
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

    /// The text with its formatting, in the client's parse mode: what could be sent to get the same text again. Empty for
    /// service messages.
    pub fn text(&self) -> String {
        self.data().map_or_else(String::new, |m| {
            self.client
                .parse_mode()
                .unparse(&m.message, self.entities())
        })
    }

    /// The plain text. Empty for service messages.
    pub fn raw_text(&self) -> &str {
        self.data().map_or("", |m| &m.message)
    }

    /// The formatting of [`Message::raw_text`], in UTF-16 units.
    pub fn entities(&self) -> &[types::MessageEntity] {
        self.data()
            .and_then(|m| m.entities.as_deref())
            .unwrap_or_default()
    }

    /// Every entity with the text that it covers.
    pub fn entities_text(&self) -> Vec<(&types::MessageEntity, &str)> {
        let entities = self.entities();
        entities
            .iter()
            .zip(inner_texts(self.raw_text(), entities))
            .collect()
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

    /// Where it was forwarded from.
    pub fn forward(&self) -> Option<&types::MessageFwdHeader> {
        self.data()?.fwd_from.as_ref()
    }

    /// The bot that made it, for messages sent by inline bots.
    pub fn via_bot_id(&self) -> Option<i64> {
        self.data()?.via_bot_id
    }

    /// The message that this one replies to.
    pub fn reply_to_msg_id(&self) -> Option<i32> {
        let header = self
            .data()
            .map(|m| &m.reply_to)
            .or_else(|| self.service().map(|m| &m.reply_to))?;
        match header {
            Some(types::MessageReplyHeader::MessageReplyHeader(header)) => header.reply_to_msg_id,
            _ => None,
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

    /// Whether it is pinned in its chat.
    pub fn pinned(&self) -> bool {
        self.data().is_some_and(|m| m.pinned)
    }

    /// How often a post was seen.
    pub fn views(&self) -> Option<i32> {
        self.data()?.views
    }

    /// The same for all parts of an album.
    pub fn grouped_id(&self) -> Option<i64> {
        self.data()?.grouped_id
    }
}

/// What is attached to it.
impl Message {
    /// Everything that is attached, if anything is.
    pub fn media(&self) -> Option<&types::MessageMedia> {
        self.data()?
            .media
            .as_ref()
            .filter(|m| !matches!(m, types::MessageMedia::Empty))
    }

    /// The photo, also that of a web page's preview or of a new chat picture.
    pub fn photo(&self) -> Option<&types::PhotoData> {
        match self.action() {
            Some(types::MessageAction::ChatEditPhoto(action)) => match &action.photo {
                types::Photo::Photo(photo) => Some(photo),
                types::Photo::Empty(_) => None,
            },
            _ => media::photo(self.media()?),
        }
    }

    /// The document, be it a file, a video, a voice note or a sticker; also that of a web page's preview.
    pub fn document(&self) -> Option<&types::DocumentData> {
        media::document(self.media()?)
    }

    /// The preview of a web page, once the server has loaded it.
    pub fn web_preview(&self) -> Option<&types::WebPageData> {
        media::web_page(self.media()?)
    }
}

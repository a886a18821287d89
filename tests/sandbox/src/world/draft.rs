//! Messages before they are sent.

use telewire_schema::types;

use super::PeerKey;

/// A message before it has identifiers.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) from: i64,
    pub(crate) to: PeerKey,
    pub(crate) text: String,
    pub(crate) entities: Vec<types::MessageEntity>,
    pub(crate) media: Option<types::MessageMedia>,
    pub(crate) markup: Option<types::ReplyMarkup>,
    /// The identifier in the author's box.
    pub(crate) reply_to: Option<i32>,
    pub(crate) forward: Option<types::MessageFwdHeader>,
    pub(crate) album: Option<i64>,
    pub(crate) silent: bool,
    pub(crate) random_id: Option<i64>,
    /// Makes it a service message.
    pub(crate) action: Option<types::MessageAction>,
    /// What else the message says, as only other clients or times could have it.
    pub(crate) like: Option<Box<types::MessageData>>,
}

impl Draft {
    pub(crate) fn text(from: i64, to: PeerKey, text: &str) -> Self {
        Self {
            from,
            to,
            text: text.into(),
            entities: Vec::new(),
            media: None,
            markup: None,
            reply_to: None,
            forward: None,
            album: None,
            silent: false,
            random_id: None,
            action: None,
            like: None,
        }
    }

    /// A message as it is, but for its place and time.
    pub(crate) fn like(from: i64, to: PeerKey, message: types::MessageData) -> Self {
        let reply_to = match &message.reply_to {
            Some(types::MessageReplyHeader::MessageReplyHeader(h)) => h.reply_to_msg_id,
            _ => None,
        };
        Self {
            entities: message.entities.clone().unwrap_or_default(),
            media: message.media.clone(),
            markup: message.reply_markup.clone(),
            reply_to,
            forward: message.fwd_from.clone(),
            album: message.grouped_id,
            silent: message.silent,
            like: Some(Box::new(message.clone())),
            ..Self::text(from, to, &message.message)
        }
    }

    pub(crate) fn service(from: i64, to: PeerKey, action: types::MessageAction) -> Self {
        Self {
            action: Some(action),
            ..Self::text(from, to, "")
        }
    }

    /// The copy for one box.
    pub(super) fn copy(
        &self,
        id: i32,
        peer: PeerKey,
        date: i32,
        reply_to: Option<i32>,
    ) -> types::Message {
        let from = types::Peer::from(types::PeerUser { user_id: self.from });
        if let Some(action) = &self.action {
            let mut message = types::MessageService::new(id, peer.peer(), date, action.clone());
            message.reply_to = reply_to.map(super::message::reply_header);
            message.silent = self.silent;
            return message.from_id(from).into();
        }
        let plain = || types::MessageData::new(id, peer.peer(), date, self.text.as_str());
        let mut message = self.like.as_deref().cloned().unwrap_or_else(plain);
        (message.id, message.peer_id, message.date) = (id, peer.peer(), date);
        message.from_id = Some(from);
        message.media = self.media.clone();
        message.reply_markup = self.markup.clone();
        message.entities = Some(self.entities.clone()).filter(|e| !e.is_empty());
        message.silent = self.silent;
        message.fwd_from = self.forward.clone();
        message.grouped_id = self.album;
        message.reply_to = reply_to.map(super::message::reply_header);
        message.into()
    }
}

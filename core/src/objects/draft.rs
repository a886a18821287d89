//! A message that is begun and not sent.

use std::fmt;

use telewire_schema::codec::{Field, Identifiable, Meta, Reflect, View, debug};
use telewire_schema::{Value, functions, types};

use crate::client::entity_like::EntityLike;
use crate::client::handle::lock;
use crate::client::{Client, DraftChange, InputMessage};
use crate::error::Error;
use crate::objects::{Entity, Message};
use crate::peers::{PeerId, PeerKey};
use crate::time::Unix;

/// The draft of one chat, empty where there is none, as of when it was fetched; see
/// [drafts](https://core.telegram.org/api/drafts).
///
/// ```no_run
/// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
/// for mut draft in client.get_drafts().await? {
///     println!("{}", draft.text());
///     draft.set_message("something **else**").await?;
///     draft.send().await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Draft {
    /// The draft as the server sent it, or as it was changed since.
    pub raw: types::DraftMessage,
    client: Client,
    peer: PeerId,
    entity: Option<Entity>,
}

impl Draft {
    pub(crate) fn new(
        client: &Client,
        peer: PeerId,
        entity: Option<Entity>,
        raw: Option<types::DraftMessage>,
    ) -> Self {
        Self {
            raw: raw.unwrap_or_else(|| types::DraftMessageEmpty::new().into()),
            client: client.clone(),
            peer,
            entity,
        }
    }

    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The chat that it is for, if it came along.
    pub fn entity(&self) -> Option<&Entity> {
        self.entity.as_ref()
    }

    /// The chat that it is for, as requests name it; from memory where the chat did not come along.
    pub fn input_entity(&self) -> Option<types::InputPeer> {
        if let Some(peer) = self.entity.as_ref().and_then(Entity::input_peer) {
            return Some(peer);
        }
        let known = lock(&self.client.shared().peers).find(&PeerKey::Id(self.peer));
        known.map(|record| record.input_peer())
    }

    /// The text with its formatting, in the client's parse mode. Empty if there is no draft.
    pub fn text(&self) -> String {
        self.client
            .parse_mode()
            .unparse(self.raw_text(), self.entities())
    }

    /// The plain text. Empty if there is no draft.
    pub fn raw_text(&self) -> &str {
        self.data().map_or("", |draft| &draft.message)
    }

    /// The formatting of [`Draft::raw_text`], in UTF-16 units.
    pub fn entities(&self) -> &[types::MessageEntity] {
        self.data()
            .and_then(|draft| draft.entities.as_deref())
            .unwrap_or_default()
    }

    /// Whether there is nothing to be sent.
    pub fn is_empty(&self) -> bool {
        self.raw_text().is_empty()
    }

    /// When it was written, or deleted, if that is known.
    pub fn date(&self) -> Option<Unix> {
        self.raw_date().map(|date| Unix::from_secs(date.into()))
    }

    /// Whether links will be shown with a preview.
    pub fn link_preview(&self) -> bool {
        !self.data().is_some_and(|draft| draft.no_webpage)
    }

    /// The message that it replies to.
    pub fn reply_to_msg_id(&self) -> Option<i32> {
        match &self.data()?.reply_to {
            Some(types::InputReplyTo::Message(reply)) => Some(reply.reply_to_msg_id),
            _ => None,
        }
    }

    /// Over several lines, indented with tabs.
    pub fn stringify(&self) -> String {
        Shown::of(self).stringify()
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        Shown::of(self).to_json()
    }

    fn data(&self) -> Option<&types::DraftMessageData> {
        match &self.raw {
            types::DraftMessage::DraftMessage(draft) => Some(draft),
            types::DraftMessage::Empty(_) => None,
        }
    }

    fn raw_date(&self) -> Option<i32> {
        match &self.raw {
            types::DraftMessage::DraftMessage(draft) => Some(draft.date),
            types::DraftMessage::Empty(draft) => draft.date,
        }
    }
}

/// What can be done with it.
impl Draft {
    /// The chat that it is for, from the server where it did not come along, or only the least of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the session has never seen the chat.
    pub async fn get_entity(&self) -> Result<Entity, Error> {
        match &self.entity {
            Some(entity) if !entity.is_min() => Ok(entity.clone()),
            _ => self.client.get_entity(self.peer).await,
        }
    }

    /// The chat that it is for, as requests name it, looked up in the session where it did not come along.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the session has never seen the chat.
    pub async fn get_input_entity(&self) -> Result<types::InputPeer, Error> {
        match self.input_entity() {
            Some(peer) => Ok(peer),
            None => self.client.get_input_entity(self.peer).await,
        }
    }

    /// Changes it, by [`messages.saveDraft`](https://core.telegram.org/method/messages.saveDraft). What the
    /// [`DraftChange`] does not name stays as it is. Returns whether the server took it; then this draft is changed, too.
    ///
    /// # Errors
    /// `ENTITY_BOUNDS_INVALID` for formatting that does not fit the text; [`Error::NotFound`] for an unknown chat.
    ///
    /// ```no_run
    /// # async fn f(mut draft: telewire_core::objects::Draft) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::DraftChange;
    ///
    /// draft.set_message("**Dear** friend").await?;
    /// draft.set_message(DraftChange::new().reply_to(42).link_preview(false)).await?;
    /// assert_eq!(draft.raw_text(), "Dear friend");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn set_message(&mut self, change: impl Into<DraftChange>) -> Result<bool, Error> {
        let change = change.into();
        let (text, entities) = match &change.text {
            Some(text) => self.client.parse(text).await?,
            None => (self.raw_text().to_owned(), self.entities().to_vec()),
        };
        let entities = Some(entities).filter(|e| !e.is_empty());
        let kept = || self.data().and_then(|draft| draft.reply_to.clone());
        let reply_to = match change.reply_to {
            Some(id) => id.map(|id| types::InputReplyToMessage::new(id).into()),
            None => kept(),
        };
        let no_webpage = !change.link_preview.unwrap_or(self.link_preview());
        let peer = self.get_input_entity().await?;
        let mut request = functions::messages::SaveDraft::new(peer, text.as_str());
        request.entities.clone_from(&entities);
        request.reply_to.clone_from(&reply_to);
        request.no_webpage = no_webpage;
        let taken = self.client.invoke(&request).await?;
        if taken {
            let now = i32::try_from(self.client.now().wall.secs()).unwrap_or(i32::MAX);
            let mut draft = types::DraftMessageData::new(text, now);
            (draft.entities, draft.reply_to) = (entities, reply_to);
            draft.no_webpage = no_webpage;
            self.raw = draft.into();
        }
        Ok(taken)
    }

    /// Sends it to its chat as it is, formatting included; that takes the draft away. See [`Client::send_message`].
    ///
    /// # Errors
    /// As [`Client::send_message`].
    ///
    /// ```no_run
    /// # async fn f(mut draft: telewire_core::objects::Draft) -> Result<(), telewire_core::Error> {
    /// let message = draft.send().await?;
    /// assert!(draft.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send(&mut self) -> Result<Message, Error> {
        let message = self.message().clear_draft();
        let sent = self.send_as(message).await?;
        self.raw = types::DraftMessageEmpty::new().into();
        Ok(sent)
    }

    /// Sends it to its chat, and leaves the draft where it is.
    ///
    /// # Errors
    /// As [`Client::send_message`].
    ///
    /// ```no_run
    /// # async fn f(draft: telewire_core::objects::Draft) -> Result<(), telewire_core::Error> {
    /// draft.send_and_keep().await?;
    /// assert!(!draft.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_and_keep(&self) -> Result<Message, Error> {
        self.send_as(self.message()).await
    }

    /// Deletes it: the same as setting an empty text, which keeps a reply.
    ///
    /// # Errors
    /// As [`Draft::set_message`].
    ///
    /// ```no_run
    /// # async fn f(mut draft: telewire_core::objects::Draft) -> Result<(), telewire_core::Error> {
    /// draft.delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete(&mut self) -> Result<bool, Error> {
        self.set_message(DraftChange::text("")).await
    }

    /// What is sent.
    fn message(&self) -> InputMessage {
        InputMessage::formatted(self.raw_text(), self.entities().to_vec())
            .reply_to(self.reply_to_msg_id())
            .link_preview(self.link_preview())
    }

    async fn send_as(&self, message: InputMessage) -> Result<Message, Error> {
        let peer = self.get_input_entity().await?;
        self.client.send_message(peer, message).await
    }
}

impl From<&Draft> for EntityLike {
    fn from(draft: &Draft) -> Self {
        match draft.input_entity() {
            Some(peer) => peer.into(),
            None => draft.peer.into(),
        }
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(Shown::of(self).reflect(), f)
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(Shown::of(self).reflect(), f)
    }
}

/// What is printed of a draft, with the names that Telethon has for it.
pub(super) struct Shown {
    text: String,
    entity: Option<super::dialog::ShownEntity>,
    date: Option<i32>,
    link_preview: bool,
    reply_to_msg_id: Option<i32>,
}

impl Shown {
    pub(super) fn of(draft: &Draft) -> Self {
        Self {
            text: draft.text(),
            entity: draft.entity.clone().map(super::dialog::ShownEntity),
            date: draft.raw_date(),
            link_preview: draft.link_preview(),
            reply_to_msg_id: draft.reply_to_msg_id(),
        }
    }
}

impl Identifiable for Shown {
    const META: &'static Meta = &Meta::new(
        0,
        "draft",
        &[
            Field::new("text"),
            Field::new("entity"),
            Field::new("date").date(),
            Field::new("link_preview"),
            Field::new("reply_to_msg_id"),
        ],
    );

    fn field(&self, index: usize) -> View<'_> {
        match index {
            0 => self.text.reflect(),
            1 => self.entity.reflect(),
            2 => self.date.reflect(),
            3 => self.link_preview.reflect(),
            4 => self.reply_to_msg_id.reflect(),
            _ => View::Null,
        }
    }
}

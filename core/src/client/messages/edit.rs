//! Editing messages.

use telewire_schema::{functions, types};

use super::schedule;
use crate::client::attachments::{Attachment, Delivery};
use crate::client::entity_like::EntityLike;
use crate::client::input_message::InputMessage;
use crate::client::raw::InvokeOptions;
use crate::client::{Client, MessageId};
use crate::dc::DcId;
use crate::error::{Error, ProtocolError};
use crate::objects::{Buttons, Message};

/// What is to be changed about a message.
///
/// A text or an [`InputMessage`] replaces the text, an [`Attachment`] the file, together with the text if it has a caption.
/// Whatever is said of neither, such as other buttons under the same text, begins with [`Edit::new`].
///
/// ```
/// use telewire_core::InputMessage;
/// use telewire_core::client::{Attachment, Edit};
/// use telewire_core::objects::{Button, Buttons};
///
/// let text = Edit::from("**done**");
/// let both = Edit::from(InputMessage::html("<b>done</b>").buttons(Button::inline("again")));
/// let file = Edit::from(Attachment::path("second.jpg"));
/// let bare = Edit::new().buttons(Buttons::none());
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct Edit {
    text: Option<InputMessage>,
    file: Option<Attachment>,
    pub(crate) link_preview: Option<bool>,
    pub(crate) buttons: Option<Buttons>,
}

impl Edit {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another text. What else the [`InputMessage`] says of links and buttons counts, too.
    pub fn text(mut self, text: impl Into<InputMessage>) -> Self {
        let mut text = text.into();
        if let Some(media) = text.media.take() {
            self.file = Some(Attachment::from(&media));
        }
        self.link_preview = text.link_preview.take().or(self.link_preview);
        self.buttons = text.buttons.take().or(self.buttons);
        self.text = Some(text);
        self
    }

    /// Another file in place of the one that is there. Its caption, if there is one, replaces the text.
    pub fn file(mut self, file: impl Into<Attachment>) -> Self {
        let (file, caption) = file.into().without_message();
        self.file = Some(file);
        let buttons = caption.buttons.clone();
        if !caption.source().is_empty() {
            self = self.text(caption);
        }
        self.buttons = buttons.or(self.buttons);
        self
    }

    /// Whether links are shown with a preview. They are, unless it is said otherwise.
    pub fn link_preview(mut self, yes: bool) -> Self {
        self.link_preview = Some(yes);
        self
    }

    /// Buttons under the message, see [`InputMessage::buttons`]. Without any it loses those it has.
    pub fn buttons(mut self, buttons: impl Into<Buttons>) -> Self {
        self.buttons = Some(buttons.into());
        self
    }
}

impl Edit {
    fn split(self) -> (Option<Attachment>, Words) {
        let words = Words {
            text: self.text,
            link_preview: self.link_preview,
            buttons: self.buttons,
        };
        (self.file, words)
    }
}

/// An edit without its file.
struct Words {
    text: Option<InputMessage>,
    link_preview: Option<bool>,
    buttons: Option<Buttons>,
}

impl<T: Into<InputMessage>> From<T> for Edit {
    fn from(text: T) -> Self {
        Self::new().text(text)
    }
}

impl From<Attachment> for Edit {
    fn from(file: Attachment) -> Self {
        Self::new().file(file)
    }
}

/// An edit on its way.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    peer: types::InputPeer,
    id: i32,
    said: Said,
}

/// What an edit says, but for the file.
#[derive(Clone, Debug)]
struct Said {
    text: Option<(String, Option<Vec<types::MessageEntity>>)>,
    no_webpage: bool,
    markup: Option<types::ReplyMarkup>,
    schedule: Option<i32>,
}

impl Client {
    /// Changes the text, file or buttons of a message, by
    /// [`messages.editMessage`](https://core.telegram.org/method/messages.editMessage), and returns it as it is now.
    ///
    /// Buttons go unless they are given again, and links get their preview unless it is refused;
    /// [`Message::edit`] keeps both as they were.
    ///
    /// # Errors
    /// `MESSAGE_AUTHOR_REQUIRED` for somebody else's message, `MESSAGE_NOT_MODIFIED` if nothing would change,
    /// `MESSAGE_EDIT_TIME_EXPIRED` after two days, `MESSAGE_ID_INVALID` if there is none; as [`Client::send_file`] where a
    /// file is given.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client, sent: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::{Attachment, Edit};
    /// use telewire_core::objects::Button;
    ///
    /// client.edit_message("me", 42, "a **better** text").await?;
    /// client.edit_message(&sent, &sent, Attachment::path("better.jpg")).await?;
    /// client.edit_message(&sent, &sent, Edit::new().buttons(Button::inline("like"))).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn edit_message(
        &self,
        chat: impl Into<EntityLike>,
        message: impl Into<MessageId>,
        edit: impl Into<Edit>,
    ) -> Result<Message, Error> {
        let (id, edit) = (message.into().0, edit.into());
        let (file, words) = edit.split();
        let said = self.said(words).await?;
        let peer = self.get_input_entity(chat).await?;
        let change = Change { peer, id, said };
        match file {
            Some(file) => self.deliver(file, &Delivery::Edit(change)).await,
            None => self.change(&change, None).await,
        }
    }

    /// Changes a message that was sent by way of an inline query to this bot, by
    /// [`messages.editInlineBotMessage`](https://core.telegram.org/method/messages.editInlineBotMessage), on the data centre
    /// that the id names. Returns whether the server took it. Bots only.
    ///
    /// # Errors
    /// `MESSAGE_NOT_MODIFIED`, `MESSAGE_ID_INVALID` and the like.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client, id: telewire_core::types::InputBotInlineMessageId) -> Result<(), telewire_core::Error> {
    /// client.edit_inline_message(id, "voted, *thank you*").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn edit_inline_message(
        &self,
        message: impl Into<types::InputBotInlineMessageId>,
        edit: impl Into<Edit>,
    ) -> Result<bool, Error> {
        let (id, edit) = (message.into(), edit.into());
        let (file, words) = edit.split();
        let dc = match &id {
            types::InputBotInlineMessageId::InputBotInlineMessageId(id) => id.dc_id,
            types::InputBotInlineMessageId::InputBotInlineMessageId64(id) => id.dc_id,
        };
        let mut request = functions::messages::EditInlineBotMessage::new(id);
        if let Some(file) = file {
            // Parts that were uploaded lie on the home data centre only.
            request.media = Some(self.laid_media(file).await?);
        }
        let said = self.said(words).await?;
        request.no_webpage = said.no_webpage;
        request.reply_markup = said.markup;
        if let Some((text, entities)) = said.text {
            (request.message, request.entities) = (Some(text), entities);
        }
        self.invoke_with(&request, InvokeOptions::new().dc(DcId(dc)))
            .await
    }

    async fn said(&self, words: Words) -> Result<Said, Error> {
        let text = match &words.text {
            Some(message) => {
                let (text, entities) = self.parse(message).await?;
                Some((text, Some(entities).filter(|e| !e.is_empty())))
            }
            None => None,
        };
        let markup = match &words.buttons {
            Some(buttons) => buttons.markup()?,
            None => None,
        };
        Ok(Said {
            text,
            no_webpage: words.link_preview == Some(false),
            markup,
            schedule: words.text.as_ref().and_then(schedule),
        })
    }

    /// Makes the change, with that media if there is one.
    pub(crate) async fn change(
        &self,
        change: &Change,
        media: Option<types::InputMedia>,
    ) -> Result<Message, Error> {
        let mut request = functions::messages::EditMessage::new(change.peer.clone(), change.id);
        if let Some((text, entities)) = change.said.text.clone() {
            (request.message, request.entities) = (Some(text), entities);
        }
        request.no_webpage = change.said.no_webpage;
        request.media = media;
        request.reply_markup.clone_from(&change.said.markup);
        request.schedule_date = change.said.schedule;
        let updates = self.invoke(&request).await?;
        let chat = self.id_of(&change.peer).await?;
        self.edited_in(updates, chat, change.id).ok_or_else(|| {
            ProtocolError::new("it took an edit and does not say what became of the message").into()
        })
    }
}

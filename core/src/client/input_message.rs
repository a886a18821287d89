//! What is to be sent, with everything that can be said about it.

use std::fmt;

use telewire_schema::types;

use crate::error::Error;
use crate::objects::{Buttons, Message};
use crate::text::ParseMode;
use crate::time::Unix;

/// A message to be sent. A plain text becomes one, read in the client's parse mode.
///
/// ```
/// use telewire_core::InputMessage;
///
/// let message = InputMessage::markdown("**hi**").reply_to(42).silent().link_preview(false);
/// ```
#[derive(Clone, PartialEq)]
#[must_use]
pub struct InputMessage {
    pub(crate) body: Body,
    pub(crate) reply_to: Option<i32>,
    pub(crate) silent: Option<bool>,
    /// As said; unsaid means yes for a new message, and as it was for one that is edited.
    pub(crate) link_preview: Option<bool>,
    pub(crate) clear_draft: bool,
    pub(crate) buttons: Option<Buttons>,
    pub(crate) schedule: Option<Unix>,
    pub(crate) media: Option<types::MessageMedia>,
}

/// The text, and how it is to be read.
#[derive(Clone, PartialEq)]
pub(crate) enum Body {
    /// In the client's parse mode.
    Default(String),
    /// In this one.
    Mode(String, ParseMode),
    /// As it is.
    Formatted(String, Vec<types::MessageEntity>),
}

impl InputMessage {
    fn with(body: Body) -> Self {
        Self {
            body,
            reply_to: None,
            silent: None,
            link_preview: None,
            clear_draft: false,
            buttons: None,
            schedule: None,
            media: None,
        }
    }

    /// A text without any formatting.
    pub fn text(text: impl Into<String>) -> Self {
        Self::with(Body::Formatted(text.into(), Vec::new()))
    }

    /// A text in Markdown, see [`parse_markdown`](crate::text::parse_markdown).
    pub fn markdown(text: impl Into<String>) -> Self {
        Self::with(Body::Mode(text.into(), ParseMode::Markdown))
    }

    /// A text in HTML, see [`parse_html`](crate::text::parse_html).
    pub fn html(text: impl Into<String>) -> Self {
        Self::with(Body::Mode(text.into(), ParseMode::Html))
    }

    /// A text in a dialect of your own.
    pub fn parsed(text: impl Into<String>, mode: ParseMode) -> Self {
        Self::with(Body::Mode(text.into(), mode))
    }

    /// A text with entities, whose ranges are counted in UTF-16 units.
    pub fn formatted(text: impl Into<String>, entities: Vec<types::MessageEntity>) -> Self {
        Self::with(Body::Formatted(text.into(), entities))
    }

    /// Replies to the message with that id in the same chat.
    pub fn reply_to(mut self, message: impl Into<ReplyTo>) -> Self {
        self.reply_to = message.into().0;
        self
    }

    /// Arrives without a notification.
    pub fn silent(mut self) -> Self {
        self.silent = Some(true);
        self
    }

    /// Arrives with a notification, also where this is a copy of a message that came without one.
    pub fn loud(mut self) -> Self {
        self.silent = Some(false);
        self
    }

    /// Whether links are shown with a preview. They are, unless it is said otherwise.
    pub fn link_preview(mut self, yes: bool) -> Self {
        self.link_preview = Some(yes);
        self
    }

    /// Clears the draft of the chat.
    pub fn clear_draft(mut self) -> Self {
        self.clear_draft = true;
        self
    }

    /// Buttons under the message, or a keyboard, in place of those that a copy brings: a [`Button`](crate::objects::Button),
    /// a row or rows of them, received ones too, or any `types::ReplyMarkup`. Bots only.
    ///
    /// ```
    /// use telewire_core::InputMessage;
    /// use telewire_core::objects::{Button, Buttons};
    ///
    /// let question = InputMessage::from("Coffee?").buttons([Button::inline("Yes"), Button::inline("No")]);
    /// let keypad = InputMessage::from("PIN").buttons([["1", "2"], ["3", "4"]].map(|row| row.map(Button::text)));
    /// let bare = InputMessage::from("Never mind").buttons(Buttons::none());
    /// ```
    pub fn buttons(mut self, buttons: impl Into<Buttons>) -> Self {
        self.buttons = Some(buttons.into());
        self
    }

    /// The same for what requests call a reply markup.
    pub fn reply_markup(self, markup: impl Into<types::ReplyMarkup>) -> Self {
        self.buttons(markup.into())
    }

    /// Sends it at that time instead of now.
    pub fn schedule(mut self, at: Unix) -> Self {
        self.schedule = Some(at);
        self
    }

    /// The buttons as requests name them.
    pub(crate) fn markup(&self) -> Result<Option<types::ReplyMarkup>, Error> {
        match &self.buttons {
            Some(buttons) => buttons.markup(),
            None => Ok(None),
        }
    }

    /// The text as it was given, before any parsing.
    pub(crate) fn source(&self) -> &str {
        match &self.body {
            Body::Default(text) | Body::Mode(text, _) | Body::Formatted(text, _) => text,
        }
    }
}

// What people write is their own business.
impl fmt::Debug for InputMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.source().chars().count();
        f.debug_struct("InputMessage")
            .field("length", &length)
            .finish_non_exhaustive()
    }
}

impl From<&str> for InputMessage {
    fn from(text: &str) -> Self {
        Self::with(Body::Default(text.into()))
    }
}

impl From<String> for InputMessage {
    fn from(text: String) -> Self {
        Self::with(Body::Default(text))
    }
}

impl From<&String> for InputMessage {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&Self> for InputMessage {
    fn from(message: &Self) -> Self {
        message.clone()
    }
}

/// A copy: the text with its formatting, the buttons, silence and media. A preview is kept only if the original had one,
/// and the message that it replied to is not.
impl From<&Message> for InputMessage {
    fn from(message: &Message) -> Self {
        let media = message
            .media()
            .filter(|m| !matches!(m, types::MessageMedia::WebPage(_)));
        Self {
            silent: message.silent().then_some(true),
            link_preview: Some(message.web_preview().is_some()),
            buttons: message.reply_markup().cloned().map(Buttons::from),
            media: media.cloned(),
            ..Self::formatted(message.raw_text(), message.entities().to_vec())
        }
    }
}

impl From<Message> for InputMessage {
    fn from(message: Message) -> Self {
        (&message).into()
    }
}

/// The message that is replied to: its id, the [`Message`], or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyTo(pub(crate) Option<i32>);

impl From<i32> for ReplyTo {
    fn from(id: i32) -> Self {
        Self(Some(id))
    }
}

impl From<Option<i32>> for ReplyTo {
    fn from(id: Option<i32>) -> Self {
        Self(id)
    }
}

impl From<&Message> for ReplyTo {
    fn from(message: &Message) -> Self {
        Self(Some(message.id()))
    }
}

//! Buttons under a message, and keyboards, as they are made.

mod markup;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use telewire_schema::types;

#[cfg(test)]
use crate::error::Error;
use crate::objects::MessageButton;
pub use markup::{Buttons, RowOrButton};

/// A button to be sent. Bots only; see [bot buttons](https://core.telegram.org/api/bots/buttons).
///
/// There are two families, which one message cannot mix: *inline* buttons stand under the message
/// ([`inline`](Self::inline), [`url`](Self::url), [`switch_inline`](Self::switch_inline)); the others form a keyboard in
/// place of the letters and send their text. The server takes 100 buttons of at most 8 in a row, and cuts a text of more than
/// 142 characters to 128 and an ellipsis.
///
/// ```
/// use telewire_core::InputMessage;
/// use telewire_core::objects::Button;
///
/// let vote = InputMessage::from("Coffee?").buttons([Button::inline("Yes").data("y"), Button::inline("No").data("n")]);
/// let help = InputMessage::from("Help").buttons([
///     vec![Button::url("Docs").to("https://example.org/docs")],
///     vec![Button::switch_inline("Share").query("help"), Button::inline("Close")],
/// ]);
/// let ask = InputMessage::from("Where are you?").buttons(Button::request_location("Here").resize(true));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Button {
    kind: Kind,
    options: Options,
}

/// Which family it is of.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Inline(types::KeyboardInlineButton),
    Keyboard(types::KeyboardButton),
}

/// What a button says about its whole keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Options {
    resize: Option<bool>,
    single_use: Option<bool>,
    selective: Option<bool>,
}

/// Inline buttons.
impl Button {
    /// A button that tells the bot it was pressed, with the [`data`](Self::data) behind it: its text, unless others are
    /// given.
    pub fn inline(text: impl Into<String>) -> Self {
        let text = text.into();
        let data = Bytes::copy_from_slice(text.as_bytes());
        types::KeyboardInlineButton::new(text, types::InlineButtonTypeCallback::new(data)).into()
    }

    /// What the bot is told when the button is pressed: at most 64 bytes, or sending it is
    /// [`Error::Misuse`](crate::Error::Misuse). Only for [`inline`](Self::inline).
    pub fn data(self, data: impl AsRef<[u8]>) -> Self {
        let data = Bytes::copy_from_slice(data.as_ref());
        self.change(|kind| {
            if let types::InlineButtonType::Callback(callback) = kind {
                callback.data = data;
            }
        })
    }

    /// A button that lets the user choose a chat and begins an inline query to the bot there.
    pub fn switch_inline(text: impl Into<String>) -> Self {
        let kind = types::InlineButtonTypeSwitchInline::new("");
        types::KeyboardInlineButton::new(text, kind).into()
    }

    /// What the inline query begins with; empty by default. Only for [`switch_inline`](Self::switch_inline).
    pub fn query(self, query: impl Into<String>) -> Self {
        let query = query.into();
        self.change(|kind| {
            if let types::InlineButtonType::SwitchInline(switch) = kind {
                switch.query = query;
            }
        })
    }

    /// Begins the inline query in the same chat instead. Only for [`switch_inline`](Self::switch_inline).
    pub fn same_peer(self) -> Self {
        self.change(|kind| {
            if let types::InlineButtonType::SwitchInline(switch) = kind {
                switch.same_peer = true;
            }
        })
    }

    /// A button that opens an address: its text, unless [another](Self::to) is given.
    pub fn url(text: impl Into<String>) -> Self {
        let text = text.into();
        types::KeyboardInlineButton::new(
            text.as_str(),
            types::InlineButtonTypeUrl::new(text.as_str()),
        )
        .into()
    }

    /// The address that the button opens. Only for [`url`](Self::url).
    pub fn to(self, url: impl Into<String>) -> Self {
        let url = url.into();
        self.change(|kind| {
            if let types::InlineButtonType::Url(link) = kind {
                link.url = url;
            }
        })
    }

    fn change(mut self, change: impl FnOnce(&mut types::InlineButtonType)) -> Self {
        if let Kind::Inline(button) = &mut self.kind {
            change(&mut button.type_);
        }
        self
    }
}

/// Buttons of keyboards.
impl Button {
    /// A button that sends its text.
    pub fn text(text: impl Into<String>) -> Self {
        types::KeyboardButton::new(text, types::ButtonType::Default).into()
    }

    /// A button that sends where the user is, after asking.
    pub fn request_location(text: impl Into<String>) -> Self {
        types::KeyboardButton::new(text, types::ButtonType::RequestGeoLocation).into()
    }

    /// A button that sends the user's phone number, after asking.
    pub fn request_phone(text: impl Into<String>) -> Self {
        types::KeyboardButton::new(text, types::ButtonType::RequestPhone).into()
    }

    /// Whether the keyboard is only as high as its buttons need. Counts for the whole keyboard; of several buttons that say
    /// it, the last one decides.
    pub fn resize(mut self, yes: bool) -> Self {
        self.options.resize = Some(yes);
        self
    }

    /// Whether the keyboard goes once a button was pressed. Counts for the whole keyboard; of several buttons that say it,
    /// the last one decides.
    pub fn single_use(mut self, yes: bool) -> Self {
        self.options.single_use = Some(yes);
        self
    }

    /// Whether only those see the keyboard who are mentioned in the message or wrote what it replies to. Counts for the
    /// whole keyboard; of several buttons that say it, the last one decides.
    pub fn selective(mut self, yes: bool) -> Self {
        self.options.selective = Some(yes);
        self
    }

    /// Instead of buttons: removes the keyboard that an earlier message brought.
    pub fn clear() -> Buttons {
        types::ReplyMarkup::from(types::ReplyKeyboardHide::new()).into()
    }

    /// Instead of buttons: has the user's client begin a reply to the message.
    pub fn force_reply() -> Buttons {
        types::ReplyMarkup::from(types::ReplyKeyboardForceReply::new()).into()
    }
}

/// What it is.
impl Button {
    /// The text on it.
    pub fn label(&self) -> &str {
        match &self.kind {
            Kind::Inline(button) => &button.text,
            Kind::Keyboard(button) => &button.text,
        }
    }

    /// Whether it stands under a message, rather than in a keyboard.
    pub fn is_inline(&self) -> bool {
        matches!(self.kind, Kind::Inline(_))
    }
}

impl From<types::KeyboardInlineButton> for Button {
    fn from(button: types::KeyboardInlineButton) -> Self {
        Self {
            kind: Kind::Inline(button),
            options: Options::default(),
        }
    }
}

impl From<types::KeyboardButton> for Button {
    fn from(button: types::KeyboardButton) -> Self {
        Self {
            kind: Kind::Keyboard(button),
            options: Options::default(),
        }
    }
}

/// A button that was received can be sent again.
impl From<&MessageButton> for Button {
    fn from(button: &MessageButton) -> Self {
        button.to_button()
    }
}

impl From<MessageButton> for Button {
    fn from(button: MessageButton) -> Self {
        button.to_button()
    }
}

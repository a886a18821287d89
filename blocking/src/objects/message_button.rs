//! The buttons of a message that was received.

use std::fmt;
use std::ops::Deref;

use telewire_core::objects::{Button, Buttons};
use telewire_core::{Error, objects, types};

use crate::client::Client;
use crate::objects::Message;

/// A button of a message, to be looked at and pressed. Whatever needs no waiting, such as
/// [`text`](objects::MessageButton::text), is that of [`objects::MessageButton`].
#[derive(Clone)]
pub struct MessageButton {
    inner: objects::MessageButton,
    client: Client,
}

/// What pressing a button came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Clicked {
    /// The button's text was sent, as a reply to the message with the keyboard.
    Sent(Message),
    /// The bot's answer: a text to be shown, or a page to be opened.
    Answer(types::messages::BotCallbackAnswer),
    /// The bot was started with the button's query.
    Started(types::Updates),
    /// The page to be opened; opening it is up to the program.
    Url(String),
    /// What this version has no twin for.
    Other(objects::Clicked),
}

impl Clicked {
    pub(crate) fn wrap(client: &Client, clicked: objects::Clicked) -> Self {
        match clicked {
            objects::Clicked::Sent(message) => Self::Sent(Message::wrap(client, message)),
            objects::Clicked::Answer(answer) => Self::Answer(answer),
            objects::Clicked::Started(updates) => Self::Started(updates),
            objects::Clicked::Url(url) => Self::Url(url),
            other => Self::Other(other),
        }
    }

    /// The bot's answer, if the button has led to one.
    pub fn answer(&self) -> Option<&types::messages::BotCallbackAnswer> {
        match self {
            Self::Answer(answer) => Some(answer),
            _ => None,
        }
    }
}

impl MessageButton {
    pub(crate) fn wrap_all(
        client: &Client,
        rows: Vec<Vec<objects::MessageButton>>,
    ) -> Vec<Vec<Self>> {
        let wrap = |inner| Self {
            inner,
            client: client.clone(),
        };
        rows.into_iter()
            .map(|row| row.into_iter().map(wrap).collect())
            .collect()
    }

    /// The client that it came from.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Presses it; see [`objects::MessageButton::click`].
    ///
    /// # Errors
    /// `DATA_INVALID` if the message has no such button any more, and whatever else the server answers.
    pub fn click(&self) -> Result<Option<Clicked>, Error> {
        let clicked = self.client.wait(self.inner.click())?;
        Ok(clicked.map(|clicked| Clicked::wrap(&self.client, clicked)))
    }
}

impl Deref for MessageButton {
    type Target = objects::MessageButton;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl fmt::Debug for MessageButton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl From<&MessageButton> for Button {
    fn from(button: &MessageButton) -> Self {
        (&button.inner).into()
    }
}

impl From<&MessageButton> for Buttons {
    fn from(button: &MessageButton) -> Self {
        (&button.inner).into()
    }
}

//! The buttons of a message.

use std::fmt;

use bytes::Bytes;

use crate::error::Error;
use crate::objects::message_button::press;
use crate::objects::{Clicked, Message, MessageButton};

impl Message {
    /// The buttons under it, or of the keyboard that came with it, row by row; empty if it has none.
    pub fn buttons(&self) -> Vec<Vec<MessageButton>> {
        MessageButton::rows(self)
    }

    /// The buttons, once the chat is known without which they cannot be pressed.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the session has never seen the chat.
    pub async fn get_buttons(&self) -> Result<Vec<Vec<MessageButton>>, Error> {
        let buttons = self.buttons();
        if !buttons.is_empty() {
            self.get_input_chat().await?;
        }
        Ok(buttons)
    }

    /// How many buttons it has, in all rows.
    pub fn button_count(&self) -> usize {
        self.buttons().iter().map(Vec::len).sum()
    }

    /// Presses one of its buttons, see [`MessageButton::click`]. Which one is said by its number from 0 on, row and column,
    /// its exact text, or a [`Click`]. `None` if there are no buttons, none that is meant, or the bot does not answer in
    /// time.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a number that is too large, `DATA_INVALID` for data that no button has, and as
    /// [`MessageButton::click`].
    ///
    /// ```no_run
    /// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// use telewire_core::objects::Click;
    ///
    /// message.click(0).await?;
    /// message.click((1, 2)).await?;
    /// message.click("Next").await?;
    /// message.click(Click::text(|text| text.starts_with('N'))).await?;
    /// message.click(Click::filter(|button| button.url().is_some())).await?;
    /// message.click(Click::data("next")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn click(&self, which: impl Into<Click>) -> Result<Option<Clicked>, Error> {
        let which = match which.into().0 {
            Which::Data(data) => return press(self, Some(data)).await,
            which => which,
        };
        let buttons = self.get_buttons().await?;
        if buttons.iter().all(Vec::is_empty) {
            return Ok(None);
        }
        match which.find(buttons)? {
            Some(button) => button.click().await,
            None => Ok(None),
        }
    }
}

/// Which button of a message is meant; the first one by default. An `usize` is its number in all rows, a pair its row and
/// its column, a `&str` its exact text.
#[must_use]
pub struct Click(Which);

type TextTest = Box<dyn Fn(&str) -> bool + Send + Sync>;
type ButtonTest = Box<dyn Fn(&MessageButton) -> bool + Send + Sync>;

enum Which {
    Number(usize),
    Place(usize, usize),
    Label(String),
    Text(TextTest),
    Filter(ButtonTest),
    Data(Bytes),
}

impl Click {
    /// The first one.
    pub fn first() -> Self {
        Self(Which::Number(0))
    }

    /// The first one whose text passes.
    pub fn text(test: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self(Which::Text(Box::new(test)))
    }

    /// The first one that passes.
    pub fn filter(test: impl Fn(&MessageButton) -> bool + Send + Sync + 'static) -> Self {
        Self(Which::Filter(Box::new(test)))
    }

    /// The callback button with this data. The bot is told without a look at the buttons, which works even if they have not
    /// been received.
    pub fn data(data: impl AsRef<[u8]>) -> Self {
        Self(Which::Data(Bytes::copy_from_slice(data.as_ref())))
    }
}

impl Which {
    fn find(self, rows: Vec<Vec<MessageButton>>) -> Result<Option<MessageButton>, Error> {
        let count: usize = rows.iter().map(Vec::len).sum();
        let found = match &self {
            Self::Number(n) => {
                let button = rows.into_iter().flatten().nth(*n);
                return button.map(Some).ok_or_else(|| {
                    Error::misuse(format!(
                        "there is no button number {n}: the message has {count}, counted from 0"
                    ))
                });
            }
            Self::Place(row, column) => {
                let button = rows
                    .into_iter()
                    .nth(*row)
                    .and_then(|r| r.into_iter().nth(*column));
                return button.map(Some).ok_or_else(|| {
                    Error::misuse(format!(
                        "there is no button in row {row}, column {column}, counted from 0"
                    ))
                });
            }
            Self::Label(text) => rows.into_iter().flatten().find(|b| b.text() == text),
            Self::Text(test) => rows.into_iter().flatten().find(|b| test(b.text())),
            Self::Filter(test) => rows.into_iter().flatten().find(test),
            Self::Data(data) => {
                let mut all = rows.into_iter().flatten();
                all.find(|b| b.data() == Some(data))
            }
        };
        Ok(found)
    }
}

impl Default for Click {
    fn default() -> Self {
        Self::first()
    }
}

impl From<usize> for Click {
    fn from(number: usize) -> Self {
        Self(Which::Number(number))
    }
}

impl From<(usize, usize)> for Click {
    fn from((row, column): (usize, usize)) -> Self {
        Self(Which::Place(row, column))
    }
}

impl From<&str> for Click {
    fn from(text: &str) -> Self {
        Self(Which::Label(text.into()))
    }
}

impl From<String> for Click {
    fn from(text: String) -> Self {
        Self(Which::Label(text))
    }
}

impl fmt::Debug for Click {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Which::Number(n) => return f.debug_tuple("Click").field(n).finish(),
            Which::Place(row, column) => {
                return f.debug_tuple("Click").field(row).field(column).finish();
            }
            Which::Label(_) => "label",
            Which::Text(_) => "text",
            Which::Filter(_) => "filter",
            Which::Data(_) => "data",
        };
        f.debug_tuple("Click").field(&kind).finish()
    }
}

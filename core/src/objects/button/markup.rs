//! All the buttons of a message.

use telewire_schema::types;

use super::{Button, Kind, Options};
use crate::error::Error;
use crate::objects::MessageButton;

/// The most bytes behind a callback button.
const DATA: usize = 64;

/// All the buttons of a message: one [`Button`], a row or rows of them, received ones too, or any `types::ReplyMarkup`.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Buttons(Shape);

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Rows(Vec<Vec<Button>>),
    Markup(types::ReplyMarkup),
}

impl Buttons {
    /// No buttons: those of a message that is copied or edited go.
    pub fn none() -> Self {
        Self(Shape::Rows(Vec::new()))
    }

    /// What requests call a reply markup; `None` without any button. Rows that are empty are left out.
    ///
    /// # Errors
    /// [`Error::Misuse`] if buttons of both families are mixed, or more than 64 bytes stand behind one.
    pub fn markup(&self) -> Result<Option<types::ReplyMarkup>, Error> {
        let rows = match &self.0 {
            Shape::Markup(markup) => return Ok(Some(markup.clone())),
            Shape::Rows(rows) => rows.iter().filter(|row| !row.is_empty()),
        };
        let (mut inline, mut keyboard) = (Vec::new(), Vec::new());
        let mut options = Options::default();
        for row in rows {
            let (mut under, mut keys) = (Vec::new(), Vec::new());
            for button in row {
                options.add(button.options);
                match &button.kind {
                    Kind::Inline(button) => under.push(checked(button)?),
                    Kind::Keyboard(button) => keys.push(button.clone()),
                }
            }
            inline.extend((!under.is_empty()).then(|| types::KeyboardInlineButtonRow::new(under)));
            keyboard.extend((!keys.is_empty()).then(|| types::KeyboardButtonRow::new(keys)));
        }
        match (inline.is_empty(), keyboard.is_empty()) {
            (true, true) => Ok(None),
            (false, true) => Ok(Some(types::ReplyInlineMarkup::new(inline).into())),
            (true, false) => {
                let mut markup = types::ReplyKeyboardMarkup::new(keyboard);
                markup.resize = options.resize == Some(true);
                markup.single_use = options.single_use == Some(true);
                markup.selective = options.selective == Some(true);
                Ok(Some(markup.into()))
            }
            (false, false) => Err(Error::misuse(
                "inline buttons and those of a keyboard cannot be in one message; send two",
            )),
        }
    }

    /// The same where only inline buttons may stand, such as under the result of an inline query.
    ///
    /// # Errors
    /// [`Error::Misuse`] for any other, and as [`Buttons::markup`].
    pub fn inline_markup(&self) -> Result<Option<types::ReplyMarkup>, Error> {
        match self.markup()? {
            None => Ok(None),
            Some(markup @ types::ReplyMarkup::ReplyInlineMarkup(_)) => Ok(Some(markup)),
            Some(_) => Err(Error::misuse(
                "only inline buttons are possible here; make them with Button::inline, url or switch_inline",
            )),
        }
    }
}

impl Options {
    fn add(&mut self, other: Self) {
        self.resize = other.resize.or(self.resize);
        self.single_use = other.single_use.or(self.single_use);
        self.selective = other.selective.or(self.selective);
    }
}

fn checked(button: &types::KeyboardInlineButton) -> Result<types::KeyboardInlineButton, Error> {
    match &button.type_ {
        types::InlineButtonType::Callback(callback) if callback.data.len() > DATA => {
            Err(Error::misuse(format!(
                "a button has {} bytes of data, and {DATA} are possible; keep the rest yourself under a key that fits",
                callback.data.len()
            )))
        }
        _ => Ok(button.clone()),
    }
}

macro_rules! one_button {
    ($($type:ty),*) => {$(
        impl From<$type> for Buttons {
            fn from(button: $type) -> Self {
                Self(Shape::Rows(vec![vec![button.into()]]))
            }
        }
    )*};
}

one_button!(
    Button,
    &MessageButton,
    MessageButton,
    types::KeyboardButton,
    types::KeyboardInlineButton
);

macro_rules! markups {
    ($($type:ty),*) => {$(
        impl From<$type> for Buttons {
            fn from(markup: $type) -> Self {
                Self(Shape::Markup(markup.into()))
            }
        }
    )*};
}

markups!(
    types::ReplyMarkup,
    types::ReplyInlineMarkup,
    types::ReplyKeyboardMarkup,
    types::ReplyKeyboardHide,
    types::ReplyKeyboardForceReply
);

/// Rows, or the buttons of one row.
macro_rules! several {
    ($([$($generics:tt)*] $type:ty),* $(,)?) => {$(
        impl<$($generics)*> From<$type> for Buttons
        where
            B: Into<RowOrButton>,
        {
            fn from(several: $type) -> Self {
                Self::of(several)
            }
        }
    )*};
}

several!([B] Vec<B>, [B, const N: usize] [B; N]);

impl Buttons {
    fn of<B: Into<RowOrButton>>(several: impl IntoIterator<Item = B>) -> Self {
        let mut rows: Vec<Vec<Button>> = Vec::new();
        let mut row = Vec::new();
        for one in several {
            match one.into().0 {
                Either::Button(button) => row.push(button),
                Either::Row(buttons) => rows.push(buttons),
            }
        }
        // A list holds values of one type, so there are either rows or buttons.
        rows.push(row);
        Self(Shape::Rows(rows))
    }
}

/// A button, or a row of them: what a list of buttons is made of.
#[derive(Clone, Debug)]
pub struct RowOrButton(Either);

#[derive(Clone, Debug)]
enum Either {
    Button(Button),
    Row(Vec<Button>),
}

macro_rules! button_in_list {
    ($($type:ty),*) => {$(
        impl From<$type> for RowOrButton {
            fn from(button: $type) -> Self {
                Self(Either::Button(button.into()))
            }
        }
    )*};
}

button_in_list!(
    Button,
    &MessageButton,
    MessageButton,
    types::KeyboardButton,
    types::KeyboardInlineButton
);

impl<B: Into<Button>> From<Vec<B>> for RowOrButton {
    fn from(row: Vec<B>) -> Self {
        Self(Either::Row(row.into_iter().map(Into::into).collect()))
    }
}

impl<B: Into<Button>, const N: usize> From<[B; N]> for RowOrButton {
    fn from(row: [B; N]) -> Self {
        Self(Either::Row(row.into_iter().map(Into::into).collect()))
    }
}

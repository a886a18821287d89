//! How a client reads and shows formatted text.

use std::fmt;
use std::sync::Arc;

use telewire_schema::types::MessageEntity;

use crate::Error;
use crate::text::{parse_html, parse_markdown, unparse_html, unparse_markdown};

/// How texts given to friendly methods are read, and how [`Message::text`](crate::objects::Message::text) shows them.
///
/// ```
/// use telewire_core::text::ParseMode;
///
/// let (text, entities) = ParseMode::Html.parse("<b>hi</b>");
/// assert_eq!((text.as_str(), entities.len()), ("hi", 1));
/// assert_eq!("MD".parse(), Ok(ParseMode::Markdown));
/// ```
#[derive(Clone, Default)]
pub enum ParseMode {
    /// Texts are taken as they are.
    Plain,
    /// Telethon's Markdown, see [`parse_markdown`]. The default.
    #[default]
    Markdown,
    /// HTML, see [`parse_html`].
    Html,
    /// A dialect of your own.
    Custom(Arc<dyn TextFormat>),
}

impl ParseMode {
    /// A dialect of your own.
    pub fn custom(format: impl TextFormat) -> Self {
        Self::Custom(Arc::new(format))
    }

    /// A dialect that is only read: [`ParseMode::unparse`] gives the plain text.
    ///
    /// ```
    /// use telewire_core::text::{ParseMode, Style, utf16_len};
    ///
    /// let loud = ParseMode::from_fn(|text| {
    ///     let all = Style::Bold.entity(0, utf16_len(text));
    ///     (text.to_owned(), vec![all])
    /// });
    /// let (text, entities) = loud.parse("hi");
    /// assert_eq!(entities, [Style::Bold.entity(0, 2)]);
    /// assert_eq!(loud.unparse(&text, &entities), "hi");
    /// ```
    pub fn from_fn(
        parse: impl Fn(&str) -> (String, Vec<MessageEntity>) + Send + Sync + 'static,
    ) -> Self {
        Self::custom(ReadOnly(parse))
    }

    /// Formatted text to plain text and entities.
    pub fn parse(&self, text: &str) -> (String, Vec<MessageEntity>) {
        match self {
            Self::Plain => (text.to_owned(), Vec::new()),
            Self::Markdown => parse_markdown(text),
            Self::Html => parse_html(text),
            Self::Custom(format) => format.parse(text),
        }
    }

    /// Plain text and entities to formatted text.
    pub fn unparse(&self, text: &str, entities: &[MessageEntity]) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Markdown => unparse_markdown(text, entities),
            Self::Html => unparse_html(text, entities),
            Self::Custom(format) => format.unparse(text, entities),
        }
    }
}

impl fmt::Debug for ParseMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "Plain",
            Self::Markdown => "Markdown",
            Self::Html => "Html",
            Self::Custom(_) => "Custom",
        })
    }
}

/// Dialects of one's own are equal if they are the same object.
impl PartialEq for ParseMode {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Custom(a), Self::Custom(b)) => Arc::ptr_eq(a, b),
            (Self::Plain, Self::Plain)
            | (Self::Markdown, Self::Markdown)
            | (Self::Html, Self::Html) => true,
            _ => false,
        }
    }
}

/// No parse mode is [`ParseMode::Plain`].
impl From<Option<Self>> for ParseMode {
    fn from(mode: Option<Self>) -> Self {
        mode.unwrap_or(Self::Plain)
    }
}

/// The same names as [`str::parse`] takes.
impl TryFrom<&str> for ParseMode {
    type Error = UnknownParseMode;

    fn try_from(name: &str) -> Result<Self, UnknownParseMode> {
        name.parse()
    }
}

/// The names that Telethon takes, in any case: `md`, `markdown`, `htm`, `html`; nothing for plain text.
impl std::str::FromStr for ParseMode {
    type Err = UnknownParseMode;

    fn from_str(name: &str) -> Result<Self, UnknownParseMode> {
        match name.to_ascii_lowercase().as_str() {
            "" => Ok(Self::Plain),
            "md" | "markdown" => Ok(Self::Markdown),
            "htm" | "html" => Ok(Self::Html),
            _ => Err(UnknownParseMode),
        }
    }
}

/// A name that no parse mode has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownParseMode;

impl fmt::Display for UnknownParseMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such parse mode; use \"markdown\", \"html\", or an empty text for none")
    }
}

impl std::error::Error for UnknownParseMode {}

/// [`Error::Misuse`].
impl From<UnknownParseMode> for Error {
    fn from(unknown: UnknownParseMode) -> Self {
        Self::misuse(unknown.to_string())
    }
}

/// A text dialect. The two directions should undo each other, so that editing `message.text()` keeps its formatting.
pub trait TextFormat: Send + Sync + 'static {
    /// Formatted text to plain text and entities, whose ranges are counted in UTF-16 units.
    fn parse(&self, text: &str) -> (String, Vec<MessageEntity>);

    /// Plain text and entities to formatted text.
    fn unparse(&self, text: &str, entities: &[MessageEntity]) -> String;
}

/// What [`ParseMode::from_fn`] makes.
struct ReadOnly<F>(F);

impl<F> TextFormat for ReadOnly<F>
where
    F: Fn(&str) -> (String, Vec<MessageEntity>) + Send + Sync + 'static,
{
    fn parse(&self, text: &str) -> (String, Vec<MessageEntity>) {
        (self.0)(text)
    }

    fn unparse(&self, text: &str, _: &[MessageEntity]) -> String {
        text.to_owned()
    }
}

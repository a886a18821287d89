//! Telethon's Markdown: delimiters and links, nothing nested.

mod links;
mod parser;
mod style;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use telewire_schema::types::{self, MessageEntity};

pub use links::LinkMatch;
use links::Links;
use parser::Parser;
pub use style::Style;

use crate::text::{ParseMode, TextFormat, Units, trim};

/// Reads Markdown and returns the plain text with its entities.
///
/// `**bold**`, `__italic__`, `` `code` ``, a block between triple backticks and `[text](url)` are known. They do not
/// nest: inside a pair of delimiters, or in the text of a link, everything is literal. A delimiter without its twin stays
/// as it is, and the result is trimmed. A link to `tg://user?id=N`, `@name` or `+phone` becomes a mention when it is sent.
///
/// ```
/// use telewire_core::{text, types};
///
/// let (text, entities) = text::parse_markdown("Hello **you**");
/// assert_eq!(text, "Hello you");
/// assert_eq!(entities, [types::MessageEntityBold { offset: 6, length: 3 }.into()]);
/// ```
pub fn parse_markdown(source: &str) -> (String, Vec<MessageEntity>) {
    parse(source, &STANDARD, &Links::Brackets)
}

/// Writes plain text and entities as Markdown: the reverse of [`parse_markdown`].
///
/// Entities that Markdown cannot express are left out, as are those that overlap one before them, since the dialect
/// knows no nesting. Ranges that cut a character are widened to it.
///
/// ```
/// use telewire_core::{text, types};
///
/// let mention = types::MessageEntityMentionName { offset: 0, length: 2, user_id: 5 }.into();
/// assert_eq!(text::unparse_markdown("me", &[mention]), "[me](tg://user?id=5)");
/// ```
pub fn unparse_markdown(text: &str, entities: &[MessageEntity]) -> String {
    unparse(text, entities, &STANDARD, Some(&bracketed))
}

/// The delimiters in the order in which they are tried.
const STANDARD: [(&str, Style); 4] = [
    ("**", Style::Bold),
    ("__", Style::Italic),
    ("`", Style::Code),
    ("```", Style::Pre),
];

/// The Markdown of [`parse_markdown`] with delimiters or links of your own.
///
/// ```
/// use telewire_core::text::{Markdown, ParseMode, Style};
///
/// let slack = Markdown::new()
///     .delimiters([("*", Style::Bold), ("_", Style::Italic), ("~", Style::Strike)])
///     .link_format(|text, url| format!("<{url}|{text}>"));
/// let mode = ParseMode::from(slack);
/// let (text, entities) = mode.parse("*hi* ~there~");
/// assert_eq!((text.as_str(), entities.len()), ("hi there", 2));
/// assert_eq!(mode.unparse(&text, &entities), "*hi* ~there~");
/// ```
#[derive(Clone)]
#[must_use]
pub struct Markdown {
    delimiters: Vec<(String, Style)>,
    links: Links,
    format: Option<Arc<LinkFormat>>,
}

/// Writes a link, given its text and its address.
type LinkFormat = dyn Fn(&str, &str) -> String + Send + Sync;

impl Markdown {
    /// The delimiters and links of [`parse_markdown`].
    pub fn new() -> Self {
        Self {
            delimiters: STANDARD
                .map(|(token, style)| (token.to_owned(), style))
                .into(),
            links: Links::Brackets,
            format: Some(Arc::new(bracketed)),
        }
    }

    /// Other delimiters instead, tried in this order. Without any, all is switched off: texts are taken as they are, even
    /// white space around them, and links too.
    pub fn delimiters<T: Into<String>>(
        mut self,
        delimiters: impl IntoIterator<Item = (T, Style)>,
    ) -> Self {
        let delimiters = delimiters
            .into_iter()
            .map(|(token, style)| (token.into(), style));
        self.delimiters = delimiters.filter(|(token, _)| !token.is_empty()).collect();
        self
    }

    /// Neither reads nor writes links.
    pub fn without_links(mut self) -> Self {
        self.links = Links::None;
        self.format = None;
        self
    }

    /// Has links found by a function, which is given the text from some position on and says whether a link begins
    /// right there. Ranges that do not lie inside that text, or cut a character, are no link.
    pub fn link_matcher(
        mut self,
        find: impl Fn(&str) -> Option<LinkMatch> + Send + Sync + 'static,
    ) -> Self {
        self.links = Links::Function(Arc::new(find));
        self
    }

    /// Has links found by a regular expression, whose first group is the text and whose second is the address.
    ///
    /// # Errors
    /// [`Error::Misuse`](crate::Error::Misuse) if it has fewer than two groups.
    #[cfg(feature = "regex")]
    pub fn link_regex(mut self, regex: regex::Regex) -> Result<Self, crate::Error> {
        if regex.captures_len() < 3 {
            return Err(crate::Error::misuse(
                "a regular expression for links needs two groups: the text, then the address",
            ));
        }
        self.links = Links::Regex(regex);
        Ok(self)
    }

    /// How links are written, given their text and their address.
    pub fn link_format(
        mut self,
        format: impl Fn(&str, &str) -> String + Send + Sync + 'static,
    ) -> Self {
        self.format = Some(Arc::new(format));
        self
    }

    fn table(&self) -> Vec<(&str, Style)> {
        let delimiters = self.delimiters.iter();
        delimiters
            .map(|(token, style)| (token.as_str(), *style))
            .collect()
    }
}

impl TextFormat for Markdown {
    fn parse(&self, text: &str) -> (String, Vec<MessageEntity>) {
        if self.delimiters.is_empty() {
            return (text.to_owned(), Vec::new());
        }
        parse(text, &self.table(), &self.links)
    }

    fn unparse(&self, text: &str, entities: &[MessageEntity]) -> String {
        if self.delimiters.is_empty() {
            return text.to_owned();
        }
        unparse(text, entities, &self.table(), self.format.as_deref())
    }
}

impl Default for Markdown {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Markdown")
            .field("delimiters", &self.delimiters)
            .finish_non_exhaustive()
    }
}

impl From<Markdown> for ParseMode {
    fn from(dialect: Markdown) -> Self {
        Self::custom(dialect)
    }
}

fn parse(
    source: &str,
    delimiters: &[(&str, Style)],
    links: &Links,
) -> (String, Vec<MessageEntity>) {
    let (text, mut entities) = Parser::new(source, delimiters, links).run();
    let text = trim(&text, &mut entities).to_owned();
    (text, entities)
}

fn unparse(
    text: &str,
    entities: &[MessageEntity],
    delimiters: &[(&str, Style)],
    format: Option<&LinkFormat>,
) -> String {
    let units = Units::new(text);
    let mut pieces: Vec<_> = entities
        .iter()
        .filter_map(|entity| {
            let (start, end) = units.range(entity);
            Some((start, end, Markup::of(entity, delimiters, format)?))
        })
        .filter(|(start, end, _)| start < end)
        .collect();
    pieces.sort_by_key(|(start, ..)| *start);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end, markup) in pieces {
        if start < done {
            continue;
        }
        out.push_str(text.get(done..start).unwrap_or_default());
        let inner = text.get(start..end).unwrap_or_default();
        match markup {
            Markup::Delimiter(token) => out.extend([token, inner, token]),
            Markup::Link(format, url) => out.push_str(&format(inner, &url)),
        }
        done = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// What an entity is written as.
enum Markup<'a> {
    Delimiter(&'a str),
    Link(&'a LinkFormat, Cow<'a, str>),
}

impl<'a> Markup<'a> {
    fn of(
        entity: &'a MessageEntity,
        delimiters: &[(&'a str, Style)],
        format: Option<&'a LinkFormat>,
    ) -> Option<Self> {
        let style = Style::of(entity);
        // Of several delimiters for one style the last is written.
        if let Some((token, _)) = delimiters.iter().rfind(|(_, s)| Some(*s) == style) {
            return Some(Self::Delimiter(token));
        }
        let url = match entity {
            MessageEntity::TextUrl(link) => Cow::Borrowed(link.url.as_str()),
            MessageEntity::MentionName(mention) => Cow::Owned(mention_url(mention.user_id)),
            MessageEntity::InputMessageEntityMentionName(mention) => match &mention.user_id {
                types::InputUser::InputUser(user) => Cow::Owned(mention_url(user.user_id)),
                _ => return None,
            },
            _ => return None,
        };
        Some(Self::Link(format?, url))
    }
}

fn bracketed(text: &str, url: &str) -> String {
    ["[", text, "](", url, ")"].concat()
}

/// The link that stands for a mention of a user without a username.
pub(super) fn mention_url(user_id: i64) -> String {
    format!("tg://user?id={user_id}")
}

//! Telethon's Markdown: four delimiters and links, nothing nested.

use std::borrow::Cow;

use telewire_schema::types::{
    self, MessageEntity, MessageEntityBold, MessageEntityCode, MessageEntityItalic,
    MessageEntityPre, MessageEntityTextUrl,
};

use crate::text::{Units, trim, utf16_len};

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
    let mut parser = Parser {
        source,
        at: 0,
        text: String::with_capacity(source.len()),
        units: 0,
        entities: Vec::new(),
        links: None,
    };
    parser.run();
    let Parser {
        text, mut entities, ..
    } = parser;
    let text = trim(&text, &mut entities).to_owned();
    (text, entities)
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
    let units = Units::new(text);
    let mut pieces: Vec<_> = entities
        .iter()
        .filter_map(|entity| {
            let (start, end) = units.range(entity);
            Some((start, end, Markup::of(entity)?))
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
        let before = text.get(done..start).unwrap_or_default();
        let inner = text.get(start..end).unwrap_or_default();
        out.push_str(before);
        match markup {
            Markup::Delimiter(d) => out.extend([d.token(), inner, d.token()]),
            Markup::Link(url) => out.extend(["[", inner, "](", &url, ")"]),
        }
        done = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[derive(Clone, Copy)]
enum Delimiter {
    Bold,
    Italic,
    Code,
    Pre,
}

impl Delimiter {
    /// The order in which they are tried.
    const ALL: [Self; 4] = [Self::Bold, Self::Italic, Self::Code, Self::Pre];

    const fn token(self) -> &'static str {
        match self {
            Self::Bold => "**",
            Self::Italic => "__",
            Self::Code => "`",
            Self::Pre => "```",
        }
    }

    fn entity(self, offset: i32, length: i32) -> MessageEntity {
        match self {
            Self::Bold => MessageEntityBold { offset, length }.into(),
            Self::Italic => MessageEntityItalic { offset, length }.into(),
            Self::Code => MessageEntityCode { offset, length }.into(),
            Self::Pre => MessageEntityPre {
                offset,
                length,
                language: String::new(),
            }
            .into(),
        }
    }
}

/// What an entity is written as.
enum Markup<'e> {
    Delimiter(Delimiter),
    Link(Cow<'e, str>),
}

impl<'e> Markup<'e> {
    fn of(entity: &'e MessageEntity) -> Option<Self> {
        Some(match entity {
            MessageEntity::Bold(_) => Self::Delimiter(Delimiter::Bold),
            MessageEntity::Italic(_) => Self::Delimiter(Delimiter::Italic),
            MessageEntity::Code(_) => Self::Delimiter(Delimiter::Code),
            MessageEntity::Pre(_) => Self::Delimiter(Delimiter::Pre),
            MessageEntity::TextUrl(link) => Self::Link(Cow::Borrowed(&link.url)),
            MessageEntity::MentionName(mention) => {
                Self::Link(Cow::Owned(mention_url(mention.user_id)))
            }
            MessageEntity::InputMessageEntityMentionName(mention) => match &mention.user_id {
                types::InputUser::InputUser(user) => {
                    Self::Link(Cow::Owned(mention_url(user.user_id)))
                }
                _ => return None,
            },
            _ => return None,
        })
    }
}

/// The link that stands for a mention of a user without a username.
pub(super) fn mention_url(user_id: i64) -> String {
    format!("tg://user?id={user_id}")
}

struct Parser<'s> {
    source: &'s str,
    at: usize,
    text: String,
    /// The length of `text` in UTF-16 units.
    units: i32,
    entities: Vec<MessageEntity>,
    /// Where link texts may end, from the back: found once, when the first `[` is met.
    links: Option<Vec<LinkTail>>,
}

/// `](url)` in the source.
#[derive(Clone, Copy)]
struct LinkTail {
    /// Where the `]` is.
    bracket: usize,
    /// Where the `)` is.
    end: usize,
}

impl<'s> Parser<'s> {
    fn run(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            let taken = (c == '[' && self.link()) || self.delimited();
            if !taken {
                self.literal(c.len_utf8());
            }
        }
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Takes `n` bytes over as they are.
    fn literal(&mut self, n: usize) {
        let piece = self.rest().get(..n).unwrap_or_default();
        self.text.push_str(piece);
        self.units = self.units.saturating_add(utf16_len(piece));
        self.at += n;
    }

    /// Takes a link that begins here.
    fn link(&mut self) -> bool {
        let tails = self.links.get_or_insert_with(|| link_tails(self.source));
        // The text has at least one character, whatever it is.
        while tails.last().is_some_and(|t| t.bracket <= self.at + 1) {
            tails.pop();
        }
        let Some(&LinkTail { bracket, end }) = tails.last() else {
            return false;
        };
        let url = self.source.get(bracket + 2..end).unwrap_or_default();
        let offset = self.units;
        self.at += 1;
        self.literal(bracket - self.at);
        let length = self.units - offset;
        self.entities.push(
            MessageEntityTextUrl {
                offset,
                length,
                url: url.into(),
            }
            .into(),
        );
        self.at = end + 1;
        true
    }

    /// Takes a pair of delimiters that begins here. Without its twin the opener is literal, and so is all that follows
    /// it: nothing else is looked for inside.
    fn delimited(&mut self) -> bool {
        let rest = self.rest();
        let opener = Delimiter::ALL.into_iter().find_map(|d| {
            let after = rest.strip_prefix(d.token())?;
            // An empty pair is no pair.
            (!after.starts_with(d.token())).then_some((d, after))
        });
        let Some((delimiter, after)) = opener else {
            return false;
        };
        let token = delimiter.token();
        // The first character inside is never looked at: it cannot be the closer.
        let first = after.chars().next().map_or(0, char::len_utf8);
        let closer = after
            .get(first..)
            .and_then(|inside| inside.find(token))
            .map(|n| n + first);
        let Some(length) = closer else {
            self.literal(rest.len());
            return true;
        };
        self.at += token.len();
        let offset = self.units;
        self.literal(length);
        self.at += token.len();
        self.entities
            .push(delimiter.entity(offset, self.units - offset));
        true
    }
}

/// Every `](url)` of a text, last first. The url has at least one character and no line break.
fn link_tails(source: &str) -> Vec<LinkTail> {
    let bytes = source.as_bytes();
    let mut tails = Vec::new();
    // The next `)` with no line break before it, seen from the back; a second one serves urls that begin with `)`.
    let (mut close, mut second) = (None, None);
    for (at, byte) in bytes.iter().enumerate().rev() {
        match byte {
            b'\n' => (close, second) = (None, None),
            b')' => (close, second) = (Some(at), close),
            b'(' if at > 0 && bytes.get(at - 1) == Some(&b']') => {
                let end = if close == Some(at + 1) { second } else { close };
                tails.extend(end.map(|end| LinkTail {
                    bracket: at - 1,
                    end,
                }));
            }
            _ => {}
        }
    }
    tails
}

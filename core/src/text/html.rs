//! HTML as Telethon understands it: bold, italic, code, blocks and links.

mod tokens;

use telewire_schema::types::{
    self, MessageEntity, MessageEntityBold, MessageEntityCode, MessageEntityEmail,
    MessageEntityItalic, MessageEntityPre, MessageEntityTextUrl,
};

use tokens::{Tag, Token, Tokens, unescape};

use crate::text::markdown::mention_url;
use crate::text::{Units, set_span, trim, utf16_len};

/// Reads HTML and returns the plain text with its entities, in the order in which their tags close.
///
/// Known are `<b>`, `<strong>`, `<i>`, `<em>`, `<code>`, `<pre>` (with a language in an inner
/// `<code class="language-x">`) and `<a href>`; a `mailto:` link turns into the address itself. Other tags are dropped
/// and their content stays, a tag that is never closed formats nothing, and the result is trimmed. `&lt;`, `&gt;`,
/// `&amp;`, `&quot;` and numeric references are decoded once.
///
/// ```
/// use telewire_core::{text, types};
///
/// let (text, entities) = text::parse_html("1 &lt; <b>2</b>");
/// assert_eq!(text, "1 < 2");
/// assert_eq!(entities, [types::MessageEntityBold { offset: 4, length: 1 }.into()]);
/// ```
pub fn parse_html(source: &str) -> (String, Vec<MessageEntity>) {
    let mut parser = Parser::default();
    // Behind the last `>` there is no markup.
    let (marked, tail) = source.split_at(source.rfind('>').map_or(0, |at| at + 1));
    for token in Tokens(marked) {
        match token {
            Token::Text(text) => parser.text(&unescape(text)),
            Token::Open(tag) => parser.open(tag),
            Token::Close(name) => parser.close(&name),
        }
    }
    parser.text(&unescape(tail));
    let mut entities = parser.entities;
    let text = trim(&parser.text, &mut entities).to_owned();
    (text, entities)
}

/// Writes plain text and entities as HTML: the reverse of [`parse_html`].
///
/// The text is escaped. Entities inside others are nested; what crosses the border of one before it, or has no tag here,
/// is left out.
///
/// ```
/// use telewire_core::{text, types};
///
/// let italic = types::MessageEntityItalic { offset: 0, length: 3 }.into();
/// assert_eq!(text::unparse_html("a<b", &[italic]), "<em>a&lt;b</em>");
/// ```
pub fn unparse_html(text: &str, entities: &[MessageEntity]) -> String {
    let units = Units::new(text);
    let mut pieces: Vec<_> = entities
        .iter()
        .filter_map(|entity| {
            let (start, end) = units.range(entity);
            let (open, close) = tags(entity, text.get(start..end)?)?;
            (start < end).then_some(Piece {
                start,
                end,
                open,
                close,
            })
        })
        .collect();
    // Outer before inner; of two on the same range the one that closed last is the outer one.
    pieces.reverse();
    pieces.sort_by_key(|p| (p.start, usize::MAX - p.end));
    let mut out = String::with_capacity(text.len());
    let mut open = Vec::new();
    let mut done = 0;
    for piece in &pieces {
        close_until(&mut out, text, &mut open, &mut done, piece.start);
        if open.last().is_some_and(|(end, _)| *end < piece.end) {
            continue;
        }
        escape_into(&mut out, text.get(done..piece.start).unwrap_or_default());
        done = piece.start;
        out.push_str(&piece.open);
        open.push((piece.end, piece.close));
    }
    close_until(&mut out, text, &mut open, &mut done, text.len());
    escape_into(&mut out, text.get(done..).unwrap_or_default());
    out
}

struct Piece {
    start: usize,
    end: usize,
    open: String,
    close: &'static str,
}

/// Closes the open tags that end at `until` or before.
fn close_until(
    out: &mut String,
    text: &str,
    open: &mut Vec<(usize, &'static str)>,
    done: &mut usize,
    until: usize,
) {
    while let Some((end, close)) = open.pop_if(|(end, _)| *end <= until) {
        escape_into(out, text.get(*done..end).unwrap_or_default());
        out.push_str(close);
        *done = end;
    }
}

fn tags(entity: &MessageEntity, inner: &str) -> Option<(String, &'static str)> {
    let link = |url: &str| Some((format!("<a href=\"{}\">", escape(url)), "</a>"));
    match entity {
        MessageEntity::Bold(_) => Some(("<strong>".into(), "</strong>")),
        MessageEntity::Italic(_) => Some(("<em>".into(), "</em>")),
        MessageEntity::Code(_) => Some(("<code>".into(), "</code>")),
        MessageEntity::Pre(pre) if pre.language.is_empty() => {
            Some(("<pre><code>".into(), "</code></pre>"))
        }
        // No line breaks and indentation around the content: they would be part of it when read again.
        MessageEntity::Pre(pre) => Some((
            format!("<pre><code class=\"language-{}\">", escape(&pre.language)),
            "</code></pre>",
        )),
        MessageEntity::Email(_) => link(&format!("mailto:{inner}")),
        MessageEntity::Url(_) => link(inner),
        MessageEntity::TextUrl(text_url) => link(&text_url.url),
        MessageEntity::MentionName(mention) => link(&mention_url(mention.user_id)),
        MessageEntity::InputMessageEntityMentionName(mention) => match &mention.user_id {
            types::InputUser::InputUser(user) => link(&mention_url(user.user_id)),
            _ => None,
        },
        _ => None,
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(&mut out, text);
    out
}

fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            c => out.push(c),
        }
    }
}

#[derive(Default)]
struct Parser {
    text: String,
    /// The length of `text` in UTF-16 units.
    units: i32,
    entities: Vec<MessageEntity>,
    /// Open formatting, at most one entity a tag name.
    building: Vec<(&'static str, MessageEntity)>,
    /// Open tags, and the address that is to replace the content of a `mailto:` link.
    stack: Vec<(String, Option<String>)>,
}

/// Elements that have no content, hence no closing tag.
const VOID: [&str; 8] = ["br", "hr", "img", "input", "link", "meta", "source", "wbr"];

impl Parser {
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self
            .stack
            .iter_mut()
            .find_map(|(_, address)| address.as_mut())
        {
            // The first text inside becomes the address, the rest of the content is dropped.
            Some(address) => {
                let address = std::mem::take(address);
                self.push(&address);
            }
            None => self.push(text),
        }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.units = self.units.saturating_add(utf16_len(text));
    }

    fn open(&mut self, tag: Tag<'_>) {
        let mut address = None;
        match tag.name.as_str() {
            name @ ("b" | "strong") => self.begin(
                name,
                MessageEntityBold {
                    offset: 0,
                    length: 0,
                }
                .into(),
            ),
            name @ ("i" | "em") => self.begin(
                name,
                MessageEntityItalic {
                    offset: 0,
                    length: 0,
                }
                .into(),
            ),
            "code" => self.code(&tag),
            "pre" => {
                self.begin(
                    "pre",
                    MessageEntityPre {
                        offset: 0,
                        length: 0,
                        language: String::new(),
                    }
                    .into(),
                );
            }
            "a" => address = self.link(&tag),
            _ => {}
        }
        if tag.closed {
            self.end(&tag.name);
        } else if !VOID.contains(&tag.name.as_str()) {
            self.stack.push((tag.name, address));
        }
    }

    /// Inside `<pre>` it only names the language.
    fn code(&mut self, tag: &Tag<'_>) {
        let pre = self
            .building
            .iter_mut()
            .find_map(|(_, entity)| match entity {
                MessageEntity::Pre(pre) => Some(pre),
                _ => None,
            });
        match pre {
            Some(pre) => {
                let class = tag.attribute("class").unwrap_or_default();
                if let Some(language) = class
                    .split_ascii_whitespace()
                    .find_map(|c| c.strip_prefix("language-"))
                {
                    pre.language = language.to_owned();
                }
            }
            None => self.begin(
                "code",
                MessageEntityCode {
                    offset: 0,
                    length: 0,
                }
                .into(),
            ),
        }
    }

    /// Returns the address of a `mailto:` link.
    fn link(&mut self, tag: &Tag<'_>) -> Option<String> {
        let href = tag.attribute("href")?;
        let nested = self.building.iter().any(|(name, _)| *name == "a");
        match href.strip_prefix("mailto:") {
            Some(address) => {
                self.begin(
                    "a",
                    MessageEntityEmail {
                        offset: 0,
                        length: 0,
                    }
                    .into(),
                );
                (!nested && !address.is_empty()).then(|| address.to_owned())
            }
            None => {
                self.begin(
                    "a",
                    MessageEntityTextUrl {
                        offset: 0,
                        length: 0,
                        url: href,
                    }
                    .into(),
                );
                None
            }
        }
    }

    fn begin(&mut self, name: &str, mut entity: MessageEntity) {
        const NAMES: [&str; 7] = ["b", "strong", "i", "em", "code", "pre", "a"];
        let Some(name) = NAMES.into_iter().find(|n| *n == name) else {
            return;
        };
        // The same tag again, inside itself: only the outer one counts.
        if !self.building.iter().any(|(open, _)| *open == name) {
            set_span(&mut entity, self.units, 0);
            self.building.push((name, entity));
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(at) = self.stack.iter().rposition(|(open, _)| open == name) {
            self.stack.truncate(at);
        }
        self.end(name);
    }

    /// Finishes the entity that the tag began.
    fn end(&mut self, name: &str) {
        let Some(at) = self.building.iter().position(|(open, _)| *open == name) else {
            return;
        };
        let (_, mut entity) = self.building.remove(at);
        let (offset, _) = crate::text::span(&entity);
        set_span(&mut entity, offset, self.units.saturating_sub(offset));
        self.entities.push(entity);
    }
}

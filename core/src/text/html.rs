//! HTML as Telethon understands it: bold, italic, code, blocks and links.

use telewire_schema::types::{
    self, MessageEntity, MessageEntityBold, MessageEntityCode, MessageEntityEmail,
    MessageEntityItalic, MessageEntityPre, MessageEntityTextUrl,
};

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
            types::InputUser::User(user) => link(&mention_url(user.user_id)),
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

/// Decodes the references of a text, each once.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match reference(after) {
            Some((c, remaining)) => {
                out.push(c);
                rest = remaining;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The character that the reference after an `&` stands for, and what follows it.
fn reference(after: &str) -> Option<(char, &str)> {
    // The longest numeric one is `#x10FFFF`; leading zeros are allowed some room.
    let end = after.bytes().take(16).position(|b| b == b';')?;
    let (name, rest) = (after.get(..end)?, after.get(end..)?.strip_prefix(';')?);
    let c = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
                .filter(|c| *c != '\0')
                .unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    };
    Some((c, rest))
}

/// A piece of HTML.
enum Token<'s> {
    Text(&'s str),
    Open(Tag<'s>),
    Close(String),
}

/// An opening tag with its attributes still unparsed.
struct Tag<'s> {
    name: String,
    attributes: &'s str,
    /// It ends in `/>`.
    closed: bool,
}

impl Tag<'_> {
    /// The decoded value of an attribute; of several with one name the last counts.
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes;
        let mut found = None;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return found;
            }
            let end = rest
                .find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/')
                .unwrap_or(rest.len());
            let (name, after) = rest.split_at(end.max(1).min(rest.len()));
            let (value, after) = attribute_value(after);
            if name.eq_ignore_ascii_case(wanted) {
                found = Some(unescape(value));
            }
            rest = after;
        }
    }
}

/// The value behind an attribute's name, empty where there is none, and what follows.
fn attribute_value(after: &str) -> (&str, &str) {
    let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
        return ("", after);
    };
    let value = value.trim_ascii_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    value.split_at(
        value
            .find(|c: char| c.is_ascii_whitespace())
            .unwrap_or(value.len()),
    )
}

/// Splits HTML into tokens. Comments, declarations and instructions are skipped; a `<` that begins none of these is text.
struct Tokens<'s>(&'s str);

impl<'s> Iterator for Tokens<'s> {
    type Item = Token<'s>;

    fn next(&mut self) -> Option<Token<'s>> {
        loop {
            if self.0.is_empty() {
                return None;
            }
            match markup(self.0) {
                Some((token, rest)) => {
                    self.0 = rest;
                    if token.is_some() {
                        return token;
                    }
                }
                None => return Some(self.text()),
            }
        }
    }
}

impl<'s> Tokens<'s> {
    /// Everything before the next `<` that begins some markup.
    fn text(&mut self) -> Token<'s> {
        let begins = |at: &usize| self.0.get(at + 1..).is_some_and(starts_markup);
        // The first character is known not to begin markup that ends.
        let end = self
            .0
            .match_indices('<')
            .map(|(at, _)| at)
            .filter(|at| *at > 0)
            .find(begins);
        let (text, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        Token::Text(text)
    }
}

/// Whether what follows a `<` makes it markup.
fn starts_markup(after: &str) -> bool {
    let name = after.strip_prefix('/').unwrap_or(after);
    name.starts_with(|c: char| c.is_ascii_alphabetic()) || after.starts_with(['!', '?'])
}

/// The markup at the beginning of `source` (`None` inside for what is skipped) and what follows it.
fn markup(source: &str) -> Option<(Option<Token<'_>>, &str)> {
    let after = source
        .strip_prefix('<')
        .filter(|after| starts_markup(after))?;
    if let Some(comment) = after.strip_prefix("!--") {
        return Some((None, split_near(comment, "-->")?.1));
    }
    if after.starts_with(['!', '?']) {
        return Some((None, split_near(after, ">")?.1));
    }
    if let Some(name) = after.strip_prefix('/') {
        let (name, rest) = split_near(name, ">")?;
        let name = name
            .split(|c: char| c.is_ascii_whitespace() || c == '/')
            .next()?;
        return Some((Some(Token::Close(name.to_ascii_lowercase())), rest));
    }
    let end = tag_end(after)?;
    let (inside, rest) = (after.get(..end)?, after.get(end + 1..)?);
    let name_end = inside
        .find(|c: char| c.is_ascii_whitespace() || c == '/')
        .unwrap_or(inside.len());
    let (name, attributes) = inside.split_at(name_end);
    let tag = Tag {
        name: name.to_ascii_lowercase(),
        attributes,
        closed: attributes.ends_with('/'),
    };
    Some((Some(Token::Open(tag)), rest))
}

/// How far the end of a tag or comment may be. Without a bound, a text of nothing but `<!--` would take quadratic time.
const MAX_MARKUP: usize = 4 * 1024;

/// `split_once` that gives up when the pattern is too far away.
fn split_near<'s>(source: &'s str, pattern: &str) -> Option<(&'s str, &'s str)> {
    let bytes = source.as_bytes();
    let near = bytes.get(..MAX_MARKUP).unwrap_or(bytes);
    let at = near
        .windows(pattern.len())
        .position(|w| w == pattern.as_bytes())?;
    Some((source.get(..at)?, source.get(at + pattern.len()..)?))
}

/// Where the `>` of a tag is; one inside quotes does not count.
fn tag_end(inside: &str) -> Option<usize> {
    let mut quote = None;
    let mut after_equals = false;
    for (at, b) in inside.bytes().enumerate().take(MAX_MARKUP) {
        match (quote, b) {
            (Some(q), _) if b == q => quote = None,
            (Some(_), _) => {}
            // A quote opens a value only where a value may begin.
            (None, b'"' | b'\'') if after_equals => quote = Some(b),
            (None, b'>') => return Some(at),
            (None, _) => {}
        }
        after_equals = b == b'=' || (after_equals && b.is_ascii_whitespace());
    }
    None
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

//! Splitting HTML into tags and text.

/// Decodes the references of a text, each once.
pub(super) fn unescape(text: &str) -> String {
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
pub(super) enum Token<'s> {
    Text(&'s str),
    Open(Tag<'s>),
    Close(String),
}

/// An opening tag with its attributes still unparsed.
pub(super) struct Tag<'s> {
    pub(super) name: String,
    attributes: &'s str,
    /// It ends in `/>`.
    pub(super) closed: bool,
}

impl Tag<'_> {
    /// The decoded value of an attribute; of several with one name the last counts.
    pub(super) fn attribute(&self, wanted: &str) -> Option<String> {
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
pub(super) struct Tokens<'s>(pub(super) &'s str);

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

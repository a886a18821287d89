//! From Markdown to text and entities, in one pass.

use telewire_schema::types::{MessageEntity, MessageEntityTextUrl};

use super::Style;
use super::links::{Finder, Links};
use crate::text::utf16_len;

pub(super) struct Parser<'s> {
    source: &'s str,
    delimiters: &'s [(&'s str, Style)],
    links: Finder<'s>,
    at: usize,
    text: String,
    /// The length of `text` in UTF-16 units.
    units: i32,
    entities: Vec<MessageEntity>,
}

impl<'s> Parser<'s> {
    pub(super) fn new(
        source: &'s str,
        delimiters: &'s [(&'s str, Style)],
        links: &'s Links,
    ) -> Self {
        Self {
            source,
            delimiters,
            links: Finder::new(source, links),
            at: 0,
            text: String::with_capacity(source.len()),
            units: 0,
            entities: Vec::new(),
        }
    }

    /// The text, not yet trimmed, and its entities.
    pub(super) fn run(mut self) -> (String, Vec<MessageEntity>) {
        while let Some(c) = self.rest().chars().next() {
            if !self.link() && !self.delimited() {
                self.literal(c.len_utf8());
            }
        }
        (self.text, self.entities)
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Takes `n` bytes over as they are.
    fn literal(&mut self, n: usize) {
        self.push(self.rest().get(..n).unwrap_or_default());
        self.at += n;
    }

    fn push(&mut self, piece: &str) {
        self.text.push_str(piece);
        self.units = self.units.saturating_add(utf16_len(piece));
    }

    /// Takes a link that begins here.
    fn link(&mut self) -> bool {
        let Some(link) = self.links.at(self.at) else {
            return false;
        };
        let rest = self.rest();
        let offset = self.units;
        self.push(rest.get(link.text).unwrap_or_default());
        let url = rest.get(link.url).unwrap_or_default();
        let length = self.units - offset;
        self.entities.push(
            MessageEntityTextUrl {
                offset,
                length,
                url: url.into(),
            }
            .into(),
        );
        self.at += link.length;
        true
    }

    /// Takes a pair of delimiters that begins here. Without its twin the opener is literal, and so is all that follows
    /// it: nothing else is looked for inside.
    fn delimited(&mut self) -> bool {
        let rest = self.rest();
        let opener = self.delimiters.iter().find_map(|(token, style)| {
            let after = rest.strip_prefix(token)?;
            // An empty pair is no pair.
            (!after.starts_with(token)).then_some((*token, *style, after))
        });
        let Some((token, style, after)) = opener else {
            return false;
        };
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
            .push(style.entity(offset, self.units - offset));
        true
    }
}

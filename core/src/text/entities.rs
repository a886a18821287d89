//! Entities and the UTF-16 ranges they cover.

use telewire_schema::types::MessageEntity;

macro_rules! with_every_kind {
    ($value:expr, $entity:ident => $body:expr) => {
        match $value {
            MessageEntity::Unknown($entity) => $body,
            MessageEntity::Mention($entity) => $body,
            MessageEntity::Hashtag($entity) => $body,
            MessageEntity::BotCommand($entity) => $body,
            MessageEntity::Url($entity) => $body,
            MessageEntity::Email($entity) => $body,
            MessageEntity::Bold($entity) => $body,
            MessageEntity::Italic($entity) => $body,
            MessageEntity::Code($entity) => $body,
            MessageEntity::Pre($entity) => $body,
            MessageEntity::TextUrl($entity) => $body,
            MessageEntity::MentionName($entity) => $body,
            MessageEntity::InputMessageEntityMentionName($entity) => $body,
            MessageEntity::Phone($entity) => $body,
            MessageEntity::Cashtag($entity) => $body,
            MessageEntity::Underline($entity) => $body,
            MessageEntity::Strike($entity) => $body,
            MessageEntity::BankCard($entity) => $body,
            MessageEntity::Spoiler($entity) => $body,
            MessageEntity::CustomEmoji($entity) => $body,
            MessageEntity::Blockquote($entity) => $body,
            MessageEntity::FormattedDate($entity) => $body,
            MessageEntity::DiffInsert($entity) => $body,
            MessageEntity::DiffReplace($entity) => $body,
            MessageEntity::DiffDelete($entity) => $body,
            MessageEntity::TonAddress($entity) => $body,
        }
    };
}

/// The range of an entity: its offset and its length, both in UTF-16 units.
pub fn span(entity: &MessageEntity) -> (i32, i32) {
    with_every_kind!(entity, e => (e.offset, e.length))
}

/// Moves an entity to another range.
pub(crate) fn set_span(entity: &mut MessageEntity, offset: i32, length: i32) {
    with_every_kind!(entity, e => {
        e.offset = offset;
        e.length = length;
    });
}

/// The length of a text in UTF-16 units, which is how Telegram counts.
///
/// ```
/// assert_eq!(telewire_core::text::utf16_len("a😀"), 3);
/// ```
pub fn utf16_len(text: &str) -> i32 {
    // Counting bytes that begin a character, twice for the four-byte ones, is what `encode_utf16().count()` does slowly.
    let units = text
        .bytes()
        .map(|b| usize::from(b & 0xC0 != 0x80) + usize::from(b >= 0xF0))
        .sum::<usize>();
    i32::try_from(units).unwrap_or(i32::MAX)
}

/// The part of `text` that `entity` covers. A range that reaches beyond the text ends with it, and one that cuts a
/// surrogate pair is widened to whole characters.
///
/// ```
/// use telewire_core::{text, types};
///
/// let bold = types::MessageEntityBold { offset: 3, length: 5 }.into();
/// assert_eq!(text::inner_text("😀 hello!", &bold), "hello");
/// ```
pub fn inner_text<'t>(text: &'t str, entity: &MessageEntity) -> &'t str {
    Units::new(text).slice(entity)
}

/// [`inner_text`] for several entities, in their order.
pub fn inner_texts<'t>(text: &'t str, entities: &[MessageEntity]) -> Vec<&'t str> {
    let units = Units::new(text);
    entities.iter().map(|e| units.slice(e)).collect()
}

/// Removes white space from both ends of a text, Python's kind of it, as Telethon does: U+001C to U+001F count too. Entities move along, shrink, or vanish with what they covered.
///
/// ```
/// use telewire_core::{text, types};
///
/// let mut entities = vec![types::MessageEntityBold { offset: 0, length: 3 }.into()];
/// assert_eq!(text::trim(" a ", &mut entities), "a");
/// assert_eq!(entities, [types::MessageEntityBold { offset: 0, length: 1 }.into()]);
/// ```
pub fn trim<'t>(text: &'t str, entities: &mut Vec<MessageEntity>) -> &'t str {
    let from_start = text.trim_start_matches(is_space);
    let removed = utf16_len(text).saturating_sub(utf16_len(from_start));
    let trimmed = from_start.trim_end_matches(is_space);
    let length = utf16_len(trimmed);
    entities.retain_mut(|entity| {
        let (offset, len) = span(entity);
        let start = offset.saturating_sub(removed).clamp(0, length);
        let end = offset
            .saturating_add(len)
            .saturating_sub(removed)
            .clamp(0, length);
        set_span(entity, start, end.saturating_sub(start));
        end > start
    });
    trimmed
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&c)
}

/// Translates UTF-16 positions of one text into byte positions.
pub(crate) struct Units<'t> {
    text: &'t str,
    /// The byte at which each UTF-16 unit's character begins, and the end; empty where all is ASCII.
    starts: Vec<usize>,
}

impl<'t> Units<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let mut starts = Vec::new();
        if !text.is_ascii() {
            for (at, c) in text.char_indices() {
                starts.extend(std::iter::repeat_n(at, c.len_utf16()));
            }
            starts.push(text.len());
        }
        Self { text, starts }
    }

    /// The byte range of an entity, widened to whole characters and cut to the text. Never inverted.
    pub(crate) fn range(&self, entity: &MessageEntity) -> (usize, usize) {
        let (offset, length) = span(entity);
        let start = self.floor(offset);
        (start, self.ceil(offset.saturating_add(length)).max(start))
    }

    fn slice(&self, entity: &MessageEntity) -> &'t str {
        let (start, end) = self.range(entity);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The byte at which the character with that unit begins.
    fn floor(&self, unit: i32) -> usize {
        let unit = usize::try_from(unit).unwrap_or(0);
        if self.starts.is_empty() {
            return unit.min(self.text.len());
        }
        self.starts.get(unit).copied().unwrap_or(self.text.len())
    }

    /// The byte at which the character with the unit before that one ends.
    fn ceil(&self, unit: i32) -> usize {
        let at = self.floor(unit);
        let cuts_a_pair =
            unit > 0 && self.floor(unit.saturating_sub(1)) == at && at < self.text.len();
        if cuts_a_pair && !self.starts.is_empty() {
            self.floor(unit.saturating_add(1))
        } else {
            at
        }
    }
}

//! What a delimiter can mean.

use telewire_schema::types::{
    MessageEntity, MessageEntityBlockquote, MessageEntityBold, MessageEntityCode,
    MessageEntityItalic, MessageEntityPre, MessageEntitySpoiler, MessageEntityStrike,
    MessageEntityUnderline,
};

/// A kind of formatting that needs nothing but a range, hence can stand between two delimiters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Style {
    /// Bold.
    Bold,
    /// Italic.
    Italic,
    /// Underlined.
    Underline,
    /// Struck through.
    Strike,
    /// Hidden until it is touched.
    Spoiler,
    /// Monospaced, in the line.
    Code,
    /// A monospaced block without a language.
    Pre,
    /// A quotation.
    Blockquote,
}

impl Style {
    /// The entity that gives a range, counted in UTF-16 units, this style.
    pub fn entity(self, offset: i32, length: i32) -> MessageEntity {
        match self {
            Self::Bold => MessageEntityBold { offset, length }.into(),
            Self::Italic => MessageEntityItalic { offset, length }.into(),
            Self::Underline => MessageEntityUnderline { offset, length }.into(),
            Self::Strike => MessageEntityStrike { offset, length }.into(),
            Self::Spoiler => MessageEntitySpoiler { offset, length }.into(),
            Self::Code => MessageEntityCode { offset, length }.into(),
            Self::Pre => MessageEntityPre::new(offset, length, String::new()).into(),
            Self::Blockquote => MessageEntityBlockquote::new(offset, length).into(),
        }
    }

    /// The style that an entity gives, if it is one of these.
    pub fn of(entity: &MessageEntity) -> Option<Self> {
        Some(match entity {
            MessageEntity::Bold(_) => Self::Bold,
            MessageEntity::Italic(_) => Self::Italic,
            MessageEntity::Underline(_) => Self::Underline,
            MessageEntity::Strike(_) => Self::Strike,
            MessageEntity::Spoiler(_) => Self::Spoiler,
            MessageEntity::Code(_) => Self::Code,
            MessageEntity::Pre(_) => Self::Pre,
            MessageEntity::Blockquote(_) => Self::Blockquote,
            _ => return None,
        })
    }
}

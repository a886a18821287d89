//! What is known of a photo or document.

use std::time::Duration;

use telewire_schema::types;

use crate::files::{document_id, extension_of_mime, photo_id};

/// A photo or a document with what is known of it; [`Message::file`](crate::objects::Message::file) gives that of a
/// message. What a file does not have is `None`: photos have no attributes, hence no name, length or size in pixels here.
///
/// ```no_run
/// # fn f(message: telewire_core::objects::Message) {
/// if let Some(file) = message.file() {
///     println!("{:?}: {:?} bytes of {}", file.name(), file.size(), file.mime_type());
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct File<'a> {
    media: FileMedia<'a>,
}

/// What a [`File`] is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FileMedia<'a> {
    /// A photo.
    Photo(&'a types::PhotoData),
    /// Any other file.
    Document(&'a types::DocumentData),
}

impl<'a> From<&'a types::PhotoData> for File<'a> {
    fn from(photo: &'a types::PhotoData) -> Self {
        Self {
            media: FileMedia::Photo(photo),
        }
    }
}

impl<'a> From<&'a types::DocumentData> for File<'a> {
    fn from(document: &'a types::DocumentData) -> Self {
        Self {
            media: FileMedia::Document(document),
        }
    }
}

impl<'a> File<'a> {
    /// The photo or document itself.
    pub fn media(&self) -> FileMedia<'a> {
        self.media
    }

    /// The id by which the [Bot API](https://core.telegram.org/bots/api#file) knows it. It means something to this
    /// account only, stickers excepted.
    pub fn id(&self) -> Option<String> {
        match self.media {
            FileMedia::Photo(photo) => photo_id(photo),
            FileMedia::Document(document) => Some(document_id(document)),
        }
    }

    /// The name that it was given.
    pub fn name(&self) -> Option<&'a str> {
        self.find(|a| match a {
            types::DocumentAttribute::Filename(a) => Some(a.file_name.as_str()),
            _ => None,
        })
    }

    /// The extension that goes with its [type](File::mime_type), with the dot.
    pub fn ext(&self) -> Option<String> {
        Some(extension_of_mime(self.mime_type())).filter(|ext| !ext.is_empty())
    }

    /// Its type, such as `image/jpeg`, which all photos are.
    pub fn mime_type(&self) -> &'a str {
        match self.media {
            FileMedia::Photo(_) => "image/jpeg",
            FileMedia::Document(document) => &document.mime_type,
        }
    }

    /// The width of a picture or video in pixels.
    pub fn width(&self) -> Option<i32> {
        self.extent().map(|(width, _)| width)
    }

    /// The height of a picture or video in pixels.
    pub fn height(&self) -> Option<i32> {
        self.extent().map(|(_, height)| height)
    }

    /// How many bytes it has; of a photo, those of its last version, which is the largest.
    pub fn size(&self) -> Option<u64> {
        match self.media {
            FileMedia::Photo(photo) => photo.sizes.last().and_then(bytes),
            FileMedia::Document(document) => u64::try_from(document.size).ok(),
        }
    }

    /// How long a sound or video plays.
    pub fn duration(&self) -> Option<Duration> {
        self.find(|a| match a {
            types::DocumentAttribute::Audio(a) => {
                u64::try_from(a.duration).ok().map(Duration::from_secs)
            }
            types::DocumentAttribute::Video(a) => Duration::try_from_secs_f64(a.duration).ok(),
            _ => None,
        })
    }

    /// The title of a song.
    pub fn title(&self) -> Option<&'a str> {
        self.find(|a| match a {
            types::DocumentAttribute::Audio(a) => a.title.as_deref(),
            _ => None,
        })
    }

    /// Whose song it is.
    pub fn performer(&self) -> Option<&'a str> {
        self.find(|a| match a {
            types::DocumentAttribute::Audio(a) => a.performer.as_deref(),
            _ => None,
        })
    }

    /// The emoji that a sticker stands for.
    pub fn emoji(&self) -> Option<&'a str> {
        self.find(|a| match a {
            types::DocumentAttribute::Sticker(a) => Some(a.alt.as_str()),
            _ => None,
        })
    }

    /// The set that a sticker belongs to.
    pub fn sticker_set(&self) -> Option<&'a types::InputStickerSet> {
        self.find(|a| match a {
            types::DocumentAttribute::Sticker(a) => Some(&a.stickerset),
            _ => None,
        })
    }

    fn extent(&self) -> Option<(i32, i32)> {
        self.find(|a| match a {
            types::DocumentAttribute::ImageSize(a) => Some((a.w, a.h)),
            types::DocumentAttribute::Video(a) => Some((a.w, a.h)),
            _ => None,
        })
    }

    /// The first answer that an attribute gives.
    fn find<T>(&self, ask: impl Fn(&'a types::DocumentAttribute) -> Option<T>) -> Option<T> {
        match self.media {
            FileMedia::Photo(_) => None,
            FileMedia::Document(document) => document.attributes.iter().find_map(ask),
        }
    }
}

/// The header that stripped pictures come without, and the marker at their end, less the three bytes that are left out.
const STRIPPED: u64 = 622;

/// How many bytes a version of a photo has.
fn bytes(size: &types::PhotoSize) -> Option<u64> {
    let length = |bytes: &[u8]| u64::try_from(bytes.len()).ok();
    match size {
        types::PhotoSize::Empty(_) => Some(0),
        types::PhotoSize::PhotoSize(s) => u64::try_from(s.size).ok(),
        types::PhotoSize::PhotoCachedSize(s) => length(&s.bytes),
        types::PhotoSize::PhotoPathSize(s) => length(&s.bytes),
        types::PhotoSize::PhotoStrippedSize(s) => {
            let known = s.bytes.len() >= 3 && s.bytes.first() == Some(&1);
            Some(length(&s.bytes)?.saturating_add(if known { STRIPPED } else { 0 }))
        }
        types::PhotoSize::Progressive(s) => {
            let largest = s.sizes.iter().max()?;
            u64::try_from(*largest).ok()
        }
    }
}

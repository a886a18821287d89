//! Where a media's bytes are, and what a file of them is called.

use bytes::Bytes;
use telewire_schema::types;

use crate::dc::DcId;
use crate::files::{FileKind, extension_of_mime};

/// What can be downloaded of a media.
#[derive(Clone, Debug)]
pub(in crate::client) struct Located {
    pub(super) place: Place,
    pub(super) label: Label,
}

/// Where bytes are.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// On a file server.
    Remote {
        location: Box<types::InputFileLocation>,
        dc: DcId,
        size: Option<u64>,
    },
    /// They came along.
    Here(Bytes),
}

/// What is known for naming a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    pub(super) candidates: Vec<String>,
    pub(super) kind: FileKind,
    pub(super) date: Option<i32>,
    /// With its dot, or empty.
    pub(super) extension: String,
}

/// A version of a picture that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Thumb {
    /// Counted from the smallest; negative for the largest.
    Index(i32),
    /// By the letter of its [type](https://core.telegram.org/api/files#image-thumbnail-types).
    Type(String),
}

/// An index that a picture does not have.
#[derive(Debug, PartialEq)]
pub(super) struct NoSuchThumb {
    pub(super) count: usize,
}

pub(super) type Found = Result<Option<Located>, NoSuchThumb>;

/// Looks into a media; `None` if there is nothing to download.
pub(super) fn media(
    media: &types::MessageMedia,
    date: Option<i32>,
    thumb: Option<&Thumb>,
) -> Found {
    match media {
        types::MessageMedia::Photo(m) => photo(m.photo.as_ref(), date, thumb),
        types::MessageMedia::Document(m) => document(m.document.as_ref(), date, thumb),
        types::MessageMedia::WebPage(m) => match &m.webpage {
            types::WebPage::WebPage(page) if page.document.is_some() => {
                document(page.document.as_ref(), date, thumb)
            }
            types::WebPage::WebPage(page) => photo(page.photo.as_ref(), date, thumb),
            _ => Ok(None),
        },
        types::MessageMedia::Contact(m) if thumb.is_none() => Ok(Some(contact(m))),
        _ => Ok(None),
    }
}

/// A photo, in its largest version unless another one was asked for.
pub(super) fn photo(
    photo: Option<&types::Photo>,
    date: Option<i32>,
    thumb: Option<&Thumb>,
) -> Found {
    let Some(types::Photo::Photo(photo)) = photo else {
        return Ok(None);
    };
    let label = Label {
        candidates: Vec::new(),
        kind: FileKind::Photo,
        date: Some(date.unwrap_or(photo.date)),
        extension: ".jpg".into(),
    };
    let largest = Thumb::Index(-1);
    let Some(size) = pick(&photo.sizes, thumb.unwrap_or(&largest))? else {
        return Ok(None);
    };
    let location = |thumb_size: String| types::InputPhotoFileLocation {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
        thumb_size,
    };
    let place = version(size, photo.dc_id, |letter| location(letter).into());
    Ok(place.map(|place| Located { place, label }))
}

/// A document, or one of its previews.
pub(super) fn document(
    document: Option<&types::Document>,
    date: Option<i32>,
    thumb: Option<&Thumb>,
) -> Found {
    let Some(types::Document::Document(document)) = document else {
        return Ok(None);
    };
    let location = |thumb_size: String| types::InputDocumentFileLocation {
        id: document.id,
        access_hash: document.access_hash,
        file_reference: document.file_reference.clone(),
        thumb_size,
    };
    let mut label = label_of(document, date);
    let place = match thumb {
        None => Some(Place::Remote {
            location: Box::new(location(String::new()).into()),
            dc: DcId(document.dc_id),
            size: u64::try_from(document.size).ok(),
        }),
        Some(thumb) => {
            label.extension = ".jpg".into();
            label.candidates.clear();
            match pick(document.thumbs.as_deref().unwrap_or_default(), thumb)? {
                Some(size) => version(size, document.dc_id, |letter| location(letter).into()),
                None => None,
            }
        }
    };
    Ok(place.map(|place| Located { place, label }))
}

fn label_of(document: &types::DocumentData, date: Option<i32>) -> Label {
    let mut label = Label {
        candidates: Vec::new(),
        kind: FileKind::Document,
        date: Some(date.unwrap_or(document.date)),
        extension: extension_of_mime(&document.mime_type),
    };
    for attribute in &document.attributes {
        match attribute {
            // The file's own name goes first, wherever it stands.
            types::DocumentAttribute::Filename(a) => {
                label.candidates.insert(0, a.file_name.clone());
            }
            types::DocumentAttribute::Audio(a) => {
                label.kind = if a.voice {
                    FileKind::Voice
                } else {
                    FileKind::Audio
                };
                let known = [a.performer.as_deref(), a.title.as_deref()];
                let song: Vec<&str> = known
                    .into_iter()
                    .flatten()
                    .filter(|t| !t.is_empty())
                    .collect();
                label.candidates.push(song.join(" - "));
            }
            _ => {}
        }
    }
    label
}

/// A contact as a [vCard](https://www.rfc-editor.org/rfc/rfc6350).
fn contact(contact: &types::MessageMediaContact) -> Located {
    let plain = |text: &str| text.replace([';', '\n', '\r'], "");
    let (first, last) = (plain(&contact.first_name), plain(&contact.last_name));
    let phone: String = contact
        .phone_number
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let card = format!(
        "BEGIN:VCARD\nVERSION:4.0\nN:{first};{last};;;\nFN:{first} {last}\nTEL;TYPE=cell;VALUE=uri:tel:+{phone}\nEND:VCARD\n"
    );
    Located {
        place: Place::Here(card.into()),
        label: Label {
            candidates: vec![first, last, phone],
            kind: FileKind::Contact,
            date: None,
            extension: ".vcard".into(),
        },
    }
}

/// The version that was asked for.
fn pick<'a>(
    sizes: &'a [types::PhotoSize],
    thumb: &Thumb,
) -> Result<Option<&'a types::PhotoSize>, NoSuchThumb> {
    let mut usable: Vec<&types::PhotoSize> = sizes.iter().filter(|s| area(s).is_some()).collect();
    usable.sort_by_key(|s| area(s));
    let found = match thumb {
        _ if usable.is_empty() => return Ok(None),
        Thumb::Index(index) => match usize::try_from(*index) {
            Ok(index) => usable.get(index),
            Err(_) => usable.last(),
        },
        Thumb::Type(letter) => usable
            .iter()
            .find(|s| letter_of(s) == Some(letter.as_str())),
    };
    let count = usable.len();
    found.copied().map(Some).ok_or(NoSuchThumb { count })
}

/// How large a version is; `None` for one that is not a picture.
fn area(size: &types::PhotoSize) -> Option<i64> {
    let of = |w: i32, h: i32| i64::from(w).saturating_mul(i64::from(h));
    match size {
        types::PhotoSize::PhotoStrippedSize(_) => Some(0),
        types::PhotoSize::PhotoSize(s) => Some(of(s.w, s.h)),
        types::PhotoSize::PhotoCachedSize(s) => Some(of(s.w, s.h)),
        types::PhotoSize::Progressive(s) => Some(of(s.w, s.h)),
        types::PhotoSize::Empty(_) | types::PhotoSize::PhotoPathSize(_) => None,
    }
}

fn letter_of(size: &types::PhotoSize) -> Option<&str> {
    match size {
        types::PhotoSize::PhotoStrippedSize(s) => Some(&s.type_),
        types::PhotoSize::PhotoSize(s) => Some(&s.type_),
        types::PhotoSize::PhotoCachedSize(s) => Some(&s.type_),
        types::PhotoSize::Progressive(s) => Some(&s.type_),
        types::PhotoSize::Empty(_) | types::PhotoSize::PhotoPathSize(_) => None,
    }
}

fn version(
    size: &types::PhotoSize,
    dc: i32,
    location: impl FnOnce(String) -> types::InputFileLocation,
) -> Option<Place> {
    let remote = |letter: &str, size: i32| Place::Remote {
        location: Box::new(location(letter.into())),
        dc: DcId(dc),
        size: u64::try_from(size).ok().filter(|s| *s > 0),
    };
    match size {
        types::PhotoSize::PhotoSize(s) => Some(remote(&s.type_, s.size)),
        types::PhotoSize::Progressive(s) => {
            Some(remote(&s.type_, s.sizes.last().copied().unwrap_or(0)))
        }
        types::PhotoSize::PhotoCachedSize(s) => Some(Place::Here(s.bytes.clone())),
        types::PhotoSize::PhotoStrippedSize(s) => {
            Some(Place::Here(crate::files::expand_stripped(&s.bytes)))
        }
        types::PhotoSize::Empty(_) | types::PhotoSize::PhotoPathSize(_) => None,
    }
}

//! Files: uploads in parts, what became of them, and references to them.

mod image;
#[cfg(test)]
mod tests;
mod upload;

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use telewire_core::internals::hash::sha256;
use telewire_schema::types;

use crate::fault::{Answer, Fault};
use crate::keys::default_dc;
use crate::tl;

pub(crate) use image::dimensions;
pub(crate) use upload::{Part, Uploads};

/// All files, whichever data centre they lie in.
#[derive(Serialize, Deserialize)]
pub(crate) struct Files {
    seed: u64,
    last_id: i64,
    pub(crate) stored: BTreeMap<i64, File>,
    /// References of an earlier generation have expired.
    generation: i32,
    /// In seconds.
    pub(crate) reference_lifetime: i32,
    #[serde(skip)]
    pub(crate) uploads: Uploads,
}

/// One photo or document.
#[derive(Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) id: i64,
    pub(crate) access_hash: i64,
    /// Where it lies.
    #[serde(default = "default_dc")]
    pub(crate) dc: i32,
    /// Where clients are told that it lies.
    #[serde(default = "default_dc")]
    told_dc: i32,
    pub(crate) date: i32,
    pub(crate) form: Form,
    #[serde(skip)]
    pub(crate) content: Content,
}

/// What kind of file.
#[derive(Serialize, Deserialize)]
pub(crate) enum Form {
    Photo {
        width: i32,
        height: i32,
    },
    Document {
        mime_type: String,
        #[serde(with = "tl")]
        attributes: Vec<types::DocumentAttribute>,
        /// A picture of it, and that picture's size.
        thumb: Option<(i64, i32, i32)>,
    },
}

/// The bytes of a file.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Bytes(Bytes),
    /// Their number, when they are not kept.
    Zeros(usize),
}

impl Default for Content {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl Content {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bytes(b) => b.len(),
            Self::Zeros(n) => *n,
        }
    }

    /// Up to `len` bytes from `from`; nothing behind the end.
    pub(crate) fn part(&self, from: usize, len: usize) -> Bytes {
        let from = from.min(self.len());
        let to = from.saturating_add(len).min(self.len());
        match self {
            Self::Bytes(b) => b.slice(from..to),
            Self::Zeros(_) => Bytes::from(vec![0; to - from]),
        }
    }
}

impl Default for Files {
    fn default() -> Self {
        Self {
            seed: 0,
            last_id: 6_000_000_000_000_000_000,
            stored: BTreeMap::new(),
            generation: 1,
            reference_lifetime: i32::MAX,
            uploads: Uploads::default(),
        }
    }
}

impl Files {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    /// Keeps a file and gives it an identifier.
    pub(crate) fn add(&mut self, dc: i32, date: i32, form: Form, content: Content) -> i64 {
        self.last_id += 11;
        let id = self.last_id;
        let file = File {
            id,
            access_hash: i64::from_le_bytes(self.mac("access", id, 0, 0)),
            dc,
            told_dc: dc,
            date,
            form,
            content,
        };
        self.stored.insert(id, file);
        id
    }

    /// Moves every file to another data centre, and tells clients so or not.
    pub(crate) fn relocate(&mut self, dc: i32, told: bool) {
        for file in self.stored.values_mut() {
            file.dc = dc;
            if told {
                file.told_dc = dc;
            }
        }
    }

    /// Where clients are told that a file lies.
    pub(crate) fn told_dc(&self, id: i64) -> i32 {
        self.stored.get(&id).map_or_else(default_dc, |f| f.told_dc)
    }

    /// Makes every reference given so far expire.
    pub(crate) fn expire_references(&mut self) {
        self.generation += 1;
    }

    /// The file at a location.
    pub(crate) fn find(
        &self,
        id: i64,
        access_hash: i64,
        reference: &[u8],
        now: i32,
    ) -> Answer<&File> {
        let file = self
            .stored
            .get(&id)
            .filter(|f| f.access_hash == access_hash)
            .ok_or_else(|| Fault::bad("FILE_ID_INVALID"))?;
        self.check_reference(id, reference, now)?;
        Ok(file)
    }

    pub(crate) fn check_reference(&self, id: i64, reference: &[u8], now: i32) -> Answer<()> {
        if reference.is_empty() {
            return Err(Fault::bad("FILE_REFERENCE_EMPTY"));
        }
        let word = |at: usize| -> Option<i32> {
            Some(i32::from_le_bytes(*reference.get(at..)?.first_chunk()?))
        };
        let (Some(generation), Some(date), 16) = (word(0), word(4), reference.len()) else {
            return Err(Fault::bad("FILE_REFERENCE_INVALID"));
        };
        if reference[8..] != self.mac("reference", id, generation, date) {
            return Err(Fault::bad("FILE_REFERENCE_INVALID"));
        }
        if generation != self.generation || now.saturating_sub(date) > self.reference_lifetime {
            return Err(Fault::bad("FILE_REFERENCE_EXPIRED"));
        }
        Ok(())
    }

    fn reference(&self, id: i64, now: i32) -> Bytes {
        let mac = self.mac("reference", id, self.generation, now);
        let parts = [&self.generation.to_le_bytes()[..], &now.to_le_bytes(), &mac];
        Bytes::from(parts.concat())
    }

    fn mac(&self, label: &str, id: i64, generation: i32, date: i32) -> [u8; 8] {
        let hash = sha256(&[
            label.as_bytes(),
            &self.seed.to_le_bytes(),
            &id.to_le_bytes(),
            &generation.to_le_bytes(),
            &date.to_le_bytes(),
        ]);
        let mut mac = [0; 8];
        mac.copy_from_slice(&hash[..8]);
        mac
    }

    /// Gives the files in `media` fresh references.
    pub(crate) fn refresh(&self, media: &mut types::MessageMedia, now: i32) {
        match media {
            types::MessageMedia::Photo(m) => {
                if let Some(types::Photo::Photo(photo)) = &mut m.photo {
                    photo.file_reference = self.reference(photo.id, now);
                }
            }
            types::MessageMedia::Document(m) => {
                if let Some(types::Document::Document(document)) = &mut m.document {
                    document.file_reference = self.reference(document.id, now);
                }
            }
            _ => {}
        }
    }

    /// A photo as clients see it.
    pub(crate) fn photo(&self, id: i64, now: i32) -> types::Photo {
        let Some((file, (w, h))) = self.stored.get(&id).and_then(|f| Some((f, f.size()?))) else {
            return types::PhotoEmpty { id }.into();
        };
        let (hash, reference) = (file.access_hash, self.reference(id, now));
        let sizes = vec![self.picture("y", id, w, h)];
        types::PhotoData::new(id, hash, reference, file.date, sizes, file.told_dc).into()
    }

    fn picture(&self, kind: &str, id: i64, w: i32, h: i32) -> types::PhotoSize {
        let size = self.stored.get(&id).map_or(0, |f| f.content.len());
        types::PhotoSizeData::new(kind, w, h, i32::try_from(size).unwrap_or(i32::MAX)).into()
    }

    /// A document as clients see it.
    pub(crate) fn document(&self, id: i64, now: i32) -> types::Document {
        let Some(file) = self.stored.get(&id) else {
            return types::DocumentEmpty { id }.into();
        };
        let Form::Document {
            mime_type,
            attributes,
            thumb,
        } = &file.form
        else {
            return types::DocumentEmpty { id }.into();
        };
        let (hash, reference) = (file.access_hash, self.reference(id, now));
        let size = i64::try_from(file.content.len()).unwrap_or(i64::MAX);
        let (mime_type, attributes) = (mime_type.as_str(), attributes.clone());
        let mut out = types::DocumentData::new(
            id,
            hash,
            reference,
            file.date,
            mime_type,
            size,
            file.told_dc,
            attributes,
        );
        out.thumbs = thumb.map(|(id, w, h)| vec![self.picture("m", id, w, h)]);
        out.into()
    }

    /// A message's media for a stored file.
    pub(crate) fn media(&self, id: i64, now: i32) -> types::MessageMedia {
        let is_photo = self.stored.get(&id).is_some_and(|f| f.size().is_some());
        if is_photo {
            return types::MessageMediaPhoto::new()
                .photo(self.photo(id, now))
                .into();
        }
        types::MessageMediaDocument::new()
            .document(self.document(id, now))
            .into()
    }
}

impl File {
    /// Width and height of a photo.
    pub(crate) fn size(&self) -> Option<(i32, i32)> {
        match self.form {
            Form::Photo { width, height } => Some((width, height)),
            Form::Document { .. } => None,
        }
    }
}

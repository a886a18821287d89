//! Parts on their way to becoming a file.
//!
//! The rules are those of [uploading files](https://core.telegram.org/api/files#uploading-files).

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use md5::{Digest as _, Md5};

use super::Content;
use crate::fault::{Answer, Fault};

/// The largest part.
const MAX_PART: usize = 512 * 1024;
/// Parts of a file, for accounts without premium.
const MAX_PARTS: i32 = 4000;
/// What `saveFilePart` is for; larger files go through `saveBigFilePart`.
const MAX_SMALL: usize = 10 * 1024 * 1024;

/// Unfinished uploads by account and file.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    open: BTreeMap<(i64, i64), Upload>,
    /// Remember sizes only.
    pub(crate) discard: bool,
}

/// One part as it comes in.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) owner: i64,
    pub(crate) file: i64,
    pub(crate) index: i32,
    /// For a big file, how many parts there will be; −1 while that is not known.
    pub(crate) total: Option<i32>,
    pub(crate) bytes: Bytes,
}

#[derive(Debug, Default)]
struct Upload {
    big: bool,
    /// Its length was not known at first.
    streamed: bool,
    /// The size of every part but the last.
    size: Option<usize>,
    /// The part that is shorter, which can only be the last.
    last: Option<i32>,
    parts: BTreeMap<i32, Content>,
}

impl Uploads {
    /// Takes a part. Sending one again replaces it.
    pub(crate) fn save(&mut self, part: Part) -> Answer<()> {
        let len = part.bytes.len();
        let streamed_end = part.total.is_some_and(|t| t == part.index + 1);
        if part.index < 0 || part.index >= MAX_PARTS {
            return Err(Fault::bad("FILE_PART_INVALID"));
        }
        if part
            .total
            .is_some_and(|t| t < -1 || t == 0 || t > MAX_PARTS || (t > 0 && part.index >= t))
        {
            return Err(Fault::bad("FILE_PARTS_INVALID"));
        }
        if len == 0 && !streamed_end {
            return Err(Fault::bad("FILE_PART_EMPTY"));
        }
        if len > MAX_PART {
            return Err(Fault::bad("FILE_PART_TOO_BIG"));
        }
        let upload = self.open.entry((part.owner, part.file)).or_default();
        upload.big |= part.total.is_some();
        upload.streamed |= part.total == Some(-1);
        upload.check_size(part.index, len, part.total)?;
        let content = if self.discard {
            Content::Zeros(len)
        } else {
            Content::Bytes(part.bytes)
        };
        upload.parts.insert(part.index, content);
        Ok(())
    }

    /// Puts the parts of a file together. They stay, so that the request that names them can be repeated.
    pub(crate) fn assemble(
        &self,
        owner: i64,
        file: i64,
        parts: i32,
        big: bool,
        md5: &str,
    ) -> Answer<Content> {
        if parts <= 0 || parts > MAX_PARTS {
            return Err(Fault::bad("FILE_PARTS_INVALID"));
        }
        let missing = |index: i32| Fault::bad(format!("FILE_PART_{index}_MISSING"));
        let upload = self.open.get(&(owner, file)).ok_or_else(|| missing(0))?;
        if let Some(index) = (0..parts).find(|i| !upload.parts.contains_key(i)) {
            return Err(missing(index));
        }
        let count = usize::try_from(parts).unwrap_or(0);
        let short_inside = upload.last.is_some_and(|last| last + 1 != parts);
        if upload.parts.len() != count || upload.big != big || short_inside {
            return Err(Fault::bad("FILE_PARTS_INVALID"));
        }
        let total: usize = upload.parts.values().map(Content::len).sum();
        if !big && total > MAX_SMALL {
            return Err(Fault::bad("FILE_PARTS_INVALID"));
        }
        let content = upload.join(total, self.discard);
        if let Content::Bytes(bytes) = &content
            && !md5.is_empty()
            && !md5.eq_ignore_ascii_case(&md5_hex(bytes))
        {
            return Err(Fault::bad("MD5_CHECKSUM_INVALID"));
        }
        Ok(content)
    }

    /// Whether the length of a file was not known when its first parts came.
    pub(crate) fn is_streamed(&self, owner: i64, file: i64) -> bool {
        self.open.get(&(owner, file)).is_some_and(|u| u.streamed)
    }

    /// Frees the parts of a file that has been used.
    pub(crate) fn forget(&mut self, owner: i64, file: i64) {
        self.open.remove(&(owner, file));
    }
}

impl Upload {
    /// All parts are of one size but the last, which may be shorter; which that is may show only later.
    fn check_size(&mut self, index: i32, len: usize, total: Option<i32>) -> Answer<()> {
        let regular = len > 0 && len.is_multiple_of(1024) && MAX_PART.is_multiple_of(len);
        let is_last = total.is_some_and(|t| t == index + 1);
        match self.size {
            Some(size) if size == len => return Ok(()),
            Some(size) if len > size && regular && self.is_before_only(index) => {
                // The first to come was the last one.
                self.last = self.parts.keys().next().copied();
                self.size = Some(len);
                return Ok(());
            }
            Some(size) if len > size => return Err(Fault::bad("FILE_PART_SIZE_CHANGED")),
            None if regular => {
                self.size = Some(len);
                return Ok(());
            }
            _ => {}
        }
        // Shorter than the others, or of a size that only the last one can have.
        if !is_last && total.is_some_and(|t| t > 0) {
            return Err(Fault::bad("FILE_PART_SIZE_INVALID"));
        }
        match self.last {
            Some(last) if last != index => Err(Fault::bad(if regular {
                "FILE_PART_SIZE_CHANGED"
            } else {
                "FILE_PART_SIZE_INVALID"
            })),
            _ => {
                self.last = Some(index);
                Ok(())
            }
        }
    }

    /// Whether a single part is there, and a later one.
    fn is_before_only(&self, index: i32) -> bool {
        self.last.is_none()
            && self.parts.len() == 1
            && self.parts.keys().all(|there| *there > index)
    }

    fn join(&self, total: usize, discard: bool) -> Content {
        if discard {
            return Content::Zeros(total);
        }
        if let (1, Some(Content::Bytes(only))) = (self.parts.len(), self.parts.values().next()) {
            return Content::Bytes(only.clone());
        }
        let mut whole = BytesMut::with_capacity(total);
        for part in self.parts.values() {
            if let Content::Bytes(bytes) = part {
                whole.extend_from_slice(bytes);
            }
        }
        Content::Bytes(whole.freeze())
    }
}

pub(crate) fn md5_hex(bytes: &[u8]) -> String {
    Md5::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

//! Which parts of an upload go when.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::files::size::{
    MAX_PART, SMALL_FILE, check_upload_part, count_parts, too_large, upload_part,
};
use crate::files::window::Window;

/// One part of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 0.
    pub index: u32,
    /// Where it begins in the file.
    pub offset: u64,
    /// How many bytes it has.
    pub len: u32,
    /// What to state as the number of parts: −1 while a stream's end is not known.
    pub total: i32,
}

/// The plan of one upload: parts of one size, a window of them under way, each until it is saved.
///
/// A file of known size is cut by [`Upload::poll_part`]. A stream has no known end, so its reader says what it read
/// with [`Upload::push_part`] while [`Upload::has_room`].
#[derive(Debug)]
pub struct Upload {
    part_size: u32,
    max_parts: u32,
    size: Option<u64>,
    total: Option<u32>,
    big: bool,
    next: u32,
    under_way: BTreeMap<u32, Part>,
    again: BTreeSet<u32>,
    window: Window,
    sent: u64,
}

impl Upload {
    /// The plan for a file of `size` bytes. `part_size` is chosen by the size if it is `None`.
    ///
    /// # Errors
    /// [`Error::Misuse`] for an empty file, for one that needs over `max_parts` parts, and for a part size that the
    /// server would not take.
    pub fn new(size: u64, part_size: Option<u64>, max_parts: u32) -> Result<Self, Error> {
        let part_size = part_size.map_or(Ok(upload_part(size)), check_upload_part)?;
        let total = count_parts(size, part_size, max_parts)?;
        Ok(Self {
            size: Some(size),
            total: Some(total),
            big: size > SMALL_FILE,
            ..Self::empty(part_size, max_parts)
        })
    }

    /// The plan for a stream, which is sent as a big file whose last part reveals the number of parts.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a part size that the server would not take.
    pub fn stream(part_size: Option<u64>, max_parts: u32) -> Result<Self, Error> {
        let part_size = part_size.map_or(Ok(MAX_PART), check_upload_part)?;
        Ok(Self::empty(part_size, max_parts))
    }

    /// The next part to read and send, while the window has room for one. Parts that have to go again come first.
    pub fn poll_part(&mut self) -> Option<Part> {
        if let Some(index) = self.again.first().copied() {
            self.again.remove(&index);
            return self.under_way.get(&index).copied();
        }
        let (size, total) = (self.size?, self.total?);
        if self.next >= total || !self.has_room() {
            return None;
        }
        let offset = u64::from(self.next).saturating_mul(u64::from(self.part_size));
        let left = size.saturating_sub(offset);
        let len = u32::try_from(left).map_or(self.part_size, |l| l.min(self.part_size));
        Some(self.begin(offset, len, i32::try_from(total).unwrap_or(i32::MAX)))
    }

    /// The next part of a stream, of `len` bytes, and whether the stream ends with it.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the stream has more parts than a file may have, or is empty.
    pub fn push_part(&mut self, len: u32, last: bool) -> Result<Part, Error> {
        let offset = u64::from(self.next).saturating_mul(u64::from(self.part_size));
        let end = offset.saturating_add(u64::from(len));
        if self.next >= self.max_parts {
            return Err(too_large(end, self.part_size, self.max_parts));
        }
        let mut total = -1;
        if last {
            count_parts(end, self.part_size, self.max_parts)?;
            let parts = self.next.saturating_add(1);
            self.size = Some(end);
            self.total = Some(parts);
            total = i32::try_from(parts).unwrap_or(i32::MAX);
        }
        Ok(self.begin(offset, len, total))
    }

    /// The server saved this part.
    pub fn handle_saved(&mut self, index: u32) {
        if let Some(part) = self.under_way.remove(&index) {
            self.again.remove(&index);
            self.sent = self.sent.saturating_add(u64::from(part.len));
            self.window.passed();
        }
    }

    /// This part has to go once more; `slowed` if the server asked for patience.
    pub fn handle_failed(&mut self, index: u32, slowed: bool) {
        if slowed {
            self.window.slow_down();
        }
        if self.under_way.contains_key(&index) {
            self.again.insert(index);
        }
    }

    /// The server asked for patience.
    pub fn slow_down(&mut self) {
        self.window.slow_down();
    }

    /// Whether the window has room for another part.
    pub fn has_room(&self) -> bool {
        self.under_way.len() < self.window.size()
    }

    /// Whether every part is saved.
    pub fn is_done(&self) -> bool {
        self.total.is_some_and(|t| self.next >= t) && self.under_way.is_empty()
    }

    /// Whether the parts go by `upload.saveBigFilePart`: files above [`SMALL_FILE`], and every stream.
    pub fn is_big(&self) -> bool {
        self.big
    }

    /// Saved bytes, and all bytes once that is known.
    pub fn progress(&self) -> (u64, Option<u64>) {
        (self.sent, self.size)
    }

    /// The number of parts, once it is known.
    pub fn parts(&self) -> Option<u32> {
        self.total
    }

    /// The size of every part but the last.
    pub fn part_size(&self) -> u32 {
        self.part_size
    }

    /// How many parts are under way.
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    fn empty(part_size: u32, max_parts: u32) -> Self {
        Self {
            part_size,
            max_parts,
            size: None,
            total: None,
            big: true,
            next: 0,
            under_way: BTreeMap::new(),
            again: BTreeSet::new(),
            window: Window::new(part_size),
            sent: 0,
        }
    }

    fn begin(&mut self, offset: u64, len: u32, total: i32) -> Part {
        let part = Part {
            index: self.next,
            offset,
            len,
            total,
        };
        self.under_way.insert(self.next, part);
        self.next = self.next.saturating_add(1);
        part
    }
}

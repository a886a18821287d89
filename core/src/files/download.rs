//! Which pieces of a download are asked for when.

use std::collections::BTreeSet;

use crate::error::{Error, ProtocolError};
use crate::files::size::{check_download_part, download_part};
use crate::files::window::Window;

/// One piece of a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins, in bytes; a multiple of [`Piece::limit`].
    pub offset: u64,
    /// How many bytes to ask for.
    pub limit: u32,
}

/// The plan of one download: pieces of one size, a window of them under way or waiting to be taken.
///
/// Pieces begin at multiples of their size, which divides 1 MiB, so that none crosses a multiple of 1 MiB. Where the
/// size is not known, the first piece that comes back short ends the file.
#[derive(Debug)]
pub struct Download {
    part: u32,
    size: Option<u64>,
    next: u64,
    end: Option<u64>,
    under_way: BTreeSet<u64>,
    again: BTreeSet<u64>,
    arrived: BTreeSet<u64>,
    window: Window,
    received: u64,
    reach: u64,
}

impl Download {
    /// The plan for the bytes from `start` on; the first piece begins at or before `start`.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a part size that the server would not take.
    pub fn new(size: Option<u64>, part_size: Option<u64>, start: u64) -> Result<Self, Error> {
        let part = part_size.map_or(Ok(download_part(size)), check_download_part)?;
        let cut = start.checked_rem(u64::from(part)).unwrap_or(0);
        Ok(Self {
            part,
            size,
            next: start.saturating_sub(cut),
            end: size,
            under_way: BTreeSet::new(),
            again: BTreeSet::new(),
            arrived: BTreeSet::new(),
            window: Window::new(part),
            received: 0,
            reach: 0,
        })
    }

    /// The next piece to ask for, while the window has room. Pieces that have to be asked for again come first.
    pub fn poll_piece(&mut self) -> Option<Piece> {
        if let Some(offset) = self.again.pop_first() {
            return Some(self.piece(offset));
        }
        let ended = self.end.is_some_and(|end| self.next >= end);
        if ended || self.held() >= self.window.size() {
            return None;
        }
        let offset = self.next;
        self.next = offset.saturating_add(u64::from(self.part));
        self.under_way.insert(offset);
        Some(self.piece(offset))
    }

    /// The piece at `offset` came with `len` bytes. It counts against the window until [`Download::handle_taken`].
    ///
    /// # Errors
    /// [`Error::Protocol`] if the server sent more than was asked for, or if the file ends before its announced size or
    /// goes on after a piece that ended it.
    pub fn handle_piece(&mut self, offset: u64, len: usize) -> Result<(), Error> {
        if !self.under_way.remove(&offset) {
            return Ok(());
        }
        self.again.remove(&offset);
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        if len > self.part {
            return Err(broken("it sent more of a file than was asked for"));
        }
        let stop = offset.saturating_add(u64::from(len));
        if len < self.part {
            self.handle_short(stop)?;
        } else if self.size.is_some_and(|size| stop > size) {
            // The announced size was too small: go on until a piece comes back short.
            self.size = None;
            self.end = None;
        } else if self.size.is_none() && self.end.is_some_and(|end| stop > end) {
            return Err(broken(AFTER_END));
        }
        self.received = self.received.saturating_add(u64::from(len));
        self.window.passed();
        if len > 0 {
            self.reach = self.reach.max(stop);
            self.arrived.insert(offset);
        }
        Ok(())
    }

    /// The piece at `offset` was written or handed on.
    pub fn handle_taken(&mut self, offset: u64) {
        self.arrived.remove(&offset);
    }

    /// The piece at `offset` has to be asked for once more; `slowed` if the server asked for patience.
    pub fn handle_failed(&mut self, offset: u64, slowed: bool) {
        if slowed {
            self.window.slow_down();
        }
        if self.under_way.contains(&offset) {
            self.again.insert(offset);
        }
    }

    /// The server asked for patience.
    pub fn slow_down(&mut self) {
        self.window.slow_down();
    }

    /// Whether every piece came and was taken.
    pub fn is_done(&self) -> bool {
        self.end.is_some_and(|end| self.next >= end) && self.held() == 0
    }

    /// Received bytes, and all bytes if that is known.
    pub fn progress(&self) -> (u64, Option<u64>) {
        (self.received, self.size.or(self.end))
    }

    /// The size of a piece.
    pub fn part_size(&self) -> u32 {
        self.part
    }

    fn handle_short(&mut self, stop: u64) -> Result<(), Error> {
        match self.size {
            Some(size) if stop < size => Err(broken("a file ended before its announced size")),
            Some(_) => {
                self.size = Some(stop);
                self.end = Some(stop);
                Ok(())
            }
            None => {
                // Pieces asked for beyond the end come back empty: only the earliest short one tells where it lies.
                let end = self.end.map_or(stop, |end| end.min(stop));
                if self.reach > end {
                    return Err(broken(AFTER_END));
                }
                self.end = Some(end);
                Ok(())
            }
        }
    }

    fn held(&self) -> usize {
        self.under_way.len().saturating_add(self.arrived.len())
    }

    fn piece(&self, offset: u64) -> Piece {
        Piece {
            offset,
            limit: self.part,
        }
    }
}

const AFTER_END: &str = "a file goes on after its end";

fn broken(rule: &'static str) -> Error {
    ProtocolError::new(rule).into()
}

//! The buffer that a socket reads into.

use std::fmt;

use bytes::BytesMut;

/// Read-ahead: small frames that arrive together are read together. Larger frames are read to their end and no
/// further, so that a file part is never moved.
const READ_AHEAD: usize = 16 * 1024;

/// Less room than this is not offered to a socket.
const MIN_ROOM: usize = 1024;

/// Received bytes that are not cut into frames yet, and room for more.
///
/// `buf` is initialised throughout; only its first `filled` bytes mean anything. Frames are split off the
/// front without copying, and the memory is used again once they are dropped.
#[derive(Default)]
pub(super) struct Input {
    buf: BytesMut,
    filled: usize,
    need: usize,
}

impl Input {
    /// Room for what is still missing of `need`, and never none.
    pub(super) fn room(&mut self) -> &mut [u8] {
        let lack = self.need.saturating_sub(self.filled);
        let have = self.buf.len().saturating_sub(self.filled);
        if have < lack.max(MIN_ROOM) {
            self.buf
                .resize(self.filled.saturating_add(lack.max(READ_AHEAD)), 0);
        }
        self.buf.get_mut(self.filled..).unwrap_or_default()
    }

    /// The first `n` bytes of the room are filled; they are handed out to be decrypted.
    pub(super) fn fill(&mut self, n: usize) -> &mut [u8] {
        let from = self.filled;
        self.filled = from.saturating_add(n).min(self.buf.len());
        self.buf.get_mut(from..self.filled).unwrap_or_default()
    }

    /// Asks for so many bytes before the front makes sense.
    pub(super) fn need(&mut self, total: usize) {
        self.need = total;
    }

    /// Splits the first `n` bytes off; fewer if fewer are there.
    pub(super) fn take(&mut self, n: usize) -> BytesMut {
        let n = n.min(self.filled);
        self.filled = self.filled.saturating_sub(n);
        self.need = 0;
        self.buf.split_to(n)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.buf.get(..self.filled).unwrap_or_default()
    }

    /// The same, to be changed in place.
    #[cfg(any(test, feature = "internals"))]
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        self.buf.get_mut(..self.filled).unwrap_or_default()
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Input({} bytes, needs {})", self.filled, self.need)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_once_frames_are_dropped() {
        let mut input = Input::default();
        let first = input.room().as_ptr();
        for _ in 0..100 {
            input.room();
            input.fill(1000);
            drop(input.take(1000));
        }
        assert_eq!(input.bytes(), b"");
        let spread = (input.room().as_ptr() as usize).abs_diff(first as usize);
        assert!(spread <= READ_AHEAD, "moved {spread} bytes");
    }

    #[test]
    fn a_large_frame_is_read_to_its_end_and_no_further() {
        let mut input = Input::default();
        assert!(input.room().len() >= READ_AHEAD);
        input.fill(10);
        input.need(100_000);
        assert_eq!(input.room().len(), 99_990);
        input.fill(99_990);
        assert_eq!(input.take(100_000).len(), 100_000);
        assert!(!input.room().is_empty());
    }
}

//! An outgoing packet and the room around it.

use std::fmt;

/// Room before the payload: a stream's first bytes (up to 64), a frame's header (up to 8) and an encrypted message's headers
/// (56), rounded up to a multiple of 16.
const HEADROOM: usize = 144;

/// Room after the payload that is reserved at once: 27 bytes of a message's padding, and 15 of a frame's or its checksum.
const TAILROOM: usize = 48;

/// Bytes on their way out, in one buffer from the first field to the socket.
///
/// A packet begins as an empty payload. Whoever builds it appends; encryption and framing work in place, using the
/// room that was left at both ends. Once encoded, [`bytes`](Packet::bytes) is what remains to be written.
pub struct Packet {
    buf: Vec<u8>,
    start: usize,
}

impl Packet {
    /// An empty packet with room for a payload of `capacity` bytes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let mut buf = Vec::with_capacity(capacity.saturating_add(const { HEADROOM + TAILROOM }));
        buf.resize(HEADROOM, 0);
        Self {
            buf,
            start: HEADROOM,
        }
    }

    /// Appends to the payload.
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.buf.extend_from_slice(bytes);
    }

    /// Appends `n` zero bytes to the payload and hands them out.
    pub fn grow(&mut self, n: usize) -> &mut [u8] {
        let from = self.buf.len();
        self.buf.resize(from.saturating_add(n), 0);
        self.buf.get_mut(from..).unwrap_or_default()
    }

    /// Puts bytes in front of the payload; a copy is made only if the room there is used up.
    pub fn prepend(&mut self, bytes: &[u8]) {
        let Some(start) = self.start.checked_sub(bytes.len()) else {
            let start = self.start;
            self.buf.splice(start..start, bytes.iter().copied());
            return;
        };
        if let Some(room) = self.buf.get_mut(start..self.start) {
            room.copy_from_slice(bytes);
            self.start = start;
        }
    }

    /// What the packet holds, to be changed in place.
    pub fn payload_mut(&mut self) -> &mut [u8] {
        self.buf.get_mut(self.start..).unwrap_or_default()
    }

    /// Forgets the first `n` bytes: they have been written, or turned out not to be needed.
    pub fn advance(&mut self, n: usize) {
        self.start = self.start.saturating_add(n).min(self.buf.len());
    }

    /// What the packet holds; once encoded, what is still to be written.
    pub fn bytes(&self) -> &[u8] {
        self.buf.get(self.start..).unwrap_or_default()
    }

    /// How many bytes that is.
    pub fn len(&self) -> usize {
        self.bytes().len()
    }

    /// Whether everything has been written.
    pub fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }
}

impl From<&[u8]> for Packet {
    fn from(payload: &[u8]) -> Self {
        let mut packet = Self::new(payload.len());
        packet.extend_from_slice(payload);
        packet
    }
}

impl AsRef<[u8]> for Packet {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

// A packet that is not encrypted yet holds secrets.
impl fmt::Debug for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packet({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_at_both_ends_without_moving() {
        let mut packet = Packet::new(8);
        packet.extend_from_slice(b"body");
        let place = packet.bytes().as_ptr();
        packet.prepend(b"head");
        packet.grow(2).copy_from_slice(b"!!");
        assert_eq!(packet.bytes(), b"headbody!!");
        assert_eq!(packet.bytes()[4..].as_ptr(), place);
        packet.advance(4);
        assert_eq!(packet.bytes(), b"body!!");
        packet.advance(100);
        assert!(packet.is_empty());
    }

    #[test]
    fn more_than_the_headroom_still_fits() {
        let mut packet = Packet::new(0);
        packet.extend_from_slice(b"x");
        packet.prepend(&[1; 140]);
        packet.prepend(&[2; 140]);
        assert_eq!(packet.len(), 281);
        assert_eq!(packet.bytes()[..140], [2; 140]);
        assert_eq!(packet.bytes()[140..280], [1; 140]);
    }
}

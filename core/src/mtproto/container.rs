//! [Containers](https://core.telegram.org/mtproto/service_messages#simple-container): several messages in one.

use bytes::{Buf as _, Bytes};

use super::wire;
use crate::transport::Packet;

/// Members that are sent in one container at most.
pub const MAX_SENT: usize = 1000;

/// Bytes that are sent in one packet at most, its encryption not counted.
pub const MAX_BYTES: usize = 1_044_448;

/// Members that a received container may have.
pub const MAX_RECEIVED: usize = 1024;

/// Id, sequence number and length in front of each member.
pub const MEMBER_HEADER: usize = 16;

/// Constructor and count in front of the members.
pub const HEADER: usize = 8;

/// One message of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its own id, lower than the container's.
    pub msg_id: i64,
    /// Its own sequence number.
    pub seq_no: i32,
    /// One serialised object.
    pub body: Bytes,
}

/// A packet under construction: a container as soon as it has a second member.
///
/// Room for the container's header is left in front, and given up if there is only one message.
#[derive(Debug)]
pub struct Builder {
    packet: Packet,
    members: usize,
    last: (i64, i32),
}

impl Builder {
    /// Room for bodies of `capacity` bytes in all.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let mut packet = Packet::new(capacity);
        packet.grow(HEADER);
        Self {
            packet,
            members: 0,
            last: (0, 0),
        }
    }

    /// Appends a message whose body is given in pieces, to be padded with zeros to a multiple of four.
    pub fn push(&mut self, msg_id: i64, seq_no: i32, body: &[&[u8]]) {
        let len = body
            .iter()
            .fold(0_usize, |sum, piece| sum.saturating_add(piece.len()));
        let padded = len.next_multiple_of(4);
        self.packet.extend_from_slice(&msg_id.to_le_bytes());
        self.packet.extend_from_slice(&seq_no.to_le_bytes());
        self.packet
            .extend_from_slice(&i32::try_from(padded).unwrap_or(i32::MAX).to_le_bytes());
        for piece in body {
            self.packet.extend_from_slice(piece);
        }
        self.packet.grow(padded.saturating_sub(len));
        self.members = self.members.saturating_add(1);
        self.last = (msg_id, seq_no);
    }

    /// The packet's body and the id and sequence number it has to go by; `outer` makes them for a container. `None` if
    /// nothing was pushed.
    pub fn finish(mut self, outer: impl FnOnce() -> (i64, i32)) -> Option<(Packet, i64, i32)> {
        match self.members {
            0 => None,
            1 => {
                self.packet.advance(const { HEADER + MEMBER_HEADER });
                Some((self.packet, self.last.0, self.last.1))
            }
            n => {
                let count = i32::try_from(n).unwrap_or(i32::MAX);
                self.packet.advance(HEADER);
                self.packet.prepend(&count.to_le_bytes());
                self.packet.prepend(&wire::MSG_CONTAINER.to_le_bytes());
                let (msg_id, seq_no) = outer();
                Some((self.packet, msg_id, seq_no))
            }
        }
    }
}

/// The members of a container, given without its constructor; `None` if it is malformed, for it counts as a whole.
#[must_use]
pub fn members(mut container: Bytes) -> Option<Vec<Member>> {
    let count = wire::take_len(&mut container)?;
    // The bytes that are there bound the memory that is taken, whatever the count claims.
    if count > MAX_RECEIVED || container.len() / MEMBER_HEADER < count {
        return None;
    }
    let mut members = Vec::with_capacity(count);
    for _ in 0..count {
        members.push(member(&mut container)?);
    }
    container.is_empty().then_some(members)
}

/// Reads one message with its own header off the front.
#[must_use]
pub fn member(bytes: &mut Bytes) -> Option<Member> {
    let msg_id = wire::take_i64(bytes)?;
    let seq_no = wire::take_i32(bytes)?;
    let len = wire::take_len(bytes)?;
    if len > bytes.remaining() || !len.is_multiple_of(4) {
        return None;
    }
    Some(Member {
        msg_id,
        seq_no,
        body: bytes.split_to(len),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(bodies: &[&[u8]]) -> Bytes {
        let mut builder = Builder::new(0);
        for (id, body) in (1..).zip(bodies) {
            builder.push(id, 7, &[body]);
        }
        let (packet, ..) = builder.finish(|| (99, 8)).unwrap();
        Bytes::copy_from_slice(packet.bytes())
    }

    #[test]
    fn several_messages_are_wrapped_and_one_is_not() {
        assert!(Builder::new(0).finish(|| unreachable!()).is_none());

        let mut builder = Builder::new(0);
        builder.push(4, 1, &[b"lone", b"body"]);
        let (packet, msg_id, seq_no) = builder.finish(|| unreachable!()).unwrap();
        assert_eq!((packet.bytes(), msg_id, seq_no), (&b"lonebody"[..], 4, 1));

        let mut builder = Builder::new(0);
        builder.push(4, 1, &[b"one!"]);
        builder.push(8, 2, &[b"two", b"!!"]);
        let (packet, msg_id, seq_no) = builder.finish(|| (12, 2)).unwrap();
        assert_eq!((msg_id, seq_no), (12, 2));
        let mut bytes = Bytes::copy_from_slice(packet.bytes());
        assert_eq!(
            wire::take(&mut bytes).map(u32::from_le_bytes),
            Some(wire::MSG_CONTAINER)
        );
        let expected = [(4, 1, &b"one!"[..]), (8, 2, b"two!!\0\0\0")];
        let expected = expected.map(|(msg_id, seq_no, body)| Member {
            msg_id,
            seq_no,
            body: body.into(),
        });
        assert_eq!(members(bytes).unwrap(), expected);
    }

    #[test]
    fn malformed_containers_are_refused_as_a_whole() {
        let good = wire::after_constructor(&container(&[b"one!", b"two!"]));
        assert!(members(good.clone()).is_some());
        for len in 0..good.len() {
            assert_eq!(members(good.slice(..len)), None, "cut to {len}");
        }
        let change = |at: usize, value: i32| {
            let mut bytes = good.to_vec();
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            members(bytes.into())
        };
        assert_eq!(change(0, 1), None, "bytes left over");
        assert_eq!(change(0, 3), None, "a member too few");
        assert_eq!(change(0, -1), None);
        assert_eq!(change(0, i32::MAX), None);
        assert_eq!(change(16, -4), None);
        assert_eq!(change(16, 3), None);
        assert_eq!(change(16, i32::MAX), None);
        assert_eq!(members(Bytes::from_static(&[0; 4])), Some(vec![]));
    }

    #[test]
    fn a_container_has_1024_members_at_most() {
        let of = |count: usize| {
            let mut bytes = u32::try_from(count).unwrap().to_le_bytes().to_vec();
            bytes.resize(4 + count * MEMBER_HEADER, 0);
            members(bytes.into()).map(|m| m.len())
        };
        assert_eq!(of(1024), Some(1024));
        assert_eq!(of(1025), None);
    }
}

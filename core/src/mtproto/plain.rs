//! [Unencrypted messages](https://core.telegram.org/mtproto/description#unencrypted-message), which create the key.

use bytes::{Bytes, BytesMut};

use super::envelope::Invalid;
use super::wire;
use crate::transport::Packet;

/// Zero key identifier, message id and length.
const HEADER: usize = 20;

/// A packet with `body` for the transport.
#[must_use]
pub fn seal(msg_id: i64, body: &[u8]) -> Packet {
    let mut packet = Packet::new(body.len().saturating_add(HEADER));
    packet.extend_from_slice(&[0; 8]);
    packet.extend_from_slice(&msg_id.to_le_bytes());
    packet.extend_from_slice(&i32::try_from(body.len()).unwrap_or(i32::MAX).to_le_bytes());
    packet.extend_from_slice(body);
    packet
}

/// Message id and body of a packet from the other side.
///
/// # Errors
/// When the packet is encrypted, or its length is not what the transport delivered.
pub fn open(packet: BytesMut) -> Result<(i64, Bytes), Invalid> {
    let mut packet = packet.freeze();
    let key_id = wire::take_i64(&mut packet).ok_or(Invalid)?;
    let msg_id = wire::take_i64(&mut packet).ok_or(Invalid)?;
    let len = wire::take_len(&mut packet).ok_or(Invalid)?;
    if key_id != 0 || len != packet.len() {
        return Err(Invalid);
    }
    Ok((msg_id, packet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_refusals() {
        let packet = seal(77, b"body");
        let frame = BytesMut::from(packet.bytes());
        assert_eq!(open(frame.clone()), Ok((77, Bytes::from_static(b"body"))));
        for len in 0..frame.len() {
            assert_eq!(open(frame[..len].into()), Err(Invalid));
        }
        let mut encrypted = frame.clone();
        encrypted[3] = 1;
        assert_eq!(open(encrypted), Err(Invalid));
        let mut longer = frame;
        longer.extend_from_slice(&[0; 4]);
        assert_eq!(open(longer), Err(Invalid));
    }
}

//! The envelope of [unencrypted messages](https://core.telegram.org/mtproto/description#unencrypted-message): eight zero
//! bytes where the key id would be, the message id, the length of the body, the body.

// Reached from outside the crate only through the feature `internals`.
#![cfg_attr(not(feature = "internals"), allow(unreachable_pub, dead_code))]

use std::fmt;

use bytes::Bytes;

/// Bytes before the body.
pub const HEADER: usize = 20;

/// What is wrong with a packet that should be a plain message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainError {
    /// It begins with the id of a key.
    Encrypted,
    /// Its length is negative, zero, no multiple of four, or more than there is.
    Length,
    /// Its message id is even: not a server's.
    MessageId,
}

impl PlainError {
    /// The rule that was broken.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Encrypted => "an encrypted message before there is a key",
            Self::Length => "a plain message with an impossible length",
            Self::MessageId => "a plain message with an even id",
        }
    }
}

impl fmt::Display for PlainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule())
    }
}

impl std::error::Error for PlainError {}

/// Puts `body` into an envelope.
pub fn pack(msg_id: i64, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let mut packet = Vec::with_capacity(body.len().saturating_add(HEADER));
    packet.extend_from_slice(&[0; 8]);
    packet.extend_from_slice(&msg_id.to_le_bytes());
    packet.extend_from_slice(&length.to_le_bytes());
    packet.extend_from_slice(body);
    packet
}

/// Takes a server's message out of its envelope: its id, which must be odd, and its body.
///
/// # Errors
/// [`PlainError`].
pub fn unpack(packet: &Bytes) -> Result<(i64, Bytes), PlainError> {
    let (msg_id, body) = parse(packet)?;
    if msg_id & 1 == 0 {
        return Err(PlainError::MessageId);
    }
    Ok((msg_id, body))
}

/// The same for a message of either side. What follows the body is a transport's padding.
///
/// # Errors
/// [`PlainError`].
pub fn parse(packet: &Bytes) -> Result<(i64, Bytes), PlainError> {
    let (key_id, rest) = packet.split_first_chunk::<8>().ok_or(PlainError::Length)?;
    if *key_id != [0; 8] {
        return Err(PlainError::Encrypted);
    }
    let (msg_id, rest) = rest.split_first_chunk::<8>().ok_or(PlainError::Length)?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(PlainError::Length)?;
    let length = usize::try_from(i32::from_le_bytes(*length)).map_err(|_| PlainError::Length)?;
    if length == 0 || !length.is_multiple_of(4) {
        return Err(PlainError::Length);
    }
    let body = rest.get(..length).ok_or(PlainError::Length)?;
    Ok((i64::from_le_bytes(*msg_id), packet.slice_ref(body)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::*;
    use crate::crypto::vectors::{self, hex};

    // https://core.telegram.org/mtproto/samples-auth_key, step 1.
    #[test]
    fn the_first_packet_is_that_of_the_sample() {
        let body = [hex("f18e7ebe"), hex(vectors::NONCE)].concat();
        let msg_id = i64::from_le_bytes(vectors::hex_array("64f70d00fcc0ab65"));
        assert_eq!(pack(msg_id, &body), hex(vectors::REQ_PQ_PACKET));
    }

    // Step 2. The page prints 184 as the length of the 80 bytes that follow; with that, there is less than it says.
    #[test]
    fn the_answer_of_the_sample_opens_once_its_length_is_right() {
        let mut packet = hex(vectors::RES_PQ_PACKET);
        assert_eq!(unpack(&packet.clone().into()), Err(PlainError::Length));
        packet[16] = 80;
        let (msg_id, body) = unpack(&packet.into()).unwrap();
        assert_eq!(msg_id.to_le_bytes(), vectors::hex_array("01c46fbefcc0ab65"));
        assert_eq!(
            (body.len(), &body[..4]),
            (80, &[0x63, 0x24, 0x16, 0x05][..])
        );
    }

    #[test]
    fn padding_of_the_transport_is_left_out() {
        let mut packet = pack(5, &[1, 2, 3, 4]);
        packet.extend_from_slice(&[9; 15]);
        assert_eq!(
            unpack(&packet.into()),
            Ok((5, Bytes::from_static(&[1, 2, 3, 4])))
        );
    }

    #[test]
    fn other_packets_are_refused() {
        let good = pack(5, &[1, 2, 3, 4]);
        for cut in 0..good.len() {
            assert_eq!(
                unpack(&good[..cut].to_vec().into()),
                Err(PlainError::Length),
                "{cut}"
            );
        }
        let with = |at: usize, byte: u8| {
            let mut packet = good.clone();
            packet[at] = byte;
            unpack(&packet.into())
        };
        assert_eq!(with(0, 1), Err(PlainError::Encrypted));
        assert_eq!(with(8, 4), Err(PlainError::MessageId));
        for length in [0, 1, 2, 3, 5, 8] {
            assert_eq!(with(16, length), Err(PlainError::Length), "{length}");
        }
        assert_eq!(with(19, 0x80), Err(PlainError::Length));
        assert_eq!(with(19, 0x7f), Err(PlainError::Length));
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_answer(packet: Vec<u8>) {
            let _ = unpack(&packet.into());
        }

        #[test]
        fn what_is_packed_is_unpacked(msg_id in any::<i64>(), words in proptest::collection::vec(any::<[u8; 4]>(), 1..40)) {
            let (msg_id, body) = (msg_id | 1, words.concat());
            prop_assert_eq!(unpack(&pack(msg_id, &body).into()), Ok((msg_id, Bytes::from(body))));
        }
    }
}

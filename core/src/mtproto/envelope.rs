//! Encrypted messages: header, padding, message key, cipher.
//!
//! Layout and key derivation follow the
//! [description of MTProto 2.0](https://core.telegram.org/mtproto/description), the checks the
//! [security guidelines](https://core.telegram.org/mtproto/security_guidelines). Messages that wait together are
//! sealed and opened together, each in the buffer it lies in: a serial cipher chain alone leaves the processor idle.

use std::fmt;

use bytes::{Buf as _, Bytes, BytesMut};

use super::wire;
use crate::crypto::ige::{self, Lane};
use crate::crypto::{AuthKey, KeyIv, Side};
use crate::rand::Rng;
use crate::transport::Packet;

/// Key identifier and message key, in front of the ciphertext.
const OUTER: usize = 24;
/// Salt, session, message id, sequence number and length, the first of what is encrypted.
const INNER: usize = 32;
/// The cipher's block.
const BLOCK: usize = 16;
/// The least and the most padding that a message may have.
const MIN_PADDING: usize = 12;
const MAX_PADDING: usize = 1024;

/// What stands in front of a message's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The server's salt.
    pub salt: i64,
    /// The session that the message belongs to.
    pub session_id: i64,
    /// When it was made, and its name.
    pub msg_id: i64,
    /// Its place among the content-related messages, and whether it is one.
    pub seq_no: i32,
}

/// A message that has passed all checks that need no memory of earlier ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What stood in front of the body.
    pub header: Header,
    /// One serialised object, sharing the memory of the packet.
    pub body: Bytes,
}

/// A packet that is not an acceptable message of this key and session. Which check failed is not told: it would help
/// nobody but a forger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid;

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the packet is not a valid message of this session")
    }
}

impl std::error::Error for Invalid {}

/// Puts the headers around a packet that holds a message's body, and padding behind it: ready to be sealed.
pub fn wrap(packet: &mut Packet, header: &Header, rng: &mut Rng) {
    let len = i32::try_from(packet.len()).unwrap_or(i32::MAX);
    // 12 to 27 bytes: the inner header and the ciphertext are whole blocks.
    let padding = MIN_PADDING.saturating_add(
        BLOCK.saturating_sub(packet.len().saturating_add(MIN_PADDING) % BLOCK) % BLOCK,
    );
    rng.fill(packet.grow(padding));
    let mut head = [0; OUTER + INNER];
    let fields = [
        header.salt.to_le_bytes(),
        header.session_id.to_le_bytes(),
        header.msg_id.to_le_bytes(),
    ];
    let fields = fields
        .into_iter()
        .flatten()
        .chain(header.seq_no.to_le_bytes())
        .chain(len.to_le_bytes());
    for (to, from) in head.iter_mut().skip(OUTER).zip(fields) {
        *to = from;
    }
    packet.prepend(&head);
}

/// Encrypts packets that were [wrapped](wrap), all at once and in place. `side` is who writes them.
pub fn seal_batch(key: &AuthKey, side: Side, packets: &mut [Packet]) {
    let mut lanes = Vec::with_capacity(packets.len());
    for packet in packets {
        let Some((head, data)) = packet.payload_mut().split_first_chunk_mut::<OUTER>() else {
            continue;
        };
        let msg_key = key.msg_key(side, data);
        let (id, rest) = head.split_at_mut(8);
        id.copy_from_slice(&key.id().to_le_bytes());
        rest.copy_from_slice(&msg_key);
        lanes.push(Lane {
            secret: key.message_secret(side, &msg_key),
            data,
        });
    }
    // Wrapping has made every length a multiple of the block.
    let sealed = ige::seal_many(&mut lanes);
    debug_assert!(sealed.is_ok(), "a packet that was not wrapped");
}

/// Decrypts packets all at once, each where it lies, and checks them. `side` is who wrote them; a server, which
/// serves many sessions, passes no `session`.
///
/// Checked are the key identifier, the message key over everything that was decrypted (in constant time, before
/// anything is read), session, length and padding.
pub fn open_batch(
    key: &AuthKey,
    side: Side,
    session: Option<i64>,
    packets: Vec<BytesMut>,
) -> Vec<Result<Message, Invalid>> {
    let mut sealed: Vec<_> = packets
        .into_iter()
        .map(|packet| split(key, packet))
        .collect();
    let mut lanes: Vec<_> = sealed
        .iter_mut()
        .flatten()
        .map(|(msg_key, data)| lane(key, side, msg_key, data))
        .collect();
    if ige::open_many(&mut lanes).is_err() {
        // Cannot be: `split` lets whole blocks pass only.
        return sealed.iter().map(|_| Err(Invalid)).collect();
    }
    drop(lanes);
    sealed
        .into_iter()
        .map(|split| split.and_then(|(msg_key, data)| check(key, side, session, msg_key, data)))
        .collect()
}

fn lane<'a>(key: &AuthKey, side: Side, msg_key: &[u8; 16], data: &'a mut BytesMut) -> Lane<'a> {
    let secret: KeyIv = key.message_secret(side, msg_key);
    Lane { secret, data }
}

/// Message key and ciphertext of a packet that bears the right key identifier and has a possible length.
fn split(key: &AuthKey, mut packet: BytesMut) -> Result<([u8; 16], BytesMut), Invalid> {
    let (id, rest) = packet.split_first_chunk::<8>().ok_or(Invalid)?;
    let (msg_key, data) = rest.split_first_chunk::<16>().ok_or(Invalid)?;
    if i64::from_le_bytes(*id) != key.id() || data.is_empty() || !data.len().is_multiple_of(BLOCK) {
        return Err(Invalid);
    }
    let msg_key = *msg_key;
    packet.advance(OUTER);
    Ok((msg_key, packet))
}

fn check(
    key: &AuthKey,
    side: Side,
    session: Option<i64>,
    msg_key: [u8; 16],
    data: BytesMut,
) -> Result<Message, Invalid> {
    if !key.verify(side, &msg_key, &data) {
        return Err(Invalid);
    }
    let mut data = data.freeze();
    let header = read_header(&mut data).ok_or(Invalid)?;
    let len = wire::take_len(&mut data).ok_or(Invalid)?;
    let padding = data.len().checked_sub(len).ok_or(Invalid)?;
    let known = session.is_none_or(|id| id == header.session_id);
    if !known || !len.is_multiple_of(4) || !(MIN_PADDING..=MAX_PADDING).contains(&padding) {
        return Err(Invalid);
    }
    data.truncate(len);
    Ok(Message { header, body: data })
}

fn read_header(data: &mut Bytes) -> Option<Header> {
    Some(Header {
        salt: wire::take_i64(data)?,
        session_id: wire::take_i64(data)?,
        msg_id: wire::take_i64(data)?,
        seq_no: wire::take_i32(data)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rand::Seed;

    const HEADER: Header = Header {
        salt: 1,
        session_id: 2,
        msg_id: 3 << 32,
        seq_no: 5,
    };

    fn key() -> AuthKey {
        AuthKey::new(std::array::from_fn(|i| i as u8))
    }

    fn rng() -> Rng {
        Rng::new(Seed::new([1; 32]))
    }

    fn wrapped(body: &[u8]) -> Packet {
        let mut packet = Packet::new(body.len());
        packet.extend_from_slice(body);
        wrap(&mut packet, &HEADER, &mut rng());
        packet
    }

    fn bytes(packet: &Packet) -> BytesMut {
        packet.bytes().into()
    }

    fn open(side: Side, session: Option<i64>, packet: BytesMut) -> Result<Message, Invalid> {
        open_batch(&key(), side, session, vec![packet]).remove(0)
    }

    /// Seals a plaintext as it is, so that what is inside may break any rule but the message key.
    fn forge(plaintext: &[u8]) -> BytesMut {
        let mut packet = Packet::new(0);
        packet.extend_from_slice(&[0; OUTER]);
        packet.extend_from_slice(plaintext);
        seal_batch(&key(), Side::Server, std::slice::from_mut(&mut packet));
        bytes(&packet)
    }

    fn plaintext(len: i32, rest: usize) -> Vec<u8> {
        let mut plain = Vec::new();
        plain.extend_from_slice(&1_i64.to_le_bytes());
        plain.extend_from_slice(&2_i64.to_le_bytes());
        plain.extend_from_slice(&(3_i64 << 32).to_le_bytes());
        plain.extend_from_slice(&5_i32.to_le_bytes());
        plain.extend_from_slice(&len.to_le_bytes());
        plain.resize(plain.len() + rest, 7);
        plain
    }

    #[test]
    fn what_was_sealed_opens_on_the_other_side_only() {
        for side in [Side::Client, Side::Server] {
            let mut packets: Vec<_> = (0..6)
                .map(|n| wrapped(&vec![n; 4 * usize::from(n)]))
                .collect();
            seal_batch(&key(), side, &mut packets);
            let frames = packets.iter().map(bytes).collect();
            for (n, message) in (0_u8..).zip(open_batch(&key(), side, Some(2), frames)) {
                let message = message.unwrap();
                assert_eq!(message.header, HEADER);
                assert_eq!(message.body, vec![n; 4 * usize::from(n)]);
            }
            let other = if side == Side::Client {
                Side::Server
            } else {
                Side::Client
            };
            assert_eq!(open(other, Some(2), bytes(&packets[3])), Err(Invalid));
            assert_eq!(open(side, Some(3), bytes(&packets[3])), Err(Invalid));
            assert!(open(side, None, bytes(&packets[3])).is_ok());
        }
    }

    #[test]
    fn one_bad_packet_of_a_batch_spoils_no_other() {
        let mut packets: Vec<_> = (0..4).map(|n| wrapped(&[n; 16])).collect();
        seal_batch(&key(), Side::Server, &mut packets);
        let mut frames: Vec<_> = packets.iter().map(bytes).collect();
        frames[1][40] ^= 1;
        frames[2].truncate(30);
        let opened = open_batch(&key(), Side::Server, Some(2), frames);
        assert_eq!(
            opened.iter().map(Result::is_ok).collect::<Vec<_>>(),
            [true, false, false, true]
        );
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let mut packet = wrapped(&[9; 20]);
        seal_batch(&key(), Side::Server, std::slice::from_mut(&mut packet));
        for bit in 0..packet.len() * 8 {
            let mut frame = bytes(&packet);
            frame[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                open(Side::Server, Some(2), frame),
                Err(Invalid),
                "bit {bit}"
            );
        }
    }

    #[test]
    fn lengths_and_padding_are_checked() {
        // parity: N-mt.checks.more
        // rule: mtproto.padding
        let verdict = |len, rest| {
            open(Side::Server, Some(2), forge(&plaintext(len, rest))).map(|m| m.body.len())
        };
        assert_eq!(verdict(4, 16), Ok(4));
        assert_eq!(verdict(20, 32), Ok(20));
        assert_eq!(verdict(0, 1024), Ok(0));
        assert_eq!(verdict(16, 1040), Ok(16));
        assert_eq!(verdict(-4, 16), Err(Invalid), "negative");
        assert_eq!(verdict(5, 32), Err(Invalid), "no multiple of four");
        assert_eq!(verdict(8, 16), Err(Invalid), "8 bytes of padding");
        assert_eq!(verdict(16, 16), Err(Invalid), "no padding");
        assert_eq!(verdict(12, 1040), Err(Invalid), "1,028 bytes of padding");
        assert_eq!(verdict(32, 16), Err(Invalid), "longer than the payload");
        assert_eq!(
            verdict(i32::MAX, 16),
            Err(Invalid),
            "much longer than the payload"
        );
        assert_eq!(
            open(Side::Server, Some(2), forge(&[1; 16])),
            Err(Invalid),
            "no room for a header"
        );
    }

    #[test]
    fn packets_too_short_or_of_another_key_are_refused() {
        let mut packet = wrapped(&[9; 20]);
        seal_batch(&key(), Side::Server, std::slice::from_mut(&mut packet));
        for len in 0..packet.len() {
            let mut frame = bytes(&packet);
            frame.truncate(len);
            assert_eq!(open(Side::Server, Some(2), frame), Err(Invalid), "{len}");
        }
        let other = AuthKey::new([3; 256]);
        assert_eq!(
            open_batch(&other, Side::Server, Some(2), vec![bytes(&packet)]),
            [Err(Invalid)]
        );
    }

    #[test]
    fn padding_is_12_to_27_random_bytes() {
        // parity: N-mt.v2
        for len in (0..64).step_by(4) {
            let packet = wrapped(&vec![0; len]);
            let padding = packet.len() - OUTER - INNER - len;
            assert!((12..28).contains(&padding), "{padding}");
            assert!((packet.len() - OUTER).is_multiple_of(16));
            assert!(
                packet.bytes()[OUTER + INNER + len..]
                    .iter()
                    .any(|b| *b != 0)
            );
        }
    }
}

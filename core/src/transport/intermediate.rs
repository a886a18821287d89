//! [Intermediate](https://core.telegram.org/mtproto/mtproto-transports#intermediate) framing, plain and
//! [padded](https://core.telegram.org/mtproto/mtproto-transports#padded-intermediate).

use super::{Cut, End, Frame, FrameError, Packet};
use crate::rand::Rng;

/// The first word of the plain stream.
pub(super) const TAG: [u8; 4] = [0xee; 4];
/// The first word of the padded stream.
pub(super) const PADDED_TAG: [u8; 4] = [0xdd; 4];

const QUICK_ACK: u32 = 0x8000_0000;

/// The external header: key identifier and message key.
const HEADER: usize = 24;
/// The header of an unencrypted message; the last four of its bytes are the length of what follows.
const PLAIN_HEADER: usize = 20;

pub(super) fn cut(bytes: &[u8], end: End, padded: bool) -> Result<Cut, FrameError> {
    let Some(word) = bytes.first_chunk() else {
        return Ok(Cut::Need(4));
    };
    let word = u32::from_le_bytes(*word);
    if end == End::Client && !padded && word & QUICK_ACK != 0 {
        return Ok(Cut::QuickAck(word));
    }
    let word = if end == End::Server {
        word & !QUICK_ACK
    } else {
        word
    };
    let end = usize::try_from(word)
        .ok()
        .and_then(|len| len.checked_add(4))
        .ok_or(FrameError::TooLong)?;
    Ok(Cut::Payload {
        start: 4,
        end,
        total: end,
    })
}

pub(super) fn encode(packet: &mut Packet) -> Result<(), FrameError> {
    let len = u32::try_from(packet.len()).map_err(|_| FrameError::TooLong)?;
    packet.prepend(&len.to_le_bytes());
    Ok(())
}

/// A client pads by up to 15 bytes, a server by up to 3.
pub(super) fn encode_padded(
    packet: &mut Packet,
    end: End,
    rng: &mut Rng,
) -> Result<(), FrameError> {
    let mask = match end {
        End::Client => 15,
        End::Server => 3,
    };
    let padding = usize::from(rng.array::<1>()[0] & mask);
    rng.fill(packet.grow(padding));
    encode(packet)
}

/// The padded framing's way of telling short frames apart: they are no packets.
pub(super) fn short_frame(payload: &[u8]) -> Result<Option<Frame>, FrameError> {
    if payload.len() >= HEADER {
        return Ok(None);
    }
    let (word, rest) = payload.split_first_chunk::<4>().ok_or(FrameError::Length)?;
    match (i32::from_le_bytes(*word), rest.first_chunk()) {
        (-1, Some(token)) => Ok(Some(Frame::QuickAck(u32::from_le_bytes(*token)))),
        (code, _) if code < 0 => Ok(Some(Frame::Error(code))),
        _ => Err(FrameError::Length),
    }
}

/// Where the packet ends inside a padded payload: an encrypted one is the longest prefix of whole cipher blocks after
/// the header, a plain one says its own length.
pub(super) fn without_padding(payload: &[u8]) -> Result<usize, FrameError> {
    let Some((header, body)) = payload.split_first_chunk::<PLAIN_HEADER>() else {
        return Err(FrameError::Length);
    };
    if header.starts_with(&[0; 8]) {
        let [.., a, b, c, d] = *header;
        let len =
            usize::try_from(u32::from_le_bytes([a, b, c, d])).map_err(|_| FrameError::Length)?;
        let padding = body.len().checked_sub(len).ok_or(FrameError::Length)?;
        return if padding < 16 && len.is_multiple_of(4) {
            Ok(len.saturating_add(PLAIN_HEADER))
        } else {
            Err(FrameError::Length)
        };
    }
    let blocks = payload
        .len()
        .checked_sub(HEADER)
        .ok_or(FrameError::Length)?;
    Ok(payload.len().saturating_sub(blocks % 16))
}

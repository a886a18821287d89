//! [Abridged](https://core.telegram.org/mtproto/mtproto-transports#abridged) framing: the length in words, in one
//! byte or, after a marker, in three.

use super::{Cut, End, FrameError, Packet};

/// The first byte of the stream.
pub(super) const TAG: u8 = 0xef;

const LONG: u8 = 0x7f;
const QUICK_ACK: u8 = 0x80;

pub(super) fn cut(bytes: &[u8], end: End) -> Result<Cut, FrameError> {
    let Some(&first) = bytes.first() else {
        return Ok(Cut::Need(1));
    };
    if end == End::Client && first & QUICK_ACK != 0 {
        return Ok(match bytes.first_chunk() {
            Some(token) => Cut::QuickAck(u32::from_be_bytes(*token)),
            None => Cut::Need(4),
        });
    }
    // A client sets the same bit to ask for a quick acknowledgement, which a server is free not to give.
    let (start, words) = match first & !QUICK_ACK {
        LONG => match bytes {
            [_, a, b, c, ..] => (4_usize, u32::from_le_bytes([*a, *b, *c, 0])),
            _ => return Ok(Cut::Need(4)),
        },
        short => (1, u32::from(short)),
    };
    let end = usize::try_from(words)
        .ok()
        .and_then(|words| words.checked_mul(4)?.checked_add(start))
        .ok_or(FrameError::TooLong)?;
    Ok(Cut::Payload {
        start,
        end,
        total: end,
    })
}

pub(super) fn encode(packet: &mut Packet) -> Result<(), FrameError> {
    let words = u32::try_from(packet.len() / 4).map_err(|_| FrameError::TooLong)?;
    match (u8::try_from(words), words.to_le_bytes()) {
        (Ok(short), _) if short < LONG => packet.prepend(&[short]),
        (_, [a, b, c, 0]) => packet.prepend(&[LONG, a, b, c]),
        _ => return Err(FrameError::TooLong),
    }
    Ok(())
}

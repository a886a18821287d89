//! [Full](https://core.telegram.org/mtproto/mtproto-transports#full) framing: length, sequence number, payload, CRC-32.

use super::{Cut, FrameError, Packet};

/// Length and sequence number before the payload.
const BEFORE: usize = 8;
/// The checksum after it.
const AFTER: usize = 4;

/// `seq` is the number that the frame has to bear. The checksum is looked at once the whole frame is there.
pub(super) fn cut(bytes: &[u8], seq: u32, longest: usize) -> Result<Cut, FrameError> {
    let Some(len) = bytes.first_chunk() else {
        return Ok(Cut::Need(4));
    };
    let total = usize::try_from(u32::from_le_bytes(*len)).map_err(|_| FrameError::TooLong)?;
    let payload = total
        .checked_sub(const { BEFORE + AFTER })
        .ok_or(FrameError::Length)?;
    if payload > longest {
        return Err(FrameError::TooLong);
    }
    let Some((_, number)) = bytes.get(..BEFORE).and_then(|b| b.split_last_chunk::<4>()) else {
        return Ok(Cut::Need(BEFORE));
    };
    if u32::from_le_bytes(*number) != seq {
        return Err(FrameError::Sequence);
    }
    let Some((checked, crc)) = bytes
        .get(..total)
        .and_then(|b| b.split_last_chunk::<AFTER>())
    else {
        return Ok(Cut::Need(total));
    };
    if crc32fast::hash(checked) != u32::from_le_bytes(*crc) {
        return Err(FrameError::Checksum);
    }
    Ok(Cut::Payload {
        start: BEFORE,
        end: checked.len(),
        total,
    })
}

pub(super) fn encode(packet: &mut Packet, seq: u32) -> Result<(), FrameError> {
    let total = packet.len().saturating_add(const { BEFORE + AFTER });
    let total = u32::try_from(total).map_err(|_| FrameError::TooLong)?;
    packet.prepend(&seq.to_le_bytes());
    packet.prepend(&total.to_le_bytes());
    let crc = crc32fast::hash(packet.bytes());
    packet.extend_from_slice(&crc.to_le_bytes());
    Ok(())
}

//! The server's end: finding out by the first bytes how a client frames its packets.

use super::obfuscated::{self, Streams};
use super::{FrameError, Mode, abridged, intermediate};

/// What the first bytes of a stream say.
pub(super) enum First {
    /// So many bytes are needed to tell.
    Need(usize),
    /// This mode; the first `used` bytes are no frame.
    Is {
        mode: Mode,
        used: usize,
        streams: Option<Box<Streams>>,
    },
}

/// Full framing has no tag: its second word is the sequence number of the first frame, zero, which obfuscation avoids.
///
/// Whoever obfuscates has to know the secret, if there is one.
pub(super) fn detect(bytes: &[u8], secret: Option<[u8; 16]>) -> Result<First, FrameError> {
    let Some(&first) = bytes.first() else {
        return Ok(First::Need(1));
    };
    if first == abridged::TAG {
        return Ok(plain(Mode::Abridged, 1));
    }
    let Some(word) = bytes.first_chunk::<4>() else {
        return Ok(First::Need(4));
    };
    match *word {
        intermediate::TAG => return Ok(plain(Mode::Intermediate, 4)),
        intermediate::PADDED_TAG => return Ok(plain(Mode::Padded, 4)),
        _ => {}
    }
    match bytes.get(4..8) {
        None => return Ok(First::Need(8)),
        Some([0, 0, 0, 0]) => return Ok(plain(Mode::Full, 0)),
        Some(_) => {}
    }
    let Some(header) = bytes.first_chunk() else {
        return Ok(First::Need(obfuscated::HEADER));
    };
    let (framing, _, streams) = obfuscated::accept(header, secret).ok_or(FrameError::Unknown)?;
    Ok(First::Is {
        mode: Mode::Obfuscated(framing),
        used: obfuscated::HEADER,
        streams: Some(Box::new(streams)),
    })
}

fn plain(mode: Mode, used: usize) -> First {
    First::Is {
        mode,
        used,
        streams: None,
    }
}

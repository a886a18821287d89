//! Width and height of a picture, read from its header.

/// The size of a PNG, JPEG or GIF picture.
pub(crate) fn dimensions(bytes: &[u8]) -> Option<(i32, i32)> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => {
            let word = |at: usize| Some(i32::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
            Some((word(16)?, word(20)?))
        }
        [b'G', b'I', b'F', ..] => {
            let half = |at: usize| {
                Some(i32::from(u16::from_le_bytes(
                    *bytes.get(at..)?.first_chunk()?,
                )))
            };
            Some((half(6)?, half(8)?))
        }
        [0xff, 0xd8, ..] => jpeg(bytes),
        _ => None,
    }
}

/// Looks for the frame header among the segments.
fn jpeg(bytes: &[u8]) -> Option<(i32, i32)> {
    let half =
        |at: usize| -> Option<u16> { Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)) };
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0xc4 | 0xc8 | 0xcc => at += 2 + usize::from(half(at + 2)?),
            0xc0..=0xcf => return Some((i32::from(half(at + 7)?), i32::from(half(at + 5)?))),
            0x01 | 0xd0..=0xd9 => at += 2,
            _ => at += 2 + usize::from(half(at + 2)?),
        }
    }
}

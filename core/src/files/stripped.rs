//! Previews that come without the part that all of them share.

use bytes::{BufMut as _, Bytes, BytesMut};

/// Makes a JPEG of a [stripped thumbnail](https://core.telegram.org/api/files#stripped-thumbnails); anything else is
/// returned as it is.
///
/// The first three bytes are a version, the height and the width. The header left out is that of a baseline JPEG with the
/// tables of annex K of [ITU T.81](https://www.w3.org/Graphics/JPEG/itu-t81.pdf), the quantisation scaled to quality 20.
pub fn expand_stripped(bytes: &Bytes) -> Bytes {
    let &[1, height, width, ref rest @ ..] = &bytes[..] else {
        return bytes.clone();
    };
    let mut out = BytesMut::with_capacity(HEADER_LEN.saturating_add(rest.len()).saturating_add(2));
    out.put_slice(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00");
    for (id, table) in [(0, &LUMINANCE), (1, &CHROMINANCE)] {
        out.put_slice(&[0xff, 0xdb, 0, 0x43, id]);
        // Quality 20 is 250 percent; at most a byte.
        out.extend(
            table.iter().map(|q| {
                u8::try_from(u32::from(*q).saturating_mul(5).div_ceil(2)).unwrap_or(u8::MAX)
            }),
        );
    }
    out.put_slice(&[
        0xff, 0xc0, 0, 17, 8, 0, height, 0, width, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1,
    ]);
    huffman(&mut out, 0x00, DC_LUMINANCE, &DC_VALUES);
    huffman(&mut out, 0x10, AC_LUMINANCE, &in_order(&AC_LUMINANCE_FIRST));
    huffman(&mut out, 0x01, DC_CHROMINANCE, &DC_VALUES);
    huffman(
        &mut out,
        0x11,
        AC_CHROMINANCE,
        &in_order(&AC_CHROMINANCE_FIRST),
    );
    out.put_slice(&[0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]);
    out.put_slice(rest);
    out.put_slice(b"\xff\xd9");
    out.freeze()
}

const HEADER_LEN: usize = 623;

/// Writes a table of codes: how many there are of each length, and what they stand for.
fn huffman(out: &mut BytesMut, id: u8, lengths: [u8; 16], values: &[u8]) {
    let len = u16::try_from(values.len().saturating_add(19)).unwrap_or(u16::MAX);
    out.put_slice(&[0xff, 0xc4]);
    out.put_u16(len);
    out.put_u8(id);
    out.put_slice(&lengths);
    out.put_slice(values);
}

/// The symbols of AC coefficients: the frequent ones as listed, then the others in ascending order.
fn in_order(first: &[u8]) -> Vec<u8> {
    let pairs = (0..=0xff_u8).filter(|v| (1..=10).contains(&(v & 15)) || matches!(v, 0 | 0xf0));
    let rest = pairs.filter(|v| !first.contains(v));
    first.iter().copied().chain(rest).collect()
}

/// Table K.1, in zigzag order.
const LUMINANCE: [u8; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81,
    87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// Table K.2, in zigzag order.
const CHROMINANCE: [u8; 64] = [
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

const DC_VALUES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/// Table K.3.
const DC_LUMINANCE: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
/// Table K.4.
const DC_CHROMINANCE: [u8; 16] = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
/// Table K.5.
const AC_LUMINANCE: [u8; 16] = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d];
const AC_LUMINANCE_FIRST: [u8; 37] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
    0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0,
    0x24, 0x33, 0x62, 0x72, 0x82,
];
/// Table K.6.
const AC_CHROMINANCE: [u8; 16] = [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77];
const AC_CHROMINANCE_FIRST: [u8; 43] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
    0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0,
    0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1,
];

#[cfg(test)]
mod tests {
    use sha1::{Digest as _, Sha1};

    use super::*;

    #[test]
    fn the_header_is_the_one_that_was_left_out() {
        let jpeg = expand_stripped(&Bytes::from_static(&[1, 30, 40, 7, 8, 9]));
        assert_eq!(jpeg.len(), 623 + 3 + 2);
        assert_eq!((jpeg[164], jpeg[166]), (30, 40));
        assert_eq!(jpeg[623..], [7, 8, 9, 0xff, 0xd9]);
        let mut header = jpeg[..623].to_vec();
        (header[164], header[166]) = (0, 0);
        let digest: String = Sha1::digest(&header)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(digest, "6394f6e7e33e035a4347a36ecdad4820a5ed197d");
    }

    #[test]
    fn other_bytes_stay_as_they_are() {
        for other in [&[][..], &[1], &[1, 2], &[2, 3, 4, 5]] {
            assert_eq!(expand_stripped(&Bytes::copy_from_slice(other)), other);
        }
    }
}

//! [Packed objects](https://core.telegram.org/mtproto/service_messages#packed-object).

use std::fmt;
use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::{GzDecoder, ZlibDecoder};
use flate2::write::GzEncoder;

use super::wire;

/// What one object may unpack to.
pub const MAX_UNPACKED: usize = 16 * 1024 * 1024;

/// Smaller bodies are not worth packing.
const WORTH_IT: usize = 512;

/// The first bytes of a gzip stream. Some peers send a zlib stream instead.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A packed object that does not unpack, or unpacks to more than is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPack;

impl fmt::Display for BadPack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a packed object does not unpack")
    }
}

impl std::error::Error for BadPack {}

/// `gzip_packed` of a body, if that is shorter.
#[must_use]
pub fn pack(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() <= WORTH_IT {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 2), Compression::default());
    encoder.write_all(body).ok()?;
    let packed = encoder.finish().ok()?;
    let mut object = Vec::with_capacity(packed.len().saturating_add(12));
    object.extend_from_slice(&wire::GZIP_PACKED.to_le_bytes());
    wire::put_bytes(&mut object, &packed)?;
    (object.len() < body.len()).then_some(object)
}

/// What a `gzip_packed`, given without its constructor, holds. `budget` bounds the output and is lowered by it.
///
/// # Errors
/// [`BadPack`] for a broken stream, and for more than `budget` or [`MAX_UNPACKED`] bytes.
pub fn unpack(packed: &Bytes, budget: &mut usize) -> Result<Bytes, BadPack> {
    let packed = wire::take_bytes(&mut packed.clone()).ok_or(BadPack)?;
    let limit = MAX_UNPACKED.min(*budget);
    let object = if packed.starts_with(&GZIP_MAGIC) {
        inflate(GzDecoder::new(&*packed), limit)
    } else {
        inflate(ZlibDecoder::new(&*packed), limit)
    }?;
    *budget = budget.saturating_sub(object.len());
    Ok(object)
}

fn inflate(stream: impl Read, limit: usize) -> Result<Bytes, BadPack> {
    let mut object = Vec::new();
    let more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    stream
        .take(more)
        .read_to_end(&mut object)
        .map_err(|_| BadPack)?;
    if object.len() > limit {
        return Err(BadPack);
    }
    Ok(object.into())
}

#[cfg(test)]
mod tests {
    use flate2::write::ZlibEncoder;

    use super::*;

    fn object(packed: &[u8]) -> Bytes {
        let mut bytes = Vec::new();
        wire::put_bytes(&mut bytes, packed).unwrap();
        bytes.into()
    }

    #[test]
    fn round_trip_and_only_where_it_pays() {
        // parity: N-mt.gzip
        let body = b"compressible ".repeat(100);
        let packed = Bytes::from(pack(&body).unwrap());
        assert!(packed.len() < body.len() && packed.len().is_multiple_of(4));
        assert_eq!(wire::constructor(&packed), Some(wire::GZIP_PACKED));
        assert_eq!(
            unpack(&wire::after_constructor(&packed), &mut usize::MAX.clone()).unwrap(),
            body
        );
        assert_eq!(pack(&[0; 512]), None, "too small");
        let mut noise = vec![0; 4096];
        crate::rand::Rng::new(crate::rand::Seed::new([1; 32])).fill(&mut noise);
        assert_eq!(pack(&noise), None, "not smaller");
    }

    #[test]
    fn a_zlib_stream_is_taken_as_well() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(b"hello").unwrap();
        let packed = object(&encoder.finish().unwrap());
        assert_eq!(unpack(&packed, &mut 100).unwrap(), "hello");
    }

    #[test]
    fn output_is_bounded_by_16_mib_and_by_the_budget() {
        // rule: mtproto.gzip_cap
        let zeros = |n: usize| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&vec![0; n]).unwrap();
            object(&encoder.finish().unwrap())
        };
        let mut budget = usize::MAX;
        assert_eq!(
            unpack(&zeros(MAX_UNPACKED), &mut budget).map(|b| b.len()),
            Ok(MAX_UNPACKED)
        );
        assert_eq!(budget, usize::MAX - MAX_UNPACKED);
        assert_eq!(unpack(&zeros(MAX_UNPACKED + 1), &mut budget), Err(BadPack));
        let mut budget = 100;
        assert!(unpack(&zeros(60), &mut budget).is_ok());
        assert_eq!(unpack(&zeros(60), &mut budget), Err(BadPack));
    }

    #[test]
    fn broken_streams_are_refused() {
        let packed = wire::after_constructor(&pack(&b"compressible ".repeat(100)).unwrap().into());
        for len in 0..packed.len() - 4 {
            assert_eq!(
                unpack(&packed.slice(..len), &mut 10_000),
                Err(BadPack),
                "{len}"
            );
        }
        assert_eq!(
            unpack(&object(b"neither gzip nor zlib"), &mut 10_000),
            Err(BadPack)
        );
        assert_eq!(unpack(&object(b""), &mut 10_000), Err(BadPack));
        // The checksum at the end counts too.
        let mut changed = packed.to_vec();
        let at = changed.len() - 8;
        changed[at] ^= 1;
        assert_eq!(unpack(&changed.into(), &mut 10_000), Err(BadPack));
    }
}

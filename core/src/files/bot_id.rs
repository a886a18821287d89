//! File ids as the [Bot API](https://core.telegram.org/bots/api#file) gives them out: what it takes to find a file again, as a
//! short text.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use telewire_schema::types;

/// The only version whose layout fits on a page.
const VERSION: u8 = 2;

const PHOTO: i32 = 2;
const VOICE: i32 = 3;
const VIDEO: i32 = 4;
const DOCUMENT: i32 = 5;
const STICKER: i32 = 8;
const AUDIO: i32 = 9;
const ANIMATION: i32 = 10;
const ROUND_VIDEO: i32 = 13;

/// The file id of a document.
pub fn document_id(document: &types::DocumentData) -> String {
    let mut packed = head(
        kind(document),
        document.dc_id,
        document.id,
        document.access_hash,
    );
    packed.push(VERSION);
    encode(&packed)
}

/// The file id of a photo; `None` if it has no version that can be downloaded.
pub fn photo_id(photo: &types::PhotoData) -> Option<String> {
    let there = photo.sizes.iter().any(|size| {
        matches!(
            size,
            types::PhotoSize::PhotoSize(_)
                | types::PhotoSize::PhotoCachedSize(_)
                | types::PhotoSize::Progressive(_)
        )
    });
    // Versions are named by letters nowadays, no more by a place on a volume.
    there.then(|| photo_at(photo.dc_id, photo.id, photo.access_hash, 0, 0))
}

fn photo_at(dc: i32, id: i64, access_hash: i64, volume: i64, local: i32) -> String {
    let secret = 0_i64;
    let mut packed = head(PHOTO, dc, id, access_hash);
    packed.extend_from_slice(&volume.to_le_bytes());
    packed.extend_from_slice(&secret.to_le_bytes());
    packed.extend_from_slice(&local.to_le_bytes());
    packed.push(VERSION);
    encode(&packed)
}

fn head(kind: i32, dc: i32, id: i64, access_hash: i64) -> Vec<u8> {
    let mut packed = Vec::with_capacity(45);
    packed.extend_from_slice(&kind.to_le_bytes());
    packed.extend_from_slice(&dc.to_le_bytes());
    packed.extend_from_slice(&id.to_le_bytes());
    packed.extend_from_slice(&access_hash.to_le_bytes());
    packed
}

/// The first attribute that says what it is decides.
fn kind(document: &types::DocumentData) -> i32 {
    use types::DocumentAttribute as A;
    let said = document.attributes.iter().find_map(|a| match a {
        A::Audio(a) if a.voice => Some(VOICE),
        A::Audio(_) => Some(AUDIO),
        A::Video(a) if a.round_message => Some(ROUND_VIDEO),
        A::Video(_) => Some(VIDEO),
        A::Sticker(_) => Some(STICKER),
        A::Animated => Some(ANIMATION),
        _ => None,
    });
    said.unwrap_or(DOCUMENT)
}

/// Runs of zeros become one zero and their number. The version at the end is never zero.
fn encode(packed: &[u8]) -> String {
    let mut short = Vec::with_capacity(packed.len());
    let mut zeros = 0_u8;
    for &byte in packed {
        if byte == 0 {
            zeros = zeros.saturating_add(1);
            continue;
        }
        if zeros > 0 {
            short.extend_from_slice(&[0, zeros]);
            zeros = 0;
        }
        short.push(byte);
    }
    BASE64_URL_SAFE_NO_PAD.encode(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: i64 = 123_456_789_012_345_678;
    const HASH: i64 = -987_654_321;

    fn document(dc: i32, attributes: Vec<types::DocumentAttribute>) -> types::DocumentData {
        types::DocumentData::new(ID, HASH, Vec::new(), 1, "a/b", 5, dc, attributes)
    }

    #[test]
    fn known_ids_come_out() {
        // parity: U-fileid.rle, U-fileid.doc, U-fileid.vec.doc, U-fileid.vec.photo
        let set = types::InputStickerSet::Empty;
        let sticker = types::DocumentAttributeSticker::new("", set);
        assert_eq!(
            document_id(&document(2, vec![sticker.into()])),
            "CAADAgADTvMwpkubtgFPlyHF_____wI"
        );
        assert_eq!(
            photo_at(4, ID, HASH, 1_234_567, 89),
            "AgADBAADTvMwpkubtgFPlyHF_____4fWEgANWQADAg"
        );
    }

    #[test]
    fn the_first_deciding_attribute_wins() {
        // parity: U-fileid.types
        let audio = types::DocumentAttributeAudio::new(1);
        let video = types::DocumentAttributeVideo::new(1.0, 2, 3);
        let sticker = types::DocumentAttributeSticker::new("", types::InputStickerSet::Empty);
        let name: types::DocumentAttribute = types::DocumentAttributeFilename::new("x").into();
        let animated = types::DocumentAttribute::Animated;
        let size: types::DocumentAttribute = types::DocumentAttributeImageSize::new(1, 2).into();
        for (attributes, expected) in [
            (vec![], DOCUMENT),
            (vec![name.clone(), size.clone()], DOCUMENT),
            (vec![name, audio.clone().into()], AUDIO),
            (vec![audio.voice(true).into(), animated.clone()], VOICE),
            (vec![video.clone().into(), animated.clone()], VIDEO),
            (vec![animated, video.clone().into()], ANIMATION),
            (vec![video.round_message(true).into()], ROUND_VIDEO),
            (vec![size, sticker.into()], STICKER),
        ] {
            assert_eq!(kind(&document(1, attributes)), expected);
        }
    }

    #[test]
    fn a_photo_needs_something_to_download() {
        // parity: U-fileid.photo
        let photo = |sizes| types::PhotoData::new(ID, HASH, Vec::new(), 1, sizes, 4);
        let size: types::PhotoSize = types::PhotoSizeData::new("x", 1, 2, 3).into();
        let empty: types::PhotoSize = types::PhotoSizeEmpty::new("s").into();
        assert_eq!(photo_id(&photo(vec![empty.clone()])), None);
        assert_eq!(
            photo_id(&photo(vec![empty, size])),
            Some(photo_at(4, ID, HASH, 0, 0))
        );
    }
}

//! What is known of photos and documents.

use std::time::Duration;

use telewire_core::client::{Attachment, Upload};
use telewire_core::objects::{File, FileMedia};
use telewire_core::types;
use telewire_tests::account::run;

use crate::chat::{document, photo};

fn data(media: types::MessageMediaDocument) -> types::DocumentData {
    match media.document {
        Some(types::Document::Document(document)) => *document,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_song_has_a_title_and_a_length() {
    // parity: O-file.media, O-file.name, O-file.ext, O-file.mime_type, O-file.size, O-file.duration
    // parity: O-file.title, O-file.performer, O-file.none
    let audio = types::DocumentAttributeAudio::new(90)
        .title("Tune")
        .performer("Band");
    let name = types::DocumentAttributeFilename::new("tune.mp3");
    let song = data(document("audio/mpeg", vec![audio.into(), name.into()]));
    let file = File::from(&song);
    assert_eq!(file.media(), FileMedia::Document(&song));
    assert_eq!(
        (file.name(), file.ext().as_deref()),
        (Some("tune.mp3"), Some(".mp3"))
    );
    assert_eq!((file.mime_type(), file.size()), ("audio/mpeg", Some(4321)));
    assert_eq!(file.duration(), Some(Duration::from_secs(90)));
    assert_eq!(
        (file.title(), file.performer()),
        (Some("Tune"), Some("Band"))
    );
    assert_eq!((file.width(), file.height()), (None, None));
    assert_eq!((file.emoji(), file.sticker_set()), (None, None));
    let bare = data(document("application/octet-stream", vec![]));
    let bare = File::from(&bare);
    assert_eq!(
        (bare.name(), bare.ext(), bare.duration()),
        (None, None, None)
    );
    assert_eq!((bare.title(), bare.performer()), (None, None));
}

#[test]
fn videos_and_pictures_have_an_extent_and_stickers_an_emoji() {
    // parity: O-file.width, O-file.height, O-file.duration, O-file.emoji, O-file.sticker_set, O-file.ext
    let video = types::DocumentAttributeVideo::new(1.5, 640, 480);
    let video = data(document("video/mp4", vec![video.into()]));
    let file = File::from(&video);
    assert_eq!((file.width(), file.height()), (Some(640), Some(480)));
    assert_eq!(file.duration(), Some(Duration::from_millis(1500)));
    assert_eq!(file.ext().as_deref(), Some(".mp4"));
    let set: types::InputStickerSet = types::InputStickerSetId::new(1, 2).into();
    let sticker = types::DocumentAttributeSticker::new("😀", set.clone());
    let size = types::DocumentAttributeImageSize::new(512, 256);
    let sticker = data(document("image/webp", vec![size.into(), sticker.into()]));
    let file = File::from(&sticker);
    assert_eq!((file.width(), file.height()), (Some(512), Some(256)));
    assert_eq!((file.emoji(), file.sticker_set()), (Some("😀"), Some(&set)));
    // What the server should not send is nothing, rather than a panic.
    let odd = types::DocumentAttributeVideo::new(f64::NAN, 1, 2);
    let odd = data(document("video/mp4", vec![odd.into()]));
    assert_eq!(File::from(&odd).duration(), None);
}

#[test]
fn a_photo_is_as_large_as_its_last_version_and_has_no_attributes() {
    // parity: O-file.media, O-file.mime_type, O-file.ext, O-file.size, O-file.none
    let sized: types::PhotoSize = types::PhotoSizeData::new("x", 800, 600, 12_345).into();
    let stripped = |bytes: Vec<u8>| types::PhotoStrippedSize::new("i", bytes).into();
    let cached: types::PhotoSize = types::PhotoCachedSize::new("s", 1, 2, vec![0; 55]).into();
    let progressive = types::PhotoSizeProgressive::new("y", 1, 2, vec![10, 200, 3000]).into();
    for (sizes, expected) in [
        (vec![cached.clone(), sized.clone()], Some(12_345)),
        (vec![sized.clone(), cached], Some(55)),
        (vec![stripped(vec![1, 2, 3, 4])], Some(4 + 622)),
        (vec![stripped(vec![2, 2, 3, 4])], Some(4)),
        (vec![progressive], Some(3000)),
        (vec![types::PhotoSizeEmpty::new("s").into()], Some(0)),
        (vec![], None),
    ] {
        assert_eq!(File::from(&photo(sizes)).size(), expected);
    }
    let photo = photo(vec![sized]);
    let file = File::from(&photo);
    assert_eq!(file.media(), FileMedia::Photo(&photo));
    assert_eq!(
        (file.mime_type(), file.ext().as_deref()),
        ("image/jpeg", Some(".jpg"))
    );
    assert_eq!(
        (file.name(), file.width(), file.height()),
        (None, None, None)
    );
    assert_eq!(
        (file.duration(), file.title(), file.emoji()),
        (None, None, None)
    );
}

#[test]
fn the_bot_api_knows_it_by_an_id() {
    // parity: O-file.id
    let mut sticker = data(document(
        "image/webp",
        vec![types::DocumentAttributeSticker::new("", types::InputStickerSet::Empty).into()],
    ));
    (sticker.id, sticker.access_hash, sticker.dc_id) = (123_456_789_012_345_678, -987_654_321, 2);
    let id = File::from(&sticker).id();
    assert_eq!(id.as_deref(), Some("CAADAgADTvMwpkubtgFPlyHF_____wI"));
    let size: types::PhotoSize = types::PhotoSizeData::new("x", 1, 2, 3).into();
    assert!(
        File::from(&photo(vec![size]))
            .id()
            .unwrap()
            .starts_with("AgAD")
    );
    assert_eq!(File::from(&photo(vec![])).id(), None);
}

#[test]
fn what_was_sent_comes_back_with_its_name() {
    // parity: O-file.name, O-file.size, O-message.prop.file
    run(81, async |_, client| {
        let upload = Upload::bytes(vec![1; 2000]).name("notes.txt");
        let sent = client
            .send_file("me", Attachment::from(upload))
            .await
            .unwrap();
        let file = sent.file().unwrap();
        assert_eq!((file.name(), file.size()), (Some("notes.txt"), Some(2000)));
        assert_eq!(
            (file.mime_type(), file.ext().as_deref()),
            ("text/plain", Some(".txt"))
        );
    });
}

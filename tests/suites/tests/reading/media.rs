//! What is attached to a message.

use telewire_core::client::{Attachment, Upload};
use telewire_core::types;
use telewire_tests::account::{newest, run};

use crate::chat::{act, document, group_and_channel, photo, user, with};
use crate::properties::made_of;

fn geo() -> types::GeoPoint {
    types::GeoPointData::new(1.5, 2.5, 0).into()
}

#[test]
fn media_of_every_kind_are_told_apart() {
    // parity: O-message.attr.media, O-message.prop.contact, O-message.prop.game, O-message.prop.geo
    // parity: O-message.prop.invoice, O-message.prop.poll, O-message.prop.venue
    run(56, async |_, client| {
        let note = client.send_message("me", "note").await.unwrap();
        let of = |media: types::MessageMedia| made_of(note.clone(), with(media));
        let empty = of(types::MessageMedia::Empty);
        assert!(empty.media().is_none());
        let contact = of(types::MessageMediaContact::new("123", "A", "B", "", 5).into());
        assert_eq!(contact.contact().unwrap().phone_number, "123");
        let photo: types::Photo = types::PhotoEmpty::new(1).into();
        let game = types::Game::new(1, 2, "short", "Title", "Text", photo);
        let game = of(types::MessageMediaGame::new(game).into());
        assert_eq!(game.game().unwrap().short_name, "short");
        let invoice = types::MessageMediaInvoice::new("Title", "Text", "EUR", 100, "start");
        assert_eq!(of(invoice.into()).invoice().unwrap().total_amount, 100);
        let question = types::TextWithEntities::new("Why?", vec![]);
        let poll = types::Poll::new(1, question, vec![], 0);
        let poll = of(types::MessageMediaPoll::new(poll, types::PollResults::new()).into());
        assert_eq!(poll.poll().unwrap().poll.question.text, "Why?");
        let venue = of(types::MessageMediaVenue::new(geo(), "Place", "Street", "", "", "").into());
        assert_eq!(venue.venue().unwrap().title, "Place");
        // A place is a place, whichever way it is told.
        let point = of(types::MessageMediaGeo::new(geo()).into());
        let live = of(types::MessageMediaGeoLive::new(geo(), 60).into());
        for message in [&venue, &point, &live] {
            assert_eq!(message.geo().unwrap().lat, 2.5);
        }
        let nowhere = of(types::MessageMediaGeo::new(types::GeoPoint::Empty).into());
        assert!(nowhere.geo().is_none() && nowhere.media().is_some());
        for other in [&point, &note] {
            assert!(other.contact().is_none() && other.game().is_none() && other.venue().is_none());
            assert!(other.invoice().is_none() && other.poll().is_none());
        }
        assert!(contact.geo().is_none());
    });
}

#[test]
fn photos_and_documents_are_found_in_previews_too() {
    // parity: O-message.prop.photo, O-message.prop.document, O-message.prop.web_preview, O-message.prop.file
    run(57, async |sim, client| {
        let note = client.send_message("me", "note").await.unwrap();
        let of = |media: types::MessageMedia| made_of(note.clone(), with(media));
        let picture = || photo(vec![types::PhotoSizeData::new("x", 1, 2, 3).into()]);
        let sent = of(types::MessageMediaPhoto::new().photo(picture()).into());
        assert_eq!(sent.photo().unwrap().id, 99);
        assert!(sent.document().is_none() && sent.web_preview().is_none());
        assert_eq!(sent.file().unwrap().mime_type(), "image/jpeg");
        let file = of(document("a/b", vec![]).into());
        assert_eq!(file.document().unwrap().id, 77);
        assert!(file.photo().is_none());
        assert_eq!(file.file().unwrap().mime_type(), "a/b");

        let page = types::WebPageData::new(1, "http://a.example", "a.example", 0);
        let preview = |page: types::WebPageData| of(types::MessageMediaWebPage::new(page).into());
        let with_photo = preview(page.clone().photo(picture()));
        assert_eq!(with_photo.web_preview().unwrap().url, "http://a.example");
        assert_eq!(with_photo.photo().unwrap().id, 99);
        assert!(with_photo.document().is_none() && with_photo.file().is_some());
        let with_file = preview(
            page.clone()
                .document(document("a/b", vec![]).document.unwrap()),
        );
        assert_eq!(with_file.document().unwrap().id, 77);
        assert!(with_file.photo().is_none() && with_file.file().is_some());
        assert!(preview(page).file().is_none());
        let pending = of(types::MessageMediaWebPage::new(types::WebPagePending::new(1, 0)).into());
        assert!(pending.web_preview().is_none());
        assert!(note.file().is_none());

        // A new picture of the chat is a photo, too.
        let (group, _) = group_and_channel(sim);
        act(
            sim,
            user(sim, 1),
            group,
            types::MessageActionChatEditPhoto::new(picture()),
        );
        let changed = newest(&client, group).await;
        assert_eq!(changed.photo().unwrap().id, 99);
        assert!(changed.file().is_some() && changed.media().is_none());
    });
}

#[test]
fn the_first_attribute_of_a_kind_decides_what_a_document_is() {
    // parity: O-message.prop.audio, O-message.prop.voice, O-message.prop.video, O-message.prop.video_note
    // parity: O-message.prop.gif, O-message.prop.sticker, O-message.prop.kind_rule
    run(58, async |_, client| {
        let note = client.send_message("me", "note").await.unwrap();
        let audio = types::DocumentAttributeAudio::new(1);
        let voice: types::DocumentAttribute = audio.clone().voice(true).into();
        let audio: types::DocumentAttribute = audio.into();
        let video = types::DocumentAttributeVideo::new(1.0, 2, 3);
        let round: types::DocumentAttribute = video.clone().round_message(true).into();
        let video: types::DocumentAttribute = video.into();
        let sticker = types::DocumentAttributeSticker::new("", types::InputStickerSet::Empty);
        let sticker: types::DocumentAttribute = sticker.into();
        let animated = types::DocumentAttribute::Animated;
        let cases: [(Vec<types::DocumentAttribute>, &[&str]); 9] = [
            (vec![], &[]),
            (vec![audio.clone()], &["audio"]),
            (vec![voice.clone()], &["voice"]),
            (vec![audio.clone(), voice.clone()], &["audio"]),
            (vec![voice, audio.clone()], &["voice"]),
            (vec![video.clone(), animated], &["video", "gif"]),
            (vec![round.clone(), video.clone()], &["video", "video_note"]),
            (vec![video, round, audio], &["audio", "video"]),
            (vec![sticker], &["sticker"]),
        ];
        for (attributes, expected) in cases {
            let message = made_of(note.clone(), with(document("a/b", attributes)));
            let kinds = [
                ("audio", message.audio()),
                ("voice", message.voice()),
                ("video", message.video()),
                ("video_note", message.video_note()),
                ("gif", message.gif()),
                ("sticker", message.sticker()),
            ];
            let is = kinds.iter().filter(|(_, document)| document.is_some());
            assert_eq!(is.map(|(name, _)| *name).collect::<Vec<_>>(), expected);
        }
        assert!(note.video().is_none() && note.sticker().is_none());
    });
}

#[test]
fn what_is_attached_is_saved_by_the_message_itself() {
    // parity: O-message.download_media
    run(62, async |sim, client| {
        let file = Attachment::from(Upload::bytes(vec![7; 5000]).name("seven.bin"));
        let sent = client.send_file("me", file).await.unwrap();
        let path = sent.download_media("copy.bin").await.unwrap();
        assert_eq!(path, Some("copy.bin".into()));
        assert_eq!(sim.file("copy.bin"), Some(vec![7; 5000]));
        let note = client.send_message("me", "words").await.unwrap();
        assert_eq!(note.download_media("none").await.unwrap(), None);
    });
}

//! Photos, documents, places and media.

use super::*;

#[test]
fn photos_and_documents_come_from_whatever_has_them() {
    // parity: U-cast.photo
    let with_photo = message(types::MessageMediaPhoto::new().photo(photo()));
    let full = types::ChatFull::from(
        types::ChatFullData::new(
            9,
            "",
            types::ChatParticipantsForbidden::new(9),
            types::PeerNotifySettings::new(),
        )
        .chat_photo(photo()),
    );
    let of_user = types::UserFull::new(
        5,
        types::PeerSettings::new(),
        types::PeerNotifySettings::new(),
        0,
    );
    let photos: [&dyn Cast<types::InputPhoto>; 7] = [
        &input_photo(),
        &photo(),
        &types::photos::Photo::new(photo(), vec![]),
        &with_photo,
        &full,
        &types::messages::ChatFull::new(full.clone(), vec![], vec![]),
        &of_user.clone().profile_photo(photo()),
    ];
    for one in photos {
        assert_eq!(get_input_photo(one).unwrap(), input_photo());
    }
    let nothing: [&dyn Cast<types::InputPhoto>; 6] = [
        &types::Photo::from(types::PhotoEmpty::new(1)),
        &types::UserProfilePhoto::Empty,
        &types::ChatPhoto::Empty,
        &user(),
        &types::Chat::from(types::ChatForbidden::new(9, "Club")),
        &of_user,
    ];
    for one in nothing {
        assert_eq!(get_input_photo(one).unwrap(), types::InputPhoto::Empty);
    }
    let small = types::UserProfilePhoto::from(types::UserProfilePhotoData::new(1, 4));
    fails(
        get_input_photo(&user().photo(small)),
        "UserProfilePhoto",
        "InputPhoto",
    );
    fails(
        get_input_photo(&message(types::MessageMedia::Empty)),
        "MessageMedia",
        "InputPhoto",
    );
    // parity: U-cast.chat_photo
    let file = types::InputFile::from(types::InputFileData::new(1, 2, "a.jpg", ""));
    assert_eq!(
        get_input_chat_photo(&file).unwrap(),
        types::InputChatUploadedPhoto::new().file(file).into()
    );
    let known = types::InputChatPhoto::from(types::InputChatPhotoData::new(input_photo()));
    assert_eq!(get_input_chat_photo(&photo()).unwrap(), known);
    assert_eq!(get_input_chat_photo(&with_photo).unwrap(), known);
    let none = types::Photo::from(types::PhotoEmpty::new(1));
    assert_eq!(
        get_input_chat_photo(&none).unwrap(),
        types::InputChatPhoto::Empty
    );
    // parity: U-cast.document
    let with_document = message(types::MessageMediaDocument::new().document(document()));
    assert_eq!(get_input_document(&document()).unwrap(), input_document());
    assert_eq!(
        get_input_document(&with_document).unwrap(),
        input_document()
    );
    let none = types::Document::from(types::DocumentEmpty::new(3));
    assert_eq!(
        get_input_document(&none).unwrap(),
        types::InputDocument::Empty
    );
    fails(
        get_input_document(&with_photo),
        "MessageMedia",
        "InputDocument",
    );
}

#[test]
fn places_come_from_points_and_messages() {
    // parity: U-cast.geo
    let point = types::GeoPoint::from(types::GeoPointData::new(2.0, 1.0, 3));
    let input = types::InputGeoPoint::from(types::InputGeoPointData::new(1.0, 2.0));
    assert_eq!(get_input_geo(&point).unwrap(), input);
    let sent = message(types::MessageMediaGeo::new(point));
    assert_eq!(get_input_geo(&sent).unwrap(), input);
    assert_eq!(
        get_input_geo(&types::GeoPoint::Empty).unwrap(),
        types::InputGeoPoint::Empty
    );
    fails(
        get_input_geo(&message(types::MessageMedia::Empty)),
        "MessageMedia",
        "InputGeoPoint",
    );
}

#[test]
fn media_are_sent_again_as_they_were() {
    // parity: U-cast.media
    let same = |from: &dyn Cast<types::InputMedia>, to: types::InputMedia| {
        assert_eq!(get_input_media(from).unwrap(), to);
    };
    let photo_media = || types::InputMediaPhoto::new(input_photo());
    let document_media = || types::InputMediaDocument::new(input_document());
    same(&types::InputMedia::Empty, types::InputMedia::Empty);
    same(&input_photo(), photo_media().into());
    same(&input_document(), document_media().into());
    same(&photo(), photo_media().into());
    same(&document(), document_media().into());
    let kept = types::MessageMediaPhoto::new()
        .photo(photo())
        .ttl_seconds(7);
    let sent = message(kept.clone());
    same(
        &types::MessageMedia::from(kept),
        photo_media().ttl_seconds(7).into(),
    );
    same(&sent, photo_media().ttl_seconds(7).into());
    let kept = types::MessageMediaDocument::new()
        .document(document())
        .ttl_seconds(7);
    same(
        &types::MessageMedia::from(kept),
        document_media().ttl_seconds(7).into(),
    );

    let game = types::Game::new(1, 2, "g", "G", "", types::PhotoEmpty::new(1));
    let input_game = types::InputMediaGame::new(types::InputGameId::new(1, 2));
    same(&game, input_game.clone().into());
    same(
        &types::MessageMedia::from(types::MessageMediaGame::new(game)),
        input_game.into(),
    );
    let contact = types::MessageMediaContact::new("34600", "Ada", "L", "", 5);
    same(
        &types::MessageMedia::from(contact),
        types::InputMediaContact::new("34600", "Ada", "L", "").into(),
    );
    let point = || types::GeoPointData::new(2.0, 1.0, 3);
    let input = || types::InputGeoPointData::new(1.0, 2.0);
    same(
        &types::MessageMedia::from(types::MessageMediaGeo::new(point())),
        types::InputMediaGeoPoint::new(input()).into(),
    );
    same(
        &types::MessageMedia::from(types::MessageMediaVenue::new(
            point(),
            "T",
            "A",
            "P",
            "V",
            "",
        )),
        types::InputMediaVenue::new(input(), "T", "A", "P", "V", "").into(),
    );
    let nothing: [&dyn Cast<types::InputMedia>; 5] = [
        &types::MessageMedia::Empty,
        &types::MessageMedia::Unsupported,
        &types::UserProfilePhoto::from(types::UserProfilePhotoData::new(1, 4)),
        &types::ChatPhoto::Empty,
        &types::Message::from(types::MessageEmpty::new(9)),
    ];
    for one in nothing {
        same(one, types::InputMedia::Empty);
    }

    let picture = types::InputFile::from(types::InputFileData::new(1, 2, "a.jpg", ""));
    same(
        &picture,
        types::InputMediaUploadedPhoto::new(picture.clone()).into(),
    );
    let big = types::InputFile::from(types::InputFileBig::new(1, 2, "a.zip"));
    match get_input_media(&big).unwrap() {
        types::InputMedia::UploadedDocument(d) => {
            assert_eq!(
                (d.file, d.mime_type.as_str()),
                (big.clone(), "application/zip")
            );
            let name = types::DocumentAttributeFilename::new("a.zip");
            assert_eq!(d.attributes, [name.into()]);
        }
        other => panic!("{other:?}"),
    }
    let talk = Attachment::of_file(&big).voice_note();
    match get_input_media(&talk).unwrap() {
        types::InputMedia::UploadedDocument(d) => assert!(
            d.attributes
                .iter()
                .any(|a| matches!(a, types::DocumentAttribute::Audio(audio) if audio.voice))
        ),
        other => panic!("{other:?}"),
    }
    fails(
        get_input_media(&Attachment::path("a.zip")),
        "Attachment",
        "InputMedia",
    );
    let _: fn(UploadedFile) -> Attachment = Into::into;
}

#[test]
fn messages_are_named_by_their_numbers() {
    // parity: U-cast.message
    let nine = types::InputMessage::from(types::InputMessageId::new(9));
    let raw = message(types::MessageMedia::Empty);
    let object = Message::new(&Stage::new().client, raw.clone(), Arc::default());
    assert_eq!(get_input_message(9), nine);
    assert_eq!(get_input_message(nine.clone()), nine);
    assert_eq!(get_input_message(&raw), nine);
    assert_eq!(get_input_message(&object), nine);
    let pinned = types::InputMessage::Pinned;
    assert_eq!(get_input_message(pinned.clone()), pinned);
}

#[test]
fn files_tell_where_they_lie() {
    // parity: U-cast.location
    let of_document = types::InputDocumentFileLocation::new(3, 4, Bytes::from_static(b"d"), "");
    let of_photo = types::InputPhotoFileLocation::new(1, 2, Bytes::from_static(b"p"), "y");
    let document_place = (Some(DcId(5)), types::InputFileLocation::from(of_document));
    let photo_place = (Some(DcId(4)), types::InputFileLocation::from(of_photo));
    assert_eq!(get_input_location(&document()).unwrap(), document_place);
    assert_eq!(get_input_location(&photo()).unwrap(), photo_place);
    let media = types::MessageMedia::from(types::MessageMediaDocument::new().document(document()));
    assert_eq!(get_input_location(&media).unwrap(), document_place);
    let sent = message(types::MessageMediaPhoto::new().photo(photo()));
    assert_eq!(get_input_location(&sent).unwrap(), photo_place);
    let known = photo_place.1;
    assert_eq!(get_input_location(&known).unwrap(), (None, known.clone()));
    let to = "InputFileLocation";
    fails(
        get_input_location(&types::Photo::from(types::PhotoEmpty::new(1))),
        "PhotoEmpty",
        to,
    );
    fails(
        get_input_location(&message(types::MessageMedia::Empty)),
        "MessageMedia",
        to,
    );
}

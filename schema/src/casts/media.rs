//! Messages, photos, documents, places and media.

use crate::types;

impl From<i32> for types::InputMessage {
    fn from(id: i32) -> Self {
        types::InputMessageId::new(id).into()
    }
}

impl From<&types::Message> for types::InputMessage {
    fn from(message: &types::Message) -> Self {
        match message {
            types::Message::Empty(m) => m.id.into(),
            types::Message::Message(m) => m.id.into(),
            types::Message::Service(m) => m.id.into(),
        }
    }
}

impl From<&types::Photo> for types::InputPhoto {
    fn from(photo: &types::Photo) -> Self {
        match photo {
            types::Photo::Photo(p) => {
                types::InputPhotoData::new(p.id, p.access_hash, p.file_reference.clone()).into()
            }
            types::Photo::Empty(_) => Self::Empty,
        }
    }
}

impl From<&types::Document> for types::InputDocument {
    fn from(document: &types::Document) -> Self {
        match document {
            types::Document::Document(d) => {
                types::InputDocumentData::new(d.id, d.access_hash, d.file_reference.clone()).into()
            }
            types::Document::Empty(_) => Self::Empty,
        }
    }
}

impl From<&types::GeoPoint> for types::InputGeoPoint {
    fn from(point: &types::GeoPoint) -> Self {
        match point {
            types::GeoPoint::GeoPoint(p) => {
                let mut geo = types::InputGeoPointData::new(p.lat, p.long);
                geo.accuracy_radius = p.accuracy_radius;
                geo.into()
            }
            types::GeoPoint::Empty => Self::Empty,
        }
    }
}

impl From<types::InputPhoto> for types::InputMedia {
    fn from(photo: types::InputPhoto) -> Self {
        match photo {
            types::InputPhoto::Empty => Self::Empty,
            photo => types::InputMediaPhoto::new(photo).into(),
        }
    }
}

impl From<types::InputDocument> for types::InputMedia {
    fn from(document: types::InputDocument) -> Self {
        match document {
            types::InputDocument::Empty => Self::Empty,
            document => types::InputMediaDocument::new(document).into(),
        }
    }
}

impl From<&types::Photo> for types::InputMedia {
    fn from(photo: &types::Photo) -> Self {
        types::InputPhoto::from(photo).into()
    }
}

impl From<&types::Document> for types::InputMedia {
    fn from(document: &types::Document) -> Self {
        types::InputDocument::from(document).into()
    }
}

impl From<&types::Game> for types::InputMedia {
    fn from(game: &types::Game) -> Self {
        types::InputMediaGame::new(types::InputGameId::new(game.id, game.access_hash)).into()
    }
}

/// What cannot be sent turns into an empty media.
impl From<&types::MessageMedia> for types::InputMedia {
    fn from(media: &types::MessageMedia) -> Self {
        match media {
            types::MessageMedia::Photo(m) => match m.photo.as_ref().map(Self::from) {
                Some(Self::Photo(mut photo)) => {
                    photo.ttl_seconds = m.ttl_seconds;
                    photo.spoiler = m.spoiler;
                    Self::Photo(photo)
                }
                _ => Self::Empty,
            },
            types::MessageMedia::Document(m) => match m.document.as_ref().map(Self::from) {
                Some(Self::Document(mut document)) => {
                    document.ttl_seconds = m.ttl_seconds;
                    document.spoiler = m.spoiler;
                    Self::Document(document)
                }
                _ => Self::Empty,
            },
            types::MessageMedia::Contact(c) => types::InputMediaContact::new(
                c.phone_number.as_str(),
                c.first_name.as_str(),
                c.last_name.as_str(),
                c.vcard.as_str(),
            )
            .into(),
            types::MessageMedia::Geo(g) => match types::InputGeoPoint::from(&g.geo) {
                types::InputGeoPoint::Empty => Self::Empty,
                point => types::InputMediaGeoPoint::new(point).into(),
            },
            types::MessageMedia::Venue(v) => match types::InputGeoPoint::from(&v.geo) {
                types::InputGeoPoint::Empty => Self::Empty,
                point => types::InputMediaVenue::new(
                    point,
                    v.title.as_str(),
                    v.address.as_str(),
                    v.provider.as_str(),
                    v.venue_id.as_str(),
                    v.venue_type.as_str(),
                )
                .into(),
            },
            types::MessageMedia::Game(m) => Self::from(&m.game),
            _ => Self::Empty,
        }
    }
}

owned!(InputMessage: Message);
owned!(InputPhoto: Photo);
owned!(InputDocument: Document);
owned!(InputGeoPoint: GeoPoint);
owned!(InputMedia: Photo, Document, Game, MessageMedia);

#[cfg(feature = "full")]
mod chat_photo {
    use crate::types;

    impl From<types::InputFile> for types::InputChatPhoto {
        fn from(file: types::InputFile) -> Self {
            types::InputChatUploadedPhoto::new().file(file).into()
        }
    }

    impl From<types::InputPhoto> for types::InputChatPhoto {
        fn from(photo: types::InputPhoto) -> Self {
            match photo {
                types::InputPhoto::Empty => Self::Empty,
                photo => types::InputChatPhotoData::new(photo).into(),
            }
        }
    }

    impl From<&types::Photo> for types::InputChatPhoto {
        fn from(photo: &types::Photo) -> Self {
            types::InputPhoto::from(photo).into()
        }
    }

    owned!(InputChatPhoto: Photo);
}

//! Media that was received, on its way out again.

use telewire_schema::types;

use crate::error::Error;

/// A received media as one to be sent again.
pub(crate) fn input_media(media: &types::MessageMedia) -> Result<types::InputMedia, Error> {
    let unsupported =
        || Error::misuse("this kind of media cannot be copied; forward the message instead");
    Ok(match media {
        types::MessageMedia::Photo(m) => match &m.photo {
            Some(types::Photo::Photo(p)) => {
                let id = types::InputPhotoData::new(p.id, p.access_hash, p.file_reference.clone());
                let mut media = types::InputMediaPhoto::new(id);
                media.ttl_seconds = m.ttl_seconds;
                media.spoiler = m.spoiler;
                media.into()
            }
            _ => return Err(unsupported()),
        },
        types::MessageMedia::Document(m) => match &m.document {
            Some(types::Document::Document(d)) => {
                let id =
                    types::InputDocumentData::new(d.id, d.access_hash, d.file_reference.clone());
                let mut media = types::InputMediaDocument::new(id);
                media.ttl_seconds = m.ttl_seconds;
                media.spoiler = m.spoiler;
                media.into()
            }
            _ => return Err(unsupported()),
        },
        types::MessageMedia::Contact(c) => types::InputMediaContact::new(
            c.phone_number.as_str(),
            c.first_name.as_str(),
            c.last_name.as_str(),
            c.vcard.as_str(),
        )
        .into(),
        types::MessageMedia::Geo(g) => {
            types::InputMediaGeoPoint::new(geo(&g.geo).ok_or_else(unsupported)?).into()
        }
        types::MessageMedia::Venue(v) => types::InputMediaVenue::new(
            geo(&v.geo).ok_or_else(unsupported)?,
            v.title.as_str(),
            v.address.as_str(),
            v.provider.as_str(),
            v.venue_id.as_str(),
            v.venue_type.as_str(),
        )
        .into(),
        types::MessageMedia::Game(m) => {
            let id = types::InputGameId::new(m.game.id, m.game.access_hash);
            types::InputMediaGame::new(id).into()
        }
        _ => return Err(unsupported()),
    })
}

fn geo(point: &types::GeoPoint) -> Option<types::InputGeoPointData> {
    match point {
        types::GeoPoint::GeoPoint(p) => Some(types::InputGeoPointData::new(p.lat, p.long)),
        types::GeoPoint::Empty => None,
    }
}

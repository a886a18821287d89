//! Media of messages: uploaded files and files that are there already.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::files::{Content, Form, dimensions};

/// The largest photo.
const MAX_PHOTO: usize = 10 * 1024 * 1024;

/// What a message is to carry.
pub(super) fn store(cx: &mut Cx<'_>, media: &types::InputMedia) -> Answer<types::MessageMedia> {
    use types::InputMedia as M;
    let (date, dc) = (cx.date(), cx.home());
    match media {
        M::UploadedPhoto(m) => {
            let id = photo(cx, &m.file)?;
            Ok(cx.server.world.files.media(id, date))
        }
        M::UploadedDocument(m) => {
            let content = assemble(cx, &m.file)?;
            let thumb = match &m.thumb {
                Some(file) => Some(thumb(cx, file)?),
                None => None,
            };
            let mut attributes = m.attributes.clone();
            let named = attributes
                .iter()
                .any(|a| matches!(a, types::DocumentAttribute::Filename(_)));
            let name = name_of(&m.file);
            if !named && !name.is_empty() {
                attributes.push(types::DocumentAttributeFilename::new(name).into());
            }
            let form = Form::Document {
                mime_type: m.mime_type.clone(),
                attributes,
                thumb,
            };
            let id = cx.world().files.add(dc, date, form, content);
            Ok(cx.server.world.files.media(id, date))
        }
        M::Photo(m) => match &m.id {
            types::InputPhoto::InputPhoto(p) => known(cx, p.id, p.access_hash, &p.file_reference),
            types::InputPhoto::Empty => Err(Fault::bad("MEDIA_EMPTY")),
        },
        M::Document(m) => match &m.id {
            types::InputDocument::InputDocument(d) => {
                known(cx, d.id, d.access_hash, &d.file_reference)
            }
            types::InputDocument::Empty => Err(Fault::bad("MEDIA_EMPTY")),
        },
        M::Contact(m) => {
            let id = cx
                .server
                .world
                .by_phone(m.phone_number.trim_start_matches('+'))
                .map_or(0, |a| a.id);
            Ok(types::MessageMediaContact::new(
                m.phone_number.as_str(),
                m.first_name.as_str(),
                m.last_name.as_str(),
                m.vcard.as_str(),
                id,
            )
            .into())
        }
        M::GeoPoint(m) => match &m.geo_point {
            types::InputGeoPoint::InputGeoPoint(p) => {
                let geo = types::GeoPointData::new(p.long, p.lat, 0);
                Ok(types::MessageMediaGeo::new(geo).into())
            }
            types::InputGeoPoint::Empty => Err(Fault::bad("MEDIA_EMPTY")),
        },
        M::Empty => Err(Fault::bad("MEDIA_EMPTY")),
        _ => Err(Fault::bad("MEDIA_INVALID")),
    }
}

fn known(cx: &Cx<'_>, id: i64, hash: i64, reference: &[u8]) -> Answer<types::MessageMedia> {
    let date = cx.date();
    let file = cx
        .server
        .world
        .files
        .find(id, hash, reference, date)
        .map_err(|fault| {
            // A wrong identifier is a matter of the media here.
            if fault.name == "FILE_ID_INVALID" {
                Fault::bad("MEDIA_INVALID")
            } else {
                fault
            }
        })?;
    Ok(cx.server.world.files.media(file.id, date))
}

/// The parts of an upload are not needed any more.
pub(super) fn forget(cx: &mut Cx<'_>, media: &types::InputMedia) {
    let me = cx.me;
    let file = match media {
        types::InputMedia::UploadedPhoto(m) => &m.file,
        types::InputMedia::UploadedDocument(m) => &m.file,
        _ => return,
    };
    let id = match file {
        types::InputFile::InputFile(f) => f.id,
        types::InputFile::Big(f) => f.id,
        _ => return,
    };
    cx.world().files.uploads.forget(me, id);
}

fn name_of(file: &types::InputFile) -> &str {
    match file {
        types::InputFile::InputFile(f) => &f.name,
        types::InputFile::Big(f) => &f.name,
        _ => "",
    }
}

fn assemble(cx: &Cx<'_>, file: &types::InputFile) -> Answer<Content> {
    let uploads = &cx.server.world.files.uploads;
    match file {
        types::InputFile::InputFile(f) => {
            uploads.assemble(cx.me, f.id, f.parts, false, &f.md5_checksum)
        }
        types::InputFile::Big(f) => uploads.assemble(cx.me, f.id, f.parts, true, ""),
        _ => Err(Fault::bad("MEDIA_INVALID")),
    }
}

/// Stores an uploaded photo.
pub(super) fn photo(cx: &mut Cx<'_>, file: &types::InputFile) -> Answer<i64> {
    // Photos have a length from the start.
    if matches!(file, types::InputFile::Big(f) if cx.server.world.files.uploads.is_streamed(cx.me, f.id))
    {
        return Err(Fault::bad("FILE_PARTS_INVALID"));
    }
    let content = assemble(cx, file)?;
    let name = name_of(file).to_lowercase();
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_owned());
    let picture = ["jpg", "jpeg", "png", "gif", "webp"];
    if extension.is_some_and(|e| !picture.contains(&e.as_str())) {
        return Err(Fault::bad("PHOTO_EXT_INVALID"));
    }
    if content.len() > MAX_PHOTO {
        return Err(Fault::bad("PHOTO_SAVE_FILE_INVALID"));
    }
    let head = content.part(0, content.len());
    let (width, height) = dimensions(&head).ok_or_else(|| Fault::bad("IMAGE_PROCESS_FAILED"))?;
    let flat = |a: i32, b: i32| a > b.saturating_mul(20);
    if width <= 0
        || height <= 0
        || width + height > 10_000
        || flat(width, height)
        || flat(height, width)
    {
        return Err(Fault::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    let (date, dc) = (cx.date(), cx.home());
    Ok(cx
        .world()
        .files
        .add(dc, date, Form::Photo { width, height }, content))
}

fn thumb(cx: &mut Cx<'_>, file: &types::InputFile) -> Answer<(i64, i32, i32)> {
    let content = assemble(cx, file)?;
    let (width, height) = dimensions(&content.part(0, content.len()))
        .ok_or_else(|| Fault::bad("IMAGE_PROCESS_FAILED"))?;
    let (date, dc) = (cx.date(), cx.home());
    let id = cx
        .world()
        .files
        .add(dc, date, Form::Photo { width, height }, content);
    Ok((id, width, height))
}

pub(super) fn upload_media(cx: &mut Cx<'_>, r: f::UploadMedia) -> Answer<types::MessageMedia> {
    cx.peer(&r.peer)?;
    store(cx, &r.media)
}

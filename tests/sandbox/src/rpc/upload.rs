//! `upload.*`: parts of files, both ways. See [files](https://core.telegram.org/api/files).

use telewire_schema::functions::upload as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::files::{Content, File, Form, Part};
use crate::world::{Kind, PeerKey};

const MIB: i64 = 1024 * 1024;

pub(super) fn save_part(cx: &mut Cx<'_>, r: f::SaveFilePart) -> Answer<bool> {
    let part = Part {
        owner: cx.me,
        file: r.file_id,
        index: r.file_part,
        total: None,
        bytes: r.bytes,
    };
    cx.world().files.uploads.save(part)?;
    Ok(true)
}

pub(super) fn save_big_part(cx: &mut Cx<'_>, r: f::SaveBigFilePart) -> Answer<bool> {
    let part = Part {
        owner: cx.me,
        file: r.file_id,
        index: r.file_part,
        total: Some(r.file_total_parts),
        bytes: r.bytes,
    };
    cx.world().files.uploads.save(part)?;
    Ok(true)
}

pub(super) fn get_file(cx: &mut Cx<'_>, r: f::GetFile) -> Answer<types::upload::File> {
    check_range(r.offset, i64::from(r.limit), r.precise)?;
    let file = find(cx, &r.location)?;
    if file.dc != cx.dc() {
        return Err(Fault::migrate("FILE", file.dc));
    }
    let (from, len) = (
        usize::try_from(r.offset).unwrap_or(usize::MAX),
        usize::try_from(r.limit).unwrap_or(0),
    );
    let bytes = file.content.part(from, len);
    let kind = kind_of(&file.content);
    Ok(types::upload::FileData::new(kind, file.date, bytes).into())
}

/// Pieces lie on a grid and never cross a boundary of 1 MiB.
fn check_range(offset: i64, limit: i64, precise: bool) -> Answer<()> {
    let grid = if precise { 1024 } else { 4096 };
    if offset < 0 || offset % grid != 0 {
        return Err(Fault::bad("OFFSET_INVALID"));
    }
    let fits = limit > 0 && limit % grid == 0 && limit <= MIB && (precise || MIB % limit == 0);
    if !fits || offset / MIB != (offset + limit - 1) / MIB {
        return Err(Fault::bad("LIMIT_INVALID"));
    }
    Ok(())
}

fn find<'a>(cx: &'a Cx<'_>, location: &types::InputFileLocation) -> Answer<&'a File> {
    use types::InputFileLocation as L;
    let files = &cx.server.world.files;
    let date = cx.date();
    match location {
        L::InputPhotoFileLocation(l) => files.find(l.id, l.access_hash, &l.file_reference, date),
        L::InputDocumentFileLocation(l) => {
            let file = files.find(l.id, l.access_hash, &l.file_reference, date)?;
            if l.thumb_size.is_empty() {
                return Ok(file);
            }
            let Form::Document {
                thumb: Some((id, ..)),
                ..
            } = &file.form
            else {
                return Err(Fault::bad("LOCATION_INVALID"));
            };
            files
                .stored
                .get(id)
                .ok_or_else(|| Fault::bad("LOCATION_INVALID"))
        }
        L::InputPeerPhotoFileLocation(l) => {
            let (world, id) = (&cx.server.world, l.photo_id);
            let own = match pictured(cx, &l.peer)?.kind() {
                Kind::User(user) => world.account(user).is_some_and(|a| a.photos.contains(&id)),
                Kind::Group(group) => world
                    .groups
                    .get(&group)
                    .is_some_and(|g| g.photo == Some(id)),
                Kind::Channel(channel) => {
                    let channel = world.channels.get(&channel);
                    channel.is_some_and(|c| c.photo == Some(id))
                }
            };
            let photo = files.stored.get(&id).filter(|_| own);
            photo.ok_or_else(|| Fault::bad("LOCATION_INVALID"))
        }
        _ => Err(Fault::bad("LOCATION_INVALID")),
    }
}

/// Whose photo it is. For that, the hash of a `min` user is enough.
fn pictured(cx: &Cx<'_>, peer: &types::InputPeer) -> Answer<PeerKey> {
    match peer {
        types::InputPeer::User(p)
            if p.access_hash == cx.server.world.min_hash(cx.me, p.user_id) =>
        {
            Ok(PeerKey::user(p.user_id))
        }
        peer => cx.peer(peer),
    }
}

/// The kind of file, by its first bytes.
fn kind_of(content: &Content) -> types::storage::FileType {
    use types::storage::FileType as T;
    match &content.part(0, 12)[..] {
        [0xff, 0xd8, 0xff, ..] => T::FileJpeg,
        [0x89, b'P', b'N', b'G', ..] => T::FilePng,
        [b'G', b'I', b'F', b'8', ..] => T::FileGif,
        [b'%', b'P', b'D', b'F', ..] => T::FilePdf,
        [b'I', b'D', b'3', ..] => T::FileMp3,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => T::FileMp4,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => T::FileWebp,
        _ => T::FileUnknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_lie_on_the_grid_and_inside_one_mebibyte() {
        let refused =
            |offset, limit, precise| check_range(offset, limit, precise).err().map(|f| f.name);
        let offset = Some("OFFSET_INVALID".to_owned());
        let limit = Some("LIMIT_INVALID".to_owned());
        assert_eq!(refused(0, MIB, false), None);
        assert_eq!(refused(MIB - 4096, 4096, false), None);
        assert_eq!(refused(0, 512 * 1024, false), None);
        assert_eq!(refused(100, 4096, false), offset);
        assert_eq!(refused(-4096, 4096, false), offset);
        assert_eq!(refused(1024, 4096, false), offset);
        assert_eq!(refused(0, 12 * 1024, false), limit, "does not divide 1 MiB");
        assert_eq!(refused(0, 2 * MIB, false), limit);
        assert_eq!(refused(0, 0, false), limit);
        assert_eq!(
            refused(MIB - 4096, 8192, false),
            limit,
            "crosses a boundary"
        );
        assert_eq!(refused(1024, 12 * 1024, true), None);
        assert_eq!(refused(512, 1024, true), offset);
        assert_eq!(refused(MIB - 1024, 2048, true), limit);
    }
}

//! `photos.*`: profile photos.

use telewire_schema::functions::photos as f;
use telewire_schema::types;

use super::context::Cx;
use super::media;
use crate::fault::{Answer, Fault};
use crate::world::{Mentions, PeerKey};

pub(super) fn get_user_photos(
    cx: &mut Cx<'_>,
    r: f::GetUserPhotos,
) -> Answer<types::photos::Photos> {
    let id = cx.user(&r.user_id)?;
    let date = cx.date();
    let world = &cx.server.world;
    let all = world
        .account(id)
        .map(|a| a.photos.clone())
        .unwrap_or_default();
    let limit = usize::try_from(r.limit).unwrap_or(0).clamp(1, 100);
    let older = all
        .iter()
        .rev()
        .filter(|photo| r.max_id == 0 || **photo < r.max_id);
    let page = older
        .skip(usize::try_from(r.offset).unwrap_or(0))
        .take(limit);
    let photos: Vec<types::Photo> = page.map(|photo| world.files.photo(*photo, date)).collect();
    let (users, _) = cx.people(&Mentions::of(&PeerKey::user(id).peer()));
    if photos.len() < all.len() {
        let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
        return Ok(types::photos::PhotosSlice::new(count, photos, users).into());
    }
    Ok(types::photos::PhotosData::new(photos, users).into())
}

pub(super) fn upload(cx: &mut Cx<'_>, r: f::UploadProfilePhoto) -> Answer<types::photos::Photo> {
    let file = r.file.ok_or_else(|| Fault::bad("PHOTO_FILE_MISSING"))?;
    let id = media::photo(cx, &file)?;
    let (me, date) = (cx.me, cx.date());
    cx.my_mut()?.photos.push(id);
    let photo = cx.server.world.files.photo(id, date);
    let (users, _) = cx.people(&Mentions::of(&PeerKey::user(me).peer()));
    Ok(types::photos::Photo::new(photo, users))
}

pub(super) fn delete(cx: &mut Cx<'_>, r: f::DeletePhotos) -> Answer<Vec<i64>> {
    let account = cx.my_mut()?;
    let mut gone = Vec::new();
    for photo in &r.id {
        if let types::InputPhoto::InputPhoto(photo) = photo
            && account.photos.contains(&photo.id)
        {
            account.photos.retain(|id| *id != photo.id);
            gone.push(photo.id);
        }
    }
    Ok(gone)
}

/// An earlier photo becomes the current one; none takes the current one away.
pub(super) fn update(cx: &mut Cx<'_>, r: f::UpdateProfilePhoto) -> Answer<types::photos::Photo> {
    let (me, date) = (cx.me, cx.date());
    let account = cx.my_mut()?;
    let shown = match &r.id {
        types::InputPhoto::InputPhoto(photo) => {
            if !account.photos.contains(&photo.id) {
                return Err(Fault::bad("PHOTO_ID_INVALID"));
            }
            account.photos.retain(|id| *id != photo.id);
            account.photos.push(photo.id);
            Some(photo.id)
        }
        types::InputPhoto::Empty => {
            account.photos.pop();
            None
        }
    };
    cx.world()
        .tell(me, date, vec![types::UpdateUser::new(me).into()]);
    let files = &cx.server.world.files;
    let photo = match shown {
        Some(id) => files.photo(id, date),
        None => types::PhotoEmpty::new(0).into(),
    };
    let (users, _) = cx.people(&Mentions::of(&PeerKey::user(me).peer()));
    Ok(types::photos::Photo::new(photo, users))
}

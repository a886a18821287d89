//! What a group or channel is called, looks like, and allows.

use telewire_schema::functions::{channels, messages as f};
use telewire_schema::types;

use super::channels::{ABOUT, changed, find};
use super::context::Cx;
use super::groups::checked_title;
use super::{announce, media};
use crate::fault::{Answer, Fault};
use crate::world::{Act, Bans, Kind, PeerKey};

/// The waits that slow mode may impose.
const SLOW: [i32; 8] = [0, 5, 10, 30, 60, 300, 900, 3600];

pub(super) fn set_title(cx: &mut Cx<'_>, peer: PeerKey, title: &str) -> Answer<types::Updates> {
    let title = checked_title(title)?;
    let me = cx.me;
    cx.server.world.may(me, peer, Act::ChangeInfo)?;
    let own = match peer.kind() {
        Kind::Group(id) => cx.world().groups.get_mut(&id).map(|g| {
            g.version = g.version.saturating_add(1);
            &mut g.title
        }),
        Kind::Channel(id) => cx.world().channels.get_mut(&id).map(|c| &mut c.title),
        Kind::User(_) => None,
    };
    let own = own.ok_or_else(|| Fault::bad("PEER_ID_INVALID"))?;
    if *own == title {
        return Err(Fault::bad("CHAT_NOT_MODIFIED"));
    }
    let old = std::mem::replace(own, title.clone());
    let event = types::ChannelAdminLogEventActionChangeTitle::new(old, title.clone());
    cx.world().log(peer, me, event);
    announce(cx, peer, types::MessageActionChatEditTitle::new(title))
}

pub(super) fn edit_channel_title(
    cx: &mut Cx<'_>,
    r: channels::EditTitle,
) -> Answer<types::Updates> {
    let id = cx.channel(&r.channel)?;
    set_title(cx, PeerKey::channel(id), &r.title)
}

pub(super) fn edit_channel_photo(
    cx: &mut Cx<'_>,
    r: channels::EditPhoto,
) -> Answer<types::Updates> {
    let id = cx.channel(&r.channel)?;
    set_photo(cx, PeerKey::channel(id), &r.photo)
}

pub(super) fn edit_chat_photo(cx: &mut Cx<'_>, r: f::EditChatPhoto) -> Answer<types::Updates> {
    let id = cx
        .server
        .world
        .named_group(cx.me, r.chat_id, crate::world::Access::User)?;
    set_photo(cx, PeerKey::group(id), &r.photo)
}

fn set_photo(
    cx: &mut Cx<'_>,
    peer: PeerKey,
    photo: &types::InputChatPhoto,
) -> Answer<types::Updates> {
    use types::InputChatPhoto as P;
    let (me, date) = (cx.me, cx.date());
    cx.server.world.may(me, peer, Act::ChangeInfo)?;
    let new = match photo {
        P::Empty => None,
        P::InputChatUploadedPhoto(p) => {
            let file = p.file.as_ref();
            let file = file.ok_or_else(|| Fault::bad("PHOTO_FILE_MISSING"))?;
            Some(media::photo(cx, file)?)
        }
        P::InputChatPhoto(p) => match &p.id {
            types::InputPhoto::InputPhoto(p) => {
                let files = &cx.server.world.files;
                Some(files.find(p.id, p.access_hash, &p.file_reference, date)?.id)
            }
            types::InputPhoto::Empty => return Err(Fault::bad("PHOTO_INVALID")),
        },
    };
    let own = match peer.kind() {
        Kind::Group(id) => cx.world().groups.get_mut(&id).map(|g| &mut g.photo),
        Kind::Channel(id) => cx.world().channels.get_mut(&id).map(|c| &mut c.photo),
        Kind::User(_) => None,
    };
    let own = own.ok_or_else(|| Fault::bad("PEER_ID_INVALID"))?;
    if *own == new {
        return Err(Fault::bad("CHAT_NOT_MODIFIED"));
    }
    let old = std::mem::replace(own, new);
    let files = &cx.server.world.files;
    let shown = |id: Option<i64>| match id {
        Some(id) => files.photo(id, date),
        None => types::PhotoEmpty::new(0).into(),
    };
    let event = types::ChannelAdminLogEventActionChangePhoto::new(shown(old), shown(new));
    let action: types::MessageAction = match new {
        Some(id) => types::MessageActionChatEditPhoto::new(files.photo(id, date)).into(),
        None => types::MessageAction::ChatDeletePhoto,
    };
    cx.world().log(peer, me, event);
    announce(cx, peer, action)
}

pub(super) fn edit_about(cx: &mut Cx<'_>, r: f::EditChatAbout) -> Answer<bool> {
    let peer = cx.peer(&r.peer)?;
    let (me, date) = (cx.me, cx.date());
    if r.about.chars().count() > ABOUT {
        return Err(Fault::bad("CHAT_ABOUT_TOO_LONG"));
    }
    cx.server.world.may(me, peer, Act::ChangeInfo)?;
    let own = match peer.kind() {
        Kind::Group(id) => cx.world().groups.get_mut(&id).map(|g| &mut g.about),
        Kind::Channel(id) => cx.world().channels.get_mut(&id).map(|c| &mut c.about),
        Kind::User(_) => None,
    };
    let own = own.ok_or_else(|| Fault::bad("PEER_ID_INVALID"))?;
    if *own == r.about {
        return Err(Fault::bad("CHAT_ABOUT_NOT_MODIFIED"));
    }
    let old = std::mem::replace(own, r.about.clone());
    let event = types::ChannelAdminLogEventActionChangeAbout::new(old, r.about);
    cx.world().log(peer, me, event);
    match peer.kind() {
        Kind::Channel(id) => cx
            .world()
            .tell_channel(id, &[types::UpdateChannel::new(id).into()]),
        Kind::Group(id) => {
            let group = cx.server.world.groups.get(&id);
            let members: Vec<i64> = group
                .map(|g| g.members.keys().copied().collect())
                .unwrap_or_default();
            for member in members {
                let update = types::UpdateChat::new(id);
                cx.world().tell(member, date, vec![update.into()]);
            }
        }
        Kind::User(_) => {}
    }
    Ok(true)
}

pub(super) fn edit_default_bans(
    cx: &mut Cx<'_>,
    r: f::EditChatDefaultBannedRights,
) -> Answer<types::Updates> {
    let peer = cx.peer(&r.peer)?;
    let (me, date) = (cx.me, cx.date());
    if matches!(peer.kind(), Kind::User(_)) {
        return Err(Fault::bad("PEER_ID_INVALID"));
    }
    let bans = r.banned_rights;
    if bans.until_date != 0 && bans.until_date != i32::MAX {
        return Err(Fault::bad("UNTIL_DATE_INVALID"));
    }
    // Nobody can be let in and kept from reading at once.
    if bans.view_messages {
        return Err(Fault::bad("BANNED_RIGHTS_INVALID"));
    }
    cx.server.world.may(me, peer, Act::Ban)?;
    let (own, version, members) = match peer.kind() {
        Kind::Group(id) => cx.world().groups.get_mut(&id).map(|g| {
            g.version = g.version.saturating_add(1);
            let members = g.members.keys().copied().collect();
            (&mut g.default_bans, g.version, members)
        }),
        Kind::Channel(id) => cx.world().channels.get_mut(&id).map(|c| {
            let members = c.present();
            (&mut c.default_bans, 0, members)
        }),
        Kind::User(_) => None,
    }
    .ok_or_else(|| Fault::bad("PEER_ID_INVALID"))?;
    let members: Vec<i64> = members;
    if own.0 == bans {
        return Err(Fault::bad("CHAT_NOT_MODIFIED"));
    }
    let old = std::mem::replace(own, Bans(bans.clone()));
    let event = types::ChannelAdminLogEventActionDefaultBannedRights::new(old.0, bans.clone());
    cx.world().log(peer, me, event);
    let update = types::UpdateChatDefaultBannedRights::new(peer.peer(), bans, version);
    for member in members {
        cx.world().tell(member, date, vec![update.clone().into()]);
    }
    Ok(cx.server.world.updates(me, date, vec![update.into()]))
}

pub(super) fn toggle_slow_mode(
    cx: &mut Cx<'_>,
    r: channels::ToggleSlowMode,
) -> Answer<types::Updates> {
    let me = cx.me;
    let id = find(cx, &r.channel)?.id;
    let peer = PeerKey::channel(id);
    if !SLOW.contains(&r.seconds) {
        return Err(Fault::bad("SECONDS_INVALID"));
    }
    cx.server.world.may(me, peer, Act::Ban)?;
    let channel = find(cx, &r.channel)?;
    if channel.broadcast {
        return Err(Fault::bad("CHAT_ID_INVALID"));
    }
    if channel.slow == r.seconds {
        return Err(Fault::bad("CHAT_NOT_MODIFIED"));
    }
    let old = std::mem::replace(&mut channel.slow, r.seconds);
    let event = types::ChannelAdminLogEventActionToggleSlowMode::new(old, r.seconds);
    cx.world().log(peer, me, event);
    cx.world()
        .tell_channel(id, &[types::UpdateChannel::new(id).into()]);
    Ok(changed(cx, id))
}

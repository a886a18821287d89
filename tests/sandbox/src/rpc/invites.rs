//! Links that let people into a chat.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::help::GROUP_SIZE;
use super::{announce, people};
use crate::fault::{Answer, Fault};
use crate::world::{Act, Group, Invite, Kind, PeerKey, hash_of};

pub(super) fn export(cx: &mut Cx<'_>, r: f::ExportChatInvite) -> Answer<types::ExportedChatInvite> {
    let peer = chat(cx, &r.peer)?;
    let (me, now) = (cx.me, cx.date());
    if r.expire_date.is_some_and(|at| at <= now) {
        return Err(Fault::bad("EXPIRE_DATE_INVALID"));
    }
    if r.usage_limit.is_some_and(|n| !(1..=99_999).contains(&n)) {
        return Err(Fault::bad("USAGE_LIMIT_INVALID"));
    }
    let plain = r.expire_date.is_none() && r.usage_limit.is_none();
    let permanent = plain && !r.request_needed && r.title.is_none();
    if permanent || r.legacy_revoke_permanent {
        let old = cx
            .server
            .world
            .main_invite(peer, me)
            .map(|i| i.hash.clone());
        if let Some(old) = old.and_then(|hash| cx.world().invites.get_mut(&hash)) {
            old.revoked = true;
        }
    }
    let invite = cx.world().add_invite(peer, me);
    invite.permanent = permanent;
    invite.asks = r.request_needed;
    invite.expires = r.expire_date;
    invite.limit = r.usage_limit;
    invite.title = r.title;
    Ok(invite.shown().into())
}

/// A chat whose links the asker may see to.
fn chat(cx: &Cx<'_>, peer: &types::InputPeer) -> Answer<PeerKey> {
    let peer = cx.peer(peer)?;
    if matches!(peer.kind(), Kind::User(_)) {
        return Err(Fault::bad("PEER_ID_INVALID"));
    }
    let world = &cx.server.world;
    world.may(cx.me, peer, Act::Link)?;
    Ok(peer)
}

pub(super) fn list(
    cx: &mut Cx<'_>,
    r: f::GetExportedChatInvites,
) -> Answer<types::messages::ExportedChatInvites> {
    let peer = chat(cx, &r.peer)?;
    let admin = cx.user(&r.admin_id)?;
    let own = cx.server.world.invites.values();
    let mut own: Vec<&Invite> = own
        .filter(|i| i.to == peer && i.admin == admin && i.revoked == r.revoked)
        .collect();
    own.sort_by_key(|i| std::cmp::Reverse((i.date, &i.hash)));
    let count = i32::try_from(own.len()).unwrap_or(i32::MAX);
    let offset = r.offset_link.as_deref().map(hash_of);
    let start = own.iter().position(|i| Some(i.hash.as_str()) == offset);
    let limit = usize::try_from(r.limit).unwrap_or(0).min(100);
    let page = own.iter().skip(start.map_or(0, |n| n + 1)).take(limit);
    let invites: Vec<types::ExportedChatInvite> = page.map(|i| i.shown().into()).collect();
    let (users, _) = people(cx, [admin], peer);
    Ok(types::messages::ExportedChatInvites::new(
        count, invites, users,
    ))
}

pub(super) fn edit(
    cx: &mut Cx<'_>,
    r: f::EditExportedChatInvite,
) -> Answer<types::messages::ExportedChatInvite> {
    let peer = chat(cx, &r.peer)?;
    let me = cx.me;
    let hash = hash_of(&r.link).to_owned();
    let expired = || Fault::bad("INVITE_HASH_EXPIRED");
    let invite = cx.world().invites.get_mut(&hash).filter(|i| i.to == peer);
    let invite = invite.ok_or_else(expired)?;
    let before = invite.shown();
    if r.revoked {
        invite.revoked = true;
    }
    if invite.permanent && !r.revoked {
        return Err(Fault::bad("CHAT_INVITE_PERMANENT"));
    }
    if let Some(at) = r.expire_date {
        invite.expires = Some(at).filter(|at| *at > 0);
    }
    if let Some(limit) = r.usage_limit {
        invite.limit = Some(limit).filter(|n| *n > 0);
    }
    if let Some(asks) = r.request_needed {
        invite.asks = asks;
    }
    if let Some(title) = r.title {
        invite.title = Some(title).filter(|t| !t.is_empty());
    }
    let after = invite.shown();
    let (admin, permanent) = (invite.admin, invite.permanent);
    if r.revoked {
        let gone = types::ChannelAdminLogEventActionExportedInviteRevoke::new(after.clone());
        cx.world().log(peer, me, gone);
    } else {
        let edited =
            types::ChannelAdminLogEventActionExportedInviteEdit::new(before, after.clone());
        cx.world().log(peer, me, edited);
    }
    let (users, _) = people(cx, [admin], peer);
    if r.revoked && permanent {
        let invite = cx.world().add_invite(peer, admin);
        invite.permanent = true;
        let new = invite.shown();
        return Ok(types::messages::ExportedChatInviteReplaced::new(after, new, users).into());
    }
    Ok(types::messages::ExportedChatInviteData::new(after, users).into())
}

/// An open link, or what is wrong with it.
fn open(cx: &Cx<'_>, hash: &str) -> Answer<Invite> {
    if hash.is_empty() {
        return Err(Fault::bad("INVITE_HASH_EMPTY"));
    }
    let invite = cx.server.world.invites.get(hash);
    let invite = invite.ok_or_else(|| Fault::bad("INVITE_HASH_INVALID"))?;
    let banned = match invite.to.kind() {
        Kind::Channel(id) => {
            let channel = cx.server.world.channels.get(&id);
            channel.is_none_or(|c| c.deleted || c.members.get(&cx.me).is_some_and(|m| m.banned))
        }
        Kind::Group(id) => cx.server.world.groups.get(&id).is_none_or(Group::is_over),
        Kind::User(_) => true,
    };
    if banned || !invite.is_open(cx.date()) {
        return Err(Fault::bad("INVITE_HASH_EXPIRED"));
    }
    Ok(invite.clone())
}

fn is_member(cx: &Cx<'_>, peer: PeerKey, user: i64) -> bool {
    let world = &cx.server.world;
    match peer.kind() {
        Kind::Channel(id) => world
            .channels
            .get(&id)
            .is_some_and(|c| c.member(user).is_some()),
        Kind::Group(id) => world
            .groups
            .get(&id)
            .is_some_and(|g| g.members.contains_key(&user)),
        Kind::User(_) => false,
    }
}

pub(super) fn check(cx: &mut Cx<'_>, r: f::CheckChatInvite) -> Answer<types::ChatInvite> {
    let invite = open(cx, &r.hash)?;
    let (me, date) = (cx.me, cx.date());
    let world = &cx.server.world;
    if is_member(cx, invite.to, me) {
        let (_, chats) = people(cx, [], invite.to);
        let chat = chats.into_iter().next();
        let chat = chat.ok_or_else(|| Fault::bad("INVITE_HASH_INVALID"))?;
        return Ok(types::ChatInviteAlready::new(chat).into());
    }
    let (title, about, photo, count, broadcast, is_public) = match invite.to.kind() {
        Kind::Channel(id) => world.channels.get(&id).map(|c| {
            let public = c.username.is_some();
            (
                &c.title,
                &c.about,
                c.photo,
                c.count(),
                Some(c.broadcast),
                public,
            )
        }),
        Kind::Group(id) => world.groups.get(&id).map(|g| {
            let count = i32::try_from(g.members.len()).unwrap_or(i32::MAX);
            (&g.title, &g.about, g.photo, count, None, false)
        }),
        Kind::User(_) => None,
    }
    .ok_or_else(|| Fault::bad("INVITE_HASH_INVALID"))?;
    let photo = photo.map_or_else(
        || types::PhotoEmpty::new(0).into(),
        |photo| world.files.photo(photo, date),
    );
    let mut shown = types::ChatInviteData::new(title.as_str(), photo, count, 0);
    shown.channel = broadcast.is_some();
    shown.broadcast = broadcast == Some(true);
    shown.megagroup = broadcast == Some(false);
    shown.public = is_public;
    shown.request_needed = invite.asks;
    shown.about = Some(about.clone()).filter(|a| !a.is_empty());
    Ok(shown.into())
}

pub(super) fn import(
    cx: &mut Cx<'_>,
    r: f::ImportChatInvite,
) -> Answer<types::messages::ChatInviteJoinResult> {
    let invite = open(cx, &r.hash)?;
    let (me, date) = (cx.me, cx.date());
    if is_member(cx, invite.to, me) {
        return Err(Fault::bad("USER_ALREADY_PARTICIPANT"));
    }
    let record = cx.world().invites.get_mut(&r.hash);
    let record = record.ok_or_else(|| Fault::bad("INVITE_HASH_INVALID"))?;
    if invite.asks {
        if !record.asked.iter().any(|(user, _)| *user == me) {
            record.asked.push((me, date));
        }
        return Err(Fault::bad("INVITE_REQUEST_SENT"));
    }
    if let Kind::Group(id) = invite.to.kind()
        && cx
            .server
            .world
            .groups
            .get(&id)
            .is_some_and(|g| g.members.len() >= GROUP_SIZE)
    {
        return Err(Fault::bad("USERS_TOO_MUCH"));
    }
    if let Some(record) = cx.world().invites.get_mut(&r.hash) {
        record.usage = record.usage.saturating_add(1);
        record.came.push((me, date));
    }
    let updates = let_in(cx, &invite, me)?;
    Ok(types::messages::ChatInviteJoinResultOk::new(updates).into())
}

/// Somebody comes by a link; a service message tells of it where people talk.
fn let_in(cx: &mut Cx<'_>, invite: &Invite, user: i64) -> Answer<types::Updates> {
    let date = cx.date();
    let joined = types::MessageActionChatJoinedByLink::new(invite.admin);
    match invite.to.kind() {
        Kind::Channel(id) => {
            cx.world().enter(id, user, user);
            let shown = invite.shown();
            let event = types::ChannelAdminLogEventActionParticipantJoinByInvite::new(shown);
            cx.world().log(invite.to, user, event);
            if cx
                .server
                .world
                .channels
                .get(&id)
                .is_some_and(|c| c.broadcast)
            {
                let update = types::UpdateChannel::new(id);
                return Ok(cx.server.world.updates(cx.me, date, vec![update.into()]));
            }
        }
        Kind::Group(id) => {
            let inviter = invite.admin;
            cx.world().change_group(id, (user, user), |g| {
                g.members.insert(user, (inviter, date));
            });
        }
        Kind::User(_) => {}
    }
    announce(cx, invite.to, joined)
}

pub(super) fn importers(
    cx: &mut Cx<'_>,
    r: f::GetChatInviteImporters,
) -> Answer<types::messages::ChatInviteImporters> {
    let peer = chat(cx, &r.peer)?;
    let wanted = r.link.as_deref().map(hash_of);
    let own = cx.server.world.invites.values();
    let own = own.filter(|i| i.to == peer && wanted.is_none_or(|hash| i.hash == hash));
    let mut all: Vec<(i64, i32)> = own
        .flat_map(|i| if r.requested { &i.asked } else { &i.came })
        .copied()
        .collect();
    all.sort_by_key(|(user, date)| std::cmp::Reverse((*date, *user)));
    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
    let limit = usize::try_from(r.limit).unwrap_or(0).min(100);
    let later = |date: i32| r.offset_date == 0 || date < r.offset_date;
    let page = all.into_iter().filter(|(_, date)| later(*date)).take(limit);
    let mut importers = Vec::new();
    for (user, date) in page {
        importers.push(types::ChatInviteImporter::new(user, date).requested(r.requested));
    }
    let (users, _) = people(cx, importers.iter().map(|i| i.user_id), peer);
    Ok(types::messages::ChatInviteImporters::new(
        count, importers, users,
    ))
}

pub(super) fn decide(cx: &mut Cx<'_>, r: f::HideChatJoinRequest) -> Answer<types::Updates> {
    let peer = chat(cx, &r.peer)?;
    let user = cx.user(&r.user_id)?;
    let asks = |i: &&mut Invite| i.to == peer && i.asked.iter().any(|(u, _)| *u == user);
    let invite = cx.world().invites.values_mut().find(asks);
    let invite = invite.ok_or_else(|| Fault::bad("HIDE_REQUESTER_MISSING"))?;
    invite.asked.retain(|(u, _)| *u != user);
    let invite = invite.clone();
    if !r.approved {
        return Ok(cx.server.world.updates(cx.me, cx.date(), Vec::new()));
    }
    if let Kind::Channel(id) = peer.kind() {
        let me = cx.me;
        cx.world().enter(id, me, user);
        let shown = invite.shown();
        let event = types::ChannelAdminLogEventActionParticipantJoinByRequest::new(shown, me);
        cx.world().log(peer, user, event);
        let update = types::UpdateChannel::new(id);
        return Ok(cx.server.world.updates(me, cx.date(), vec![update.into()]));
    }
    let_in(cx, &invite, user)
}

//! What is done to messages and chats besides sending and reading.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{Kind, PeerKey};

pub(super) fn read_history(
    cx: &mut Cx<'_>,
    r: f::ReadHistory,
) -> Answer<types::messages::AffectedMessages> {
    let peer = cx.peer(&r.peer)?;
    if matches!(peer.kind(), Kind::Channel(_)) {
        return Err(Fault::bad("PEER_ID_INVALID"));
    }
    let me = cx.me;
    let affected = cx.world().read(me, peer, r.max_id);
    Ok(types::messages::AffectedMessages::new(
        affected.pts,
        affected.count,
    ))
}

pub(super) fn delete(
    cx: &mut Cx<'_>,
    r: f::DeleteMessages,
) -> Answer<types::messages::AffectedMessages> {
    if r.id.len() > 100 {
        return Err(Fault::bad("LIMIT_INVALID"));
    }
    let me = cx.me;
    if r.revoke && r.id.iter().any(|id| belongs_to_others(cx, *id)) {
        return Err(Fault::forbidden("MESSAGE_DELETE_FORBIDDEN"));
    }
    let affected = cx.world().delete(me, &r.id, r.revoke);
    Ok(types::messages::AffectedMessages::new(
        affected.pts,
        affected.count,
    ))
}

/// Whether a message is somebody else's, in a group in which the asker may not delete such.
fn belongs_to_others(cx: &Cx<'_>, id: i32) -> bool {
    let Some(stored) = cx.my().ok().and_then(|a| a.mailbox.messages.get(&id)) else {
        return false;
    };
    let peer = match &stored.message {
        types::Message::Message(m) => &m.peer_id,
        types::Message::Service(m) => &m.peer_id,
        types::Message::Empty(_) => return false,
    };
    let Kind::Group(group) = PeerKey::of(peer).kind() else {
        return false;
    };
    let group = cx.server.world.groups.get(&group);
    stored.author != cx.me && !group.is_some_and(|g| g.is_admin(cx.me))
}

pub(super) fn delete_history(
    cx: &mut Cx<'_>,
    r: f::DeleteHistory,
) -> Answer<types::messages::AffectedHistory> {
    let peer = cx.peer(&r.peer)?;
    if matches!(peer.kind(), Kind::Channel(_)) {
        return Err(Fault::bad("PEER_ID_INVALID"));
    }
    let me = cx.me;
    let history = cx.server.world.history(me, peer);
    let ids: Vec<i32> = history
        .iter()
        .map(|m| m.id())
        .filter(|id| r.max_id == 0 || *id <= r.max_id)
        .collect();
    let affected = cx.world().delete(me, &ids, r.revoke);
    if !r.just_clear {
        let mailbox = &mut cx.my_mut()?.mailbox;
        if mailbox.dialogs.get(&peer).is_some_and(|d| d.ids.is_empty()) {
            mailbox.dialogs.remove(&peer);
            cx.my_mut()?.lists.forget(peer);
        }
    }
    Ok(types::messages::AffectedHistory::new(
        affected.pts,
        affected.count,
        0,
    ))
}

pub(super) fn read_contents(
    cx: &mut Cx<'_>,
    r: f::ReadMessageContents,
) -> Answer<types::messages::AffectedMessages> {
    let me = cx.me;
    let affected = cx.world().consume(me, &r.id);
    Ok(types::messages::AffectedMessages::new(
        affected.pts,
        affected.count,
    ))
}

pub(super) fn read_mentions(
    cx: &mut Cx<'_>,
    r: f::ReadMentions,
) -> Answer<types::messages::AffectedHistory> {
    let peer = cx.peer(&r.peer)?;
    let me = cx.me;
    let affected = cx.world().read_mentions(me, peer);
    Ok(types::messages::AffectedHistory::new(
        affected.pts,
        affected.count,
        0,
    ))
}

pub(super) fn received(
    _: &mut Cx<'_>,
    _: f::ReceivedMessages,
) -> Answer<Vec<types::ReceivedNotifyMessage>> {
    Ok(Vec::new())
}

pub(super) fn set_typing(cx: &mut Cx<'_>, r: f::SetTyping) -> Answer<bool> {
    let peer = cx.peer(&r.peer)?;
    let me = cx.me;
    cx.server.world.may_talk(me, peer)?;
    cx.world().typing(me, peer, &r.action);
    Ok(true)
}

pub(super) fn peer_settings(
    cx: &mut Cx<'_>,
    r: f::GetPeerSettings,
) -> Answer<types::messages::PeerSettings> {
    let peer = cx.peer(&r.peer)?;
    let (users, chats) = cx.people(&crate::world::Mentions::of(&peer.peer()));
    Ok(types::messages::PeerSettings::new(
        types::PeerSettings::new(),
        chats,
        users,
    ))
}

pub(super) fn views(
    cx: &mut Cx<'_>,
    r: f::GetMessagesViews,
) -> Answer<types::messages::MessageViews> {
    let peer = cx.peer(&r.peer)?;
    let me = cx.me;
    let mut views = Vec::new();
    for id in &r.id {
        let content = cx
            .server
            .world
            .message(me, peer, *id)
            .and_then(|m| m.content());
        let count = content.and_then(|c| c.views).unwrap_or(0);
        views.push(types::MessageViews::new().views(count).forwards(0));
    }
    Ok(types::messages::MessageViews::new(
        views,
        Vec::new(),
        Vec::new(),
    ))
}

pub(super) fn onlines(cx: &mut Cx<'_>, r: f::GetOnlines) -> Answer<types::ChatOnlines> {
    cx.peer(&r.peer)?;
    Ok(types::ChatOnlines::new(1))
}

pub(super) fn toggle_no_forwards(
    cx: &mut Cx<'_>,
    r: f::ToggleNoForwards,
) -> Answer<types::Updates> {
    let peer = cx.peer(&r.peer)?;
    let me = cx.me;
    let kept = match peer.kind() {
        Kind::Channel(id) => cx
            .world()
            .channels
            .get_mut(&id)
            .map(|c| (c.creator, &mut c.keeps_content)),
        Kind::Group(id) => cx
            .world()
            .groups
            .get_mut(&id)
            .map(|g| (g.creator, &mut g.keeps_content)),
        Kind::User(_) => None,
    };
    let (creator, kept) = kept.ok_or_else(|| Fault::bad("PEER_ID_INVALID"))?;
    if creator != me {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    if *kept == r.enabled {
        return Err(Fault::bad("CHAT_NOT_MODIFIED"));
    }
    *kept = r.enabled;
    let event = types::ChannelAdminLogEventActionToggleNoForwards::new(r.enabled);
    cx.world().log(peer, me, event);
    Ok(cx.server.world.updates(me, cx.date(), Vec::new()))
}

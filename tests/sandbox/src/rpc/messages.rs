//! What is done to messages and chats besides sending and reading.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::{media, send};
use crate::fault::{Answer, Fault};
use crate::world::{Kind, PeerKey};

pub(super) fn edit(cx: &mut Cx<'_>, r: f::EditMessage) -> Answer<types::Updates> {
    let peer = cx.peer(&r.peer)?;
    let (me, date) = (cx.me, cx.date());
    let limit = i32::try_from(cx.server.options.edit_time.as_secs()).unwrap_or(i32::MAX);
    let stored = cx
        .server
        .world
        .message(me, peer, r.id)
        .ok_or_else(|| Fault::bad("MESSAGE_ID_INVALID"))?;
    let content = stored
        .content()
        .ok_or_else(|| Fault::bad("MESSAGE_ID_INVALID"))?
        .clone();
    if stored.author != me {
        return Err(Fault::forbidden("MESSAGE_AUTHOR_REQUIRED"));
    }
    let saved = peer == PeerKey::user(me);
    if !saved && !cx.server.world.is_bot(me) && date.saturating_sub(content.date) > limit {
        return Err(Fault::bad("MESSAGE_EDIT_TIME_EXPIRED"));
    }
    let media = match &r.media {
        Some(media) => Some(media::store(cx, media)?),
        None => content.media.clone(),
    };
    let (text, entities) = match &r.message {
        Some(text) => {
            send::checked_text(cx, text, r.entities.unwrap_or_default(), media.is_some())?
        }
        None => (
            content.message.clone(),
            content.entities.clone().unwrap_or_default(),
        ),
    };
    let entities = Some(entities).filter(|e| !e.is_empty());
    let same = text == content.message && entities == content.entities;
    if same && r.media.is_none() && r.reply_markup == content.reply_markup {
        return Err(Fault::bad("MESSAGE_NOT_MODIFIED"));
    }
    let markup = r.reply_markup.filter(|_| cx.server.world.is_bot(me));
    cx.world().edit(me, peer, r.id, &|m| {
        m.message = text.clone();
        m.entities = entities.clone();
        m.media = media.clone();
        m.reply_markup = markup.clone();
        m.edit_date = Some(date);
    });
    let (world, me) = (&cx.server.world, cx.me);
    let stored = world
        .message(me, peer, r.id)
        .ok_or_else(|| Fault::bad("MESSAGE_ID_INVALID"))?;
    let message = world.show(me, stored);
    let update = match peer.kind() {
        Kind::Channel(id) => {
            let pts = world.channels.get(&id).map_or(1, |c| c.journal.pts);
            types::UpdateEditChannelMessage::new(message, pts, 1).into()
        }
        _ => types::UpdateEditMessage::new(message, cx.my()?.mailbox.journal.pts, 1).into(),
    };
    Ok(world.updates(me, date, vec![update]))
}

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

/// Whether a message lies in a group whose creator somebody else is, and is somebody else's, too.
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
    let creator = cx.server.world.groups.get(&group).map(|g| g.creator);
    stored.author != cx.me && creator != Some(cx.me)
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
    _: f::ReadMessageContents,
) -> Answer<types::messages::AffectedMessages> {
    let pts = cx.my()?.mailbox.journal.pts;
    Ok(types::messages::AffectedMessages::new(pts, 0))
}

pub(super) fn read_mentions(
    cx: &mut Cx<'_>,
    r: f::ReadMentions,
) -> Answer<types::messages::AffectedHistory> {
    cx.peer(&r.peer)?;
    let pts = cx.my()?.mailbox.journal.pts;
    Ok(types::messages::AffectedHistory::new(pts, 0, 0))
}

pub(super) fn received(
    _: &mut Cx<'_>,
    _: f::ReceivedMessages,
) -> Answer<Vec<types::ReceivedNotifyMessage>> {
    Ok(Vec::new())
}

pub(super) fn set_typing(cx: &mut Cx<'_>, r: f::SetTyping) -> Answer<bool> {
    let peer = cx.peer(&r.peer)?;
    let (me, date) = (cx.me, cx.date());
    match peer.kind() {
        Kind::User(to) if to != me => {
            let update = types::UpdateUserTyping::new(me, r.action);
            cx.world()
                .push(to, types::UpdateShort::new(update, date).into());
        }
        Kind::Group(id) => {
            let members = cx
                .server
                .world
                .groups
                .get(&id)
                .map(|g| g.members.keys().copied().collect::<Vec<_>>());
            for to in members.unwrap_or_default().into_iter().filter(|m| *m != me) {
                let update = types::UpdateChatUserTyping::new(
                    id,
                    PeerKey::user(me).peer(),
                    r.action.clone(),
                );
                cx.world().tell(to, date, vec![update.into()]);
            }
        }
        _ => {}
    }
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

pub(super) fn pin(cx: &mut Cx<'_>, r: f::UpdatePinnedMessage) -> Answer<types::Updates> {
    let peer = cx.peer(&r.peer)?;
    let (me, date) = (cx.me, cx.date());
    if cx
        .server
        .world
        .message(me, peer, r.id)
        .and_then(|m| m.content())
        .is_none()
    {
        return Err(Fault::bad("MESSAGE_ID_INVALID"));
    }
    let pinned = !r.unpin;
    cx.world().edit(me, peer, r.id, &|m| m.pinned = pinned);
    let update = match peer.kind() {
        Kind::Channel(id) => {
            let pts = cx
                .server
                .world
                .channels
                .get(&id)
                .map_or(1, |c| c.journal.pts);
            types::UpdatePinnedChannelMessages::new(id, vec![r.id], pts, 1)
                .pinned(pinned)
                .into()
        }
        _ => {
            let pts = cx.my()?.mailbox.journal.pts;
            types::UpdatePinnedMessages::new(peer.peer(), vec![r.id], pts, 1)
                .pinned(pinned)
                .into()
        }
    };
    Ok(cx.server.world.updates(me, date, vec![update]))
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

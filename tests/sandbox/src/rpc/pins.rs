//! Pinned messages. See [pinning](https://core.telegram.org/api/pin).

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::send;
use crate::fault::{Answer, Fault};
use crate::world::{Act, Draft, Kind, PeerKey, Stored};

pub(super) fn pin(cx: &mut Cx<'_>, r: f::UpdatePinnedMessage) -> Answer<types::Updates> {
    let peer = cx.peer(&r.peer)?;
    let (me, date) = (cx.me, cx.date());
    cx.server.world.may(me, peer, Act::Pin)?;
    let world = &cx.server.world;
    let stored = world.message(me, peer, r.id);
    let content = stored.and_then(|m| m.content());
    let content = content.ok_or_else(|| Fault::bad("MESSAGE_ID_INVALID"))?;
    let pinned = !r.unpin;
    if content.pinned == pinned {
        return Err(Fault::bad("CHAT_NOT_MODIFIED"));
    }
    let affected = cx.world().pin(me, peer, &[r.id], pinned, r.pm_oneside);
    let world = &cx.server.world;
    if let Some(message) = world.message(me, peer, r.id).map(|m| world.show(me, m)) {
        let event = types::ChannelAdminLogEventActionUpdatePinned::new(message);
        cx.world().log(peer, me, event);
    }
    let update = match peer.kind() {
        Kind::Channel(id) => {
            let ids = vec![r.id];
            types::UpdatePinnedChannelMessages::new(id, ids, affected.pts, affected.count)
                .pinned(pinned)
                .into()
        }
        _ => {
            let ids = vec![r.id];
            types::UpdatePinnedMessages::new(peer.peer(), ids, affected.pts, affected.count)
                .pinned(pinned)
                .into()
        }
    };
    let mut all: Vec<types::Update> = vec![update];
    if pinned && !r.pm_oneside {
        let mut draft = Draft::service(me, peer, types::MessageAction::PinMessage);
        draft.reply_to = Some(r.id);
        draft.silent = r.silent;
        let posted = cx.world().post(date, draft)?;
        if let types::Updates::Updates(told) = send::sent(cx, peer, &[(0, posted)]) {
            all.extend(told.updates);
        }
    }
    Ok(cx.server.world.updates(me, date, all))
}

pub(super) fn unpin_all(
    cx: &mut Cx<'_>,
    r: f::UnpinAllMessages,
) -> Answer<types::messages::AffectedHistory> {
    let peer = cx.peer(&r.peer)?;
    let me = cx.me;
    cx.server.world.may(me, peer, Act::Pin)?;
    let ids = pinned(cx, peer);
    let affected = cx.world().pin(me, peer, &ids, false, false);
    Ok(types::messages::AffectedHistory::new(
        affected.pts,
        affected.count,
        0,
    ))
}

fn pinned(cx: &Cx<'_>, peer: PeerKey) -> Vec<i32> {
    let history = cx.server.world.history(cx.me, peer).into_iter();
    let pinned = history.filter(|m| m.content().is_some_and(|c| c.pinned));
    pinned.map(Stored::id).collect()
}

//! Messages that are pinned in their chats.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::send;
use crate::fault::{Answer, Fault};
use crate::world::{Draft, Kind, PeerKey};

/// Pins a message, which a service message tells as well, or unpins it.
pub(super) fn pin(cx: &mut Cx<'_>, r: f::UpdatePinnedMessage) -> Answer<types::Updates> {
    let peer = cx.peer(&r.peer)?;
    let (me, date) = (cx.me, cx.date());
    if !may_pin(cx, peer) {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    let message = cx.server.world.message(me, peer, r.id);
    let pinned = match message.and_then(|m| m.content()) {
        Some(content) => content.pinned,
        None => return Err(Fault::bad("MESSAGE_ID_INVALID")),
    };
    if pinned != r.unpin {
        return Err(Fault::bad("CHAT_NOT_MODIFIED"));
    }
    let update = cx.world().pin(me, peer, r.id, !r.unpin);
    let mut updates = cx
        .server
        .world
        .updates(me, date, update.into_iter().collect());
    if !r.unpin && !r.pm_oneside {
        let mut told = Draft::service(me, peer, types::MessageAction::PinMessage);
        (told.reply_to, told.silent) = (Some(r.id), r.silent);
        let posted = cx.world().post(date, told)?;
        let more = send::sent(cx, peer, &[(0, posted)]);
        if let (types::Updates::Updates(all), types::Updates::Updates(more)) = (&mut updates, more)
        {
            all.updates.extend(more.updates);
            (all.users, all.chats) = (more.users, more.chats);
        }
    }
    Ok(updates)
}

/// In groups every member may, as long as nobody has changed the permissions, which nobody can here.
fn may_pin(cx: &Cx<'_>, peer: PeerKey) -> bool {
    match peer.kind() {
        Kind::Channel(id) => {
            let channel = cx.server.world.channels.get(&id);
            channel.is_some_and(|c| !c.broadcast || c.is_admin(cx.me))
        }
        _ => true,
    }
}

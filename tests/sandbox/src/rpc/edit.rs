//! Editing messages.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::{markup, media, send};
use crate::fault::{Answer, Fault};
use crate::world::{Kind, PeerKey, Stored};

pub(super) fn edit(cx: &mut Cx<'_>, r: f::EditMessage) -> Answer<types::Updates> {
    let peer = cx.peer(&r.peer)?;
    let (me, date) = (cx.me, cx.date());
    let missing = || Fault::bad("MESSAGE_ID_INVALID");
    let stored = cx
        .server
        .world
        .message(me, peer, r.id)
        .ok_or_else(missing)?;
    let content = stored.content().ok_or_else(missing)?.clone();
    may_edit(cx, peer, stored, &content)?;
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
    let markup = markup::checked_again(cx, peer, r.reply_markup)?;
    let same = text == content.message && entities == content.entities && r.media.is_none();
    if same && markup == content.reply_markup {
        return Err(Fault::bad("MESSAGE_NOT_MODIFIED"));
    }
    let before = cx.server.world.message(me, peer, r.id);
    let before = before.map(|m| cx.server.world.show(me, m));
    cx.world().edit(me, peer, r.id, &|m| {
        m.message = text.clone();
        m.entities = entities.clone();
        m.media = media.clone();
        m.reply_markup = markup.clone();
        m.edit_date = Some(date);
        // Other buttons alone are not shown as an edit.
        m.edit_hide = same;
    });
    if let Some(media) = &r.media {
        media::forget(cx, media);
    }
    let after = cx.server.world.message(me, peer, r.id);
    let after = after.map(|m| cx.server.world.show(me, m));
    if let (Some(before), Some(after)) = (before, after) {
        let event = types::ChannelAdminLogEventActionEditMessage::new(before, after);
        cx.world().log(peer, me, event);
    }
    edited(cx, peer, r.id)
}

fn may_edit(
    cx: &Cx<'_>,
    peer: PeerKey,
    stored: &Stored,
    content: &types::MessageData,
) -> Answer<()> {
    let me = cx.me;
    let admin_of_posts = match peer.kind() {
        Kind::Channel(id) => {
            let channel = cx.server.world.channels.get(&id);
            let rights = channel
                .filter(|c| c.broadcast)
                .and_then(|c| c.admin_rights(me));
            rights.is_some_and(|r| r.edit_messages)
        }
        _ => false,
    };
    if content.fwd_from.is_some() || stored.author != me && !admin_of_posts {
        return Err(Fault::forbidden("MESSAGE_AUTHOR_REQUIRED"));
    }
    let limit = i32::try_from(cx.server.options.edit_time.as_secs()).unwrap_or(i32::MAX);
    let saved = peer == PeerKey::user(me);
    let late = cx.date().saturating_sub(content.date) > limit;
    if late && !saved && !cx.server.world.is_bot(me) {
        return Err(Fault::bad("MESSAGE_EDIT_TIME_EXPIRED"));
    }
    Ok(())
}

fn edited(cx: &Cx<'_>, peer: PeerKey, id: i32) -> Answer<types::Updates> {
    let (world, me) = (&cx.server.world, cx.me);
    let stored = world
        .message(me, peer, id)
        .ok_or_else(|| Fault::bad("MESSAGE_ID_INVALID"))?;
    let message = world.show(me, stored);
    let update = match peer.kind() {
        Kind::Channel(id) => {
            let pts = world.channels.get(&id).map_or(1, |c| c.journal.pts);
            types::UpdateEditChannelMessage::new(message, pts, 1).into()
        }
        _ => types::UpdateEditMessage::new(message, cx.my()?.mailbox.journal.pts, 1).into(),
    };
    Ok(world.updates(me, cx.date(), vec![update]))
}

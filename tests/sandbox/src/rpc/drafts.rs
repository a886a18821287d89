//! Messages that are begun and not sent.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::send;
use crate::fault::{Answer, Fault};
use crate::world::PeerKey;

pub(super) fn save(cx: &mut Cx<'_>, r: f::SaveDraft) -> Answer<bool> {
    let peer = cx.peer(&r.peer)?;
    let entities = r.entities.unwrap_or_default();
    let length = r.message.encode_utf16().count();
    let outside = |entity: &types::MessageEntity| {
        let (offset, span) = telewire_core::text::span(entity);
        let end = offset
            .checked_add(span)
            .and_then(|end| usize::try_from(end).ok());
        offset < 0 || span < 0 || end.is_none_or(|end| end > length)
    };
    if entities.iter().any(outside) {
        return Err(Fault::bad("ENTITY_BOUNDS_INVALID"));
    }
    let entities = send::named_users(cx, entities)?;
    let begun = !r.message.is_empty() || r.reply_to.is_some() || r.media.is_some();
    let date = cx.date();
    let draft = begun.then(|| {
        let mut draft = types::DraftMessageData::new(r.message, date);
        draft.no_webpage = r.no_webpage;
        draft.invert_media = r.invert_media;
        draft.entities = Some(entities).filter(|e| !e.is_empty());
        (draft.reply_to, draft.media, draft.effect) = (r.reply_to, r.media, r.effect);
        draft
    });
    set(cx, peer, draft)?;
    Ok(true)
}

/// The draft of a chat is gone, because it was sent.
pub(super) fn clear(cx: &mut Cx<'_>, peer: PeerKey) -> Answer<()> {
    set(cx, peer, None)
}

fn set(cx: &mut Cx<'_>, peer: PeerKey, draft: Option<types::DraftMessageData>) -> Answer<()> {
    let (me, date) = (cx.me, cx.date());
    if cx.my_mut()?.lists.set_draft(peer, draft.clone()) {
        let shown = match draft {
            Some(draft) => types::DraftMessage::from(draft),
            None => types::DraftMessageEmpty::new().date(date).into(),
        };
        let update = types::UpdateDraftMessage::new(peer.peer(), shown);
        // The account's other sessions.
        cx.world().tell(me, date, vec![update.into()]);
    }
    Ok(())
}

pub(super) fn get_all(cx: &mut Cx<'_>, _: f::GetAllDrafts) -> Answer<types::Updates> {
    let drafts = cx.my()?.lists.drafts();
    let updates = drafts
        .into_iter()
        .map(|(peer, draft)| types::UpdateDraftMessage::new(peer.peer(), draft.clone()).into())
        .collect();
    Ok(cx.server.world.updates(cx.me, cx.date(), updates))
}

pub(super) fn clear_all(cx: &mut Cx<'_>, _: f::ClearAllDrafts) -> Answer<bool> {
    let peers: Vec<PeerKey> = cx.my()?.lists.drafts().iter().map(|(p, _)| *p).collect();
    for peer in peers {
        clear(cx, peer)?;
    }
    Ok(true)
}

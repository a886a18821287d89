//! Sending messages.

use std::collections::{BTreeMap, BTreeSet};

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::help::{CAPTION_LENGTH, MESSAGE_LENGTH};
use super::{drafts, markup, media};
use crate::entities;
use crate::fault::{Answer, Fault};
use crate::world::{Draft, Kind, PeerKey, Posted};

/// The most files in an album.
const ALBUM: usize = 10;

pub(super) fn send_message(cx: &mut Cx<'_>, r: f::SendMessage) -> Answer<types::Updates> {
    cx.random_ids.push(r.random_id);
    let peer = cx.peer(&r.peer)?;
    let (text, entities) = checked_text(cx, &r.message, r.entities.unwrap_or_default(), false)?;
    let mut draft = Draft::text(cx.me, peer, &text);
    draft.entities = entities;
    draft.silent = r.silent;
    draft.markup = markup::checked(cx, peer, r.reply_markup)?;
    draft.reply_to = reply(cx, peer, r.reply_to.as_ref())?;
    draft.random_id = Some(r.random_id);
    let short = matches!(peer.kind(), Kind::User(id) if id != cx.me);
    let posted = post(cx, draft.clone())?;
    if r.clear_draft {
        drafts::clear(cx, peer)?;
    }
    if short {
        let entities = Some(draft.entities).filter(|e| !e.is_empty());
        let mut sent =
            types::UpdateShortSentMessage::new(posted.id, posted.pts, 1, posted.date).out(true);
        sent.entities = entities;
        return Ok(sent.into());
    }
    Ok(sent(cx, peer, &[(r.random_id, posted)]))
}

pub(super) fn send_media(cx: &mut Cx<'_>, r: f::SendMedia) -> Answer<types::Updates> {
    cx.random_ids.push(r.random_id);
    let peer = cx.peer(&r.peer)?;
    let (text, entities) = checked_text(cx, &r.message, r.entities.unwrap_or_default(), true)?;
    refuse_again(cx, peer, [r.random_id])?;
    let mut draft = Draft::text(cx.me, peer, &text);
    draft.media = Some(media::store(cx, &r.media)?);
    draft.entities = entities;
    draft.silent = r.silent;
    draft.markup = markup::checked(cx, peer, r.reply_markup)?;
    draft.reply_to = reply(cx, peer, r.reply_to.as_ref())?;
    draft.random_id = Some(r.random_id);
    let posted = post(cx, draft)?;
    media::forget(cx, &r.media);
    if r.clear_draft {
        drafts::clear(cx, peer)?;
    }
    Ok(sent(cx, peer, &[(r.random_id, posted)]))
}

pub(super) fn send_multi_media(cx: &mut Cx<'_>, r: f::SendMultiMedia) -> Answer<types::Updates> {
    cx.random_ids
        .extend(r.multi_media.iter().map(|m| m.random_id));
    let peer = cx.peer(&r.peer)?;
    if r.multi_media.len() > ALBUM {
        return Err(Fault::bad("MULTI_MEDIA_TOO_LONG"));
    }
    if r.multi_media.is_empty() {
        return Err(Fault::bad("MEDIA_EMPTY"));
    }
    refuse_again(cx, peer, r.multi_media.iter().map(|m| m.random_id))?;
    let album = cx.server.rng.i64();
    let reply_to = reply(cx, peer, r.reply_to.as_ref())?;
    let mut drafts = Vec::new();
    for single in r.multi_media {
        let (text, entities) = checked_text(
            cx,
            &single.message,
            single.entities.unwrap_or_default(),
            true,
        )?;
        let mut draft = Draft::text(cx.me, peer, &text);
        draft.media = Some(media::store(cx, &single.media)?);
        draft.entities = entities;
        draft.silent = r.silent;
        draft.album = Some(album);
        draft.reply_to = reply_to;
        draft.random_id = Some(single.random_id);
        drafts.push((single.random_id, draft));
    }
    let posted = post_all(cx, drafts)?;
    if r.clear_draft {
        drafts::clear(cx, peer)?;
    }
    Ok(sent(cx, peer, &posted))
}

pub(super) fn forward(cx: &mut Cx<'_>, r: f::ForwardMessages) -> Answer<types::Updates> {
    cx.random_ids.extend(&r.random_id);
    let (from, to) = (cx.peer(&r.from_peer)?, cx.peer(&r.to_peer)?);
    if r.id.is_empty() {
        return Err(Fault::bad("MESSAGE_IDS_EMPTY"));
    }
    if r.id.len() != r.random_id.len() || r.id.len() > 100 {
        return Err(Fault::bad("RANDOM_ID_INVALID"));
    }
    refuse_again(cx, to, r.random_id.iter().copied())?;
    let me = cx.me;
    if cx.server.world.keeps_its_content(from) {
        return Err(Fault::bad("CHAT_FORWARDS_RESTRICTED"));
    }
    let mut drafts = Vec::new();
    let mut albums = BTreeMap::new();
    for (id, random_id) in r.id.iter().zip(&r.random_id) {
        // What is not there is left out.
        let Some(stored) = cx.server.world.message(me, from, *id) else {
            continue;
        };
        let Some(content) = stored.content() else {
            continue;
        };
        if content.noforwards {
            return Err(Fault::bad("CHAT_FORWARDS_RESTRICTED"));
        }
        let mut draft = Draft::text(me, to, &content.message);
        draft.entities = content.entities.clone().unwrap_or_default();
        draft.media = content.media.clone();
        draft.silent = r.silent;
        draft.random_id = Some(*random_id);
        if r.drop_media_captions && draft.media.is_some() {
            draft.text.clear();
            draft.entities.clear();
        }
        draft.forward = (!r.drop_author).then(|| origin(content, stored.author));
        let album = content.grouped_id;
        draft.album = album.map(|old| match albums.get(&old) {
            Some(new) => *new,
            None => *albums.entry(old).or_insert(*random_id),
        });
        drafts.push((*random_id, draft));
    }
    if drafts.is_empty() {
        return Err(Fault::bad("MESSAGE_ID_INVALID"));
    }
    let posted = post_all(cx, drafts)?;
    Ok(sent(cx, to, &posted))
}

/// Where a forwarded message comes from; a forward of a forward names the first author.
fn origin(content: &types::MessageData, author: i64) -> types::MessageFwdHeader {
    if let Some(header) = &content.fwd_from {
        return header.clone();
    }
    let mut header = types::MessageFwdHeader::new(content.date);
    if content.post {
        header.from_id = Some(content.peer_id);
        header.channel_post = Some(content.id);
    } else {
        header.from_id = Some(PeerKey::user(author).peer());
    }
    header
}

/// Trimmed text within the limits, with all its entities.
pub(super) fn checked_text(
    cx: &Cx<'_>,
    text: &str,
    entities: Vec<types::MessageEntity>,
    caption: bool,
) -> Answer<(String, Vec<types::MessageEntity>)> {
    let units = i64::try_from(text.encode_utf16().count()).unwrap_or(i64::MAX);
    let outside = |e: &types::MessageEntity| {
        let (offset, length) = telewire_core::text::span(e);
        offset < 0 || length < 0 || i64::from(offset) + i64::from(length) > units
    };
    if entities.iter().any(outside) {
        return Err(Fault::bad("ENTITY_BOUNDS_INVALID"));
    }
    let named = named_users(cx, entities)?;
    let (text, marked) = entities::trim(text, named);
    let length = text.chars().count();
    if caption && length > CAPTION_LENGTH {
        return Err(Fault::bad("MEDIA_CAPTION_TOO_LONG"));
    }
    if !caption && text.is_empty() {
        return Err(Fault::bad("MESSAGE_EMPTY"));
    }
    if !caption && length > MESSAGE_LENGTH {
        return Err(Fault::bad("MESSAGE_TOO_LONG"));
    }
    let entities = entities::parse(&text, marked);
    Ok((text, entities))
}

/// Entities as they are stored.
pub(super) fn named_users(
    cx: &Cx<'_>,
    entities: Vec<types::MessageEntity>,
) -> Answer<Vec<types::MessageEntity>> {
    entities.into_iter().map(|e| name_user(cx, e)).collect()
}

/// A mention by name comes with an `InputUser` and goes with an identifier.
fn name_user(cx: &Cx<'_>, entity: types::MessageEntity) -> Answer<types::MessageEntity> {
    match entity {
        types::MessageEntity::InputMessageEntityMentionName(e) => {
            let user = cx.user(&e.user_id)?;
            Ok(types::MessageEntityMentionName::new(e.offset, e.length, user).into())
        }
        other => Ok(other),
    }
}

fn reply(cx: &Cx<'_>, peer: PeerKey, to: Option<&types::InputReplyTo>) -> Answer<Option<i32>> {
    let Some(types::InputReplyTo::Message(to)) = to else {
        return Ok(None);
    };
    let found = cx.server.world.message(cx.me, peer, to.reply_to_msg_id);
    found
        .map(|_| Some(to.reply_to_msg_id))
        .ok_or_else(|| Fault::bad("REPLY_MESSAGE_ID_INVALID"))
}

/// Refuses what was sent before, or is in the same request twice.
fn refuse_again(
    cx: &Cx<'_>,
    peer: PeerKey,
    random_ids: impl IntoIterator<Item = i64>,
) -> Answer<()> {
    let mut seen = BTreeSet::new();
    for id in random_ids {
        if !seen.insert(id) || cx.server.world.sent_before(cx.me, peer, id).is_some() {
            return Err(Fault::new(500, "RANDOM_ID_DUPLICATE"));
        }
    }
    Ok(())
}

pub(super) fn post(cx: &mut Cx<'_>, draft: Draft) -> Answer<Posted> {
    if let Some(random_id) = draft.random_id {
        refuse_again(cx, draft.to, [random_id])?;
    }
    let date = cx.date();
    cx.world().post(date, draft)
}

/// Several messages, each with its `random_id`. Whatever may refuse one of them has been asked before, so that none or all
/// of them are sent.
fn post_all(cx: &mut Cx<'_>, drafts: Vec<(i64, Draft)>) -> Answer<Vec<(i64, Posted)>> {
    let world = &cx.server.world;
    for (_, draft) in &drafts {
        world.may_send(draft)?;
        let one = drafts.len() == 1 || draft.album.is_some();
        if !one && world.is_slowed(draft.from, draft.to) {
            return Err(Fault::bad("SLOWMODE_MULTI_MSGS_DISABLED"));
        }
    }
    let posted = drafts
        .into_iter()
        .map(|(id, draft)| Ok((id, post(cx, draft)?)));
    posted.collect()
}

/// The answer with the new messages and the `random_id`s that they were sent with.
pub(super) fn sent(cx: &Cx<'_>, peer: PeerKey, posted: &[(i64, Posted)]) -> types::Updates {
    let (world, me) = (&cx.server.world, cx.me);
    let mut updates: Vec<types::Update> = Vec::new();
    for (random_id, posted) in posted {
        if *random_id != 0 {
            updates.push(types::UpdateMessageId::new(posted.id, *random_id).into());
        }
    }
    for (_, posted) in posted {
        let Some(stored) = world.message(me, peer, posted.id) else {
            continue;
        };
        let message = world.show(me, stored);
        updates.push(match peer.kind() {
            Kind::Channel(_) => types::UpdateNewChannelMessage::new(message, posted.pts, 1).into(),
            _ => types::UpdateNewMessage::new(message, posted.pts, 1).into(),
        });
    }
    world.updates(me, cx.date(), updates)
}

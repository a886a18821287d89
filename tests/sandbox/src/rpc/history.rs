//! Reading messages: histories, searches, single messages.

use telewire_schema::functions::{channels, messages as f};
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{Kind, Mentions, PeerKey, Stored};

/// The longest page, and the most identifiers in one request.
const PAGE: usize = 100;

/// Which part of a chat is wanted; zeros mean no bound.
#[derive(Clone, Copy, Default)]
struct Window {
    offset_id: i32,
    offset_date: i32,
    add_offset: i32,
    limit: i32,
    max_id: i32,
    min_id: i32,
}

pub(super) fn get_history(cx: &mut Cx<'_>, r: f::GetHistory) -> Answer<types::messages::Messages> {
    let peer = cx.peer(&r.peer)?;
    let window = Window {
        offset_id: r.offset_id,
        offset_date: r.offset_date,
        add_offset: r.add_offset,
        limit: r.limit,
        max_id: r.max_id,
        min_id: r.min_id,
    };
    Ok(page(cx, peer, window, |_| true))
}

pub(super) fn search(cx: &mut Cx<'_>, r: f::Search) -> Answer<types::messages::Messages> {
    let peer = match &r.peer {
        types::InputPeer::Empty => return Err(Fault::bad("PEER_ID_INVALID")),
        peer => cx.peer(peer)?,
    };
    let from = r.from_id.as_ref().map(|from| cx.peer(from)).transpose()?;
    let window = Window {
        offset_id: r.offset_id,
        offset_date: 0,
        add_offset: r.add_offset,
        limit: r.limit,
        max_id: r.max_id,
        min_id: r.min_id,
    };
    let q = r.q.to_lowercase();
    Ok(page(cx, peer, window, |m| {
        let dated = (r.min_date == 0 || m.date() >= r.min_date)
            && (r.max_date == 0 || m.date() <= r.max_date);
        let by = from.is_none_or(|from| PeerKey::user(m.author) == from);
        dated && by && m.text().to_lowercase().contains(&q) && passes(&r.filter, m)
    }))
}

/// The filters that the sandbox can tell apart.
fn passes(filter: &types::MessagesFilter, m: &Stored) -> bool {
    use types::MessagesFilter as F;
    let media = m.content().and_then(|c| c.media.as_ref());
    let photo = matches!(media, Some(types::MessageMedia::Photo(_)));
    let document = matches!(media, Some(types::MessageMedia::Document(_)));
    match filter {
        F::InputMessagesFilterEmpty => true,
        F::InputMessagesFilterPhotos => photo,
        F::InputMessagesFilterDocument => document,
        F::InputMessagesFilterPhotoVideo => photo,
        F::InputMessagesFilterUrl => {
            let entities = m
                .content()
                .and_then(|c| c.entities.as_deref())
                .unwrap_or_default();
            entities.iter().any(|e| {
                matches!(
                    e,
                    types::MessageEntity::Url(_) | types::MessageEntity::TextUrl(_)
                )
            })
        }
        F::InputMessagesFilterPinned => m.content().is_some_and(|c| c.pinned),
        _ => false,
    }
}

/// One page, newest message first.
fn page(
    cx: &Cx<'_>,
    peer: PeerKey,
    w: Window,
    wanted: impl Fn(&Stored) -> bool,
) -> types::messages::Messages {
    let (world, me) = (&cx.server.world, cx.me);
    let mut all: Vec<&Stored> = world
        .history(me, peer)
        .into_iter()
        .filter(|m| wanted(m))
        .collect();
    all.reverse();
    let total = all.len();
    // Where the page begins if nothing is added: behind everything that is not older than the offset.
    // The date counts only where no identifier is given: several messages may share it.
    let start = all.iter().position(|m| match (w.offset_id, w.offset_date) {
        (0, 0) => true,
        (0, date) => m.date() < date,
        (id, _) => m.id() < id,
    });
    let start = i64::try_from(start.unwrap_or(total)).unwrap_or(i64::MAX) + i64::from(w.add_offset);
    let limit = i64::try_from(usize::try_from(w.limit).unwrap_or(0).min(PAGE)).unwrap_or(0);
    // A negative offset beyond the newest message shortens the page.
    let end = usize::try_from(start + limit).unwrap_or(0).min(total);
    let start = usize::try_from(start).unwrap_or(0).min(end);
    let inside = |m: &&&Stored| (w.max_id == 0 || m.id() < w.max_id) && m.id() > w.min_id;
    let messages: Vec<types::Message> = all[start..end]
        .iter()
        .filter(inside)
        .map(|m| world.show(me, m))
        .collect();
    let complete = start == 0 && end == total;
    wrap(cx, peer, messages, total, complete, start)
}

/// The form that an answer has for this kind of chat.
fn wrap(
    cx: &Cx<'_>,
    peer: PeerKey,
    messages: Vec<types::Message>,
    total: usize,
    complete: bool,
    start: usize,
) -> types::messages::Messages {
    let mut mentions = Mentions::of(&messages);
    mentions.add(&peer.peer());
    let (users, chats) = cx.people(&mentions);
    let count = i32::try_from(total).unwrap_or(i32::MAX);
    if let Kind::Channel(id) = peer.kind() {
        let pts = cx
            .server
            .world
            .channels
            .get(&id)
            .map_or(1, |c| c.journal.pts);
        return types::messages::ChannelMessages::new(
            pts,
            count,
            messages,
            Vec::new(),
            chats,
            users,
        )
        .into();
    }
    if complete {
        return types::messages::MessagesData::new(messages, Vec::new(), chats, users).into();
    }
    types::messages::MessagesSlice::new(count, messages, Vec::new(), chats, users)
        .offset_id_offset(i32::try_from(start).unwrap_or(i32::MAX))
        .into()
}

pub(super) fn get_messages(
    cx: &mut Cx<'_>,
    r: f::GetMessages,
) -> Answer<types::messages::Messages> {
    let mut messages = Vec::new();
    let (world, me) = (&cx.server.world, cx.me);
    let mailbox = &cx.my()?.mailbox;
    for id in ids(&r.id)? {
        let found = match id {
            Wanted::Id(id) => mailbox.messages.get(&id),
            Wanted::ReplyOf(id) => {
                let reply = mailbox.messages.get(&id).and_then(replied);
                reply.and_then(|id| mailbox.messages.get(&id))
            }
            Wanted::Pinned => None,
        };
        messages.push(found.map_or_else(|| id.empty(), |m| world.show(me, m)));
    }
    let (users, chats) = cx.people(&Mentions::of(&messages));
    Ok(types::messages::MessagesData::new(messages, Vec::new(), chats, users).into())
}

pub(super) fn get_channel_messages(
    cx: &mut Cx<'_>,
    r: channels::GetMessages,
) -> Answer<types::messages::Messages> {
    let id = cx.channel(&r.channel)?;
    let (world, me) = (&cx.server.world, cx.me);
    let channel = world
        .channels
        .get(&id)
        .ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
    let mut messages = Vec::new();
    for id in ids(&r.id)? {
        let found = match id {
            Wanted::Id(id) => channel.messages.get(&id),
            Wanted::ReplyOf(id) => {
                let reply = channel.messages.get(&id).and_then(replied);
                reply.and_then(|id| channel.messages.get(&id))
            }
            Wanted::Pinned => channel
                .messages
                .values()
                .rev()
                .find(|m| m.content().is_some_and(|c| c.pinned)),
        };
        messages.push(found.map_or_else(|| id.empty(), |m| world.show(me, m)));
    }
    let total = messages.len();
    Ok(wrap(cx, PeerKey::channel(id), messages, total, true, 0))
}

#[derive(Clone, Copy)]
enum Wanted {
    Id(i32),
    ReplyOf(i32),
    Pinned,
}

impl Wanted {
    /// What stands for a message that is not there.
    fn empty(self) -> types::Message {
        let id = match self {
            Self::Id(id) | Self::ReplyOf(id) => id,
            Self::Pinned => 0,
        };
        types::MessageEmpty::new(id).into()
    }
}

fn ids(list: &[types::InputMessage]) -> Answer<Vec<Wanted>> {
    if list.len() > PAGE {
        return Err(Fault::bad("LIMIT_INVALID"));
    }
    let wanted = |id: &types::InputMessage| match id {
        types::InputMessage::Id(m) => Ok(Wanted::Id(m.id)),
        types::InputMessage::ReplyTo(m) => Ok(Wanted::ReplyOf(m.id)),
        types::InputMessage::Pinned => Ok(Wanted::Pinned),
        types::InputMessage::CallbackQuery(_) => Err(Fault::bad("MESSAGE_ID_INVALID")),
    };
    list.iter().map(wanted).collect()
}

/// What a message replies to.
fn replied(m: &Stored) -> Option<i32> {
    match m.content()?.reply_to.as_ref()? {
        types::MessageReplyHeader::MessageReplyHeader(h) => h.reply_to_msg_id,
        types::MessageReplyHeader::MessageReplyStoryHeader(_) => None,
    }
}

pub(super) fn get_scheduled(
    _: &mut Cx<'_>,
    _: f::GetScheduledHistory,
) -> Answer<types::messages::Messages> {
    Ok(types::messages::MessagesData::new(Vec::new(), Vec::new(), Vec::new(), Vec::new()).into())
}

pub(super) fn get_counters(
    cx: &mut Cx<'_>,
    r: f::GetSearchCounters,
) -> Answer<Vec<types::messages::SearchCounter>> {
    let peer = cx.peer(&r.peer)?;
    let history = cx.server.world.history(cx.me, peer);
    let count = |filter: types::MessagesFilter| {
        let count = history.iter().filter(|m| passes(&filter, m)).count();
        types::messages::SearchCounter::new(filter, i32::try_from(count).unwrap_or(i32::MAX))
    };
    Ok(r.filters.into_iter().map(count).collect())
}

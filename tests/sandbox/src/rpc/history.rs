//! Reading messages: histories and single messages.

use telewire_schema::functions::{channels, messages as f};
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{Kind, Mentions, PeerKey, Stored};

/// The longest page, and the most identifiers in one request.
pub(super) const PAGE: usize = 100;

/// Which part of a chat is wanted; zeros mean no bound.
#[derive(Clone, Copy, Default)]
pub(super) struct Window {
    pub(super) offset_id: i32,
    pub(super) offset_date: i32,
    pub(super) add_offset: i32,
    pub(super) limit: i32,
    pub(super) max_id: i32,
    pub(super) min_id: i32,
}

/// Whose messages a page is made of.
#[derive(Clone, Copy)]
pub(super) enum Chat {
    One(PeerKey),
    /// Everything that is counted for the account: private chats and basic groups.
    Own,
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
    Ok(page(cx, Chat::One(peer), window, |_| true))
}

/// One page, newest message first.
pub(super) fn page(
    cx: &Cx<'_>,
    chat: Chat,
    w: Window,
    wanted: impl Fn(&Stored) -> bool,
) -> types::messages::Messages {
    let (world, me) = (&cx.server.world, cx.me);
    let all = match chat {
        Chat::One(peer) => world.history(me, peer),
        Chat::Own => world.own(me),
    };
    let mut all: Vec<&Stored> = all.into_iter().filter(|m| wanted(m)).collect();
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
    wrap(cx, chat, messages, total, complete, start)
}

/// The form that an answer has for this kind of chat.
fn wrap(
    cx: &Cx<'_>,
    chat: Chat,
    messages: Vec<types::Message>,
    total: usize,
    complete: bool,
    start: usize,
) -> types::messages::Messages {
    let mut mentions = Mentions::brief(&messages);
    let kind = match chat {
        Chat::One(peer) => {
            mentions.add(&peer.peer());
            Some(peer.kind())
        }
        Chat::Own => None,
    };
    let (users, chats) = cx.people(&mentions);
    let count = i32::try_from(total).unwrap_or(i32::MAX);
    if let Some(Kind::Channel(id)) = kind {
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
        .offset_id_offset(i32::try_from(start).unwrap_or(i32::MAX))
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
                let reply = mailbox.messages.get(&id).and_then(Stored::replied);
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
    let wanted = ids(&r.id)?;
    // Numbers that no message can have do not count.
    if wanted.iter().all(|id| matches!(id, Wanted::Id(..=0))) {
        return Err(Fault::bad("MESSAGE_IDS_EMPTY"));
    }
    let mut messages = Vec::new();
    for id in wanted {
        let found = match id {
            Wanted::Id(id) => channel.messages.get(&id),
            Wanted::ReplyOf(id) => {
                let reply = channel.messages.get(&id).and_then(Stored::replied);
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
    let chat = Chat::One(PeerKey::channel(id));
    Ok(wrap(cx, chat, messages, total, true, 0))
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

pub(super) fn get_scheduled(
    _: &mut Cx<'_>,
    _: f::GetScheduledHistory,
) -> Answer<types::messages::Messages> {
    Ok(types::messages::MessagesData::new(Vec::new(), Vec::new(), Vec::new(), Vec::new()).into())
}

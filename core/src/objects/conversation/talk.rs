//! What a conversation has heard, and what of it was handed out.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use telewire_schema::types;

use crate::client::handle::lock;
use crate::client::router::Waiter;
use crate::error::Error;
use crate::peers::{PeerId, PeerMap};
use crate::updates::Update;

/// So many updates wait for somebody who waits for an event and does not look.
const MOST_EVENTS: usize = 1_024;

/// A message, as it came.
#[derive(Clone)]
pub(super) struct Heard {
    pub(super) raw: types::MessageData,
    pub(super) peers: Arc<PeerMap>,
}

/// Which messages end a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Response,
    Reply,
}

/// Why a conversation is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Cancelled,
    TooMany,
}

/// The state of a conversation, fed by the driver and read by those who wait.
pub(super) struct Talk {
    chat: PeerId,
    /// It is the chat with oneself, where only what was forwarded counts as incoming.
    own: bool,
    most: usize,
    heard: Mutex<State>,
}

#[derive(Default)]
struct State {
    incoming: Vec<Heard>,
    /// The last version of each message that was edited, in the order of the edits.
    edits: Vec<(u64, Heard)>,
    last_edit: u64,
    last_sent: Option<i32>,
    last_read: Option<i32>,
    /// For each message that was waited on, how many of `incoming` are used up.
    responses: HashMap<i32, usize>,
    /// The same for replies, where they are counted apart.
    replies: Option<HashMap<i32, usize>>,
    /// For each message that was waited on, the date and number of the edit that was handed out last.
    edits_seen: HashMap<i32, (i32, u64)>,
    events: Vec<(u64, Events)>,
    last_event: u64,
    wakers: Vec<Waker>,
    end: Option<End>,
}

/// What passes for one who waits for an event.
#[derive(Default)]
struct Events {
    updates: VecDeque<Arc<Update>>,
    lost: bool,
}

/// What those who wait do.
impl Talk {
    pub(super) fn new(chat: PeerId, own: bool, most: usize, replies_apart: bool) -> Self {
        let state = State {
            replies: replies_apart.then(HashMap::new),
            ..State::default()
        };
        Self {
            chat,
            own,
            most,
            heard: Mutex::new(state),
        }
    }

    /// Everything that waits ends, now and later.
    pub(super) fn cancel(&self) {
        self.end(End::Cancelled);
    }

    pub(super) fn sent(&self, id: i32) {
        lock(&self.heard).last_sent = Some(id);
    }

    pub(super) fn last_sent(&self) -> Option<i32> {
        lock(&self.heard).last_sent
    }

    pub(super) fn last_incoming(&self) -> Option<Heard> {
        lock(&self.heard).incoming.last().cloned()
    }

    /// The next message behind `target` that is wanted and was not handed out for it.
    pub(super) fn poll_message(
        &self,
        cx: &mut Context<'_>,
        wanted: Wanted,
        target: i32,
    ) -> Poll<Result<Heard, Error>> {
        let mut heard = lock(&self.heard);
        let state = &mut *heard;
        self.check(state)?;
        let used = match (&mut state.replies, wanted) {
            (Some(replies), Wanted::Reply) => replies,
            _ => &mut state.responses,
        };
        let behind = || state.incoming.iter().position(|m| m.raw.id > target);
        let first = used.get(&target).copied().or_else(behind);
        let fits =
            |heard: &Heard| wanted == Wanted::Response || replied(&heard.raw) == Some(target);
        let open = first.and_then(|first| Some((first, state.incoming.get(first..)?)));
        if let Some((first, messages)) = open
            && let Some(at) = messages.iter().position(fits)
            && let Some(found) = messages.get(at)
        {
            used.insert(target, first.saturating_add(at).saturating_add(1));
            return Poll::Ready(Ok(found.clone()));
        }
        note(&mut state.wakers, cx.waker());
        Poll::Pending
    }

    /// The next edit of a message behind `target`, by the date of the edit.
    pub(super) fn poll_edit(
        &self,
        cx: &mut Context<'_>,
        target: i32,
    ) -> Poll<Result<Heard, Error>> {
        let mut heard = lock(&self.heard);
        let state = &mut *heard;
        self.check(state)?;
        let seen = state.edits_seen.get(&target).copied().unwrap_or_default();
        let next = state
            .edits
            .iter()
            .filter(|(_, edit)| edit.raw.id > target)
            .map(|(number, edit)| ((edit.raw.edit_date.unwrap_or_default(), *number), edit))
            // Dates are in seconds; edits within one are told apart by their order.
            .filter(|(at, _)| *at > seen)
            .min_by_key(|(at, _)| *at);
        if let Some((at, edit)) = next {
            state.edits_seen.insert(target, at);
            return Poll::Ready(Ok(edit.clone()));
        }
        note(&mut state.wakers, cx.waker());
        Poll::Pending
    }

    /// Whether `target` was read.
    pub(super) fn poll_read(&self, cx: &mut Context<'_>, target: i32) -> Poll<Result<(), Error>> {
        let mut state = lock(&self.heard);
        self.check(&state)?;
        if state.last_read.is_some_and(|read| read >= target) {
            return Poll::Ready(Ok(()));
        }
        note(&mut state.wakers, cx.waker());
        Poll::Pending
    }

    /// From now on updates are kept for somebody who waits for an event.
    pub(super) fn expect(&self) -> u64 {
        let mut state = lock(&self.heard);
        state.last_event += 1;
        let id = state.last_event;
        state.events.push((id, Events::default()));
        id
    }

    pub(super) fn expect_no_more(&self, id: u64) {
        lock(&self.heard).events.retain(|(at, _)| *at != id);
    }

    /// The next update for the one who waits for an event under that number.
    pub(super) fn poll_event(
        &self,
        cx: &mut Context<'_>,
        id: u64,
    ) -> Poll<Result<Arc<Update>, Error>> {
        let mut heard = lock(&self.heard);
        let state = &mut *heard;
        if let Some((_, events)) = state.events.iter_mut().find(|(at, _)| *at == id) {
            if events.lost {
                return Poll::Ready(Err(Error::misuse(
                    "too many updates have passed before this event was waited for; await it sooner",
                )));
            }
            if let Some(update) = events.updates.pop_front() {
                return Poll::Ready(Ok(update));
            }
        }
        self.check(state)?;
        note(&mut state.wakers, cx.waker());
        Poll::Pending
    }

    fn check(&self, state: &State) -> Result<(), Error> {
        match state.end {
            None => Ok(()),
            Some(End::Cancelled) => Err(Error::ConversationCancelled),
            Some(End::TooMany) => Err(Error::misuse(format!(
                "more than {} messages came in during this conversation; allow more with max_messages()",
                self.most
            ))),
        }
    }
}

/// What the driver does.
impl Talk {
    fn end(&self, why: End) {
        let wakers = {
            let mut state = lock(&self.heard);
            state.end.get_or_insert(why);
            std::mem::take(&mut state.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Whether a message is one that the other side has sent to this chat.
    fn concerns(&self, message: &types::MessageData) -> bool {
        let out = message.out || (self.own && message.fwd_from.is_none());
        PeerId::from(&message.peer_id) == self.chat && !out
    }

    fn message(&self, state: &mut State, heard: Heard) {
        if state.incoming.len() >= self.most {
            state.end.get_or_insert(End::TooMany);
        } else {
            state.incoming.push(heard);
        }
    }

    fn edit(&self, state: &mut State, heard: Heard) {
        let id = heard.raw.id;
        if let Some(known) = state.incoming.iter_mut().find(|m| m.raw.id == id) {
            *known = heard.clone();
        }
        state.edits.retain(|(_, edit)| edit.raw.id != id);
        if state.edits.len() >= self.most.max(1) {
            state.edits.remove(0);
        }
        state.last_edit += 1;
        state.edits.push((state.last_edit, heard));
    }
}

impl Waiter for Talk {
    fn offer(&self, update: &Arc<Update>) {
        use types::Update as U;
        let mut heard = lock(&self.heard);
        let state = &mut *heard;
        if state.end.is_some() {
            return;
        }
        let mut news = !state.events.is_empty();
        for (_, events) in &mut state.events {
            if events.updates.len() < MOST_EVENTS {
                events.updates.push_back(Arc::clone(update));
            } else {
                events.lost = true;
            }
        }
        let (message, is_new) = match &update.raw {
            U::NewMessage(u) => (Some(&u.message), true),
            U::NewChannelMessage(u) => (Some(&u.message), true),
            U::EditMessage(u) => (Some(&u.message), false),
            U::EditChannelMessage(u) => (Some(&u.message), false),
            _ => (None, false),
        };
        if let Some(types::Message::Message(raw)) = message
            && self.concerns(raw)
        {
            news = true;
            let heard = Heard {
                raw: (**raw).clone(),
                peers: update.peers.clone(),
            };
            if is_new {
                self.message(state, heard);
            } else {
                self.edit(state, heard);
            }
        }
        let read = match &update.raw {
            U::ReadHistoryOutbox(u) => Some((PeerId::from(&u.peer), u.max_id)),
            U::ReadChannelOutbox(u) => Some((PeerId::Channel(u.channel_id), u.max_id)),
            _ => None,
        };
        if let Some((_, id)) = read.filter(|(chat, _)| *chat == self.chat) {
            news = true;
            state.last_read = state.last_read.max(Some(id));
        }
        if !news {
            return;
        }
        let wakers = std::mem::take(&mut state.wakers);
        drop(heard);
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// The message that one replies to.
fn replied(message: &types::MessageData) -> Option<i32> {
    match &message.reply_to {
        Some(types::MessageReplyHeader::MessageReplyHeader(header)) => header.reply_to_msg_id,
        _ => None,
    }
}

/// Adds a waker unless it is there already.
fn note(wakers: &mut Vec<Waker>, waker: &Waker) {
    if !wakers.iter().any(|w| w.will_wake(waker)) {
        wakers.push(waker.clone());
    }
}

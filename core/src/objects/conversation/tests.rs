//! What a conversation hands out, and in which order.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::client::router::Waiter;
use crate::updates::Update;

const FRIEND: PeerId = PeerId::User(7);

fn talk(replies_apart: bool) -> Talk {
    Talk::new(FRIEND, false, 5, replies_apart)
}

fn update(raw: types::Update) -> Arc<Update> {
    Arc::new(Update {
        raw,
        peers: Arc::default(),
        date: 0,
        catch_up: false,
        gap: None,
    })
}

fn message(id: i32) -> types::MessageData {
    types::MessageData::new(id, types::PeerUser::new(7), 0, "x")
}

fn reply(id: i32, to: i32) -> types::MessageData {
    message(id).reply_to(types::MessageReplyHeaderData::new().reply_to_msg_id(to))
}

fn edit(id: i32, date: i32) -> types::MessageData {
    message(id).edit_date(date)
}

fn hear(talk: &Talk, message: types::MessageData) {
    talk.offer(&update(types::UpdateNewMessage::new(message, 0, 0).into()));
}

fn see_edit(talk: &Talk, message: types::MessageData) {
    talk.offer(&update(types::UpdateEditMessage::new(message, 0, 0).into()));
}

fn read(talk: &Talk, peer: impl Into<types::Peer>, max_id: i32) {
    talk.offer(&update(
        types::UpdateReadHistoryOutbox::new(peer, max_id, 0, 0).into(),
    ));
}

/// The id of what a wait ends with, if it ends.
fn id(poll: Poll<Result<Heard, Error>>) -> Option<i32> {
    match poll {
        Poll::Ready(heard) => Some(heard.unwrap().raw.id),
        Poll::Pending => None,
    }
}

/// Waits once and tells the id.
macro_rules! next {
    ($talk:ident, $wanted:ident, $target:expr) => {
        id($talk.poll_message(
            &mut Context::from_waker(Waker::noop()),
            Wanted::$wanted,
            $target,
        ))
    };
}

fn next_edit(talk: &Talk, target: i32) -> Option<i32> {
    id(talk.poll_edit(&mut Context::from_waker(Waker::noop()), target))
}

#[test]
fn what_came_before_is_handed_out_in_order_and_once() {
    let talk = talk(false);
    [3, 5, 6]
        .into_iter()
        .for_each(|id| hear(&talk, message(id)));
    // parity: O-conversation.get_response, O-conversation.get_response.queue
    assert_eq!(next!(talk, Response, 4), Some(5));
    assert_eq!(next!(talk, Response, 4), Some(6));
    assert_eq!(next!(talk, Response, 4), None);
    hear(&talk, message(8));
    assert_eq!(next!(talk, Response, 4), Some(8));
    // Another message that is waited on has its own count.
    assert_eq!(next!(talk, Response, 2), Some(3));
}

#[test]
fn own_messages_and_other_chats_are_no_responses() {
    let talk = talk(false);
    // parity: O-conversation.ignore_out
    hear(&talk, message(2).out(true));
    let elsewhere = types::MessageData::new(3, types::PeerUser::new(8), 0, "x");
    hear(&talk, elsewhere);
    let service = types::MessageService::new(
        4,
        types::PeerUser::new(7),
        0,
        types::MessageAction::HistoryClear,
    );
    talk.offer(&update(types::UpdateNewMessage::new(service, 0, 0).into()));
    assert_eq!(next!(talk, Response, 0), None);
    // In the chat with oneself, only what was forwarded there comes from somebody else.
    let talk = Talk::new(FRIEND, true, 5, false);
    hear(&talk, message(5));
    hear(&talk, message(6).fwd_from(types::MessageFwdHeader::new(0)));
    assert_eq!(next!(talk, Response, 0), Some(6));
}

#[test]
fn replies_and_responses_use_up_the_same_messages_or_not() {
    let hear_all = |talk: &Talk| {
        hear(talk, message(11));
        hear(talk, reply(12, 10));
        hear(talk, reply(13, 9));
        hear(talk, reply(14, 10));
    };
    // parity: M-dialogs.conversation.replies_are_responses, O-conversation.get_reply
    let together = talk(false);
    hear_all(&together);
    assert_eq!(next!(together, Reply, 10), Some(12));
    assert_eq!(next!(together, Response, 10), Some(13));
    assert_eq!(next!(together, Reply, 10), Some(14));
    assert_eq!(next!(together, Response, 10), None);
    let apart = talk(true);
    hear_all(&apart);
    assert_eq!(next!(apart, Reply, 10), Some(12));
    assert_eq!(next!(apart, Response, 10), Some(11));
    assert_eq!(next!(apart, Response, 10), Some(12));
    assert_eq!(next!(apart, Reply, 10), Some(14));
}

#[test]
fn edits_come_by_their_date_and_those_of_one_second_one_by_one() {
    let talk = talk(false);
    hear(&talk, message(11));
    see_edit(&talk, edit(11, 200));
    see_edit(&talk, edit(12, 100));
    see_edit(&talk, edit(9, 50));
    // parity: O-conversation.get_edit
    assert_eq!(next_edit(&talk, 10), Some(12));
    assert_eq!(next_edit(&talk, 10), Some(11));
    assert_eq!(next_edit(&talk, 10), None);
    see_edit(&talk, edit(12, 200));
    see_edit(&talk, edit(13, 200));
    assert_eq!(next_edit(&talk, 10), Some(12));
    assert_eq!(next_edit(&talk, 10), Some(13));
    assert_eq!(next_edit(&talk, 10), None);
    // The response is the edited one.
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(first)) = talk.poll_message(&mut cx, Wanted::Response, 10) else {
        panic!("it is there");
    };
    assert_eq!(first.raw.edit_date, Some(200));
}

#[test]
fn of_several_edits_of_a_message_the_last_counts() {
    let talk = talk(false);
    see_edit(&talk, edit(11, 100));
    see_edit(&talk, edit(11, 100).silent(true));
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(last)) = talk.poll_edit(&mut cx, 10) else {
        panic!("it is there");
    };
    assert!(last.raw.silent);
    assert_eq!(next_edit(&talk, 10), None);
    // However many are edited, no more are kept than messages may come.
    (12..100).for_each(|id| see_edit(&talk, edit(id, 300)));
    assert_eq!(next_edit(&talk, 10), Some(95));
}

#[test]
fn a_message_is_read_once_it_or_a_later_one_is() {
    let talk = talk(false);
    let is_read = |id| {
        let mut cx = Context::from_waker(Waker::noop());
        talk.poll_read(&mut cx, id).is_ready()
    };
    // parity: O-conversation.wait_read
    assert!(!is_read(10));
    read(&talk, types::PeerUser::new(8), 20);
    read(&talk, types::PeerUser::new(7), 9);
    assert!(!is_read(10) && is_read(9));
    read(&talk, types::PeerUser::new(7), 10);
    assert!(is_read(10) && is_read(3) && !is_read(11));
    let inbox = types::UpdateReadHistoryInbox::new(types::PeerUser::new(7), 30, 0, 0, 0);
    talk.offer(&update(inbox.into()));
    assert!(!is_read(11));
}

#[test]
fn in_channels_edits_and_reads_count_as_well() {
    let peer = || types::PeerChannel::new(5);
    let talk = Talk::new(PeerId::Channel(5), false, 5, false);
    let post = types::MessageData::new(2, peer(), 0, "x");
    talk.offer(&update(
        types::UpdateNewChannelMessage::new(post.clone(), 0, 0).into(),
    ));
    talk.offer(&update(
        types::UpdateEditChannelMessage::new(post.edit_date(7), 0, 0).into(),
    ));
    talk.offer(&update(types::UpdateReadChannelOutbox::new(5, 3).into()));
    assert_eq!(next!(talk, Response, 1), Some(2));
    assert_eq!(next_edit(&talk, 1), Some(2));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(talk.poll_read(&mut cx, 3).is_ready());
}

#[test]
fn too_many_messages_fail_everything_then_and_later() {
    let talk = talk(false);
    (1..=5).for_each(|id| hear(&talk, message(id)));
    assert_eq!(next!(talk, Response, 0), Some(1));
    hear(&talk, message(6));
    let mut cx = Context::from_waker(Waker::noop());
    // parity: M-dialogs.conversation.max_messages, O-conversation.too_many
    let failed =
        |error: Error| matches!(&error, Error::Misuse(text) if text.contains("more than 5"));
    let Poll::Ready(Err(error)) = talk.poll_message(&mut cx, Wanted::Response, 0) else {
        panic!("nothing is given any more");
    };
    assert!(failed(error));
    for poll in [talk.poll_read(&mut cx, 1), talk.poll_read(&mut cx, 99)] {
        let Poll::Ready(Err(error)) = poll else {
            panic!("nothing is waited for any more");
        };
        assert!(failed(error));
    }
    assert!(talk.poll_edit(&mut cx, 0).ready_and(|r| r.is_err()));
}

trait ReadyAnd<T> {
    fn ready_and(self, test: impl FnOnce(T) -> bool) -> bool;
}

impl<T> ReadyAnd<T> for Poll<T> {
    fn ready_and(self, test: impl FnOnce(T) -> bool) -> bool {
        match self {
            Poll::Ready(value) => test(value),
            Poll::Pending => false,
        }
    }
}

#[test]
fn a_cancelled_conversation_gives_nothing_more() {
    let talk = talk(false);
    hear(&talk, message(1));
    talk.cancel();
    hear(&talk, message(2));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(matches!(
        talk.poll_message(&mut cx, Wanted::Response, 0),
        Poll::Ready(Err(Error::ConversationCancelled))
    ));
}

#[test]
fn updates_are_kept_for_events_within_bounds() {
    let talk = talk(false);
    let id = talk.expect();
    hear(&talk, message(1));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(talk.poll_event(&mut cx, id).ready_and(|r| r.is_ok()));
    assert!(talk.poll_event(&mut cx, id).is_pending());
    (0..2_000).for_each(|_| read(&talk, types::PeerUser::new(7), 1));
    assert!(talk.poll_event(&mut cx, id).ready_and(|r| r.is_err()));
    talk.expect_no_more(id);
    hear(&talk, message(2));
    assert!(talk.poll_event(&mut cx, id).is_pending());
}

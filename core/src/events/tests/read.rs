//! Messages that were read.

use super::*;
use crate::client::testing::{refuse, value};
use crate::objects::Message;

fn build(stage: &Stage, raw: impl Into<types::Update>) -> MessageReadEvent {
    MessageReadEvent::build(&stage.client, &update(raw)).expect("something was read")
}

fn ada() -> types::Peer {
    types::PeerUser::new(5).into()
}

/// Every update that says so: with the chat, whether others have read, up to where, and whether it is about contents.
fn all() -> Vec<(types::Update, Option<PeerId>, bool, i32, bool)> {
    let (user, channel) = (Some(PeerId::User(5)), Some(PeerId::Channel(3)));
    vec![
        (
            types::UpdateReadHistoryInbox::new(ada(), 30, 0, 9, 1).into(),
            user,
            false,
            30,
            false,
        ),
        (
            types::UpdateReadHistoryOutbox::new(ada(), 31, 9, 1).into(),
            user,
            true,
            31,
            false,
        ),
        (
            types::UpdateReadChannelInbox::new(3, 32, 0, 9).into(),
            channel,
            false,
            32,
            false,
        ),
        (
            types::UpdateReadChannelOutbox::new(3, 33).into(),
            channel,
            true,
            33,
            false,
        ),
        (
            types::UpdateReadMessagesContents::new(vec![7, 34, 8], 9, 3).into(),
            None,
            false,
            34,
            true,
        ),
        (
            types::UpdateChannelReadMessagesContents::new(3, vec![35, 4]).into(),
            channel,
            false,
            35,
            true,
        ),
    ]
}

#[test]
fn six_updates_say_that_something_was_read() {
    let stage = stage();
    for (raw, chat, outbox, max_id, contents) in all() {
        let event = build(&stage, raw.clone());
        // parity: E-read.triggers, E-read.event.max_id, E-read.event.outbox, E-read.event.inbox
        assert_eq!(event.chat_id(), chat, "{raw:?}");
        assert_eq!(
            (event.outbox(), event.inbox()),
            (outbox, !outbox),
            "{raw:?}"
        );
        assert_eq!(event.max_id(), max_id, "{raw:?}");
        // parity: E-read.event.contents
        assert_eq!(event.contents(), contents, "{raw:?}");
        assert!(!(event.contents() && event.outbox()));
        assert_eq!(event.original_update(), &raw);
        // parity: E-read.event.message_ids
        let ids: &[i32] = match &raw {
            types::Update::ReadMessagesContents(u) => &u.messages,
            types::Update::ChannelReadMessagesContents(u) => &u.messages,
            _ => &[],
        };
        assert_eq!(event.message_ids(), ids);
        assert_eq!(contents, !ids.is_empty());
    }
    let other = update(types::UpdateReadChannelDiscussionOutbox::new(3, 1, 2));
    assert!(MessageReadEvent::build(&stage.client, &other).is_none());
    let nothing = build(&stage, types::UpdateReadMessagesContents::new(vec![], 9, 0));
    assert_eq!((nothing.max_id(), nothing.contents()), (0, true));
}

#[test]
fn a_builder_is_for_one_direction() {
    let mut stage = stage();
    for (raw, chat, outbox, ..) in all() {
        let raw = update(raw);
        // parity: E-read.new, E-read.inbox
        assert_eq!(wants(&mut stage, MessageRead::new(), &raw), outbox);
        assert_eq!(wants(&mut stage, MessageRead::new().inbox(), &raw), !outbox);
        let both = || [MessageRead::new(), MessageRead::new().inbox()];
        let mut any = |change: &dyn Fn(MessageRead) -> MessageRead| {
            let builders = both().into_iter().map(change);
            builders
                .filter(|_| true)
                .any(|b| wants(&mut stage, b, &raw))
        };
        let ada = chat == Some(PeerId::User(5));
        assert_eq!(any(&|b| b.chats([5])), ada);
        assert_eq!(any(&|b| b.chats([5]).blacklist_chats()), !ada);
        let long = |event: &MessageReadEvent| event.max_id() > 32;
        let is_long = MessageReadEvent::build(&Stage::new().client, &raw).is_some_and(|e| long(&e));
        assert_eq!(any(&|b| b.func(long)), is_long);
    }
}

#[test]
fn whether_messages_are_read_follows_from_their_ids() {
    let stage = stage();
    let event = build(&stage, types::UpdateReadHistoryOutbox::new(ada(), 10, 9, 1));
    let message = |id| {
        let raw = types::MessageData::new(id, types::PeerUser::new(5), 1, "");
        Message::new(&stage.client, raw.into(), Arc::default())
    };
    // parity: E-read.event.is_read
    assert!(event.is_read(9) && event.is_read(10) && !event.is_read(11));
    assert!(event.is_read(message(10)) && !event.is_read(message(11)));
    assert_eq!(event.are_read([11, 10, 9]), [false, true, true]);
    assert_eq!(event.are_read(vec![message(9), message(12)]), [true, false]);
    // parity: E-read.event.contains
    assert!(event.contains(10) && event.contains([9, 10]) && event.contains(message(3)));
    assert!(!event.contains(11) && !event.contains([9, 11]) && !event.contains([message(12)]));
}

#[test]
fn the_messages_whose_contents_were_read_are_fetched_once() {
    let mut stage = stage();
    let channel = types::Channel::new(3, "C", types::ChatPhoto::Empty, 0).access_hash(4);
    let read = types::UpdateChannelReadMessagesContents::new(3, vec![35, 4]);
    let read = bringing(read, vec![], vec![channel.into()]);
    let event = MessageReadEvent::build(&stage.client, &read).unwrap();
    let mut asked = Vec::new();
    let found = stage.run(
        |_| async {
            let first = event.get_messages().await.unwrap();
            let again = event.get_messages().await.unwrap();
            assert_eq!(first.len(), again.len());
            first
        },
        |request| {
            asked.push(request.name);
            let of =
                |id| types::MessageData::new(id, types::PeerChannel::new(3), 1, "voice").into();
            let gone = types::MessageEmpty::new(4).into();
            value(&types::messages::Messages::from(
                types::messages::ChannelMessages::new(
                    9,
                    2,
                    vec![of(35), gone],
                    vec![],
                    vec![],
                    vec![],
                ),
            ))
        },
    );
    // parity: E-read.event.get_messages
    assert_eq!(found.iter().map(Message::id).collect::<Vec<_>>(), [35]);
    assert_eq!(asked, ["channels.getMessages"]);
}

#[test]
fn without_a_chat_there_are_no_messages() {
    let mut stage = stage();
    let contents = types::UpdateReadMessagesContents::new(vec![7], 9, 1);
    let history = types::UpdateReadHistoryInbox::new(ada(), 30, 0, 9, 1);
    for raw in [types::Update::from(contents), history.into()] {
        let event = build(&stage, raw);
        let found = stage.run(
            |_| async move { event.get_messages().await.unwrap() },
            |request| unreachable!("{} was asked", request.name),
        );
        // parity: E-read.event.get_messages
        assert!(found.is_empty());
    }
    // A channel that nobody knows.
    let unknown = build(
        &stage,
        types::UpdateChannelReadMessagesContents::new(3, vec![1]),
    );
    let found = stage.run(
        |_| async move { unknown.get_messages().await.unwrap() },
        |_| refuse(400, "CHANNEL_INVALID"),
    );
    assert!(found.is_empty());
}

#[test]
fn a_reading_is_printed_like_telethon_does_it() {
    let stage = stage();
    let read = build(&stage, types::UpdateReadHistoryOutbox::new(ada(), 10, 9, 1));
    assert_eq!(
        format!("{read}"),
        "MessageRead.Event(original_update=UpdateReadHistoryOutbox(peer=PeerUser(user_id=5), max_id=10, pts=9, pts_count=1), \
         outbox=True, contents=False, max_id=10)"
    );
}

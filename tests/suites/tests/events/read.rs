//! Messages that were read.

use telewire_core::Client;
use telewire_core::client::Read;
use telewire_core::events::{MessageRead, MessageReadEvent};
use telewire_core::objects::Message;
use telewire_core::peers::PeerId;
use telewire_core::{functions, types};
use telewire_tests::account::newest;

use crate::{Scene, scene};

/// Grace notes where something was read, by whom, and up to which message.
fn hear(s: &Scene<'_>, name: &'static str, events: MessageRead) {
    let log = s.log.clone();
    s.grace.on(events, move |event| {
        log.note(format!("{name} {}", told(&event)));
        async {}
    });
}

fn told(event: &MessageReadEvent) -> String {
    let place = event.chat_id().map(PeerId::marked);
    let who = if event.outbox() { "others" } else { "me" };
    assert_eq!(event.inbox(), !event.outbox());
    format!("{place:?} {who} {}", event.max_id())
}

async fn read(client: &Client, chat: i64) {
    assert!(
        client
            .send_read_acknowledge(chat, Read::all())
            .await
            .unwrap()
    );
}

#[test]
fn both_directions_are_told_apart() {
    scene(61, async |s| {
        let (ada, grace) = (s.ada_id, s.grace_id);
        hear(s, "sent", MessageRead::new());
        hear(s, "got", MessageRead::new().inbox());
        hear(s, "of ada", MessageRead::new().chats([ada]));
        hear(
            s,
            "not of ada",
            MessageRead::new().chats([ada]).blacklist_chats(),
        );
        hear(
            s,
            "late",
            MessageRead::new().func(|event| event.max_id() > 1_000_000),
        );
        s.run();
        let other = s.other_device().await;
        let sent = s.grace.send_message(ada, "seen?").await.unwrap().id();
        s.settle().await;
        read(&s.ada, grace).await;
        // parity: E-read.new, E-read.inbox, E-read.triggers, E-read.event.outbox, E-read.event.max_id
        let by_ada = format!("Some({ada}) others {sent}");
        assert_eq!(
            s.heard().await,
            [format!("sent {by_ada}"), format!("of ada {by_ada}")]
        );
        s.write("and this?").await;
        s.settle().await;
        let got = newest(&s.grace, ada).await.id();
        read(&other, ada).await;
        // parity: E-read.event.inbox
        assert_eq!(s.heard().await, [format!("got Some({ada}) me {got}")]);
    });
}

#[test]
fn channels_are_read_as_well() {
    scene(62, async |s| {
        let (id, own) = s.supergroup("Round table").await;
        hear(s, "sent", MessageRead::new().chats([id]));
        hear(s, "got", MessageRead::new().inbox().chats([id]));
        s.run();
        let other = s.other_device().await;
        let sent = s.grace.send_message(id, "hello").await.unwrap().id();
        s.settle().await;
        let all = functions::channels::ReadHistory::new(own, i32::MAX);
        s.ada.invoke(&all).await.unwrap();
        // parity: E-read.triggers
        assert_eq!(s.heard().await, [format!("sent Some({id}) others {sent}")]);
        let got = s.ada.send_message(id, "welcome").await.unwrap().id();
        s.settle().await;
        read(&other, id).await;
        assert_eq!(s.heard().await, [format!("got Some({id}) me {got}")]);
    });
}

#[test]
fn what_was_read_follows_from_the_event() {
    scene(63, async |s| {
        let first = s.grace.send_message(s.ada_id, "first").await.unwrap();
        let second = s.grace.send_message(s.ada_id, "second").await.unwrap();
        let log = s.log.clone();
        let both = [first.clone(), second.clone()];
        s.grace.on(MessageRead::new(), move |event| {
            // parity: E-read.event.is_read, E-read.event.contains
            assert!(event.is_read(&first) && !event.is_read(&second));
            assert_eq!(event.are_read(&both), [true, false]);
            assert!(event.contains(first.id()) && !event.contains(&both));
            assert!(!event.contents() && event.message_ids().is_empty());
            let log = log.clone();
            async move {
                assert!(event.get_messages().await?.is_empty());
                // parity: E-common.event.chatgetter
                assert!(event.get_chat().await?.is_user() && event.is_private());
                assert_eq!(Some(event.get_input_chat().await?), event.input_chat());
                log.note("looked");
                Ok::<_, telewire_core::Error>(())
            }
        });
        s.run();
        s.settle().await;
        let theirs = s.ada.get_messages(s.grace_id, 2).await.unwrap();
        let up_to = Read::up_to(theirs[1].id());
        s.ada
            .send_read_acknowledge(s.grace_id, up_to)
            .await
            .unwrap();
        assert_eq!(s.heard().await, ["looked"]);
    });
}

#[test]
fn contents_that_were_read_name_their_messages() {
    scene(64, async |s| {
        let (id, _) = s.supergroup("Round table").await;
        s.settle().await;
        let theirs = match s.grace.get_input_entity(id).await.unwrap() {
            types::InputPeer::Channel(c) => {
                types::InputChannelData::new(c.channel_id, c.access_hash)
            }
            other => panic!("{other:?}"),
        };
        let log = s.log.clone();
        s.grace.on(MessageRead::new().inbox(), move |event| {
            let log = log.clone();
            async move {
                // parity: E-read.event.contents, E-read.event.message_ids, E-read.event.get_messages
                assert!(event.contents() && !event.outbox());
                assert_eq!(event.max_id(), *event.message_ids().iter().max().unwrap());
                let texts = event.get_messages().await?;
                let texts: Vec<&str> = texts.iter().map(Message::raw_text).collect();
                let place = event.chat_id().map(PeerId::marked);
                log.note(format!("{place:?} {:?} {texts:?}", event.message_ids()));
                Ok::<_, telewire_core::Error>(())
            }
        });
        hear(s, "sent", MessageRead::new());
        s.run();
        let other = s.other_device().await;
        let mention = "@grace_hopper, look";
        let there = s.ada.send_message(id, mention).await.unwrap().id();
        s.ada.send_message(s.group(), mention).await.unwrap();
        s.settle().await;
        let here = newest(&s.grace, s.group()).await.id();
        let seen = functions::channels::ReadMessageContents::new(theirs, vec![there]);
        assert!(other.invoke(&seen).await.unwrap());
        assert_eq!(
            s.heard().await,
            [format!("Some({id}) [{there}] [{mention:?}]")]
        );
        // Where messages are counted for the whole account, nobody says in which chat it was.
        let seen = functions::messages::ReadMessageContents::new(vec![here]);
        other.invoke(&seen).await.unwrap();
        assert_eq!(s.heard().await, [format!("None [{here}] []")]);
    });
}

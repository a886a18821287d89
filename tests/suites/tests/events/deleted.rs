//! Deleted messages.

use telewire_core::events::MessageDeleted;
use telewire_core::objects::Message;
use telewire_core::peers::PeerId;
use telewire_core::types;

use crate::{Scene, scene};

/// Grace notes where something was deleted.
fn hear(s: &Scene<'_>, name: &'static str, events: MessageDeleted) {
    let log = s.log.clone();
    s.grace.on(events, move |event| {
        let place = event.chat_id().map(PeerId::marked);
        log.note(format!("{name} {place:?} {:?}", event.deleted_ids()));
        async {}
    });
}

#[test]
fn only_channels_tell_where_messages_were_deleted() {
    scene(31, async |s| {
        let (channel, ada) = (s.channel(), s.ada_id);
        hear(s, "all", MessageDeleted::new());
        hear(s, "channel", MessageDeleted::new().chats([channel]));
        hear(s, "ada", MessageDeleted::new().chats([ada]));
        hear(
            s,
            "not the channel",
            MessageDeleted::new().chats([channel]).blacklist_chats(),
        );
        hear(
            s,
            "several",
            MessageDeleted::new().func(|event| event.deleted_ids().len() > 1),
        );
        s.run();
        let mut sent = Vec::new();
        for text in ["one", "two"] {
            sent.push(s.write(text).await);
        }
        s.settle().await;
        let mut theirs: Vec<i32> = s
            .grace
            .get_messages(ada, 2)
            .await
            .unwrap()
            .iter()
            .map(Message::id)
            .collect();
        theirs.reverse();
        s.ada.delete_messages(s.grace_id, &sent).await.unwrap();
        // parity: E-deleted.triggers, E-deleted.chats, E-common.shared_filter, E-deleted.new
        assert_eq!(
            s.heard().await,
            [
                format!("all None {theirs:?}"),
                format!("not the channel None {theirs:?}"),
                format!("several None {theirs:?}")
            ],
            "what has no chat is in no list"
        );
        let post = s.ada.send_message(channel, "post").await.unwrap().id();
        s.ada.delete_messages(channel, post).await.unwrap();
        assert_eq!(
            s.heard().await,
            [
                format!("all Some({channel}) [{post}]"),
                format!("channel Some({channel}) [{post}]")
            ]
        );
    });
}

#[test]
fn the_event_names_the_messages_and_the_channel() {
    scene(32, async |s| {
        let (log, channel) = (s.log.clone(), s.channel());
        s.grace.on(MessageDeleted::new(), move |event| {
            let log = log.clone();
            async move {
                // parity: E-deleted.event.deleted_id
                assert_eq!(event.deleted_id(), event.deleted_ids().first().copied());
                // parity: E-deleted.event.deleted_ids
                let types::Update::DeleteChannelMessages(update) = event.original_update() else {
                    panic!("{event:?}")
                };
                assert_eq!(event.deleted_ids(), update.messages);
                assert_eq!(event.deleted_ids().len(), 2);
                assert!(event.is_channel() && !event.is_private());
                let chat = event.get_chat().await?;
                assert_eq!(chat.id().marked(), channel);
                assert_eq!(event.chat(), Some(chat));
                assert!(!event.is_group(), "it is a broadcast channel");
                let peer = event.get_input_chat().await?;
                assert_eq!(event.input_chat(), Some(peer));
                log.note("looked");
                Ok::<_, telewire_core::Error>(())
            }
        });
        s.run();
        let mut posts = Vec::new();
        for text in ["one", "two"] {
            posts.push(s.ada.send_message(channel, text).await.unwrap().id());
        }
        s.ada.delete_messages(channel, &posts).await.unwrap();
        assert_eq!(s.heard().await, ["looked"]);
    });
}

//! Edited messages.

use telewire_core::client::EntityLike;
use telewire_core::events::{MessageEdited, NewMessage};
use telewire_core::types;

use crate::scene;

#[test]
fn edits_are_told_in_private_chats_and_in_channels() {
    scene(21, async |s| {
        let log = s.log.clone();
        s.grace.on(MessageEdited::new(), move |event| {
            let kind = match event.original_update() {
                types::Update::EditMessage(_) => "account",
                types::Update::EditChannelMessage(_) => "channel",
                other => panic!("{other:?}"),
            };
            log.note(format!("{kind} {}", event.raw_text()));
            async {}
        });
        s.hear("new", NewMessage::new());
        s.run();
        let id = s.write("before").await;
        let post = s.ada.send_message(s.channel(), "post").await.unwrap();
        assert_eq!(s.heard().await, ["new: before", "new: post"]);
        s.ada.edit_message(s.grace_id, id, "after").await.unwrap();
        s.ada
            .edit_message(s.channel(), post.id(), "better")
            .await
            .unwrap();
        // parity: E-edited.triggers
        assert_eq!(s.heard().await, ["account after", "channel better"]);
    });
}

#[test]
fn edits_are_chosen_by_the_filters_of_new_messages() {
    scene(22, async |s| {
        let ada = s.ada_id;
        s.hear("in", MessageEdited::new().incoming());
        s.hear("out", MessageEdited::new().outgoing());
        s.hear(
            "directions",
            MessageEdited::new().directions(None, Some(false)).unwrap(),
        );
        assert!(
            MessageEdited::new()
                .directions(Some(false), Some(false))
                .is_err()
        );
        s.hear("from ada", MessageEdited::new().from_users([ada]));
        s.hear("from me", MessageEdited::new().from_users(["me"]));
        s.hear("original", MessageEdited::new().forwards(false));
        s.hear("forward", MessageEdited::new().forwards(true));
        s.hear("pattern", MessageEdited::new().pattern("edi").unwrap());
        s.hear("no pattern", MessageEdited::new().pattern("dit").unwrap());
        s.hear(
            "function",
            MessageEdited::new().matching(|text| text.len() == 6),
        );
        s.hear("chat", MessageEdited::new().chats([ada]));
        let group: EntityLike = s.group().into();
        s.hear("other chat", MessageEdited::new().chats([group]));
        s.hear(
            "blacklist",
            MessageEdited::new().chats([ada]).blacklist_chats(),
        );
        s.hear(
            "func",
            MessageEdited::new().func(|event| event.edit_date().is_some()),
        );
        s.hear(
            "no func",
            MessageEdited::new().func(|event| event.edit_date().is_none()),
        );
        s.run();
        let id = s.write("sent").await;
        s.ada.edit_message(s.grace_id, id, "edited").await.unwrap();
        // parity: E-edited.new
        let names = [
            "in",
            "directions",
            "from ada",
            "original",
            "pattern",
            "function",
            "chat",
            "func",
        ];
        assert_eq!(s.heard().await, names.map(|name| format!("{name}: edited")));
    });
}

#[test]
fn the_event_is_that_of_new_messages_under_its_own_name() {
    scene(23, async |s| {
        let log = s.log.clone();
        s.grace.on(
            MessageEdited::new().pattern("(a).*").unwrap(),
            move |event| {
                // parity: E-edited.event
                assert_eq!(event.raw_text(), event.message().raw_text());
                assert_eq!(event.pattern_match().unwrap().get(1), Some("a"));
                assert!(
                    event
                        .to_string()
                        .starts_with("MessageEdited.Event(original_update=UpdateEditMessage(")
                );
                let log = log.clone();
                async move {
                    log.note(event.raw_text());
                    event.respond("seen").await.map(drop)
                }
            },
        );
        s.run();
        let id = s.write("sent").await;
        s.ada.edit_message(s.grace_id, id, "after").await.unwrap();
        assert_eq!(s.heard().await, ["after"]);
        let last = s.ada.get_messages(s.grace_id, 1).await.unwrap();
        assert_eq!(last[0].raw_text(), "seen");
    });
}

#[test]
fn the_direction_is_that_of_the_message_and_not_of_its_edit() {
    scene(24, async |s| {
        s.hear("out", MessageEdited::new().outgoing());
        s.hear("in", MessageEdited::new().incoming());
        s.hear("mine", MessageEdited::new().from_users(["me"]));
        s.run();
        // The post is Ada's, whoever edits it; in the channel only she can.
        let post = s.ada.send_message(s.channel(), "post").await.unwrap();
        s.ada
            .edit_message(s.channel(), post.id(), "better")
            .await
            .unwrap();
        // parity: E-edited.out
        assert_eq!(s.heard().await, ["in: better"]);
        let other = s.other_device().await;
        let own = other.send_message(s.group(), "own").await.unwrap();
        other
            .edit_message(s.group(), own.id(), "mine")
            .await
            .unwrap();
        assert_eq!(s.heard().await, ["out: mine", "mine: mine"]);
    });
}

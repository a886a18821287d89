//! New messages: what counts as one, by what they are chosen, and what their events are.

use regex::Regex;
use telewire_core::client::EntityLike;
use telewire_core::events::NewMessage;
use telewire_core::peers::PeerId;
use telewire_core::{Error, functions, types};

use crate::scene;

#[test]
fn messages_of_every_kind_of_chat_are_new_messages_and_service_messages_are_not() {
    scene(1, async |s| {
        let log = s.log.clone();
        s.grace.on(NewMessage::new(), move |event| {
            let kind = match event.original_update() {
                types::Update::NewMessage(_) => "account",
                types::Update::NewChannelMessage(_) => "channel",
                other => panic!("{other:?}"),
            };
            // Short forms bring nobody along.
            let form = if event.peers().is_empty() {
                "short"
            } else {
                "long"
            };
            log.note(format!("{kind} {form} {}", event.raw_text()));
            async {}
        });
        s.run();
        s.write("first").await;
        s.settle().await;
        s.write("second").await;
        s.settle().await;
        // No update has told of the group yet, but the session knows it and everybody in it, so short forms suffice.
        let differences = s.executed("updates.getDifference");
        for text in ["to all", "again"] {
            s.ada.send_message(s.group(), text).await.unwrap();
            s.settle().await;
        }
        assert_eq!(s.executed("updates.getDifference"), differences);
        s.ada.send_message(s.channel(), "news").await.unwrap();
        let PeerId::Chat(id) = PeerId::from_marked(s.group()).unwrap() else {
            unreachable!()
        };
        let rename = functions::messages::EditChatTitle::new(id, "Renamed");
        s.ada.invoke(&rename).await.unwrap();
        // parity: E-newmessage.triggers, E-newmessage.new
        assert_eq!(
            s.heard().await,
            [
                "account long first",
                "account short second",
                "account short to all",
                "account short again",
                "channel long news"
            ]
        );
        let renamed = s.grace.get_messages(s.group(), 1).await.unwrap();
        assert!(
            renamed[0].action().is_some(),
            "there was a service message, and it was no event"
        );
    });
}

#[test]
fn the_direction_is_chosen_by_either_name() {
    scene(2, async |s| {
        s.hear("in", NewMessage::new().incoming());
        s.hear("out", NewMessage::new().outgoing());
        s.hear("both", NewMessage::new().incoming().outgoing());
        let directions = |incoming, outgoing| NewMessage::new().directions(incoming, outgoing);
        s.hear("not in", directions(Some(false), None).unwrap());
        s.hear("not out", directions(None, Some(false)).unwrap());
        s.hear("open", directions(None, None).unwrap());
        s.hear("true true", directions(Some(true), Some(true)).unwrap());
        s.hear("true false", directions(Some(true), Some(false)).unwrap());
        // parity: E-newmessage.both
        let neither = directions(Some(false), Some(false)).unwrap_err();
        assert!(
            matches!(&neither, Error::Misuse(why) if why.contains("either incoming or outgoing"))
        );
        s.run();
        s.write("a").await;
        // parity: E-newmessage.incoming
        assert_eq!(
            s.heard().await,
            [
                "in: a",
                "both: a",
                "not out: a",
                "open: a",
                "true true: a",
                "true false: a"
            ]
        );
        let other = s.other_device().await;
        other.send_message(s.ada_id, "b").await.unwrap();
        // parity: E-newmessage.outgoing
        assert_eq!(
            s.heard().await,
            ["out: b", "both: b", "not in: b", "open: b", "true true: b"]
        );
    });
}

#[test]
fn senders_are_chosen_in_whichever_chat() {
    scene(3, async |s| {
        s.hear("ada", NewMessage::new().from_users(["@ada_lovelace"]));
        let list: [EntityLike; 2] = ["me".into(), s.ada_id.into()];
        s.hear("us", NewMessage::new().from_users(list));
        s.hear("me", NewMessage::new().from_users(["me"]));
        s.run();
        s.write("private").await;
        s.ada.send_message(s.group(), "group").await.unwrap();
        // A post is the channel's.
        s.ada.send_message(s.channel(), "post").await.unwrap();
        // parity: E-newmessage.from_users
        assert_eq!(
            s.heard().await,
            ["ada: private", "us: private", "ada: group", "us: group"]
        );
        let other = s.other_device().await;
        other.send_message(s.group(), "mine").await.unwrap();
        assert_eq!(s.heard().await, ["us: mine", "me: mine"]);
    });
}

#[test]
fn forwards_are_chosen_or_left_out() {
    scene(4, async |s| {
        s.hear("any", NewMessage::new());
        s.hear("forwards", NewMessage::new().forwards(true));
        s.hear("originals", NewMessage::new().forwards(false));
        s.run();
        s.write("own words").await;
        // parity: E-newmessage.forwards
        assert_eq!(s.heard().await, ["any: own words", "originals: own words"]);
        let note = s.ada.send_message("me", "from elsewhere").await.unwrap();
        s.ada.forward_messages(s.grace_id, &note).await.unwrap();
        assert_eq!(
            s.heard().await,
            ["any: from elsewhere", "forwards: from elsewhere"]
        );
    });
}

#[test]
fn patterns_match_from_the_beginning_of_the_raw_text() {
    scene(5, async |s| {
        s.hear("text", NewMessage::new().pattern("b+").unwrap());
        s.hear(
            "compiled",
            NewMessage::new()
                .pattern(Regex::new("(?i)B").unwrap())
                .unwrap(),
        );
        s.hear(
            "any place",
            NewMessage::new().pattern("(?s).*b".to_owned()).unwrap(),
        );
        s.hear(
            "function",
            NewMessage::new().matching(|text| text.ends_with('b')),
        );
        s.hear("empty", NewMessage::new().matching(str::is_empty));
        // parity: E-newmessage.pattern
        let broken = NewMessage::new().pattern("(").unwrap_err();
        assert!(matches!(&broken, Error::Misuse(why) if why.contains("regular expression")));
        s.run();
        s.write("**bb** and more").await;
        assert_eq!(
            s.heard().await,
            [
                "text: bb and more",
                "compiled: bb and more",
                "any place: bb and more"
            ]
        );
        s.write("abb").await;
        assert_eq!(s.heard().await, ["any place: abb", "function: abb"]);
        s.write("B").await;
        assert_eq!(s.heard().await, ["compiled: B"]);
        // A photo without a caption has an empty text.
        let photo = telewire_core::client::Attachment::from(
            telewire_core::client::Upload::bytes(vec![7; 100]).name("a.bin"),
        );
        s.ada.send_file(s.grace_id, photo).await.unwrap();
        assert_eq!(s.heard().await, ["empty: "]);
    });
}

#[test]
fn the_event_knows_what_its_own_pattern_found() {
    scene(6, async |s| {
        let log = s.log.clone();
        let command = NewMessage::new()
            .pattern(r"/(\w+)(?: (?<what>.+))?( never)?")
            .unwrap();
        s.grace.on(command, move |event| {
            let found = event.pattern_match().unwrap();
            log.note(format!(
                "{:?} {:?} {:?}",
                found.as_str(),
                found.groups(),
                found.name("what")
            ));
            assert_eq!((found.get(9), found.name("none")), (None, None));
            assert_eq!(found.span(1), Some(1..4));
            async {}
        });
        let log = s.log.clone();
        s.grace.on(
            NewMessage::new().matching(|t| t.starts_with('/')),
            move |event| {
                log.note(event.pattern_match().unwrap().as_str());
                async {}
            },
        );
        let log = s.log.clone();
        s.grace.on(NewMessage::new(), move |event| {
            log.note(format!("{:?}", event.pattern_match()));
            async {}
        });
        s.run();
        s.write("/say hello there").await;
        // parity: E-newmessage.event.pattern_match
        assert_eq!(
            s.heard().await,
            [
                r#""/say hello there" [Some("say"), Some("hello there"), None] Some("hello there")"#,
                "/say hello there",
                "None"
            ]
        );
        s.write("/say").await;
        let heard = s.heard().await;
        assert_eq!(heard[0], r#""/say" [Some("say"), None, None] None"#);
    });
}

#[test]
fn tests_are_made_in_order_and_no_more_than_needed() {
    scene(7, async |s| {
        let tested = |name: &'static str, events: NewMessage| {
            let (log, other) = (s.log.clone(), s.log.clone());
            let events = events
                .matching(move |_| {
                    log.note(format!("{name} pattern"));
                    true
                })
                .func(move |_| {
                    other.note(format!("{name} func"));
                    true
                });
            s.hear(name, events);
        };
        tested(
            "all",
            NewMessage::new()
                .incoming()
                .forwards(false)
                .from_users([s.ada_id])
                .chats([s.ada_id]),
        );
        tested("direction", NewMessage::new().outgoing());
        tested("forward", NewMessage::new().forwards(true));
        tested("sender", NewMessage::new().from_users(["me"]));
        tested("chat", NewMessage::new().chats([s.group()]));
        s.run();
        s.write("x").await;
        // parity: E-newmessage.order
        assert_eq!(
            s.heard().await,
            ["all pattern", "all func", "all: x", "chat pattern"],
            "the text is looked at behind direction, forward and sender, and before the chat; func comes last"
        );
    });
}

#[test]
fn without_filters_nobody_is_looked_up() {
    scene(8, async |s| {
        s.hear("all", NewMessage::new());
        s.run();
        let before = s.sim.server(|server, _| server.executed_all());
        let me = s.grace_id;
        s.sim
            .server(|server, now| server.write(now, s.ada_id, me, "x"))
            .unwrap();
        // parity: E-newmessage.nocheck
        assert_eq!(s.heard().await, ["all: x"]);
        let mut after = s.sim.server(|server, _| server.executed_all());
        after.retain(|name, n| before.get(name) != Some(n));
        assert!(after.is_empty(), "{after:?}");
    });
}

#[test]
fn what_one_writes_to_oneself_is_outgoing_unless_it_is_forwarded() {
    scene(9, async |s| {
        s.hear("in", NewMessage::new().incoming());
        s.hear("out", NewMessage::new().outgoing());
        s.run();
        let other = s.other_device().await;
        other.send_message("me", "a note").await.unwrap();
        // parity: E-newmessage.self_out
        assert_eq!(s.heard().await, ["out: a note"]);
        let told = s.grace.get_messages("me", 1).await.unwrap();
        let types::Message::Message(raw) = &told[0].raw else {
            panic!("{told:?}")
        };
        assert!(!raw.out, "the server does not say so");
        s.write("to keep").await;
        assert_eq!(s.heard().await, ["in: to keep"]);
        let kept = other.get_messages(s.ada_id, 1).await.unwrap();
        other.forward_messages("me", &kept[0]).await.unwrap();
        assert_eq!(s.heard().await, ["in: to keep"]);
    });
}

#[test]
fn short_forms_are_completed() {
    scene(10, async |s| {
        s.hear("first", NewMessage::new());
        s.run();
        s.write("so that they know each other").await;
        s.ada
            .send_message(s.group(), "and the group")
            .await
            .unwrap();
        assert_eq!(s.heard().await.len(), 2);
        let other = s.other_device().await;
        s.grace.list_event_handlers().iter().for_each(|handler| {
            s.grace.remove_event_handler(handler);
        });
        let log = s.log.clone();
        s.grace.on(NewMessage::new(), move |event| {
            assert!(event.peers().is_empty(), "it came in its short form");
            let ids = [event.chat_id(), event.sender_id()].map(|id| id.unwrap().marked());
            log.note(format!("{ids:?} {}", event.out()));
            async {}
        });
        let (ada, grace) = (s.ada_id, s.grace_id);
        // parity: E-newmessage.short_fill, E-newmessage.event.chat
        s.write("in").await;
        assert_eq!(s.heard().await, [format!("{:?} false", [ada, ada])]);
        other.send_message(ada, "out").await.unwrap();
        assert_eq!(s.heard().await, [format!("{:?} true", [ada, grace])]);
        s.ada.send_message(s.group(), "group").await.unwrap();
        assert_eq!(s.heard().await, [format!("{:?} false", [s.group(), ada])]);
        other.send_message(s.group(), "own").await.unwrap();
        assert_eq!(s.heard().await, [format!("{:?} true", [s.group(), grace])]);
    });
}

#[test]
fn the_event_can_be_used_like_its_message() {
    scene(11, async |s| {
        let (log, ada) = (s.log.clone(), s.ada_id);
        s.grace.on(NewMessage::new(), move |mut event| {
            let log = log.clone();
            async move {
                // parity: E-newmessage.event.message
                let message: &telewire_core::objects::Message = event.message();
                assert_eq!(message.raw_text(), "read me");
                // parity: E-newmessage.event.proxy
                assert_eq!(
                    (event.id(), event.raw_text()),
                    (message.id(), message.raw_text())
                );
                assert_eq!(event.text(), "**read** me");
                assert_eq!(event.chat_id(), Some(PeerId::User(ada)));
                let types::Message::Message(raw) = &mut event.raw else {
                    panic!("a service message")
                };
                raw.message = "written".into();
                assert_eq!(event.message().raw_text(), "written");
                event.reply("answered").await?;
                log.note("done");
                Ok::<_, Error>(())
            }
        });
        s.run();
        let id = s.write("**read** me").await;
        assert_eq!(s.heard().await, ["done"]);
        let answer = s.ada.get_messages(s.grace_id, 1).await.unwrap();
        assert_eq!(answer[0].raw_text(), "answered");
        assert_eq!(answer[0].reply_to_msg_id(), Some(id));
    });
}

//! Handlers that are defined apart from any client.

use telewire_core::events::{Handler, MessageDeleted, MessageEdited, NewMessage, Raw};

use crate::{Log, scene};

/// A handler of new and of edited messages.
fn handler(log: &Log) -> Handler {
    let (new, edited) = (log.clone(), log.clone());
    Handler::new(NewMessage::new().incoming(), move |event| {
        new.note(format!("new {}", event.raw_text()));
        async {}
    })
    .and(MessageEdited::new(), move |event| {
        edited.note(format!("edited {}", event.raw_text()));
        async {}
    })
}

#[test]
fn a_handler_may_be_for_several_builders() {
    scene(71, async |s| {
        // parity: E-register.register
        let handler = handler(&s.log);
        assert_eq!(handler.list(), ["NewMessage", "MessageEdited"]);
        assert_eq!(Handler::raw(|_| async {}).list(), ["Raw"]);
        s.grace.add_event_handler(&handler);
        s.run();
        let id = s.write("a").await;
        s.ada.edit_message(s.grace_id, id, "b").await.unwrap();
        assert_eq!(s.heard().await, ["new a", "edited b"]);
    });
}

#[test]
fn what_a_handler_is_for_can_be_listed_and_taken_back() {
    let log = Log::default();
    let mut handler = handler(&log).and(NewMessage::new().outgoing(), |_| async {});
    // parity: E-register.list
    assert_eq!(
        handler.list(),
        ["NewMessage", "MessageEdited", "NewMessage"]
    );
    assert_eq!(handler.builders::<NewMessage>().len(), 2);
    assert_eq!(handler.builders::<Raw>().len(), 0);
    assert!(format!("{:?}", handler.builders::<NewMessage>()[1]).contains("outgoing: true"));
    // parity: E-register.unregister
    assert_eq!(handler.unregister::<MessageDeleted>(), 0);
    assert_eq!(handler.unregister::<NewMessage>(), 2);
    assert_eq!(handler.list(), ["MessageEdited"]);
    // parity: E-register.is_handler
    assert!(handler.is_handler());
    assert_eq!(handler.unregister_all(), 1);
    assert_eq!(handler.unregister_all(), 0);
    assert!(!handler.is_handler());
    assert_eq!(handler.list(), [""; 0]);
}

#[test]
fn one_handler_serves_several_clients() {
    scene(72, async |s| {
        let handler = handler(&s.log);
        s.ada.add_event_handler(&handler);
        s.grace.add_event_handler(&handler);
        s.run_client(&s.ada);
        s.run();
        s.write("to Grace").await;
        s.settle().await;
        s.grace.send_message(s.ada_id, "to Ada").await.unwrap();
        // parity: E-register.reuse
        assert_eq!(s.heard().await, ["new to Grace", "new to Ada"]);
        assert_eq!(s.ada.remove_event_handler(&handler), 2);
        s.grace.send_message(s.ada_id, "again").await.unwrap();
        s.write("still").await;
        assert_eq!(s.heard().await, ["new still"]);
    });
}

#[test]
fn changing_a_handler_touches_no_client() {
    scene(73, async |s| {
        let mut handler = handler(&s.log);
        s.grace.add_event_handler(&handler);
        let before = handler.clone();
        assert_eq!(handler.unregister_all(), 2);
        let log = s.log.clone();
        let handler = handler.and(Raw::new(), move |_| {
            log.note("never added");
            async {}
        });
        // parity: E-register.noclient
        let names: Vec<_> = s
            .grace
            .list_event_handlers()
            .iter()
            .flat_map(Handler::list)
            .collect();
        assert_eq!(names, ["NewMessage", "MessageEdited"]);
        assert_eq!(s.ada.list_event_handlers().len(), 0);
        s.run();
        s.write("a").await;
        assert_eq!(s.heard().await, ["new a"]);
        assert_eq!(
            s.grace.remove_event_handler(&handler),
            0,
            "that one was not added"
        );
        assert_eq!(
            s.grace
                .remove_event_handler(&before.only::<MessageEdited>()),
            1
        );
        let left = s.grace.list_event_handlers();
        assert_eq!(left, [before.only::<NewMessage>()]);
        assert_eq!(s.grace.remove_event_handler(&before), 1);
        assert_eq!(s.grace.remove_event_handler(&before), 0);
    });
}

#[test]
fn a_handler_runs_once_for_every_registration_that_matches() {
    scene(74, async |s| {
        let log = s.log.clone();
        let function = move |event: telewire_core::events::NewMessageEvent| {
            log.note(event.raw_text());
            async {}
        };
        s.grace.on(NewMessage::new().incoming(), function.clone());
        s.grace
            .on(NewMessage::new().chats([s.ada_id]), function.clone());
        s.grace.on(NewMessage::new().outgoing(), function.clone());
        let twice = Handler::new(NewMessage::new(), function);
        s.grace.add_event_handler(&twice);
        s.grace.add_event_handler(&twice);
        s.run();
        s.write("x").await;
        // parity: E-register.multi_on
        assert_eq!(s.heard().await, ["x"; 4]);
        assert_eq!(s.grace.remove_event_handler(&twice), 2);
    });
}

#[test]
fn handlers_are_added_listed_and_removed_part_by_part() {
    scene(75, async |s| {
        let quiet = s.grace.on(MessageDeleted::new(), |_| async {});
        let handler = handler(&s.log);
        s.grace.add_event_handler(&handler);
        s.grace.add_event_handler(&handler);
        let raw = Handler::raw(|_| async {});
        s.grace.add_event_handler(&raw);
        let listed = || {
            let list = s.grace.list_event_handlers();
            list.iter().flat_map(Handler::list).collect::<Vec<_>>()
        };
        // parity: M-updates.on, M-updates.list_event_handlers, M-updates.add_event_handler
        let both = ["NewMessage", "MessageEdited"];
        let all = [&["MessageDeleted"], &both[..], &both, &["Raw"]].concat();
        assert_eq!(listed(), all);
        // parity: M-updates.remove_event_handler
        assert_eq!(
            s.grace
                .remove_event_handler(&handler.only::<MessageDeleted>()),
            0
        );
        assert_eq!(
            s.grace.remove_event_handler(&handler.only::<NewMessage>()),
            2
        );
        let rest = ["MessageDeleted", "MessageEdited", "MessageEdited", "Raw"];
        assert_eq!(listed(), rest);
        assert_eq!(s.grace.remove_event_handler(&handler), 2);
        assert_eq!(s.grace.remove_event_handler(&handler), 0);
        assert_eq!(s.grace.remove_event_handler(&quiet), 1);
        assert_eq!(listed(), ["Raw"]);
    });
}

//! Updates as they come.

use telewire_core::events::{Handler, Raw};
use telewire_core::peers::PeerId;
use telewire_core::schema::Value as _;
use telewire_core::types;

use crate::{Scene, scene};

/// Grace notes the names of updates.
fn hear(s: &Scene<'_>, name: &'static str, events: Raw) {
    let log = s.log.clone();
    s.grace.on(events, move |event| {
        log.note(format!("{name} {}", event.constructor_name()));
        async {}
    });
}

#[test]
fn updates_are_chosen_by_their_types() {
    scene(41, async |s| {
        hear(s, "all", Raw::new());
        hear(s, "typing", Raw::of::<types::UpdateUserTyping>());
        let several = Raw::of::<types::UpdateNewChannelMessage>().or::<types::UpdateUserTyping>();
        hear(s, "several", several);
        hear(s, "news", Raw::of::<types::UpdateNewChannelMessage>());
        let ada = s.ada_id;
        let test = Raw::new().func(move |event| {
            event
                .get::<types::UpdateUserTyping>()
                .is_some_and(|typing| typing.user_id == ada)
        });
        hear(s, "func", test);
        hear(
            s,
            "both",
            Raw::of::<types::UpdateUserTyping>().func(|_| false),
        );
        s.run();
        s.type_something().await;
        // parity: E-raw.new, E-raw.types
        let names = ["all", "typing", "several", "func"];
        assert_eq!(
            s.heard().await,
            names.map(|name| format!("{name} updateUserTyping"))
        );
        s.ada.send_message(s.channel(), "post").await.unwrap();
        let names = ["all", "several", "news"];
        assert_eq!(
            s.heard().await,
            names.map(|name| format!("{name} updateNewChannelMessage"))
        );
    });
}

#[test]
fn the_event_is_the_update() {
    scene(42, async |s| {
        let (log, ada) = (s.log.clone(), s.ada_id);
        s.grace
            .on(Raw::of::<types::UpdateUserTyping>(), move |event| {
                // parity: E-raw.event
                let update: &types::Update = &event;
                assert!(
                    matches!(update, types::Update::UserTyping(typing) if typing.user_id == ada)
                );
                assert_eq!(event.to_string(), format!("{update:?}"));
                assert_eq!(event.stringify(), update.stringify());
                assert_eq!(event.get::<types::UpdateUserTyping>().unwrap().user_id, ada);
                assert_eq!(event.get::<types::UpdateNewMessage>(), None);
                log.note("seen");
                async {}
            });
        s.run();
        s.type_something().await;
        assert_eq!(s.heard().await, ["seen"]);
    });
}

#[test]
fn handlers_without_a_builder_get_every_update() {
    scene(43, async |s| {
        let log = s.log.clone();
        let handler = Handler::raw(move |event| {
            log.note(event.constructor_name());
            async {}
        });
        // parity: E-raw.default
        assert_eq!(handler.list(), ["Raw"]);
        s.grace.add_event_handler(&handler);
        s.run();
        s.type_something().await;
        s.ada.send_message(s.channel(), "post").await.unwrap();
        assert_eq!(
            s.heard().await,
            ["updateUserTyping", "updateNewChannelMessage"]
        );
    });
}

#[test]
fn packets_are_taken_apart_and_nobody_is_looked_up() {
    scene(44, async |s| {
        hear(s, "all", Raw::new());
        s.run();
        s.settle().await;
        s.log.take();
        let before = s.sim.server(|server, _| server.executed_all());
        let (ada, grace) = (s.ada_id, s.grace_id);
        // The first comes in a packet with its users, the second in its short form.
        for text in ["one", "two"] {
            s.sim
                .server(|server, now| server.write(now, ada, grace, text))
                .unwrap();
            s.settle().await;
        }
        assert_eq!(
            s.log.take(),
            ["all updateNewMessage", "all updateNewMessage"]
        );
        // parity: E-raw.noresolve
        let mut after = s.sim.server(|server, _| server.executed_all());
        after.retain(|name, n| before.get(name) != Some(n));
        assert!(after.is_empty(), "{after:?}");
        assert!(matches!(PeerId::from_marked(ada), Some(PeerId::User(_))));
    });
}

//! What every builder can be told, and when names are looked up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use telewire_core::client::EntityLike;
use telewire_core::events::{Handler, MessageDeleted, MessageEdited, NewMessage, Raw};
use telewire_core::peers::PeerId;
use telewire_core::runtime::Runtime as _;
use telewire_core::types;
use telewire_tests::account::{client, sign_in, signed_in};
use telewire_tests::sim::Sim;

use crate::{Log, scene};

#[test]
fn chats_are_named_by_whatever_names_them() {
    scene(51, async |s| {
        let (ada, group, channel) = (s.ada_id, s.group(), s.channel());
        let bare = PeerId::from_marked(channel).unwrap().bare();
        s.hear("number", NewMessage::new().chats([ada]));
        s.hear("bare channel", NewMessage::new().chats([bare]));
        s.hear("marked user", NewMessage::new().chats([PeerId::User(bare)]));
        s.hear("negative", NewMessage::new().chats([group]));
        s.hear("marked", NewMessage::new().chats([channel]));
        let peer: types::Peer = PeerId::from_marked(channel).unwrap().into();
        s.hear("peer", NewMessage::new().chats([peer]));
        s.hear("username", NewMessage::new().chats(["@Ada_Lovelace"]));
        s.hear("me", NewMessage::new().chats(["me"]));
        let list: [EntityLike; 2] = [group.into(), "telewire_news".into()];
        s.hear("list", NewMessage::new().chats(list));
        s.hear("grown", NewMessage::new().chats([group]).chats([ada]));
        s.hear("all", NewMessage::new());
        s.run();
        s.write("x").await;
        // parity: E-common.chats, E-common.chats.ids
        assert_eq!(
            s.heard().await,
            ["number: x", "username: x", "grown: x", "all: x"]
        );
        s.ada.send_message(group, "x").await.unwrap();
        assert_eq!(
            s.heard().await,
            ["negative: x", "list: x", "grown: x", "all: x"]
        );
        s.ada.send_message(channel, "x").await.unwrap();
        assert_eq!(
            s.heard().await,
            [
                "bare channel: x",
                "marked: x",
                "peer: x",
                "list: x",
                "all: x"
            ]
        );
        let other = s.other_device().await;
        other.send_message("me", "x").await.unwrap();
        assert_eq!(s.heard().await, ["me: x", "all: x"]);
    });
}

#[test]
fn a_blacklist_lets_everything_else_pass() {
    scene(52, async |s| {
        let (ada, group) = (s.ada_id, s.group());
        s.hear("only", NewMessage::new().chats([ada]));
        s.hear("all but", NewMessage::new().chats([ada]).blacklist_chats());
        s.hear("all but none", NewMessage::new().blacklist_chats());
        s.run();
        s.write("x").await;
        // parity: E-common.blacklist_chats
        assert_eq!(s.heard().await, ["only: x", "all but none: x"]);
        s.ada.send_message(group, "x").await.unwrap();
        assert_eq!(s.heard().await, ["all but: x", "all but none: x"]);
    });
}

#[test]
fn every_builder_takes_a_test_of_ones_own() {
    scene(53, async |s| {
        let log = s.log.clone();
        let wanted = |log: &Log, name: &'static str| {
            let log = log.clone();
            move |wanted: bool| {
                log.note(format!("{name} {wanted}"));
                wanted
            }
        };
        let test = wanted(&log, "new");
        s.hear(
            "new",
            NewMessage::new().func(move |e| test(e.raw_text() == "yes")),
        );
        let test = wanted(&log, "edited");
        s.hear(
            "edited",
            MessageEdited::new().func(move |e| test(e.raw_text() == "yes")),
        );
        let test = wanted(&log, "deleted");
        let ran = log.clone();
        s.grace.on(
            MessageDeleted::new().func(move |e| test(e.deleted_ids().len() > 1)),
            move |_| {
                ran.note("deleted ran");
                async {}
            },
        );
        let test = wanted(&log, "raw");
        let typing = Raw::of::<types::UpdateUserTyping>();
        let ran = log.clone();
        let typing = typing.func(move |e| test(e.is_catch_up()));
        s.grace.on(typing, move |_| {
            ran.note("raw ran");
            async {}
        });
        s.run();
        let no = s.write("no").await;
        let yes = s.write("yes").await;
        // parity: E-common.func
        assert_eq!(s.heard().await, ["new false", "new true", "new: yes"]);
        s.ada.edit_message(s.grace_id, no, "yes").await.unwrap();
        assert_eq!(s.heard().await, ["edited true", "edited: yes"]);
        s.ada.delete_messages(s.grace_id, &[no, yes]).await.unwrap();
        assert_eq!(s.heard().await, ["deleted true", "deleted ran"]);
        s.type_something().await;
        assert_eq!(s.heard().await, ["raw false"]);
    });
}

#[test]
fn names_are_looked_up_once_when_the_first_event_comes() {
    let sim = Sim::new(54);
    sim.run(async {
        let ada = signed_in(&sim, 0).await;
        let grace = client(&sim);
        let log = Log::default();
        let copy = log.clone();
        // Nobody is connected yet, and a new session knows nobody.
        grace.on(
            NewMessage::new().chats(["ada_lovelace", "telewire_news"]),
            move |event| {
                copy.note(event.raw_text());
                async {}
            },
        );
        let grace_id = sign_in(&sim, &grace, 1).await;
        let running = grace.clone();
        sim.runtime()
            .spawn(async move { running.run_until_disconnected().await.unwrap() });
        let resolved = || sim.server(|server, _| server.executed("contacts.resolveUsername"));
        // parity: E-common.resolve
        let ada_id = ada.get_me().await.unwrap().id;
        assert_eq!(resolved(), 0, "nothing has happened that could matter");
        // Both come before the answer to whichever is first.
        for text in ["one", "two"] {
            sim.server(|server, now| server.write(now, ada_id, grace_id, text))
                .unwrap();
        }
        let at = sim.now().mono + std::time::Duration::from_secs(5);
        sim.runtime().sleep_until(at).await;
        sim.server(|server, now| server.write(now, ada_id, grace_id, "three"))
            .unwrap();
        let at = sim.now().mono + std::time::Duration::from_secs(5);
        sim.runtime().sleep_until(at).await;
        let mut heard = log.take();
        heard.sort();
        assert_eq!(heard, ["one", "three", "two"]);
        assert_eq!(
            resolved(),
            1,
            "Ada came along with her message, the channel did not"
        );
    });
}

#[test]
fn a_name_that_nobody_has_matches_nothing_and_is_not_asked_for_all_the_time() {
    scene(55, async |s| {
        s.hear("nobody", NewMessage::new().chats(["nobody_at_all"]));
        s.hear(
            "all but nobody",
            NewMessage::new().chats(["nobody_at_all"]).blacklist_chats(),
        );
        s.hear("all", NewMessage::new());
        s.run();
        let before = s.executed("contacts.resolveUsername");
        let asked = || s.executed("contacts.resolveUsername") - before;
        for _ in 0..5 {
            s.write("x").await;
        }
        // parity: E-common.filter_unresolved
        assert_eq!(s.heard().await, ["all: x"; 5]);
        assert_eq!(asked(), 2, "once for each handler");
        s.wait(std::time::Duration::from_secs(120)).await;
        s.write("y").await;
        assert_eq!(s.heard().await, ["all: y"]);
        assert_eq!(asked(), 4, "it may exist by now");
    });
}

#[test]
fn me_is_another_one_for_every_client() {
    scene(56, async |s| {
        let log = s.log.clone();
        let handler = Handler::new(NewMessage::new().from_users(["me"]), move |event| {
            let me = event.client().clone();
            let (log, text) = (log.clone(), event.raw_text().to_owned());
            async move {
                let name = me.get_me().await?.first_name.unwrap_or_default();
                log.note(format!("{name} wrote {text}"));
                Ok::<_, telewire_core::Error>(())
            }
        });
        s.ada.add_event_handler(&handler);
        s.grace.add_event_handler(&handler);
        s.run_client(&s.ada);
        s.run();
        s.type_something().await;
        let other = s.other_device().await;
        other.send_message(s.ada_id, "from Grace").await.unwrap();
        // parity: E-common.self_id
        assert_eq!(s.heard().await, ["Grace wrote from Grace"]);
        let other = signed_in(s.sim, 0).await;
        other.get_input_entity("grace_hopper").await.unwrap();
        s.heard().await;
        other.send_message(s.grace_id, "from Ada").await.unwrap();
        assert_eq!(s.heard().await, ["Ada wrote from Ada"]);
    });
}

/// A callable thing with a state of its own.
struct Counter {
    calls: AtomicUsize,
}

impl Counter {
    async fn call(self: Arc<Self>, log: Log, text: String) {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        log.note(format!("object {calls}: {text}"));
    }
}

async fn plain(event: telewire_core::events::NewMessageEvent) {
    assert!(!event.raw_text().is_empty());
}

#[test]
fn functions_closures_and_objects_can_be_handlers() {
    scene(57, async |s| {
        // parity: E-common.callback
        s.grace.on(NewMessage::new(), plain);
        let prefix = "partial";
        let log = s.log.clone();
        let partial = move |prefix: &str, text: &str| log.note(format!("{prefix} {text}"));
        s.grace.on(NewMessage::new(), move |event| {
            partial(prefix, event.raw_text());
            async {}
        });
        let counter = Arc::new(Counter {
            calls: AtomicUsize::new(0),
        });
        let log = s.log.clone();
        s.grace.on(NewMessage::new(), move |event| {
            counter
                .clone()
                .call(log.clone(), event.raw_text().to_owned())
        });
        s.run();
        s.write("a").await;
        s.settle().await;
        s.write("b").await;
        assert_eq!(
            s.heard().await,
            ["partial a", "object 1: a", "partial b", "object 2: b"]
        );
    });
}

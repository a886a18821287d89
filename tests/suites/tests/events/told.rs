//! What events tell of themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use telewire_core::config::CatchUp;
use telewire_core::events::{Event, EventBuilder, MessageDeleted, NewMessage};
use telewire_core::schema::Value as _;
use telewire_core::session::MemorySession;
use telewire_core::updates::Update;
use telewire_core::{Client, Error, types};
use telewire_tests::account::{client_with, sign_in, signed_in};

use crate::{Log, scene};

#[test]
fn an_event_knows_its_client_its_update_and_whoever_came_along() {
    scene(61, async |s| {
        let (log, grace, ada) = (s.log.clone(), s.grace_id, s.ada_id);
        s.grace.on(NewMessage::new(), move |event| {
            let log = log.clone();
            async move {
                // parity: E-common.event.client
                assert_eq!(event.client().get_me().await?.id, grace);
                // parity: E-common.event.original_update
                let types::Update::NewMessage(update) = event.original_update() else {
                    panic!("{event:?}")
                };
                assert_eq!(update.message, event.message().raw);
                // parity: E-common.entities
                assert!(event.peers().user(ada).is_some());
                assert_eq!(
                    event
                        .sender()
                        .unwrap()
                        .user()
                        .unwrap()
                        .first_name
                        .as_deref(),
                    Some("Ada")
                );
                assert_eq!(event.chat(), event.sender());
                assert!(!event.is_catch_up());
                log.note("told");
                Ok::<_, Error>(())
            }
        });
        s.run();
        s.write("hello").await;
        assert_eq!(s.heard().await, ["told"]);
    });
}

#[test]
fn an_event_is_printed_with_what_is_public_of_it() {
    scene(62, async |s| {
        let log = s.log.clone();
        s.grace.on(NewMessage::new().pattern("he").unwrap(), move |event| {
            // parity: E-common.event.stringify
            let (update, message) = (event.original_update(), &event.message().raw);
            let line = format!(
                "NewMessage.Event(original_update={update:?}, pattern_match='he', message={message:?})"
            );
            assert_eq!(event.to_string(), line);
            assert_eq!(format!("{event:?}"), line);
            let lines = event.stringify();
            assert!(lines.starts_with("NewMessage.Event(\n\toriginal_update=UpdateNewMessage(\n\t\tmessage=Message(\n"));
            assert!(lines.contains("\n\tpattern_match='he',\n\tmessage=Message(\n"), "{lines}");
            let json: serde_json::Value = serde_json::from_str(&event.to_json()).unwrap();
            assert_eq!(json["_"], "NewMessage.Event");
            assert_eq!(json["pattern_match"], "he");
            assert_eq!(json["message"]["message"], "hello");
            assert_eq!(json["original_update"]["_"], "UpdateNewMessage");
            let whole: serde_json::Value = serde_json::from_str(&message.to_json()).unwrap();
            assert_eq!(json["message"], whole);
            log.note("printed");
            async {}
        });
        let log = s.log.clone();
        s.grace.on(MessageDeleted::new(), move |event| {
            let ids = format!("{:?}", event.deleted_ids());
            let update = event.original_update();
            let id = event.deleted_id().unwrap();
            assert_eq!(
                event.to_string(),
                format!("MessageDeleted.Event(original_update={update:?}, deleted_id={id}, deleted_ids={ids})")
            );
            log.note("deleted");
            async {}
        });
        s.run();
        let id = s.write("hello").await;
        assert_eq!(s.heard().await, ["printed"]);
        s.ada.delete_messages(s.grace_id, id).await.unwrap();
        assert_eq!(s.heard().await, ["deleted"]);
    });
}

#[test]
fn every_event_but_raw_ones_tells_of_its_chat() {
    scene(63, async |s| {
        let (log, group) = (s.log.clone(), s.group());
        s.grace.on(NewMessage::new(), move |event| {
            let log = log.clone();
            async move {
                // parity: E-common.event.chatgetter
                assert_eq!(event.chat_id().unwrap().marked(), group);
                assert!(event.is_group() && !event.is_private() && !event.is_channel());
                assert_eq!(event.get_chat().await?.id().marked(), group);
                assert_eq!(Some(event.get_input_chat().await?), event.input_chat());
                assert_eq!(event.get_sender().await?.id(), event.sender_id().unwrap());
                assert_eq!(Some(event.get_input_sender().await?), event.input_sender());
                log.note("told");
                Ok::<_, Error>(())
            }
        });
        let log = s.log.clone();
        s.grace.on(MessageDeleted::new(), move |event| {
            let log = log.clone();
            async move {
                assert_eq!(
                    (event.chat_id(), event.chat(), event.input_chat()),
                    (None, None, None)
                );
                assert!(!event.is_group() && !event.is_private() && !event.is_channel());
                assert!(matches!(event.get_chat().await, Err(Error::NotFound(_))));
                assert!(matches!(
                    event.get_input_chat().await,
                    Err(Error::NotFound(_))
                ));
                log.note("nothing to tell");
            }
        });
        s.run();
        let sent = s.ada.send_message(group, "x").await.unwrap();
        assert_eq!(s.heard().await, ["told"]);
        s.ada.delete_messages(group, &sent).await.unwrap();
        assert_eq!(s.heard().await, ["nothing to tell"]);
    });
}

/// Somebody else's event: anything of the account that has a text.
#[derive(Clone)]
struct Said {
    client: Client,
    text: String,
}

/// How many were made.
static MADE: AtomicUsize = AtomicUsize::new(0);

impl Event for Said {
    const NAME: &'static str = "Said";

    fn build(client: &Client, update: &Arc<Update>) -> Option<Self> {
        let types::Update::NewMessage(new) = &update.raw else {
            return None;
        };
        let types::Message::Message(message) = &new.message else {
            return None;
        };
        MADE.fetch_add(1, Ordering::Relaxed);
        Some(Self {
            client: client.clone(),
            text: message.message.clone(),
        })
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

/// What was said by somebody loud.
struct Loud;

/// What was said at all.
struct Anything;

impl EventBuilder for Loud {
    type Event = Said;
    type Known = ();

    fn resolve<'a>(&'a self, _: &'a Client) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async { Ok(()) })
    }

    fn accept(&self, (): &(), event: &Said) -> Option<Said> {
        event.text.ends_with('!').then(|| event.clone())
    }
}

impl EventBuilder for Anything {
    type Event = Said;
    type Known = ();

    fn resolve<'a>(&'a self, _: &'a Client) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async { Ok(()) })
    }

    fn accept(&self, (): &(), event: &Said) -> Option<Said> {
        Some(event.clone())
    }
}

#[test]
fn an_event_is_made_once_for_all_handlers() {
    scene(64, async |s| {
        for name in ["first", "second", "third"] {
            let log = s.log.clone();
            s.grace.on(Anything, move |event| {
                log.note(format!("{name} {}", event.text));
                async {}
            });
        }
        let log = s.log.clone();
        s.grace.on(Loud, move |event| {
            log.note(format!("loud {}", event.text));
            async {}
        });
        let place = Arc::new(AtomicUsize::new(0));
        for _ in 0..2 {
            let (log, place) = (s.log.clone(), place.clone());
            s.grace.on(NewMessage::new().incoming(), move |event| {
                // The same message in the same place, not a copy of it.
                let here = std::ptr::from_ref(event.message()).addr();
                let before = place.swap(here, Ordering::Relaxed);
                log.note(if before == here { "shared" } else { "built" });
                async {}
            });
        }
        s.run();
        s.write("hello").await;
        // parity: E-common.build_once
        assert_eq!(
            s.heard().await,
            [
                "first hello",
                "second hello",
                "third hello",
                "built",
                "shared"
            ]
        );
        assert_eq!(MADE.load(Ordering::Relaxed), 1);
        s.write("hello!").await;
        // parity: E-dispatch.types
        let heard = s.heard().await;
        assert!(heard.contains(&"loud hello!".to_owned()), "{heard:?}");
        assert_eq!(MADE.load(Ordering::Relaxed), 2);
        let id = s.write("edited").await;
        s.heard().await;
        s.ada.edit_message(s.grace_id, id, "edited!").await.unwrap();
        assert_eq!(
            s.heard().await,
            [""; 0],
            "an edit is no new message, though it is one of the same fields"
        );
    });
}

#[test]
fn a_handler_that_disconnects_is_not_told_again() {
    scene(65, async |s| {
        let mut config = s.sim.config();
        config.catch_up = CatchUp::All;
        let first = client_with(s.sim, MemorySession::new(), config.clone());
        sign_in(s.sim, &first, 1).await;
        stops(&first, &s.log);
        let running = first.run_until_disconnected();
        let (end, _) = futures::join!(running, s.write("stop"));
        end.unwrap();
        assert_eq!(s.log.take(), ["stop"]);
        let session = first.copy_session(MemorySession::new()).await.unwrap();
        drop(first);
        s.write("later").await;
        let second = client_with(s.sim, session, config);
        stops(&second, &s.log);
        second.connect().await.unwrap();
        s.run_client(&second);
        assert_eq!(s.heard().await, ["later"]);
    });
}

/// Notes what comes, and disconnects when it is told to.
fn stops(client: &Client, log: &Log) {
    let log = log.clone();
    client.on(NewMessage::new(), move |event| {
        let log = log.clone();
        async move {
            log.note(event.raw_text());
            if event.raw_text() == "stop" {
                event.client().disconnect().await;
            }
        }
    });
}

#[test]
fn short_forms_about_strangers_are_fetched_with_everybody_in_them() {
    scene(17, async |s| {
        // Not the first message, which comes with everybody anyway.
        s.write("before").await;
        let fresh = signed_in(s.sim, 1).await;
        let log = s.log.clone();
        fresh.on(NewMessage::new().incoming(), move |event| {
            let (chat, sender) = (event.chat().is_some(), event.sender().is_some());
            log.note(format!("{} {chat} {sender}", event.raw_text()));
            async {}
        });
        s.run_client(&fresh);
        s.settle().await;
        let differences = s.executed("updates.getDifference");
        s.ada.send_message(s.group(), "to all").await.unwrap();
        // parity: E-common.entities
        assert_eq!(s.heard().await, ["to all true true"]);
        assert_eq!(s.executed("updates.getDifference"), differences + 1);
    });
}

//! How handlers are run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use telewire_core::Error;
use telewire_core::client::Read;
use telewire_core::events::{MessageEdited, NewMessage, StopPropagation};
use telewire_core::runtime::Runtime as _;

use crate::{scene, sequential_scene};

#[test]
fn handlers_run_in_the_order_of_their_registration() {
    scene(81, async |s| {
        for name in ["first", "second", "third"] {
            let (log, runtime) = (s.log.clone(), s.sim.runtime());
            s.grace.on(NewMessage::new(), move |_| {
                let (log, runtime) = (log.clone(), runtime.clone());
                async move {
                    log.note(format!("{name} begins"));
                    let at = runtime.now().mono + Duration::from_millis(100);
                    runtime.sleep_until(at).await;
                    log.note(format!("{name} ends"));
                }
            });
        }
        s.run();
        s.write("x").await;
        // parity: E-dispatch.order, N-upd.dispatch
        assert_eq!(
            s.heard().await,
            [
                "first begins",
                "first ends",
                "second begins",
                "second ends",
                "third begins",
                "third ends"
            ]
        );
    });
}

#[test]
fn a_handler_can_keep_an_update_from_the_next_ones() {
    scene(82, async |s| {
        let log = s.log.clone();
        s.grace.on(NewMessage::new(), move |event| {
            log.note("first");
            let stop = event.raw_text() == "stop";
            async move { if stop { Err(StopPropagation) } else { Ok(()) } }
        });
        s.hear("second", NewMessage::new());
        s.run();
        s.write("stop").await;
        // parity: E-dispatch.stop
        assert_eq!(s.heard().await, ["first"]);
        s.write("go").await;
        assert_eq!(s.heard().await, ["first", "second: go"]);
    });
}

#[test]
fn handlers_may_call_any_method() {
    scene(83, async |s| {
        let log = s.log.clone();
        s.grace.on(NewMessage::new().incoming(), move |event| {
            let log = log.clone();
            async move {
                let client = event.client().clone();
                let me = client.get_me().await?;
                let sent = client.send_message("me", event.raw_text()).await?;
                let edited = client.edit_message("me", sent.id(), "kept").await?;
                let found = client.get_messages("me", 1).await?;
                assert_eq!(found[0].raw_text(), edited.raw_text());
                client.on(MessageEdited::new(), |_| async {});
                log.note(me.first_name.unwrap_or_default());
                client.disconnect().await;
                Ok::<_, Error>(())
            }
        });
        // parity: E-dispatch.invoke
        s.ada.send_message(s.grace_id, "x").await.unwrap();
        s.grace.run_until_disconnected().await.unwrap();
        assert_eq!(s.log.take(), ["Grace"]);
        assert!(!s.grace.is_connected());
    });
}

#[test]
fn updates_are_handled_side_by_side() {
    scene(84, async |s| {
        slow(s);
        s.run();
        s.write("slow").await;
        s.settle().await;
        s.write("quick").await;
        // parity: E-dispatch.parallel
        assert_eq!(
            s.heard().await,
            ["slow begins", "quick begins", "quick ends"]
        );
        s.wait(Duration::from_secs(60)).await;
        assert_eq!(s.heard().await, ["slow ends"]);
    });
}

#[test]
fn one_by_one_keeps_the_order_of_arrival() {
    sequential_scene(85, async |s| {
        slow(s);
        s.run();
        for text in ["slow", "quick", "quicker"] {
            s.write(text).await;
            s.settle().await;
        }
        assert_eq!(s.heard().await, ["slow begins"]);
        s.wait(Duration::from_secs(60)).await;
        // parity: E-dispatch.sequential
        assert_eq!(
            s.heard().await,
            [
                "slow ends",
                "quick begins",
                "quick ends",
                "quicker begins",
                "quicker ends"
            ]
        );
    });
}

/// A handler that takes half a minute for a message that says so.
fn slow(s: &crate::Scene<'_>) {
    let (log, runtime) = (s.log.clone(), s.sim.runtime());
    s.grace.on(NewMessage::new(), move |event| {
        let (log, runtime) = (log.clone(), runtime.clone());
        async move {
            let text = event.raw_text();
            log.note(format!("{text} begins"));
            if text == "slow" {
                let at = runtime.now().mono + Duration::from_secs(30);
                runtime.sleep_until(at).await;
            }
            log.note(format!("{text} ends"));
        }
    });
}

/// Notes that it is gone.
struct Guard(Arc<AtomicBool>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn what_still_runs_is_cut_short_when_the_client_disconnects() {
    scene(86, async |s| {
        let (log, gone) = (s.log.clone(), Arc::new(AtomicBool::new(false)));
        let copy = gone.clone();
        s.grace.on(NewMessage::new(), move |_| {
            let (log, guard) = (log.clone(), Guard(copy.clone()));
            async move {
                let _guard = guard;
                log.note("begins");
                std::future::pending::<()>().await;
            }
        });
        let running = s.grace.run_until_disconnected();
        let ending = async {
            s.write("x").await;
            s.settle().await;
            assert!(!gone.load(Ordering::Relaxed));
            s.grace.disconnect().await;
        };
        // parity: E-dispatch.cancel
        let (end, ()) = futures::join!(
            async { (running.await, gone.load(Ordering::Relaxed)) },
            ending
        );
        end.0.unwrap();
        assert!(end.1, "the handler is gone before the loop returns");
        assert_eq!(s.log.take(), ["begins"]);
    });
}

#[test]
fn conversations_hear_of_everything_before_handlers() {
    // Handled one by one: what the handler waits for comes behind the update that it is handling.
    sequential_scene(87, async |s| {
        let (log, ada) = (s.log.clone(), s.ada_id);
        s.grace.on(NewMessage::new().incoming(), move |event| {
            let log = log.clone();
            async move {
                log.note(format!("handler {}", event.raw_text()));
                if event.raw_text() != "start" {
                    return Ok(());
                }
                let talk = event.client().conversation(ada).await?;
                let edit = talk.wait_event(MessageEdited::new());
                talk.send_message("question").await?;
                talk.wait_read().await?;
                log.note("read");
                log.note(format!(
                    "response {}",
                    talk.get_response().await?.raw_text()
                ));
                log.note(format!("edit {}", talk.get_edit().await?.raw_text()));
                log.note(format!("event {}", edit.await?.raw_text()));
                Ok::<_, Error>(())
            }
        });
        s.run();
        s.write("start").await;
        assert_eq!(s.heard().await, ["handler start"]);
        s.ada
            .send_read_acknowledge(s.grace_id, Read::all())
            .await
            .unwrap();
        assert_eq!(s.heard().await, ["read"]);
        let id = s.write("answer").await;
        assert_eq!(s.heard().await, ["response answer"]);
        s.ada.edit_message(s.grace_id, id, "better").await.unwrap();
        // parity: E-dispatch.conversations_first
        assert_eq!(
            s.heard().await,
            ["edit better", "event better", "handler answer"]
        );
    });
}

//! How long handlers run, and what was missed before.

use std::time::Duration;

use futures::future::{Either, select};
use telewire_core::events::NewMessage;
use telewire_core::runtime::Runtime as _;
use telewire_core::session::MemorySession;
use telewire_tests::account::{client_with, sign_in};
use telewire_tests::sim::Sim;

use crate::scene;

#[test]
fn running_lasts_until_somebody_disconnects() {
    scene(76, async |s| {
        let running = Box::pin(s.grace.run_until_disconnected());
        let at = s.sim.now().mono + Duration::from_secs(3600);
        let hour = Box::pin(s.sim.runtime().sleep_until(at));
        // parity: M-updates.run_until_disconnected
        let Either::Right(((), running)) = select(running, hour).await else {
            panic!("it has ended by itself");
        };
        // Whoever stops waiting, as programs do on Ctrl-C, has a client that goes on.
        drop(running);
        assert!(s.grace.is_connected());
        let (grace, runtime) = (s.grace.clone(), s.sim.runtime());
        s.sim.runtime().spawn(async move {
            let at = runtime.now().mono + Duration::from_secs(5);
            runtime.clone().sleep_until(at).await;
            grace.disconnect().await;
        });
        assert!(s.grace.run_until_disconnected().await.is_ok());
        assert!(!s.grace.is_connected());
    });
}

#[test]
fn running_ends_with_the_reason_why_the_connection_is_lost_for_good() {
    let sim = Sim::new(77);
    sim.run(async {
        let mut config = sim.config();
        config.connection_retries = Some(2);
        let client = client_with(&sim, MemorySession::new(), config);
        sign_in(&sim, &client, 0).await;
        sim.weather(|weather| weather.reachable = false);
        sim.server(|server, _| server.close_all());
        // parity: M-updates.run_until_disconnected
        assert!(client.run_until_disconnected().await.is_err());
        assert!(!client.is_connected());
    });
}

#[test]
fn catching_up_on_request_brings_what_came_while_nobody_was_there() {
    scene(78, async |s| {
        let log = s.log.clone();
        s.grace.on(NewMessage::new().incoming(), move |event| {
            let when = if event.is_catch_up() {
                "missed"
            } else {
                "live"
            };
            log.note(format!("{when} {}", event.raw_text()));
            async {}
        });
        s.write("before").await;
        s.run();
        assert_eq!(s.heard().await, ["live before"]);
        s.grace.disconnect().await;
        s.write("one").await;
        s.write("two").await;
        s.grace.connect().await.unwrap();
        // parity: M-updates.catch_up, M-updates.catch_up.flag
        s.grace.catch_up().await;
        s.run();
        assert_eq!(s.heard().await, ["missed one", "missed two"]);
        s.write("after").await;
        assert_eq!(s.heard().await, ["live after"]);
        // Without a connection there is nothing to wait for.
        s.grace.disconnect().await;
        s.grace.catch_up().await;
    });
}

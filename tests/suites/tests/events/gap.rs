//! What is missing for good is told, in its place.

use telewire_core::events::{Gap, NewMessage, Raw, Why};
use telewire_core::updates::BoxId;
use telewire_sandbox::Options;
use telewire_tests::account::{client_with, sign_in, signed_in};
use telewire_tests::sim::Sim;

use crate::{Log, Scene};

#[test]
fn more_than_the_server_cares_to_tell_is_a_gap_in_its_place() {
    let sim = Sim::with(Options {
        seed: 91,
        difference_limit: 5,
        ..Options::default()
    });
    sim.run(async {
        let mut config = sim.config();
        config.catch_up = telewire_core::config::CatchUp::All;
        let ada = signed_in(&sim, 0).await;
        let store = telewire_core::session::MemorySession::new();
        let grace = client_with(&sim, store, config);
        sign_in(&sim, &grace, 1).await;
        let s = Scene::new(&sim, ada, grace).await;
        let (log, other, raw): (Log, Log, Log) = (s.log.clone(), Log::default(), Log::default());
        let copy = log.clone();
        s.grace.on(NewMessage::new().incoming(), move |event| {
            copy.note(event.raw_text());
            async {}
        });
        let copy = log.clone();
        s.grace.on(Gap::new(), move |gap| {
            assert_eq!((gap.at(), gap.why()), (BoxId::Account, Why::TooLong));
            assert!(gap.from_pts() < gap.to_pts() && gap.bytes().is_none());
            assert_eq!(gap.chat_id(), None);
            copy.note("a gap");
            async {}
        });
        let copy = other.clone();
        s.grace
            .on(Gap::new().chats([-1_000_000_000_077_i64]), move |_| {
                copy.note("a gap elsewhere");
                async {}
            });
        let copy = raw.clone();
        s.grace.on(Raw::new(), move |event| {
            if matches!(event.update(), telewire_core::types::Update::PtsChanged) {
                copy.note("a sign");
            }
            async {}
        });
        s.run();
        s.write("before").await;
        assert_eq!(s.heard().await, ["before"]);
        s.sim.weather(|weather| weather.reachable = false);
        s.sim.server(|server, _| server.close_all());
        s.settle().await;
        s.sim.server(|server, now| {
            for n in 0..20 {
                server
                    .write(now, s.ada_id, s.grace_id, &n.to_string())
                    .unwrap();
            }
        });
        s.sim.weather(|weather| weather.reachable = true);
        s.wait(std::time::Duration::from_secs(60)).await;
        assert_eq!(s.heard().await, ["a gap"]);
        s.write("after").await;
        assert_eq!(s.heard().await, ["after"]);
        assert!(other.take().is_empty() && raw.take().is_empty());
    });
}

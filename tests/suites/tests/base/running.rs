//! What a running client stays, and what it does for every request.

use std::time::Duration;

use futures::future::join;
use telewire_core::runtime::Runtime;
use telewire_core::time::Mono;
use telewire_core::{functions, types};
use telewire_sandbox::Trouble;
use telewire_tests::account::run;
use telewire_tests::sim::Sim;

use super::executed;

fn mono(sim: &Sim) -> Mono {
    sim.now().mono
}

async fn pause(sim: &Sim, seconds: u64) {
    let at = mono(sim) + Duration::from_secs(seconds);
    sim.runtime().sleep_until(at).await;
}

#[test]
fn a_client_stays_connected_while_it_reconnects() {
    // parity: M-base.is_connected
    run(6, async |sim, client| {
        assert!(client.is_connected());
        sim.weather(|weather| weather.reachable = false);
        sim.server(|server, _| server.close_all());
        pause(sim, 2).await;
        assert!(client.is_connected(), "that is for the client to mend");
        sim.weather(|weather| weather.reachable = true);
        client.get_me().await.unwrap();
        assert!(client.is_connected());
        client.disconnect().await;
        assert!(!client.is_connected());
    });
}

#[test]
fn the_flood_threshold_may_change_while_the_client_runs() {
    // parity: M-base.flood_sleep_threshold
    run(10, async |sim, client| {
        assert_eq!(client.flood_sleep_threshold(), Duration::from_secs(60));
        let flood = |seconds| {
            sim.server(|server, _| server.order("help.getNearestDc", 1, Trouble::flood(seconds)));
        };
        let ask = async || {
            let began = mono(sim);
            let answer = client.invoke(&functions::help::GetNearestDc {}).await;
            (answer, mono(sim).since(began).as_secs())
        };
        flood(60);
        let (answer, seconds) = ask().await;
        assert!(answer.is_ok());
        assert!((60..70).contains(&seconds), "{seconds}");

        client.set_flood_sleep_threshold(Duration::ZERO);
        flood(5);
        let (answer, seconds) = ask().await;
        let error = answer.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
        assert_eq!(seconds, 0);
        pause(sim, 10).await;

        client.set_flood_sleep_threshold(Duration::from_secs(86_400));
        flood(7200);
        let (answer, seconds) = ask().await;
        assert!(answer.is_ok());
        assert!((7200..7300).contains(&seconds), "{seconds}");
    });
}

#[test]
fn trouble_of_the_servers_own_is_waited_out_and_asked_again() {
    // parity: M-base.call.retry
    run(14, async |sim, client| {
        for trouble in ["RPC_CALL_FAIL", "RPC_MCGET_FAIL", "INTERDC_2_CALL_ERROR"] {
            let asked = executed(sim, "help.getNearestDc");
            sim.server(|server, _| {
                server.order("help.getNearestDc", 1, Trouble::internal(trouble));
            });
            let began = mono(sim);
            let answer = client.invoke(&functions::help::GetNearestDc {}).await;
            assert!(answer.is_ok(), "{trouble}: {answer:?}");
            let seconds = mono(sim).since(began).as_secs_f32();
            assert!((2.0..5.0).contains(&seconds), "{trouble}: {seconds} s");
            assert_eq!(executed(sim, "help.getNearestDc"), asked + 1);
        }
    });
}

#[test]
fn names_in_raw_requests_are_resolved_before_they_are_sent() {
    // parity: M-base.call.resolve
    run(11, async |sim, client| {
        let friend = sim.server(|server, _| {
            let users = server.users();
            users
                .into_iter()
                .find(|u| u.username.as_deref() == Some("grace_hopper"))
                .unwrap()
        });
        let peer = types::InputPeer::Named("@grace_hopper".into());
        let request = functions::messages::SendMessage::new(peer, "by name", 77);
        client.invoke(&request).await.unwrap();
        let me = client.get_me().await.unwrap().id;
        assert_eq!(
            sim.server(|server, _| server.texts(me, friend.id)),
            ["by name"]
        );
        assert_eq!(executed(sim, "contacts.resolveUsername"), 1);
    });
}

#[test]
fn connecting_twice_is_connecting_once() {
    // parity: M-base.connect.twice
    run(3, async |sim, client| {
        let greetings = executed(sim, "help.getConfig");
        let states = executed(sim, "updates.getState");
        let (one, other) = join(client.connect(), client.connect()).await;
        one.and(other).unwrap();
        let now = mono(sim);
        client.connect().await.unwrap();
        assert_eq!(mono(sim), now, "there is nothing to wait for");
        assert_eq!(executed(sim, "help.getConfig"), greetings);
        assert_eq!(executed(sim, "updates.getState"), states);
    });
}

//! Several requests at once, and handles whose requests travel in one manner.

use std::time::Duration;

use telewire_core::client::{Batch, InvokeOptions};
use telewire_core::functions::messages::SendMessage;
use telewire_core::{Client, Error, functions, types};
use telewire_sandbox::Trouble;
use telewire_tests::account::run;
use telewire_tests::sim::Sim;

use super::executed;

/// The texts `0`, `1` and so on, to somebody else.
async fn texts(client: &Client, count: i64) -> Vec<SendMessage> {
    let friend = client.get_input_entity("@grace_hopper").await.unwrap();
    let text = |n: i64| SendMessage::new(friend.clone(), n.to_string(), 1000 + n);
    (0..count).map(text).collect()
}

async fn received(sim: &Sim, client: &Client) -> Vec<String> {
    let me = client.get_me().await.unwrap().id;
    sim.server(|server, _| {
        let users = server.users();
        let friend = users
            .iter()
            .find(|u| u.username.as_deref() == Some("grace_hopper"))
            .unwrap();
        server.texts(me, friend.id)
    })
}

#[test]
fn ordered_requests_run_in_their_order_whatever_becomes_of_the_first() {
    // parity: M-base.call.ordered
    for (seed, trouble) in [
        (1, None),
        (2, Some(Trouble::flood(20))),
        (3, Some(Trouble::internal("RPC_CALL_FAIL"))),
        (4, Some(Trouble::CloseBefore)),
        (5, Some(Trouble::CloseAfter)),
    ] {
        run(seed, async |sim, client| {
            let requests = texts(&client, 20).await;
            if let Some(trouble) = trouble {
                sim.server(|server, _| server.order("messages.sendMessage", 1, trouble));
            }
            let minute = InvokeOptions::new().flood_sleep_threshold(Duration::from_secs(60));
            let batch = Batch::of(&requests).ordered().options(minute);
            let sent = client.invoke_many(batch).await.unwrap();
            assert_eq!(sent.len(), 20);
            let expected: Vec<_> = (0..20).map(|n: i32| n.to_string()).collect();
            assert_eq!(received(sim, &client).await, expected);
        });
    }
}

#[test]
fn what_succeeds_is_told_beside_what_fails() {
    // parity: M-base.call.list, M-base.call.list.flood
    run(5, async |sim, client| {
        sim.server(|server, _| server.order("messages.sendMessage", 1, Trouble::flood(20)));
        let requests = texts(&client, 3).await;
        let began = sim.now().mono;
        let error = client.invoke_many(requests).await.unwrap_err();
        assert!(sim.now().mono.since(began) < Duration::from_secs(5));
        let Error::Multi(several) = error else {
            panic!("{error}")
        };
        let floods = several.errors().into_iter().flatten();
        assert_eq!(
            floods.map(Error::retry_after).collect::<Vec<_>>(),
            [Some(Duration::from_secs(20))]
        );
        assert_eq!(
            several.results::<types::Updates>().iter().flatten().count(),
            2
        );
        assert_eq!(received(sim, &client).await.len(), 2);
    });
}

#[test]
fn a_handle_with_a_time_limit_gives_up_and_the_connection_goes_on() {
    run(6, async |sim, client| {
        sim.server(|server, _| server.order("help.getNearestDc", 1, Trouble::DropAnswer));
        let hasty = client.with_timeout(Duration::from_secs(5));
        let began = sim.now().mono;
        let late = hasty.invoke(&functions::help::GetNearestDc).await;
        assert!(
            matches!(late, Err(Error::Deadline { sent: true, .. })),
            "{late:?}"
        );
        assert_eq!(sim.now().mono.since(began), Duration::from_secs(5));
        let before = executed(sim, "help.getNearestDc");
        hasty.invoke(&functions::help::GetNearestDc).await.unwrap();
        assert_eq!(executed(sim, "help.getNearestDc"), before + 1);
    });
}

//! The life of a connection, as the parity lines N-life say: dialling, breaking, staying awake, ending.

use std::time::Duration;

use futures::channel::{mpsc, oneshot};
use futures::future::join;
use futures::stream::StreamExt as _;
use telewire_core::events::NewMessage;
use telewire_core::runtime::Runtime as _;
use telewire_core::session::{MemorySession, SessionStore as _};
use telewire_core::{Client, Error, functions};
use telewire_sandbox::Trouble;
use telewire_tests::account::{client, client_with, run, sign_in};
use telewire_tests::script::Shared;
use telewire_tests::sim::Sim;

async fn pause(sim: &Sim, seconds: u64) {
    let at = sim.now().mono + Duration::from_secs(seconds);
    sim.runtime().sleep_until(at).await;
}

fn executed(sim: &Sim, method: &str) -> usize {
    sim.server(|server, _| server.executed(method))
}

fn connections(sim: &Sim) -> usize {
    sim.server(|server, _| server.connections()).len()
}

#[test]
fn what_is_pending_when_the_line_breaks_is_answered_after_it() {
    // parity: N-life.reconnect, N-life.reconnect.single, N-life.reconnect.init
    run(1, async |sim, client| {
        let me = client.get_me().await.unwrap().id;
        let (sender, mut heard) = mpsc::unbounded();
        client.on(NewMessage::new().incoming(), move |event| {
            let _ = sender.unbounded_send(event.raw_text().to_owned());
            async { Ok::<_, Error>(()) }
        });
        let listening = client.clone();
        sim.runtime().spawn(async move {
            let _ = listening.run_until_disconnected().await;
        });
        pause(sim, 30).await;
        let (made, greeted) = (sim.traffic().connections, executed(sim, "help.getConfig"));
        let run_before = executed(sim, "messages.sendMessage");
        // The server runs it and falls silent; the answer comes over the next connection.
        sim.server(|server, _| {
            server.order("messages.sendMessage", 1, Trouble::CloseAfter);
        });
        sim.weather(|weather| weather.reachable = false);
        let missed = async {
            pause(sim, 5).await;
            assert_eq!(connections(sim), 0);
            sim.server(|server, now| {
                let friend = server.users().into_iter().find(|u| u.id != me).unwrap();
                server
                    .write(now, friend.id, me, "while you were away")
                    .unwrap();
            });
            sim.weather(|weather| weather.reachable = true);
        };
        let (sent, ()) = join(client.send_message("me", "once"), missed).await;
        sent.unwrap();
        assert_eq!(executed(sim, "messages.sendMessage"), run_before + 1);
        assert_eq!(heard.next().await.unwrap(), "while you were away");
        assert_eq!(sim.traffic().connections, made + 1, "one, and no second");
        assert_eq!(connections(sim), 1);
        assert_eq!(executed(sim, "help.getConfig"), greeted + 1);
    });
}

#[test]
fn when_all_attempts_have_failed_everybody_hears_why() {
    // parity: N-life.reconnect.fail, N-life.dial
    let sim = Sim::new(2);
    let mut config = sim.config();
    config.connection_retries = Some(2);
    sim.run(async {
        let client = client_with(&sim, MemorySession::new(), config);
        client.connect().await.unwrap();
        pause(&sim, 30).await;
        let server_gone = async {
            sim.weather(|weather| weather.reachable = false);
            sim.server(|server, _| server.close_all());
            client.invoke(&functions::help::GetNearestDc).await
        };
        let (ended, pending) = join(client.disconnected(), server_gone).await;
        for error in [ended.unwrap_err(), pending.unwrap_err()] {
            assert!(matches!(error, Error::Transport(_)), "{error}");
            assert!(error.to_string().contains("connection refused"), "{error}");
        }
        assert!(!client.is_connected());
    });
}

#[test]
fn ending_a_connection_ends_what_waits_for_it() {
    // parity: N-life.disconnect, N-life.send_offline
    run(3, async |sim, client| {
        sim.server(|server, _| server.order("help.getNearestDc", 1, Trouble::DropAnswer));
        let waiting = client.invoke(&functions::help::GetNearestDc);
        let leaving = async {
            pause(sim, 1).await;
            client.disconnect().await;
        };
        let (pending, (ended, ())) = join(waiting, join(client.disconnected(), leaving)).await;
        assert!(matches!(pending, Err(Error::Disconnected)), "{pending:?}");
        ended.unwrap();
        // And what is sent from now on does not wait at all.
        let before = sim.now();
        let refused = client.send_message("me", "too late").await;
        assert!(matches!(refused, Err(Error::Disconnected)), "{refused:?}");
        assert_eq!(sim.now(), before);
    });
    let sim = Sim::new(3);
    sim.run(async {
        let never = client(&sim);
        let refused = never.invoke(&functions::help::GetNearestDc).await;
        assert!(matches!(refused, Err(Error::Disconnected)), "{refused:?}");
    });
}

#[test]
fn a_quiet_connection_is_pinged_and_what_comes_over_it_is_saved() {
    // parity: N-life.ping
    let sim = Sim::new(4);
    let store = Shared::default();
    sim.run(async {
        let client = client_with(&sim, store.clone(), sim.config());
        let me = sign_in(&sim, &client, 0).await;
        pause(&sim, 120).await;
        let before = sim.traffic().up_chunks;
        pause(&sim, 600).await;
        let pings = sim.traffic().up_chunks - before;
        assert!((10..=21).contains(&pings), "{pings} packets in ten minutes");
        let saved = || store.clone().load().unwrap().state.unwrap().pts;
        let before = saved();
        sim.server(|server, now| {
            let friend = server.users().into_iter().find(|u| u.id != me).unwrap();
            server.write(now, friend.id, me, "news").unwrap();
        });
        pause(&sim, 60).await;
        assert_eq!(saved(), before + 1, "although nobody asked for it to be");
    });
}

#[test]
fn nothing_is_left_of_a_client_that_is_gone() {
    // parity: N-life.threads
    let sim = Sim::new(5);
    sim.run(async {
        let (client, driver) =
            Client::with_driver(sim.runtime(), MemorySession::new(), sim.config());
        let (ended, end) = oneshot::channel();
        sim.runtime().spawn(async move {
            driver.await;
            let _ = ended.send(());
        });
        sign_in(&sim, &client, 0).await;
        client.on(NewMessage::new(), |_| async { Ok::<_, Error>(()) });
        let handlers = client.clone();
        let (left, leaves) = oneshot::channel();
        sim.runtime().spawn(async move {
            let _ = left.send(handlers.run_until_disconnected().await);
        });
        pause(&sim, 10).await;
        client.disconnect().await;
        leaves.await.unwrap().unwrap();
        drop(client);
        end.await.expect("the driver has ended");
        pause(&sim, 1).await;
        assert_eq!(connections(&sim), 0);
        let before = sim.polls();
        pause(&sim, 24 * 3600).await;
        // Only whoever waits here is woken.
        assert!(sim.polls() - before <= 2, "somebody still runs");
    });
}

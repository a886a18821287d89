//! A client, its driver and its engine, unmodified, in a simulated world.

use std::time::Duration;

use futures::future::{Either, select};
use futures::stream::StreamExt;
use telewire_core::client::SignIn;
use telewire_core::events::NewMessage;
use telewire_core::runtime::Runtime;
use telewire_core::session::MemorySession;
use telewire_core::{Client, Error, functions};
use telewire_tests::sim::{Cut, Direction, Place, Sim};

/// A client whose driver runs in that world.
fn client(sim: &Sim) -> Client {
    spawned(sim, sim.config(), MemorySession::new())
}

fn spawned(sim: &Sim, config: telewire_core::Config, store: MemorySession) -> Client {
    let (client, driver) = Client::with_driver(sim.runtime(), store, config);
    sim.runtime().spawn(driver);
    client
}

/// Signs the first of the sandbox's users without a password in.
async fn sign_in(sim: &Sim, client: &Client) {
    let user = sim.server(|server, _| {
        server
            .users()
            .into_iter()
            .find(|u| u.password.is_none())
            .unwrap()
    });
    let code = sim.server(|server, _| server.options().code.clone());
    client.send_code_request(&user.phone).await.unwrap();
    let SignIn::Done(me) = client.sign_in(&user.phone, &code).await.unwrap() else {
        panic!("neither a password nor signing up is asked for")
    };
    assert_eq!(me.id, user.id);
}

#[test]
fn connects_signs_in_and_sends() {
    let sim = Sim::new(1);
    sim.run(async {
        let client = client(&sim);
        client.connect().await.unwrap();
        assert!(client.is_connected());
        sign_in(&sim, &client).await;
        let message = client.send_message("me", "Hello").await.unwrap();
        assert_eq!(message.text(), "Hello");
        client.disconnect().await;
        assert!(!client.is_connected());
        client.disconnected().await.unwrap();
    });
}

#[test]
fn what_comes_between_registering_a_handler_and_running_it_waits() {
    let sim = Sim::new(3);
    sim.run(async {
        let client = client(&sim);
        client.connect().await.unwrap();
        sign_in(&sim, &client).await;
        let (sender, mut heard) = futures::channel::mpsc::unbounded();
        client.on(NewMessage::new(), move |event| {
            let sent = sender.unbounded_send(event.raw_text().to_owned());
            async move { sent.map_err(|_| Error::Disconnected) }
        });
        let me = client.get_me().await.unwrap().id;
        sim.server(|server, now| {
            let friend = server.users().into_iter().find(|u| u.id != me).unwrap();
            server.write(now, friend.id, me, "early").unwrap();
        });
        let now = sim.runtime().now().mono;
        sim.runtime()
            .sleep_until(now + Duration::from_secs(5))
            .await;
        let run = std::pin::pin!(client.run_until_disconnected());
        let Either::Right((text, _)) = select(run, heard.next()).await else {
            panic!("the client is connected");
        };
        assert_eq!(text.as_deref(), Some("early"));
    });
}

#[test]
fn the_same_seed_has_the_same_traffic() {
    let traffic = |seed| {
        let sim = Sim::new(seed);
        sim.run(async {
            let client = client(&sim);
            client.connect().await.unwrap();
            sign_in(&sim, &client).await;
        });
        let t = sim.traffic();
        (t.up_bytes, t.down_bytes, t.up_chunks, sim.now())
    };
    assert_eq!(traffic(3), traffic(3));
    assert_ne!(traffic(3), traffic(4));
}

#[test]
fn an_unreachable_server_is_named_after_all_attempts() {
    let sim = Sim::new(1);
    sim.weather(|w| w.reachable = false);
    sim.run(async {
        let client = client(&sim);
        let error = client.connect().await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)));
        let text = error.to_string();
        assert!(text.contains("127.0.0.1:443: connection refused"), "{text}");
        assert!(client.disconnected().await.is_err());
        // It works again as soon as the network does.
        sim.weather(|w| w.reachable = true);
        client.connect().await.unwrap();
    });
}

#[test]
fn a_cut_key_exchange_begins_anew() {
    for after in 0..3 {
        let sim = Sim::new(2);
        sim.cut(Cut {
            direction: Direction::Up,
            after,
            place: Place::After,
        });
        sim.run(async {
            let client = client(&sim);
            client.connect().await.unwrap();
        });
        assert_eq!(sim.traffic().connections, 2, "after {after}");
    }
}

#[test]
fn requests_wait_out_a_lost_network() {
    let sim = Sim::new(5);
    sim.run(async {
        let mut config = sim.config();
        config.connection_retries = None;
        let client = spawned(&sim, config, MemorySession::new());
        client.connect().await.unwrap();
        sim.server(|server, _| server.close_all());
        sim.weather(|w| w.reachable = false);
        let request = functions::help::GetNearestDc;
        let answer = client.invoke(&request);
        let later = async {
            use telewire_core::runtime::Runtime;
            let at = sim.now().mono + Duration::from_secs(600);
            sim.runtime().sleep_until(at).await;
            assert!(client.is_connected(), "that is for the client to mend");
            sim.weather(|w| w.reachable = true);
        };
        let (answer, ()) = futures::join!(answer, later);
        answer.unwrap();
    });
}

#[test]
fn the_last_client_ends_the_driver() {
    let sim = Sim::new(6);
    let (client, driver) = Client::with_driver(sim.runtime(), MemorySession::new(), sim.config());
    sim.run(async {
        let using = async move {
            let other = client.clone();
            client.connect().await.unwrap();
            drop(client);
            other.invoke(&functions::help::GetNearestDc).await.unwrap();
        };
        futures::join!(using, driver);
    });
    assert!(sim.server(|server, _| server.connections()).is_empty());
}

#[test]
fn a_dropped_driver_ends_every_future() {
    let sim = Sim::new(7);
    let (client, driver) = Client::with_driver(sim.runtime(), MemorySession::new(), sim.config());
    sim.run(async {
        let connecting = client.connect();
        let using = async {
            connecting.await.unwrap();
            let request = functions::help::GetNearestDc;
            let (pending, ended) = futures::join!(client.invoke(&request), client.disconnected());
            assert!(matches!(pending, Err(Error::Disconnected)));
            assert!(matches!(ended, Err(Error::Disconnected)));
            assert!(matches!(client.connect().await, Err(Error::Disconnected)));
        };
        let dropping = async {
            futures::select_biased! {
                () = futures::FutureExt::fuse(driver) => panic!("the client is still there"),
                () = futures::FutureExt::fuse(async {
                    while !client.is_connected() {
                        use telewire_core::runtime::Runtime;
                        let at = sim.now().mono + Duration::from_millis(10);
                        sim.runtime().sleep_until(at).await;
                    }
                }) => {}
            }
        };
        futures::join!(using, dropping);
    });
}

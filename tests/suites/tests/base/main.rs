//! Connecting, disconnecting and raw requests, as the parity lines M-base say.

mod running;
mod several;

use telewire_core::session::{MemorySession, SessionStore as _};
use telewire_core::{Client, Error, functions};
use telewire_sandbox::Trouble;
use telewire_tests::account::{client, client_with, run, sign_in};
use telewire_tests::script::Shared;
use telewire_tests::sim::Sim;

fn executed(sim: &Sim, method: &str) -> usize {
    sim.server(|server, _| server.executed(method))
}

#[test]
fn connecting_makes_a_key_stores_it_and_asks_for_the_configuration() {
    let sim = Sim::new(1);
    let store = Shared::default();
    sim.run(async {
        let client = client_with(&sim, store.clone(), sim.config());
        // parity: M-base.connect.steps
        client.connect().await.unwrap();
        let saved = store.clone().load().unwrap();
        let home = saved.home.unwrap();
        // parity: N-mt.auth.cb
        assert!(saved.keys.contains_key(&home) && saved.home_address().is_some());
        assert_eq!(executed(&sim, "help.getConfig"), 1);
        // parity: M-base.connect.twice
        client.connect().await.unwrap();
        assert_eq!(executed(&sim, "help.getConfig"), 1);
        assert_eq!(sim.server(|server, _| server.connections()).len(), 1);
        client.disconnect().await;
        // The next one begins with what was stored.
        let again = client_with(&sim, store.clone(), sim.config());
        again.connect().await.unwrap();
        let key = |s: &telewire_core::session::Session| s.keys[&home].as_bytes().to_vec();
        assert_eq!(key(&store.clone().load().unwrap()), key(&saved));
    });
}

#[test]
fn connecting_in_vain_is_an_error_once_all_attempts_are_used() {
    let sim = Sim::new(1);
    sim.weather(|w| w.reachable = false);
    sim.run(async {
        // parity: M-base.connect
        let client = client(&sim);
        assert!(matches!(client.connect().await, Err(Error::Transport(_))));
        sim.weather(|w| w.reachable = true);
        client.connect().await.unwrap();
    });
}

#[test]
fn disconnecting_ends_what_waits_and_keeps_what_is_known() {
    let sim = Sim::new(1);
    let store = Shared::default();
    sim.run(async {
        // parity: M-base.disconnect
        let client = client_with(&sim, store.clone(), sim.config());
        sign_in(&sim, &client, 0).await;
        client.get_dialogs(1).await.unwrap();
        sim.server(|server, _| server.order("help.getNearestDc", 1, Trouble::DropAnswer));
        let (pending, ()) = futures::join!(client.invoke(&functions::help::GetNearestDc), async {
            client.disconnect().await;
        });
        assert!(matches!(pending, Err(Error::Disconnected)), "{pending:?}");
        let state = store.clone().load().unwrap().state;
        assert!(state.is_some_and(|state| state.pts > 0 && state.date > 0));
    });
}

#[test]
fn disconnecting_without_a_connection_is_harmless() {
    let sim = Sim::new(1);
    sim.run(async {
        // parity: M-base.disconnect.noconn
        let client = client(&sim);
        client.disconnect().await;
        assert!(!client.is_connected());
        client.connect().await.unwrap();
        sim.server(|server, _| server.close_all());
        client.disconnect().await;
        client.disconnect().await;
    });
}

#[test]
fn everybody_may_wait_for_the_end_of_the_connection() {
    let sim = Sim::new(1);
    sim.run(async {
        // parity: M-base.disconnected
        let client = client(&sim);
        client.connect().await.unwrap();
        let other = client.clone();
        let ends = futures::future::join3(
            client.disconnected(),
            other.disconnected(),
            client.disconnect(),
        );
        let (one, two, ()) = ends.await;
        assert!(one.is_ok() && two.is_ok());
        sim.weather(|w| w.reachable = false);
        client.connect().await.unwrap_err();
        assert!(matches!(
            client.disconnected().await,
            Err(Error::Transport(_))
        ));
    });
}

#[test]
fn the_api_id_and_hash_are_needed() {
    let sim = Sim::new(1);
    let built = |builder: telewire_core::client::Builder| {
        builder.with_driver(sim.runtime()).map(|(client, _)| client)
    };
    // parity: M-base.api_id
    for bad in ["", "0", "x"] {
        let refused = built(Client::builder(bad, "0123456789abcdef0123456789abcdef"));
        assert!(matches!(refused, Err(Error::Misuse(_))), "{bad:?}");
    }
    assert!(built(Client::builder(0, "0123456789abcdef0123456789abcdef")).is_err());
    let client = built(Client::builder("12345", "0123456789abcdef0123456789abcdef")).unwrap();
    assert_eq!(client.config().api_id, 12345);
    // parity: M-base.version
    assert_eq!(Client::VERSION, env!("CARGO_PKG_VERSION"));
    // parity: M-base.api_hash
    assert!(matches!(
        built(Client::builder(12345, "")),
        Err(Error::Misuse(_))
    ));
}

#[test]
fn the_session_of_a_running_client_can_be_had() {
    run(1, async |_, client| {
        // parity: M-base.session
        let mut copy = client.copy_session(MemorySession::new()).await.unwrap();
        let session = copy.load().unwrap();
        assert!(
            session
                .home
                .is_some_and(|home| session.keys.contains_key(&home))
        );
    });
}

#[test]
fn users_and_chats_of_results_are_remembered() {
    run(1, async |sim, client| {
        // parity: M-base.call.entities
        let found = client
            .invoke(&functions::contacts::ResolveUsername::new("grace_hopper"))
            .await
            .unwrap();
        let telewire_core::types::Peer::User(user) = found.peer else {
            panic!("she is a user")
        };
        let before = (
            executed(sim, "users.getUsers"),
            executed(sim, "contacts.resolveUsername"),
        );
        client.get_input_entity(user.user_id).await.unwrap();
        client.get_input_entity("@grace_hopper").await.unwrap();
        let after = (
            executed(sim, "users.getUsers"),
            executed(sim, "contacts.resolveUsername"),
        );
        assert_eq!(before, after, "nobody is asked for what a result has told");
        let saved = client.copy_session(MemorySession::new()).await.unwrap();
        let key =
            telewire_core::peers::PeerKey::Id(telewire_core::peers::PeerId::User(user.user_id));
        assert!({ saved }.peer(&key).unwrap().is_some());
    });
}

//! What a driver does with the session's store and with its time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use telewire_core::client::SignIn;
use telewire_core::error::StoreError;
use telewire_core::peers::{PeerKey, PeerRecord};
use telewire_core::runtime::Runtime;
use telewire_core::session::{
    MemorySession, SentFile, SentFileKey, Session, SessionChange, SessionStore,
};
use telewire_core::{Client, Error, functions};
use telewire_tests::sim::Sim;

/// A memory session that notes when it is called, and fails on demand.
#[derive(Clone, Default)]
struct Noted(Arc<Mutex<Notes>>);

#[derive(Default)]
struct Notes {
    inner: MemorySession,
    log: Vec<String>,
    /// Calls of `apply` that begin to fail after so many.
    good_for: Option<usize>,
    unreadable: bool,
}

impl SessionStore for Noted {
    fn load(&mut self) -> Result<Session, StoreError> {
        let mut notes = self.0.lock().unwrap();
        if notes.unreadable {
            return Err(StoreError::new("no session folder; create it"));
        }
        notes.inner.load()
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        let mut notes = self.0.lock().unwrap();
        if let Some(left) = &mut notes.good_for {
            *left = left
                .checked_sub(1)
                .ok_or_else(|| StoreError::new("the disk is full"))?;
        }
        for change in changes {
            let text = match change {
                SessionChange::Key(..) => "key",
                SessionChange::User(Some(_)) => "user",
                SessionChange::State(_) => "state",
                SessionChange::Peer(_) => "peer",
                _ => continue,
            };
            notes.log.push(text.into());
        }
        notes.inner.apply(changes)
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        self.0.lock().unwrap().inner.peer(key)
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        self.0.lock().unwrap().inner.sent_file(key)
    }

    fn close(&mut self) -> Result<(), StoreError> {
        let mut notes = self.0.lock().unwrap();
        notes.log.push("close".into());
        notes.inner.close()
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        let mut notes = self.0.lock().unwrap();
        notes.log.push("delete".into());
        notes.inner.delete()
    }
}

fn client(sim: &Sim, store: &Noted) -> Client {
    let (client, driver) = Client::with_driver(sim.runtime(), store.clone(), sim.config());
    sim.runtime().spawn(driver);
    client
}

async fn sign_in(sim: &Sim, client: &Client) {
    let (user, code) = sim.server(|server, _| {
        let user = server.users().into_iter().find(|u| u.password.is_none());
        (user.unwrap(), server.options().code.clone())
    });
    client.send_code_request(&user.phone).await.unwrap();
    assert!(matches!(
        client.sign_in(&user.phone, &code).await.unwrap(),
        SignIn::Done(_)
    ));
}

#[test]
fn nothing_is_sent_under_a_key_that_is_not_stored() {
    let sim = Sim::new(1);
    let job = Duration::from_secs(5);
    sim.weather(|w| w.job = job);
    let store = Noted::default();
    sim.run(async {
        client(&sim, &store).connect().await.unwrap();
    });
    // Loading, two jobs of the exchange, and storing the key.
    let first = sim
        .server(|server, _| server.log().first().cloned())
        .unwrap();
    let made_at = first.msg_id >> 32;
    let begun_at =
        sim.now().wall.secs() - i64::try_from(sim.now().mono.since_origin().as_secs()).unwrap();
    assert!(
        made_at - begun_at >= 20,
        "the first message under the key is {} s old",
        made_at - begun_at
    );
    assert_eq!(
        store.0.lock().unwrap().log.first().map(String::as_str),
        Some("key")
    );
}

#[test]
fn a_key_that_cannot_be_stored_ends_it_with_the_reason() {
    let sim = Sim::new(1);
    let store = Noted::default();
    store.0.lock().unwrap().good_for = Some(0);
    sim.run(async {
        let client = client(&sim, &store);
        let error = client.connect().await.unwrap_err();
        assert!(matches!(&error, Error::Store(_)), "{error:?}");
        assert_eq!(error.to_string(), "the disk is full");
    });
    assert!(
        sim.server(|server, _| server.log()).is_empty(),
        "nothing was sent under the key"
    );
}

#[test]
fn a_session_that_cannot_be_read_is_the_answer_to_everything() {
    let sim = Sim::new(1);
    let store = Noted::default();
    store.0.lock().unwrap().unreadable = true;
    sim.run(async {
        let client = client(&sim, &store);
        for _ in 0..2 {
            let error = client.connect().await.unwrap_err();
            assert_eq!(error.to_string(), "no session folder; create it");
        }
        let error = client
            .invoke(&functions::help::GetNearestDc)
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Store(_)));
        client.disconnect().await;
    });
}

#[test]
fn a_store_that_fails_later_stops_the_position_and_is_told() {
    let sim = Sim::new(2);
    let store = Noted::default();
    sim.run(async {
        let client = client(&sim, &store);
        client.connect().await.unwrap();
        sign_in(&sim, &client).await;
        let mut after = sim.now().mono + Duration::from_secs(5);
        sim.runtime().sleep_until(after).await;
        assert!(client.store_failure().is_none());
        store.0.lock().unwrap().good_for = Some(0);
        client.send_message("me", "one").await.unwrap();
        after = after + Duration::from_secs(5);
        sim.runtime().sleep_until(after).await;
        assert_eq!(
            client.store_failure().unwrap().to_string(),
            "the disk is full"
        );
        // The disk is back, but what was taken meanwhile is not stored, so the position stays.
        {
            let mut notes = store.0.lock().unwrap();
            notes.good_for = None;
            notes.log.clear();
        }
        client.send_message("me", "two").await.unwrap();
        client.disconnect().await;
        let log = store.0.lock().unwrap().log.clone();
        assert!(!log.contains(&"state".to_owned()), "{log:?}");
    });
}

#[test]
fn disconnecting_stores_first_and_closes_last() {
    let sim = Sim::new(3);
    let store = Noted::default();
    sim.run(async {
        let client = client(&sim, &store);
        client.connect().await.unwrap();
        sign_in(&sim, &client).await;
        client.send_message("me", "one").await.unwrap();
        client.disconnect().await;
    });
    let log = store.0.lock().unwrap().log.clone();
    assert!(
        log.contains(&"user".to_owned()) && log.contains(&"state".to_owned()),
        "{log:?}"
    );
    assert_eq!(log.last().map(String::as_str), Some("close"), "{log:?}");
    // The session is good for another run, without signing in.
    sim.run(async {
        let client = client(&sim, &store);
        client.connect().await.unwrap();
        client.get_me().await.unwrap();
    });
}

#[test]
fn nothing_of_an_account_is_left_after_logging_out() {
    let sim = Sim::new(10);
    let store = Noted::default();
    sim.run(async {
        let client = client(&sim, &store);
        client.connect().await.unwrap();
        sign_in(&sim, &client).await;
        client.send_message("me", "one").await.unwrap();
        client.log_out().await.unwrap();
        client.disconnect().await;
    });
    let log = store.0.lock().unwrap().log.clone();
    let deleted = log.iter().position(|l| l == "delete").unwrap();
    assert!(log[deleted + 1..].iter().all(|l| l == "close"), "{log:?}");
    let left = store.0.lock().unwrap().inner.load().unwrap();
    assert!(
        left.keys.is_empty() && left.user.is_none() && left.state.is_none(),
        "{left:?}"
    );
    // One can begin anew.
    sim.run(async {
        let client = client(&sim, &store);
        client.connect().await.unwrap();
        sign_in(&sim, &client).await;
    });
}

#[test]
fn an_idle_account_wakes_for_its_pings_only() {
    let sim = Sim::new(4);
    sim.run(async {
        let client = client(&sim, &Noted::default());
        client.connect().await.unwrap();
        sign_in(&sim, &client).await;
        let settled = sim.now().mono + Duration::from_secs(600);
        sim.runtime().sleep_until(settled).await;
        let (polls, traffic) = (sim.polls(), sim.traffic());
        let hour = Duration::from_secs(3600);
        sim.runtime().sleep_until(settled + hour).await;
        let (polls, chunks) = (
            sim.polls() - polls,
            sim.traffic().up_chunks - traffic.up_chunks,
        );
        assert!(chunks <= 150, "{chunks} packets in an hour");
        assert!(polls <= 6 * chunks, "{polls} polls for {chunks} packets");
        assert!(client.is_connected());
    });
}

#[test]
fn a_suspend_replaces_the_connection() {
    let sim = Sim::new(5);
    sim.run(async {
        let client = client(&sim, &Noted::default());
        client.connect().await.unwrap();
        let before = sim.traffic().connections;
        sim.jump(Duration::from_secs(8 * 3600));
        client.invoke(&functions::help::GetNearestDc).await.unwrap();
        assert_eq!(sim.traffic().connections, before + 1);
    });
}

#[test]
fn a_forgotten_key_is_reported_and_kept() {
    let sim = Sim::new(6);
    let store = Noted::default();
    sim.run(async {
        let client = client(&sim, &store);
        client.connect().await.unwrap();
        sign_in(&sim, &client).await;
        client.disconnect().await;
        let keys = || store.0.lock().unwrap().inner.load().unwrap().keys;
        let before = keys().len();
        sim.server(|server, _| server.forget_keys());
        let error = client.connect().await.unwrap_err();
        assert!(error.to_string().contains("-404"), "{error}");
        assert_eq!(keys().len(), before);
    });
}

#[test]
fn a_forgotten_key_that_nobody_signed_in_with_is_made_anew() {
    let sim = Sim::new(6);
    let store = Noted::default();
    sim.run(async {
        let client = client(&sim, &store);
        client.connect().await.unwrap();
        let key = || {
            let session = store.0.lock().unwrap().inner.load().unwrap();
            let home = session.home.unwrap();
            session.keys[&home].as_bytes().to_vec()
        };
        let before = key();
        sim.server(|server, _| {
            server.forget_keys();
            server.close_all();
        });
        client.invoke(&functions::help::GetNearestDc).await.unwrap();
        assert_ne!(key(), before);
        sign_in(&sim, &client).await;
    });
}

#[test]
fn a_restarted_server_keeps_answering() {
    let sim = Sim::new(7);
    sim.run(async {
        let client = client(&sim, &Noted::default());
        client.connect().await.unwrap();
        sign_in(&sim, &client).await;
        for _ in 0..5 {
            sim.server(|server, _| server.forget_sessions());
            client.send_message("me", "still there?").await.unwrap();
            sim.server(|server, _| server.close_all());
        }
    });
}

#[test]
fn a_dropped_request_that_waits_is_never_sent() {
    let sim = Sim::new(8);
    sim.run(async {
        let client = client(&sim, &Noted::default());
        client.connect().await.unwrap();
        sim.weather(|w| w.reachable = false);
        sim.server(|server, _| server.close_all());
        let at = sim.now().mono + Duration::from_secs(1);
        sim.runtime().sleep_until(at).await;
        {
            let request = functions::help::GetNearestDc;
            let mut pending = std::pin::pin!(client.invoke(&request));
            assert!(futures::poll!(pending.as_mut()).is_pending());
        }
        sim.weather(|w| w.reachable = true);
        client.invoke(&functions::help::GetConfig).await.unwrap();
    });
    assert_eq!(
        sim.server(|server, _| server.executed("help.getNearestDc")),
        0
    );
}

#[test]
fn many_requests_at_once_are_all_answered() {
    let sim = Sim::new(9);
    sim.run(async {
        let client = client(&sim, &Noted::default());
        client.connect().await.unwrap();
        let request = functions::help::GetNearestDc;
        let answers = futures::future::join_all((0..500).map(|_| client.invoke(&request))).await;
        assert!(answers.iter().all(Result::is_ok));
    });
    assert_eq!(
        sim.server(|server, _| server.executed("help.getNearestDc")),
        500
    );
    let chunks = sim.traffic().up_chunks;
    assert!(chunks < 60, "{chunks} packets: containers were not used");
}

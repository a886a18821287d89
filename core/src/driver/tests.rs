//! A driver whose commands come in an awkward order.

use std::pin::pin;
use std::sync::atomic::AtomicUsize;
use std::task::Waker;

use super::*;
use crate::client::Client;
use crate::client::testing::Files;
use crate::peers::{PeerId, PeerKey, PeerRecord};
use crate::session::{MemorySession, SentFile, SentFileKey, SessionChange};

#[test]
fn whoever_disconnects_is_answered_although_somebody_connects_at_once() {
    let (client, driver) = Client::with_driver(
        Files::default(),
        MemorySession::new(),
        Config::new(1, "hash"),
    );
    let mut cx = Context::from_waker(Waker::noop());
    let mut driver = pin!(driver);
    let mut leave = pin!(client.disconnect());
    let mut connect = pin!(client.connect());
    // Both commands are there before the driver looks.
    assert!(leave.as_mut().poll(&mut cx).is_pending());
    assert!(connect.as_mut().poll(&mut cx).is_pending());
    for _ in 0..4 {
        assert!(driver.as_mut().poll(&mut cx).is_pending());
    }
    assert!(connect.as_mut().poll(&mut cx).is_pending());
    assert!(leave.as_mut().poll(&mut cx).is_ready());
}

/// Counts what it is given.
struct Counting(MemorySession, Arc<AtomicUsize>);

impl SessionStore for Counting {
    fn load(&mut self) -> Result<Session, StoreError> {
        self.0.load()
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        self.1.fetch_add(changes.len(), Ordering::Relaxed);
        self.0.apply(changes)
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        self.0.peer(key)
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        self.0.sent_file(key)
    }

    fn close(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        self.0.delete()
    }
}

#[test]
fn what_waits_for_a_slow_store_has_a_bound_and_is_stored_when_it_comes_again() {
    const EACH: i64 = 100;
    let stored = Arc::new(AtomicUsize::new(0));
    let store = Counting(MemorySession::new(), Arc::clone(&stored));
    let (client, driver) = Client::with_driver(Files::default(), store, Config::new(1, "hash"));
    let mut cx = Context::from_waker(Waker::noop());
    let mut driver = pin!(driver);
    assert!(driver.as_mut().poll(&mut cx).is_pending());
    let peers = |n: i64| -> Vec<_> {
        let ids = n * EACH + 1..=(n + 1) * EACH;
        let peer = |id| PeerRecord {
            id: PeerId::User(id),
            access_hash: id,
            usernames: vec![],
            phone: None,
            name: "Somebody".into(),
            bot: false,
        };
        ids.map(peer).collect()
    };
    // All of it comes before the store has had a chance.
    for n in 0..300 {
        client.remember(peers(n));
    }
    assert!(client.store_failure().is_none());
    assert!(driver.as_mut().poll(&mut cx).is_pending());
    assert_eq!(stored.load(Ordering::Relaxed), 16_300, "of 30,000");
    let error = client.store_failure().unwrap().to_string();
    assert!(error.contains("does not keep up"), "{error}");
    // The last ones were refused; seen again, they are kept. The first of those that were is no news.
    client.remember(peers(299));
    assert!(driver.as_mut().poll(&mut cx).is_pending());
    assert_eq!(stored.load(Ordering::Relaxed), 16_400);
}

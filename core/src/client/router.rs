//! Who gets updates before any handler: conversations, and whatever else waits for an answer.
//!
//! Waiters are fed by the driver itself. So they hear of everything in order, whether or not handlers run, and while a
//! handler that waits for an answer holds up all updates behind its own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use crate::client::Client;
use crate::client::handle::lock;
use crate::updates::Update;

/// Waits for certain updates. It hears of them for as long as it exists.
pub(crate) trait Waiter: Send + Sync {
    /// Looks at an update, which goes on to the other waiters and to the handlers in any case. Called by the driver: it
    /// must neither block nor call the waiter's owner back.
    fn offer(&self, update: &Arc<Update>);
}

impl Client {
    /// Has updates offered to `waiter` from now on, until it is dropped.
    pub(crate) fn add_waiter<W: Waiter + 'static>(&self, waiter: &Arc<W>) {
        let waiter: Weak<W> = Arc::downgrade(waiter);
        self.shared().router.add(waiter);
        // It may be the first one that wants updates at all.
        self.shared().nudge();
    }
}

/// The waiters of an account.
#[derive(Default)]
pub(crate) struct Router {
    waiters: Mutex<Vec<Weak<dyn Waiter>>>,
    /// As many as the list had at last, so that nobody locks it for nothing.
    count: AtomicUsize,
}

impl Router {
    fn add(&self, waiter: Weak<dyn Waiter>) {
        let mut waiters = lock(&self.waiters);
        waiters.retain(|w| w.strong_count() > 0);
        waiters.push(waiter);
        self.count.store(waiters.len(), Ordering::Release);
    }

    /// Whether nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        if self.count.load(Ordering::Acquire) == 0 {
            return true;
        }
        let mut waiters = lock(&self.waiters);
        waiters.retain(|w| w.strong_count() > 0);
        self.count.store(waiters.len(), Ordering::Release);
        waiters.is_empty()
    }

    /// Lets everybody who waits look at an update, in the order in which they began to wait.
    pub(crate) fn offer(&self, update: &Arc<Update>) {
        if self.is_empty() {
            return;
        }
        // Not under the lock: what a waiter wakes may end or begin to wait.
        let waiters: Vec<Arc<dyn Waiter>> = lock(&self.waiters)
            .iter()
            .filter_map(Weak::upgrade)
            .collect();
        for waiter in waiters {
            waiter.offer(update);
        }
    }
}

#[cfg(test)]
mod tests {
    use telewire_schema::types;

    use super::*;

    #[derive(Default)]
    struct Counter(AtomicUsize);

    impl Waiter for Counter {
        fn offer(&self, _: &Arc<Update>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn waiters_hear_of_updates_for_as_long_as_they_exist() {
        let (router, first, second) = (
            Router::default(),
            Arc::<Counter>::default(),
            Arc::<Counter>::default(),
        );
        let update = Arc::new(Update {
            raw: types::Update::PtsChanged,
            peers: Arc::default(),
            date: 1,
            catch_up: false,
            gap: None,
        });
        router.offer(&update);
        for waiter in [&first, &second] {
            let weak: Weak<dyn Waiter> = Arc::<Counter>::downgrade(waiter);
            router.add(weak);
        }
        router.offer(&update);
        drop(second);
        router.offer(&update);
        assert_eq!(first.0.load(Ordering::Relaxed), 2);
        assert!(!router.is_empty());
        drop(first);
        assert!(router.is_empty() && lock(&router.waiters).is_empty());
    }
}

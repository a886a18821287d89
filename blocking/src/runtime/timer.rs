//! Timers of the driver thread.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use telewire_core::time::Mono;

use super::reactor::{Reactor, lock};

/// Wakers by the time they are due; the number keeps those of one moment apart, in the order of their making.
#[derive(Default)]
pub(super) struct Timers {
    due: BTreeMap<(Mono, u64), Waker>,
    made: u64,
}

impl Timers {
    /// When the next one is due.
    pub(super) fn next(&self) -> Option<Mono> {
        self.due.first_key_value().map(|(&(at, _), _)| at)
    }

    /// Takes out what is due at `now`, earliest first.
    pub(super) fn take_due(&mut self, now: Mono) -> Vec<Waker> {
        let mut taken = Vec::new();
        while let Some(entry) = self.due.first_entry() {
            if entry.key().0 > now {
                break;
            }
            taken.push(entry.remove());
        }
        taken
    }

    fn number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }
}

/// Completes at its time; forgotten when dropped.
pub(super) struct Sleep {
    reactor: &'static Reactor,
    at: Mono,
    /// Its number among the timers, once it was polled.
    number: Option<u64>,
}

impl Sleep {
    pub(super) fn new(reactor: &'static Reactor, at: Mono) -> Self {
        Self {
            reactor,
            at,
            number: None,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.reactor.mono() >= self.at {
            return Poll::Ready(());
        }
        let mut timers = lock(&self.reactor.timers);
        let number = *self.number.get_or_insert_with(|| timers.number());
        let old = timers.due.insert((self.at, number), cx.waker().clone());
        let is_next = timers.next() == Some(self.at);
        drop(timers);
        // Only now: a waker may hold the last reference to a task with timers of its own.
        drop(old);
        if is_next {
            self.reactor.nudge();
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let waker = lock(&self.reactor.timers).due.remove(&(self.at, number));
            // Outside of the lock, as above.
            drop(waker);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::task::Wake;
    use std::time::Duration;

    use super::*;

    struct Note(u64, Arc<Mutex<Vec<u64>>>);

    impl Wake for Note {
        fn wake(self: Arc<Self>) {
            lock(&self.1).push(self.0);
        }
    }

    #[test]
    fn due_timers_come_out_earliest_first_and_equal_ones_in_the_order_of_their_making() {
        let woken = Arc::new(Mutex::new(Vec::new()));
        let at = |ms| Mono::from_origin(Duration::from_millis(ms));
        let mut timers = Timers::default();
        for (ms, note) in [(30, 2), (10, 0), (99, 9), (30, 3), (20, 1)] {
            let number = timers.number();
            timers.due.insert(
                (at(ms), number),
                Waker::from(Arc::new(Note(note, woken.clone()))),
            );
        }
        assert_eq!(timers.next(), Some(at(10)));
        timers.take_due(at(30)).into_iter().for_each(Waker::wake);
        assert_eq!(*lock(&woken), [0, 1, 2, 3]);
        assert_eq!(timers.next(), Some(at(99)));
        assert!(timers.take_due(at(98)).is_empty());
    }

    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn dropped_sleep_leaves_no_timer_behind() {
        let reactor = Reactor::shared().unwrap();
        let at = reactor.mono() + Duration::from_secs(3600);
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let waker = Waker::from(count.clone());
        for _ in 0..3 {
            let mut sleep = Box::pin(Sleep::new(reactor, at));
            for _ in 0..3 {
                assert!(
                    sleep
                        .as_mut()
                        .poll(&mut Context::from_waker(&waker))
                        .is_pending()
                );
            }
            let number = sleep.number.unwrap();
            assert!(lock(&reactor.timers).due.contains_key(&(at, number)));
            drop(sleep);
            assert!(!lock(&reactor.timers).due.contains_key(&(at, number)));
        }
        assert_eq!(Arc::strong_count(&count), 2, "a waker was kept");
        assert_eq!(count.0.load(Ordering::SeqCst), 0);
    }
}

//! Waiting for a future on a thread that drives nothing.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Polls `future` on this thread, which sleeps in between.
///
/// For futures whose progress is made elsewhere, as that of a client's is. Calls may be nested.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let signal = Arc::new(Signal {
        thread: thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(signal.clone());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        // A nested call may use up the token of `park`, so the flag alone counts.
        while !signal.woken.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}

struct Signal {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.woken.swap(true, Ordering::Release) {
            self.thread.unpark();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::channel::oneshot;

    use super::*;

    #[test]
    fn nested_waits_do_not_steal_each_others_wake_ups() {
        for _ in 0..100 {
            let (outer_tx, outer_rx) = oneshot::channel();
            let (inner_tx, inner_rx) = oneshot::channel();
            let waker = thread::spawn(move || {
                outer_tx.send(1).unwrap();
                thread::sleep(Duration::from_micros(50));
                inner_tx.send(2).unwrap();
            });
            let inner = async { block_on(inner_rx) };
            let (outer, inner) = block_on(futures::future::join(outer_rx, inner));
            assert_eq!((outer, inner), (Ok(1), Ok(2)));
            waker.join().unwrap();
        }
    }
}

//! Tasks of the driver thread.

use std::collections::VecDeque;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use super::reactor::{Reactor, lock};

/// Tasks that were woken and wait for their turn.
#[derive(Default)]
pub(super) struct Queue(Mutex<VecDeque<Arc<Task>>>);

impl Queue {
    /// Runs what is in the queue now, each task once; what is woken meanwhile waits for the next round, so that sockets
    /// and timers get their turn in between.
    pub(super) fn run_round(&self) {
        let round = std::mem::take(&mut *lock(&self.0));
        for task in round {
            task.run();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        lock(&self.0).is_empty()
    }

    fn push(&self, task: Arc<Task>) {
        lock(&self.0).push_back(task);
    }
}

/// Runs `future` on the driver thread.
pub(super) fn spawn(reactor: &'static Reactor, future: impl Future<Output = ()> + Send + 'static) {
    let task = Arc::new(Task {
        future: Mutex::new(Some(Box::pin(future))),
        queued: AtomicBool::new(false),
        reactor,
    });
    task.wake();
}

struct Task {
    /// `None` once it has ended.
    future: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    /// Whether it is in the queue.
    queued: AtomicBool,
    reactor: &'static Reactor,
}

impl Task {
    fn run(self: Arc<Self>) {
        // Cleared before polling: a wake during the poll queues the task again.
        self.queued.store(false, Ordering::SeqCst);
        let waker = Waker::from(self.clone());
        let mut slot = lock(&self.future);
        let Some(future) = slot.as_mut() else { return };
        // One client's bug must not stop the thread that drives all of them. The panic hook has already told about it;
        // dropping the future ends that client as disconnected.
        let polled = catch_unwind(AssertUnwindSafe(|| {
            future.as_mut().poll(&mut Context::from_waker(&waker))
        }));
        if !matches!(polled, Ok(Poll::Pending)) {
            let ended = slot.take();
            drop(slot);
            if catch_unwind(AssertUnwindSafe(|| drop(ended))).is_err() || polled.is_err() {
                tracing::error!("a task of the driver thread panicked and was dropped");
            }
        }
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::SeqCst) {
            let reactor = self.reactor;
            reactor.queue.push(self);
            reactor.nudge();
        }
    }
}

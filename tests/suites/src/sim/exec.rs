//! Tasks, run one at a time in the order in which they were woken.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use futures::future::BoxFuture;
use futures::task::{ArcWake, waker};

use super::lock;

/// The tasks of a world.
#[derive(Default)]
pub(super) struct Executor {
    ready: Arc<Mutex<VecDeque<Arc<Task>>>>,
    all: Mutex<Vec<Arc<Task>>>,
    polls: AtomicU64,
}

struct Task {
    future: Mutex<Option<BoxFuture<'static, ()>>>,
    ready: Arc<Mutex<VecDeque<Arc<Task>>>>,
    queued: AtomicBool,
}

impl Executor {
    pub(super) fn spawn(&self, future: BoxFuture<'static, ()>) {
        let task = Arc::new(Task {
            future: Mutex::new(Some(future)),
            ready: Arc::clone(&self.ready),
            queued: AtomicBool::new(false),
        });
        let mut all = lock(&self.all);
        all.retain(|task| lock(&task.future).is_some());
        all.push(Arc::clone(&task));
        drop(all);
        ArcWake::wake(task);
    }

    pub(super) fn polls(&self) -> u64 {
        self.polls.load(Ordering::Relaxed)
    }

    /// Polls the task that was woken first. Returns whether there was one.
    pub(super) fn run_one(&self) -> bool {
        let Some(task) = lock(&self.ready).pop_front() else {
            return false;
        };
        task.queued.store(false, Ordering::Relaxed);
        // Out of its place while it is polled, so that it may spawn and wake.
        let Some(mut future) = lock(&task.future).take() else {
            return true;
        };
        self.polls.fetch_add(1, Ordering::Relaxed);
        let waker = waker(Arc::clone(&task));
        if future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
        {
            *lock(&task.future) = Some(future);
        }
        true
    }

    /// Drops all tasks.
    pub(super) fn clear(&self) {
        let all = std::mem::take(&mut *lock(&self.all));
        for task in all {
            let future = lock(&task.future).take();
            drop(future);
        }
        lock(&self.ready).clear();
    }
}

impl ArcWake for Task {
    fn wake_by_ref(task: &Arc<Self>) {
        if !task.queued.swap(true, Ordering::Relaxed) {
            lock(&task.ready).push_back(Arc::clone(task));
        }
    }
}

/// Remembers that it was woken.
pub(super) struct Flag(AtomicBool);

/// A flag that is set.
pub(super) fn flag() -> Arc<Flag> {
    Arc::new(Flag(AtomicBool::new(true)))
}

impl Flag {
    pub(super) fn waker(self: &Arc<Self>) -> Waker {
        waker(Arc::clone(self))
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl ArcWake for Flag {
    fn wake_by_ref(flag: &Arc<Self>) {
        flag.0.store(true, Ordering::Relaxed);
    }
}

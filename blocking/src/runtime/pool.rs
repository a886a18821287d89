//! A few threads for what blocks: the session's storage, name resolution, files, and long computations.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

use futures::channel::oneshot;

use super::reactor::lock;

/// A thread without work ends after this.
const IDLE: Duration = Duration::from_secs(10);

type Job = Box<dyn FnOnce() + Send>;

/// Threads that come with the work and go when there is none.
pub(super) struct Pool {
    name: &'static str,
    max_threads: usize,
    state: Mutex<State>,
    more: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

impl Pool {
    /// A pool of up to `max_threads` threads of that name.
    pub(super) fn new(name: &'static str, max_threads: usize) -> Self {
        Self {
            name,
            max_threads,
            state: Mutex::default(),
            more: Condvar::new(),
        }
    }

    /// Runs `f` on the pool; a panic of `f` goes on in the caller. Dropping the future does not stop `f`.
    pub(super) async fn run<T: Send + 'static>(
        &'static self,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let (tx, rx) = oneshot::channel();
        self.push(Box::new(move || {
            let result = catch_unwind(AssertUnwindSafe(f));
            drop(tx.send(result)); // nobody waits any more if this fails
        }));
        match rx.await {
            Ok(Ok(value)) => value,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(oneshot::Canceled) => unreachable!("every job sends its result"),
        }
    }

    fn push(&'static self, job: Job) {
        let mut state = lock(&self.state);
        state.jobs.push_back(job);
        if state.idle >= state.jobs.len() || state.threads == self.max_threads {
            self.more.notify_one();
            return;
        }
        state.threads += 1;
        drop(state);
        let spawned = thread::Builder::new()
            .name(self.name.into())
            .spawn(move || self.work());
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread for a job");
            let mut state = lock(&self.state);
            state.threads -= 1;
            if state.threads == 0 {
                // Late is better than never: the caller's thread does it.
                let stranded = std::mem::take(&mut state.jobs);
                drop(state);
                stranded.into_iter().for_each(|job| job());
            }
        }
    }

    fn work(&self) {
        let mut state = lock(&self.state);
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                job();
                state = lock(&self.state);
                continue;
            }
            state.idle += 1;
            let timeout;
            (state, timeout) = self
                .more
                .wait_timeout(state, IDLE)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            state.idle -= 1;
            if timeout.timed_out() && state.jobs.is_empty() {
                state.threads -= 1;
                return;
            }
        }
    }
}

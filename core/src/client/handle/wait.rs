//! The futures that clients wait on, and whom the driver wakes.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures::channel::oneshot;

use super::{Command, Shared, Ticket, lock};
use crate::engine::{State, UpdateId, Value};
use crate::error::Error;
use crate::updates::Update;

/// Whom to wake when something happens that several futures wait for. Each has a place of its own, so that one that is
/// dropped leaves nothing behind.
#[derive(Default)]
pub(super) struct Wakers {
    places: BTreeMap<u64, Waker>,
    last: u64,
}

impl Wakers {
    /// Has `waker` woken once, under the number in `place`.
    fn note(&mut self, place: &mut Option<u64>, waker: &Waker) {
        let place = *place.get_or_insert_with(|| {
            self.last += 1;
            self.last
        });
        self.places.insert(place, waker.clone());
    }

    /// Gives a place up. What comes back may own a task, and is best dropped when no lock is held any more.
    fn forget(&mut self, place: Option<u64>) -> Option<Waker> {
        self.places.remove(&place?)
    }

    /// Everybody, to be woken when no lock is held any more.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Waker> + use<> {
        std::mem::take(&mut self.places).into_values()
    }
}

/// Waits for the answer to a request; dropping it withdraws the request.
pub(crate) struct Answer {
    pub(super) answer: oneshot::Receiver<Result<Value, Error>>,
    pub(super) waiting: Waiting,
}

impl Future for Answer {
    type Output = Result<Value, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = std::task::ready!(Pin::new(&mut self.answer).poll(cx));
        self.waiting.open = false;
        Poll::Ready(answer.unwrap_or(Err(Error::Disconnected)))
    }
}

/// Tells the driver if nobody waits any more.
pub(super) struct Waiting {
    shared: Arc<Shared>,
    pub(super) ticket: Ticket,
    open: bool,
}

impl Waiting {
    pub(super) fn new(shared: &Arc<Shared>, ticket: Ticket) -> Self {
        Self {
            shared: Arc::clone(shared),
            ticket,
            open: true,
        }
    }

    pub(super) fn done(mut self) {
        self.open = false;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.open {
            self.shared.push(Command::Forget(self.ticket));
        }
    }
}

/// Waits for an update. While it exists the driver keeps one ready for it.
pub(crate) struct NextUpdate<'a> {
    shared: &'a Shared,
    counted: bool,
    place: Option<u64>,
}

impl<'a> NextUpdate<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self {
            shared,
            counted: false,
            place: None,
        }
    }
}

impl Future for NextUpdate<'_> {
    type Output = Option<(UpdateId, Arc<Update>)>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut updates = lock(&this.shared.updates);
        // Read under the lock, or the wake-up of an end in between would be missed.
        let ended = matches!(this.shared.state(), Some(State::Ended(_)));
        if let Some(update) = updates.ready.pop_front() {
            if std::mem::take(&mut this.counted) {
                updates.wanted -= 1;
            }
            return Poll::Ready(Some(update));
        }
        if ended {
            return Poll::Ready(None);
        }
        updates.wakers.note(&mut this.place, cx.waker());
        if !this.counted {
            updates.consumer = true;
            updates.asked = true;
            updates.wanted += 1;
            drop(updates);
            this.counted = true;
            this.shared.driver.wake();
        }
        Poll::Pending
    }
}

impl Drop for NextUpdate<'_> {
    fn drop(&mut self) {
        let mut updates = lock(&self.shared.updates);
        let waker = updates.wakers.forget(self.place);
        if self.counted {
            updates.wanted -= 1;
        }
        drop(updates);
        drop(waker);
    }
}

/// Waits until the connection has ended.
pub(crate) struct Ended<'a> {
    shared: &'a Shared,
    place: Option<u64>,
}

impl<'a> Ended<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self {
            shared,
            place: None,
        }
    }
}

impl Future for Ended<'_> {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut life = lock(&this.shared.life);
        match &life.state {
            None | Some(State::Ended(None)) => Poll::Ready(Ok(())),
            Some(State::Ended(Some(why))) => Poll::Ready(Err(why.clone())),
            Some(State::Ready | State::Connecting) => {
                life.wakers.note(&mut this.place, cx.waker());
                Poll::Pending
            }
        }
    }
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let waker = lock(&self.shared.life).wakers.forget(self.place);
        drop(waker);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use futures::task::{ArcWake, waker};

    use super::*;

    /// A task of its own, as handlers that run beside each other are.
    struct Task;

    impl ArcWake for Task {
        fn wake_by_ref(_: &Arc<Self>) {}
    }

    #[test]
    fn a_wait_that_is_given_up_leaves_nothing_behind() {
        let shared = Arc::new(Shared::new(0));
        shared.set_state(State::Ready);
        let task = Arc::new(Task);
        let waker = waker(Arc::clone(&task));
        let mut cx = Context::from_waker(&waker);
        let (mut ended, mut next) = (shared.ended(), shared.next_update());
        assert!(ended.poll_unpin(&mut cx).is_pending());
        assert!(next.poll_unpin(&mut cx).is_pending());
        drop((ended, next, waker));
        assert_eq!(Arc::strong_count(&task), 1);
    }
}

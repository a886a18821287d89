//! What a driver does with the session: reading it, writing it, and what to do when that fails.

use super::Run;
use crate::client::handle::lock;
use crate::driver::store::Op;
use crate::engine::{Answer, State, TaskId};
use crate::error::StoreError;
use crate::runtime::Runtime;
use crate::session::SessionChange;
use crate::time::Now;

impl<R: Runtime> Run<R> {
    /// Reads the store after everything that is due to be written.
    pub(super) fn read_store(&mut self, now: Now, op: Op) {
        self.drain(now);
        self.store.push(op);
        if matches!(self.engine.state(), State::Ended(_)) {
            // Whoever has disconnected may have handed the session on.
            self.store.release();
        }
    }

    /// What became of changes that were to be written.
    pub(super) fn answer_store(&mut self, now: Now, answer: Answer) {
        if let Answer::Stored(task, result) = &answer {
            if let Err(error) = result {
                tracing::error!(%error, "the session could not be written");
                lock(&self.shared.store_failure).get_or_insert_with(|| error.clone());
            }
            if let Some(reply) = self.storing.remove(task) {
                let _ = reply.send(result.clone());
            }
        }
        self.engine.handle_answer(now, answer);
    }

    /// Has changes written, and clients know of them at once.
    pub(super) fn push_store(&mut self, now: Now, task: TaskId, mut changes: Vec<SessionChange>) {
        {
            let mut cache = lock(&self.shared.peers);
            for change in &changes {
                match change {
                    SessionChange::Peer(peer) => {
                        cache.insert(peer.clone());
                    }
                    SessionChange::User(user) => lock(&self.shared.user).clone_from(user),
                    _ => {}
                }
            }
        }
        if !self.save_peers {
            changes.retain(|c| !matches!(c, SessionChange::Peer(_)));
        }
        if self.store.has_room(&changes) {
            self.store.push(Op::Apply(task, changes));
        } else {
            self.refuse_store(now, task, &changes);
        }
    }

    /// The storage does not keep up. Nothing waits for it without end: this is as good as a failed write, and the peers count
    /// as never seen, so that they are stored the next time.
    fn refuse_store(&mut self, now: Now, task: TaskId, changes: &[SessionChange]) {
        for change in changes {
            if let SessionChange::Peer(peer) = change {
                lock(&self.shared.peers).forget(peer.id);
            }
        }
        let error = StoreError::new(
            "the session's storage does not keep up with what there is to store; check the disk that it is on",
        );
        self.answer_store(now, Answer::Stored(task, Err(error)));
    }
}

//! The session store, called off the executor, one batch at a time and in order.

use std::task::{Context, Poll};

use futures::future::BoxFuture;

use crate::client::handle::Reply;
use crate::engine::{Answer, TaskId};
use crate::error::StoreError;
use crate::peers::{PeerKey, PeerRecord};
use crate::runtime::Runtime;
use crate::session::{SentFile, SentFileKey, Session, SessionChange, SessionStore};

/// So many changes may wait for the store; a disk that takes longer has failed.
const MAX_WAITING: usize = 16_384;

/// One call of the store.
pub(super) enum Op {
    /// For the engine.
    Apply(TaskId, Vec<SessionChange>),
    /// For the engine.
    Lookup(TaskId, PeerKey),
    Find(PeerKey, Reply<Result<Option<PeerRecord>, StoreError>>),
    SentFile(SentFileKey, Reply<Result<Option<SentFile>, StoreError>>),
    Load(Reply<Result<Session, StoreError>>),
    Contents(Reply<Result<Vec<SessionChange>, StoreError>>),
    Delete(Reply<Result<bool, StoreError>>),
    Close,
}

type Finished = (Box<dyn SessionStore>, Vec<Answer>);

/// Calls waiting for a store that is either at rest or at work elsewhere.
pub(super) struct StoreQueue<R> {
    runtime: R,
    resting: Option<Box<dyn SessionStore>>,
    working: Option<BoxFuture<'static, Finished>>,
    waiting: Vec<Op>,
    /// The changes among these.
    changes: usize,
    /// Whether it was used since it was last closed; loading counts.
    used: bool,
}

impl<R: Runtime> StoreQueue<R> {
    pub(super) fn new(runtime: R, store: Box<dyn SessionStore>) -> Self {
        Self {
            runtime,
            resting: Some(store),
            working: None,
            waiting: Vec::new(),
            changes: 0,
            used: true,
        }
    }

    pub(super) fn push(&mut self, op: Op) {
        self.used = true;
        if let Op::Apply(_, changes) = &op {
            self.changes += changes.len();
        }
        self.waiting.push(op);
    }

    /// Whether these changes may wait with the others. A batch that is longer than the bound comes through alone.
    pub(super) fn has_room(&self, changes: &[SessionChange]) -> bool {
        self.changes == 0 || self.changes + changes.len() <= MAX_WAITING
    }

    /// Lets others use what the store is kept in, until it is called again. Returns whether there is something to wait for.
    pub(super) fn release(&mut self) -> bool {
        let used = std::mem::take(&mut self.used);
        if used {
            self.waiting.push(Op::Close);
        }
        used
    }

    /// Moves on, and returns what the engine is to hear.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Vec<Answer> {
        let mut answers = Vec::new();
        loop {
            if let Some(working) = &mut self.working {
                let Poll::Ready((store, done)) = working.as_mut().poll(cx) else {
                    break;
                };
                self.working = None;
                self.resting = Some(store);
                answers.extend(done);
            }
            if self.waiting.is_empty() {
                break;
            }
            let Some(mut store) = self.resting.take() else {
                break;
            };
            let ops = std::mem::take(&mut self.waiting);
            self.changes = 0;
            let working = self.runtime.clone().unblock(move || {
                let answers = ops
                    .into_iter()
                    .filter_map(|op| run(&mut *store, op))
                    .collect();
                (store, answers)
            });
            self.working = Some(Box::pin(working));
        }
        answers
    }

    /// Whether nothing waits and nothing runs.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.working.is_none()
    }

    /// The store, for closing it, if nothing waits and nothing runs.
    pub(super) fn take(&mut self) -> Option<Box<dyn SessionStore>> {
        if self.is_idle() {
            self.resting.take()
        } else {
            None
        }
    }
}

fn run(store: &mut dyn SessionStore, op: Op) -> Option<Answer> {
    // Clients are answered from here; they may have stopped waiting.
    match op {
        Op::Apply(task, changes) => return Some(Answer::Stored(task, store.apply(&changes))),
        Op::Lookup(task, key) => {
            let found = store.peer(&key).unwrap_or_else(|error| {
                tracing::error!(%error, "the session could not be searched");
                None
            });
            return Some(Answer::Found(task, found));
        }
        Op::Find(key, reply) => drop(reply.send(store.peer(&key))),
        Op::SentFile(key, reply) => drop(reply.send(store.sent_file(&key))),
        Op::Load(reply) => drop(reply.send(store.load())),
        Op::Contents(reply) => drop(reply.send(store.contents())),
        Op::Delete(reply) => drop(reply.send(store.delete())),
        Op::Close => super::close(store),
    }
    None
}

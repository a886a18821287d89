//! What the driver was asked to do and has not answered yet.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::dc::DcKey;
use crate::engine::{Answer, Engine, Output, TaskId};
use crate::error::StoreError;
use crate::time::{Mono, Now};

/// How long a job or a call of the store may take before it counts as failed.
const TASK_TIME: Duration = Duration::from_secs(120);

/// What an answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Changes that nobody but the driver waits for.
    Store,
    /// The key that a connection needs.
    StoreKey(DcKey),
    /// A position in the updates.
    StoreState,
    /// The access hash of a channel.
    FindChannel,
    /// A step of a key exchange.
    Work(DcKey),
}

#[derive(Debug, Default)]
pub(super) struct Tasks {
    rows: BTreeMap<TaskId, (Task, Mono)>,
}

impl Tasks {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The task that stores the key of that data centre, if one is under way.
    pub(super) fn storing_key(&self, key: DcKey) -> Option<TaskId> {
        let mut rows = self.rows.iter();
        rows.find(|(_, (task, _))| *task == Task::StoreKey(key))
            .map(|(id, _)| *id)
    }

    pub(super) fn next_time(&self) -> Option<Mono> {
        // Ids only grow and all tasks have the same time, so the oldest ends first.
        self.rows.first_key_value().map(|(_, (_, at))| *at)
    }
}

impl Engine {
    /// Has the driver do something.
    pub(super) fn start_task(
        &mut self,
        now: Now,
        task: Task,
        output: impl FnOnce(TaskId) -> Output,
    ) -> TaskId {
        let id = TaskId(self.fresh_id());
        self.tasks.rows.insert(id, (task, now.mono + TASK_TIME));
        self.outputs.push_back(output(id));
        id
    }

    /// The driver has done something. An answer that nobody waits for any more changes nothing.
    pub(super) fn task_done(&mut self, now: Now, answer: Answer) {
        let id = match &answer {
            Answer::Stored(id, _) | Answer::Found(id, _) | Answer::Worked(id, _) => *id,
        };
        let Some((task, _)) = self.tasks.rows.remove(&id) else {
            return;
        };
        match (task, answer) {
            (Task::StoreKey(key), Answer::Stored(_, result)) => {
                self.key_stored(now, key, id, result);
            }
            (Task::StoreState, Answer::Stored(_, result)) => self.feed.stored(result),
            (Task::FindChannel, Answer::Found(_, peer)) => self.channel_found(now, id, peer),
            (Task::Work(key), Answer::Worked(_, output)) => {
                self.exchange_worked(now, key, id, output);
            }
            _ => {}
        }
    }

    /// Gives up on what takes too long.
    pub(super) fn expire_tasks(&mut self, now: Now) {
        while let Some((id, (task, at))) = self
            .tasks
            .rows
            .first_key_value()
            .map(|(id, row)| (*id, *row))
            && at <= now.mono
        {
            self.tasks.rows.remove(&id);
            let late = || {
                StoreError::new(
                    "the session's storage does not answer; check the disk that it is on",
                )
            };
            match task {
                Task::StoreKey(key) => self.key_stored(now, key, id, Err(late())),
                Task::StoreState => self.feed.stored(Err(late())),
                Task::FindChannel => self.channel_found(now, id, None),
                // The exchange has a deadline of its own.
                Task::Work(_) | Task::Store => {}
            }
        }
    }
}

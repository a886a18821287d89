//! The engine: everything that decides, for one account, without touching anything.
//!
//! This is its outline, for the parts that build on it; requests end as disconnected until the rest is in.

mod types;

use std::collections::VecDeque;
use std::time::Duration;

use crate::config::Config;
use crate::error::Error;
use crate::rand::Seed;
use crate::session::{Session, SessionChange};
use crate::time::{Mono, Now};
use crate::transport::Packet;
use crate::updates::Update;

pub use types::{
    Answer, LinkEvent, LinkId, Output, Request, RequestId, State, Target, TaskId, TimerId,
    UpdateId, Value,
};

/// One account on all its data centres.
pub struct Engine {
    session: Session,
    state: State,
    outputs: VecDeque<Output>,
    last_id: u64,
}

#[expect(missing_docs, unused_variables, reason = "an outline")]
impl Engine {
    pub fn new(config: Config, session: Session, now: Now, seed: Seed) -> Self {
        Self {
            session,
            state: State::Ended(None),
            outputs: VecDeque::new(),
            last_id: 0,
        }
    }
    pub fn connect(&mut self, now: Now) {}
    pub fn disconnect(&mut self, now: Now) {}
    pub fn invoke(&mut self, now: Now, request: Request) -> RequestId {
        self.last_id += 1;
        let id = RequestId(self.last_id);
        self.outputs
            .push_back(Output::Result(id, Err(Error::Disconnected)));
        id
    }
    pub fn forget(&mut self, now: Now, request: RequestId) {}
    pub fn sleep(&mut self, now: Now, d: Duration) -> TimerId {
        self.last_id += 1;
        self.outputs.push_back(Output::Woke(TimerId(self.last_id)));
        TimerId(self.last_id)
    }
    pub fn wake(&mut self, timer: TimerId) {}
    pub fn store(&mut self, now: Now, changes: Vec<SessionChange>) -> TaskId {
        self.last_id += 1;
        self.outputs
            .push_back(Output::Store(TaskId(self.last_id), changes));
        TaskId(self.last_id)
    }
    pub fn forget_account(&mut self, now: Now) {}
    pub fn confirm(&mut self, update: UpdateId) {}
    pub fn set_consumer(&mut self, consumer: bool) {}
    pub fn handle_link(&mut self, now: Now, link: LinkId, event: LinkEvent) {}
    pub fn receive_buffer(&mut self, link: LinkId) -> &mut [u8] {
        &mut []
    }
    pub fn handle_received(&mut self, now: Now, link: LinkId, n: usize) {}
    pub fn handle_answer(&mut self, now: Now, answer: Answer) {}
    pub fn handle_timeout(&mut self, now: Now) {}
    pub fn poll_timeout(&self) -> Option<Mono> {
        None
    }
    pub fn poll_packet(&mut self, now: Now, link: LinkId) -> Option<Packet> {
        None
    }
    pub fn poll_update(&mut self) -> Option<(UpdateId, Update)> {
        None
    }
    pub fn poll_output(&mut self, now: Now) -> Option<Output> {
        self.outputs.pop_front()
    }
    pub fn state(&self) -> &State {
        &self.state
    }
    pub fn session(&self) -> &Session {
        &self.session
    }
    pub fn has_work(&self) -> bool {
        false
    }
    pub fn has_tasks(&self) -> bool {
        false
    }
}

//! What happened to a mailbox or channel, numbered by pts.

use serde::{Deserialize, Serialize};
use telewire_schema::types;

use crate::tl;

/// The events of one box, oldest first.
#[derive(Serialize, Deserialize)]
pub(crate) struct Journal {
    pub(crate) pts: i32,
    pub(crate) events: Vec<Event>,
}

/// One event; afterwards the box is at `pts`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) pts: i32,
    pub(crate) count: i32,
    pub(crate) what: What,
}

/// What changed.
#[derive(Serialize, Deserialize)]
pub(crate) enum What {
    /// A new message, by its identifier in the box.
    New(i32),
    /// A message has another text or media.
    Edited(i32),
    /// Anything else, as it is told to clients.
    Other(#[serde(with = "tl")] types::Update),
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            pts: 1,
            events: Vec::new(),
        }
    }
}

impl Journal {
    /// Moves on by `count` and notes why; the new pts.
    pub(crate) fn note(&mut self, count: i32, what: impl FnOnce(i32) -> What) -> i32 {
        self.pts = self.pts.saturating_add(count);
        let event = Event {
            pts: self.pts,
            count,
            what: what(self.pts),
        };
        self.events.push(event);
        self.pts
    }

    /// The events after `pts`.
    pub(crate) fn since(&self, pts: i32) -> &[Event] {
        let first = self.events.partition_point(|e| e.pts <= pts);
        &self.events[first..]
    }
}

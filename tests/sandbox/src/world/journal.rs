//! What happened to a mailbox or channel, numbered by pts.

use serde::{Deserialize, Serialize};
use telewire_schema::types;

use crate::tl;

/// The events of one box, oldest first.
#[derive(Serialize, Deserialize)]
pub(crate) struct Journal {
    pub(crate) pts: i32,
    /// When something happened last.
    #[serde(default)]
    pub(crate) changed: i32,
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
            changed: 0,
            events: Vec::new(),
        }
    }
}

impl Journal {
    /// Moves on by `count` and notes when and why; the new pts.
    pub(crate) fn note(&mut self, date: i32, count: i32, what: impl FnOnce(i32) -> What) -> i32 {
        self.changed = self.changed.max(date);
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

//! One MTProto session as the server sees it: what was received, what was sent and not acknowledged yet.
//!
//! Written from Telegram's description alone and sharing nothing with the client's session, so that the two check each
//! other. See [service messages](https://core.telegram.org/mtproto/service_messages) and
//! [notices about messages](https://core.telegram.org/mtproto/service_messages_about_messages).

mod incoming;
mod outgoing;
mod received;
mod service;

use std::time::Duration;

use bytes::Bytes;
use telewire_core::time::{Mono, Now};
use telewire_schema::Identifiable as _;
use telewire_schema::mtproto::types::RpcError;

use crate::plan::Faults;
use crate::server::ConnId;

pub(crate) use incoming::{Verdict, is_packed, unpack};
use outgoing::Outbox;
use received::{Received, Stage};

/// One session of a key.
pub(crate) struct Session {
    /// Where answers and updates go; the link that spoke last.
    pub(crate) conn: Option<ConnId>,
    /// Its last request was wrapped in `invokeWithoutUpdates`, or it has made none yet.
    pub(crate) deaf: bool,
    /// Updates were missed while no link was up.
    pub(crate) behind: bool,
    pub(crate) last_heard: Mono,
    received: Received,
    outbox: Outbox,
    /// Answers that are held back, by when they are due.
    delayed: Vec<Delayed>,
}

/// What the session's rules depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) resend_after: Duration,
    pub(crate) gzip_above: Option<usize>,
    pub(crate) announce_above: usize,
}

/// An API request to be run.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) msg_id: i64,
    pub(crate) body: Bytes,
}

struct Delayed {
    due: Mono,
    request: i64,
    body: Vec<u8>,
}

impl Session {
    pub(crate) fn new(now: Now) -> Self {
        Self {
            conn: None,
            deaf: true,
            behind: false,
            last_heard: now.mono,
            received: Received::default(),
            outbox: Outbox::default(),
            delayed: Vec::new(),
        }
    }

    /// The session's messages come and go over `conn` from now on. What the other side has not acknowledged goes out
    /// again with its old identifier, or is announced when it is long.
    pub(crate) fn attach(&mut self, now: Now, conn: ConnId, settings: Settings) {
        if self.conn != Some(conn) {
            self.conn = Some(conn);
            self.outbox.catch_up(now, settings.announce_above);
        }
    }

    pub(crate) fn detach(&mut self) {
        self.conn = None;
    }

    /// Answers a request.
    pub(crate) fn answer(&mut self, now: Now, request: i64, body: Vec<u8>, settings: Settings) {
        if body.starts_with(&RpcError::ID.to_le_bytes()) {
            self.received.mark_failed(request);
        } else {
            self.received.mark_answered(request);
        }
        self.outbox.answer(now, request, &body, settings);
    }

    /// Remembers that a request was run whose answer goes out later, or never.
    pub(crate) fn hold(&mut self, now: Now, request: i64, body: Vec<u8>, delay: Option<Duration>) {
        self.received.mark_held(request);
        self.outbox.acknowledge(request);
        if let Some(delay) = delay {
            let due = now.mono + delay;
            self.delayed.push(Delayed { due, request, body });
        }
    }

    /// Answers a request whose answer was held back; false if it has gone out already.
    pub(crate) fn release(
        &mut self,
        now: Now,
        request: i64,
        body: Vec<u8>,
        settings: Settings,
    ) -> bool {
        let held = self.delayed.len();
        self.delayed.retain(|d| d.request != request);
        if self.delayed.len() == held {
            return false;
        }
        self.answer(now, request, body, settings);
        true
    }

    /// The request never arrived.
    pub(crate) fn unsee(&mut self, request: i64) {
        self.received.remove(request);
    }

    /// Sends an update, or any other content-related message.
    pub(crate) fn push(&mut self, now: Now, body: Vec<u8>) {
        self.outbox.content(now, body);
    }

    /// Whether a request that waits for `msg_id` may run: `None` while that one has no answer yet.
    pub(crate) fn has_succeeded(&self, msg_id: i64) -> Option<bool> {
        match self.received.stage(msg_id) {
            Some(Stage::Running | Stage::Held) => None,
            Some(Stage::Answered) => Some(true),
            Some(Stage::Failed | Stage::Other) | None => Some(false),
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Now, settings: Settings) {
        let (due, later) = std::mem::take(&mut self.delayed)
            .into_iter()
            .partition(|d: &Delayed| d.due <= now.mono);
        self.delayed = later;
        for Delayed { request, body, .. } in due {
            self.answer(now, request, body, settings);
        }
        if self.conn.is_some() {
            self.outbox.handle_timeout(now, settings.resend_after);
        }
    }

    pub(crate) fn poll_timeout(&self, settings: Settings) -> Option<Mono> {
        let delayed = self.delayed.iter().map(|d| d.due).min();
        let resend = self
            .conn
            .and(self.outbox.poll_timeout(settings.resend_after));
        delayed.into_iter().chain(resend).min()
    }

    /// The next message to be sealed: identifier, sequence number, body.
    pub(crate) fn poll_message(&mut self, now: Now) -> Option<(i64, i32, Vec<u8>)> {
        self.conn?;
        self.outbox.poll(now)
    }

    /// What a plan of faults makes of what is about to leave.
    pub(crate) fn suffer(&mut self, faults: &mut Faults) {
        if self.conn.is_some() {
            self.outbox.suffer(faults);
        }
    }

    /// How many messages wait for an acknowledgement.
    pub(crate) fn unacknowledged(&self) -> usize {
        self.outbox.unacknowledged()
    }
}

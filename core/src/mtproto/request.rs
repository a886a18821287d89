//! The requests of a session: what they say, and how far each has got.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bytes::Bytes;

use super::container::{HEADER, MAX_BYTES, MEMBER_HEADER};
use super::gzip;

/// Requests of one session at a time, queued and in flight.
pub(super) const MAX_REQUESTS: usize = 65_536;

/// A wrapper that makes a request wait for another: `invokeAfterMsg` and a message id.
pub(super) const WRAPPER: usize = 12;

/// The longest serialised request that fits a packet.
const MAX_REQUEST: usize = MAX_BYTES - HEADER - MEMBER_HEADER - WRAPPER - 4;

/// The name of a request in its session. Names only grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReqId(u64);

/// A serialised request and how it wants to be treated.
#[derive(Clone)]
pub struct RequestBody {
    /// The request, or all of it before `tail`.
    pub head: Vec<u8>,
    /// The rest where it is large: sent after `head` without having been copied into it, and padded with zeros to a
    /// multiple of four.
    pub tail: Option<Bytes>,
    /// Whether it may be compressed. Not worth while for file parts.
    pub gzip: bool,
    /// It may run twice without harm, or carries a `random_id`: sent again when its fate cannot be found out.
    pub repeatable: bool,
    /// Once forgotten, its answer is cancelled on the server as well.
    pub cancel: bool,
    /// It may run only after this one has.
    pub after: Option<ReqId>,
    /// It goes before all that are not.
    pub urgent: bool,
    /// Whether to tell when the server has received it.
    pub notify_ack: bool,
}

impl RequestBody {
    /// A request without special wishes.
    #[must_use]
    pub fn new(head: Vec<u8>) -> Self {
        Self {
            head,
            tail: None,
            gzip: true,
            repeatable: false,
            cancel: false,
            after: None,
            urgent: false,
            notify_ack: false,
        }
    }

    /// What it takes in a packet, the length of a wrapper included.
    pub(super) fn wire_len(&self) -> usize {
        let tail = self.tail.as_ref().map_or(0, Bytes::len);
        self.head
            .len()
            .saturating_add(tail)
            .saturating_add(const { WRAPPER + 3 })
    }

    pub(super) fn is_too_long(&self) -> bool {
        self.wire_len() > MAX_REQUEST
    }

    /// The same, compressed where that is allowed and pays.
    pub(super) fn packed(mut self) -> Self {
        if self.gzip
            && self.tail.is_none()
            && let Some(packed) = gzip::pack(&self.head)
        {
            self.head = packed;
        }
        self
    }
}

// Arguments may be anybody's secrets.
impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestBody({} bytes)", self.wire_len())
    }
}

/// How far a request has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// In the queue.
    Queued,
    /// In a packet that the present link has written or will write.
    Sent(Trip),
    /// Written to a link that is lost, or in doubt for another reason: the server is being asked.
    Unsure(Trip),
}

/// A request's way under one message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trip {
    pub(super) msg_id: i64,
    /// The container's id, or the message's own.
    pub(super) outer: i64,
    /// Whether the packet was handed to the socket.
    pub(super) written: bool,
    /// The server has said that it received it.
    pub(super) known: bool,
    /// The server may have run it and then forgotten all about it.
    pub(super) suspect: bool,
    /// How often the server was asked in vain.
    pub(super) asked: u8,
    /// How many pings had been answered when it was last asked about, or written.
    pub(super) pings: u32,
}

#[derive(Debug)]
pub(super) struct Request {
    pub(super) body: RequestBody,
    pub(super) state: State,
    /// How often the server refused it.
    pub(super) refused: u8,
    /// Nobody waits for the answer.
    pub(super) forgotten: bool,
    /// It has to travel outside of containers.
    pub(super) alone: bool,
    /// It waits until the one before it was answered.
    pub(super) held: bool,
    /// The one before it was answered, and is about to be asked again.
    pub(super) suspended: bool,
}

impl Request {
    pub(super) fn trip(&self) -> Option<Trip> {
        match self.state {
            State::Queued => None,
            State::Sent(trip) | State::Unsure(trip) => Some(trip),
        }
    }

    pub(super) fn trip_mut(&mut self) -> Option<&mut Trip> {
        match &mut self.state {
            State::Queued => None,
            State::Sent(trip) | State::Unsure(trip) => Some(trip),
        }
    }

    /// Nothing of it is to be heard any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.forgotten && self.body.cancel
    }
}

/// All requests of a session.
#[derive(Debug, Default)]
pub(super) struct Requests {
    next: u64,
    all: BTreeMap<ReqId, Request>,
    /// Those in [`State::Queued`]: urgent ones first (`false`), then by age. One that comes back takes its old place.
    queue: BTreeSet<(bool, ReqId)>,
}

impl Requests {
    /// A name for a request that is not even queued.
    pub(super) fn name(&mut self) -> ReqId {
        let id = ReqId(self.next);
        self.next = self.next.wrapping_add(1);
        id
    }

    pub(super) fn insert(&mut self, id: ReqId, body: RequestBody) {
        self.queue.insert((!body.urgent, id));
        let request = Request {
            body,
            state: State::Queued,
            refused: 0,
            forgotten: false,
            alone: false,
            held: false,
            suspended: false,
        };
        self.all.insert(id, request);
    }

    pub(super) fn get(&self, id: ReqId) -> Option<&Request> {
        self.all.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: ReqId) -> Option<&mut Request> {
        self.all.get_mut(&id)
    }

    pub(super) fn remove(&mut self, id: ReqId) -> Option<Request> {
        let request = self.all.remove(&id)?;
        self.queue.remove(&(!request.body.urgent, id));
        Some(request)
    }

    /// Back to its place in the queue.
    pub(super) fn requeue(&mut self, id: ReqId) {
        if let Some(request) = self.all.get_mut(&id) {
            request.state = State::Queued;
            self.queue.insert((!request.body.urgent, id));
        }
    }

    pub(super) fn set_sent(&mut self, id: ReqId, trip: Trip) {
        if let Some(request) = self.all.get_mut(&id) {
            request.state = State::Sent(trip);
            self.queue.remove(&(!request.body.urgent, id));
        }
    }

    /// Queued requests in the order in which they are to be sent.
    pub(super) fn queued(&self) -> impl Iterator<Item = (ReqId, &Request)> {
        self.queue
            .iter()
            .filter_map(|(_, id)| Some((*id, self.all.get(id)?)))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (ReqId, &Request)> {
        self.all.iter().map(|(id, request)| (*id, request))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (ReqId, &mut Request)> {
        self.all.iter_mut().map(|(id, request)| (*id, request))
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn has_in_flight(&self) -> bool {
        self.all.len() > self.queue.len()
    }

    #[cfg(any(test, debug_assertions, feature = "internals"))]
    pub(super) fn check_invariants(&self) {
        assert!(self.all.len() <= MAX_REQUESTS);
        let queued = self
            .all
            .values()
            .filter(|r| r.state == State::Queued)
            .count();
        assert_eq!(queued, self.queue.len(), "the queue holds what is queued");
        for (_, id) in &self.queue {
            assert!(self.all.get(id).is_some_and(|r| r.state == State::Queued));
        }
    }
}

//! The requests that are under way, from `invoke` to their result.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use telewire_schema::Identifiable as _;

use crate::engine::dc::DcKey;
use crate::engine::{Request, RequestId};
use crate::mtproto::{ReqId, RequestBody};
use crate::time::Mono;

/// A request and how far it has come.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) origin: Origin,
    pub(super) name: &'static str,
    body: Body,
    /// The data centre it is bound for.
    pub(super) dc: DcKey,
    /// The one that has to run before it.
    pub(super) after: Option<RequestId>,
    deadline: Option<Mono>,
    repeatable: bool,
    cancel: bool,
    /// Up to which length flood waits are waited out, if this request has a say in it.
    pub(super) flood_sleep_threshold: Option<Duration>,
    /// Another runs only after it.
    pub(super) followed: bool,
    /// What it went by in sessions that still hold such others back for it.
    pub(super) earlier: Vec<(DcKey, ReqId)>,
    /// How often it was sent again because the server said so.
    pub(super) attempts: u32,
    /// How often it was sent on to another data centre.
    pub(super) moves: u32,
    pub(super) stage: Stage,
}

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A client.
    Client,
    /// A client that has lost interest; the answer is still looked into.
    Nobody,
    /// The first request on a link.
    Init,
    /// Asks the home data centre for an authorization that another takes.
    Export(DcKey),
    /// Hands that authorization over.
    Import,
    /// Keeps a quiet connection awake.
    Wake,
    /// Fetches the configuration again.
    Config,
    /// Fetches what the updates lack.
    Need,
}

/// Where a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// In the queue of its data centre.
    Queued,
    /// Waiting for a time before it is queued again.
    Paused(Mono),
    /// In a session.
    Given(ReqId),
}

/// The serialised request, kept until it is answered since it may have to be sent again.
#[derive(Debug)]
struct Body {
    head: Vec<u8>,
    tail: Option<Bytes>,
    takeout: Option<i64>,
}

/// All pending requests, ordered by age, with the times at which something has to happen.
#[derive(Debug, Default)]
pub(super) struct Requests {
    rows: BTreeMap<RequestId, Pending>,
    deadlines: BTreeSet<(Mono, RequestId)>,
    pauses: BTreeSet<(Mono, RequestId)>,
}

impl Pending {
    pub(super) fn new(origin: Origin, request: Request, dc: DcKey) -> Self {
        let Request {
            name,
            mut head,
            tail,
            after,
            deadline,
            repeatable,
            cancel,
            flood_sleep_threshold,
            takeout,
            ..
        } = request;
        let tail = tail.and_then(|tail| lead(&mut head, tail));
        Self {
            origin,
            name,
            body: Body {
                head,
                tail,
                takeout,
            },
            dc,
            after,
            deadline,
            repeatable: repeatable || super::methods::is_repeatable(name),
            cancel,
            flood_sleep_threshold,
            followed: false,
            earlier: Vec::new(),
            attempts: 0,
            moves: 0,
            stage: Stage::Queued,
        }
    }

    /// What a session is given.
    pub(super) fn body(&self, after: Option<ReqId>) -> RequestBody {
        RequestBody {
            tail: self.body.tail.clone(),
            // File parts do not get smaller, and compressing them costs time.
            gzip: self.body.tail.is_none(),
            repeatable: self.repeatable,
            cancel: self.cancel,
            after,
            urgent: self.origin == Origin::Init,
            notify_ack: self.name == "auth.logOut",
            ..RequestBody::new(self.body.wrapped())
        }
    }

    /// The beginning of the serialised request, without what wraps it.
    pub(super) fn head(&self) -> &[u8] {
        &self.body.head
    }

    pub(super) const fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    pub(super) const fn is_given(&self) -> bool {
        matches!(self.stage, Stage::Given(_))
    }
}

impl Body {
    /// What is sent before the tail.
    fn wrapped(&self) -> Vec<u8> {
        let Some(takeout) = self.takeout else {
            return self.head.clone();
        };
        // invokeWithTakeout#aca9fd2e takeout_id:long query:!X
        let id = telewire_schema::functions::InvokeWithTakeout::ID.to_le_bytes();
        [&id[..], &takeout.to_le_bytes(), &self.head].concat()
    }
}

impl Requests {
    pub(super) fn insert(&mut self, id: RequestId, pending: Pending) {
        if let Some(before) = pending.after.and_then(|before| self.rows.get_mut(&before)) {
            before.followed = true;
        }
        if let Some(at) = pending.deadline {
            self.deadlines.insert((at, id));
        }
        self.rows.insert(id, pending);
    }

    pub(super) fn remove(&mut self, id: RequestId) -> Option<Pending> {
        let pending = self.rows.remove(&id)?;
        if let Some(at) = pending.deadline {
            self.deadlines.remove(&(at, id));
        }
        if let Stage::Paused(at) = pending.stage {
            self.pauses.remove(&(at, id));
        }
        Some(pending)
    }

    /// Lets a request go on without a deadline.
    pub(super) fn lift_deadline(&mut self, id: RequestId) {
        if let Some(at) = self
            .rows
            .get_mut(&id)
            .and_then(|pending| pending.deadline.take())
        {
            self.deadlines.remove(&(at, id));
        }
    }

    /// Moves a request to another stage.
    pub(super) fn set_stage(&mut self, id: RequestId, stage: Stage) {
        let Some(pending) = self.rows.get_mut(&id) else {
            return;
        };
        if let Stage::Paused(at) = std::mem::replace(&mut pending.stage, stage) {
            self.pauses.remove(&(at, id));
        }
        if let Stage::Paused(at) = stage {
            self.pauses.insert((at, id));
        }
    }

    /// The next request whose pause is over by `now`.
    pub(super) fn pop_pause(&mut self, now: Mono) -> Option<RequestId> {
        let (at, id) = *self.pauses.first()?;
        if at > now {
            return None;
        }
        self.set_stage(id, Stage::Queued);
        Some(id)
    }

    /// The next request whose deadline is over by `now`; it is to be removed.
    pub(super) fn due(&self, now: Mono) -> Option<RequestId> {
        let (at, id) = *self.deadlines.first()?;
        (at <= now).then_some(id)
    }

    pub(super) fn get(&self, id: RequestId) -> Option<&Pending> {
        self.rows.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: RequestId) -> Option<&mut Pending> {
        self.rows.get_mut(&id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (RequestId, &Pending)> {
        self.rows.iter().map(|(id, pending)| (*id, pending))
    }

    /// The requests bound for that data centre, oldest first.
    pub(super) fn of(&self, dc: DcKey) -> Vec<RequestId> {
        self.iter()
            .filter(|(_, p)| p.dc == dc)
            .map(|(id, _)| id)
            .collect()
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn next_time(&self) -> Option<Mono> {
        let times = [self.deadlines.first(), self.pauses.first()];
        times.into_iter().flatten().map(|(at, _)| *at).min()
    }
}

/// Writes the TL length of `tail` behind `head`; a tail too short for the long form is copied as a whole.
fn lead(head: &mut Vec<u8>, tail: Bytes) -> Option<Bytes> {
    const LONG: u8 = 254;
    let [low, middle, high, ..] = tail.len().to_le_bytes();
    if tail.len() < usize::from(LONG) {
        head.push(low);
        head.extend_from_slice(&tail);
        while !head.len().is_multiple_of(4) {
            head.push(0);
        }
        return None;
    }
    head.extend_from_slice(&[LONG, low, middle, high]);
    Some(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dc::DcId;

    fn pending(deadline: Option<Mono>) -> Pending {
        let mut request = Request::new(&telewire_schema::functions::help::GetConfig);
        request.deadline = deadline;
        Pending::new(Origin::Client, request, DcKey::main(DcId(2)))
    }

    #[test]
    fn a_tail_gets_its_length_in_front() {
        let mut head = vec![0; 4];
        let long = lead(&mut head, Bytes::from(vec![7; 0x01_02_03])).unwrap();
        assert_eq!(head, [0, 0, 0, 0, 254, 3, 2, 1]);
        assert_eq!(long.len(), 0x01_02_03);

        let mut head = vec![0; 4];
        assert!(lead(&mut head, Bytes::from_static(b"abc")).is_none());
        assert_eq!(head, [0, 0, 0, 0, 3, b'a', b'b', b'c']);
        let mut head = vec![];
        assert!(lead(&mut head, Bytes::from_static(b"abcd")).is_none());
        assert_eq!(head, [4, b'a', b'b', b'c', b'd', 0, 0, 0]);
    }

    #[test]
    fn times_follow_the_stages() {
        let at = |secs| Mono::from_origin(Duration::from_secs(secs));
        let mut requests = Requests::default();
        requests.insert(RequestId(1), pending(Some(at(9))));
        requests.insert(RequestId(2), pending(None));
        requests.set_stage(RequestId(2), Stage::Paused(at(5)));
        assert_eq!(requests.next_time(), Some(at(5)));
        assert_eq!(requests.pop_pause(at(4)), None);
        assert_eq!(requests.pop_pause(at(5)), Some(RequestId(2)));
        assert_eq!(requests.next_time(), Some(at(9)));
        assert_eq!(requests.due(at(9)), Some(RequestId(1)));
        requests.remove(RequestId(1));
        assert_eq!(requests.next_time(), None);
    }
}

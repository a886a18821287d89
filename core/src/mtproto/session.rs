//! The conversation with one data centre under one authorization key.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use bytes::BytesMut;

use super::acks::Acks;
use super::clock::Clock;
use super::event::{Batches, Dead, Event, Failure};
use super::msg_id::MsgIds;
use super::outbox::Outbox;
use super::ping::Pinger;
use super::received::Received;
use super::request::{MAX_REQUESTS, ReqId, RequestBody, Requests, State};
use super::salts::Salts;
use super::sent::Sent;
use super::seq::Seq;
use super::window::Window;
use crate::crypto::AuthKey;
use crate::rand::Rng;
use crate::testing::{Broken, Testing};
use crate::time::{Mono, Now};
use crate::transport::Packet;

/// How often requests in flight are looked after.
const CHECK_EVERY: Duration = Duration::from_secs(15);

/// What a session begins with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The key shared with the data centre.
    pub key: AuthKey,
    /// The first salt; a wrong one, such as 0, costs a round trip.
    pub salt: i64,
    /// The server's clock minus ours in seconds, `None` where it is not known.
    pub time_offset: Option<i64>,
}

/// One MTProto session: everything that outlives a connection.
///
/// At any time it has at most one link. Packets are pulled when the link's socket can write, so that their ids are
/// fresh; several that wait are sealed together. What arrives together is opened together.
pub struct Session {
    pub(super) key: AuthKey,
    pub(super) id: i64,
    pub(super) rng: Rng,
    pub(super) clock: Clock,
    pub(super) ids: MsgIds,
    pub(super) seq: Seq,
    pub(super) salts: Salts,
    /// A question for more salts is on its way.
    pub(super) salts_asked: bool,
    pub(super) acks: Acks,
    pub(super) received: Received,
    pub(super) requests: Requests,
    pub(super) sent: Sent,
    pub(super) outbox: Outbox,
    pub(super) events: VecDeque<Event>,
    pub(super) link: Option<LinkState>,
    pub(super) server: ServerState,
    pub(super) batches: Batches,
    pub(super) testing: Testing,
}

/// What belongs to one connection.
#[derive(Debug)]
pub(super) struct LinkState {
    pub(super) pinger: Pinger,
    pub(super) window: Window,
    /// When requests in flight are looked after next.
    pub(super) check: Option<Mono>,
}

/// What is known of the server's side.
#[derive(Debug, Default)]
pub(super) struct ServerState {
    /// The last `unique_id` of `new_session_created`.
    pub(super) unique_id: Option<i64>,
    /// It has processed a message of this session.
    pub(super) heard: bool,
    /// The highest id it has processed.
    pub(super) highest: i64,
    /// Refused messages in a row, as far as they were no requests, or refused for their number.
    pub(super) refusals: u32,
}

impl Session {
    /// A new session, without a link.
    pub fn new(now: Now, setup: Setup, mut rng: Rng) -> Self {
        Self {
            id: rng.i64(),
            key: setup.key,
            rng,
            clock: Clock::new(now, setup.time_offset),
            ids: MsgIds::new(),
            seq: Seq::default(),
            salts: Salts::new(setup.salt),
            salts_asked: false,
            acks: Acks::default(),
            received: Received::default(),
            requests: Requests::default(),
            sent: Sent::default(),
            outbox: Outbox::default(),
            events: VecDeque::new(),
            link: None,
            server: ServerState::default(),
            batches: Batches::default(),
            testing: Testing::default(),
        }
    }

    /// The same session, different from one that is used.
    pub(crate) fn testing(mut self, testing: Testing) -> Self {
        self.testing = testing;
        self
    }

    /// Queues a request. Its end is told by [`Event::Result`] or [`Event::Failed`].
    pub fn invoke(&mut self, body: RequestBody) -> ReqId {
        let id = self.requests.name();
        let body = body.packed();
        if body.is_too_long() {
            self.events.push_back(Event::Failed {
                id,
                reason: Failure::TooLong,
            });
        } else if self.requests.len() >= MAX_REQUESTS {
            self.events.push_back(Event::Failed {
                id,
                reason: Failure::TooMany,
            });
        } else {
            self.requests.insert(id, body);
        }
        id
    }

    /// Nobody waits for this request any more.
    ///
    /// `true`: nothing will be heard of it, because it has not been sent, or its answer is being cancelled on the server.
    /// `false`: it was sent and will end with an event, whose answer may hold what has to be known.
    pub fn forget(&mut self, id: ReqId) -> bool {
        let Some(request) = self.requests.get_mut(id) else {
            return true;
        };
        request.forgotten = true;
        match request.state {
            State::Queued => {
                self.requests.remove(id);
                true
            }
            State::Sent(trip) | State::Unsure(trip) => {
                let cancel = request.body.cancel;
                if cancel && trip.written {
                    self.outbox.drop_answer.push_back(trip.msg_id);
                }
                cancel
            }
        }
    }

    /// A connection stands; the next packets are for it.
    ///
    /// Pings start, and the server is asked for the fate of what was in flight on the connection before.
    pub fn handle_link_up(&mut self, now: Now) {
        self.handle_link_lost(now);
        self.clock.tick(now);
        let pinger = Pinger::new(now);
        self.link = Some(LinkState {
            pinger,
            window: Window::default(),
            check: None,
        });
        self.ask_for_the_unsure();
        self.schedule_check(now);
        self.check_invariants();
    }

    /// The connection is gone. Requests stay; those that were not written go back to the queue.
    pub fn handle_link_lost(&mut self, now: Now) {
        self.unseal(now);
        if self.link.take().is_none() {
            return;
        }
        let acks = self.sent.handle_link_lost();
        self.acks.restore(now, &acks);
        self.outbox = Outbox::default();
        self.salts_asked = false;
        for (_, request) in self.requests.iter_mut() {
            if let State::Sent(trip) = request.state {
                request.state = State::Unsure(trip);
            }
        }
        self.check_invariants();
    }

    /// Packets have arrived on the link. All are opened as one batch.
    pub fn handle_frames(&mut self, now: Now, packets: Vec<BytesMut>) {
        self.clock.tick(now);
        self.open(now, packets);
        if let Some(offset) = self.clock.report() {
            self.events.push_back(Event::TimeOffset(offset));
        }
        self.schedule_check(now);
        self.check_invariants();
    }

    /// The next packet for the link, `None` when there is nothing to send. Call it when the socket can write, frame it
    /// with [`Link::encode`](super::Link::encode), and write all of it before anything that follows.
    pub fn poll_packet(&mut self, now: Now) -> Option<Packet> {
        self.clock.tick(now);
        let packet = self.pull(now);
        self.schedule_check(now);
        self.check_invariants();
        packet
    }

    /// What there is to tell; poll until `None` after every input.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) has to be called; always something while there is a link.
    pub fn poll_timeout(&self) -> Option<Mono> {
        let link = self.link.as_ref()?;
        [
            Some(link.pinger.poll_timeout()),
            link.check,
            self.acks.poll_timeout(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The time has come. Packets may be due afterwards, and the link may be dead.
    pub fn handle_timeout(&mut self, now: Now) {
        self.clock.tick(now);
        self.acks.handle_timeout(now);
        self.sent.handle_timeout(now);
        let Some(link) = &mut self.link else {
            return;
        };
        if !link.pinger.handle_timeout(now) {
            // What stalled the line may have stalled the clocks.
            self.clock.doubt();
            return self.die(now, Dead::PingTimeout);
        }
        if link.check.is_some_and(|at| at <= now.mono) {
            link.check = None;
            self.check_in_flight();
        }
        self.schedule_check(now);
        self.check_invariants();
    }

    /// Begins a new session, with a new key or because the old session is of no use. The link counts as lost.
    ///
    /// What was not sent is kept. What was sent is sent again if that does no harm, and has failed otherwise.
    pub fn reset(&mut self, now: Now, setup: Setup) {
        self.key = setup.key;
        self.salts = Salts::new(setup.salt);
        self.clock = Clock::new(now, setup.time_offset.or(self.clock.known_offset()));
        self.begin_anew(now);
    }

    /// Whether a packet may be due; a link that has to be woken to write wants to know.
    pub fn has_output(&self) -> bool {
        let Some(link) = &self.link else {
            return false;
        };
        !link.window.is_empty()
            || link.pinger.is_due()
            || self.acks.is_due()
            || !self.outbox.is_empty()
            || self.next_ready().is_some()
    }

    /// Requests that have not ended.
    pub fn pending(&self) -> usize {
        self.requests.len()
    }

    /// The session's random name.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The salt in use.
    pub fn salt(&self) -> i64 {
        self.salts.current()
    }

    /// The server's clock minus ours in seconds, once the server has confirmed it.
    pub fn time_offset(&self) -> Option<i64> {
        self.clock.known_offset()
    }

    /// The largest batches so far.
    pub fn batches(&self) -> Batches {
        self.batches
    }

    /// A message of the server has to be acknowledged.
    pub(super) fn acknowledge(&mut self, now: Now, msg_id: i64) {
        if !self.testing.lacks(Broken::Acks) {
            self.acks.add(now, msg_id);
        }
    }

    /// Gives the link up from this side.
    pub(super) fn die(&mut self, now: Now, why: Dead) {
        self.handle_link_lost(now);
        self.events.push_back(Event::Dead(why));
    }

    /// A new session id, and everything that goes by the old one settled.
    pub(super) fn begin_anew(&mut self, now: Now) {
        self.handle_link_lost(now);
        let unsure: Vec<_> = self
            .requests
            .iter()
            .filter(|(_, r)| r.state != State::Queued)
            .map(|(id, _)| id)
            .collect();
        for id in unsure {
            self.settle_unknown(id);
        }
        self.id = self.rng.i64();
        self.seq = Seq::default();
        self.acks.clear();
        self.received.clear();
        self.sent.clear();
        self.server = ServerState::default();
        self.check_invariants();
    }

    fn schedule_check(&mut self, now: Now) {
        if let Some(link) = &mut self.link {
            let wanted = self.requests.has_in_flight();
            link.check = wanted.then(|| link.check.unwrap_or(now.after(CHECK_EVERY).mono));
        }
    }

    /// What must hold after every step, whatever the peer does.
    pub(super) fn check_invariants(&self) {
        #[cfg(any(test, debug_assertions, feature = "internals"))]
        if cfg!(test) || self.testing.is_watched() {
            self.requests.check_invariants();
            self.sent.check_invariants();
            assert!(self.received.is_bounded());
            assert!(self.outbox.is_bounded());
            assert!(
                self.link.is_none() || self.poll_timeout().is_some(),
                "a link without a deadline"
            );
            for (id, request) in self.requests.iter() {
                if let Some(trip) = request.trip() {
                    let entry = self.sent.get(trip.msg_id).map(|entry| &entry.what);
                    assert_eq!(
                        entry,
                        Some(&super::sent::What::Request(id)),
                        "a request in flight can be found"
                    );
                }
            }
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("key", &self.key)
            .field("link", &self.link.is_some())
            .field("pending", &self.requests.len())
            .finish_non_exhaustive()
    }
}

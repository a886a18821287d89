//! What became of our messages: refusals, the fate of requests whose link was lost, and sending again.
//!
//! The rule behind everything here: a request is sent again only when the server has certainly not run it, or when
//! running it twice does no harm.

use super::event::{Dead, Event, Failure};
use super::outbox::Outbox;
use super::request::{ReqId, State};
use super::sent::What;
use super::session::Session;
use crate::testing::Broken;
use crate::time::Now;

/// How often a message may be refused before its request fails.
const MAX_REFUSED: u8 = 8;

/// Refusals in a row, of messages that are no requests or for their sequence numbers, before the session is begun anew.
const MAX_REFUSALS: u32 = 64;

/// How often the server is asked for the fate of one request before it counts as unknown.
const MAX_ASKED: u8 = 5;

/// The status of a message in [`msgs_state_info`](https://core.telegram.org/mtproto/service_messages_about_messages).
const STATUS: u8 = 7;
const RECEIVED: u8 = 4;

/// The status of a message of ours that is not held any more.
const GONE: u8 = 1;

impl Session {
    /// Asks for everything that was in flight when the last link was lost.
    pub(super) fn ask_for_the_unsure(&mut self) {
        for (_, request) in self.requests.iter_mut() {
            let is_cancelled = request.is_cancelled();
            if let State::Unsure(trip) = &mut request.state {
                // Pings are counted anew on every link.
                trip.pings = 0;
                self.outbox.state_req.insert(trip.msg_id);
                if is_cancelled {
                    self.outbox.drop_answer.push_back(trip.msg_id);
                }
            }
        }
    }

    /// Looks after what has been in flight for long. A question is repeated only after a ping that was sent later has been
    /// answered: until then it may itself be on its way.
    pub(super) fn check_in_flight(&mut self) {
        let pings = self.link.as_ref().map_or(0, |link| link.pinger.answered());
        let mut given_up = Vec::new();
        for (id, request) in self.requests.iter_mut() {
            let is_unsure = matches!(request.state, State::Unsure(_));
            let Some(trip) = request
                .trip_mut()
                .filter(|trip| trip.written && trip.pings < pings)
            else {
                continue;
            };
            trip.pings = pings;
            trip.asked = trip.asked.saturating_add(1);
            if is_unsure && trip.asked > MAX_ASKED {
                given_up.push(id);
            } else {
                self.outbox.state_req.insert(trip.msg_id);
            }
        }
        for id in given_up {
            self.settle_unknown(id);
        }
    }

    /// The server has ignored a message of ours, or a container with all its members.
    pub(super) fn handle_refusal(
        &mut self,
        now: Now,
        notice: i64,
        bad_id: i64,
        bad_seq: i32,
        code: i32,
    ) {
        // Only what was really sent, and not answered yet, can be refused.
        let Some(entry) = self.sent.remove(bad_id) else {
            return;
        };
        tracing::debug!(code, "the server refuses a message");
        if matches!(code, 16 | 17 | 32 | 33) {
            // What is sealed would be refused for the same reason.
            self.unseal(now);
        }
        match code {
            16 | 17 => {
                self.clock.correct(now, notice);
                self.ids.rewind(self.server.highest);
            }
            32 => self.seq.raise(bad_seq),
            33 => self.seq.lower(bad_seq),
            _ => {}
        }
        let mut is_service = matches!(code, 32 | 33);
        match entry.what {
            What::Request(id) => self.refuse(id, code),
            What::Container(members) => {
                for member in members {
                    match self.sent.remove(member).map(|entry| entry.what) {
                        Some(What::Request(id)) => self.refuse(id, code),
                        Some(what) => self.put_back(now, what),
                        None => {}
                    }
                }
            }
            what => {
                is_service = true;
                self.put_back(now, what);
            }
        }
        if is_service {
            self.server.refusals = self.server.refusals.saturating_add(1);
        }
        if self.server.refusals > MAX_REFUSALS {
            self.begin_anew(now);
            self.events.push_back(Event::Dead(Dead::SessionStuck));
        }
    }

    /// A service message was refused, or never written: it is due again.
    pub(super) fn put_back(&mut self, now: Now, what: What) {
        match what {
            What::Request(id) => self.requeue(id),
            What::Acks(ids) => self.acks.restore(now, &ids),
            What::Ping(_) => {
                if let Some(link) = &mut self.link {
                    link.pinger.again(now);
                }
            }
            What::StateReq(ids) => {
                let ids = ids.into_iter().filter(|id| self.sent.get(*id).is_some());
                self.outbox.state_req.extend(ids);
            }
            What::ResendReq(ids) => {
                let room = Outbox::MAX_RESENDS.saturating_sub(self.outbox.resend_req.len());
                self.outbox.resend_req.extend(ids.into_iter().take(room));
            }
            What::StateInfo(id, info) => self.push_state_info(id, info),
            What::SaltsReq => self.salts_asked = false,
            What::DropAnswer(id) => {
                if self.sent.get(id).is_some() {
                    self.outbox.drop_answer.push_back(id);
                }
            }
            What::Container(_) => {}
        }
    }

    /// Back to the queue, to be sent under a new id.
    pub(super) fn requeue(&mut self, id: ReqId) {
        let Some(request) = self.requests.get(id) else {
            return;
        };
        if let Some(trip) = request.trip() {
            self.sent.remove(trip.msg_id);
            self.outbox.state_req.remove(&trip.msg_id);
        }
        self.requests.requeue(id);
    }

    /// Whether a request ran cannot be found out.
    pub(super) fn settle_unknown(&mut self, id: ReqId) {
        let Some(request) = self.requests.get(id) else {
            return;
        };
        let was_written = request.trip().is_some_and(|trip| trip.written);
        if request.is_cancelled() {
            self.end(id);
        } else if !request.forgotten && (request.body.repeatable || !was_written) {
            self.requeue(id);
        } else {
            self.fail(id, Failure::OutcomeUnknown);
        }
    }

    /// The server remembers nothing from before that message. Of earlier ones it is asked what it knows: they may have
    /// been lost, or have run in a session that it forgot.
    pub(super) fn handle_new_session(
        &mut self,
        now: Now,
        first_msg_id: i64,
        unique_id: i64,
        salt: i64,
    ) {
        self.set_salt(now, salt);
        if self.server.unique_id == Some(unique_id) {
            return;
        }
        let again = self.server.unique_id.is_some() || self.server.heard;
        self.server.unique_id = Some(unique_id);
        for (_, request) in self.requests.iter_mut() {
            let Some(trip) = request
                .trip_mut()
                .filter(|trip| trip.written && trip.outer < first_msg_id)
            else {
                continue;
            };
            trip.suspect |= again || trip.known;
            trip.known = false;
            self.outbox.state_req.insert(trip.msg_id);
            let trip = *trip;
            request.state = State::Unsure(trip);
        }
        self.events
            .push_back(Event::NewSession { unique_id, again });
    }

    /// The answer to our question what became of our messages, or to a request to send some of the server's again.
    pub(super) fn handle_state_info(&mut self, question: i64, info: &[u8]) {
        let ids = match self.sent.get(question).map(|entry| &entry.what) {
            Some(What::StateReq(ids)) => ids.clone(),
            // What the server cannot send again is lost; if an answer was among it, its request is asked for in time.
            Some(What::ResendReq(_)) => Vec::new(),
            _ => return,
        };
        if let Some(entry) = self.sent.remove(question) {
            self.handle_accepted(entry.outer);
        }
        if ids.len() == info.len() {
            for (id, status) in ids.into_iter().zip(info) {
                self.handle_status(id, *status);
            }
        }
    }

    /// The server tells unasked. Good news is taken; bad news is asked about first.
    pub(super) fn handle_all_info(&mut self, ids: &[i64], info: &[u8]) {
        for (id, status) in ids.iter().zip(info) {
            let is_request = matches!(
                self.sent.get(*id).map(|entry| &entry.what),
                Some(What::Request(_))
            );
            if status & STATUS == RECEIVED {
                self.handle_received_by_server(*id);
            } else if is_request {
                self.outbox.state_req.insert(*id);
            }
        }
    }

    /// The server asks what we received.
    pub(super) fn handle_state_req(&mut self, question: i64, ids: &[i64]) {
        let info = ids.iter().map(|id| self.received.status(*id)).collect();
        self.push_state_info(question, info);
    }

    /// The server wants messages of ours again. An id is never used twice: requests that are still in flight go out under
    /// a new one once the server has said that it lacks them. Only if others are asked for as well is anything told, as
    /// the [protocol](https://core.telegram.org/mtproto/service_messages_about_messages) has it: what is not held is gone.
    pub(super) fn handle_resend_req(&mut self, question: i64, ids: &[i64]) {
        let mut info = Vec::with_capacity(ids.len());
        let mut is_all_held = true;
        for id in ids {
            let what = self.sent.get(*id).map(|entry| &entry.what);
            if matches!(what, Some(What::Request(_))) {
                self.outbox.state_req.insert(*id);
                info.push(self.received.status(*id));
            } else {
                is_all_held = false;
                info.push(GONE);
            }
        }
        if !is_all_held {
            self.push_state_info(question, info);
        }
    }

    fn handle_status(&mut self, msg_id: i64, status: u8) {
        let Some(What::Request(id)) = self.sent.get(msg_id).map(|entry| entry.what.clone()) else {
            return;
        };
        let Some(request) = self.requests.get(id) else {
            return;
        };
        let Some(trip) = request.trip().filter(|trip| trip.written) else {
            return;
        };
        match status & STATUS {
            RECEIVED => self.handle_received_by_server(msg_id),
            1..=3 if self.testing.lacks(Broken::Resend) => {}
            // It had it, and has it no more.
            1..=3 if trip.known || trip.suspect => self.settle_unknown(id),
            1..=3 if request.is_cancelled() => self.end(id),
            1..=3 if request.forgotten => self.fail(id, Failure::NotSent),
            1..=3 => self.requeue(id),
            _ => {}
        }
    }

    fn refuse(&mut self, id: ReqId, code: i32) {
        let Some(request) = self.requests.get_mut(id) else {
            return;
        };
        request.refused = request.refused.saturating_add(1);
        request.alone |= code == 64;
        let is_hopeless = matches!(code, 34 | 35) || request.refused > MAX_REFUSED;
        if request.is_cancelled() {
            self.end(id);
        } else if request.forgotten {
            self.fail(id, Failure::NotSent);
        } else if is_hopeless {
            self.fail(id, Failure::BadMessage(code));
        } else {
            self.requeue(id);
        }
    }

    fn push_state_info(&mut self, question: i64, info: Vec<u8>) {
        if self.outbox.state_info.len() < Outbox::MAX_INFOS {
            self.outbox.state_info.push_back((question, info));
        }
    }
}

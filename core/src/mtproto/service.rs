//! What the server says about messages, and the answers to requests.

use bytes::Bytes;
use telewire_schema::mtproto::types;
use telewire_schema::{Deserialize, Identifiable as _};

use super::event::{Event, Failure, RpcFault};
use super::inbound::Place;
use super::outbox::Outbox;
use super::request::{ReqId, Request, State};
use super::salts::Salt;
use super::sent::What;
use super::session::Session;
use super::{gzip, wire};
use crate::testing::Broken;
use crate::time::Now;
use crate::transport::MAX_INBOUND;

impl Session {
    /// An object that is neither packed nor a container. One that does not decode is skipped, and so is only itself lost:
    /// then there is `None`.
    pub(super) fn handle_service(
        &mut self,
        now: Now,
        place: Place<'_>,
        id: u32,
        body: Bytes,
    ) -> Option<()> {
        match id {
            wire::RPC_RESULT => self.handle_result(place, wire::after_constructor(&body)),
            types::MsgsAck::ID => {
                let acks = decode::<types::MsgsAck>(&body)?;
                acks.msg_ids
                    .into_iter()
                    .for_each(|id| self.handle_received_by_server(id));
            }
            types::BadMsgNotificationData::ID => {
                let n = decode::<types::BadMsgNotificationData>(&body)?;
                self.handle_refusal(
                    now,
                    place.msg_id,
                    n.bad_msg_id,
                    n.bad_msg_seqno,
                    n.error_code,
                );
            }
            types::BadServerSalt::ID => {
                let n = decode::<types::BadServerSalt>(&body)?;
                if self.sent.get(n.bad_msg_id).is_some() {
                    self.set_salt(now, n.new_server_salt);
                    self.handle_refusal(
                        now,
                        place.msg_id,
                        n.bad_msg_id,
                        n.bad_msg_seqno,
                        n.error_code,
                    );
                }
            }
            types::NewSessionCreated::ID => {
                let new = decode::<types::NewSessionCreated>(&body)?;
                self.handle_new_session(now, new.first_msg_id, new.unique_id, new.server_salt);
            }
            types::Pong::ID => {
                let pong = decode::<types::Pong>(&body)?;
                if !self.is_answer_to_request(pong.msg_id, &body) {
                    self.handle_pong(&pong);
                }
            }
            types::FutureSalts::ID => {
                let salts = decode::<types::FutureSalts>(&body)?;
                if !self.is_answer_to_request(salts.req_msg_id, &body) {
                    self.handle_salts(now, salts);
                }
            }
            types::MsgDetailedInfoData::ID => {
                let info = decode::<types::MsgDetailedInfoData>(&body)?;
                self.handle_received_by_server(info.msg_id);
                self.handle_detailed_info(now, Some(info.msg_id), info.answer_msg_id, info.bytes);
            }
            types::MsgNewDetailedInfo::ID => {
                let info = decode::<types::MsgNewDetailedInfo>(&body)?;
                self.handle_detailed_info(now, None, info.answer_msg_id, info.bytes);
            }
            types::MsgsStateReq::ID => {
                let req = decode::<types::MsgsStateReq>(&body)?;
                self.handle_state_req(place.msg_id, &req.msg_ids);
            }
            types::MsgResendReqData::ID => {
                let req = decode::<types::MsgResendReqData>(&body)?;
                self.handle_resend_req(place.msg_id, &req.msg_ids);
            }
            types::MsgResendAnsReq::ID => {
                let req = decode::<types::MsgResendAnsReq>(&body)?;
                self.handle_resend_req(place.msg_id, &req.msg_ids);
            }
            types::MsgsStateInfo::ID => {
                let info = decode::<types::MsgsStateInfo>(&body)?;
                self.handle_state_info(info.req_msg_id, &info.info);
            }
            types::MsgsAllInfo::ID => {
                let all = decode::<types::MsgsAllInfo>(&body)?;
                self.handle_all_info(&all.msg_ids, &all.info);
            }
            types::DestroySessionOk::ID | types::DestroySessionNone::ID => {}
            _ => self.events.push_back(Event::Updates(body)),
        }
        Some(())
    }

    /// The message was processed: so were all of its container, our time is right, and the server knows the session.
    pub(super) fn handle_accepted(&mut self, outer: i64) {
        self.sent.accepted(outer);
        self.clock.confirm();
        self.server.heard = true;
        self.server.highest = self.server.highest.max(outer);
        self.server.refusals = 0;
    }

    /// The server has said that it received a message of ours.
    pub(super) fn handle_received_by_server(&mut self, msg_id: i64) {
        let Some(entry) = self.sent.get(msg_id) else {
            return;
        };
        let (what, outer) = (entry.what.clone(), entry.outer);
        self.handle_accepted(outer);
        if let What::Request(id) = what {
            self.set_known(id);
        }
    }

    /// The server has a request, and will answer it.
    pub(super) fn set_known(&mut self, id: ReqId) {
        let Some(request) = self.requests.get_mut(id) else {
            return;
        };
        let notify = request.body.notify_ack;
        if let State::Unsure(trip) = request.state {
            request.state = State::Sent(trip);
        }
        if let Some(trip) = request.trip_mut()
            && !std::mem::replace(&mut trip.known, true)
            && notify
        {
            self.events.push_back(Event::Acked(id));
        }
    }

    /// The salt changes for whatever is sent from now on.
    pub(super) fn set_salt(&mut self, now: Now, salt: i64) {
        if self.salts.current() != salt && !self.testing.lacks(Broken::SaltUpdate) {
            self.unseal(now);
            self.salts.correct(self.clock.server_secs(now), salt);
            self.events.push_back(Event::SaltChanged(salt));
        }
    }

    /// A request has ended: nothing of it is remembered.
    pub(super) fn end(&mut self, id: ReqId) {
        if let Some(trip) = self.requests.remove(id).and_then(|request| request.trip()) {
            self.sent.remove(trip.msg_id);
            self.outbox.state_req.remove(&trip.msg_id);
        }
    }

    pub(super) fn fail(&mut self, id: ReqId, reason: Failure) {
        self.end(id);
        self.events.push_back(Event::Failed { id, reason });
    }

    fn handle_result(&mut self, place: Place<'_>, mut body: Bytes) {
        let Some(msg_id) = wire::take_i64(&mut body) else {
            return;
        };
        let Some(entry) = self.sent.get(msg_id) else {
            tracing::debug!("the answer to a request that nobody waits for");
            return;
        };
        let (what, outer) = (entry.what.clone(), entry.outer);
        self.handle_accepted(outer);
        match what {
            What::Request(id) => self.handle_answer(id, body, place.budget),
            // Whichever of the three answers it is: the request's own answer is not coming, or is not wanted.
            What::DropAnswer(request) => {
                self.sent.remove(msg_id);
                if let Some(What::Request(id)) =
                    self.sent.get(request).map(|entry| entry.what.clone())
                {
                    self.end(id);
                }
            }
            _ => tracing::debug!("an answer to what was no request"),
        }
    }

    fn handle_answer(&mut self, id: ReqId, mut body: Bytes, budget: &mut usize) {
        if wire::constructor(&body) == Some(wire::GZIP_PACKED) {
            match gzip::unpack(&wire::after_constructor(&body), budget) {
                Ok(object) => body = object,
                Err(_) => return self.fail(id, Failure::Undecodable),
            }
        }
        let result = match wire::constructor(&body) {
            Some(types::RpcError::ID) => match decode::<types::RpcError>(&body) {
                Some(error) => Err(RpcFault {
                    code: error.error_code,
                    message: error.error_message,
                }),
                None => return self.fail(id, Failure::Undecodable),
            },
            _ => Ok(body),
        };
        if let Err(fault) = &result
            && self.retry_chained(id, &fault.message)
        {
            return;
        }
        self.tell_result(id, result);
    }

    fn tell_result(&mut self, id: ReqId, result: Result<Bytes, RpcFault>) {
        let is_cancelled = self.requests.get(id).is_some_and(Request::is_cancelled);
        self.end(id);
        if !is_cancelled {
            self.events.push_back(Event::Result { id, result });
        }
    }

    /// Pings and questions for salts that somebody asked as requests: their answers come without `rpc_result` around them.
    fn is_answer_to_request(&mut self, msg_id: i64, body: &Bytes) -> bool {
        let Some(entry) = self.sent.get(msg_id) else {
            return false;
        };
        let (What::Request(id), outer) = (entry.what.clone(), entry.outer) else {
            return false;
        };
        self.handle_accepted(outer);
        self.tell_result(id, Ok(body.clone()));
        true
    }

    fn handle_pong(&mut self, pong: &types::Pong) {
        let Some(What::Ping(ping)) = self.sent.get(pong.msg_id).map(|entry| entry.what.clone())
        else {
            return;
        };
        if ping == pong.ping_id {
            if let Some(entry) = self.sent.remove(pong.msg_id) {
                self.handle_accepted(entry.outer);
            }
            if let Some(link) = &mut self.link {
                link.pinger.handle_pong(ping);
            }
        }
    }

    fn handle_salts(&mut self, now: Now, salts: types::FutureSalts) {
        // The answer has to name the question.
        if self.sent.get(salts.req_msg_id).map(|entry| &entry.what) != Some(&What::SaltsReq) {
            return;
        }
        if let Some(entry) = self.sent.remove(salts.req_msg_id) {
            self.handle_accepted(entry.outer);
        }
        self.salts_asked = false;
        let before = self.salts.current();
        let list = salts.salts.into_iter().map(|s| Salt {
            since: s.valid_since.into(),
            until: s.valid_until.into(),
            value: s.salt,
        });
        self.salts
            .learn(self.clock.server_secs(now), list.collect());
        if self.salts.current() != before {
            self.events
                .push_back(Event::SaltChanged(self.salts.current()));
        }
    }

    /// An answer was sent before and not acknowledged: it is acknowledged, if it came after all, or asked for.
    fn handle_detailed_info(&mut self, now: Now, question: Option<i64>, answer: i64, bytes: i32) {
        let unwanted =
            question.is_some_and(|id| match self.sent.get(id).map(|entry| &entry.what) {
                Some(What::Request(id)) => self.requests.get(*id).is_none_or(Request::is_cancelled),
                _ => true,
            });
        let too_long = usize::try_from(bytes).is_ok_and(|bytes| bytes > MAX_INBOUND);
        if unwanted || too_long || self.received.contains(answer) {
            self.acknowledge(now, answer);
        } else if self.outbox.resend_req.len() < Outbox::MAX_RESENDS {
            self.outbox.resend_req.insert(answer);
        }
    }
}

/// A service message; one that does not decode is as good as none.
fn decode<T: Deserialize>(body: &Bytes) -> Option<T> {
    T::from_bytes(body)
        .inspect_err(|_| tracing::warn!("a service message does not decode"))
        .ok()
}

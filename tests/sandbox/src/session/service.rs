//! Service messages that the client sends.

use bytes::Bytes;
use telewire_core::time::Now;
use telewire_schema::mtproto::{functions, types};
use telewire_schema::{Deserialize as _, Identifiable as _, Reader, Serialize as _};

use super::outgoing::Outbox;
use super::received::Stage;
use super::{Session, Settings};

/// The most identifiers in one acknowledgement or question.
const MAX_IDS: usize = 8192;

/// Whether an identifier names a service message, which the session itself takes care of.
pub(super) fn is_service(id: u32) -> bool {
    matches!(
        id,
        functions::Ping::ID
            | functions::RpcDropAnswer::ID
            | types::MsgsAck::ID
            | types::MsgsStateReq::ID
            | types::MsgsStateInfo::ID
            | types::MsgsAllInfo::ID
            | types::MsgDetailedInfoData::ID
            | types::MsgNewDetailedInfo::ID
            | types::MsgResendReqData::ID
            | types::MsgResendAnsReq::ID
            | types::HttpWait::ID
    )
}

/// Whether it is one that needs more than the session: it goes to the server like a request.
pub(super) fn is_for_server(id: u32) -> bool {
    matches!(
        id,
        functions::PingDelayDisconnect::ID
            | functions::GetFutureSalts::ID
            | functions::DestroySession::ID
            | functions::DestroyAuthKey::ID
    )
}

impl Session {
    /// Handles a service message; `None` when it is malformed or too large.
    pub(super) fn serve(
        &mut self,
        now: Now,
        msg_id: i64,
        body: &Bytes,
        settings: Settings,
    ) -> Option<()> {
        let mut r = Reader::new(body);
        match r.peek_id()? {
            functions::Ping::ID => {
                let ping = functions::Ping::deserialize(&mut r).ok()?;
                self.pong(now, msg_id, ping.ping_id);
            }
            functions::RpcDropAnswer::ID => {
                let drop = functions::RpcDropAnswer::deserialize(&mut r).ok()?;
                let result = self.drop_answer(drop.req_msg_id);
                self.received.mark_answered(msg_id);
                self.outbox
                    .answer(now, msg_id, &result.to_bytes(), settings);
            }
            types::MsgsAck::ID => {
                let ack = types::MsgsAck::deserialize(&mut r).ok()?;
                if ack.msg_ids.len() > MAX_IDS {
                    return None;
                }
                self.outbox.acknowledged(&ack.msg_ids);
            }
            types::MsgsStateReq::ID => {
                let ask = types::MsgsStateReq::deserialize(&mut r).ok()?;
                if ask.msg_ids.len() > MAX_IDS {
                    return None;
                }
                self.tell_states(now, msg_id, &ask.msg_ids);
            }
            types::MsgResendReqData::ID | types::MsgResendAnsReq::ID => {
                let ids = match types::MsgResendReq::deserialize(&mut r).ok()? {
                    types::MsgResendReq::MsgResendReq(m) => m.msg_ids,
                    types::MsgResendReq::MsgResendAnsReq(m) => m.msg_ids,
                };
                if ids.len() > MAX_IDS {
                    return None;
                }
                self.resend(now, msg_id, &ids);
            }
            // What the client tells of its own state changes nothing here, and polls need HTTP.
            _ => {}
        }
        Some(())
    }

    pub(crate) fn pong(&mut self, now: Now, msg_id: i64, ping_id: i64) {
        let pong = types::Pong::new(msg_id, ping_id);
        self.outbox.notice(now, pong.to_bytes(), true);
    }

    /// A notice that answers `msg_id`: future salts, the end of another session.
    pub(crate) fn reply(&mut self, now: Now, msg_id: i64, body: Vec<u8>) {
        self.received.mark_answered(msg_id);
        self.outbox.notice(now, body, true);
    }

    /// The answer is not wanted any more.
    fn drop_answer(&mut self, request: i64) -> types::RpcDropAnswer {
        if self.received.stage(request) == Some(Stage::Held) {
            self.delayed.retain(|d| d.request != request);
            self.received.mark_answered(request);
            return types::RpcDropAnswer::RpcAnswerDroppedRunning;
        }
        match self.outbox.kept(request) {
            Some(kept) => {
                self.outbox.withdraw(kept.msg_id);
                let len = i32::try_from(kept.len).unwrap_or(i32::MAX);
                types::RpcAnswerDropped::new(kept.msg_id, kept.seq_no, len).into()
            }
            None => types::RpcDropAnswer::RpcAnswerUnknown,
        }
    }

    fn tell_states(&mut self, now: Now, msg_id: i64, ids: &[i64]) {
        let info: Vec<u8> = ids.iter().map(|id| self.state_of(*id)).collect();
        let answer = types::MsgsStateInfo::new(msg_id, info);
        self.outbox.notice(now, answer.to_bytes(), true);
    }

    /// The [status byte](https://core.telegram.org/mtproto/service_messages_about_messages#informational-message-regarding-status-of-messages).
    fn state_of(&self, msg_id: i64) -> u8 {
        match self.received.stage(msg_id) {
            None if self.received.is_unknowable(msg_id) => 1,
            None if self.received.highest().is_some_and(|h| msg_id < h) => 2,
            None => 3,
            Some(Stage::Other) => 4,
            Some(Stage::Running | Stage::Held) => 4 | 32,
            Some(Stage::Answered | Stage::Failed) => 4 | 32 | 64,
        }
    }

    fn resend(&mut self, now: Now, msg_id: i64, ids: &[i64]) {
        let (known, unknown): (Vec<i64>, Vec<i64>) = ids
            .iter()
            .partition(|id| Outbox::is_unacked(&self.outbox, **id));
        if !unknown.is_empty() {
            self.tell_states(now, msg_id, ids);
        }
        self.outbox.send_again(|id| known.contains(&id));
    }
}

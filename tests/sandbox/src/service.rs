//! Service messages that concern more than their session: salts, other sessions, keys, the connection.

use std::time::Duration;

use telewire_core::time::Now;
use telewire_schema::mtproto::{functions, types};
use telewire_schema::{Deserialize as _, Identifiable as _, Reader};

use crate::rpc::boxed;
use crate::server::{ConnId, Server};
use crate::session::Call;

/// The most salts in one answer.
const MAX_SALTS: i32 = 64;
/// The longest silence that `ping_delay_disconnect` can ask for.
const MAX_DELAY: u64 = 3600;

impl Server {
    /// Handles one of these messages; false when the call is a request.
    pub(crate) fn handle_session_call(
        &mut self,
        now: Now,
        conn: ConnId,
        at: (i64, i64),
        call: &Call,
    ) -> bool {
        let mut r = Reader::new(&call.body);
        let handled = match r.peek_id() {
            Some(functions::PingDelayDisconnect::ID) => {
                functions::PingDelayDisconnect::deserialize(&mut r)
                    .map(|ping| self.ping(now, conn, at, call.msg_id, &ping))
            }
            Some(functions::GetFutureSalts::ID) => functions::GetFutureSalts::deserialize(&mut r)
                .map(|ask| self.tell_salts(now, at, call.msg_id, ask.num)),
            Some(functions::DestroySession::ID) => functions::DestroySession::deserialize(&mut r)
                .map(|ask| self.destroy(now, at, call.msg_id, ask.session_id)),
            Some(functions::DestroyAuthKey::ID) => {
                self.destroy_key(now, at, call.msg_id);
                Ok(())
            }
            _ => return false,
        };
        if handled.is_err() {
            self.close(conn);
        }
        true
    }

    fn ping(
        &mut self,
        now: Now,
        conn: ConnId,
        at: (i64, i64),
        msg_id: i64,
        ping: &functions::PingDelayDisconnect,
    ) {
        if let Some(session) = self.sessions.get_mut(&at) {
            session.pong(now, msg_id, ping.ping_id);
        }
        let delay = u64::try_from(ping.disconnect_delay)
            .unwrap_or(0)
            .min(MAX_DELAY);
        self.close_after(now, conn, Duration::from_secs(delay));
    }

    fn tell_salts(&mut self, now: Now, at: (i64, i64), msg_id: i64, count: i32) {
        let count = u64::try_from(count.clamp(1, MAX_SALTS)).unwrap_or(1);
        let lifetime = self.options.salt_lifetime;
        let Some(key) = self.keys.get(&at.0) else {
            return;
        };
        let int = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
        let salts = key
            .future_salts(now.wall, lifetime, count)
            .into_iter()
            .map(|(since, until, salt)| types::FutureSalt::new(int(since), int(until), salt))
            .collect();
        let answer = types::FutureSalts::new(msg_id, int(now.wall.secs()), salts);
        if let Some(session) = self.sessions.get_mut(&at) {
            session.reply(now, msg_id, boxed(&answer));
        }
    }

    fn destroy(&mut self, now: Now, at: (i64, i64), msg_id: i64, id: i64) {
        let known = id != at.1 && self.sessions.remove(&(at.0, id)).is_some();
        let answer: types::DestroySessionRes = if known {
            types::DestroySessionOk::new(id).into()
        } else {
            types::DestroySessionNone::new(id).into()
        };
        if let Some(session) = self.sessions.get_mut(&at) {
            session.reply(now, msg_id, boxed(&answer));
        }
    }

    /// The answer still goes out under the key, which is gone afterwards.
    fn destroy_key(&mut self, now: Now, at: (i64, i64), msg_id: i64) {
        if let Some(session) = self.sessions.get_mut(&at) {
            session.reply(
                now,
                msg_id,
                boxed(&types::DestroyAuthKeyRes::DestroyAuthKeyOk),
            );
        }
        self.flush(now);
        self.drop_key(at.0);
    }
}

//! What comes of requests, and what the engine makes of it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use telewire_schema::errors::RpcError;
use telewire_schema::{DecodeError, DecodeErrorKind, Deserialize, Serialize, types};

use crate::engine::dc::DcKey;
use crate::engine::requests::{Origin, Pending, Stage};
use crate::engine::{Engine, Output, RequestId, Value, flood, methods, retry};
use crate::error::{Error, ProtocolError};
use crate::mtproto::{Failure, RpcFault};
use crate::time::Now;

/// Server errors that end the account when its own data centre says them to a client that is signed in.
///
/// See [error 401](https://core.telegram.org/api/errors#401-unauthorized).
const ENDING: [&str; 6] = [
    "AUTH_KEY_UNREGISTERED",
    "AUTH_KEY_INVALID",
    "SESSION_REVOKED",
    "SESSION_EXPIRED",
    "USER_DEACTIVATED",
    "USER_DEACTIVATED_BAN",
];

/// The code of errors that no client is to act on by itself, whatever their names:
/// [406](https://core.telegram.org/api/errors#406-not-acceptable).
const FOR_THE_CALLER: i32 = 406;

/// Said by a server that does not know who we are.
const NOT_GREETED: &str = "CONNECTION_NOT_INITED";

impl Engine {
    /// The server has answered a request.
    pub(super) fn answered(&mut self, now: Now, id: RequestId, result: Result<Bytes, RpcFault>) {
        match result {
            Ok(bytes) => self.succeeded(now, id, bytes),
            Err(fault) => {
                let error = RpcError::parse(fault.code, &fault.message);
                self.refused(now, id, fault.code, error);
            }
        }
    }

    /// The session could not get an answer.
    pub(super) fn failed(&mut self, now: Now, id: RequestId, reason: Failure) {
        let Some(pending) = self.requests.get(id) else {
            return;
        };
        let request = pending.name;
        let error = match reason {
            Failure::OutcomeUnknown => Error::OutcomeUnknown { request },
            Failure::NotSent => Error::Disconnected,
            Failure::TooLong => Error::misuse(format!(
                "{request} is too long for one message; send less at once"
            )),
            Failure::TooMany => {
                Error::misuse("too many requests are pending; wait for some of them first")
            }
            Failure::BadMessage(code) => {
                tracing::warn!(
                    method = request,
                    code,
                    "the server does not take the message"
                );
                Error::Protocol(refusal(code))
            }
            // Nothing but the end of the bytes was found where the answer should be.
            Failure::Undecodable => Error::Decode {
                request,
                error: Arc::new(DecodeError {
                    kind: DecodeErrorKind::UnexpectedEnd,
                    position: 0,
                }),
            },
        };
        self.conclude(now, id, Err(error));
    }

    /// The server has the request but has not answered. For logging out that has to do: the key is gone by then.
    pub(super) fn acked(&mut self, id: RequestId) {
        if self
            .requests
            .get(id)
            .is_some_and(|pending| pending.name == "auth.logOut")
        {
            let done = types::auth::LoggedOut::new().to_bytes();
            self.finish(id, Ok(Value::Bytes(done.into())));
        }
    }

    /// Ends a request and tells its client.
    pub(super) fn finish(&mut self, id: RequestId, result: Result<Value, Error>) {
        let Some(pending) = self.end_request(id) else {
            return;
        };
        match pending.origin {
            Origin::Client => self.outputs.push_back(Output::Result(id, result)),
            Origin::Need => self.feed.answer(self.clock.now(), id, result),
            // Requests wait for the account's authorization: they have to hear that it does not come.
            Origin::Export(target) => {
                if let Err(error) = result {
                    self.exported(self.clock.now(), target, Err(error));
                }
            }
            Origin::Import => self.imported(self.clock.now(), pending.dc, result.map(drop)),
            Origin::Nobody | Origin::Init | Origin::Wake | Origin::Config => {}
        }
    }

    fn succeeded(&mut self, now: Now, id: RequestId, bytes: Bytes) {
        let Some(pending) = self.requests.get(id) else {
            return;
        };
        if !matches!(pending.origin, Origin::Client | Origin::Nobody) {
            self.conclude(now, id, Ok(bytes));
            return;
        }
        let (home, name) = (self.is_home(pending.dc), pending.name);
        let channel = methods::affected_channel(name, pending.head());
        let value = if home {
            self.look_into(now, name, channel, bytes)
        } else {
            Ok(Value::Bytes(bytes))
        };
        self.finish(id, value);
    }

    /// The server has answered with an error: send again, elsewhere or later, or give it to whoever asked.
    fn refused(&mut self, now: Now, id: RequestId, code: i32, error: RpcError) {
        let Some(pending) = self.requests.get(id) else {
            return;
        };
        let (key, request, origin) = (pending.dc, pending.name, pending.origin);
        if origin == Origin::Init {
            self.greeting_refused(now, id, key, error);
            return;
        }
        if code == FOR_THE_CALLER {
            self.conclude(now, id, Err(Error::Rpc { request, error }));
            return;
        }
        if let Some(until) = flood::until(&error, now.mono) {
            self.floods.note(request, until);
        }
        // Nobody is helped by an answer that nobody waits for.
        let pause = match origin {
            Origin::Nobody => None,
            _ => self.pause_after(pending, &error),
        };
        if let Some(pause) = pause {
            let sends = pending.attempts.saturating_add(1);
            if self.config.request_retries.is_some_and(|most| sends > most) {
                let error = Error::Unsuccessful {
                    request,
                    sends,
                    error,
                };
                self.conclude(now, id, Err(error));
                return;
            }
            self.count_attempt(id);
            self.sleep_on(now, id, pause, error.name());
            if error.is(NOT_GREETED) {
                // The server forgot who we are: greet it again on a new connection, then repeat.
                if let Some(dc) = self.dcs.get_mut(&key) {
                    dc.greeted = false;
                }
                self.fail_lane(now, key, super::lost::Loss::Stale);
            }
        } else if self.migrates(now, id, &error) {
        } else if ends_account(&error) {
            self.unauthorized(now, id, key, error);
        } else {
            self.conclude(now, id, Err(Error::Rpc { request, error }));
        }
    }

    /// The server does not take our greeting.
    fn greeting_refused(&mut self, now: Now, id: RequestId, key: DcKey, error: RpcError) {
        let Some(request) = self.requests.get(id).map(|pending| pending.name) else {
            return;
        };
        let ended = self.is_home(key) && self.session.user.is_some() && ends_account(&error);
        let error = if ended {
            self.account_ended(now);
            Error::AccountEnded(error)
        } else {
            Error::Rpc { request, error }
        };
        self.conclude(now, id, Err(error));
    }

    /// How long to wait before a request is worth another try after that error, if it ever is.
    fn pause_after(&self, pending: &Pending, error: &RpcError) -> Option<Duration> {
        match flood::wait(error) {
            Some(wait) => (wait <= self.flood_sleep_threshold(pending)).then_some(wait),
            None => (retry::passes(error) || error.is(NOT_GREETED)).then_some(retry::SERVER_PAUSE),
        }
    }

    /// Up to which length flood waits are waited out for this request.
    pub(super) fn flood_sleep_threshold(&self, pending: &Pending) -> Duration {
        pending
            .flood_sleep_threshold
            .unwrap_or(self.config.flood_sleep_threshold)
    }

    /// Has a request wait before it is sent, and says so to whoever listens to what is traced.
    pub(super) fn sleep_on(&mut self, now: Now, id: RequestId, wait: Duration, why: &str) {
        self.hold_followers(id);
        let Some(pending) = self.requests.get(id) else {
            return;
        };
        tracing::info!(
            method = pending.name,
            dc = pending.dc.dc.0,
            request = id.0,
            attempt = pending.attempts,
            seconds = wait.as_secs(),
            why,
            "sleeping before the request is sent"
        );
        self.requests.set_stage(id, Stage::Paused(now.mono + wait));
    }

    /// Error 401: at home the account has ended, elsewhere it has to be introduced again.
    fn unauthorized(&mut self, now: Now, id: RequestId, key: DcKey, error: RpcError) {
        let Some(pending) = self.requests.get(id) else {
            return;
        };
        let (name, first) = (pending.name, pending.attempts == 0);
        if self.session.user.is_none() {
            self.conclude(
                now,
                id,
                Err(Error::Rpc {
                    request: name,
                    error,
                }),
            );
        } else if key.dc == self.home {
            let was_here = self.access.is_proven();
            self.account_ended(now);
            let ended = Error::AccountEnded(error);
            self.conclude(now, id, Err(ended.clone()));
            // Whoever ran on it has to hear of it; whoever only finds out now may want to sign in.
            if was_here {
                self.end(now, Some(ended));
            }
        } else if first && pending.origin == Origin::Client {
            self.access.forget(key.dc);
            self.count_attempt(id);
            self.hold_followers(id);
            self.enqueue(now, id);
        } else {
            self.conclude(
                now,
                id,
                Err(Error::Rpc {
                    request: name,
                    error,
                }),
            );
        }
    }

    /// Ends a request, whoever asked.
    fn conclude(&mut self, now: Now, id: RequestId, result: Result<Bytes, Error>) {
        let Some(pending) = self.requests.get(id) else {
            return;
        };
        let (origin, key) = (pending.origin, pending.dc);
        if matches!(origin, Origin::Need | Origin::Wake) && result.is_ok() {
            self.access.prove();
        }
        if matches!(origin, Origin::Client | Origin::Nobody | Origin::Need) {
            self.finish(id, result.map(Value::Bytes));
            return;
        }
        self.end_request(id);
        match origin {
            Origin::Client | Origin::Nobody | Origin::Need => {}
            Origin::Init => {
                let config =
                    result.and_then(|bytes| decode::<types::Config>("help.getConfig", &bytes));
                self.greeted(now, key, config);
            }
            Origin::Export(target) => self.exported(now, target, result),
            Origin::Import => self.imported(now, key, result.map(drop)),
            Origin::Config => {
                let config =
                    result.and_then(|bytes| decode::<types::Config>("help.getConfig", &bytes));
                self.config_came(now, config);
            }
            Origin::Wake => tracing::trace!(ok = result.is_ok(), "the connection is awake"),
        }
    }

    fn count_attempt(&mut self, id: RequestId) {
        if let Some(pending) = self.requests.get_mut(id) {
            pending.attempts = pending.attempts.saturating_add(1);
        }
    }
}

/// Whether the server says that nobody is signed in under this key any more.
fn ends_account(error: &RpcError) -> bool {
    error.code() == 401 && ENDING.iter().any(|name| error.is(name))
}

/// Why the server ignores a message, by the
/// [code](https://core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message) of its notice.
fn refusal(code: i32) -> ProtocolError {
    ProtocolError::new(match code {
        16 => {
            "a message is refused since its id is too low (16); this machine's clock may be wrong"
        }
        17 => {
            "a message is refused since its id is too high (17); this machine's clock may be wrong"
        }
        18 => "a message is refused since its id is not divisible by four (18)",
        19 => "a container is refused since its id is that of an earlier message (19)",
        20 => {
            "a message is refused since it is too old to know whether it was received before (20)"
        }
        32 => "a message is refused since its sequence number is too low (32)",
        33 => "a message is refused since its sequence number is too high (33)",
        34 => "a message is refused since its sequence number is not even (34)",
        35 => "a message is refused since its sequence number is not odd (35)",
        48 => "a message is refused for its salt (48), although it is the one that the server gave",
        64 => "a message is refused since its container is malformed (64)",
        _ => "a message is refused for a reason that is not known",
    })
}

/// Decodes an answer of the engine's own concern.
pub(super) fn decode<T: Deserialize>(request: &'static str, bytes: &Bytes) -> Result<T, Error> {
    T::from_bytes(bytes).map_err(|error| Error::Decode {
        request,
        error: Arc::new(error),
    })
}

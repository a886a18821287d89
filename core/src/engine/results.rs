//! What comes of requests, and what the engine makes of it.

use std::sync::Arc;

use bytes::Bytes;
use telewire_schema::errors::RpcError;
use telewire_schema::{DecodeError, DecodeErrorKind, Deserialize, Serialize, types};

use crate::engine::dc::{Access, DcKey};
use crate::engine::requests::{Origin, Stage};
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

impl Engine {
    /// The server has answered a request.
    pub(super) fn answered(&mut self, now: Now, id: RequestId, result: Result<Bytes, RpcFault>) {
        match result {
            Ok(bytes) => self.succeeded(now, id, bytes),
            Err(fault) => {
                let error = RpcError::parse(fault.code, &fault.message);
                self.refused(now, id, error);
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
                Error::Protocol(ProtocolError::new(
                    "the server keeps refusing a message as malformed",
                ))
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
        let Some(pending) = self.requests.remove(id) else {
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
            Origin::Import => self.imported(pending.dc, result.map(drop)),
            Origin::Nobody | Origin::Init | Origin::Wake => {}
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
    fn refused(&mut self, now: Now, id: RequestId, error: RpcError) {
        let Some(pending) = self.requests.get(id) else {
            return;
        };
        let (key, name, attempts) = (pending.dc, pending.name, pending.attempts);
        if pending.origin == Origin::Init {
            let ended = self.is_home(key) && self.session.user.is_some() && ends_account(&error);
            let error = if ended {
                self.account_ended(now);
                Error::AccountEnded(error)
            } else {
                Error::Rpc {
                    request: name,
                    error,
                }
            };
            self.conclude(now, id, Err(error));
            return;
        }
        let again = self
            .config
            .request_retries
            .is_none_or(|retries| attempts < retries);
        if let Some(wait) = flood::wait(&error) {
            self.floods.note(name, now.mono + wait);
            if again && wait <= self.config.flood_sleep_threshold {
                tracing::info!(
                    method = name,
                    seconds = wait.as_secs(),
                    "waiting as the server asks"
                );
                self.pause(now, id, wait);
                return;
            }
        } else if retry::passes(&error) && again {
            tracing::info!(
                method = name,
                error = error.name(),
                "trying again after an error of the server's"
            );
            self.pause(now, id, retry::SERVER_PAUSE);
            return;
        } else if self.migrates(now, id, &error) {
            return;
        } else if error.is("CONNECTION_NOT_INITED") && again {
            // The server forgot who we are: greet it again on a new connection, then repeat.
            self.pause(now, id, retry::SERVER_PAUSE);
            if let Some(dc) = self.dcs.get_mut(&key) {
                dc.greeted = false;
            }
            self.fail_lane(now, key, super::lost::Loss::Stale);
            return;
        } else if ends_account(&error) {
            self.unauthorized(now, id, key, error);
            return;
        }
        let error = Error::Rpc {
            request: name,
            error,
        };
        self.conclude(now, id, Err(error));
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
            self.account_ended(now);
            self.conclude(now, id, Err(Error::AccountEnded(error)));
        } else if first && pending.origin == Origin::Client {
            if let Some(dc) = self.dcs.get_mut(&key) {
                dc.access = Access::None;
            }
            self.count_attempt(id);
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
        if matches!(origin, Origin::Client | Origin::Nobody | Origin::Need) {
            self.finish(id, result.map(Value::Bytes));
            return;
        }
        self.requests.remove(id);
        match origin {
            Origin::Client | Origin::Nobody | Origin::Need => {}
            Origin::Init => {
                let config =
                    result.and_then(|bytes| decode::<types::Config>("help.getConfig", &bytes));
                self.greeted(now, key, config);
            }
            Origin::Export(target) => self.exported(now, target, result),
            Origin::Import => self.imported(key, result.map(drop)),
            Origin::Wake => tracing::trace!(ok = result.is_ok(), "the connection is awake"),
        }
    }

    /// Sends a request again after a pause.
    fn pause(&mut self, now: Now, id: RequestId, wait: std::time::Duration) {
        self.count_attempt(id);
        self.requests.set_stage(id, Stage::Paused(now.mono + wait));
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

/// Decodes an answer of the engine's own concern.
pub(super) fn decode<T: Deserialize>(request: &'static str, bytes: &Bytes) -> Result<T, Error> {
    T::from_bytes(bytes).map_err(|error| Error::Decode {
        request,
        error: Arc::new(error),
    })
}

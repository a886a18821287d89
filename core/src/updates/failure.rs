//! What failed requests for differences lead to.

use std::time::Duration;

use bytes::Bytes;
use telewire_schema::{DecodeError, Deserialize};

use super::boxes::Boxes;
use super::repair::{Next, Repair};
use super::{BoxId, Lapse, Why};
use crate::engine::Value;
use crate::error::Error;
use crate::session::SessionChange;
use crate::time::{Mono, Now};

/// Why there is no usable answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// It did not decode.
    Undecoded(Option<Bytes>),
    /// There is none.
    Error(Error),
}

impl Failure {
    pub(super) fn undecoded(raw: Option<Bytes>) -> Self {
        Self::Undecoded(raw)
    }
}

/// Reads an answer, keeping its bytes if it does not decode.
pub(super) fn decode<T: Deserialize + 'static>(answer: Result<Value, Error>) -> Result<T, Failure> {
    let failed: Result<T, DecodeError>;
    let raw = match answer {
        Ok(Value::Bytes(bytes)) => {
            failed = T::from_bytes(&bytes);
            Some(bytes)
        }
        Ok(value) => {
            failed = value.decode();
            None
        }
        Err(Error::Decode { .. }) => return Err(Failure::Undecoded(None)),
        Err(error) => return Err(Failure::Error(error)),
    };
    failed.map_err(|_| Failure::Undecoded(raw))
}

/// What an error says about asking again.
enum Meaning {
    /// Later, perhaps after a stated time.
    Later(Option<Duration>),
    /// This position is of no use.
    BadPosition,
    /// The account or the channel is closed to us.
    Closed,
    /// Nothing known.
    Unclear,
}

fn meaning(error: &Error) -> Meaning {
    const CLOSED: [&str; 5] = [
        "CHANNEL_PRIVATE",
        "CHANNEL_INVALID",
        "CHANNEL_PUBLIC_GROUP_NA",
        "CHANNEL_FORUM_MISSING",
        "USER_BANNED_IN_CHANNEL",
    ];
    const BAD_POSITION: [&str; 4] = [
        "PERSISTENT_TIMESTAMP_INVALID",
        "PERSISTENT_TIMESTAMP_EMPTY",
        "PTS_INVALID",
        "DATE_EMPTY",
    ];
    if let Some(wait) = error.retry_after() {
        return Meaning::Later(Some(wait));
    }
    match error {
        Error::Rpc { error: rpc, .. } => {
            if CLOSED.iter().any(|name| rpc.is(name)) || rpc.code() == 401 {
                Meaning::Closed
            } else if BAD_POSITION.iter().any(|name| rpc.is(name)) {
                Meaning::BadPosition
            } else if rpc.is("PERSISTENT_TIMESTAMP_OUTDATED") || rpc.code() >= 500 || rpc.code() < 0
            {
                Meaning::Later(None)
            } else {
                Meaning::Unclear
            }
        }
        Error::AccountEnded(_) => Meaning::Closed,
        // No answer at all: it is asked for again once the link stands.
        _ => Meaning::Later(None),
    }
}

impl Boxes {
    pub(super) fn handle_account_failure(&mut self, now: Now, failure: Failure) {
        let repair = &mut self.account.repair;
        if !repair.is_under_way() {
            return;
        }
        match failure {
            Failure::Undecoded(raw) => {
                if repair.undecoded(now.mono, raw) == Next::Reconnect {
                    self.reconnect = true;
                }
            }
            Failure::Error(error) => match meaning(&error) {
                Meaning::Closed => repair.abandon(),
                other => try_again(repair, now.mono, &other),
            },
        }
        self.account.let_go(&mut self.out);
    }

    pub(super) fn handle_channel_failure(&mut self, now: Now, id: i64, failure: Failure) {
        let Some(channel) = self
            .channels
            .get_mut(&id)
            .filter(|c| c.repair.is_under_way())
        else {
            return;
        };
        match failure {
            Failure::Undecoded(raw) if channel.repair.step_over => {
                // Not even the channel's present state can be read: begin afresh with whatever comes next.
                let raw = raw.or(channel.repair.raw.take());
                self.drop_channel(id, Why::Undecodable, raw);
            }
            Failure::Undecoded(raw) => {
                if channel.repair.undecoded(now.mono, raw) == Next::Reconnect {
                    self.reconnect = true;
                }
            }
            Failure::Error(Error::NotFound(_)) => {
                channel.skip(now.mono, &mut self.out);
            }
            Failure::Error(error) => match meaning(&error) {
                Meaning::Closed => self.drop_channel(id, Why::Closed, None),
                other => try_again(&mut channel.repair, now.mono, &other),
            },
        }
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.let_go(&mut self.out);
        }
    }

    /// Forgets a channel; its next event begins a new box.
    fn drop_channel(&mut self, id: i64, why: Why, raw: Option<Bytes>) {
        let Some(mut channel) = self.channels.remove(&id) else {
            return;
        };
        channel.let_go(&mut self.out);
        self.out.changes.push_back(SessionChange::Channel(id, None));
        let lapse = Lapse {
            at: BoxId::Channel(id),
            from: channel.pts.local(),
            to: None,
            why,
            raw,
        };
        self.out.report(None, lapse);
    }
}

fn try_again(repair: &mut Repair, now: Mono, meaning: &Meaning) {
    match meaning {
        Meaning::Later(wait) => repair.pause(now, *wait),
        Meaning::BadPosition if !repair.step_over => repair.over(),
        Meaning::BadPosition | Meaning::Unclear | Meaning::Closed => repair.refused(now),
    }
}

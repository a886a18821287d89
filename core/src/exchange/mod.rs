//! Authorization key creation: a [Diffie-Hellman exchange](https://core.telegram.org/mtproto/auth_key) in which the
//! server proves itself by its RSA key.
//!
//! [`Exchange`] is a machine: messages and finished jobs go in, and each gives a [`Next`]. Its states are one type
//! each (`steps`), and each state's `handle` consumes it, so that no step can run twice or out of turn. Every value of
//! the peer is checked where it comes in; any failure ends the exchange, and the caller starts a new one on a new
//! connection.
//!
//! The slow parts (factoring, primality, exponentiation) are [`Job`]s, which any thread may run.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod error;
mod job;
mod keys;
pub(crate) mod plain;
mod sealed;
mod steps;

use std::fmt;

use bytes::Bytes;

pub use self::error::ExchangeError;
pub use self::job::{Job, JobOutput};
pub use self::keys::RsaKeys;
use self::steps::{AwaitConfirmation, AwaitParams, AwaitPq, Computing, Factoring};
use crate::crypto::AuthKey;
pub use crate::crypto::rsa::{PublicKey, RsaError};
use crate::dc::DcId;
use crate::rand::Rng;
use crate::time::Now;

/// What [`Exchange`] and its steps return.
type Result<T> = std::result::Result<T, ExchangeError>;

/// Which key is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRequest {
    /// The data centre that the connection leads to.
    pub dc: DcId,
    /// Whether it is one of the test servers.
    pub test: bool,
    /// What the connection is for.
    pub role: Role,
    /// Seconds that a temporary key shall live; `None` for a permanent one.
    pub expires_in: Option<i32>,
}

/// What a connection is for, as far as key creation cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Ordinary requests.
    Main,
    /// The file servers of a data centre.
    Media,
    /// A CDN, which proves itself with its own key.
    Cdn,
}

impl KeyRequest {
    /// A permanent key for ordinary requests to a production data centre.
    #[must_use]
    pub const fn permanent(dc: DcId) -> Self {
        Self {
            dc,
            test: false,
            role: Role::Main,
            expires_in: None,
        }
    }

    /// The number in `p_q_inner_data_dc`: 10,000 more on the test servers, negative for media servers.
    fn wire_dc(&self) -> i32 {
        let base = if self.test { 10_000 } else { 0 };
        let number = self.dc.0.saturating_add(base);
        if self.role == Role::Media {
            number.saturating_neg()
        } else {
            number
        }
    }
}

/// What the caller has to do next.
#[derive(Debug)]
pub enum Next {
    /// Send this as a plain message; its answer goes to [`Exchange::handle_message`].
    Send(Vec<u8>),
    /// Run this; its output goes to [`Exchange::handle_output`].
    Work(Job),
    /// The key is there; the exchange is over.
    Done(Box<Outcome>),
}

/// A finished exchange.
#[derive(Debug)]
pub struct Outcome {
    /// The new key.
    pub key: AuthKey,
    /// The first server salt.
    pub salt: i64,
    /// Server time minus our wall clock, in seconds, when the server told its time.
    pub time_offset: i64,
    /// When a temporary key expires, in Unix seconds of the server's clock.
    pub expires_at: Option<i64>,
}

/// One run of key creation on one connection.
pub struct Exchange {
    step: Step,
}

enum Step {
    Pq(AwaitPq),
    Factoring(Factoring),
    Params(AwaitParams),
    Computing(Computing),
    Confirmation(AwaitConfirmation),
    Over,
}

impl Exchange {
    /// Starts a run; the bytes are the first message to send.
    #[must_use]
    pub fn new(request: KeyRequest, keys: &RsaKeys, rng: Rng) -> (Self, Vec<u8>) {
        let (step, payload) = AwaitPq::start(request, keys.for_dc(request.dc, request.role), rng);
        let step = Step::Pq(step);
        (Self { step }, payload)
    }

    /// Takes the server's plain message `body` that came in at `now`.
    ///
    /// # Errors
    /// [`ExchangeError`]; the exchange is over then.
    pub fn handle_message(&mut self, now: Now, body: &Bytes) -> Result<Next> {
        match std::mem::replace(&mut self.step, Step::Over) {
            Step::Pq(step) => {
                let (step, job) = step.handle(body)?;
                self.step = Step::Factoring(step);
                Ok(Next::Work(job))
            }
            Step::Params(step) => {
                let (step, job) = step.handle(now, body)?;
                self.step = Step::Computing(step);
                Ok(Next::Work(job))
            }
            Step::Confirmation(step) => match step.handle(body)? {
                steps::Confirmed::Done(outcome) => Ok(Next::Done(outcome)),
                steps::Confirmed::Again(step, job) => {
                    self.step = Step::Computing(*step);
                    Ok(Next::Work(job))
                }
            },
            Step::Factoring(_) | Step::Computing(_) | Step::Over => Err(ExchangeError::OutOfTurn),
        }
    }

    /// Takes the output of the job that the last [`Next::Work`] asked for.
    ///
    /// # Errors
    /// [`ExchangeError`]; the exchange is over then.
    pub fn handle_output(&mut self, output: JobOutput) -> Result<Next> {
        match std::mem::replace(&mut self.step, Step::Over) {
            Step::Factoring(step) => {
                let (step, payload) = step.handle(output)?;
                self.step = Step::Params(step);
                Ok(Next::Send(payload))
            }
            Step::Computing(step) => {
                let (step, payload) = step.handle(output)?;
                self.step = Step::Confirmation(step);
                Ok(Next::Send(payload))
            }
            Step::Pq(_) | Step::Params(_) | Step::Confirmation(_) | Step::Over => {
                Err(ExchangeError::OutOfTurn)
            }
        }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self.step {
            Step::Pq(_) => "waiting for pq",
            Step::Factoring(_) => "factoring",
            Step::Params(_) => "waiting for the parameters",
            Step::Computing(_) => "computing",
            Step::Confirmation(_) => "waiting for confirmation",
            Step::Over => "over",
        };
        write!(f, "Exchange({step})")
    }
}

#[cfg(test)]
mod tests;

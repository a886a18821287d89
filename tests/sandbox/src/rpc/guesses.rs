//! Wrong codes and wrong passwords: who has given too many has to wait.

use std::collections::{BTreeMap, VecDeque};

use telewire_core::time::Mono;

use crate::fault::{Answer, Fault};
use crate::options::Options;

/// What is being guessed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Secret {
    /// The code that was sent to a phone.
    Code(String),
    /// The password of an account.
    Password(i64),
}

/// When each secret was last guessed wrong.
#[derive(Default)]
pub(super) struct Guesses(BTreeMap<Secret, VecDeque<Mono>>);

impl Guesses {
    /// Refuses a further guess where there have been too many, whether or not it would be right.
    pub(super) fn may(&mut self, options: &Options, secret: &Secret, now: Mono) -> Answer<()> {
        self.0.retain(|_, wrong| {
            wrong.retain(|at| now.since(*at) < options.guess_window);
            !wrong.is_empty()
        });
        let wrong = self.0.get(secret).map_or(0, VecDeque::len);
        match options.guess_limit {
            Some(limit) if wrong >= limit as usize => Err(Fault::new(406, "PHONE_PASSWORD_FLOOD")),
            _ => Ok(()),
        }
    }

    pub(super) fn wrong(&mut self, secret: Secret, now: Mono) {
        self.0.entry(secret).or_default().push_back(now);
    }

    /// Whoever knows the secret begins anew.
    pub(super) fn right(&mut self, secret: &Secret) {
        self.0.remove(secret);
    }
}

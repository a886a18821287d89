//! Work that takes long, as values that any thread can run.

// The sign-in methods use the password jobs.
#![allow(dead_code)]

use std::fmt;

use zeroize::Zeroizing;

use crate::crypto::dh::{DhError, Group};
use crate::crypto::factor::{FactorError, factor};
use crate::crypto::srp::{Algorithm, Answer, SrpError};
use crate::rand::Rng;

/// Some milliseconds to some hundred milliseconds of computing; [`Job::run`] does it.
pub struct Job(Box<Work>);

/// What came of a [`Job`].
pub struct JobOutput(Output);

enum Work {
    Factor(u64),
    Exchange {
        group: GroupToUse,
        g_a: Box<[u8]>,
        secret: Zeroizing<[u8; 256]>,
    },
    CheckPassword {
        algorithm: Algorithm,
        srp_b: Box<[u8]>,
        password: Zeroizing<Vec<u8>>,
        rng: Rng,
    },
    NewPassword {
        algorithm: Algorithm,
        password: Zeroizing<Vec<u8>>,
        rng: Rng,
    },
}

/// A group as it came, or one that a job has checked before.
enum GroupToUse {
    Unchecked { prime: Box<[u8]>, g: i32, rng: Rng },
    Checked(Group),
}

enum Output {
    Factored(Result<(u64, u64), FactorError>),
    Exchanged(Result<Box<Exchanged>, DhError>),
    Password(Result<Box<Answer>, SrpError>),
    NewPassword(Result<Box<NewPassword>, SrpError>),
}

/// Both results of one exponentiation each, in a group that passed its checks.
pub(super) struct Exchanged {
    pub(super) group: Group,
    pub(super) g_b: [u8; 256],
    pub(super) shared: Zeroizing<[u8; 256]>,
}

/// A new password's salt and verifier, for
/// [`account.passwordInputSettings`](https://core.telegram.org/constructor/account.passwordInputSettings).
#[derive(Clone)]
pub(crate) struct NewPassword {
    /// The algorithm with our own salt appended.
    pub(crate) algorithm: Algorithm,
    /// `new_password_hash`.
    pub(crate) verifier: [u8; 256],
}

impl Job {
    /// Factors a `pq`.
    pub(super) fn factor(pq: u64) -> Self {
        Self(Box::new(Work::Factor(pq)))
    }

    /// Checks the group and the server's value, then computes ours and the shared secret.
    pub(super) fn exchange(
        prime: &[u8],
        g: i32,
        g_a: &[u8],
        secret: Zeroizing<[u8; 256]>,
        rng: Rng,
    ) -> Self {
        let prime = prime.into();
        Self(Box::new(Work::Exchange {
            group: GroupToUse::Unchecked { prime, g, rng },
            g_a: g_a.into(),
            secret,
        }))
    }

    /// The same with another secret in a group that has been checked.
    pub(super) fn exchange_again(group: Group, g_a: &[u8], secret: Zeroizing<[u8; 256]>) -> Self {
        Self(Box::new(Work::Exchange {
            group: GroupToUse::Checked(group),
            g_a: g_a.into(),
            secret,
        }))
    }

    /// The answer to a [two-step verification](https://core.telegram.org/api/srp) challenge.
    pub(crate) fn check_password(
        algorithm: Algorithm,
        srp_b: &[u8],
        password: Zeroizing<Vec<u8>>,
        rng: Rng,
    ) -> Self {
        Self(Box::new(Work::CheckPassword {
            algorithm,
            srp_b: srp_b.into(),
            password,
            rng,
        }))
    }

    /// Salt and verifier of a new password under the server's `new_algo`.
    pub(crate) fn new_password(
        algorithm: Algorithm,
        password: Zeroizing<Vec<u8>>,
        rng: Rng,
    ) -> Self {
        Self(Box::new(Work::NewPassword {
            algorithm,
            password,
            rng,
        }))
    }

    /// Does the work. Depends on nothing but the job; may take half a second.
    #[must_use]
    pub fn run(self) -> JobOutput {
        JobOutput(match *self.0 {
            Work::Factor(pq) => Output::Factored(factor(pq)),
            Work::Exchange { group, g_a, secret } => {
                Output::Exchanged(exchange(group, &g_a, &secret))
            }
            Work::CheckPassword {
                algorithm,
                srp_b,
                password,
                mut rng,
            } => Output::Password(algorithm.answer(&srp_b, &password, &mut rng).map(Box::new)),
            Work::NewPassword {
                algorithm,
                password,
                rng,
            } => Output::NewPassword(new_password(algorithm, &password, rng)),
        })
    }
}

impl JobOutput {
    pub(super) fn factored(self) -> Option<Result<(u64, u64), FactorError>> {
        match self.0 {
            Output::Factored(result) => Some(result),
            _ => None,
        }
    }

    pub(super) fn exchanged(self) -> Option<Result<Box<Exchanged>, DhError>> {
        match self.0 {
            Output::Exchanged(result) => Some(result),
            _ => None,
        }
    }

    /// The result of [`Job::check_password`]; `None` for another job's.
    pub(crate) fn password(self) -> Option<Result<Box<Answer>, SrpError>> {
        match self.0 {
            Output::Password(result) => Some(result),
            _ => None,
        }
    }

    /// The result of [`Job::new_password`]; `None` for another job's.
    pub(crate) fn new_password(self) -> Option<Result<Box<NewPassword>, SrpError>> {
        match self.0 {
            Output::NewPassword(result) => Some(result),
            _ => None,
        }
    }
}

fn exchange(group: GroupToUse, g_a: &[u8], secret: &[u8; 256]) -> Result<Box<Exchanged>, DhError> {
    let group = match group {
        GroupToUse::Unchecked { prime, g, mut rng } => Group::check(&prime, g, &mut rng)?,
        GroupToUse::Checked(group) => group,
    };
    let (g_b, shared) = group.exchange(g_a, secret)?;
    Ok(Box::new(Exchanged { group, g_b, shared }))
}

fn new_password(
    algorithm: Algorithm,
    password: &[u8],
    mut rng: Rng,
) -> Result<Box<NewPassword>, SrpError> {
    let algorithm = algorithm.salted(&mut rng);
    let verifier = algorithm.verifier(password, &mut rng)?;
    Ok(Box::new(NewPassword {
        algorithm,
        verifier,
    }))
}

// Secrets go through jobs, so only their kind is shown.
impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self.0 {
            Work::Factor(_) => "Job(factor)",
            Work::Exchange { .. } => "Job(exchange)",
            Work::CheckPassword { .. } => "Job(check password)",
            Work::NewPassword { .. } => "Job(new password)",
        })
    }
}

impl fmt::Debug for JobOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Output::Factored(_) => "JobOutput(factor)",
            Output::Exchanged(_) => "JobOutput(exchange)",
            Output::Password(_) => "JobOutput(check password)",
            Output::NewPassword(_) => "JobOutput(new password)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::dh::KNOWN_PRIME;
    use crate::crypto::srp::Verification;
    use crate::rand::Seed;

    #[test]
    fn a_new_password_checks_out() {
        let mut rng = Rng::new(Seed::new([1; 32]));
        let algorithm = Algorithm {
            salt1: vec![1; 8],
            salt2: vec![2; 16],
            g: 3,
            p: KNOWN_PRIME.to_vec(),
        };
        let password = || Zeroizing::new(b"secret".to_vec());
        let output = Job::new_password(algorithm, password(), rng.fork()).run();
        let new = output.new_password().unwrap().unwrap();
        assert_eq!(new.algorithm.salt1.len(), 8 + 32);
        let server = Verification::new(new.algorithm.clone(), new.verifier, &mut rng).unwrap();
        let job = Job::check_password(new.algorithm, server.public_value(), password(), rng.fork());
        assert_eq!(format!("{job:?}"), "Job(check password)");
        let answer = job.run().password().unwrap().unwrap();
        assert!(server.accepts(&answer.a, &answer.m1));
    }

    #[test]
    fn an_output_is_of_its_own_job_only() {
        assert_eq!(Job::factor(15).run().factored(), Some(Ok((3, 5))));
        assert!(Job::factor(15).run().exchanged().is_none());
        assert!(Job::factor(15).run().password().is_none());
        assert!(Job::factor(15).run().new_password().is_none());
    }
}

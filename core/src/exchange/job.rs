//! Work that takes long, as values that any thread can run.

use std::fmt;

use zeroize::Zeroizing;

use crate::crypto::dh::{DhError, Group};
use crate::crypto::factor::{FactorError, factor};
use crate::rand::Rng;

/// Some milliseconds to some hundred milliseconds of computing; [`Job::run`] does it.
pub struct Job(Work);

/// What came of a [`Job`].
pub struct JobOutput(Output);

enum Work {
    Factor(u64),
    Exchange(Box<DhWork>),
}

struct DhWork {
    group: GroupToUse,
    g_a: Box<[u8]>,
    secret: Zeroizing<[u8; 256]>,
}

/// A group as it came, or one that a job has checked before.
enum GroupToUse {
    Unchecked { prime: Box<[u8]>, g: i32, rng: Rng },
    Checked(Group),
}

enum Output {
    Factored(Result<(u64, u64), FactorError>),
    Exchanged(Result<Box<Exchanged>, DhError>),
}

/// Both results of one exponentiation each, in a group that passed its checks.
pub(super) struct Exchanged {
    pub(super) group: Group,
    pub(super) g_b: [u8; 256],
    pub(super) shared: Zeroizing<[u8; 256]>,
}

impl Job {
    /// Factors a `pq`.
    pub(super) fn factor(pq: u64) -> Self {
        Self(Work::Factor(pq))
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
        Self(Work::Exchange(Box::new(DhWork {
            group: GroupToUse::Unchecked { prime, g, rng },
            g_a: g_a.into(),
            secret,
        })))
    }

    /// The same with another secret in a group that has been checked.
    pub(super) fn exchange_again(group: Group, g_a: &[u8], secret: Zeroizing<[u8; 256]>) -> Self {
        Self(Work::Exchange(Box::new(DhWork {
            group: GroupToUse::Checked(group),
            g_a: g_a.into(),
            secret,
        })))
    }

    /// Does the work. Depends on nothing but the job; may take half a second.
    #[must_use]
    pub fn run(self) -> JobOutput {
        JobOutput(match self.0 {
            Work::Factor(pq) => Output::Factored(factor(pq)),
            Work::Exchange(work) => Output::Exchanged(exchange(*work)),
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
}

fn exchange(work: DhWork) -> Result<Box<Exchanged>, DhError> {
    let group = match work.group {
        GroupToUse::Unchecked { prime, g, mut rng } => Group::check(&prime, g, &mut rng)?,
        GroupToUse::Checked(group) => group,
    };
    let (g_b, shared) = group.exchange(&work.g_a, &work.secret)?;
    Ok(Box::new(Exchanged { group, g_b, shared }))
}

// Secrets go through jobs, so only their kind is shown.
impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Work::Factor(_) => "Job(factor)",
            Work::Exchange(_) => "Job(exchange)",
        })
    }
}

impl fmt::Debug for JobOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Output::Factored(_) => "JobOutput(factor)",
            Output::Exchanged(_) => "JobOutput(exchange)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rand::Seed;

    #[test]
    fn an_output_is_of_its_own_job_only() {
        assert_eq!(Job::factor(15).run().factored(), Some(Ok((3, 5))));
        assert!(Job::factor(15).run().exchanged().is_none());
        let secret = Zeroizing::new([1; 256]);
        let job = Job::exchange(&[], 0, &[], secret, Rng::new(Seed::new([1; 32])));
        assert_eq!(format!("{job:?}"), "Job(exchange)");
        assert!(job.run().factored().is_none());
    }
}

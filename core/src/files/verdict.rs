//! What an error means for the part it hit.

use std::collections::HashMap;
use std::time::Duration;

use crate::dc::DcId;
use crate::error::Error;

/// What to do with a part whose request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Ask again.
    Again,
    /// Ask again after this long, and be slower from then on.
    Wait(Duration),
    /// The file reference is stale: fetch what the file came with, then ask again.
    Refresh,
    /// The file lies in that data centre.
    Migrate(DcId),
    /// Give up; the error is the caller's.
    Fail,
}

/// The pause after an error of the server that names none.
const PAUSE: Duration = Duration::from_secs(1);

/// Errors of the server that pass by themselves. Other 500s would only repeat.
const PASSING: [&str; 8] = [
    "RPC_CALL_FAIL",
    "RPC_MCGET_FAIL",
    "WORKER_BUSY_TOO_LONG_RETRY",
    "TIMEOUT",
    "TIMEDOUT",
    "MSG_WAIT_FAILED",
    "MSG_WAIT_TIMEOUT",
    "RPC_SEND_FAIL",
];

/// Judges an error of `upload.saveFilePart`, `upload.saveBigFilePart` or `upload.getFile`. All three may run twice.
pub fn verdict(error: &Error) -> Verdict {
    if let Some(wait) = error.retry_after() {
        return Verdict::Wait(wait.max(PAUSE));
    }
    match error {
        Error::Rpc { error, .. } | Error::Unsuccessful { error, .. } => {
            let name = error.name();
            if name.starts_with("FILE_MIGRATE") {
                return error
                    .value()
                    .map_or(Verdict::Fail, |dc| Verdict::Migrate(DcId(dc)));
            }
            if name.starts_with("FILE_REFERENCE") {
                return Verdict::Refresh;
            }
            if PASSING.iter().any(|p| error.is(p)) {
                return Verdict::Wait(PAUSE);
            }
            Verdict::Fail
        }
        Error::OutcomeUnknown { .. } | Error::Deadline { .. } => Verdict::Again,
        _ => Verdict::Fail,
    }
}

/// How often one part may fail with errors that should have passed.
const ATTEMPTS: u32 = 8;

/// The patience of one transfer: part by part, so that a long one is not ended by the sum of its small troubles.
#[derive(Debug)]
pub struct Patience {
    longest_wait: Duration,
    failures: HashMap<u64, u32>,
}

impl Patience {
    /// Waits longer than `longest_wait` are the caller's business, except those of accounts without Premium, which the
    /// server counts on to be sat out.
    pub fn new(longest_wait: Duration) -> Self {
        Self {
            longest_wait,
            failures: HashMap::new(),
        }
    }

    /// What to do about an error of that part.
    pub fn judge(&mut self, part: u64, error: &Error) -> Verdict {
        let verdict = verdict(error);
        if error.is("FLOOD_PREMIUM_WAIT") {
            return verdict;
        }
        match verdict {
            Verdict::Wait(wait) if error.retry_after().is_some() => {
                return if wait > self.longest_wait {
                    Verdict::Fail
                } else {
                    verdict
                };
            }
            _ => {}
        }
        let failures = self.failures.entry(part).or_default();
        *failures = failures.saturating_add(1);
        if *failures >= ATTEMPTS {
            Verdict::Fail
        } else {
            verdict
        }
    }
}

#[cfg(test)]
mod tests {
    use telewire_schema::RpcError;

    use super::*;

    fn rpc(code: i32, name: &str) -> Error {
        Error::Rpc {
            request: "upload.getFile",
            error: RpcError::parse(code, name),
        }
    }

    #[test]
    fn errors_are_judged_by_name() {
        for (code, name, wanted) in [
            (303, "FILE_MIGRATE_4", Verdict::Migrate(DcId(4))),
            (400, "FILE_REFERENCE_EXPIRED", Verdict::Refresh),
            (400, "FILE_REFERENCE_INVALID", Verdict::Refresh),
            (420, "FLOOD_WAIT_5", Verdict::Wait(Duration::from_secs(5))),
            (
                420,
                "FLOOD_PREMIUM_WAIT_3",
                Verdict::Wait(Duration::from_secs(3)),
            ),
            (500, "RPC_CALL_FAIL", Verdict::Wait(PAUSE)),
            (500, "WORKER_BUSY_TOO_LONG_RETRY", Verdict::Wait(PAUSE)),
            (500, "RANDOM_ID_DUPLICATE", Verdict::Fail),
            (400, "FILE_PART_INVALID", Verdict::Fail),
            (406, "FILEREF_UPGRADE_NEEDED", Verdict::Fail),
        ] {
            assert_eq!(verdict(&rpc(code, name)), wanted, "{name}");
        }
        assert_eq!(verdict(&Error::Disconnected), Verdict::Fail);
        assert_eq!(
            verdict(&Error::OutcomeUnknown { request: "" }),
            Verdict::Again
        );
    }

    #[test]
    fn patience_ends_for_each_part_by_itself() {
        let mut patience = Patience::new(Duration::from_secs(60));
        for _ in 1..ATTEMPTS {
            assert_ne!(patience.judge(1, &rpc(500, "RPC_CALL_FAIL")), Verdict::Fail);
        }
        assert_eq!(patience.judge(1, &rpc(500, "RPC_CALL_FAIL")), Verdict::Fail);
        assert_ne!(patience.judge(2, &rpc(500, "RPC_CALL_FAIL")), Verdict::Fail);
        assert_eq!(patience.judge(3, &rpc(420, "FLOOD_WAIT_61")), Verdict::Fail);
        for _ in 0..100 {
            let slow = patience.judge(4, &rpc(420, "FLOOD_PREMIUM_WAIT_61"));
            assert_eq!(slow, Verdict::Wait(Duration::from_secs(61)));
        }
    }
}

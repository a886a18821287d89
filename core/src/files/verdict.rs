//! What an error means for the part it hit.

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
        Error::Rpc { error, .. } => {
            let name = error.name();
            if name.starts_with("FILE_MIGRATE") {
                return error.value().map_or(Verdict::Fail, |dc| Verdict::Migrate(DcId(dc)));
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

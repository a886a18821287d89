//! When to try again: pauses between connections, and which of the server's errors pass.

use std::time::Duration;

use telewire_schema::errors::RpcError;

use crate::config::Config;
use crate::rand::Rng;

/// The longest pause between two attempts to connect.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The pause before a request is sent again after an error of the server's.
pub(super) const SERVER_PAUSE: Duration = Duration::from_secs(2);

/// A connection that stood this long was a good one: losing it is no reason to wait.
pub(super) const GOOD_LINK: Duration = Duration::from_secs(10);

/// The least pause after the server said that there are too many connections.
const CROWDED_PAUSE: Duration = Duration::from_secs(10);

/// Failed attempts to connect, and the pauses they cost.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    /// Since the server last answered; this is what `connection_retries` limits.
    failures: u32,
    /// Since a connection last stood for long; this is what the pause grows with.
    steps: u32,
}

impl Backoff {
    /// The server has answered on a connection.
    pub(super) fn reached(&mut self) {
        self.failures = 0;
    }

    /// A connection that was good for a while broke; the next is tried without a pause.
    pub(super) fn forgive(&mut self) {
        self.failures = 0;
        self.steps = 0;
    }

    /// An attempt failed, or a fresh connection broke. Returns the pause before the next, or `None` when that was the
    /// last one allowed.
    pub(super) fn failed(
        &mut self,
        config: &Config,
        crowded: bool,
        rng: &mut Rng,
    ) -> Option<Duration> {
        if config
            .connection_retries
            .is_some_and(|retries| self.failures >= retries)
        {
            return None;
        }
        self.failures = self.failures.saturating_add(1);
        let doubled = 2_u32.saturating_pow(self.steps.min(16));
        self.steps = self.steps.saturating_add(1);
        let pause = config
            .retry_delay
            .saturating_mul(doubled)
            .min(LONGEST_PAUSE);
        let pause = if crowded {
            pause.max(CROWDED_PAUSE)
        } else {
            pause
        };
        Some(jitter(pause, rng))
    }
}

/// Between three quarters of `pause` and all of it, so that many clients do not come back at the same moment.
fn jitter(pause: Duration, rng: &mut Rng) -> Duration {
    let share = 768_u32.saturating_add(rng.u32() % 257);
    pause.saturating_mul(share) / 1024
}

/// Whether the server's error passes by itself, so that the same request is worth another try. Others, such as
/// `RANDOM_ID_DUPLICATE` or `UNKNOWN_METHOD`, would only repeat.
pub(super) fn passes(error: &RpcError) -> bool {
    const PASSING: [&str; 16] = [
        "RPC_CALL_FAIL",
        "RPC_MCGET_FAIL",
        "RPC_CONNECT_FAILED",
        "RPC_SEND_FAIL",
        "CHP_CALL_FAIL",
        "MSGID_DECREASE_RETRY",
        "WORKER_BUSY_TOO_LONG_RETRY",
        "No workers running",
        "TIMEOUT",
        "TIMEDOUT",
        "POSTPONED_TIMEOUT",
        "CDN_UPLOAD_TIMEOUT",
        "HISTORY_GET_FAILED",
        "MT_SEND_QUEUE_TOO_LONG",
        "INTERDC_X_CALL_ERROR",
        "INTERDC_X_CALL_RICH_ERROR",
    ];
    let name = error.name();
    matches!(error.code(), 500 | 503 | -503)
        && PASSING
            .iter()
            .any(|passing| passing.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rand::Seed;

    #[test]
    fn pauses_grow_to_a_minute_with_jitter() {
        let mut config = Config::new(1, "");
        config.connection_retries = None;
        let (mut backoff, mut rng) = (Backoff::default(), Rng::new(Seed::new([1; 32])));
        let pauses: Vec<_> = (0..10)
            .filter_map(|_| backoff.failed(&config, false, &mut rng))
            .collect();
        assert_eq!(pauses.len(), 10);
        for (i, pause) in pauses.iter().enumerate() {
            let full = Duration::from_secs(1 << i.min(6)).min(LONGEST_PAUSE);
            assert!(
                *pause <= full && *pause >= full * 3 / 4,
                "pause {i} was {pause:?}"
            );
        }
    }

    #[test]
    fn attempts_end_unless_the_server_answers_in_between() {
        let config = Config::new(1, "");
        let (mut backoff, mut rng) = (Backoff::default(), Rng::new(Seed::new([1; 32])));
        for _ in 0..5 {
            assert!(backoff.failed(&config, false, &mut rng).is_some());
        }
        assert!(backoff.failed(&config, false, &mut rng).is_none());
        backoff.reached();
        assert!(backoff.failed(&config, false, &mut rng).is_some());
    }

    #[test]
    fn a_crowded_server_is_left_alone_for_longer() {
        let config = Config::new(1, "");
        let (mut backoff, mut rng) = (Backoff::default(), Rng::new(Seed::new([1; 32])));
        let pause = backoff.failed(&config, true, &mut rng).unwrap();
        assert!(pause >= CROWDED_PAUSE * 3 / 4);
    }

    #[test]
    fn only_errors_that_pass_are_worth_another_try() {
        // rule: floods.allow_list
        for (code, text, expected) in [
            (500, "RPC_CALL_FAIL", true),
            (500, "INTERDC_2_CALL_ERROR", true),
            (-503, "Timeout", true),
            (-503, "Timedout", true),
            (500, "RPC_MCGET_FAIL", true),
            (500, "WORKER_BUSY_TOO_LONG_RETRY", true),
            (500, "MSGID_DECREASE_RETRY", true),
            (500, "POSTPONED_TIMEOUT", true),
            (500, "No workers running", true),
            (500, "AUTH_RESTART", false),
            (500, "PERSISTENT_TIMESTAMP_OUTDATED", false),
            (500, "SOMETHING_NEW", false),
            (400, "RPC_CONNECT_FAILED", false),
            (500, "RANDOM_ID_DUPLICATE", false),
            (500, "UNKNOWN_METHOD", false),
            (400, "PEER_ID_INVALID", false),
        ] {
            assert_eq!(
                passes(&RpcError::parse(code, text)),
                expected,
                "{code} {text}"
            );
        }
    }
}

//! Who has asked for too much. See [errors](https://core.telegram.org/api/errors#420-flood).

use std::collections::{BTreeMap, VecDeque};

use telewire_core::time::Mono;

use crate::fault::{Answer, Fault};
use crate::options::Options;

/// How often each account has used each method that is counted.
#[derive(Default)]
pub(crate) struct Flood {
    used: BTreeMap<(i64, String), VecDeque<Mono>>,
}

/// Methods that write.
const WRITES: [&str; 5] = [
    "messages.send",
    "messages.forward",
    "contacts.",
    "channels.create",
    "messages.create",
];
const TRANSFERS: &str = "upload.";

impl Flood {
    /// Counts a request, or says how long to wait. Premium accounts transfer as fast as they like.
    pub(super) fn count(
        &mut self,
        options: &Options,
        (me, premium): (i64, bool),
        method: &str,
        now: Mono,
    ) -> Answer<()> {
        let transfer = method.starts_with(TRANSFERS);
        let writes = || WRITES.iter().any(|prefix| method.starts_with(prefix));
        let limit = match transfer {
            true if premium => None,
            true => options.transfer_limit,
            false => options.flood_limit.filter(|_| writes()),
        };
        let Some(limit) = limit else {
            return Ok(());
        };
        // All transfers together, every other method for itself.
        let counted = if transfer { TRANSFERS } else { method };
        let used = self.used.entry((me, counted.to_owned())).or_default();
        let window = options.flood_window;
        while used.front().is_some_and(|at| now.since(*at) >= window) {
            used.pop_front();
        }
        if let Some(first) = used.front().filter(|_| used.len() >= limit as usize) {
            let wait = window.saturating_sub(now.since(*first)).as_secs() + 1;
            let kind = if transfer { "PREMIUM_WAIT" } else { "WAIT" };
            return Err(Fault::new(420, format!("FLOOD_{kind}_{wait}")));
        }
        used.push_back(now);
        Ok(())
    }
}

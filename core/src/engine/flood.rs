//! Flood waits: what the server asked for is kept in mind per method.

use std::collections::HashMap;
use std::time::Duration;

use telewire_schema::errors::RpcError;

use crate::error::Error;
use crate::time::Mono;

/// What is left of a wait may be ignored up to this: clocks are not that exact.
const IGNORED: Duration = Duration::from_secs(3);

/// The methods that are being waited for, at most; the one that ends first is forgotten.
const METHODS: usize = 256;

const METHOD: &str = "FLOOD_WAIT";

const TRANSFER: &str = "FLOOD_PREMIUM_WAIT";

/// Until when each method has to wait.
#[derive(Debug, Default)]
pub(super) struct Floods {
    until: HashMap<&'static str, Mono>,
}

impl Floods {
    /// The server wants this method to wait.
    pub(super) fn note(&mut self, method: &'static str, until: Mono) {
        if self.until.len() >= METHODS
            && !self.until.contains_key(method)
            && let Some(first) = self
                .until
                .iter()
                .min_by_key(|(_, at)| **at)
                .map(|(m, _)| *m)
        {
            self.until.remove(first);
        }
        self.until.insert(method, until);
    }

    /// How long this method still has to wait, if that is worth it.
    pub(super) fn left(&mut self, method: &'static str, now: Mono) -> Option<Duration> {
        let left = self.until.get(method)?.since(now);
        if left <= IGNORED {
            self.until.remove(method);
            return None;
        }
        Some(left)
    }
}

/// How long the server asks to wait before the same request, if that is what the error says.
///
/// [Flood errors](https://core.telegram.org/api/errors#420-flood) carry the seconds; `SLOWMODE_WAIT_X` concerns a chat
/// rather than the method and is the caller's business.
pub(super) fn wait(error: &RpcError) -> Option<Duration> {
    let named = [METHOD, TRANSFER, "FLOOD_TEST_PHONE_WAIT"];
    if !named.iter().any(|name| error.is(name)) {
        return None;
    }
    let seconds = u64::try_from(error.value()?).ok()?;
    Some(Duration::from_secs(seconds))
}

/// Until when the method as a whole has to wait. Transfers of an account
/// [without Premium](https://core.telegram.org/api/files#downloading-files) are slowed one by one: the others go on.
pub(super) fn until(error: &RpcError, now: Mono) -> Option<Mono> {
    let wait = wait(error)?;
    (!error.is(TRANSFER)).then(|| now + wait)
}

/// What the server would say if it was asked again now.
pub(super) fn error(request: &'static str, wait: Duration) -> Error {
    let seconds = wait
        .as_secs()
        .saturating_add(u64::from(wait.subsec_nanos() > 0));
    let error = RpcError::parse(420, &format!("FLOOD_WAIT_{seconds}"));
    Error::Rpc { request, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_seconds_of_a_wait_are_ignored() {
        let start = Mono::default();
        let mut floods = Floods::default();
        floods.note("messages.search", start + Duration::from_secs(10));
        assert_eq!(
            floods.left("messages.search", start),
            Some(Duration::from_secs(10))
        );
        assert_eq!(floods.left("messages.getHistory", start), None);
        assert_eq!(
            floods.left("messages.search", start + Duration::from_secs(7)),
            None
        );
        assert_eq!(floods.left("messages.search", start), None);
    }

    #[test]
    fn only_waits_for_the_method_count() {
        let seconds = |text| wait(&RpcError::parse(420, text));
        assert_eq!(seconds("FLOOD_WAIT_31"), Some(Duration::from_secs(31)));
        assert_eq!(
            seconds("FLOOD_PREMIUM_WAIT_3"),
            Some(Duration::from_secs(3))
        );
        assert_eq!(seconds("SLOWMODE_WAIT_9"), None);
        assert_eq!(seconds("FLOOD_WAIT_-1"), None);
    }

    #[test]
    fn remembers_a_bounded_number_of_methods() {
        let mut floods = Floods::default();
        for i in 0..(METHODS as u64 + 10) {
            let name: &'static str = Box::leak(format!("a.m{i}").into_boxed_str());
            floods.note(name, Mono::default() + Duration::from_secs(100 + i));
        }
        assert_eq!(floods.until.len(), METHODS);
        assert_eq!(floods.left("a.m0", Mono::default()), None);
    }
}

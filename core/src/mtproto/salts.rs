//! [Server salts](https://core.telegram.org/mtproto/description#server-salt), the present one and those to come.

/// A salt lives for half an hour.
const LIFE: i64 = 1800;

/// How many are asked for: enough for a day.
pub(super) const ASK: i32 = 48;

/// More are asked for when the last known one begins within this many seconds.
const AHEAD: i64 = LIFE * 2;

/// The most that an answer may bring.
const MOST: usize = 64;

/// A salt and the server's times, in Unix seconds, between which it is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Salt {
    pub(super) since: i64,
    pub(super) until: i64,
    pub(super) value: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Salts {
    current: i64,
    /// By beginning, the latest last.
    future: Vec<Salt>,
}

impl Salts {
    pub(super) fn new(current: i64) -> Self {
        Self {
            current,
            future: Vec::new(),
        }
    }

    /// The salt for a message sent at that time.
    pub(super) fn at(&mut self, server_secs: i64) -> i64 {
        while let Some(first) = self.future.first()
            && first.since <= server_secs
        {
            self.current = first.value;
            self.future.remove(0);
        }
        self.current
    }

    /// The server says that this one is good now. Whatever should have begun by now was wrong.
    pub(super) fn correct(&mut self, server_secs: i64, salt: i64) {
        self.current = salt;
        self.future
            .retain(|s| s.since > server_secs && s.value != salt);
    }

    /// The answer to the question for more.
    pub(super) fn learn(&mut self, server_secs: i64, mut salts: Vec<Salt>) {
        salts.retain(|s| s.until > server_secs && s.until > s.since);
        salts.sort_by_key(|s| s.since);
        salts.truncate(MOST);
        if !salts.is_empty() {
            self.future = salts;
        }
        self.at(server_secs);
    }

    /// Whether it is time to ask for more.
    pub(super) fn wants_more(&self, server_secs: i64) -> bool {
        self.future
            .last()
            .is_none_or(|last| last.since < server_secs.saturating_add(AHEAD))
    }

    pub(super) fn current(&self) -> i64 {
        self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn salts(from: i64, n: i64) -> Vec<Salt> {
        (0..n)
            .map(|i| Salt {
                since: from + i * LIFE,
                until: from + (i + 2) * LIFE,
                value: 100 + i,
            })
            .collect()
    }

    #[test]
    fn each_salt_is_used_from_its_beginning() {
        let mut s = Salts::new(1);
        assert!(s.wants_more(0));
        s.learn(0, salts(1000, 48));
        assert!(!s.wants_more(0));
        assert_eq!(s.at(999), 1);
        assert_eq!(s.at(1000), 100);
        assert_eq!(s.at(1000 + 5 * LIFE), 105);
        assert!(!s.wants_more(1000 + 44 * LIFE));
        assert!(s.wants_more(1000 + 46 * LIFE));
    }

    #[test]
    fn what_is_over_is_not_taken_up() {
        let mut s = Salts::new(1);
        s.learn(
            10_000,
            vec![
                Salt {
                    since: 0,
                    until: 9_000,
                    value: 7,
                },
                Salt {
                    since: 12_000,
                    until: 11_000,
                    value: 8,
                },
            ],
        );
        assert_eq!(s.at(20_000), 1);
        s.learn(10_000, salts(8_000, 500));
        assert!(s.future.len() <= MOST);
        assert_eq!(s.current(), 101);
    }

    #[test]
    fn the_servers_correction_wins_and_keeps_what_is_to_come() {
        let mut s = Salts::new(1);
        s.learn(0, salts(1000, 3));
        s.correct(1000 + LIFE, 55);
        assert_eq!(s.at(1000 + LIFE), 55);
        assert_eq!(s.at(1000 + 2 * LIFE), 102);
    }
}

//! What tests ask of a sandbox and do to it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::fault::Fault;
use crate::server::ConnId;

/// How a request fares worse than it would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is refused without being run.
    Refuse(Fault),
    /// It is run, and acknowledged, but its answer never leaves.
    DropAnswer,
    /// It is run, and its answer leaves after this time.
    Delay(Duration),
    /// The connection is closed before it is run.
    CloseBefore,
    /// It is run, then the connection is closed before the answer leaves; the answer comes on the next connection.
    CloseAfter,
}

impl Trouble {
    /// `FLOOD_WAIT_X`.
    pub fn flood(seconds: u32) -> Self {
        Self::Refuse(Fault::flood(seconds))
    }

    /// `kind_MIGRATE_dc`, of kind `PHONE`, `USER`, `NETWORK`, `FILE` or `STATS`.
    pub fn migrate(kind: &str, dc: i32) -> Self {
        Self::Refuse(Fault::migrate(kind, dc))
    }

    /// An internal error, such as `RPC_CALL_FAIL`.
    pub fn internal(name: &str) -> Self {
        Self::Refuse(Fault::new(500, name))
    }
}

/// One encrypted packet as it came in.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The connection.
    pub conn: ConnId,
    /// The identifier of its outermost message.
    pub msg_id: i64,
    /// How old that identifier was on arrival; negative if it lay ahead of the server's clock.
    pub age: f64,
    /// The bytes of the packet.
    pub len: usize,
}

/// The most log entries that are kept.
const LOG_LIMIT: usize = 100_000;

/// Counters, the log, and what has been ordered to go wrong.
#[derive(Debug, Default)]
pub(crate) struct Controls {
    executed: BTreeMap<&'static str, usize>,
    random_ids: BTreeMap<i64, usize>,
    log: VecDeque<Entry>,
    /// By method, `*` for any: how often, and what.
    troubles: BTreeMap<String, VecDeque<(usize, Trouble)>>,
}

impl Controls {
    /// Counts a request that was run.
    pub(crate) fn ran(&mut self, method: &'static str, random_ids: &[i64]) {
        *self.executed.entry(method).or_default() += 1;
        for id in random_ids {
            *self.random_ids.entry(*id).or_default() += 1;
        }
    }

    pub(crate) fn executed(&self, method: &str) -> usize {
        self.executed.get(method).copied().unwrap_or(0)
    }

    pub(crate) fn executed_all(&self) -> BTreeMap<String, usize> {
        self.executed
            .iter()
            .map(|(name, n)| ((*name).to_owned(), *n))
            .collect()
    }

    pub(crate) fn executed_with(&self, random_id: i64) -> usize {
        self.random_ids.get(&random_id).copied().unwrap_or(0)
    }

    pub(crate) fn random_ids(&self) -> &BTreeMap<i64, usize> {
        &self.random_ids
    }

    pub(crate) fn log(&mut self, entry: Entry) {
        if self.log.len() >= LOG_LIMIT {
            self.log.pop_front();
        }
        self.log.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.log.iter().cloned().collect()
    }

    pub(crate) fn order(&mut self, method: &str, times: usize, trouble: Trouble) {
        self.troubles
            .entry(method.to_owned())
            .or_default()
            .push_back((times, trouble));
    }

    pub(crate) fn clear(&mut self) {
        self.troubles.clear();
    }

    /// What is to happen to the next request of this method.
    pub(crate) fn next(&mut self, method: &str) -> Option<Trouble> {
        [method, "*"].into_iter().find_map(|name| {
            let queue = self.troubles.get_mut(name)?;
            let (times, trouble) = queue.front_mut()?;
            *times = times.saturating_sub(1);
            let trouble = trouble.clone();
            if *times == 0 {
                queue.pop_front();
            }
            Some(trouble)
        })
    }
}

//! What each of our message ids stands for, as long as the server may still say something about it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::request::ReqId;
use crate::time::{Mono, Now};

/// Entries that are not requests are dropped when they are so old: whatever the server had to say has been said.
const OLD: Duration = Duration::from_secs(300);

/// Entries that are not requests; the oldest go first.
const MAX_OTHER: usize = 4096;

/// The content of a message that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Request(ReqId),
    /// The ids of its members.
    Container(Vec<i64>),
    Ping(i64),
    Acks(Vec<i64>),
    /// The question what became of these.
    StateReq(Vec<i64>),
    /// The request to send these again.
    ResendReq(Vec<i64>),
    /// The answer to such a question of the server's: its id, and a byte for each id it asked for.
    StateInfo(i64, Vec<u8>),
    SaltsReq,
    /// The request not to send the answer to this one.
    DropAnswer(i64),
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) what: What,
    /// The container's id, or the message's own.
    pub(super) outer: i64,
    at: Mono,
}

#[derive(Debug, Default)]
pub(super) struct Sent {
    by_id: BTreeMap<i64, Entry>,
    others: usize,
}

impl Sent {
    pub(super) fn insert(&mut self, now: Now, msg_id: i64, outer: i64, what: What) {
        if !matches!(what, What::Request(_)) {
            self.others = self.others.saturating_add(1);
        }
        self.by_id.insert(
            msg_id,
            Entry {
                what,
                outer,
                at: now.mono,
            },
        );
        if self.others > MAX_OTHER {
            self.prune(|_| true, 1);
        }
    }

    pub(super) fn get(&self, msg_id: i64) -> Option<&Entry> {
        self.by_id.get(&msg_id)
    }

    pub(super) fn remove(&mut self, msg_id: i64) -> Option<Entry> {
        let entry = self.by_id.remove(&msg_id)?;
        if !matches!(entry.what, What::Request(_)) {
            self.others = self.others.saturating_sub(1);
        }
        Some(entry)
    }

    /// The server has processed the packet that went by `outer`: a container was good as a whole, and what gets no answer
    /// of its own is done.
    pub(super) fn accepted(&mut self, outer: i64) {
        let members = match self.by_id.get(&outer) {
            Some(Entry {
                what: What::Container(members),
                ..
            }) => {
                let members = members.clone();
                self.remove(outer);
                members
            }
            _ => vec![outer],
        };
        for id in members {
            if matches!(
                self.by_id.get(&id),
                Some(Entry {
                    what: What::Acks(_) | What::StateInfo(..),
                    ..
                })
            ) {
                self.remove(id);
            }
        }
    }

    /// The link is lost: of what was sent only the requests still matter. Acknowledgements that may have been lost are
    /// handed back.
    pub(super) fn handle_link_lost(&mut self) -> Vec<i64> {
        let mut acks = Vec::new();
        self.by_id.retain(|_, entry| {
            if let What::Acks(ids) = &mut entry.what {
                acks.append(ids);
            }
            matches!(entry.what, What::Request(_))
        });
        self.others = 0;
        acks
    }

    /// Drops what is too old to matter.
    pub(super) fn handle_timeout(&mut self, now: Now) {
        self.prune(|entry| now.mono.since(entry.at) > OLD, usize::MAX);
    }

    fn prune(&mut self, old: impl Fn(&Entry) -> bool, most: usize) {
        let ids: Vec<_> = self
            .by_id
            .iter()
            .filter(|(_, entry)| !matches!(entry.what, What::Request(_)) && old(entry))
            .map(|(id, _)| *id)
            .take(most)
            .collect();
        for id in ids {
            self.remove(id);
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    #[cfg(any(test, debug_assertions, feature = "internals"))]
    pub(super) fn check_invariants(&self) {
        assert!(self.others <= MAX_OTHER);
        let others = self
            .by_id
            .values()
            .filter(|e| !matches!(e.what, What::Request(_)))
            .count();
        assert_eq!(others, self.others);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Unix;

    fn at(secs: u64) -> Now {
        Now {
            mono: Mono::from_origin(Duration::from_secs(secs)),
            wall: Unix::default(),
        }
    }

    #[test]
    fn an_accepted_container_leaves_only_what_is_to_be_answered() {
        let mut sent = Sent::default();
        sent.insert(at(0), 4, 12, What::Acks(vec![1]));
        sent.insert(at(0), 8, 12, What::Ping(7));
        sent.insert(at(0), 12, 12, What::Container(vec![4, 8]));
        sent.accepted(12);
        assert!(sent.get(4).is_none() && sent.get(12).is_none());
        assert_eq!(sent.get(8).unwrap().what, What::Ping(7));
        sent.check_invariants();
    }

    #[test]
    fn a_lost_link_gives_acknowledgements_back() {
        let mut sent = Sent::default();
        let id = super::super::request::Requests::default().name();
        sent.insert(at(0), 4, 4, What::Acks(vec![1, 3]));
        sent.insert(at(0), 8, 8, What::Request(id));
        sent.insert(at(0), 12, 12, What::Ping(7));
        assert_eq!(sent.handle_link_lost(), [1, 3]);
        assert!(sent.get(8).is_some() && sent.get(12).is_none());
        sent.check_invariants();
    }

    #[test]
    fn old_and_excess_entries_go() {
        let mut sent = Sent::default();
        sent.insert(at(0), 4, 4, What::SaltsReq);
        sent.handle_timeout(at(300));
        assert!(sent.get(4).is_some());
        sent.handle_timeout(at(301));
        assert!(sent.get(4).is_none());
        for id in 0..5000 {
            sent.insert(at(0), id, id, What::SaltsReq);
        }
        sent.check_invariants();
        assert!(sent.get(4999).is_some() && sent.get(0).is_none());
    }
}

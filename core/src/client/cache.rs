//! Peers that came by lately, within a budget of bytes.

use std::collections::{BTreeMap, HashMap};
use std::mem::size_of;

use crate::peers::{PeerId, PeerKey, PeerRecord, PeerTable};

/// The most recently used peers.
#[derive(Debug)]
pub(crate) struct PeerCache {
    table: PeerTable,
    /// When each peer was used last, and what it weighs.
    used: HashMap<PeerId, (u64, usize)>,
    order: BTreeMap<u64, PeerId>,
    clock: u64,
    weight: usize,
    budget: usize,
}

impl PeerCache {
    /// An empty cache that may weigh so many bytes.
    pub(crate) fn new(budget: usize) -> Self {
        Self {
            table: PeerTable::default(),
            used: HashMap::new(),
            order: BTreeMap::new(),
            clock: 0,
            weight: 0,
            budget,
        }
    }

    /// Adds a peer or replaces what was known of it. Returns whether that was news.
    pub(crate) fn insert(&mut self, peer: PeerRecord) -> bool {
        let id = peer.id;
        if self.table.find(&PeerKey::Id(id)) == Some(&peer) {
            self.touch(id);
            return false;
        }
        self.remove(id);
        let weight = weight(&peer);
        self.table.insert(peer);
        self.clock = self.clock.wrapping_add(1);
        self.used.insert(id, (self.clock, weight));
        self.order.insert(self.clock, id);
        self.weight = self.weight.saturating_add(weight);
        while self.weight > self.budget {
            let Some((_, oldest)) = self.order.pop_first() else {
                break;
            };
            self.remove(oldest);
        }
        true
    }

    /// The peer that `key` names, if it is here.
    pub(crate) fn find(&mut self, key: &PeerKey) -> Option<PeerRecord> {
        // Display names are not unique: only the store knows whom it saw last.
        if matches!(key, PeerKey::Name(_)) {
            return None;
        }
        let found = self.table.find(key)?.clone();
        self.touch(found.id);
        Some(found)
    }

    /// Forgets a peer, so that the next sight of it is news.
    pub(crate) fn forget(&mut self, id: PeerId) {
        self.remove(id);
    }

    /// How many are held.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.used.len()
    }

    /// Forgets everybody.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.budget);
    }

    fn touch(&mut self, id: PeerId) {
        if let Some((stamp, _)) = self.used.get_mut(&id) {
            self.order.remove(stamp);
            self.clock = self.clock.wrapping_add(1);
            *stamp = self.clock;
            self.order.insert(self.clock, id);
        }
    }

    fn remove(&mut self, id: PeerId) {
        if let Some((stamp, weight)) = self.used.remove(&id) {
            self.order.remove(&stamp);
            self.weight = self.weight.saturating_sub(weight);
            self.table.remove(id);
        }
    }
}

/// What a record and its places in the indices take, roughly.
fn weight(peer: &PeerRecord) -> usize {
    const ENTRY: usize = 48;
    let texts = peer
        .usernames
        .iter()
        .map(|u| u.len() + ENTRY)
        .sum::<usize>()
        + peer.phone.as_ref().map_or(0, |p| p.len() + ENTRY)
        + peer.name.len()
        + ENTRY;
    // Every text is kept twice: in the record and in its index.
    size_of::<PeerRecord>() + 2 * ENTRY + 2 * texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: i64, username: &str) -> PeerRecord {
        PeerRecord {
            id: PeerId::User(id),
            access_hash: id * 7,
            usernames: vec![username.into()],
            phone: None,
            name: "Somebody".into(),
            bot: false,
        }
    }

    #[test]
    fn says_whether_a_peer_is_news() {
        let mut cache = PeerCache::new(4096);
        assert!(cache.insert(user(1, "one")));
        assert!(!cache.insert(user(1, "one")));
        assert!(cache.insert(user(1, "uno")));
        assert!(cache.find(&PeerKey::Username("one".into())).is_none());
        assert!(cache.find(&PeerKey::Username("uno".into())).is_some());
    }

    #[test]
    fn forgets_what_was_not_used_for_longest() {
        let each = weight(&user(1, "u1"));
        let mut cache = PeerCache::new(3 * each);
        for id in 1..=3 {
            cache.insert(user(id, &format!("u{id}")));
        }
        assert!(cache.find(&PeerKey::Id(PeerId::User(1))).is_some());
        cache.insert(user(4, "u4"));
        assert!(cache.find(&PeerKey::Id(PeerId::User(2))).is_none());
        assert!(cache.find(&PeerKey::Id(PeerId::User(1))).is_some());
        assert_eq!(cache.weight, 3 * each);
        assert_eq!(cache.order.len(), 3);
    }
}

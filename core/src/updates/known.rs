//! Which peers were seen in this run.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::peers::{PeerId, PeerRecord};

/// So many peers are kept in mind; beyond that the memory starts afresh, which costs repeated writes, nothing else.
pub(super) const MAX_KNOWN: usize = 16_384;

/// The peers seen in this run and a digest of what was last told of each: what does not change is not stored again.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<PeerId, Option<u64>>);

impl Known {
    /// Notes a peer of which nothing storable was told.
    pub(super) fn see(&mut self, id: PeerId) {
        self.make_room();
        self.0.entry(id).or_default();
    }

    /// Notes a peer. Whether it is new or changed.
    pub(super) fn learn(&mut self, peer: &PeerRecord) -> bool {
        self.make_room();
        let digest = Some(digest(peer));
        self.0.insert(peer.id, digest) != Some(digest)
    }

    /// Forgets what was last told of a peer: it was not stored.
    pub(super) fn unlearn(&mut self, id: PeerId) {
        self.0.insert(id, None);
    }

    /// Whether the peer was seen.
    pub(super) fn contains(&self, id: PeerId) -> bool {
        self.0.contains_key(&id)
    }

    fn make_room(&mut self) {
        if self.0.len() >= MAX_KNOWN {
            self.0.clear();
        }
    }
}

fn digest(peer: &PeerRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    (
        peer.access_hash,
        &peer.usernames,
        &peer.phone,
        &peer.name,
        peer.bot,
    )
        .hash(&mut hasher);
    hasher.finish()
}

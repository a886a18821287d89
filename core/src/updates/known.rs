//! Which peers were seen in this run.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::peers::{PeerId, PeerRecord};

/// So many peers are kept in mind; beyond that the memory starts afresh, which costs repeated writes, nothing else.
pub(super) const MAX_KNOWN: usize = 16_384;

/// The peers seen in this run and a digest of what was last told of each: what does not change is not stored again.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<PeerId, Met>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    /// Only as a [min constructor](https://core.telegram.org/api/min), which tells what to show and not how to reach it.
    InPart,
    /// There is nothing more to be had, or it was asked for already.
    Once,
    /// In full, with this digest.
    Told(u64),
}

impl Known {
    /// Notes a peer of which nothing storable was told, or about which enough was asked.
    pub(super) fn see(&mut self, id: PeerId) {
        self.make_room();
        let met = self.0.entry(id).or_insert(Met::Once);
        if *met == Met::InPart {
            *met = Met::Once;
        }
    }

    /// Notes a peer of which only a part was told.
    pub(super) fn see_in_part(&mut self, id: PeerId) {
        self.make_room();
        self.0.entry(id).or_insert(Met::InPart);
    }

    /// Notes a peer. Whether it is new or changed.
    pub(super) fn learn(&mut self, peer: &PeerRecord) -> bool {
        self.make_room();
        let told = Met::Told(digest(peer));
        self.0.insert(peer.id, told) != Some(told)
    }

    /// Forgets what was last told of a peer: it was not stored.
    pub(super) fn unlearn(&mut self, id: PeerId) {
        self.0.insert(id, Met::Once);
    }

    /// Whether too little is known of the peer, and nobody has asked for more yet.
    pub(super) fn lacks(&self, id: PeerId) -> bool {
        self.0.get(&id).is_none_or(|met| *met == Met::InPart)
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

//! Remembered peers in memory, findable by id, username, phone and name.

use std::collections::HashMap;
use std::fmt;

use crate::peers::{PeerId, PeerKey, PeerRecord};

/// Peers with indices over everything they can be asked for by.
#[derive(Default)]
pub struct PeerTable {
    rows: HashMap<PeerId, PeerRecord>,
    usernames: HashMap<Box<str>, PeerId>,
    phones: HashMap<Box<str>, PeerId>,
    names: HashMap<Box<str>, PeerId>,
}

impl PeerTable {
    /// Adds a peer, or replaces what was known of it. A username that was another peer's now leads here.
    pub fn insert(&mut self, peer: PeerRecord) {
        self.remove(peer.id);
        for username in &peer.usernames {
            self.usernames.insert(username.clone(), peer.id);
        }
        if let Some(phone) = &peer.phone {
            self.phones.insert(phone.clone(), peer.id);
        }
        if !peer.name.is_empty() {
            self.names.insert(peer.name.clone(), peer.id);
        }
        self.rows.insert(peer.id, peer);
    }

    /// Forgets a peer.
    pub fn remove(&mut self, id: PeerId) {
        let Some(old) = self.rows.remove(&id) else {
            return;
        };
        for username in &old.usernames {
            forget(&mut self.usernames, username, id);
        }
        if let Some(phone) = &old.phone {
            forget(&mut self.phones, phone, id);
        }
        forget(&mut self.names, &old.name, id);
    }

    /// The peer that `key` names.
    pub fn find(&self, key: &PeerKey) -> Option<&PeerRecord> {
        let id = match key {
            PeerKey::Id(id) => id,
            PeerKey::Username(username) => self.usernames.get(username)?,
            PeerKey::Phone(phone) => self.phones.get(phone)?,
            PeerKey::Name(name) => self.names.get(name)?,
        };
        self.rows.get(id)
    }

    /// Every peer, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &PeerRecord> {
        self.rows.values()
    }

    /// How many peers are remembered.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

// Phones and names stay out of logs.
impl fmt::Debug for PeerTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerTable({} peers)", self.rows.len())
    }
}

/// Removes an index entry unless another peer has taken the name over.
fn forget(index: &mut HashMap<Box<str>, PeerId>, key: &str, id: PeerId) {
    if index.get(key) == Some(&id) {
        index.remove(key);
    }
}

//! A session that lives as long as its process.

use std::collections::HashMap;

use crate::error::StoreError;
use crate::peers::{PeerKey, PeerRecord, PeerTable};
use crate::session::{SentFile, SentFileKey, Session, SessionChange, SessionStore};

/// Keeps a session in memory only.
///
/// ```
/// use telewire_core::session::{MemorySession, SessionStore};
///
/// let mut store = MemorySession::new();
/// assert!(store.load().unwrap().keys.is_empty());
/// ```
#[derive(Debug, Default)]
pub struct MemorySession {
    session: Session,
    peers: PeerTable,
    files: HashMap<SentFileKey, SentFile>,
}

impl MemorySession {
    /// A blank session.
    pub fn new() -> Self {
        Self::default()
    }

    /// A session that starts from `session`.
    pub fn with(session: Session) -> Self {
        Self {
            session,
            ..Self::default()
        }
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }
}

impl SessionStore for MemorySession {
    fn load(&mut self) -> Result<Session, StoreError> {
        Ok(self.session.clone())
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        for change in changes {
            match change {
                SessionChange::Peer(peer) => self.peers.insert(peer.clone()),
                SessionChange::SentFile(key, file) => {
                    self.files.insert(key.clone(), file.clone());
                }
                other => self.session.apply(other),
            }
        }
        Ok(())
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        Ok(self.peers.find(key).cloned())
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        Ok(self.files.get(key).cloned())
    }

    fn contents(&mut self) -> Result<Vec<SessionChange>, StoreError> {
        let mut changes: Vec<_> = self
            .peers
            .iter()
            .cloned()
            .map(SessionChange::Peer)
            .collect();
        let files = self.files.iter();
        changes.extend(files.map(|(key, file)| SessionChange::SentFile(key.clone(), file.clone())));
        changes.extend(self.session.changes());
        Ok(changes)
    }

    fn close(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        let had = !self.session.keys.is_empty();
        *self = Self::default();
        Ok(had)
    }
}

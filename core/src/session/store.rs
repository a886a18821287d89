//! The interface that session storages implement.

use crate::error::StoreError;
use crate::peers::{PeerKey, PeerRecord};
use crate::session::{Session, SessionChange};

/// A place where a session is kept.
///
/// Calls are synchronous; drivers make them off their executor, one at a time and in order. A batch of changes is one
/// transaction: after a crash either all of it is there or nothing.
pub trait SessionStore: Send + 'static {
    /// What was kept, or a blank session.
    fn load(&mut self) -> Result<Session, StoreError>;

    /// Makes `changes` durable, in their order.
    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError>;

    /// The remembered peer that `key` names.
    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError>;

    /// The remembered upload with that digest, size and kind.
    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError>;

    /// Flushes and releases the storage, so that others may use it. A later call opens it again.
    fn close(&mut self) -> Result<(), StoreError>;

    /// Removes everything that was kept, as after logging out. Returns whether there was something to remove.
    fn delete(&mut self) -> Result<bool, StoreError>;
}

impl<S: SessionStore + ?Sized> SessionStore for Box<S> {
    fn load(&mut self) -> Result<Session, StoreError> {
        (**self).load()
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        (**self).apply(changes)
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        (**self).peer(key)
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        (**self).sent_file(key)
    }

    fn close(&mut self) -> Result<(), StoreError> {
        (**self).close()
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        (**self).delete()
    }
}

/// What identifies an uploaded file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SentFileKey {
    /// The MD5 digest of the content.
    pub md5: [u8; 16],
    /// The length in bytes.
    pub size: u64,
    /// What it was sent as.
    pub kind: SentFileKind,
}

/// What a file was sent as; numbered as in Telethon's `sent_files` table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SentFileKind {
    /// An `InputDocument` (0).
    Document,
    /// An `InputPhoto` (1).
    Photo,
}

/// A file on the server that can be sent again without an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFile {
    /// The document's or photo's id.
    pub id: i64,
    /// Its access hash for this account.
    pub access_hash: i64,
    /// Its file reference, empty where none was kept.
    pub file_reference: bytes::Bytes,
}

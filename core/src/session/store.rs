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

    /// Everything that is kept, as the changes that lead to it from a blank store; see [`copy`].
    ///
    /// A store that can list its peers and files adds them in front of what the session changes. Without a method of its own a
    /// store has its peers and files left behind when it is copied; they are learnt again.
    fn contents(&mut self) -> Result<Vec<SessionChange>, StoreError> {
        Ok(self.load()?.changes())
    }

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

    fn contents(&mut self) -> Result<Vec<SessionChange>, StoreError> {
        (**self).contents()
    }

    fn close(&mut self) -> Result<(), StoreError> {
        (**self).close()
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        (**self).delete()
    }
}

/// Copies a session from one kind of store to another: all of it, in one transaction of the new one.
///
/// That is the keys of every data centre and their addresses, who is signed in, the positions in the updates, a takeout, and
/// the peers and files of stores that can list them (see [`SessionStore::contents`]). What the new store has no room for is
/// up to it: a [`StringSession`](crate::session::StringSession) writes down what signing in takes.
///
/// The copy *is* the account, so use one of the two: Telegram ends keys that are used from two places at once.
///
/// ```
/// use telewire_core::session::{MemorySession, StringSession, copy};
///
/// # fn main() -> Result<(), telewire_core::error::StoreError> {
/// # let mut memory = MemorySession::new();
/// let mut string = StringSession::new("")?;
/// copy(&mut memory, &mut string)?;
/// assert!(string.save()?.is_empty(), "nobody is signed in");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// One of the stores cannot be used, or the new one holds an account already; then nothing has changed.
pub fn copy<A, B>(from: &mut A, to: &mut B) -> Result<(), StoreError>
where
    A: SessionStore + ?Sized,
    B: SessionStore + ?Sized,
{
    let contents = from.contents()?;
    receive(&contents, to)
}

/// Puts the contents of a store into another one that holds no account.
pub(crate) fn receive<S>(contents: &[SessionChange], to: &mut S) -> Result<(), StoreError>
where
    S: SessionStore + ?Sized,
{
    if !to.load()?.keys.is_empty() {
        return Err(StoreError::new(
            "the session to copy to holds an account already; choose another one, or delete it first",
        ));
    }
    to.apply(contents)
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

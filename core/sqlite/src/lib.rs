//! Session files for Telewire, shared with Telethon.
//!
//! A [`SqliteSession`] is a file that [Telethon](https://docs.telethon.dev) can open as well, before and after: what both
//! keep is in Telethon's own tables, in the version that the file came with (1 to 4 become 5, new files get 8); what only
//! Telewire keeps is in tables named `telewire_*`, which Telethon leaves alone. One program at a time uses a file.
//!
//! ```
//! use telewire_core::session::SessionStore;
//! use telewire_sqlite::SqliteSession;
//!
//! # let folder = tempfile::tempdir()?;
//! # std::env::set_current_dir(&folder)?;
//! let mut store = SqliteSession::open("my_account")?; // my_account.session
//! assert!(store.load()?.keys.is_empty());
//! store.close()?;
//! # std::env::set_current_dir("/")?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod file;
mod files;
mod lock;
mod peers;
mod rows;
mod tables;

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};
use telewire_core::error::StoreError;
use telewire_core::peers::{PeerKey, PeerRecord};
use telewire_core::session::{SentFile, SentFileKey, Session, SessionChange, SessionStore};

use crate::file::Place;
use crate::lock::Lock;
use crate::tables::Version;

/// The ending of session files.
const EXTENSION: &str = ".session";

/// A session in an SQLite file.
///
/// Every batch of changes is one transaction and is on the disk when [`apply`](SessionStore::apply) returns. The file can
/// be read by its owner only, and nobody else can open it in the meantime. A closed session is opened again by its next
/// use.
pub struct SqliteSession {
    place: Place,
    open: Option<Open>,
    /// What a deleted session has become since. It gets a file again once there is a key to keep.
    deleted: Option<Session>,
}

struct Open {
    conn: Connection,
    version: Version,
    /// What the file says, apart from peers and files.
    session: Session,
    /// Released last.
    _lock: Option<Lock>,
}

impl SqliteSession {
    /// Opens the session file at `path`, or makes one. `.session` is added where it is missing; `":memory:"` stands for
    /// [`in_memory`](Self::in_memory).
    ///
    /// # Errors
    ///
    /// The folder does not exist, the file cannot be read or written, is no session or one of a newer version, or is in use
    /// by another process. The text names the file and says what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::at(Place::new(path.as_ref()))
    }

    /// A session with an SQLite database in memory, gone with its last use.
    ///
    /// # Errors
    ///
    /// As good as none: SQLite may lack memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::at(Place::Memory)
    }

    /// The names of the sessions in a folder, without `.session`, sorted.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub fn list(folder: impl AsRef<Path>) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            if let Some(name) = name.to_str().and_then(|name| name.strip_suffix(EXTENSION)) {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn at(place: Place) -> Result<Self, StoreError> {
        let open = Some(place.open()?);
        Ok(Self {
            place,
            open,
            deleted: None,
        })
    }

    fn opened(&mut self) -> Result<&mut Open, StoreError> {
        if self.open.is_none() {
            self.open = Some(self.place.open()?);
        }
        Ok(self.open.as_mut().expect("it was opened just now"))
    }

    /// The file's path; `None` in memory.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::Memory => None,
        }
    }
}

impl SessionStore for SqliteSession {
    fn load(&mut self) -> Result<Session, StoreError> {
        match &self.deleted {
            Some(session) => Ok(session.clone()),
            None => Ok(self.opened()?.session.clone()),
        }
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        if let Some(session) = &mut self.deleted {
            if !changes
                .iter()
                .any(|change| matches!(change, SessionChange::Key(_, Some(_))))
            {
                changes.iter().for_each(|change| session.apply(change));
                return Ok(());
            }
            let mut all = session.changes();
            all.extend_from_slice(changes);
            self.write(&all)?;
            self.deleted = None;
            return Ok(());
        }
        self.write(changes)
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        if self.deleted.is_some() {
            return Ok(None);
        }
        let open = self.opened()?;
        let found = peers::find(&open.conn, open.version, key);
        found.map_err(|e| self.place.explain("read", e))
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        if self.deleted.is_some() {
            return Ok(None);
        }
        let found = files::find(&self.opened()?.conn, key);
        found.map_err(|e| self.place.explain("read", e))
    }

    fn contents(&mut self) -> Result<Vec<SessionChange>, StoreError> {
        if let Some(session) = &self.deleted {
            return Ok(session.changes());
        }
        let open = self.opened()?;
        let listed = (|| {
            let peers = peers::all(&open.conn, open.version)?
                .into_iter()
                .map(SessionChange::Peer);
            let files = files::all(&open.conn)?.into_iter();
            let files = files.map(|(key, file)| SessionChange::SentFile(key, file));
            let mut changes: Vec<_> = peers.chain(files).collect();
            changes.extend(open.session.changes());
            Ok(changes)
        })();
        listed.map_err(|e| self.place.explain("read", e))
    }

    fn close(&mut self) -> Result<(), StoreError> {
        if matches!(self.place, Place::Memory) {
            return Ok(());
        }
        let Some(Open { conn, _lock, .. }) = self.open.take() else {
            return Ok(());
        };
        // Everything is committed. Leaving WAL puts all of it into the one file, for whoever copies it.
        let merged = conn.pragma_update(None, "journal_mode", "delete");
        let closed = conn.close().map_err(|(_, e)| e);
        merged
            .and(closed)
            .map_err(|e| self.place.explain("closed", e))
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        if self.deleted.replace(Session::default()).is_some() {
            return Ok(false);
        }
        let open = self.open.take();
        let Place::File(path) = &self.place else {
            return Ok(open.is_some_and(|open| !open.session.keys.is_empty()));
        };
        // The lock is held until nothing is left.
        let lock = open.and_then(|open| open._lock);
        let removed = file::remove(path);
        drop(lock);
        removed
    }
}

impl SqliteSession {
    fn write(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        let open = self.opened()?;
        let written = (|| {
            let tx = open
                .conn
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            rows::write(&tx, open.version, &open.session, changes)?;
            tx.commit()
        })();
        match written {
            Ok(()) => {
                changes.iter().for_each(|change| open.session.apply(change));
                Ok(())
            }
            Err(e) => Err(self.place.explain("written", e)),
        }
    }
}

impl Drop for SqliteSession {
    fn drop(&mut self) {
        // Nothing is lost if this fails: what was applied is in the file or in its log.
        let _ = self.close();
    }
}

impl fmt::Debug for SqliteSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteSession")
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

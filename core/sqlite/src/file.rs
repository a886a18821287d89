//! Where a session is, how it is opened, and what to do when it cannot be.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use telewire_core::error::StoreError;

use crate::lock::Lock;
use crate::tables::{self, TableError};
use crate::{EXTENSION, Open, rows};

/// How long another program's transaction on the file is waited for.
const BUSY: Duration = Duration::from_secs(1);

/// Where a session is.
pub(crate) enum Place {
    File(PathBuf),
    Memory,
}

impl Place {
    pub(crate) fn new(path: &Path) -> Self {
        if path.as_os_str() == ":memory:" {
            return Self::Memory;
        }
        let mut name = OsString::from(path);
        if !name.to_string_lossy().ends_with(EXTENSION) {
            name.push(EXTENSION);
        }
        Self::File(name.into())
    }

    pub(crate) fn open(&self) -> Result<Open, StoreError> {
        let (lock, conn) = match self {
            Self::Memory => (None, Connection::open_in_memory()),
            Self::File(path) => {
                let path = prepare_folder(path)?;
                // First of all: opening and closing the file by ourselves would drop the locks that another client of this
                // process has on it.
                let lock = Lock::acquire(&path)?;
                prepare_file(&path)?;
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                (Some(lock), Connection::open_with_flags(&path, flags))
            }
        };
        let opened = conn.map_err(TableError::from).and_then(|mut conn| {
            conn.busy_timeout(BUSY)?;
            // Telethon, which knows nothing of our lock, is kept out as well: two programs on one key end the session.
            conn.pragma_update(None, "locking_mode", "exclusive")?;
            let tx = conn.transaction_with_behavior(TransactionBehavior::Exclusive)?;
            let version = tables::prepare(&tx)?;
            let session = rows::read(&tx)?;
            tx.commit()?;
            conn.pragma_update(None, "journal_mode", "wal")?;
            // A key that was used has to survive a power cut.
            conn.pragma_update(None, "synchronous", "full")?;
            conn.pragma_update(None, "secure_delete", "on")?;
            Ok(Open {
                conn,
                version,
                session,
                _lock: lock,
            })
        });
        opened.map_err(|e| match e {
            TableError::Sqlite(e) => self.explain("opened", e),
            TableError::NoSession => StoreError::new(format!(
                "{self} is an SQLite database, but not a session; choose another session path"
            )),
            TableError::Damaged(what) => StoreError::new(format!(
                "session {self} is damaged ({what}); restore it from a backup, or move it away and sign in again"
            )),
            TableError::Newer(version) => StoreError::new(format!(
                "session {self} has version {version}, which is newer than this program knows; update Telewire, or choose \
                 another session path"
            )),
        })
    }

    /// Says what to do about an error of SQLite.
    pub(crate) fn explain(&self, attempt: &str, e: rusqlite::Error) -> StoreError {
        let text = match e.sqlite_error_code() {
            _ if is_misread(&e) => format!(
                "session {self} is damaged ({e}); restore it from a backup, or move it away and sign in again"
            ),
            Some(ErrorCode::NotADatabase) => {
                format!(
                    "{self} is not a session file; choose another session path, or move the file away"
                )
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => format!(
                "session {self} is in use by another program, such as one with Telethon; stop it, or use another session file \
                 for this program"
            ),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                format!(
                    "session {self} could not be {attempt} ({e}); make the file and its folder writable for this user, or choose \
                 another session path"
                )
            }
            Some(ErrorCode::DiskFull) => {
                format!("session {self} could not be {attempt}: the disk is full; free some space")
            }
            Some(ErrorCode::DatabaseCorrupt) => format!(
                "session {self} is damaged ({e}); restore it from a backup, or move it away and sign in again"
            ),
            _ => format!("session {self} could not be {attempt}: {e}"),
        };
        StoreError::caused(text, e)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Memory => f.write_str(":memory:"),
        }
    }
}

/// Whether a value is not what it has to be, rather than out of reach.
fn is_misread(e: &rusqlite::Error) -> bool {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error,
    };
    matches!(
        e,
        FromSqlConversionFailure(..)
            | IntegralValueOutOfRange(..)
            | InvalidColumnType(..)
            | Utf8Error(..)
    )
}

/// Removes a session with all that belongs to it. Returns whether it was there.
pub(crate) fn remove(path: &Path) -> Result<bool, StoreError> {
    let remove = |path: &Path| match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(StoreError::caused(
            format!(
                "{} could not be deleted ({e}); delete it by hand: it holds the keys of an account",
                path.display()
            ),
            e,
        )),
    };
    // The logs first: without the database they are worthless, with it they could bring deleted rows back.
    for ending in ["-journal", "-wal", "-shm"] {
        let mut log = OsString::from(path);
        log.push(ending);
        remove(log.as_ref())?;
    }
    remove(path)
}

/// The session's path with links resolved, so that its lock is found however it is called.
fn prepare_folder(path: &Path) -> Result<PathBuf, StoreError> {
    if let Ok(path) = path.canonicalize() {
        return Ok(path);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let (folder, name) = match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) if folder.is_dir() => (folder, name),
        (Err(e), Some(_)) if e.kind() != io::ErrorKind::NotFound => return Err(denied(path, e)),
        _ => {
            return Err(StoreError::new(format!(
                "the folder {} does not exist; create it or choose another session path",
                folder.display()
            )));
        }
    };
    Ok(folder.join(name))
}

/// Makes sure that there is a file which its owner alone may read.
fn prepare_file(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Err(StoreError::new(format!(
            "{} is a folder, not a session file; choose another session path",
            path.display()
        )));
    }
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|e| denied(path, e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Telethon leaves its files readable to others. Where that cannot be changed it is the owner's decision.
        let _ = file.set_permissions(fs::Permissions::from_mode(0o600));
    }
    drop(file);
    Ok(())
}

fn denied(path: &Path, e: io::Error) -> StoreError {
    StoreError::caused(
        format!(
            "session {} cannot be read and written ({e}); give this user access to it, or choose another session path",
            path.display()
        ),
        e,
    )
}

//! One process at a time.
//!
//! The lock is on a file of its own beside the session: SQLite's POSIX locks on the session itself would be lost whenever
//! any other descriptor of it is closed in this process.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use telewire_core::error::StoreError;

/// Holds a session until it is dropped.
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock of the session file at `session`.
    pub(crate) fn acquire(session: &Path) -> Result<Self, StoreError> {
        let mut path = OsString::from(session);
        path.push(".lock");
        let path = PathBuf::from(path);
        match try_lock(&path) {
            Ok(Some(mut file)) => {
                // The holder's number helps whoever finds the session taken; the lock holds without it.
                let _ = file
                    .set_len(0)
                    .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()));
                Ok(Self { path, _file: file })
            }
            Ok(None) => Err(in_use(session, holder(&path))),
            Err(e) => Err(StoreError::caused(
                format!(
                    "session {} cannot be locked: {} cannot be written ({e}); make its folder writable, or choose another \
                     session path",
                    session.display(),
                    path.display()
                ),
                e,
            )),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is still locked; whoever had opened it by then notices and opens the next one.
        let _ = fs::remove_file(&self.path);
    }
}

/// Who holds the lock, if it can be told.
fn holder(path: &Path) -> Option<u32> {
    // Between taking the lock and writing the number passes a moment.
    for _ in 0..5 {
        let mut text = String::new();
        if let Ok(mut file) = File::open(path)
            && file.read_to_string(&mut text).is_ok()
            && let Ok(pid) = text.parse()
        {
            return Some(pid);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

fn in_use(session: &Path, holder: Option<u32>) -> StoreError {
    let session = session.display();
    StoreError::new(match holder {
        Some(pid) if pid == std::process::id() => format!(
            "session {session} is in use by another client of this process ({pid}); disconnect that one first, or use another \
             session file"
        ),
        Some(pid) => format!(
            "session {session} is in use by process {pid}; stop it, or use another session file for this program"
        ),
        None => format!(
            "session {session} is in use by another process; stop it, or use another session file for this program"
        ),
    })
}

#[cfg(unix)]
fn try_lock(path: &Path) -> io::Result<Option<File>> {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    loop {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(e)) => return Err(e),
        }
        // Its last holder may have removed the file between our opening and locking it.
        let ours = file.metadata()?;
        match fs::metadata(path) {
            Ok(there) if (there.dev(), there.ino()) == (ours.dev(), ours.ino()) => {
                return Ok(Some(file));
            }
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
}

#[cfg(windows)]
fn try_lock(path: &Path) -> io::Result<Option<File>> {
    use std::os::windows::fs::OpenOptionsExt;

    const FILE_SHARE_READ: u32 = 1;
    const ERROR_SHARING_VIOLATION: i32 = 32;

    // Windows locks keep readers out as well; sharing the file for reading only keeps out other holders.
    match File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .share_mode(FILE_SHARE_READ)
        .open(path)
    {
        Ok(file) => Ok(Some(file)),
        Err(e) if e.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => Ok(None),
        Err(e) => Err(e),
    }
}

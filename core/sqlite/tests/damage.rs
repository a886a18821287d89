//! Files that are not what they were: nothing panics, nothing is lost by looking, and the error says what to do.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{assert_same, everything, file_key, peer, session_of};
use rusqlite::Connection;
use telewire_core::dc::DcId;
use telewire_core::error::StoreError;
use telewire_core::peers::{PeerId, PeerKey};
use telewire_core::session::{SentFileKind, SessionChange, SessionStore};
use telewire_sqlite::SqliteSession;
use tempfile::{TempDir, tempdir};

/// A session with something of every kind in it.
fn sound() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    let mut store = SqliteSession::open(&path).unwrap();
    store.apply(&everything()).unwrap();
    let peers =
        (1..200).map(|id| SessionChange::Peer(peer(PeerId::User(id), &[&format!("u{id}")])));
    store.apply(&peers.collect::<Vec<_>>()).unwrap();
    store.close().unwrap();
    (folder, path)
}

/// Everything that can be asked of a session.
fn use_all(path: &Path) -> Result<(), StoreError> {
    let mut store = SqliteSession::open(path)?;
    store.load()?;
    store.contents()?;
    store.peer(&PeerKey::Username("u7".into()))?;
    store.sent_file(&file_key(SentFileKind::Photo))?;
    store.apply(&[SessionChange::Peer(peer(PeerId::User(7), &["seven"]))])?;
    store.close()
}

#[test]
fn damage_anywhere_is_an_error_and_no_panic() {
    let (folder, path) = sound();
    let bytes = fs::read(&path).unwrap();
    let damaged = folder.path().join("damaged.session");
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 11).unwrap() % below
    };
    let mut errors = 0;
    for round in 0..150 {
        let mut copy = bytes.clone();
        match round % 3 {
            0 => copy.truncate(next(bytes.len() - 1) + 1),
            1 => {
                let at = next(copy.len() - 64);
                copy[at..at + 64].fill(0xff);
            }
            _ => {
                for _ in 0..20 {
                    let at = next(copy.len());
                    copy[at] ^= 0x55;
                }
            }
        }
        fs::write(&damaged, &copy).unwrap();
        if let Err(error) = use_all(&damaged) {
            let text = error.to_string();
            assert!(text.contains("damaged.session"), "{text}");
            errors += 1;
        }
        for ending in ["", "-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(format!("{}{ending}", damaged.display()));
        }
    }
    assert!(errors > 30, "only {errors} were noticed");
    assert!(use_all(&path).is_ok());
}

#[test]
fn a_value_of_another_kind_is_damage_and_is_left_alone() {
    let wrong = [
        "update sessions set auth_key = x'0102'",
        "update sessions set dc_id = 5000000000",
        "update telewire_keys set auth_key = x'0102' where dc_id = 2",
        "update telewire_user set access_hash = 'none'",
        "update telewire_dcs set port = 70000",
        "update update_state set pts = 5000000000 where id = 0",
    ];
    for sql in wrong {
        let (_folder, path) = sound();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let before = fs::read(&path).unwrap();
        let error = SqliteSession::open(&path).err().unwrap().to_string();
        assert!(
            error.contains("account.session is damaged")
                && error.contains("restore it from a backup"),
            "{sql}: {error}"
        );
        assert!(fs::read(&path).unwrap() == before, "{sql}: it was changed");
    }
}

#[test]
fn what_telethon_can_live_with_is_no_damage() {
    let (_folder, path) = sound();
    let conn = Connection::open(&path).unwrap();
    // A name in place of an address, a port that is none, a state without a date, no row at all.
    conn.execute_batch("update sessions set server_address = 'localhost', port = null")
        .unwrap();
    conn.execute_batch("update update_state set date = null, qts = null")
        .unwrap();
    drop(conn);
    let mut store = SqliteSession::open(&path).unwrap();
    let session = store.load().unwrap();
    assert_eq!(session.home, Some(DcId(4)));
    assert_eq!(session.state.unwrap().date, 0);
    drop(store);
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("delete from sessions").unwrap();
    drop(conn);
    assert!(SqliteSession::open(&path).is_ok());
}

#[test]
fn a_log_that_was_left_behind_is_taken_in() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    let mut store = SqliteSession::open(&path).unwrap();
    store.apply(&everything()).unwrap();
    // As after the power went: the log is there, and part of one more change is in it.
    let (left, log) = (
        folder.path().join("left.session"),
        folder.path().join("left.session-wal"),
    );
    fs::copy(&path, &left).unwrap();
    let mut bytes = fs::read(folder.path().join("account.session-wal")).unwrap();
    bytes.extend_from_slice(&[0x5a; 3000]);
    fs::write(log, bytes).unwrap();
    let mut store = SqliteSession::open(&left).unwrap();
    assert_same(&store.load().unwrap(), &session_of(&everything()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    // Not even root makes files there.
    let error = SqliteSession::open("/proc/account")
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("/proc/account.session"), "{error}");
    assert!(
        error.contains("make its folder writable, or choose another session path"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_of_somebody_else_is_named() {
    use std::os::unix::fs::PermissionsExt;

    let (folder, path) = sound();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        // Root may do everything.
        return;
    }
    let error = SqliteSession::open(&path).err().unwrap().to_string();
    assert!(error.contains("give this user access to it"), "{error}");
    drop(folder);
}

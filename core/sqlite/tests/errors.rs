//! Every way in which a session cannot be opened says what to do.

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{assert_same, everything, session_of};
use rusqlite::Connection;
use telewire_core::session::SessionStore;
use telewire_sqlite::SqliteSession;
use tempfile::tempdir;

#[track_caller]
fn error(path: impl AsRef<Path>) -> String {
    match SqliteSession::open(path) {
        Ok(store) => panic!("{store:?} was opened"),
        Err(e) => e.to_string(),
    }
}

#[test]
fn missing_folder() {
    let folder = tempdir().unwrap();
    let missing = folder.path().join("missing");
    assert_eq!(
        error(missing.join("account")),
        format!(
            "the folder {} does not exist; create it or choose another session path",
            missing.display()
        )
    );
    assert!(!missing.exists());
}

#[test]
fn folder_in_place_of_a_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    fs::create_dir(&path).unwrap();
    assert_eq!(
        error(&path),
        format!(
            "{} is a folder, not a session file; choose another session path",
            path.display()
        )
    );
    assert!(!folder.path().join("account.session.lock").exists());
}

#[test]
fn file_in_place_of_the_folder() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(
        error(file.join("account")),
        format!(
            "the folder {} does not exist; create it or choose another session path",
            file.display()
        )
    );
}

#[test]
fn something_else_than_a_database() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    let text = "the diary of somebody, which is long enough to be a database ".repeat(100);
    fs::write(&path, &text).unwrap();
    assert_eq!(
        error(&path),
        format!(
            "{} is not a session file; choose another session path, or move the file away",
            path.display()
        )
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "it was changed");
}

#[test]
fn database_of_something_else() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    Connection::open(&path)
        .unwrap()
        .execute_batch("create table songs (name)")
        .unwrap();
    let before = fs::read(&path).unwrap();
    assert_eq!(
        error(&path),
        format!(
            "{} is an SQLite database, but not a session; choose another session path",
            path.display()
        )
    );
    assert!(fs::read(&path).unwrap() == before, "it was changed");
}

#[test]
fn newer_version_of_either_kind() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    for (sql, version) in [
        ("update version set version = 9", 9),
        ("update telewire_info set value = 7", 7),
    ] {
        drop(SqliteSession::open(&path).unwrap());
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let before = fs::read(&path).unwrap();
        assert_eq!(
            error(&path),
            format!(
                "session {} has version {version}, which is newer than this program knows; update Telewire, or choose another \
                 session path",
                path.display()
            )
        );
        assert!(fs::read(&path).unwrap() == before, "it was changed");
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn session_without_a_version() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    drop(SqliteSession::open(&path).unwrap());
    Connection::open(&path)
        .unwrap()
        .execute_batch("delete from version")
        .unwrap();
    assert_eq!(
        error(&path),
        format!(
            "session {} is damaged (it has no version); restore it from a backup, or move it away and sign in again",
            path.display()
        )
    );
}

#[test]
fn second_client_of_this_process() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    let mut first = SqliteSession::open(&path).unwrap();
    let expected = format!(
        "session {} is in use by another client of this process ({}); disconnect that one first, or use another session file",
        path.display(),
        std::process::id()
    );
    assert_eq!(error(&path), expected);
    #[cfg(unix)]
    {
        let link = folder.path().join("link.session");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(error(&link), expected, "the same session by another name");
    }
    // The failed attempts have not broken the first one's locks.
    first.apply(&everything()).unwrap();
    drop(first);
    SqliteSession::open(&path).unwrap();
}

#[test]
fn session_of_another_process() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    let mut holder = Holder::start(&path);
    assert_eq!(
        error(&path),
        format!(
            "session {} is in use by process {}; stop it, or use another session file for this program",
            path.display(),
            holder.0.id()
        )
    );

    // Killed in the middle of everything, it leaves its lock file and its log, which are in nobody's way.
    holder.0.kill().unwrap();
    holder.0.wait().unwrap();
    assert!(folder.path().join("account.session.lock").exists());
    let mut store = SqliteSession::open(&path).unwrap();
    assert_same(&store.load().unwrap(), &session_of(&everything()));
}

#[test]
fn session_of_another_kind_of_program() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    drop(SqliteSession::open(&path).unwrap());
    let telethon = Connection::open(&path).unwrap();
    telethon.busy_timeout(Duration::ZERO).unwrap();
    telethon
        .execute_batch("begin immediate; update sessions set port = 80")
        .unwrap();
    let expected = format!(
        "session {} is in use by another program, such as one with Telethon; stop it, or use another session file for this \
         program",
        path.display()
    );
    assert_eq!(error(&path), expected);
    telethon.execute_batch("commit").unwrap();

    // And the other way round.
    let _store = SqliteSession::open(&path).unwrap();
    let locked = telethon
        .execute_batch("update sessions set port = 81")
        .unwrap_err();
    assert_eq!(
        locked.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy)
    );
}

/// A process that has a session open.
struct Holder(Child);

impl Holder {
    fn start(path: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "hold_a_session", "--nocapture"])
            .env("TELEWIRE_TEST_SESSION", path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(
            lines
                .map_while(Result::ok)
                .any(|line| line.contains("holding")),
            "the holder did not start"
        );
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The other process of the tests above, which start this program anew with a path in the environment.
#[test]
fn hold_a_session() {
    let Some(path) = std::env::var_os("TELEWIRE_TEST_SESSION") else {
        return;
    };
    let mut store = SqliteSession::open(path).unwrap();
    store.apply(&everything()).unwrap();
    writeln!(std::io::stdout(), "holding").unwrap();
    let _ = std::io::stdin().read_line(&mut String::new());
    std::process::abort();
}

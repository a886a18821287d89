//! What was applied is there again, all of it or nothing.

mod common;

use std::fs;

use common::{assert_same, everything, file, file_key, key, peer, session_of};
use telewire_core::dc::DcId;
use telewire_core::peers::{PeerId, PeerKey};
use telewire_core::session::{SentFileKind, Session, SessionChange, SessionStore};
use telewire_sqlite::SqliteSession;
use tempfile::tempdir;

#[test]
fn everything_is_there_after_reopening() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account");
    let changes = everything();
    let mut store = SqliteSession::open(&path).unwrap();
    assert_same(&store.load().unwrap(), &Session::default());
    store.apply(&changes).unwrap();
    assert_same(&store.load().unwrap(), &session_of(&changes));
    store.close().unwrap();

    let mut store = SqliteSession::open(&path).unwrap();
    assert_same(&store.load().unwrap(), &session_of(&changes));
}

#[test]
fn each_change_alone_is_kept_as_it_would_be_in_memory() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account");
    let mut changes = everything();
    changes.extend([
        SessionChange::Key(DcId(4), Some(key(44))),
        SessionChange::Key(DcId(2), None),
        SessionChange::Home(DcId(2)),
        SessionChange::Takeout(None),
        SessionChange::Channel(77, None),
        SessionChange::State(None),
        SessionChange::User(None),
        SessionChange::Key(DcId(4), None),
    ]);
    for end in 1..=changes.len() {
        let mut store = SqliteSession::open(&path).unwrap();
        store.apply(&changes[end - 1..end]).unwrap();
        drop(store);
        let mut store = SqliteSession::open(&path).unwrap();
        assert_same(&store.load().unwrap(), &session_of(&changes[..end]));
    }
}

#[test]
fn closed_session_opens_again_by_itself() {
    let folder = tempdir().unwrap();
    let mut store = SqliteSession::open(folder.path().join("account")).unwrap();
    store.apply(&everything()).unwrap();
    store.close().unwrap();
    store.close().unwrap();
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        1,
        "one file is left: no log, no lock"
    );
    store.apply(&[SessionChange::Takeout(None)]).unwrap();
    let session = store.load().unwrap();
    assert_eq!((session.home, session.takeout), (Some(DcId(4)), None));
}

/// What an apply has returned from is on the disk, whatever becomes of this process.
#[test]
fn each_batch_is_there_for_others_at_once() {
    // parity: S-sqlite.commit
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    let mut store = SqliteSession::open(&path).unwrap();
    let changes = everything();
    for end in 1..=changes.len() {
        store.apply(&changes[end - 1..end]).unwrap();
        // As after a crash: what lies there, and nobody who would tidy up.
        let crashed = folder.path().join("crashed.session");
        for ending in ["", "-wal"] {
            let with = |path: &std::path::Path| format!("{}{ending}", path.display());
            fs::copy(with(&path), with(&crashed)).unwrap();
        }
        let mut found = SqliteSession::open(&crashed).unwrap();
        assert_same(&found.load().unwrap(), &session_of(&changes[..end]));
        found.delete().unwrap();
    }
}

#[test]
fn peers_are_found_by_everything_they_are_known_by() {
    let mut store = SqliteSession::in_memory().unwrap();
    let mut user = peer(PeerId::User(5), &["main", "second", "third"]);
    user.phone = Some("42777123".into());
    user.bot = true;
    let channel = peer(PeerId::Channel(5), &["news"]);
    let chat = peer(PeerId::Chat(5), &[]);
    store
        .apply(&[user.clone(), channel.clone(), chat.clone()].map(SessionChange::Peer))
        .unwrap();
    let mut find = |key| store.peer(&key).unwrap();
    for id in [user.id, channel.id, chat.id] {
        assert_eq!(find(PeerKey::Id(id)).unwrap().id, id);
    }
    for name in ["main", "second", "third"] {
        let found = find(PeerKey::Username(name.into())).unwrap();
        assert!(found == user, "found by {name}");
    }
    assert!(find(PeerKey::Phone("42777123".into())).unwrap() == user);
    assert!(find(PeerKey::Username("news".into())).unwrap() == channel);
    assert!(find(PeerKey::Id(chat.id)).unwrap() == chat);
    assert!(find(PeerKey::Name("Peer 5".into())).is_some());
    assert!(find(PeerKey::Name("peer 5".into())).is_none());
    assert!(find(PeerKey::Username("Main".into())).is_none());
    assert!(find(PeerKey::Phone("0".into())).is_none());
    assert!(find(PeerKey::Phone("not a phone".into())).is_none());
    assert!(find(PeerKey::Id(PeerId::User(6))).is_none());
}

#[test]
fn username_leads_to_its_latest_holder() {
    let mut store = SqliteSession::in_memory().unwrap();
    let mut put = |id, usernames: &[&str]| {
        store
            .apply(&[SessionChange::Peer(peer(PeerId::User(id), usernames))])
            .unwrap();
    };
    put(1, &["a", "b", "c"]);
    put(2, &["b"]); // another's second becomes a first
    put(3, &["x", "a"]); // another's first becomes a second
    put(4, &["y", "c"]); // another's third becomes a second
    let mut holder = |name: &str| {
        store
            .peer(&PeerKey::Username(name.into()))
            .unwrap()
            .map(|p| p.id.bare())
    };
    assert_eq!(
        ["a", "b", "c", "x", "y"].map(&mut holder),
        [3, 2, 4, 3, 4].map(Some)
    );
    let usernames = |store: &mut SqliteSession, id| {
        store
            .peer(&PeerKey::Id(PeerId::User(id)))
            .unwrap()
            .unwrap()
            .usernames
    };
    assert!(usernames(&mut store, 1).is_empty());
    assert_eq!(usernames(&mut store, 3), ["x".into(), "a".into()]);

    // What is no longer said of a peer is forgotten.
    store
        .apply(&[SessionChange::Peer(peer(PeerId::User(3), &["x"]))])
        .unwrap();
    assert!(
        store
            .peer(&PeerKey::Username("a".into()))
            .unwrap()
            .is_none()
    );
}

#[test]
fn sent_files_are_kept_apart_by_kind_and_with_their_reference() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account");
    let (photo, document) = (
        file_key(SentFileKind::Photo),
        file_key(SentFileKind::Document),
    );
    let mut store = SqliteSession::open(&path).unwrap();
    store
        .apply(&[
            SessionChange::SentFile(photo.clone(), file(1)),
            SessionChange::SentFile(document.clone(), file(2)),
            SessionChange::SentFile(document.clone(), file(3)),
        ])
        .unwrap();
    drop(store);
    let mut store = SqliteSession::open(&path).unwrap();
    assert_eq!(store.sent_file(&photo).unwrap(), Some(file(1)));
    assert_eq!(store.sent_file(&document).unwrap(), Some(file(3)));
    let mut other = photo;
    other.size += 1;
    assert_eq!(store.sent_file(&other).unwrap(), None);
}

#[test]
fn batch_is_kept_whole_or_not_at_all() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    let mut store = SqliteSession::open(&path).unwrap();
    store.close().unwrap();
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("create trigger t before insert on entities when new.id = 666 begin select raise(abort, 'no'); end")
        .unwrap();
    let good = SessionChange::Peer(peer(PeerId::User(1), &[]));
    let bad = SessionChange::Peer(peer(PeerId::User(666), &[]));
    let mut batch = everything();
    batch.extend([good.clone(), bad]);
    let error = store.apply(&batch).unwrap_err().to_string();
    assert!(
        error.contains("account.session could not be written"),
        "{error}"
    );
    assert_same(&store.load().unwrap(), &Session::default());
    assert!(store.peer(&PeerKey::Id(PeerId::User(1))).unwrap().is_none());

    // The failure leaves the store usable, and what comes next is not mixed with what failed.
    store
        .apply(&[good, SessionChange::Takeout(Some(9))])
        .unwrap();
    drop(store);
    let mut store = SqliteSession::open(&path).unwrap();
    let session = store.load().unwrap();
    assert_eq!(
        (session.takeout, session.home, session.keys.len()),
        (Some(9), None, 0)
    );
    assert!(store.peer(&PeerKey::Id(PeerId::User(1))).unwrap().is_some());
}

#[test]
fn deleted_session_leaves_no_file_until_there_is_a_key_again() {
    // parity: S-sqlite.close
    let folder = tempdir().unwrap();
    let files = || fs::read_dir(&folder).unwrap().count();
    let mut store = SqliteSession::open(folder.path().join("account")).unwrap();
    store.apply(&everything()).unwrap();
    assert!(store.delete().unwrap());
    assert_eq!(files(), 0);
    assert!(!store.delete().unwrap());

    let late = [
        SessionChange::Home(DcId(1)),
        SessionChange::Channel(3, Some(4)),
    ];
    store.apply(&late).unwrap();
    assert_eq!(files(), 0, "a position came late and brought the file back");
    assert_same(&store.load().unwrap(), &session_of(&late));
    assert!(store.peer(&PeerKey::Id(PeerId::User(1))).unwrap().is_none());

    store
        .apply(&[SessionChange::Key(DcId(1), Some(key(1)))])
        .unwrap();
    store.close().unwrap();
    let mut store = SqliteSession::open(folder.path().join("account")).unwrap();
    let session = store.load().unwrap();
    assert_eq!(
        (session.home, session.channels.len(), session.keys.len()),
        (Some(DcId(1)), 1, 1)
    );
    assert!(session.user.is_none());
}

#[test]
fn names_get_their_ending_once_and_are_listed_without_it() {
    // parity: S-sqlite.file, S-sqlite.list, S-abstract.list_sessions
    let folder = tempdir().unwrap();
    assert!(SqliteSession::list(&folder).unwrap().is_empty());
    for (name, file) in [
        ("b", "b.session"),
        ("a.session", "a.session"),
        ("c.v2", "c.v2.session"),
    ] {
        let store = SqliteSession::open(folder.path().join(name)).unwrap();
        assert_eq!(store.path(), Some(&*folder.path().join(file)));
        drop(store);
        assert!(folder.path().join(file).is_file());
    }
    fs::write(folder.path().join("other.txt"), "").unwrap();
    assert_eq!(SqliteSession::list(&folder).unwrap(), ["a", "b", "c.v2"]);
}

#[test]
fn memory_session_makes_no_file_and_outlives_closing() {
    // parity: S-sqlite.close, S-sqlite.file
    let folder = tempdir().unwrap();
    for mut store in [
        SqliteSession::in_memory().unwrap(),
        SqliteSession::open(":memory:").unwrap(),
    ] {
        assert_eq!(store.path(), None);
        store.apply(&everything()).unwrap();
        store.close().unwrap();
        assert_same(&store.load().unwrap(), &session_of(&everything()));
        assert!(store.delete().unwrap());
        assert_same(&store.load().unwrap(), &Session::default());
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn file_and_its_logs_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let mut store = SqliteSession::open(&path).unwrap();
    store.apply(&everything()).unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
        seen += 1;
    }
    assert!(seen >= 3, "the session, its log and its lock");
}

#[test]
fn forgotten_keys_are_gone_from_the_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    let secret = key(0x5a);
    let contains = || {
        let bytes = fs::read(&path).unwrap();
        bytes.windows(64).any(|w| w == &secret.as_bytes()[..64])
    };
    let mut store = SqliteSession::open(&path).unwrap();
    store
        .apply(&[
            SessionChange::Home(DcId(2)),
            SessionChange::Key(DcId(2), Some(secret.clone())),
        ])
        .unwrap();
    store.close().unwrap();
    assert!(contains());
    store.apply(&[SessionChange::Key(DcId(2), None)]).unwrap();
    store.close().unwrap();
    assert!(!contains());
}

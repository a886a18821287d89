//! Files of every Telethon are opened, and that Telethon finds its own in them afterwards.

#[path = "../common/mod.rs"]
mod common;
mod fixture;

use common::{everything, file, file_key, key, peer};
use fixture::{assert_schema, telethon_file};
use rusqlite::Connection;
use rusqlite::types::Value;
use telewire_core::dc::DcId;
use telewire_core::peers::{PeerId, PeerKey};
use telewire_core::session::{
    DcOption, SelfUser, SentFileKind, SessionChange, SessionStore, UpdateState,
};
use telewire_sqlite::SqliteSession;
use tempfile::tempdir;

#[test]
fn every_version_is_read() {
    // parity: S-sqlite.upgrade
    for version in 1..=8 {
        let folder = tempdir().unwrap();
        let path = folder.path().join("account.session");
        telethon_file(&path, version);
        let mut store = SqliteSession::open(&path).unwrap();
        let session = store.load().unwrap();
        assert_eq!(session.home, Some(DcId(4)));
        assert_eq!(
            session.dcs,
            [DcOption::new(
                DcId(4),
                "149.154.167.91".parse().unwrap(),
                443
            )]
        );
        assert_eq!(session.keys[&DcId(4)].as_bytes(), key(4).as_bytes());
        assert_eq!(session.takeout, (version >= 5).then_some(99));
        assert_eq!(session.user, None);
        let state = UpdateState {
            pts: 100,
            qts: 200,
            date: 1_700_000_000,
            seq: 300,
        };
        assert_eq!(session.state, (version >= 4).then_some(state));
        assert_eq!(
            session.channels.into_iter().collect::<Vec<_>>(),
            if version >= 4 {
                vec![(123, 5000)]
            } else {
                vec![]
            }
        );

        let mut find = |key| store.peer(&key).unwrap().unwrap();
        let telegram = find(PeerKey::Phone("42777".into()));
        assert_eq!(
            (telegram.id, telegram.access_hash, &*telegram.name),
            (PeerId::User(777_000), 1, "Telegram")
        );
        assert_eq!(telegram.phone.as_deref(), Some("42777"));
        let channel = find(PeerKey::Username("durov".into()));
        assert_eq!((channel.id, channel.access_hash), (PeerId::Channel(123), 2));
        assert_eq!(find(PeerKey::Name("A group".into())).id, PeerId::Chat(55));
        let sent = store.sent_file(&file_key(SentFileKind::Document)).unwrap();
        assert_eq!(
            sent.map(|file| (file.id, file.access_hash, file.file_reference.len())),
            (version >= 3).then_some((11, 12, 0))
        );
    }
}

#[test]
fn telethon_finds_its_tables_and_what_we_wrote() {
    // parity: S-sqlite.upgrade, S-sqlite.table.version, S-sqlite.table.sessions, S-sqlite.table.entities
    // parity: S-sqlite.table.sent_files, S-sqlite.table.update_state, S-sqlite.date, S-sqlite.set_dc
    for version in 1..=8 {
        let folder = tempdir().unwrap();
        let path = folder.path().join("account.session");
        telethon_file(&path, version);
        let mut store = SqliteSession::open(&path).unwrap();
        store.apply(&everything()).unwrap();
        store
            .apply(&[SessionChange::Home(DcId(2)), SessionChange::Takeout(None)])
            .unwrap();
        let mut user = peer(PeerId::User(5), &["five", "fünf"]);
        user.phone = Some("555".into());
        store
            .apply(&[
                SessionChange::Peer(user),
                SessionChange::Peer(peer(PeerId::Channel(9), &["durov"])),
                SessionChange::SentFile(file_key(SentFileKind::Photo), file(21)),
            ])
            .unwrap();
        store.close().unwrap();

        let conn = Connection::open(&path).unwrap();
        let version = version.max(5);
        assert_schema(&conn, version);
        let journal: String = conn
            .query_row("pragma journal_mode", [], |row| row.get(0))
            .unwrap();
        assert_eq!(journal, "delete");

        // As Telethon reads: all columns, by position.
        let rows = read_all(&conn, "select * from sessions");
        let blob = |bytes: &[u8]| Value::Blob(bytes.to_vec());
        let mut row = vec![
            2.into(),
            "149.154.167.51".to_owned().into(),
            443.into(),
            blob(key(2).as_bytes()),
            Value::Null,
        ];
        if version >= 8 {
            row.push(blob(b""));
        }
        assert_eq!(rows, [row]);
        let entity = |id: i64| {
            read_all(
                &conn,
                &format!("select hash, username, phone, name from entities where id = {id}"),
            )
        };
        assert_eq!(
            entity(5),
            [[
                (-5).into(),
                "five".to_owned().into(),
                555.into(),
                "Peer 5".to_owned().into()
            ]]
        );
        assert_eq!(entity(-1_000_000_000_009)[0][1], "durov".to_owned().into());
        assert_eq!(
            entity(-1_000_000_000_123)[0][1],
            Value::Null,
            "the name has moved on"
        );
        assert!(
            entity(0).is_empty(),
            "the signed-in user is another one now"
        );
        let states = read_all(
            &conn,
            "select id, pts, qts, date, seq from update_state where id in (0, 78) order by id",
        );
        assert_eq!(
            states[0],
            [
                0.into(),
                10.into(),
                20.into(),
                1_700_000_000.into(),
                30.into()
            ]
        );
        assert_eq!(states[1][1], i64::from(i32::MAX).into());
        let sent = read_all(&conn, "select id, hash from sent_files where type = 1");
        assert_eq!(sent, [[21.into(), (!21).into()]]);

        // And as it writes: a value for each column that it knows.
        let marks = if version >= 7 {
            "?1,?1,?1,?1,?1,?1"
        } else {
            "?1,?1,?1,?1,?1"
        };
        conn.execute(
            &format!("insert or replace into entities values ({marks})"),
            [3],
        )
        .unwrap();
    }
}

fn read_all(conn: &Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = conn.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement
        .query_map([], |row| (0..columns).map(|i| row.get(i)).collect())
        .unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn moving_to_another_data_centre_leaves_its_row_alone_and_no_key_of_another() {
    // parity: S-sqlite.set_dc
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    telethon_file(&path, 5);
    let mut store = SqliteSession::open(&path).unwrap();
    let ip = "149.154.175.53".parse().unwrap();
    store
        .apply(&[
            SessionChange::Dc(DcOption::new(DcId(1), ip, 443)),
            SessionChange::Home(DcId(1)),
        ])
        .unwrap();
    store.close().unwrap();
    let rows = || read_all(&Connection::open(&path).unwrap(), "select * from sessions");
    let row = |dc: i64, address: &str, key: &[u8]| {
        let blob = Value::Blob(key.to_vec());
        [[
            dc.into(),
            address.to_owned().into(),
            443.into(),
            blob,
            99.into(),
        ]]
    };
    assert_eq!(rows(), row(1, "149.154.175.53", b""));
    store.apply(&[SessionChange::Home(DcId(4))]).unwrap();
    store.close().unwrap();
    assert_eq!(rows(), row(4, "149.154.167.91", key(4).as_bytes()));
}

#[test]
fn contents_of_every_version_are_listed() {
    for version in 1..=8 {
        let folder = tempdir().unwrap();
        let path = folder.path().join("account.session");
        telethon_file(&path, version);
        let mut store = SqliteSession::open(&path).unwrap();
        let contents = store.contents().unwrap();
        let peers = contents.iter().filter_map(|change| match change {
            SessionChange::Peer(peer) => Some(peer.id),
            _ => None,
        });
        let mut peers: Vec<_> = peers.collect();
        peers.sort();
        assert_eq!(
            peers,
            [
                PeerId::User(777_000),
                PeerId::Chat(55),
                PeerId::Channel(123)
            ]
        );
        let files = contents
            .iter()
            .filter(|c| matches!(c, SessionChange::SentFile(..)));
        assert_eq!(files.count(), usize::from(version >= 3));
        // What was listed makes the same session anew.
        let mut copy = SqliteSession::in_memory().unwrap();
        copy.apply(&contents).unwrap();
        common::assert_same(&copy.load().unwrap(), &store.load().unwrap());
    }
}

#[test]
fn new_file_is_one_that_telethon_1_45_would_have_made() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    drop(SqliteSession::open(&path).unwrap());
    let conn = Connection::open(&path).unwrap();
    assert_schema(&conn, 8);
    let sessions: i64 = conn
        .query_row("select count(*) from sessions", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sessions, 1);
}

#[test]
fn what_we_kept_for_another_sign_in_is_forgotten() {
    let other_key = key(0x77);
    let other_key = &other_key.as_bytes()[..];
    let moved = "update sessions set dc_id = 1, auth_key = ?";
    let replaced = "update sessions set auth_key = ?";
    for (sql, new_key, home) in [
        (replaced, other_key, 4),
        (moved, other_key, 1),
        (replaced, &[], 4),
    ] {
        let folder = tempdir().unwrap();
        let path = folder.path().join("account.session");
        let mut store = SqliteSession::open(&path).unwrap();
        store.apply(&everything()).unwrap();
        store.close().unwrap();
        Connection::open(&path)
            .unwrap()
            .execute(sql, [new_key])
            .unwrap();

        for _ in 0..2 {
            let session = SqliteSession::open(&path).unwrap().load().unwrap();
            assert_eq!(session.home, Some(DcId(home)));
            assert_eq!(session.user, None);
            let keys: Vec<_> = session
                .keys
                .iter()
                .map(|(dc, key)| (dc.0, &key.as_bytes()[..]))
                .collect();
            assert_eq!(
                keys,
                if new_key.is_empty() {
                    vec![]
                } else {
                    vec![(home, new_key)]
                }
            );
        }
    }
}

#[test]
fn same_sign_in_keeps_what_we_know() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account.session");
    let mut store = SqliteSession::open(&path).unwrap();
    store.apply(&everything()).unwrap();
    store.close().unwrap();
    let conn = Connection::open(&path).unwrap();
    conn.execute(
        "insert or replace into update_state values (0, 11, 20, 1700000001.5, 31)",
        [],
    )
    .unwrap();
    conn.execute(
        "update sessions set server_address = '149.154.167.99', takeout_id = 1",
        [],
    )
    .unwrap();
    drop(conn);
    let session = SqliteSession::open(&path).unwrap().load().unwrap();
    let user = SelfUser {
        id: 1234,
        access_hash: i64::MIN,
        bot: true,
    };
    assert_eq!(session.user, Some(user));
    assert_eq!(session.keys.len(), 2);
    assert_eq!(session.state.unwrap().pts, 11);
    assert_eq!(session.state.unwrap().date, 1_700_000_001);
    assert_eq!(session.takeout, Some(1));
    assert_eq!(
        session.dcs[0],
        DcOption::new(DcId(4), "149.154.167.99".parse().unwrap(), 5222)
    );
}

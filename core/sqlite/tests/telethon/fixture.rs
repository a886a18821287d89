//! Session files as each version of Telethon makes them.

use std::path::Path;

use rusqlite::{Connection, params};

use crate::common::key;

/// Name, type, not null, and place in the primary key.
pub(crate) type Column<S> = (S, S, bool, i64);

/// The tables of a version with their columns.
pub(crate) fn tables(version: i64) -> Vec<(&'static str, Vec<Column<&'static str>>)> {
    let mut sessions = vec![
        ("dc_id", "INTEGER", false, 1),
        ("server_address", "TEXT", false, 0),
        ("port", "INTEGER", false, 0),
        ("auth_key", "BLOB", false, 0),
    ];
    let mut entities = vec![
        ("id", "INTEGER", false, 1),
        ("hash", "INTEGER", true, 0),
        ("username", "TEXT", false, 0),
        ("phone", "INTEGER", false, 0),
        ("name", "TEXT", false, 0),
    ];
    if version >= 5 {
        sessions.push(("takeout_id", "INTEGER", false, 0));
    }
    if version >= 7 {
        entities.push(("date", "INTEGER", false, 0));
    }
    if version >= 8 {
        sessions.push(("tmp_auth_key", "BLOB", false, 0));
    }
    let mut all = vec![
        ("version", vec![("version", "INTEGER", false, 1)]),
        ("sessions", sessions),
        ("entities", entities),
    ];
    if version == 2 {
        all.push((
            "sent_files",
            vec![
                ("md5_digest", "BLOB", false, 1),
                ("parts_count", "INTEGER", false, 0),
            ],
        ));
    }
    if version >= 3 {
        all.push((
            "sent_files",
            vec![
                ("md5_digest", "BLOB", false, 1),
                ("file_size", "INTEGER", false, 2),
                ("type", "INTEGER", false, 3),
                ("id", "INTEGER", false, 0),
                ("hash", "INTEGER", false, 0),
            ],
        ));
    }
    if version >= 4 {
        all.push((
            "update_state",
            vec![
                ("id", "INTEGER", false, 1),
                ("pts", "INTEGER", false, 0),
                ("qts", "INTEGER", false, 0),
                ("date", "INTEGER", false, 0),
                ("seq", "INTEGER", false, 0),
            ],
        ));
    }
    all
}

/// Makes a file as the Telethon of that version does, signed in at DC 4.
pub(crate) fn telethon_file(path: &Path, version: i64) {
    let conn = Connection::open(path).unwrap();
    for (name, columns) in tables(version) {
        let mut definitions: Vec<String> = columns
            .iter()
            .map(|(name, kind, not_null, _)| {
                format!(
                    "{name} {}{}",
                    kind.to_lowercase(),
                    if *not_null { " not null" } else { "" }
                )
            })
            .collect();
        let mut keys: Vec<_> = columns.iter().filter(|c| c.3 > 0).collect();
        keys.sort_by_key(|c| c.3);
        let keys: Vec<_> = keys.into_iter().map(|c| c.0).collect();
        if let [single] = keys[..] {
            let place = columns.iter().position(|c| c.0 == single).unwrap();
            definitions[place] += " primary key";
        } else {
            definitions.push(format!("primary key({})", keys.join(", ")));
        }
        conn.execute(
            &format!("create table {name} ({})", definitions.join(", ")),
            [],
        )
        .unwrap();
    }
    conn.execute("insert into version values (?)", [version])
        .unwrap();
    conn.execute(
        "insert into sessions (dc_id, server_address, port, auth_key) values (4, '149.154.167.91', 443, ?)",
        [&key(4).as_bytes()[..]],
    )
    .unwrap();
    if version >= 5 {
        conn.execute("update sessions set takeout_id = 99", [])
            .unwrap();
    }
    if version >= 8 {
        conn.execute("update sessions set tmp_auth_key = x''", [])
            .unwrap();
    }
    let entity = "insert into entities (id, hash, username, phone, name) values (?, ?, ?, ?, ?)";
    conn.execute(
        entity,
        params![777_000, 1, None::<&str>, "42777", "Telegram"],
    )
    .unwrap();
    conn.execute(
        entity,
        params![
            -1_000_000_000_123_i64,
            2,
            "durov",
            None::<&str>,
            "Durov's Channel"
        ],
    )
    .unwrap();
    conn.execute(
        entity,
        params![-55, 0, None::<&str>, None::<&str>, "A group"],
    )
    .unwrap();
    conn.execute(
        entity,
        params![0, 1234, None::<&str>, None::<&str>, None::<&str>],
    )
    .unwrap();
    if version >= 3 {
        conn.execute(
            "insert into sent_files values (?, ?, 0, 11, 12)",
            params![&[0xab_u8; 16][..], 3_000_000_000_i64],
        )
        .unwrap();
    }
    if version >= 4 {
        // Python gives the date as a float.
        conn.execute(
            "insert into update_state values (0, 100, 200, 1700000000.0, 300)",
            [],
        )
        .unwrap();
        conn.execute(
            "insert into update_state values (123, 5000, 0, 1700000000.25, 0)",
            [],
        )
        .unwrap();
    }
}

pub(crate) fn schema(conn: &Connection) -> Vec<(String, Vec<Column<String>>)> {
    let names: Vec<String> = conn
        .prepare("select name from sqlite_master where type = 'table' and name not like 'telewire%' order by rowid")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let columns = |name: &str| {
        conn.prepare("select name, upper(type), \"notnull\", pk from pragma_table_info(?)")
            .unwrap()
            .query_map([name], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    };
    names
        .into_iter()
        .map(|name| (name.clone(), columns(&name)))
        .collect()
}

#[track_caller]
pub(crate) fn assert_schema(conn: &Connection, version: i64) {
    let mut have = schema(conn);
    have.sort();
    let mut want: Vec<(String, Vec<_>)> = tables(version)
        .into_iter()
        .map(|(name, columns)| {
            let columns = columns
                .into_iter()
                .map(|(n, t, not_null, pk)| (n.to_owned(), t.to_owned(), not_null, pk));
            (name.to_owned(), columns.collect())
        })
        .collect();
    want.sort();
    assert_eq!(have, want);
    let stored: i64 = conn
        .query_row("select version from version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(stored, version);
}

//! The tables of a session file: Telethon's, in its versions, and ours.

use rusqlite::Connection;

/// The newest version of Telethon's tables that is known here (Telethon 1.45).
const NEWEST: i64 = 8;
/// The oldest version that is used as it is (Telethon 1.7); older ones are brought to this one, as Telethon does.
const OLDEST: i64 = 5;
/// The version of our own tables.
const OURS: i64 = 1;

/// Telethon's tables as version 8 has them.
const TELETHON: &str = "
    create table version (version integer primary key);
    create table sessions (
        dc_id integer primary key, server_address text, port integer, auth_key blob, takeout_id integer, tmp_auth_key blob
    );
    create table entities (
        id integer primary key, hash integer not null, username text, phone integer, name text, date integer
    );
    create table sent_files (
        md5_digest blob, file_size integer, type integer, id integer, hash integer,
        primary key (md5_digest, file_size, type)
    );
    create table update_state (id integer primary key, pts integer, qts integer, date integer, seq integer);
    insert into version values (8);
    insert into sessions values (0, null, null, x'', null, x'');
";

const SENT_FILES: &str = "
    drop table if exists sent_files;
    create table sent_files (
        md5_digest blob, file_size integer, type integer, id integer, hash integer,
        primary key (md5_digest, file_size, type)
    );
";

const UPDATE_STATE: &str = "create table update_state (id integer primary key, pts integer, qts integer, date integer, seq integer);";

/// What Telethon has no place for. The indices on its table spare us reading all of it for every name.
const TELEWIRE: &str = "
    create table if not exists telewire_info (key text primary key, value) without rowid;
    insert or ignore into telewire_info values ('version', 1);
    create table if not exists telewire_dcs (
        position integer primary key, dc_id integer not null, ip text not null, port integer not null,
        flags integer not null, secret blob
    );
    create table if not exists telewire_keys (dc_id integer primary key, auth_key blob not null);
    create table if not exists telewire_user (
        id integer primary key, access_hash integer not null, bot integer not null
    );
    create table if not exists telewire_usernames (
        username text primary key, id integer not null, position integer not null
    ) without rowid;
    create index if not exists telewire_usernames_id on telewire_usernames (id);
    create table if not exists telewire_bots (id integer primary key);
    create table if not exists telewire_files (
        md5_digest blob, file_size integer, type integer, id integer not null, file_reference blob not null,
        primary key (md5_digest, file_size, type)
    ) without rowid;
    create index if not exists telewire_entities_username on entities (username);
    create index if not exists telewire_entities_phone on entities (phone);
    create index if not exists telewire_entities_name on entities (name);
";

/// Why a database is not used as a session.
pub(crate) enum TableError {
    Sqlite(rusqlite::Error),
    NoSession,
    Damaged(&'static str),
    Newer(i64),
}

impl From<rusqlite::Error> for TableError {
    fn from(e: rusqlite::Error) -> Self {
        Self::Sqlite(e)
    }
}

/// The version of Telethon's tables, which stays what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(i64);

impl Version {
    /// Whether `entities` has a `date`.
    pub(crate) fn has_dates(self) -> bool {
        self.0 >= 7
    }

    /// Whether `sessions` has a `tmp_auth_key`.
    pub(crate) fn has_temporary_keys(self) -> bool {
        self.0 >= 8
    }
}

/// Makes the tables that are missing. To be called in a transaction, which is rolled back on failure.
pub(crate) fn prepare(conn: &Connection) -> Result<Version, TableError> {
    let tables: i64 = conn.query_row("select count(*) from sqlite_master", [], |row| row.get(0))?;
    if tables == 0 {
        conn.execute_batch(TELETHON)?;
    } else if !has_table(conn, "version")? || !has_table(conn, "sessions")? {
        return Err(TableError::NoSession);
    }
    let version = conn.query_row("select version from version", [], |row| row.get(0));
    let version = match version {
        Ok(version) => upgrade(conn, version)?,
        Err(rusqlite::Error::QueryReturnedNoRows) => {
            return Err(TableError::Damaged("it has no version"));
        }
        Err(e) => return Err(e.into()),
    };
    conn.execute_batch(TELEWIRE)?;
    let ours = conn.query_row(
        "select value from telewire_info where key = 'version'",
        [],
        |row| row.get(0),
    )?;
    if ours > OURS {
        return Err(TableError::Newer(ours));
    }
    Ok(Version(version))
}

/// Brings files of Telethon before 1.7 to the oldest version that is used.
fn upgrade(conn: &Connection, version: i64) -> Result<i64, TableError> {
    match version {
        ..1 => return Err(TableError::Damaged("its version is unknown")),
        1..OLDEST => {}
        OLDEST..=NEWEST => return Ok(version),
        _ => return Err(TableError::Newer(version)),
    }
    if version < 3 {
        conn.execute_batch(SENT_FILES)?;
    }
    if version < 4 {
        conn.execute_batch(UPDATE_STATE)?;
    }
    conn.execute_batch("alter table sessions add column takeout_id integer")?;
    conn.execute("update version set version = ?", [OLDEST])?;
    Ok(OLDEST)
}

fn has_table(conn: &Connection, name: &str) -> rusqlite::Result<bool> {
    conn.query_row(
        "select count(*) from sqlite_master where type = 'table' and name = ?",
        [name],
        |row| row.get(0),
    )
}

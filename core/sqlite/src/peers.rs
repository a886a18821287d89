//! Peers: Telethon's `entities`, and beside them what it has no column for.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use telewire_core::peers::{PeerId, PeerKey, PeerRecord};

use crate::tables::Version;

/// Adds a peer, or replaces what was known of it. Usernames that were another peer's now lead here.
pub(crate) fn write(
    conn: &Connection,
    version: Version,
    peer: &PeerRecord,
) -> rusqlite::Result<()> {
    let id = peer.id.marked();
    conn.prepare_cached("delete from telewire_usernames where id = ?")?
        .execute([id])?;
    for (position, username) in (0_u32..).zip(&peer.usernames) {
        conn.prepare_cached("update entities set username = null where username = ? and id <> ?")?
            .execute(params![&**username, id])?;
        if position == 0 {
            // Telethon's column has it.
            conn.prepare_cached("delete from telewire_usernames where username = ?")?
                .execute([&**username])?;
        } else {
            conn.prepare_cached("insert or replace into telewire_usernames values (?, ?, ?)")?
                .execute(params![&**username, id, position])?;
        }
    }
    let main = peer.usernames.first().map(|username| &**username);
    let phone = peer
        .phone
        .as_deref()
        .and_then(|phone| phone.parse::<i64>().ok());
    let name = Some(&*peer.name).filter(|name| !name.is_empty());
    let sql = if version.has_dates() {
        "insert or replace into entities (id, hash, username, phone, name, date)
         values (?, ?, ?, ?, ?, cast(strftime('%s', 'now') as integer))"
    } else {
        "insert or replace into entities (id, hash, username, phone, name) values (?, ?, ?, ?, ?)"
    };
    conn.prepare_cached(sql)?
        .execute(params![id, peer.access_hash, main, phone, name])?;
    let sql = if peer.bot {
        "insert or ignore into telewire_bots values (?)"
    } else {
        "delete from telewire_bots where id = ?"
    };
    conn.prepare_cached(sql)?.execute([id])?;
    Ok(())
}

/// The peer that `key` names. Where Telethon has left several with one name, the one seen last.
pub(crate) fn find(
    conn: &Connection,
    version: Version,
    key: &PeerKey,
) -> rusqlite::Result<Option<PeerRecord>> {
    let select = |condition: &str, value: &dyn ToSql| {
        let date = if version.has_dates() {
            "date desc,"
        } else {
            ""
        };
        let sql = format!(
            "select id, hash, username, phone, name from entities where id <> 0 and {condition} order by {date} id desc limit 1"
        );
        conn.prepare_cached(&sql)?
            .query_row([value], |row| record(conn, row))
            .optional()
    };
    let found = match key {
        PeerKey::Id(id) => select("id = ?", &id.marked())?,
        PeerKey::Username(username) => match select("username = ?", &&**username)? {
            None => select(
                "id = (select id from telewire_usernames where username = ?)",
                &&**username,
            )?,
            found => found,
        },
        PeerKey::Phone(phone) => match phone.parse::<i64>() {
            Ok(phone) => select("phone = ?", &phone)?,
            Err(_) => None,
        },
        PeerKey::Name(name) => select("name = ?", &&**name)?,
    };
    Ok(found.flatten())
}

/// Every peer, those seen last at the end.
pub(crate) fn all(conn: &Connection, version: Version) -> rusqlite::Result<Vec<PeerRecord>> {
    let order = if version.has_dates() { "date" } else { "id" };
    let sql = format!(
        "select id, hash, username, phone, name from entities where id <> 0 order by {order}"
    );
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut peers = Vec::new();
    while let Some(row) = rows.next()? {
        peers.extend(record(conn, row)?);
    }
    Ok(peers)
}

fn record(conn: &Connection, row: &Row<'_>) -> rusqlite::Result<Option<PeerRecord>> {
    let marked: i64 = row.get(0)?;
    let Some(id) = PeerId::from_marked(marked) else {
        return Ok(None);
    };
    let main: Option<Box<str>> = row.get(2)?;
    let mut usernames = Vec::from_iter(main);
    let mut statement = conn
        .prepare_cached("select username from telewire_usernames where id = ? order by position")?;
    for username in statement.query_map([marked], |row| row.get(0))? {
        let username = username?;
        if !usernames.contains(&username) {
            usernames.push(username);
        }
    }
    Ok(Some(PeerRecord {
        id,
        access_hash: row.get(1)?,
        usernames,
        phone: match row.get(3)? {
            Value::Integer(phone) => Some(phone.to_string().into()),
            Value::Text(phone) => Some(phone.into()),
            _ => None,
        },
        name: row.get::<_, Option<Box<str>>>(4)?.unwrap_or_default(),
        bot: conn
            .prepare_cached("select count(*) from telewire_bots where id = ?")?
            .query_row([marked], |row| row.get(0))?,
    }))
}

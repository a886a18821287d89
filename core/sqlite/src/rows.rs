//! Reading and writing what a session is made of.

use std::collections::BTreeMap;
use std::net::IpAddr;

use bytes::Bytes;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use telewire_core::dc::DcId;
use telewire_core::session::{AuthKey, DcOption, SelfUser, Session, SessionChange, UpdateState};

use crate::tables::Version;
use zeroize::Zeroizing;

use crate::{files, peers};

const MEDIA_ONLY: u8 = 1;
const OBFUSCATED_ONLY: u8 = 2;
const CDN: u8 = 4;
const FOR_PROXIES: u8 = 8;
const THIS_PORT_ONLY: u8 = 16;

/// The row of `sessions`.
struct Head {
    dc: DcId,
    address: Option<(IpAddr, u16)>,
    key: Option<AuthKey>,
    takeout: Option<i64>,
}

/// Reads the session; drops what we had kept beside it for a sign-in that is no longer the file's.
pub(crate) fn read(conn: &Connection) -> rusqlite::Result<Session> {
    let mut session = Session {
        dcs: read_dcs(conn)?,
        keys: read_keys(conn)?,
        user: read_user(conn)?,
        ..Session::default()
    };
    read_states(conn, &mut session)?;
    let Some(head) = read_head(conn)? else {
        return Ok(session);
    };
    session.takeout = head.takeout;
    // Both are written together, so a difference means that Telethon has signed in, moved or signed out since.
    let ours = session.keys.get(&head.dc).map(AuthKey::as_bytes);
    if ours != head.key.as_ref().map(AuthKey::as_bytes) {
        session.user = None;
        session.keys = BTreeMap::from_iter(head.key.map(|key| (head.dc, key)));
        write_user(conn, None)?;
        write_keys(conn, &session)?;
    }
    if head.dc.0 != 0 {
        session.home = Some(head.dc);
        if let Some((ip, port)) = head.address
            && !session
                .dcs
                .iter()
                .any(|dc| (dc.id, dc.ip, dc.port) == (head.dc, ip, port))
        {
            session.dcs.insert(0, DcOption::new(head.dc, ip, port));
        }
    }
    Ok(session)
}

/// Writes `changes` to the file of `session`, which does not have them yet.
pub(crate) fn write(
    conn: &Connection,
    version: Version,
    session: &Session,
    changes: &[SessionChange],
) -> rusqlite::Result<()> {
    let (mut head, mut dcs, mut keys) = (false, false, false);
    for change in changes {
        match change {
            SessionChange::Home(_) | SessionChange::Takeout(_) => head = true,
            SessionChange::Dc(_) | SessionChange::Dcs(_) => (head, dcs) = (true, true),
            SessionChange::Key(..) => (head, keys) = (true, true),
            SessionChange::User(user) => write_user(conn, user.as_ref())?,
            SessionChange::State(Some(state)) => write_state(conn, 0, state)?,
            SessionChange::State(None) => forget_state(conn, 0)?,
            SessionChange::Channel(id, Some(pts)) => write_channel(conn, *id, *pts)?,
            SessionChange::Channel(id, None) => forget_state(conn, *id)?,
            SessionChange::Peer(peer) => peers::write(conn, version, peer)?,
            SessionChange::SentFile(key, file) => files::write(conn, key, file)?,
            // A kind of change that a newer core has and this crate does not know must not pass as stored.
            other => return Err(unknown(other)),
        }
    }
    if head {
        let mut next = session.clone();
        changes.iter().for_each(|change| next.apply(change));
        write_head(conn, version, &next)?;
        if dcs {
            write_dcs(conn, &next.dcs)?;
        }
        if keys {
            write_keys(conn, &next)?;
        }
    }
    Ok(())
}

fn read_head(conn: &Connection) -> rusqlite::Result<Option<Head>> {
    conn.query_row(
        "select dc_id, server_address, port, auth_key, takeout_id from sessions order by dc_id desc limit 1",
        [],
        |row| {
            let ip = row.get::<_, Option<String>>(1)?.and_then(|ip| ip.parse().ok());
            let port = row.get::<_, Option<i64>>(2)?.and_then(|port| u16::try_from(port).ok());
            Ok(Head {
                dc: DcId(row.get(0)?),
                address: ip.zip(port),
                key: read_key(row, 3)?,
                takeout: row.get(4)?,
            })
        },
    )
    .optional()
}

/// Telethon keeps an empty blob where there is no key, and takes a key of zeros for none.
fn read_key(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<AuthKey>> {
    let bytes: Option<Vec<u8>> = row.get(column)?;
    let bytes = Zeroizing::new(bytes.unwrap_or_default());
    if bytes.iter().all(|b| *b == 0) {
        return Ok(None);
    }
    // One of another length was a key once; taken for none it would be replaced by a new sign-in.
    let key = AuthKey::from_slice(&bytes);
    key.map(Some).ok_or_else(|| {
        let why = format!("a key of {} bytes", bytes.len());
        rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, why.into())
    })
}

/// One row, as Telethon has it. Its address is that of a plain connection, since Telethon makes no others by default.
fn write_head(conn: &Connection, version: Version, session: &Session) -> rusqlite::Result<()> {
    let dc = session.home.unwrap_or(DcId(0));
    let key = session.keys.get(&dc).map_or(&[][..], |key| key.as_bytes());
    let address = session.home_address();
    let (ip, port) = (address.map(|a| a.ip.to_string()), address.map(|a| a.port));
    if version.has_temporary_keys() {
        // A temporary key of Telethon is bound to the permanent one and goes with it.
        let temporary: Option<Vec<u8>> = conn
            .query_row(
                "select tmp_auth_key from sessions where dc_id = ? and auth_key = ?",
                params![dc.0, key],
                |row| row.get(0),
            )
            .optional()?
            .flatten();
        conn.execute("delete from sessions", [])?;
        conn.execute(
            "insert into sessions (dc_id, server_address, port, auth_key, takeout_id, tmp_auth_key) values (?, ?, ?, ?, ?, ?)",
            params![dc.0, ip, port, key, session.takeout, temporary.unwrap_or_default()],
        )?;
    } else {
        conn.execute("delete from sessions", [])?;
        conn.execute(
            "insert into sessions (dc_id, server_address, port, auth_key, takeout_id) values (?, ?, ?, ?, ?)",
            params![dc.0, ip, port, key, session.takeout],
        )?;
    }
    Ok(())
}

fn read_keys(conn: &Connection) -> rusqlite::Result<BTreeMap<DcId, AuthKey>> {
    let mut keys = BTreeMap::new();
    let mut statement = conn.prepare("select dc_id, auth_key from telewire_keys")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(key) = read_key(row, 1)? {
            keys.insert(DcId(row.get(0)?), key);
        }
    }
    Ok(keys)
}

/// Every key, that of the home data centre included: [`read`] compares it with Telethon's.
fn write_keys(conn: &Connection, session: &Session) -> rusqlite::Result<()> {
    conn.execute("delete from telewire_keys", [])?;
    for (dc, key) in &session.keys {
        conn.execute(
            "insert into telewire_keys values (?, ?)",
            params![dc.0, &key.as_bytes()[..]],
        )?;
    }
    Ok(())
}

fn read_dcs(conn: &Connection) -> rusqlite::Result<Vec<DcOption>> {
    let mut dcs = Vec::new();
    let mut statement =
        conn.prepare("select dc_id, ip, port, flags, secret from telewire_dcs order by position")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(ip) = row.get::<_, String>(1)?.parse() else {
            continue;
        };
        let flags: u8 = row.get(3)?;
        dcs.push(DcOption {
            id: DcId(row.get(0)?),
            ip,
            port: row.get(2)?,
            media_only: flags & MEDIA_ONLY != 0,
            obfuscated_only: flags & OBFUSCATED_ONLY != 0,
            cdn: flags & CDN != 0,
            for_proxies: flags & FOR_PROXIES != 0,
            this_port_only: flags & THIS_PORT_ONLY != 0,
            secret: row.get::<_, Option<Vec<u8>>>(4)?.map(Bytes::from),
        });
    }
    Ok(dcs)
}

fn write_dcs(conn: &Connection, dcs: &[DcOption]) -> rusqlite::Result<()> {
    conn.execute("delete from telewire_dcs", [])?;
    for dc in dcs {
        let flags = u8::from(dc.media_only) * MEDIA_ONLY
            + u8::from(dc.obfuscated_only) * OBFUSCATED_ONLY
            + u8::from(dc.cdn) * CDN
            + u8::from(dc.for_proxies) * FOR_PROXIES
            + u8::from(dc.this_port_only) * THIS_PORT_ONLY;
        conn.execute(
            "insert into telewire_dcs (dc_id, ip, port, flags, secret) values (?, ?, ?, ?, ?)",
            params![
                dc.id.0,
                dc.ip.to_string(),
                dc.port,
                flags,
                dc.secret.as_deref()
            ],
        )?;
    }
    Ok(())
}

fn read_user(conn: &Connection) -> rusqlite::Result<Option<SelfUser>> {
    conn.query_row(
        "select id, access_hash, bot from telewire_user",
        [],
        |row| {
            Ok(SelfUser {
                id: row.get(0)?,
                access_hash: row.get(1)?,
                bot: row.get(2)?,
            })
        },
    )
    .optional()
}

fn write_user(conn: &Connection, user: Option<&SelfUser>) -> rusqlite::Result<()> {
    conn.execute("delete from telewire_user", [])?;
    // Where newer Telethons note who is signed in; they find it out again.
    conn.execute("delete from entities where id = 0", [])?;
    if let Some(user) = user {
        conn.execute(
            "insert into telewire_user values (?, ?, ?)",
            params![user.id, user.access_hash, user.bot],
        )?;
    }
    Ok(())
}

/// `update_state` has the account's state at 0, and newer Telethons keep channels there by their id.
fn read_states(conn: &Connection, session: &mut Session) -> rusqlite::Result<()> {
    let mut statement = conn.prepare(
        "select id, cast(pts as integer), cast(qts as integer), cast(date as integer), cast(seq as integer) from update_state",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number =
            |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i32>>(column)?.unwrap_or(0));
        match row.get(0)? {
            0 => {
                session.state = Some(UpdateState {
                    pts: number(1)?,
                    qts: number(2)?,
                    date: number(3)?,
                    seq: number(4)?,
                });
            }
            id => {
                session.channels.insert(id, number(1)?);
            }
        }
    }
    Ok(())
}

fn write_state(conn: &Connection, id: i64, state: &UpdateState) -> rusqlite::Result<()> {
    conn.prepare_cached("insert or replace into update_state values (?, ?, ?, ?, ?)")?
        .execute(params![id, state.pts, state.qts, state.date, state.seq])?;
    Ok(())
}

fn write_channel(conn: &Connection, id: i64, pts: i32) -> rusqlite::Result<()> {
    // Telethon insists on a date.
    conn.prepare_cached("insert or replace into update_state values (?, ?, 0, cast(strftime('%s', 'now') as integer), 0)")?
        .execute(params![id, pts])?;
    Ok(())
}

fn forget_state(conn: &Connection, id: i64) -> rusqlite::Result<()> {
    conn.prepare_cached("delete from update_state where id = ?")?
        .execute([id])?;
    Ok(())
}

fn unknown(change: &SessionChange) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(format!("no way to store {change:?}").into())
}

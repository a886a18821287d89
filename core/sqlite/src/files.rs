//! Uploads that can be sent again: Telethon's `sent_files`, and beside them the references that it does not keep.

use rusqlite::{Connection, OptionalExtension, params};
use telewire_core::session::{SentFile, SentFileKey, SentFileKind};

/// The upload with that digest, size and kind.
pub(crate) fn find(conn: &Connection, key: &SentFileKey) -> rusqlite::Result<Option<SentFile>> {
    conn.prepare_cached(
        "select f.id, f.hash, t.file_reference from sent_files f
         left join telewire_files t on t.md5_digest = f.md5_digest and t.file_size = f.file_size and t.type = f.type
             and t.id = f.id
         where f.md5_digest = ? and f.file_size = ? and f.type = ?",
    )?
    .query_row(params![key.md5, size(key), kind(key.kind)], |row| {
        Ok(SentFile {
            id: row.get(0)?,
            access_hash: row.get(1)?,
            file_reference: row.get::<_, Option<Vec<u8>>>(2)?.unwrap_or_default().into(),
        })
    })
    .optional()
}

/// Adds an upload, or replaces it.
pub(crate) fn write(conn: &Connection, key: &SentFileKey, file: &SentFile) -> rusqlite::Result<()> {
    conn.prepare_cached("insert or replace into sent_files values (?, ?, ?, ?, ?)")?
        .execute(params![
            key.md5,
            size(key),
            kind(key.kind),
            file.id,
            file.access_hash
        ])?;
    conn.prepare_cached("insert or replace into telewire_files values (?, ?, ?, ?, ?)")?
        .execute(params![
            key.md5,
            size(key),
            kind(key.kind),
            file.id,
            &*file.file_reference
        ])?;
    Ok(())
}

/// Every upload; those of kinds that no Telethon has are passed over.
pub(crate) fn all(conn: &Connection) -> rusqlite::Result<Vec<(SentFileKey, SentFile)>> {
    let mut statement = conn.prepare(
        "select f.md5_digest, f.file_size, f.type, f.id, f.hash, t.file_reference from sent_files f
         left join telewire_files t on t.md5_digest = f.md5_digest and t.file_size = f.file_size and t.type = f.type
             and t.id = f.id",
    )?;
    let mut rows = statement.query([])?;
    let mut files = Vec::new();
    while let Some(row) = rows.next()? {
        let digest = <[u8; 16]>::try_from(row.get::<_, Vec<u8>>(0)?);
        let size = u64::try_from(row.get::<_, i64>(1)?);
        let kind = match row.get(2)? {
            0_i64 => SentFileKind::Document,
            1 => SentFileKind::Photo,
            _ => continue,
        };
        let (Ok(md5), Ok(size)) = (digest, size) else {
            continue;
        };
        let file = SentFile {
            id: row.get(3)?,
            access_hash: row.get(4)?,
            file_reference: row.get::<_, Option<Vec<u8>>>(5)?.unwrap_or_default().into(),
        };
        files.push((SentFileKey { md5, size, kind }, file));
    }
    Ok(files)
}

fn size(key: &SentFileKey) -> i64 {
    i64::try_from(key.size).unwrap_or(i64::MAX)
}

fn kind(kind: SentFileKind) -> i64 {
    match kind {
        SentFileKind::Document => 0,
        SentFileKind::Photo => 1,
    }
}

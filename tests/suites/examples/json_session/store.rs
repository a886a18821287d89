//! The store: what it holds is in memory, and every change is on the disk before the client goes on.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use telewire_core::dc::DcId;
use telewire_core::error::StoreError;
use telewire_core::peers::{PeerId, PeerKey, PeerRecord};
use telewire_core::session::{
    AuthKey, DcOption, MemorySession, SelfUser, SentFile, SentFileKey, SentFileKind, Session,
    SessionChange, SessionStore, UpdateState,
};

/// A session in a JSON file: a list of the changes that lead to it.
pub(crate) struct JsonSession {
    path: PathBuf,
    memory: MemorySession,
}

impl JsonSession {
    /// The session in that file, or a blank one where there is none.
    pub(crate) fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let memory = read(&path)?;
        Ok(Self { path, memory })
    }
}

impl SessionStore for JsonSession {
    fn load(&mut self) -> Result<Session, StoreError> {
        self.memory.load()
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        self.memory.apply(changes)?;
        let written = write(&self.path, &self.memory.contents()?);
        if written.is_err() {
            // A batch is kept whole or not at all.
            self.memory = read(&self.path)?;
        }
        written
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        self.memory.peer(key)
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        self.memory.sent_file(key)
    }

    fn contents(&mut self) -> Result<Vec<SessionChange>, StoreError> {
        self.memory.contents()
    }

    fn close(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        self.memory = MemorySession::new();
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(failed(&self.path, "deleted", e)),
        }
    }
}

fn read(path: &Path) -> Result<MemorySession, StoreError> {
    let mut memory = MemorySession::new();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(memory),
        Err(e) => return Err(failed(path, "read", e)),
    };
    let damaged = |why: &str| {
        let path = path.display();
        StoreError::new(format!(
            "session {path} is damaged ({why}); restore it from a backup"
        ))
    };
    // The error of the parser could show a part of a key.
    let list: Vec<Value> = serde_json::from_str(&text).map_err(|_| damaged("it is not JSON"))?;
    let changes: Option<Vec<_>> = list.iter().map(change).collect();
    memory.apply(&changes.ok_or_else(|| damaged("an entry cannot be read"))?)?;
    Ok(memory)
}

/// Beside the file first, so that it is never there in part.
fn write(path: &Path, changes: &[SessionChange]) -> Result<(), StoreError> {
    let list: Option<Vec<Value>> = changes.iter().map(entry).collect();
    let list = list.ok_or_else(|| {
        StoreError::new(
            "this version of the store cannot keep everything that the client asks it to",
        )
    })?;
    let beside = path.with_extension("json.new");
    let written = (|| {
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(Value::from(list).to_string().as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    written.map_err(|e| failed(path, "written", e))
}

fn failed(path: &Path, attempt: &str, e: io::Error) -> StoreError {
    StoreError::caused(
        format!("session {} could not be {attempt}: {e}", path.display()),
        e,
    )
}

/// A change as an entry of the list; `None` for a kind that this store does not know.
fn entry(change: &SessionChange) -> Option<Value> {
    Some(match change {
        SessionChange::Home(dc) => json!({ "home": dc.0 }),
        SessionChange::Dc(o) => json!({ "dc": {
            "id": o.id.0, "ip": o.ip.to_string(), "port": o.port, "media": o.media_only,
            "obfuscated": o.obfuscated_only, "cdn": o.cdn, "proxies": o.for_proxies,
            "this_port": o.this_port_only, "secret": o.secret.as_deref().map(hex),
        }}),
        SessionChange::Key(dc, key) => {
            json!({ "key": { "dc": dc.0, "key": key.as_ref().map(|key| hex(key.as_bytes())) } })
        }
        SessionChange::User(user) => json!({ "user": user.as_ref().map(|u| {
            json!({ "id": u.id, "hash": u.access_hash, "bot": u.bot })
        })}),
        SessionChange::State(state) => {
            json!({ "state": state.map(|s| [s.pts, s.qts, s.date, s.seq]) })
        }
        SessionChange::Channel(id, pts) => json!({ "channel": [id, pts] }),
        SessionChange::Takeout(id) => json!({ "takeout": id }),
        SessionChange::Peer(p) => json!({ "peer": {
            "id": p.id.marked(), "hash": p.access_hash, "usernames": p.usernames, "phone": p.phone,
            "name": p.name, "bot": p.bot,
        }}),
        SessionChange::SentFile(key, file) => json!({ "file": {
            "md5": hex(&key.md5), "size": key.size, "photo": key.kind == SentFileKind::Photo,
            "id": file.id, "hash": file.access_hash, "reference": hex(&file.file_reference),
        }}),
        _ => return None,
    })
}

/// The change that an entry stands for.
fn change(entry: &Value) -> Option<SessionChange> {
    let (kind, v) = entry.as_object()?.iter().next()?;
    let text = |name: &str| Some(v[name].as_str()?.to_owned());
    Some(match kind.as_str() {
        "home" => SessionChange::Home(dc(v)?),
        "dc" => SessionChange::Dc(DcOption {
            media_only: v["media"].as_bool()?,
            obfuscated_only: v["obfuscated"].as_bool()?,
            cdn: v["cdn"].as_bool()?,
            for_proxies: v["proxies"].as_bool()?,
            this_port_only: v["this_port"].as_bool()?,
            secret: v["secret"]
                .as_str()
                .map(|s| Some(unhex(s)?.into()))
                .unwrap_or_default(),
            ..DcOption::new(
                dc(&v["id"])?,
                text("ip")?.parse().ok()?,
                u16::try_from(v["port"].as_u64()?).ok()?,
            )
        }),
        "key" => {
            let key = v["key"]
                .as_str()
                .map(|key| AuthKey::from_slice(&unhex(key)?));
            SessionChange::Key(dc(&v["dc"])?, key.unwrap_or_default())
        }
        "user" => SessionChange::User(Some(SelfUser {
            id: v["id"].as_i64()?,
            access_hash: v["hash"].as_i64()?,
            bot: v["bot"].as_bool()?,
        })),
        "state" => {
            let number = |i: usize| i32::try_from(v[i].as_i64()?).ok();
            SessionChange::State(Some(UpdateState {
                pts: number(0)?,
                qts: number(1)?,
                date: number(2)?,
                seq: number(3)?,
            }))
        }
        "channel" => {
            let pts = v[1].as_i64().and_then(|pts| i32::try_from(pts).ok());
            SessionChange::Channel(v[0].as_i64()?, pts)
        }
        "takeout" => SessionChange::Takeout(v.as_i64()),
        "peer" => SessionChange::Peer(PeerRecord {
            id: PeerId::from_marked(v["id"].as_i64()?)?,
            access_hash: v["hash"].as_i64()?,
            usernames: strings(&v["usernames"])?,
            phone: text("phone").map(Into::into),
            name: text("name")?.into(),
            bot: v["bot"].as_bool()?,
        }),
        "file" => {
            let photo = v["photo"].as_bool()?;
            let key = SentFileKey {
                md5: unhex(&text("md5")?)?.try_into().ok()?,
                size: v["size"].as_u64()?,
                kind: if photo {
                    SentFileKind::Photo
                } else {
                    SentFileKind::Document
                },
            };
            let file = SentFile {
                id: v["id"].as_i64()?,
                access_hash: v["hash"].as_i64()?,
                file_reference: unhex(&text("reference")?)?.into(),
            };
            SessionChange::SentFile(key, file)
        }
        _ => return None,
    })
}

fn dc(value: &Value) -> Option<DcId> {
    Some(DcId(i32::try_from(value.as_i64()?).ok()?))
}

fn strings(value: &Value) -> Option<Vec<Box<str>>> {
    let texts = value.as_array()?.iter();
    texts.map(|text| Some(text.as_str()?.into())).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}

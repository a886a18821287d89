//! State that outlives the process: one JSON file, and one file for each stored file's bytes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::Content;
use crate::keys::Key;
use crate::options::Options;
use crate::server::Server;
use crate::world::World;

const STATE: &str = "state.json";
const FILES: &str = "files";

/// What is written, borrowed.
#[derive(Serialize)]
struct Saved<'a> {
    version: u32,
    keys: &'a BTreeMap<i64, Key>,
    world: &'a World,
}

/// What is read.
#[derive(Deserialize)]
struct Loaded {
    version: u32,
    keys: BTreeMap<i64, Key>,
    world: World,
}

const VERSION: u32 = 1;

/// The server of an earlier run, `None` if the folder holds none.
pub(crate) fn load(options: &Options, dir: &Path) -> io::Result<Option<Server>> {
    let text = match fs::read(dir.join(STATE)) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let loaded: Loaded = serde_json::from_slice(&text)?;
    if loaded.version != VERSION {
        return Err(io::Error::other(format!(
            "state of version {}, not {VERSION}",
            loaded.version
        )));
    }
    let mut world = loaded.world;
    for (id, file) in &mut world.files.stored {
        file.content = Content::Bytes(fs::read(blob(dir, *id))?.into());
    }
    let mut server = Server::with_world(options.clone(), world);
    server.keys = loaded.keys;
    server.dirty = false;
    Ok(Some(server))
}

/// Writes the state if it has changed since the last time. Whoever reads it sees the old or the new one.
pub(crate) fn save(server: &mut Server, dir: &Path) -> io::Result<()> {
    if !std::mem::take(&mut server.dirty) {
        return Ok(());
    }
    fs::create_dir_all(dir.join(FILES))?;
    for (id, file) in &server.world.files.stored {
        let path = blob(dir, *id);
        if !path.exists() {
            replace(&path, &file.content.part(0, file.content.len()))?;
        }
    }
    let saved = Saved {
        version: VERSION,
        keys: &server.keys,
        world: &server.world,
    };
    replace(&dir.join(STATE), &serde_json::to_vec(&saved)?)
}

fn blob(dir: &Path, id: i64) -> PathBuf {
    dir.join(FILES).join(id.to_string())
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    fs::write(&fresh, bytes)?;
    fs::rename(fresh, path)
}

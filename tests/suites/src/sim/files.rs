//! Files in memory.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use telewire_core::runtime::File;

use super::{SimRuntime, lock};

/// An open file of a world.
pub struct SimFile {
    runtime: SimRuntime,
    path: Mutex<PathBuf>,
    data: Arc<Mutex<Vec<u8>>>,
}

impl SimFile {
    pub(super) fn new(runtime: SimRuntime, path: PathBuf, data: Arc<Mutex<Vec<u8>>>) -> Self {
        Self {
            runtime,
            path: Mutex::new(path),
            data,
        }
    }
}

impl File for SimFile {
    async fn read_at(&self, offset: u64, len: usize) -> io::Result<Bytes> {
        let data = lock(&self.data);
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(data.len());
        let end = start.saturating_add(len).min(data.len());
        Ok(Bytes::copy_from_slice(&data[start..end]))
    }

    async fn write_at(&self, offset: u64, part: Bytes) -> io::Result<()> {
        let mut data = lock(&self.data);
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let end = start + part.len();
        if data.len() < end {
            data.resize(end, 0);
        }
        data[start..end].copy_from_slice(&part);
        Ok(())
    }

    async fn len(&self) -> io::Result<u64> {
        Ok(lock(&self.data).len() as u64)
    }

    async fn remove(&self) -> io::Result<()> {
        self.runtime.world().files.remove(&*lock(&self.path));
        Ok(())
    }

    async fn rename(&self, to: PathBuf) -> io::Result<()> {
        let mut path = lock(&self.path);
        let mut world = self.runtime.world();
        world.files.remove(&*path);
        world.files.insert(to.clone(), Arc::clone(&self.data));
        *path = to;
        Ok(())
    }
}

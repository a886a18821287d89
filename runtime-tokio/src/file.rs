//! Files on tokio's threads for blocking work.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use telewire_core::runtime;
use tokio::runtime::Handle;

use crate::runtime::unblock_on;

/// An open file of the operating system.
#[derive(Clone, Debug)]
pub struct File {
    inner: Arc<Inner>,
    handle: Handle,
}

#[derive(Debug)]
struct Inner {
    file: std::fs::File,
    /// Where the file is now; held while it is renamed.
    path: Mutex<PathBuf>,
}

impl File {
    pub(crate) fn open(handle: Handle, path: PathBuf, mode: runtime::Mode) -> io::Result<Self> {
        let file = match mode {
            runtime::Mode::Read => std::fs::File::open(&path)?,
            runtime::Mode::Create => {
                if let Some(parent) = path.parent() {
                    std::fs::create_dir_all(parent)?;
                }
                std::fs::File::options()
                    .read(true)
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .open(&path)?
            }
        };
        Ok(Self {
            inner: Arc::new(Inner {
                file,
                path: Mutex::new(path),
            }),
            handle,
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Inner) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let inner = self.inner.clone();
        unblock_on(&self.handle, move || f(&inner)).await
    }
}

impl runtime::File for File {
    async fn read_at(&self, offset: u64, len: usize) -> io::Result<Bytes> {
        self.run(move |inner| {
            let mut buf = vec![0; len];
            let mut filled = 0;
            while filled < len {
                match read_at(&inner.file, &mut buf[filled..], offset + filled as u64) {
                    Ok(0) => break,
                    Ok(n) => filled += n,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => return Err(e),
                }
            }
            buf.truncate(filled);
            Ok(buf.into())
        })
        .await
    }

    async fn write_at(&self, offset: u64, data: Bytes) -> io::Result<()> {
        self.run(move |inner| {
            let mut written = 0;
            while written < data.len() {
                match write_at(&inner.file, &data[written..], offset + written as u64) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(n) => written += n,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => return Err(e),
                }
            }
            Ok(())
        })
        .await
    }

    async fn len(&self) -> io::Result<u64> {
        self.run(|inner| Ok(inner.file.metadata()?.len())).await
    }

    async fn rename(&self, to: PathBuf) -> io::Result<()> {
        self.run(move |inner| {
            inner.file.sync_all()?;
            let mut path = inner.path.lock().unwrap_or_else(PoisonError::into_inner);
            std::fs::rename(&*path, &to)?;
            *path = to;
            Ok(())
        })
        .await
    }

    async fn remove(&self) -> io::Result<()> {
        self.run(|inner| {
            let path = inner.path.lock().unwrap_or_else(PoisonError::into_inner);
            std::fs::remove_file(&*path)
        })
        .await
    }
}

#[cfg(unix)]
fn read_at(file: &std::fs::File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, offset)
}

#[cfg(unix)]
fn write_at(file: &std::fs::File, buf: &[u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, buf, offset)
}

#[cfg(windows)]
fn read_at(file: &std::fs::File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, offset)
}

#[cfg(windows)]
fn write_at(file: &std::fs::File, buf: &[u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, buf, offset)
}

//! Files of the operating system, for any runtime that can run a job where it may block.

use std::fmt;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use telewire_core::runtime::{self, Mode, Runtime};

/// An open file. Every operation is a job for [`Runtime::unblock`].
pub struct File<R> {
    inner: Arc<Inner>,
    runtime: R,
}

#[derive(Debug)]
struct Inner {
    file: fs::File,
    /// Where the file is now; held while it is renamed.
    path: Mutex<PathBuf>,
}

impl<R: Runtime> File<R> {
    /// Opens a file, which is what [`Runtime::open`] of a native runtime does.
    ///
    /// # Errors
    /// Those of the operating system.
    pub async fn open(runtime: R, path: PathBuf, mode: Mode) -> io::Result<Self> {
        let inner = runtime
            .clone()
            .unblock(move || Inner::open(path, mode))
            .await?;
        Ok(Self {
            inner: Arc::new(inner),
            runtime,
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Inner) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let inner = Arc::clone(&self.inner);
        self.runtime.clone().unblock(move || f(&inner)).await
    }
}

impl<R: Runtime> runtime::File for File<R> {
    async fn read_at(&self, offset: u64, len: usize) -> io::Result<Bytes> {
        self.run(move |inner| inner.read_at(offset, len)).await
    }

    async fn write_at(&self, offset: u64, data: Bytes) -> io::Result<()> {
        self.run(move |inner| inner.write_at(offset, &data)).await
    }

    async fn len(&self) -> io::Result<u64> {
        self.run(|inner| Ok(inner.file.metadata()?.len())).await
    }

    async fn rename(&self, to: PathBuf) -> io::Result<()> {
        self.run(move |inner| {
            inner.file.sync_all()?;
            let mut path = inner.path();
            fs::rename(&*path, &to)?;
            *path = to;
            Ok(())
        })
        .await
    }

    async fn remove(&self) -> io::Result<()> {
        self.run(|inner| fs::remove_file(&*inner.path())).await
    }
}

impl<R> fmt::Debug for File<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("path", &*self.inner.path())
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn open(path: PathBuf, mode: Mode) -> io::Result<Self> {
        let file = match mode {
            Mode::Read => fs::File::open(&path)?,
            Mode::Create => {
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent)?;
                }
                fs::File::options()
                    .read(true)
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .open(&path)?
            }
        };
        Ok(Self {
            file,
            path: Mutex::new(path),
        })
    }

    /// Locks the path, which is whole whatever happened to other holders.
    fn path(&self) -> MutexGuard<'_, PathBuf> {
        self.path.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_at(&self, offset: u64, len: usize) -> io::Result<Bytes> {
        let mut buf = vec![0; len];
        let mut filled = 0;
        while filled < len {
            match read_at(&self.file, &mut buf[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        buf.truncate(filled);
        Ok(buf.into())
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut written = 0;
        while written < data.len() {
            match write_at(&self.file, &data[written..], offset + written as u64) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => written += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn read_at(file: &fs::File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, offset)
}

#[cfg(unix)]
fn write_at(file: &fs::File, buf: &[u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, buf, offset)
}

#[cfg(windows)]
fn read_at(file: &fs::File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, offset)
}

#[cfg(windows)]
fn write_at(file: &fs::File, buf: &[u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, buf, offset)
}

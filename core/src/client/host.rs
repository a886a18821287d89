//! The runtime as the client sees it: without its type.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;

use crate::runtime::{File, Mode, Runtime};
use crate::time::Now;

/// A [`Runtime`] behind a pointer, so that [`Client`](crate::client::Client) is one type on all of them.
pub(crate) trait Host: Send + Sync {
    fn now(&self) -> Now;
    fn unblock(&self, f: Box<dyn FnOnce() + Send>) -> BoxFuture<'static, ()>;
    fn open(&self, path: PathBuf, mode: Mode) -> BoxFuture<'static, io::Result<FileHandle>>;
}

impl<R: Runtime> Host for R {
    fn now(&self) -> Now {
        Runtime::now(self)
    }

    fn unblock(&self, f: Box<dyn FnOnce() + Send>) -> BoxFuture<'static, ()> {
        Box::pin(Runtime::unblock(self.clone(), f))
    }

    fn open(&self, path: PathBuf, mode: Mode) -> BoxFuture<'static, io::Result<FileHandle>> {
        let opening = Runtime::open(self.clone(), path, mode);
        Box::pin(async move {
            let file = opening.await?;
            Ok(FileHandle(Arc::new(file)))
        })
    }
}

/// An open file of whichever runtime; clones share it.
#[derive(Clone)]
pub struct FileHandle(Arc<dyn AnyFile>);

impl FileHandle {
    /// Up to `len` bytes from `offset`; fewer only at the end of the file.
    pub async fn read_at(&self, offset: u64, len: usize) -> io::Result<Bytes> {
        self.0.read_at(offset, len).await
    }

    /// Writes all of `data` at `offset`.
    pub async fn write_at(&self, offset: u64, data: Bytes) -> io::Result<()> {
        self.0.write_at(offset, data).await
    }

    /// The present length in bytes.
    pub async fn len(&self) -> io::Result<u64> {
        self.0.len().await
    }

    /// Flushes the file and gives it another name, replacing what was there.
    pub async fn rename(&self, to: PathBuf) -> io::Result<()> {
        self.0.rename(to).await
    }

    /// Deletes the file.
    pub async fn remove(&self) -> io::Result<()> {
        self.0.remove().await
    }
}

impl fmt::Debug for FileHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileHandle")
    }
}

trait AnyFile: Send + Sync {
    fn read_at(&self, offset: u64, len: usize) -> BoxFuture<'_, io::Result<Bytes>>;
    fn write_at(&self, offset: u64, data: Bytes) -> BoxFuture<'_, io::Result<()>>;
    fn len(&self) -> BoxFuture<'_, io::Result<u64>>;
    fn rename(&self, to: PathBuf) -> BoxFuture<'_, io::Result<()>>;
    fn remove(&self) -> BoxFuture<'_, io::Result<()>>;
}

impl<F: File> AnyFile for F {
    fn read_at(&self, offset: u64, len: usize) -> BoxFuture<'_, io::Result<Bytes>> {
        Box::pin(File::read_at(self, offset, len))
    }

    fn write_at(&self, offset: u64, data: Bytes) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(File::write_at(self, offset, data))
    }

    fn len(&self) -> BoxFuture<'_, io::Result<u64>> {
        Box::pin(File::len(self))
    }

    fn rename(&self, to: PathBuf) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(File::rename(self, to))
    }

    fn remove(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(File::remove(self))
    }
}

//! Downloading files.

use std::fmt;
use std::path::PathBuf;

use bytes::Bytes;
use telewire_core::client::Download;
use telewire_core::{Error, client};

use crate::client::Client;
use crate::objects::Message;

impl Client {
    /// Saves a file and returns where it is; `None` if there is nothing to download.
    ///
    /// `to` is the file to write, or a directory (or `""`, the current one), which gets a name that the sender chose or
    /// that tells kind and date. A name that was chosen here never replaces a file: `photo (1).jpg` follows `photo.jpg`.
    /// Missing directories are made. The file has its name only once it is complete.
    ///
    /// Progress is reported on the calling thread.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the file cannot be written or the photo has no such version, and the server's errors. What had
    /// come until then is removed.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client, message: telewire_blocking::objects::Message) -> Result<(), telewire_blocking::Error> {
    /// use telewire_blocking::Download;
    ///
    /// let download = Download::of(&message).progress(|got, total| println!("{got} of {total:?}"));
    /// if let Some(path) = client.download_media(download, "downloads/")? {
    ///     println!("saved as {}", path.display());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn download_media(
        &self,
        what: impl Into<Download>,
        to: impl Into<PathBuf>,
    ) -> Result<Option<PathBuf>, Error> {
        self.wait(self.as_async().download_media(what, to))
    }

    /// Downloads a file into memory; `None` if there is nothing to download.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the photo has no such version, and the server's errors.
    pub fn download_bytes(&self, what: impl Into<Download>) -> Result<Option<Vec<u8>>, Error> {
        self.wait(self.as_async().download_bytes(what))
    }

    /// Downloads a file chunk by chunk, in order, holding no more than a few chunks in memory.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the photo has no such version or the part size is not one that the server takes.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client, message: telewire_blocking::objects::Message) -> Result<(), telewire_blocking::Error> {
    /// for chunk in client.iter_download(&message)? {
    ///     println!("{} bytes more", chunk?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter_download(&self, what: impl Into<Download>) -> Result<Chunks, Error> {
        let inner = self.as_async().iter_download(what)?;
        Ok(Chunks {
            inner,
            client: self.clone(),
        })
    }
}

/// A file on its way, chunk by chunk; made by [`Client::iter_download`]. After an error the download is over.
pub struct Chunks {
    inner: client::Chunks,
    client: Client,
}

impl Chunks {
    /// Whether there is a file at all.
    pub fn exists(&self) -> bool {
        self.inner.exists()
    }
}

impl Iterator for Chunks {
    type Item = Result<Bytes, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.client.wait(self.inner.next()).transpose()
    }
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl From<&Message> for Download {
    fn from(message: &Message) -> Self {
        (&**message).into()
    }
}

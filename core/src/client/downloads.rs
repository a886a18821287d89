//! Downloading files.
//!
//! [`files::Download`](crate::files::Download) decides which piece is asked for when; what is here carries the requests
//! and writes what comes to its place.

mod locate;
mod run;
mod what;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::client::uploads::Progress;
use crate::client::{Client, FileHandle};
use crate::error::Error;
use crate::files::{self, alternative, extension, propose};
use crate::runtime::Mode;
use crate::time::Unix;

use locate::{Label, Located, Place};
use run::Run;
pub use what::Download;

impl Client {
    /// Saves a file and returns where it is; `None` if there is nothing to download.
    ///
    /// `to` is the file to write, or a directory (or `""`, the current one), which gets a name that the sender chose or
    /// that tells kind and date. A name that was chosen here never replaces a file: `photo (1).jpg` follows `photo.jpg`.
    /// Missing directories are made. The file has its name only once it is complete.
    ///
    /// A dropped future stops the download and leaves what had come under a name that ends in `.part`.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the file cannot be written or the photo has no such version, and the server's errors. What had
    /// come until then is removed.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client, message: telewire_core::types::Message) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Download;
    ///
    /// let download = Download::of(&message).progress(|got, total| println!("{got} of {total:?}"));
    /// if let Some(path) = client.download_media(download, "downloads/").await? {
    ///     println!("saved as {}", path.display());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download_media(
        &self,
        what: impl Into<Download>,
        to: impl Into<PathBuf>,
    ) -> Result<Option<PathBuf>, Error> {
        let download = what.into();
        let Some(located) = download.locate()? else {
            return Ok(None);
        };
        let path = self.destination(to.into(), &located.label).await?;
        let partial = partial(&path, self.random_id());
        let unwritable = |e: io::Error| {
            let shown = path.display();
            Error::misuse(format!(
                "{shown} cannot be written ({e}); check the folder, its permissions and the space left"
            ))
        };
        let file = self.open(partial, Mode::Create).await.map_err(unwritable)?;
        let written = match self.write(download, located.place, &file, unwritable).await {
            Ok(()) => file.rename(path.clone()).await.map_err(unwritable),
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            // The reason for giving up is what the caller needs; a leftover is harmless.
            let _ = file.remove().await;
            return Err(error);
        }
        Ok(Some(path))
    }

    /// Downloads a file into memory; `None` if there is nothing to download.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the photo has no such version, and the server's errors.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client, message: telewire_core::types::Message) -> Result<(), telewire_core::Error> {
    /// if let Some(bytes) = client.download_bytes(&message).await? {
    ///     println!("{} bytes", bytes.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download_bytes(
        &self,
        what: impl Into<Download>,
    ) -> Result<Option<Vec<u8>>, Error> {
        let mut chunks = self.iter_download(what)?;
        let mut whole = Vec::new();
        let mut any = chunks.exists();
        while let Some(chunk) = chunks.next().await? {
            any = true;
            whole.extend_from_slice(&chunk);
        }
        Ok(any.then_some(whole))
    }

    /// Downloads a file chunk by chunk, in order, holding no more than a few chunks in memory.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the photo has no such version or the part size is not one that the server takes.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client, message: telewire_core::types::Message) -> Result<(), telewire_core::Error> {
    /// let mut chunks = client.iter_download(&message)?;
    /// while let Some(chunk) = chunks.next().await? {
    ///     println!("{} bytes more", chunk.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter_download(&self, what: impl Into<Download>) -> Result<Chunks, Error> {
        let download = what.into();
        let state = match download.locate()? {
            None => State::Done { existed: false },
            Some(Located {
                place: Place::Here(bytes),
                ..
            }) => State::Here(bytes),
            Some(Located {
                place: Place::Remote { location, dc, size },
                ..
            }) => {
                let plan = files::Download::new(size, download.part_size, 0)?;
                let origin = download.again();
                let run = Run::new(self, plan, (*location, dc), origin, download.progress);
                State::Remote {
                    run: Box::new(run),
                    next: 0,
                    early: BTreeMap::new(),
                }
            }
        };
        Ok(Chunks { state })
    }

    async fn write(
        &self,
        download: Download,
        place: Place,
        file: &FileHandle,
        unwritable: impl Fn(io::Error) -> Error,
    ) -> Result<(), Error> {
        match place {
            Place::Here(bytes) => file.write_at(0, bytes).await.map_err(unwritable),
            Place::Remote { location, dc, size } => {
                let plan = files::Download::new(size, download.part_size, 0)?;
                let origin = download.again();
                let mut run = Run::new(self, plan, (*location, dc), origin, download.progress);
                while let Some((offset, bytes)) = run.next().await? {
                    file.write_at(offset, bytes).await.map_err(&unwritable)?;
                    run.taken(offset);
                }
                Ok(())
            }
        }
    }

    /// The file to write: `to` itself where it names one, else a free name in that directory.
    async fn destination(&self, to: PathBuf, label: &Label) -> Result<PathBuf, Error> {
        let shown = to.to_string_lossy();
        let is_directory = shown.is_empty() || shown.ends_with(['/', std::path::MAIN_SEPARATOR]);
        let (directory, name) = if is_directory || self.is_directory(&to).await {
            let candidates: Vec<&str> = label.candidates.iter().map(String::as_str).collect();
            let date = label
                .date
                .map_or(self.now().wall, |d| Unix::from_secs(d.into()));
            (to, propose(&candidates, label.kind, date, &label.extension))
        } else {
            let name = to
                .file_name()
                .map(|n| n.to_string_lossy().into_owned())
                .unwrap_or_default();
            if extension(&name).is_some() || label.extension.is_empty() {
                return Ok(to);
            }
            (
                to.parent().map(Path::to_path_buf).unwrap_or_default(),
                name + &label.extension,
            )
        };
        for n in 0..10_000 {
            let path = directory.join(alternative(&name, n));
            let taken = self.open(path.clone(), Mode::Read).await;
            if matches!(taken, Err(e) if e.kind() == io::ErrorKind::NotFound) {
                return Ok(path);
            }
        }
        Err(Error::misuse(format!(
            "{} has too many files called {name} already; name the file to write",
            directory.display()
        )))
    }

    /// Whether that is a directory: what opens, but does not read.
    async fn is_directory(&self, path: &Path) -> bool {
        match self.open(path.to_path_buf(), Mode::Read).await {
            Ok(file) => file.read_at(0, 1).await.is_err(),
            Err(_) => false,
        }
    }
}

/// A file on its way, chunk by chunk; made by [`Client::iter_download`].
pub struct Chunks {
    state: State,
}

enum State {
    Here(Bytes),
    Remote {
        run: Box<Run>,
        next: u64,
        /// Pieces that came before their turn.
        early: BTreeMap<u64, Bytes>,
    },
    Done {
        existed: bool,
    },
}

impl Chunks {
    /// The next chunk; `None` at the end of the file.
    ///
    /// # Errors
    /// The server's errors; after one the download is over.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let found = self.advance().await;
        if !matches!(found, Ok(Some(_))) {
            let existed = self.exists();
            self.state = State::Done { existed };
        }
        found
    }

    /// Whether there is a file at all.
    pub fn exists(&self) -> bool {
        !matches!(self.state, State::Done { existed: false })
    }

    async fn advance(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.state {
            State::Done { .. } => Ok(None),
            State::Here(bytes) => Ok(Some(std::mem::take(bytes)).filter(|b| !b.is_empty())),
            State::Remote { run, next, early } => loop {
                if let Some(bytes) = early.remove(next) {
                    run.taken(*next);
                    *next = next.saturating_add(bytes.len() as u64);
                    return Ok(Some(bytes));
                }
                match run.next().await? {
                    Some((offset, bytes)) => {
                        early.insert(offset, bytes);
                    }
                    None => return Ok(None),
                }
            },
        }
    }
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks").finish_non_exhaustive()
    }
}

/// Where a file is written until it is complete.
fn partial(path: &Path, random: i64) -> PathBuf {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    path.with_file_name(format!("{name}.{random:016x}.part"))
}

#[cfg(test)]
mod tests;

//! Downloading files.
//!
//! [`files::Download`](crate::files::Download) decides which piece is asked for when; what is here carries the requests
//! and writes what comes to its place.

mod locate;
mod run;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use telewire_schema::{functions, types};

use crate::client::uploads::Progress;
use crate::client::{Client, FileHandle, undecoded};
use crate::engine::Request;
use crate::error::Error;
use crate::files::{self, alternative, extension, propose};
use crate::objects::Message;
use crate::peers::{PeerId, PeerKey};
use crate::runtime::Mode;
use crate::time::Unix;

use locate::{Label, Located, Place, Thumb};
use run::Run;

/// What to download, and how.
///
/// It is made from, and every method takes instead of it: a message, a message's media, a photo or a document, each by
/// reference. A file that came with a message can be downloaded long afterwards, since its
/// [reference](https://core.telegram.org/api/file-references) is renewed by fetching that message again.
///
/// ```no_run
/// # async fn f(client: telewire_core::Client, message: telewire_core::types::Message) -> Result<(), telewire_core::Error> {
/// use telewire_core::client::Download;
///
/// let path = client.download_media(&message, "downloads/").await?;
/// let preview = client.download_bytes(Download::of(&message).thumb(0)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Download {
    what: What,
    date: Option<i32>,
    origin: Option<(PeerId, i32)>,
    thumb: Option<Thumb>,
    part_size: Option<u64>,
    progress: Option<Progress>,
}

#[derive(Clone)]
enum What {
    Media(types::MessageMedia),
    Photo(types::Photo),
    Document(types::Document),
    Nothing,
}

impl Download {
    /// The file in that message, media, photo or document.
    pub fn of(what: impl Into<Self>) -> Self {
        what.into()
    }

    /// A smaller version of a photo, or a preview of a document, counted from the smallest; −1 is the largest.
    pub fn thumb(mut self, index: i32) -> Self {
        self.thumb = Some(Thumb::Index(index));
        self
    }

    /// The version of that [type](https://core.telegram.org/api/files#image-thumbnail-types), such as `"m"`.
    pub fn thumb_type(mut self, letter: impl Into<String>) -> Self {
        self.thumb = Some(Thumb::Type(letter.into()));
        self
    }

    /// The size of a piece in bytes: 4, 8, 16, …, 1,024 KiB. By default it follows from the size of the file.
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = Some(bytes);
        self
    }

    /// Calls `report` with the bytes received so far and all bytes, if that is known, after every piece.
    pub fn progress(mut self, report: impl FnMut(u64, Option<u64>) + Send + 'static) -> Self {
        self.progress = Some(Arc::new(Mutex::new(report)));
        self
    }

    fn new(what: What) -> Self {
        Self {
            what,
            date: None,
            origin: None,
            thumb: None,
            part_size: None,
            progress: None,
        }
    }

    fn locate(&self) -> Result<Option<Located>, Error> {
        locate(&self.what, self.date, self.thumb.as_ref())
    }

    fn again(&self) -> Option<Origin> {
        let (chat, id) = self.origin?;
        Some(Origin {
            chat,
            id,
            thumb: self.thumb.clone(),
        })
    }
}

impl From<&types::MessageMedia> for Download {
    fn from(media: &types::MessageMedia) -> Self {
        Self::new(What::Media(media.clone()))
    }
}

impl From<&types::MessageData> for Download {
    fn from(message: &types::MessageData) -> Self {
        let what = message.media.clone().map_or(What::Nothing, What::Media);
        Self {
            date: Some(message.date),
            origin: Some((PeerId::from(&message.peer_id), message.id)),
            ..Self::new(what)
        }
    }
}

impl From<&types::Message> for Download {
    fn from(message: &types::Message) -> Self {
        match message {
            types::Message::Message(message) => Self::from(&**message),
            types::Message::Service(message) => match &message.action {
                types::MessageAction::ChatEditPhoto(action) => Self {
                    date: Some(message.date),
                    ..Self::new(What::Photo(action.photo.clone()))
                },
                _ => Self::new(What::Nothing),
            },
            types::Message::Empty(_) => Self::new(What::Nothing),
        }
    }
}

impl From<&Message> for Download {
    fn from(message: &Message) -> Self {
        Self::from(&message.raw)
    }
}

impl From<&types::Photo> for Download {
    fn from(photo: &types::Photo) -> Self {
        Self::new(What::Photo(photo.clone()))
    }
}

impl From<&types::Document> for Download {
    fn from(document: &types::Document) -> Self {
        Self::new(What::Document(document.clone()))
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("part_size", &self.part_size)
            .finish_non_exhaustive()
    }
}

/// The message that a file came with.
#[derive(Clone, Debug)]
struct Origin {
    chat: PeerId,
    id: i32,
    thumb: Option<Thumb>,
}

impl Origin {
    /// The same file with a fresh reference.
    async fn locate_again(&self, client: &Client) -> Result<Option<Located>, Error> {
        let ids = vec![types::InputMessage::from(types::InputMessageId::new(
            self.id,
        ))];
        let (name, request) = match self.chat {
            PeerId::Channel(id) => {
                let Some(record) = client.find_peer(PeerKey::Id(self.chat)).await? else {
                    return Ok(None);
                };
                let channel = types::InputChannelData::new(id, record.access_hash);
                let get = functions::channels::GetMessages::new(channel, ids);
                ("channels.getMessages", Request::new(&get))
            }
            _ => (
                "messages.getMessages",
                Request::new(&functions::messages::GetMessages::new(ids)),
            ),
        };
        let answer = client.send(request).await?;
        let found = answer.decode().map_err(|error| undecoded(name, error))?;
        let messages = match found {
            types::messages::Messages::Messages(m) => m.messages,
            types::messages::Messages::Slice(m) => m.messages,
            types::messages::Messages::ChannelMessages(m) => m.messages,
            types::messages::Messages::NotModified(_) => Vec::new(),
        };
        let same = messages
            .iter()
            .find(|m| matches!(m, types::Message::Message(m) if m.id == self.id));
        match same.map(Download::from) {
            Some(again) => locate(&again.what, again.date, self.thumb.as_ref()),
            None => Ok(None),
        }
    }
}

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

fn locate(what: &What, date: Option<i32>, thumb: Option<&Thumb>) -> Result<Option<Located>, Error> {
    let found = match what {
        What::Media(media) => locate::media(media, date, thumb),
        What::Photo(photo) => locate::photo(Some(photo), date, thumb),
        What::Document(document) => locate::document(Some(document), date, thumb),
        What::Nothing => Ok(None),
    };
    found.map_err(|none| {
        Error::misuse(format!(
            "there is no such version of the picture: it has {}, counted from 0; -1 is the largest",
            none.count
        ))
    })
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

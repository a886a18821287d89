//! Uploading files.
//!
//! [`files::Upload`](crate::files::Upload) decides which part goes when; what is here reads parts, sends them and keeps
//! those under way, so an upload of any size holds one window of parts in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::io::{AsyncRead, AsyncReadExt as _};
use futures::stream::{FuturesUnordered, StreamExt as _};
use md5::{Digest as _, Md5};
use telewire_schema::{Identifiable as _, functions, types};

use crate::client::{Client, FileHandle};
use crate::dc::DcId;
use crate::engine::{Request, Target, Value};
use crate::error::{Error, ProtocolError};
use crate::files::{
    self, MAX_PART, MAX_PARTS, MAX_PARTS_PREMIUM, Part, Patience, SMALL_FILE, Verdict, extension,
    extension_of_content,
};
use crate::runtime::Mode;

/// Told of every part that went over: the bytes so far, and all bytes if that is known.
pub(super) type Progress = Box<dyn FnMut(u64, Option<u64>) + Send>;

/// What to upload, and how.
///
/// Anything that names a file or holds its content turns into one: a path (`&str`, `String`, [`Path`], [`PathBuf`]) or the
/// content itself (`Vec<u8>`, [`Bytes`], `&'static [u8]`).
///
/// ```no_run
/// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
/// use telewire_core::client::Upload;
///
/// client.upload_file("holiday.jpg").await?;
/// let log = Upload::bytes("all is well\n").name("log.txt").progress(|sent, total| println!("{sent} of {total:?}"));
/// client.upload_file(log).await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Upload {
    pub(super) content: Content,
    name: Option<String>,
    part_size: Option<u64>,
    pub(super) progress: Option<Progress>,
}

/// Where an upload's bytes come from.
pub(super) enum Content {
    Path(PathBuf),
    Bytes(Bytes),
    Reader(Box<dyn AsyncRead + Send + Unpin>),
}

impl Upload {
    /// A local file.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::of(Content::Path(path.into()))
    }

    /// Content that is in memory already. Give it a [`name`](Upload::name), or it goes by a number.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::of(Content::Bytes(bytes.into()))
    }

    /// Content that is read on the way. Its length need not be known; what turns out to be longer than 10 MiB cannot be
    /// sent as a photo.
    pub fn reader(reader: impl AsyncRead + Send + Unpin + 'static) -> Self {
        Self::of(Content::Reader(Box::new(reader)))
    }

    /// The name that the file is known by; that of the path by default. Its extension decides on the type.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The size of a part in bytes: 1, 2, 4, …, 512 KiB. By default it follows from the size of the file.
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = Some(bytes);
        self
    }

    /// Calls `report` with the bytes sent so far and all bytes, if that is known, after every part.
    pub fn progress(mut self, report: impl FnMut(u64, Option<u64>) + Send + 'static) -> Self {
        self.progress = Some(Box::new(report));
        self
    }

    fn of(content: Content) -> Self {
        Self {
            content,
            name: None,
            part_size: None,
            progress: None,
        }
    }

    /// The name it was given, or its path's.
    pub(super) fn known_name(&self) -> Option<String> {
        let from_path = || match &self.content {
            Content::Path(path) => path.file_name().map(|n| n.to_string_lossy().into_owned()),
            _ => None,
        };
        self.name.clone().or_else(from_path)
    }
}

macro_rules! from_paths {
    ($($type:ty),*) => {$(
        impl From<$type> for Upload {
            fn from(path: $type) -> Self {
                Self::path(path)
            }
        }
    )*};
}

macro_rules! from_content {
    ($($type:ty),*) => {$(
        impl From<$type> for Upload {
            fn from(bytes: $type) -> Self {
                Self::bytes(bytes)
            }
        }
    )*};
}

from_paths!(&str, String, &String, &Path, PathBuf, &PathBuf);
from_content!(Vec<u8>, Bytes, &'static [u8]);

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("part_size", &self.part_size)
            .finish_non_exhaustive()
    }
}

/// A file that lies on the server, ready to be sent, for less than a day.
#[derive(Clone, PartialEq)]
pub struct UploadedFile {
    /// What requests take.
    pub raw: types::InputFile,
    /// The name, with an extension where one could be found out.
    pub name: String,
    /// The length in bytes.
    pub size: u64,
    /// The digest, of files up to 10 MiB.
    pub(super) md5: Option<[u8; 16]>,
}

impl fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadedFile")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Uploads a file without sending it to anybody. The handle may then be sent once or several times, used as a
    /// profile photo, and so on, for less than a day. See
    /// [uploading files](https://core.telegram.org/api/files#uploading-files).
    ///
    /// A dropped future stops the upload; nothing has happened then, parts without a message vanish by themselves.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the file cannot be read, is empty, has more bytes than the account may upload, or if the part
    /// size is not one that the server takes.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let file = client.upload_file("holiday.jpg").await?;
    /// println!("{} bytes are on the server as {}", file.size, file.name);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn upload_file(&self, file: impl Into<Upload>) -> Result<UploadedFile, Error> {
        let upload = file.into();
        let id = self.random_id();
        let name = upload.known_name();
        let mut source = self.open_source(upload.content).await?;
        let start = source.start().await?;
        let plan = self.plan(source.size(), upload.part_size).await?;
        let small = !plan.is_big();
        let mut run = Run {
            client: self,
            id,
            plan,
            flights: FuturesUnordered::new(),
            held: BTreeMap::new(),
            patience: Patience::new(self.config().flood_sleep_threshold),
            progress: upload.progress,
            target: self.transfer_target(),
        };
        let digest = run.all(source, small.then(Md5::new)).await?;
        let (size, _) = run.plan.progress();
        let parts = run.plan.parts().unwrap_or_default();
        let name = with_extension(
            name.unwrap_or_else(|| id.unsigned_abs().to_string()),
            &start,
        );
        let parts = i32::try_from(parts).unwrap_or(i32::MAX);
        let raw = match digest {
            Some(md5) => types::InputFileData::new(id, parts, name.clone(), hex(&md5)).into(),
            None => types::InputFileBig::new(id, parts, name.clone()).into(),
        };
        Ok(UploadedFile {
            raw,
            name,
            size,
            md5: digest,
        })
    }

    /// Where files go to and come from at home.
    pub(super) fn transfer_target(&self) -> Target {
        self.server_config()
            .map_or(Target::Home, |c| Target::Media(DcId(c.this_dc)))
    }

    pub(super) async fn open_source(&self, content: Content) -> Result<Source, Error> {
        match content {
            Content::Bytes(bytes) => Ok(Source::Bytes(bytes)),
            Content::Path(path) => {
                let unreadable = |e: std::io::Error| {
                    let shown = path.display();
                    Error::misuse(format!(
                        "{shown} cannot be read ({e}); check that it is a file, spelled right and readable"
                    ))
                };
                let file = self
                    .open(path.clone(), Mode::Read)
                    .await
                    .map_err(unreadable)?;
                let size = file.len().await.map_err(unreadable)?;
                // A directory opens, but cannot be read.
                file.read_at(0, 1).await.map_err(unreadable)?;
                Ok(Source::File(file, size))
            }
            Content::Reader(mut reader) => {
                // What ends within the limit of small files is one, with its size and digest known.
                let most = usize::try_from(SMALL_FILE).unwrap_or(usize::MAX);
                let mut ahead = BytesMut::new();
                let ended = fill(&mut reader, &mut ahead, most.saturating_add(1)).await?;
                if ended {
                    Ok(Source::Bytes(ahead.freeze()))
                } else {
                    Ok(Source::Stream { reader, ahead })
                }
            }
        }
    }

    async fn plan(
        &self,
        size: Option<u64>,
        part_size: Option<u64>,
    ) -> Result<files::Upload, Error> {
        let Some(size) = size else {
            return files::Upload::stream(part_size, MAX_PARTS);
        };
        match files::Upload::new(size, part_size, MAX_PARTS) {
            Err(_)
                if size > u64::from(MAX_PART).saturating_mul(u64::from(MAX_PARTS))
                    && self.is_premium().await? =>
            {
                files::Upload::new(size, part_size, MAX_PARTS_PREMIUM)
            }
            plan => plan,
        }
    }

    async fn is_premium(&self) -> Result<bool, Error> {
        let request = functions::users::GetUsers::new(vec![types::InputUser::Self_]);
        let users: Vec<types::User> = self
            .send(Request::new(&request))
            .await?
            .decode()
            .map_err(|error| undecoded("users.getUsers", error))?;
        Ok(users
            .iter()
            .any(|u| matches!(u, types::User::User(u) if u.premium)))
    }
}

/// An opened source.
pub(super) enum Source {
    File(FileHandle, u64),
    Bytes(Bytes),
    Stream {
        reader: Box<dyn AsyncRead + Send + Unpin>,
        /// Read, but not yet sent.
        ahead: BytesMut,
    },
}

impl Source {
    pub(super) fn size(&self) -> Option<u64> {
        match self {
            Self::File(_, size) => Some(*size),
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Stream { .. } => None,
        }
    }

    /// The first few bytes, which may tell the type.
    async fn start(&mut self) -> Result<Bytes, Error> {
        const ENOUGH: usize = 16;
        match self {
            Self::File(file, _) => file.read_at(0, ENOUGH).await.map_err(unreadable),
            Self::Bytes(bytes) => Ok(bytes.slice(..bytes.len().min(ENOUGH))),
            Self::Stream { ahead, .. } => {
                Ok(Bytes::copy_from_slice(ahead.get(..ENOUGH).unwrap_or(ahead)))
            }
        }
    }

    /// The bytes of a part of known place.
    pub(super) async fn read(&mut self, offset: u64, len: u32) -> Result<Bytes, Error> {
        let wanted = len as usize;
        let data = match self {
            Self::File(file, _) => file.read_at(offset, wanted).await.map_err(unreadable)?,
            Self::Bytes(bytes) => {
                let from = usize::try_from(offset)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                bytes.slice(from..from.saturating_add(wanted).min(bytes.len()))
            }
            Self::Stream { .. } => Bytes::new(),
        };
        if data.len() == wanted {
            Ok(data)
        } else {
            Err(Error::misuse(
                "the file became shorter while it was uploaded; upload it once nothing writes to it any more",
            ))
        }
    }

    /// The next part of a stream, and whether it is the last one.
    async fn read_on(&mut self, part_size: u32) -> Result<(Bytes, bool), Error> {
        let Self::Stream { reader, ahead } = self else {
            return Ok((Bytes::new(), true));
        };
        let wanted = part_size as usize;
        // One byte more tells whether anything follows.
        let ended = fill(reader, ahead, wanted.saturating_add(1)).await?;
        let data = ahead.split_to(wanted.min(ahead.len())).freeze();
        Ok((data, ended && ahead.is_empty()))
    }
}

type Landed = (u32, Result<Value, Error>);

/// One upload under way.
struct Run<'a> {
    client: &'a Client,
    id: i64,
    plan: files::Upload,
    flights: FuturesUnordered<BoxFuture<'a, Landed>>,
    /// The parts under way: they may have to go again.
    held: BTreeMap<u32, (Part, Bytes)>,
    patience: Patience,
    progress: Option<Progress>,
    target: Target,
}

impl Run<'_> {
    /// Sends every part; the digest of the whole if one was begun.
    async fn all(
        &mut self,
        mut source: Source,
        mut digest: Option<Md5>,
    ) -> Result<Option<[u8; 16]>, Error> {
        let streamed = source.size().is_none();
        let mut ended = !streamed;
        loop {
            while let Some(part) = self.plan.poll_part() {
                if self.held.contains_key(&part.index) {
                    self.launch(part.index, Duration::ZERO);
                    continue;
                }
                let data = source.read(part.offset, part.len).await?;
                if let Some(digest) = &mut digest {
                    digest.update(&data);
                }
                self.add(part, data)?;
            }
            while !ended && self.plan.has_room() {
                let (data, last) = source.read_on(self.plan.part_size()).await?;
                let len = u32::try_from(data.len()).unwrap_or(u32::MAX);
                let part = self.plan.push_part(len, last)?;
                ended = last;
                self.add(part, data)?;
            }
            if self.plan.is_done() {
                return Ok(digest.map(|d| d.finalize().into()));
            }
            let Some(landed) = self.flights.next().await else {
                return Err(ProtocolError::new("an upload stands still").into());
            };
            self.land(landed)?;
        }
    }

    fn add(&mut self, part: Part, data: Bytes) -> Result<(), Error> {
        self.held.insert(part.index, (part, data));
        self.launch(part.index, Duration::ZERO);
        // The part is queued at once, so that it travels while the next one is read.
        if let Some(Some(landed)) = self.flights.next().now_or_never() {
            self.land(landed)?;
        }
        Ok(())
    }

    fn launch(&mut self, index: u32, pause: Duration) {
        let Some((part, data)) = self.held.get(&index) else {
            return;
        };
        let request = save_part(
            self.id,
            *part,
            data.clone(),
            self.plan.is_big(),
            self.target,
        );
        let client = self.client;
        self.flights.push(Box::pin(async move {
            if !pause.is_zero() {
                client.sleep(pause).await;
            }
            (index, client.send(request).await)
        }));
    }

    fn land(&mut self, (index, answer): Landed) -> Result<(), Error> {
        let request = save_name(self.plan.is_big());
        match answer {
            Ok(value) => {
                let saved: bool = value.decode().map_err(|error| undecoded(request, error))?;
                if !saved {
                    return Err(
                        ProtocolError::new("it refused a file part without a reason").into(),
                    );
                }
                self.plan.handle_saved(index);
                self.held.remove(&index);
                if let Some(report) = &mut self.progress {
                    let (sent, total) = self.plan.progress();
                    report(sent, total);
                }
            }
            Err(error) => match self.patience.judge(u64::from(index), &error) {
                Verdict::Again => self.plan.handle_failed(index, false),
                Verdict::Wait(pause) => {
                    self.plan.slow_down();
                    self.launch(index, pause);
                }
                _ => return Err(error),
            },
        }
        Ok(())
    }
}

/// The request for one part: all but the part itself, which is not copied.
fn save_part(file: i64, part: Part, data: Bytes, big: bool, dc: Target) -> Request {
    use functions::upload::{SaveBigFilePart, SaveFilePart};
    let id = if big {
        SaveBigFilePart::ID
    } else {
        SaveFilePart::ID
    };
    let mut head = Vec::with_capacity(20);
    head.extend_from_slice(&id.to_le_bytes());
    head.extend_from_slice(&file.to_le_bytes());
    head.extend_from_slice(&part.index.to_le_bytes());
    if big {
        head.extend_from_slice(&part.total.to_le_bytes());
    }
    Request {
        name: save_name(big),
        head,
        tail: Some(data),
        dc,
        after: None,
        deadline: None,
        // The same part twice is the same file.
        repeatable: true,
        cancel: false,
    }
}

fn save_name(big: bool) -> &'static str {
    if big {
        functions::upload::SaveBigFilePart::NAME
    } else {
        functions::upload::SaveFilePart::NAME
    }
}

/// Reads until `ahead` holds `len` bytes; whether the reader ended before.
async fn fill(
    reader: &mut (dyn AsyncRead + Send + Unpin),
    ahead: &mut BytesMut,
    len: usize,
) -> Result<bool, Error> {
    const CHUNK: usize = 64 * 1024;
    while ahead.len() < len {
        let have = ahead.len();
        ahead.resize(len.min(have.saturating_add(CHUNK)), 0);
        let read = reader.read(ahead.get_mut(have..).unwrap_or_default()).await;
        ahead.truncate(have.saturating_add(*read.as_ref().unwrap_or(&0)));
        if read.map_err(unreadable)? == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The server goes by the extension when it decides what a file is, so one that has none gets that of its content.
fn with_extension(name: String, start: &[u8]) -> String {
    match extension_of_content(start) {
        Some(found) if extension(&name).is_none() => format!("{name}.{found}"),
        _ => name,
    }
}

pub(super) fn undecoded(request: &'static str, error: telewire_schema::DecodeError) -> Error {
    Error::Decode {
        request,
        error: error.into(),
    }
}

fn unreadable(e: std::io::Error) -> Error {
    Error::misuse(format!("the content to upload cannot be read ({e})"))
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(32), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

#[cfg(test)]
mod tests;

//! Uploading files.
//!
//! [`files::Upload`](crate::files::Upload) decides which part goes when; what is here reads parts, sends them and keeps
//! those under way, so an upload of any size holds one window of parts in memory.

mod run;
mod source;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::io::AsyncRead;
use futures::stream::FuturesUnordered;
use md5::{Digest as _, Md5};
use telewire_schema::{functions, types};

use crate::client::Client;
use crate::engine::{Request, Target};
use crate::error::Error;
use crate::files::{
    self, MAX_PART, MAX_PARTS, MAX_PARTS_PREMIUM, Patience, SMALL_FILE, extension,
    extension_of_content, is_photo_name,
};

use run::Run;
pub(super) use source::Source;

#[cfg(test)]
mod tests;

/// Told of every part that went over: the bytes so far, and all bytes if that is known.
pub(super) type Progress = Arc<Mutex<dyn FnMut(u64, Option<u64>) + Send>>;

/// Tells how far a transfer is.
pub(super) fn tell(progress: Option<&Progress>, (done, total): (u64, Option<u64>)) {
    if let Some(report) = progress {
        // A report that panicked once is not a reason to stop the transfer.
        let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
        report(done, total);
    }
}

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
        self.progress = Some(Arc::new(Mutex::new(report)));
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

    /// Whether its name, or else its content, is that of a photo.
    pub(super) fn looks_like_photo(&self) -> bool {
        match (self.known_name(), &self.content) {
            (Some(name), _) if extension(&name).is_some() => is_photo_name(&name),
            (_, Content::Bytes(bytes)) => {
                extension_of_content(bytes).is_some_and(|e| matches!(e, "png" | "jpg"))
            }
            _ => false,
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
        let prepared = self.prepare_upload(file.into()).await?;
        self.carry(prepared).await
    }

    /// Opens what is to be uploaded and finds out its name.
    pub(super) async fn prepare_upload(&self, upload: Upload) -> Result<Prepared, Error> {
        let name = upload.known_name();
        let mut source = Source::open(self, upload.content).await?;
        let start = source.start().await?;
        let name = name.unwrap_or_else(|| self.random_id().unsigned_abs().to_string());
        Ok(Prepared {
            source,
            name: with_extension(name, &start),
            part_size: upload.part_size,
            progress: upload.progress,
        })
    }

    /// Carries every part over.
    pub(super) async fn carry(&self, prepared: Prepared) -> Result<UploadedFile, Error> {
        let (id, name, source) = (self.random_id(), prepared.name, prepared.source);
        let plan = self.plan(source.size(), prepared.part_size).await?;
        let small = !plan.is_big();
        let mut run = Run {
            client: self,
            id,
            plan,
            flights: FuturesUnordered::new(),
            held: BTreeMap::new(),
            patience: Patience::new(self.flood_sleep_threshold()),
            progress: prepared.progress,
            // As official clients do: addresses for media only are for downloads.
            target: Target::Home,
        };
        let digest = run.all(source, small.then(Md5::new)).await?;
        let (size, _) = run.plan.progress();
        let parts = i32::try_from(run.plan.parts().unwrap_or_default()).unwrap_or(i32::MAX);
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

/// An upload that is opened.
pub(super) struct Prepared {
    pub(super) source: Source,
    /// With an extension where one could be found out.
    pub(super) name: String,
    part_size: Option<u64>,
    progress: Option<Progress>,
}

impl Prepared {
    /// The same once more, unless it is a stream, which is read only once.
    pub(super) fn again(&self) -> Option<Self> {
        Some(Self {
            source: self.source.again()?,
            name: self.name.clone(),
            part_size: self.part_size,
            progress: self.progress.clone(),
        })
    }

    /// The digest of a file that is small enough to have been sent and remembered before.
    pub(super) async fn digest(&mut self) -> Result<Option<([u8; 16], u64)>, Error> {
        let Some(size) = self.source.size().filter(|s| (1..=SMALL_FILE).contains(s)) else {
            return Ok(None);
        };
        let (mut digest, mut at) = (Md5::new(), 0);
        while at < size {
            let len = u32::try_from(size.saturating_sub(at))
                .unwrap_or(MAX_PART)
                .min(MAX_PART);
            digest.update(&self.source.read(at, len).await?);
            at = at.saturating_add(len.into());
        }
        Ok(Some((digest.finalize().into(), size)))
    }
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

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(32), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

//! Where the bytes of an upload come from.

use bytes::{Bytes, BytesMut};
use futures::io::{AsyncRead, AsyncReadExt as _};

use super::Content;
use crate::client::{Client, FileHandle};
use crate::error::Error;
use crate::files::SMALL_FILE;
use crate::runtime::Mode;

/// An opened source.
pub(in crate::client) enum Source {
    File(FileHandle, u64),
    Bytes(Bytes),
    Stream {
        reader: Box<dyn AsyncRead + Send + Unpin>,
        /// Read, but not yet sent.
        ahead: BytesMut,
    },
}

impl Source {
    /// Opens what an upload is made of.
    pub(in crate::client) async fn open(client: &Client, content: Content) -> Result<Self, Error> {
        match content {
            Content::Bytes(bytes) => Ok(Source::Bytes(bytes)),
            Content::Path(path) => {
                let unreadable = |e: std::io::Error| {
                    let shown = path.display();
                    Error::misuse(format!(
                        "{shown} cannot be read ({e}); check that it is a file, spelled right and readable"
                    ))
                };
                let file = client
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

    pub(in crate::client) fn size(&self) -> Option<u64> {
        match self {
            Self::File(_, size) => Some(*size),
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Stream { .. } => None,
        }
    }

    /// The same bytes from their beginning; `None` for a stream.
    pub(super) fn again(&self) -> Option<Self> {
        match self {
            Self::File(file, size) => Some(Self::File(file.clone(), *size)),
            Self::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            Self::Stream { .. } => None,
        }
    }

    /// The first few bytes, which may tell the type.
    pub(super) async fn start(&mut self) -> Result<Bytes, Error> {
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
    pub(in crate::client) async fn read(&mut self, offset: u64, len: u32) -> Result<Bytes, Error> {
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
    pub(super) async fn read_on(&mut self, part_size: u32) -> Result<(Bytes, bool), Error> {
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

fn unreadable(e: std::io::Error) -> Error {
    Error::misuse(format!("the content to upload cannot be read ({e})"))
}

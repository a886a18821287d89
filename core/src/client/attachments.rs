//! Sending files.

mod album;
mod delivery;
mod media;

use std::fmt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use telewire_schema::types;

use crate::client::entity_like::EntityLike;
use crate::client::input_message::{InputMessage, ReplyTo};
use crate::client::{Client, Upload, UploadedFile};
use crate::error::Error;
use crate::objects::{Buttons, Message};
pub(crate) use delivery::Delivery;

/// A file to be sent, with everything that can be said about it.
///
/// A path, an `http` address that Telegram fetches by itself, a file's content, an [`Upload`], an [`UploadedFile`], a
/// [`Message`] (its media) and any `types::InputMedia` turn into one.
///
/// ```no_run
/// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
/// use telewire_core::client::Attachment;
///
/// client.send_file("me", "holiday.jpg").await?;
/// let talk = Attachment::path("talk.ogg").caption("**Listen** to this").voice_note().progress(|sent, total| {
///     println!("{sent} of {total:?}");
/// });
/// client.send_file("me", talk).await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Attachment {
    what: What,
    message: InputMessage,
    options: Options,
}

enum What {
    Upload(Upload),
    Uploaded(UploadedFile),
    Url(String),
    Media(types::InputMedia),
    Received(types::MessageMedia),
}

/// How a file is shown.
#[derive(Default)]
struct Options {
    force_document: bool,
    voice_note: bool,
    video_note: bool,
    supports_streaming: bool,
    no_cache: bool,
    spoiler: bool,
    mime_type: Option<String>,
    attributes: Vec<types::DocumentAttribute>,
    thumb: Option<Upload>,
}

impl Attachment {
    /// A local file.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Upload::path(path).into()
    }

    /// Content that is in memory already, under that name; the name's extension decides how it is shown.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Upload::bytes(bytes).name(name).into()
    }

    /// A file that Telegram fetches from the web by itself.
    pub fn url(url: impl Into<String>) -> Self {
        Self::new(What::Url(url.into()))
    }

    /// The text under the file: in the client's parse mode, or an [`InputMessage`], which may say more than a text.
    /// Replaces what was said of the message before.
    pub fn caption(mut self, text: impl Into<InputMessage>) -> Self {
        self.message = text.into();
        self
    }

    /// Replies to the message with that id in the same chat.
    pub fn reply_to(mut self, message: impl Into<ReplyTo>) -> Self {
        self.message = self.message.reply_to(message);
        self
    }

    /// Arrives without a notification.
    pub fn silent(mut self) -> Self {
        self.message = self.message.silent();
        self
    }

    /// Buttons under the message, or a keyboard; see [`InputMessage::buttons`]. Bots only.
    pub fn buttons(mut self, buttons: impl Into<Buttons>) -> Self {
        self.message = self.message.buttons(buttons);
        self
    }

    /// The same for what requests call a reply markup.
    pub fn reply_markup(self, markup: impl Into<types::ReplyMarkup>) -> Self {
        self.buttons(markup.into())
    }

    /// Sends a photo or video as a plain file, without compression or player.
    pub fn force_document(mut self) -> Self {
        self.options.force_document = true;
        self
    }

    /// Shows an audio file (OGG with Opus) as a voice message.
    pub fn voice_note(mut self) -> Self {
        self.options.voice_note = true;
        self
    }

    /// Shows a square video as a round video message.
    pub fn video_note(mut self) -> Self {
        self.options.video_note = true;
        self
    }

    /// The video can be played before it is downloaded.
    pub fn supports_streaming(mut self) -> Self {
        self.options.supports_streaming = true;
        self
    }

    /// Hides the picture until it is touched.
    pub fn spoiler(mut self) -> Self {
        self.options.spoiler = true;
        self
    }

    /// Uploads the file even if the same bytes were sent before.
    pub fn no_cache(mut self) -> Self {
        self.options.no_cache = true;
        self
    }

    /// The type; by default it follows from the name.
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.options.mime_type = Some(mime_type.into());
        self
    }

    /// Something about the file, such as the length of a song. Replaces what would be said by default.
    pub fn attribute(mut self, attribute: impl Into<types::DocumentAttribute>) -> Self {
        self.options.attributes.push(attribute.into());
        self
    }

    /// A preview for a document: a JPEG of at most 20 KB and 200 pixels a side, or the server ignores it.
    pub fn thumb(mut self, thumb: impl Into<Upload>) -> Self {
        self.options.thumb = Some(thumb.into());
        self
    }

    /// Calls `report` with the bytes sent so far and all bytes, if that is known, after every part.
    pub fn progress(mut self, report: impl FnMut(u64, Option<u64>) + Send + 'static) -> Self {
        if let What::Upload(upload) = self.what {
            self.what = What::Upload(upload.progress(report));
        }
        self
    }

    /// The size of a part in bytes, see [`Upload::part_size`].
    pub fn part_size(mut self, bytes: u64) -> Self {
        if let What::Upload(upload) = self.what {
            self.what = What::Upload(upload.part_size(bytes));
        }
        self
    }

    /// The file without the message that goes with it.
    pub(crate) fn without_message(self) -> (Self, InputMessage) {
        let message = InputMessage::text("");
        (Self { message, ..self }, self.message)
    }

    /// A file that was uploaded by raw requests, of which no more is known than its name.
    pub(crate) fn of_file(file: &types::InputFile) -> Self {
        let name = match file {
            types::InputFile::InputFile(f) => f.name.clone(),
            types::InputFile::Big(f) => f.name.clone(),
            types::InputFile::StoryDocument(_) => String::new(),
        };
        // Big files are no photos.
        let size = match file {
            types::InputFile::InputFile(_) => 0,
            _ => u64::MAX,
        };
        UploadedFile {
            raw: file.clone(),
            name,
            size,
            md5: None,
        }
        .into()
    }

    /// The media that it is, if it need not be uploaded.
    pub(crate) fn ready(&self) -> Result<types::InputMedia, Error> {
        match &self.what {
            What::Upload(_) => Err(Error::misuse(
                "cannot cast Attachment to InputMedia: it has to be uploaded first, by upload_file()",
            )),
            What::Uploaded(file) => Ok(self.options.shape().media(file, None)),
            What::Url(url) => Ok(self.options.shape().external(url.clone())),
            What::Media(media) => Ok(media.clone()),
            What::Received(media) => Ok(media.into()),
        }
    }

    fn new(what: What) -> Self {
        Self {
            what,
            message: InputMessage::text(""),
            options: Options::default(),
        }
    }
}

impl Client {
    /// Sends a file to a chat, by [`messages.sendMedia`](https://core.telegram.org/method/messages.sendMedia), and returns
    /// the message.
    ///
    /// PNG and JPEG files go as photos, videos with a player, everything else as documents. Small files that were sent
    /// before in the same form are not uploaded again.
    ///
    /// The future may be dropped while it uploads: nothing was sent then. After that the message may arrive all the same.
    ///
    /// # Errors
    /// As [`Client::upload_file`] and [`Client::send_message`]; `MEDIA_CAPTION_TOO_LONG` above 1,024 characters,
    /// `PHOTO_INVALID_DIMENSIONS` and the like for pictures that the server does not take.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Attachment;
    ///
    /// let photo = Attachment::path("map.png").caption("We are **here**").force_document();
    /// let message = client.send_file("me", photo).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_file(
        &self,
        chat: impl Into<EntityLike>,
        file: impl Into<Attachment>,
    ) -> Result<Message, Error> {
        self.send_attachment(chat.into(), file.into()).await
    }
}

impl From<Upload> for Attachment {
    fn from(upload: Upload) -> Self {
        Self::new(What::Upload(upload))
    }
}

impl From<UploadedFile> for Attachment {
    fn from(file: UploadedFile) -> Self {
        Self::new(What::Uploaded(file))
    }
}

impl From<&UploadedFile> for Attachment {
    fn from(file: &UploadedFile) -> Self {
        file.clone().into()
    }
}

impl From<types::InputMedia> for Attachment {
    fn from(media: types::InputMedia) -> Self {
        Self::new(What::Media(media))
    }
}

impl From<&types::MessageMedia> for Attachment {
    fn from(media: &types::MessageMedia) -> Self {
        Self::new(What::Received(media.clone()))
    }
}

impl From<&Message> for Attachment {
    fn from(message: &Message) -> Self {
        let media = message.media().cloned();
        Self::new(What::Received(media.unwrap_or(types::MessageMedia::Empty)))
    }
}

impl From<&str> for Attachment {
    fn from(path: &str) -> Self {
        if path.starts_with("https://") || path.starts_with("http://") {
            Self::url(path)
        } else {
            Self::path(path)
        }
    }
}

macro_rules! from_others {
    ($($type:ty => $with:expr),* $(,)?) => {$(
        impl From<$type> for Attachment {
            fn from(value: $type) -> Self {
                #[allow(clippy::redundant_closure_call)]
                ($with)(value)
            }
        }
    )*};
}

from_others!(
    String => |text: String| text.as_str().into(),
    &String => |text: &String| text.as_str().into(),
    &Path => |path: &Path| Self::path(path),
    PathBuf => |path: PathBuf| Self::path(path),
    &PathBuf => |path: &PathBuf| Self::path(path),
    Vec<u8> => |bytes: Vec<u8>| Upload::bytes(bytes).into(),
    Bytes => |bytes: Bytes| Upload::bytes(bytes).into(),
    &'static [u8] => |bytes: &'static [u8]| Upload::bytes(bytes).into(),
);

// Captions are private.
impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

//! How a file becomes a photo, a video or a document, and whether it has to be uploaded at all.

use telewire_schema::types;

use super::{Delivery, Options};
use crate::client::uploads::Prepared;
use crate::client::{Client, Upload, UploadedFile};
use crate::error::Error;
use crate::files::{SMALL_FILE, is_photo_name, mime_of_name};
use crate::objects::Message;
use crate::session::{SentFile, SentFileKey, SentFileKind, SessionChange};

/// How a file is to be shown, without what has to be uploaded for it.
#[derive(Clone)]
pub(super) struct Shape {
    force_document: bool,
    voice_note: bool,
    video_note: bool,
    supports_streaming: bool,
    spoiler: bool,
    mime_type: Option<String>,
    attributes: Vec<types::DocumentAttribute>,
}

impl Options {
    pub(super) fn shape(&self) -> Shape {
        Shape {
            force_document: self.force_document,
            voice_note: self.voice_note,
            video_note: self.video_note,
            supports_streaming: self.supports_streaming,
            spoiler: self.spoiler,
            mime_type: self.mime_type.clone(),
            attributes: self.attributes.clone(),
        }
    }

    /// Whether a file that was sent before would look the same.
    fn is_plain(&self) -> bool {
        self.attributes.is_empty()
            && self.thumb.is_none()
            && self.mime_type.is_none()
            && !(self.voice_note || self.video_note || self.spoiler)
    }
}

impl Shape {
    /// Whether a file of that name and size goes as a photo.
    pub(super) fn is_photo(&self, name: &str, size: Option<u64>) -> bool {
        let small = size.is_some_and(|s| s <= SMALL_FILE);
        let otherwise = self.force_document || self.voice_note || self.video_note;
        small && !otherwise && is_photo_name(name)
    }

    /// An uploaded file as a media.
    pub(super) fn media(
        &self,
        file: &UploadedFile,
        thumb: Option<types::InputFile>,
    ) -> types::InputMedia {
        if self.is_photo(&file.name, Some(file.size)) {
            let mut photo = types::InputMediaUploadedPhoto::new(file.raw.clone());
            photo.spoiler = self.spoiler;
            return photo.into();
        }
        let mime = self
            .mime_type
            .clone()
            .unwrap_or_else(|| mime_of_name(&file.name));
        let attributes = self.attributes(&file.name, &mime);
        let mut document =
            types::InputMediaUploadedDocument::new(file.raw.clone(), mime, attributes);
        document.force_file = self.force_document;
        document.spoiler = self.spoiler;
        document.thumb = thumb;
        document.into()
    }

    /// A file on the web as a media.
    pub(super) fn external(&self, url: String) -> types::InputMedia {
        let path = url.split(['?', '#']).next().unwrap_or(&url);
        if !self.force_document && is_photo_name(path) {
            let mut photo = types::InputMediaPhotoExternal::new(url);
            photo.spoiler = self.spoiler;
            return photo.into();
        }
        let mut document = types::InputMediaDocumentExternal::new(url);
        document.spoiler = self.spoiler;
        document.into()
    }

    /// What is said about a document: what was given, and by default what its type suggests.
    fn attributes(&self, name: &str, mime: &str) -> Vec<types::DocumentAttribute> {
        let mut all: Vec<types::DocumentAttribute> =
            vec![types::DocumentAttributeFilename::new(name).into()];
        if self.voice_note {
            let mut audio = types::DocumentAttributeAudio::new(0);
            audio.voice = true;
            all.push(audio.into());
        }
        if self.video_note || (mime.starts_with("video/") && !self.force_document) {
            // The server finds out duration and size, but wants to be told of a video.
            let mut video = types::DocumentAttributeVideo::new(0.0, 1, 1);
            video.round_message = self.video_note;
            video.supports_streaming = self.supports_streaming;
            all.push(video.into());
        }
        let given = &self.attributes;
        all.retain(|a| {
            !given
                .iter()
                .any(|g| std::mem::discriminant(g) == std::mem::discriminant(a))
        });
        all.extend(given.iter().cloned());
        all
    }
}

impl Client {
    /// Brings a file that has to be uploaded, unless it was before, to where it goes.
    pub(super) async fn deliver_upload(
        &self,
        upload: Upload,
        options: Options,
        to: &Delivery,
    ) -> Result<Message, Error> {
        let mut prepared = self.prepare_upload(upload).await?;
        let shape = options.shape();
        let photo = shape.is_photo(&prepared.name, prepared.source.size());
        let kind = if photo {
            SentFileKind::Photo
        } else {
            SentFileKind::Document
        };
        let mut key = None;
        if options.is_plain() && !options.no_cache {
            key = prepared
                .digest()
                .await?
                .map(|(md5, size)| SentFileKey { md5, size, kind });
        }
        if let Some(known) = self.known_media(key.as_ref()).await? {
            match self.hand_over(known, to).await {
                // What the session remembers is out of date: upload the file after all.
                Err(error) if is_stale(&error) => {}
                result => return result,
            }
        }
        let thumb = self.upload_thumb(options.thumb).await?;
        let spare = prepared.again();
        let media = shape.media(&self.carry(prepared).await?, thumb.clone());
        let sent = match self.hand_over(media, to).await {
            Err(error) if lost_part(&error) => {
                self.deliver_spare(spare.ok_or(error)?, &shape, thumb, to)
                    .await?
            }
            result => result?,
        };
        if let Some(key) = key {
            self.remember_sent(key, &sent).await?;
        }
        Ok(sent)
    }

    /// The server lost a part before it was told of the file: everything once more.
    async fn deliver_spare(
        &self,
        spare: Prepared,
        shape: &Shape,
        thumb: Option<types::InputFile>,
        to: &Delivery,
    ) -> Result<Message, Error> {
        let media = shape.media(&self.carry(spare).await?, thumb);
        self.hand_over(media, to).await
    }

    pub(super) async fn upload_thumb(
        &self,
        thumb: Option<Upload>,
    ) -> Result<Option<types::InputFile>, Error> {
        match thumb {
            Some(thumb) => Ok(Some(self.upload_file(thumb).await?.raw)),
            None => Ok(None),
        }
    }

    /// The media of a file that was sent before.
    pub(super) async fn known_media(
        &self,
        key: Option<&SentFileKey>,
    ) -> Result<Option<types::InputMedia>, Error> {
        let Some(key) = key else {
            return Ok(None);
        };
        let Some(SentFile {
            id,
            access_hash,
            file_reference,
        }) = self.sent_file(key.clone()).await?
        else {
            return Ok(None);
        };
        Ok(Some(match key.kind {
            SentFileKind::Photo => types::InputMediaPhoto::new(types::InputPhotoData::new(
                id,
                access_hash,
                file_reference,
            ))
            .into(),
            SentFileKind::Document => types::InputMediaDocument::new(
                types::InputDocumentData::new(id, access_hash, file_reference),
            )
            .into(),
        }))
    }

    /// Keeps what a file became on the server, so that it need not be uploaded again.
    async fn remember_sent(&self, key: SentFileKey, message: &Message) -> Result<(), Error> {
        let file = message.media().and_then(|media| sent_file(key.kind, media));
        match file {
            Some(file) => self.store(vec![SessionChange::SentFile(key, file)]).await,
            None => Ok(()),
        }
    }
}

/// Where a media lies on the server.
pub(super) fn sent_file(kind: SentFileKind, media: &types::MessageMedia) -> Option<SentFile> {
    match (kind, media) {
        (SentFileKind::Photo, types::MessageMedia::Photo(m)) => match m.photo.as_ref()? {
            types::Photo::Photo(p) => Some(SentFile {
                id: p.id,
                access_hash: p.access_hash,
                file_reference: p.file_reference.clone(),
            }),
            types::Photo::Empty(_) => None,
        },
        (SentFileKind::Document, types::MessageMedia::Document(m)) => match m.document.as_ref()? {
            types::Document::Document(d) => Some(SentFile {
                id: d.id,
                access_hash: d.access_hash,
                file_reference: d.file_reference.clone(),
            }),
            types::Document::Empty(_) => None,
        },
        _ => None,
    }
}

/// Whether the server has lost a part that it had taken. Which one it was stands within the name, in more than one form.
fn lost_part(error: &Error) -> bool {
    let name = error.rpc().map_or("", |e| e.name());
    name.starts_with("FILE_PART_") && name.ends_with("_MISSING")
}

/// Whether the server does not know a file any more, or not by that reference.
pub(super) fn is_stale(error: &Error) -> bool {
    let name = error.rpc().map_or("", |e| e.name());
    name.starts_with("FILE_REFERENCE")
        || matches!(
            name,
            "MEDIA_EMPTY" | "PHOTO_INVALID" | "DOCUMENT_INVALID" | "MEDIA_INVALID"
        )
}

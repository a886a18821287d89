//! Several files at once.

use telewire_schema::{functions, types};

use super::media::{Shape, is_stale, sent_file};
use super::{Attachment, What};
use crate::client::entity_like::EntityLike;
use crate::client::messages::{input_media, reply_to, schedule};
use crate::client::{Client, InputMessage};
use crate::error::{Error, ProtocolError};
use crate::files::SMALL_FILE;
use crate::objects::Message;
use crate::session::{SentFileKey, SentFileKind, SessionChange};

/// So many photos make one album.
const ALBUM: usize = 10;

impl Client {
    /// Sends several files: photos in albums of up to ten, then the others one by one. The messages come back in that
    /// order, each with the caption of its file. What is said of the first photo of an album (reply, silence, schedule)
    /// counts for all of it; albums have no buttons.
    ///
    /// When one file fails, those before it have been sent.
    ///
    /// # Errors
    /// As [`Client::send_file`].
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Attachment;
    ///
    /// let files = [Attachment::path("one.jpg").caption("First"), Attachment::path("two.jpg"), Attachment::path("notes.pdf")];
    /// for message in client.send_files("me", files).await? {
    ///     println!("sent as {}", message.id());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_files<F: Into<Attachment>>(
        &self,
        chat: impl Into<EntityLike>,
        files: impl IntoIterator<Item = F>,
    ) -> Result<Vec<Message>, Error> {
        let files = files.into_iter().map(Into::into);
        let (mut photos, others): (Vec<Attachment>, Vec<Attachment>) =
            files.partition(Attachment::is_photo);
        if photos.is_empty() && others.is_empty() {
            return Err(Error::misuse("there is no file to send; give at least one"));
        }
        let peer = self.get_input_entity(chat.into()).await?;
        let mut sent = Vec::new();
        while !photos.is_empty() {
            let rest = photos.split_off(photos.len().min(ALBUM));
            let group = std::mem::replace(&mut photos, rest);
            sent.extend(self.send_album(&peer, group).await?);
        }
        for file in others {
            sent.push(self.send_attachment(peer.clone().into(), file).await?);
        }
        Ok(sent)
    }

    async fn send_album(
        &self,
        peer: &types::InputPeer,
        group: Vec<Attachment>,
    ) -> Result<Vec<Message>, Error> {
        if group.len() == 1 {
            let only = group.into_iter().next().ok_or_else(lost)?;
            return Ok(vec![self.send_attachment(peer.clone().into(), only).await?]);
        }
        let mut head: Option<InputMessage> = None;
        let (mut media, mut random_ids) = (Vec::new(), Vec::new());
        for file in group {
            let (text, entities) = self.parse(&file.message).await?;
            let random_id = self.random_id();
            let (shape, no_cache) = (file.options.shape(), file.options.no_cache);
            drop(file.options);
            let photo = self.album_photo(peer, file.what, &shape, no_cache).await?;
            let mut single = types::InputSingleMedia::new(photo, random_id, text);
            single.entities = (!entities.is_empty()).then_some(entities);
            media.push(single);
            random_ids.push(random_id);
            head.get_or_insert(file.message);
        }
        let head = head.ok_or_else(lost)?;
        let mut request = functions::messages::SendMultiMedia::new(peer.clone(), media);
        request.silent = head.silent.unwrap_or_default();
        request.clear_draft = head.clear_draft;
        request.reply_to = reply_to(&head);
        request.schedule_date = schedule(&head);
        let updates = self.invoke(&request).await?;
        let messages = self.messages_in(updates, &random_ids);
        messages
            .into_iter()
            .map(|m| m.ok_or_else(|| lost().into()))
            .collect()
    }

    /// A photo as albums take it: one that lies on the server already.
    async fn album_photo(
        &self,
        peer: &types::InputPeer,
        what: What,
        shape: &Shape,
        no_cache: bool,
    ) -> Result<types::InputMedia, Error> {
        let (file, key) = match what {
            What::Media(media) => return Ok(media),
            What::Received(media) => return input_media(&media),
            What::Url(url) => {
                let external = shape.external(url);
                return input_media(&self.lay_down(peer, external).await?);
            }
            What::Uploaded(file) => (file, None),
            What::Upload(upload) => {
                let mut prepared = self.prepare_upload(upload).await?;
                let kind = SentFileKind::Photo;
                let key =
                    prepared
                        .digest()
                        .await?
                        .map(|(md5, size)| SentFileKey { md5, size, kind });
                if let Some(known) = self.known_media(key.as_ref().filter(|_| !no_cache)).await? {
                    // Only the server knows whether the reference still holds, and an album fails as a whole.
                    match self.lay_down(peer, known).await {
                        Err(error) if is_stale(&error) => {}
                        found => return input_media(&found?),
                    }
                }
                (self.carry(prepared).await?, key)
            }
        };
        if file.size > SMALL_FILE {
            return Err(Error::misuse(format!(
                "{} is larger than {SMALL_FILE} bytes, so it cannot be a photo of an album; send it with force_document()",
                file.name
            )));
        }
        let laid = self.lay_down(peer, shape.media(&file, None)).await?;
        if let (Some(key), Some(file)) = (key, sent_file(SentFileKind::Photo, &laid)) {
            self.store(vec![SessionChange::SentFile(key, file)]).await?;
        }
        input_media(&laid)
    }

    /// [`messages.uploadMedia`](https://core.telegram.org/method/messages.uploadMedia): a media without a message.
    pub(super) async fn lay_down(
        &self,
        peer: &types::InputPeer,
        media: types::InputMedia,
    ) -> Result<types::MessageMedia, Error> {
        self.invoke(&functions::messages::UploadMedia::new(peer.clone(), media))
            .await
    }
}

impl Attachment {
    /// Whether it belongs into an album.
    fn is_photo(&self) -> bool {
        let shape = self.options.shape();
        match &self.what {
            What::Upload(upload) => {
                upload.looks_like_photo() && shape.is_photo("photo.jpg", Some(1))
            }
            What::Uploaded(file) => shape.is_photo(&file.name, Some(file.size)),
            What::Url(url) => matches!(
                shape.external(url.clone()),
                types::InputMedia::PhotoExternal(_)
            ),
            What::Media(media) => matches!(media, types::InputMedia::Photo(_)),
            What::Received(media) => matches!(media, types::MessageMedia::Photo(_)),
        }
    }
}

fn lost() -> ProtocolError {
    ProtocolError::new("it took an album and does not say which messages it became")
}

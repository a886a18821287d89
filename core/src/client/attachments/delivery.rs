//! Where a file goes: into a new message, or into one that is edited.

use telewire_schema::types;

use super::{Attachment, What};
use crate::client::entity_like::EntityLike;
use crate::client::messages::{Change, input_media};
use crate::client::{Client, InputMessage};
use crate::error::Error;
use crate::objects::Message;

/// Where a file goes.
#[derive(Clone)]
pub(crate) enum Delivery {
    /// Into a new message.
    Send(EntityLike, InputMessage),
    /// Into one that is there already.
    Edit(Change),
}

impl Client {
    pub(in crate::client) async fn send_attachment(
        &self,
        chat: EntityLike,
        file: Attachment,
    ) -> Result<Message, Error> {
        let (file, message) = file.without_message();
        self.deliver(file, &Delivery::Send(chat, message)).await
    }

    /// Brings a file to where it goes, uploading it if need be.
    pub(crate) async fn deliver(&self, file: Attachment, to: &Delivery) -> Result<Message, Error> {
        let Attachment { what, options, .. } = file;
        let media = match what {
            What::Upload(upload) => return self.deliver_upload(upload, options, to).await,
            What::Uploaded(file) => {
                let shape = options.shape();
                let thumb = self.upload_thumb(options.thumb).await?;
                shape.media(&file, thumb)
            }
            What::Url(url) => options.shape().external(url),
            What::Media(media) => media,
            What::Received(media) => input_media(&media)?,
        };
        self.hand_over(media, to).await
    }

    /// Hands over a media that is ready.
    pub(super) async fn hand_over(
        &self,
        media: types::InputMedia,
        to: &Delivery,
    ) -> Result<Message, Error> {
        match to {
            Delivery::Send(chat, message) => {
                self.send_input_media(chat.clone(), media, message).await
            }
            Delivery::Edit(change) => self.change(change, Some(media)).await,
        }
    }

    /// A file as any data centre takes it: one that lies on the server already, or that the server fetches.
    pub(crate) async fn laid_media(&self, file: Attachment) -> Result<types::InputMedia, Error> {
        let Attachment { what, options, .. } = file;
        let file = match what {
            What::Url(url) => return Ok(options.shape().external(url)),
            What::Media(media) => return Ok(media),
            What::Received(media) => return input_media(&media),
            What::Uploaded(file) => file,
            What::Upload(upload) => {
                let prepared = self.prepare_upload(upload).await?;
                self.carry(prepared).await?
            }
        };
        let shape = options.shape();
        let thumb = self.upload_thumb(options.thumb).await?;
        let laid = self
            .lay_down(&types::InputPeer::Self_, shape.media(&file, thumb))
            .await?;
        input_media(&laid)
    }
}

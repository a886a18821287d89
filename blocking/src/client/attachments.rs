//! Sending files.

use telewire_core::Error;
use telewire_core::client::{Attachment, EntityLike};

use crate::client::Client;
use crate::objects::Message;

impl Client {
    /// Sends a file to a chat, and returns the message.
    ///
    /// PNG and JPEG files go as photos, videos with a player, everything else as documents. Small files that were sent
    /// before in the same form are not uploaded again.
    ///
    /// # Errors
    /// As [`Client::upload_file`] and [`Client::send_message`]; `MEDIA_CAPTION_TOO_LONG` above 1,024 characters,
    /// `PHOTO_INVALID_DIMENSIONS` and the like for pictures that the server does not take.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// use telewire_blocking::Attachment;
    ///
    /// let photo = Attachment::path("map.png").caption("We are **here**").force_document();
    /// let message = client.send_file("me", photo)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn send_file(
        &self,
        chat: impl Into<EntityLike>,
        file: impl Into<Attachment>,
    ) -> Result<Message, Error> {
        Ok(Message::wrap(
            self,
            self.wait(self.as_async().send_file(chat, file))?,
        ))
    }

    /// Sends several files: photos in albums of up to ten, then the others one by one. The messages come back in that
    /// order, each with the caption of its file. What is said of the first photo of an album (reply, silence, schedule)
    /// counts for all of it; albums have no buttons.
    ///
    /// When one file fails, those before it have been sent.
    ///
    /// # Errors
    /// As [`Client::send_file`].
    pub fn send_files<F: Into<Attachment>>(
        &self,
        chat: impl Into<EntityLike>,
        files: impl IntoIterator<Item = F>,
    ) -> Result<Vec<Message>, Error> {
        let messages = self.wait(self.as_async().send_files(chat, files))?;
        Ok(messages
            .into_iter()
            .map(|message| Message::wrap(self, message))
            .collect())
    }
}

impl From<&Message> for Attachment {
    fn from(message: &Message) -> Self {
        (&**message).into()
    }
}

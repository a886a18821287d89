//! What a message is made of.

use crate::client::attachments::Attachment;
use crate::client::input_message::{InputMessage, ReplyTo};

/// What [`Client::send_message`](crate::Client::send_message) and those like it send: a text, an [`InputMessage`] or a
/// [`Message`](crate::objects::Message), which is copied; or an [`Attachment`] with its caption.
///
/// ```
/// use telewire_core::client::{Attachment, Content};
///
/// let text = Content::from("**hi**");
/// let file = Content::from(Attachment::path("map.png").caption("We are **here**"));
/// ```
#[derive(Debug)]
pub struct Content(pub(crate) Kind);

#[derive(Debug)]
pub(crate) enum Kind {
    Message(InputMessage),
    File(Box<Attachment>),
}

impl Content {
    /// The same as an answer to a message.
    pub(crate) fn reply_to(self, message: impl Into<ReplyTo>) -> Self {
        Self(match self.0 {
            Kind::Message(it) => Kind::Message(it.reply_to(message)),
            Kind::File(file) => Kind::File(Box::new(file.reply_to(message))),
        })
    }
}

impl<T: Into<InputMessage>> From<T> for Content {
    fn from(message: T) -> Self {
        Self(Kind::Message(message.into()))
    }
}

impl From<Attachment> for Content {
    fn from(file: Attachment) -> Self {
        Self(Kind::File(Box::new(file)))
    }
}

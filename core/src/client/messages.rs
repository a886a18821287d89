//! Sending messages.

mod delete;
mod edit;
mod forward;
mod found;
mod media;
mod read;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;

use telewire_schema::{functions, types};

use crate::client::Client;
use crate::client::content::{Content, Kind};
use crate::client::entity_like::EntityLike;
use crate::client::input_message::InputMessage;
use crate::error::{Error, ProtocolError};
use crate::objects::Message;
use crate::peers::PeerId;
#[cfg(test)]
use text::mentioned;

pub use delete::Delete;
pub(crate) use edit::Change;
pub use edit::Edit;
pub use forward::{Forward, ForwardItem};
pub(crate) use media::input_media;
pub use read::Read;

impl Client {
    /// Sends a message to a chat, by [`messages.sendMessage`](https://core.telegram.org/method/messages.sendMessage), and
    /// returns it as it has arrived there.
    ///
    /// A text is read in the client's parse mode, Markdown by default; an [`InputMessage`] says more. Links to `@name`,
    /// `+phone` or `tg://user?id=N` become mentions. A [`Message`] is sent as a copy, and an
    /// [`Attachment`](crate::client::Attachment) as [`Client::send_file`] sends it, with what its caption says.
    ///
    /// # Errors
    /// [`Error::Misuse`] for an empty text; `MESSAGE_TOO_LONG` above 4,096 characters; [`Error::NotFound`] for an unknown
    /// chat; `CHAT_WRITE_FORBIDDEN` and the like where one may not write.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::InputMessage;
    /// use telewire_core::client::Attachment;
    ///
    /// let note = client.send_message("me", "remember the **milk**").await?;
    /// client.send_message("me", InputMessage::html("<i>soon</i>").reply_to(&note).silent()).await?;
    /// client.send_message("me", Attachment::path("milk.jpg").caption("this **one**")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_message(
        &self,
        chat: impl Into<EntityLike>,
        message: impl Into<Content>,
    ) -> Result<Message, Error> {
        let chat = chat.into();
        let message = match message.into().0 {
            Kind::Message(message) => message,
            Kind::File(file) => return self.send_attachment(chat, *file).await,
        };
        if let Some(media) = &message.media {
            let media = input_media(media)?;
            return self.send_input_media(chat, media, &message).await;
        }
        let outgoing = self.outgoing(chat, &message).await?;
        if outgoing.text.is_empty() {
            return Err(Error::misuse(
                "the message is empty; give it a text, or send a file instead",
            ));
        }
        let result = self.invoke(&text_request(&outgoing, &message)).await;
        self.arrived(result, &outgoing, &message).await
    }

    /// Sends a media under the text of a message.
    pub(crate) async fn send_input_media(
        &self,
        chat: EntityLike,
        media: types::InputMedia,
        message: &InputMessage,
    ) -> Result<Message, Error> {
        let outgoing = self.outgoing(chat, message).await?;
        let result = self.invoke(&media_request(&outgoing, message, media)).await;
        self.arrived(result, &outgoing, message).await
    }

    async fn outgoing(&self, chat: EntityLike, message: &InputMessage) -> Result<Outgoing, Error> {
        let (text, entities) = self.parse(message).await?;
        Ok(Outgoing {
            markup: message.markup()?,
            peer: self.get_input_entity(chat).await?,
            text,
            entities,
            random_id: self.random_id(),
        })
    }

    /// The message that a request made.
    async fn arrived(
        &self,
        result: Result<types::Updates, Error>,
        outgoing: &Outgoing,
        message: &InputMessage,
    ) -> Result<Message, Error> {
        match result {
            Ok(updates) => self.sent(updates, outgoing, message).await,
            // A first attempt whose answer was lost has got through.
            Err(error) if error.is("RANDOM_ID_DUPLICATE") => {
                self.sent_before(outgoing).await?.ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// The message in the answer to a request that sent it.
    async fn sent(
        &self,
        updates: types::Updates,
        outgoing: &Outgoing,
        message: &InputMessage,
    ) -> Result<Message, Error> {
        if let types::Updates::UpdateShortSentMessage(short) = updates {
            return self.expand(*short, outgoing, message).await;
        }
        let found = self
            .messages_in(updates, &[outgoing.random_id])
            .pop()
            .flatten();
        found.ok_or_else(|| {
            ProtocolError::new("it took a message and does not say which one it became").into()
        })
    }

    /// The whole message that the short form of an answer stands for.
    async fn expand(
        &self,
        short: types::UpdateShortSentMessage,
        outgoing: &Outgoing,
        message: &InputMessage,
    ) -> Result<Message, Error> {
        let own = types::Peer::from(PeerId::User(self.own_id().await?));
        let peer = types::Peer::from(self.id_of(&outgoing.peer).await?);
        let mut raw = types::MessageData::new(short.id, peer, short.date, outgoing.text.as_str());
        raw.out = short.out;
        raw.from_id = Some(own);
        raw.media = short.media;
        raw.entities = short.entities;
        raw.ttl_period = short.ttl_period;
        raw.silent = message.silent == Some(true);
        raw.reply_markup.clone_from(&outgoing.markup);
        raw.reply_to = message.reply_to.map(|id| {
            types::MessageReplyHeaderData::new()
                .reply_to_msg_id(id)
                .into()
        });
        Ok(Message::new(self, raw.into(), Arc::default()))
    }

    /// The message that an earlier attempt to send this one has made: the newest of one's own with the same text.
    async fn sent_before(&self, outgoing: &Outgoing) -> Result<Option<Message>, Error> {
        let recent = self.get_messages(outgoing.peer.clone(), 20).await?;
        Ok(recent
            .into_iter()
            .find(|m| m.out() && m.raw_text() == outgoing.text.trim()))
    }
}

/// A message on its way.
struct Outgoing {
    peer: types::InputPeer,
    text: String,
    entities: Vec<types::MessageEntity>,
    markup: Option<types::ReplyMarkup>,
    random_id: i64,
}

impl Outgoing {
    fn entities(&self) -> Option<Vec<types::MessageEntity>> {
        (!self.entities.is_empty()).then(|| self.entities.clone())
    }
}

fn text_request(outgoing: &Outgoing, message: &InputMessage) -> functions::messages::SendMessage {
    let mut request = functions::messages::SendMessage::new(
        outgoing.peer.clone(),
        outgoing.text.as_str(),
        outgoing.random_id,
    );
    request.entities = outgoing.entities();
    request.no_webpage = message.link_preview == Some(false);
    request.silent = message.silent.unwrap_or_default();
    request.clear_draft = message.clear_draft;
    request.reply_to = reply_to(message);
    request.reply_markup.clone_from(&outgoing.markup);
    request.schedule_date = schedule(message);
    request
}

fn media_request(
    outgoing: &Outgoing,
    message: &InputMessage,
    media: types::InputMedia,
) -> functions::messages::SendMedia {
    let mut request = functions::messages::SendMedia::new(
        outgoing.peer.clone(),
        media,
        outgoing.text.as_str(),
        outgoing.random_id,
    );
    request.entities = outgoing.entities();
    request.silent = message.silent.unwrap_or_default();
    request.clear_draft = message.clear_draft;
    request.reply_to = reply_to(message);
    request.reply_markup.clone_from(&outgoing.markup);
    request.schedule_date = schedule(message);
    request
}

/// The message that is replied to, as requests name it.
pub(crate) fn reply_to(message: &InputMessage) -> Option<types::InputReplyTo> {
    message
        .reply_to
        .map(|id| types::InputReplyToMessage::new(id).into())
}

/// When a message is to be sent, as requests name it.
pub(crate) fn schedule(message: &InputMessage) -> Option<i32> {
    message
        .schedule
        .map(|at| i32::try_from(at.secs()).unwrap_or(i32::MAX))
}

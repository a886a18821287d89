//! What a message has to ask the server for.

use telewire_schema::types;

use crate::client::{AllChats, Scope};
use crate::error::Error;
use crate::objects::Message;

/// What it asks the server for.
impl Message {
    /// The message that this one replies to; `None` if it replies to none, or that one was deleted. It is asked for once.
    ///
    /// The server is first asked for what this message replies to, which lets a bot see what another bot wrote, and then
    /// for the message by its id.
    ///
    /// # Errors
    /// As [`Client::get_messages_by_id`](crate::Client::get_messages_by_id).
    ///
    /// ```no_run
    /// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// if let Some(question) = message.get_reply_message().await? {
    ///     println!("{} was answered", question.text());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_reply_message(&self) -> Result<Option<Self>, Error> {
        let Some(id) = self.reply_to_msg_id() else {
            return Ok(None);
        };
        if let Some(known) = self.reply.get() {
            return Ok(Some(Self::clone(known)));
        }
        let by_reply: types::InputMessage = types::InputMessageReplyTo::new(self.id()).into();
        let scope = self.scope().await?;
        let mut found = self
            .client
            .get_message_by_id(scope.clone(), by_reply)
            .await?;
        if found.is_none() {
            // It may be in another chat.
            let scope = self.reply_to_peer().map_or(scope, Scope::from);
            found = self.client.get_message_by_id(scope, id).await?;
        }
        if let Some(found) = &found {
            let _ = self.reply.set(Box::new(found.clone()));
        }
        Ok(found)
    }

    /// Fetches the message again: what has changed since, and whoever did not come along the first time. Returns whether
    /// it is still there; if not, it stays as it is.
    ///
    /// # Errors
    /// As [`Client::get_messages_by_id`](crate::Client::get_messages_by_id).
    ///
    /// ```no_run
    /// # async fn f(mut message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// if message.reload().await? {
    ///     println!("seen by {:?}", message.views());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn reload(&mut self) -> Result<bool, Error> {
        let scope = self.scope().await?;
        let Some(fresh) = self.client.get_message_by_id(scope, self.id()).await? else {
            return Ok(false);
        };
        *self = fresh;
        Ok(true)
    }

    /// Where its id counts: in its channel, or in all other chats together, which takes no knowledge of any.
    async fn scope(&self) -> Result<Scope, Error> {
        if self.is_channel() {
            Ok(self.get_input_chat().await?.into())
        } else {
            Ok(AllChats.into())
        }
    }

    fn reply_to_peer(&self) -> Option<types::Peer> {
        match self.reply_header()? {
            types::MessageReplyHeader::MessageReplyHeader(header) => header.reply_to_peer_id,
            types::MessageReplyHeader::MessageReplyStoryHeader(_) => None,
        }
    }
}

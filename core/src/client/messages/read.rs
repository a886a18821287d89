//! Saying that messages were read.

use telewire_schema::functions;

use crate::client::entity_like::{EntityLike, input_channel};
use crate::client::{Client, MessageId, SomeIds};
use crate::error::Error;

/// How far a chat was read. Whatever turns into [`SomeIds`] turns into it: of several messages the newest counts.
///
/// ```
/// use telewire_core::client::Read;
///
/// let everything = Read::all().clear_mentions();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Read {
    up_to: Option<i32>,
    mentions: bool,
}

impl Read {
    /// Everything, but for the mentions.
    pub fn all() -> Self {
        Self {
            up_to: Some(0),
            mentions: false,
        }
    }

    /// Everything up to that message.
    pub fn up_to(message: impl Into<MessageId>) -> Self {
        Self {
            up_to: Some(message.into().0),
            mentions: false,
        }
    }

    /// The messages that mention the account, and nothing else.
    pub fn mentions() -> Self {
        Self {
            up_to: None,
            mentions: true,
        }
    }

    /// Also those that mention the account, which stay marked otherwise.
    pub fn clear_mentions(mut self) -> Self {
        self.mentions = true;
        self
    }
}

impl<T: Into<SomeIds>> From<T> for Read {
    fn from(messages: T) -> Self {
        // No message at all is nothing to say.
        Self {
            up_to: messages.into().0.into_iter().max(),
            mentions: false,
        }
    }
}

impl Client {
    /// Marks messages of a chat as read, by [`messages.readHistory`] or [`channels.readHistory`]; those that mention the
    /// account only if [`Read`] says so, by [`messages.readMentions`]. Returns whether the server took it.
    ///
    /// [`messages.readHistory`]: https://core.telegram.org/method/messages.readHistory
    /// [`channels.readHistory`]: https://core.telegram.org/method/channels.readHistory
    /// [`messages.readMentions`]: https://core.telegram.org/method/messages.readMentions
    ///
    /// # Errors
    /// Whatever the server answers.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client, last: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Read;
    ///
    /// client.send_read_acknowledge(&last, &last).await?;
    /// client.send_read_acknowledge("@my_group", Read::all().clear_mentions()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_read_acknowledge(
        &self,
        chat: impl Into<EntityLike>,
        messages: impl Into<Read>,
    ) -> Result<bool, Error> {
        let Read { up_to, mentions } = messages.into();
        let peer = self.get_input_entity(chat).await?;
        if mentions {
            let request = functions::messages::ReadMentions::new(peer.clone());
            // The server says how much of a long list is left.
            while self.invoke(&request).await?.offset > 0 {}
        }
        let Some(max_id) = up_to else {
            return Ok(true);
        };
        match input_channel(peer.clone()) {
            Some(channel) => {
                self.invoke(&functions::channels::ReadHistory::new(channel, max_id))
                    .await
            }
            None => {
                self.invoke(&functions::messages::ReadHistory::new(peer, max_id))
                    .await?;
                Ok(true)
            }
        }
    }
}

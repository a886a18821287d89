//! Sending messages.

use telewire_core::Error;
use telewire_core::client::{EntityLike, InputMessage};

use crate::client::Client;
use crate::objects::Message;

impl Client {
    /// Sends a message: a text, read in the client's parse mode, or an [`InputMessage`] that says more. Returns it as the
    /// server has it.
    ///
    /// # Errors
    /// Whatever the server answers, e.g. `CHAT_WRITE_FORBIDDEN`; [`Error::Misuse`] for an empty text.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// client.send_message("me", "Hello, **myself**!")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn send_message(
        &self,
        chat: impl Into<EntityLike>,
        message: impl Into<InputMessage>,
    ) -> Result<Message, Error> {
        Ok(Message::wrap(
            self,
            self.wait(self.as_async().send_message(chat, message))?,
        ))
    }
}

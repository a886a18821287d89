//! Dialogs.

use telewire_core::Error;
use telewire_core::client::InputMessage;

use crate::objects::{Message, object};

object!(
    /// A chat in the list of chats, with what can be done to it. Whatever needs no waiting, such as
    /// [`name`](telewire_core::objects::Dialog::name), is that of [`telewire_core::objects::Dialog`].
    Dialog
);

impl Dialog {
    /// The last message.
    pub fn message(&self) -> Option<Message> {
        self.inner
            .message()
            .map(|message| Message::wrap(&self.client, message.clone()))
    }

    /// Sends a message to it.
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    pub fn send_message(&self, message: impl Into<InputMessage>) -> Result<Message, Error> {
        Ok(Message::wrap(
            &self.client,
            self.client.wait(self.inner.send_message(message))?,
        ))
    }
}

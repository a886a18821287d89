//! Opening conversations.

use telewire_core::Error;
use telewire_core::client::ConversationOptions;

use crate::client::Client;
use crate::objects::Conversation;

impl Client {
    /// Begins a conversation: a place where one sends something and waits for what comes back. It is over when the
    /// [`Conversation`] is dropped.
    ///
    /// # Errors
    /// [`Error::AlreadyInConversation`] if there is one in this chat already; [`Error::NotFound`] for an unknown chat.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// let talk = client.conversation("@BotFather")?;
    /// talk.send_message("/newbot")?;
    /// println!("{}", talk.get_response()?.text());
    /// # Ok(())
    /// # }
    /// ```
    pub fn conversation(
        &self,
        options: impl Into<ConversationOptions>,
    ) -> Result<Conversation, Error> {
        Ok(Conversation::wrap(
            self,
            self.wait(self.as_async().conversation(options))?,
        ))
    }
}

//! What can be done to a message that was sent.

use telewire_schema::types;

use crate::client::{Delete, Edit, EntityLike, Forward};
use crate::error::{Error, ProtocolError};
use crate::objects::{Buttons, Message};

impl Message {
    /// Changes it, and returns it as it is now; `None` for messages of others and forwarded ones, which cannot be changed.
    /// Unless it is said otherwise the buttons stay, and links have a preview as before. See
    /// [`Client::edit_message`](crate::Client::edit_message).
    ///
    /// # Errors
    /// As [`Client::edit_message`](crate::Client::edit_message).
    ///
    /// ```no_run
    /// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// message.edit("**done**").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn edit(&self, edit: impl Into<Edit>) -> Result<Option<Self>, Error> {
        if self.data().is_some_and(|m| m.fwd_from.is_some()) || !self.out() {
            return Ok(None);
        }
        let mut edit = edit.into();
        edit.link_preview
            .get_or_insert(self.web_preview().is_some());
        if edit.buttons.is_none() {
            // A keyboard is no part of the message once it has come, and cannot be edited.
            let inline = |markup: &&types::ReplyMarkup| {
                matches!(markup, types::ReplyMarkup::ReplyInlineMarkup(_))
            };
            let kept = self.reply_markup().filter(inline);
            edit.buttons = kept.cloned().map(Buttons::from);
        }
        let chat = self.get_input_chat().await?;
        self.client.edit_message(chat, self, edit).await.map(Some)
    }

    /// Deletes it for everybody; see [`Client::delete_messages`](crate::Client::delete_messages).
    ///
    /// # Errors
    /// As [`Client::delete_messages`](crate::Client::delete_messages).
    ///
    /// ```no_run
    /// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// message.delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete(&self) -> Result<Vec<types::messages::AffectedMessages>, Error> {
        let chat = self.get_input_chat().await?;
        self.client.delete_messages(chat, self).await
    }

    /// Deletes it for oneself only, so that the others keep it; in channels and supergroups it goes for everybody all the
    /// same. See [`Client::delete_messages`](crate::Client::delete_messages).
    ///
    /// # Errors
    /// As [`Client::delete_messages`](crate::Client::delete_messages).
    ///
    /// ```no_run
    /// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// message.delete_for_me().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete_for_me(&self) -> Result<Vec<types::messages::AffectedMessages>, Error> {
        let chat = self.get_input_chat().await?;
        let it = Delete::messages(self).revoke(false);
        self.client.delete_messages(chat, it).await
    }

    /// Forwards it, and returns what it became; see [`Client::forward_messages`](crate::Client::forward_messages), which can
    /// do more.
    ///
    /// # Errors
    /// As [`Client::forward_messages`](crate::Client::forward_messages).
    ///
    /// ```no_run
    /// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// message.forward_to("me").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn forward_to(&self, chat: impl Into<EntityLike>) -> Result<Self, Error> {
        let from = self.get_input_chat().await?;
        let it = Forward::ids(self).from_peer(from);
        let sent = self.client.forward_messages(chat, it).await?;
        sent.into_iter().flatten().next().ok_or_else(|| {
            ProtocolError::new("it took a message and does not say which one it became").into()
        })
    }
}

//! An entry in the list of chats.

use std::fmt;

use telewire_schema::types;

use crate::client::{Client, InputMessage};
use crate::error::Error;
use crate::objects::{DisplayName, Entity, Message};
use crate::peers::PeerId;
use crate::time::Unix;

/// An entry in the list of chats: who it is with, its last message, and what is unread, as of when it was fetched.
///
/// ```no_run
/// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
/// let mut dialogs = client.iter_dialogs().limit(20);
/// while let Some(dialog) = dialogs.next().await? {
///     println!("{} ({} unread)", dialog.name(), dialog.unread_count());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Dialog {
    /// The dialog as the server sent it.
    pub raw: types::DialogData,
    client: Client,
    entity: Entity,
    input_peer: types::InputPeer,
    message: Option<Message>,
}

impl Dialog {
    pub(crate) fn new(
        client: &Client,
        raw: types::DialogData,
        entity: Entity,
        message: Option<Message>,
    ) -> Self {
        // A forbidden chat still has an address, if only to be left.
        let input_peer = entity.input_peer().unwrap_or(types::InputPeer::Empty);
        Self {
            raw,
            client: client.clone(),
            entity,
            input_peer,
            message,
        }
    }

    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Who it is with.
    pub fn entity(&self) -> &Entity {
        &self.entity
    }

    /// Who it is with, as requests name it.
    pub fn input_peer(&self) -> types::InputPeer {
        self.input_peer.clone()
    }

    /// The id of who it is with.
    pub fn id(&self) -> PeerId {
        self.entity.id()
    }

    /// The name or title that people see.
    pub fn name(&self) -> String {
        self.entity.display_name()
    }

    /// The same as [`Dialog::name`].
    pub fn title(&self) -> String {
        self.name()
    }

    /// The last message.
    pub fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }

    /// When the last message was sent.
    pub fn date(&self) -> Option<Unix> {
        self.message.as_ref().map(Message::date)
    }

    /// Whether it is pinned to the top.
    pub fn pinned(&self) -> bool {
        self.raw.pinned
    }

    /// How many messages are unread.
    pub fn unread_count(&self) -> i32 {
        self.raw.unread_count
    }

    /// How many unread messages mention the account.
    pub fn unread_mentions_count(&self) -> i32 {
        self.raw.unread_mentions_count
    }

    /// The folder that it is in: 1 is the archive.
    pub fn folder_id(&self) -> Option<i32> {
        self.raw.folder_id
    }

    /// Whether it is in the archive, or another folder apart from the main list.
    pub fn archived(&self) -> bool {
        self.raw.folder_id.is_some()
    }

    /// Whether it is with a user or bot.
    pub fn is_user(&self) -> bool {
        self.entity.is_user()
    }

    /// Whether it is a basic group or supergroup.
    pub fn is_group(&self) -> bool {
        self.entity.is_group()
    }

    /// Whether it is a channel, supergroups included.
    pub fn is_channel(&self) -> bool {
        self.entity.is_channel()
    }

    /// Sends a message there; see [`Client::send_message`].
    ///
    /// # Errors
    /// As [`Client::send_message`].
    ///
    /// ```no_run
    /// # async fn f(dialog: telewire_core::objects::Dialog) -> Result<(), telewire_core::Error> {
    /// dialog.send_message("hello").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_message(&self, message: impl Into<InputMessage>) -> Result<Message, Error> {
        let message = message.into();
        self.client.send_message(self.input_peer(), message).await
    }
}

impl fmt::Debug for Dialog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt(f)
    }
}

//! An entry in the list of chats.

use std::fmt;

use telewire_schema::codec::{Field, Identifiable, Meta, Reflect, View, debug};
use telewire_schema::{Value, functions, types};

use crate::client::entity_like::input_channel;
use crate::client::handle::lock;
use crate::client::{Archive, Client, Content};
use crate::error::Error;
use crate::objects::{DisplayName, Draft, Entity, Message, draft};
use crate::peers::{PeerId, PeerKey};
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
    draft: Draft,
}

impl Dialog {
    pub(crate) fn new(
        client: &Client,
        raw: types::DialogData,
        entity: Entity,
        message: Option<Message>,
    ) -> Self {
        let known = || lock(&client.shared().peers).find(&PeerKey::Id(entity.id()));
        let input_peer = entity
            .input_peer()
            .or_else(|| known().map(|record| record.input_peer()))
            .unwrap_or(types::InputPeer::Empty);
        let draft = raw.draft.clone();
        Self {
            raw,
            draft: Draft::new(client, entity.id(), Some(entity.clone()), draft),
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

    /// What is begun there and not sent, empty if there is nothing.
    pub fn draft(&self) -> &Draft {
        &self.draft
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
    pub async fn send_message(&self, message: impl Into<Content>) -> Result<Message, Error> {
        let message = message.into();
        self.client.send_message(self.input_peer(), message).await
    }

    /// Takes it off the list, for oneself only: leaves a channel or supergroup; leaves a basic group and then deletes its
    /// messages; deletes the messages of a private chat. By
    /// [`channels.leaveChannel`](https://core.telegram.org/method/channels.leaveChannel),
    /// [`messages.deleteChatUser`](https://core.telegram.org/method/messages.deleteChatUser) and
    /// [`messages.deleteHistory`](https://core.telegram.org/method/messages.deleteHistory).
    ///
    /// # Errors
    /// Whatever the server answers, such as `USER_CREATOR` for a channel of one's own. If it fails after the basic group was
    /// left, the messages are still there.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// for dialog in client.get_dialogs(100).await? {
    ///     if dialog.name() == "Spam" {
    ///         dialog.delete().await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete(&self) -> Result<(), Error> {
        if let Some(channel) = input_channel(self.input_peer()) {
            let request = functions::channels::LeaveChannel::new(channel);
            return self.client.invoke(&request).await.map(drop);
        }
        if let Entity::Chat(types::Chat::Chat(chat)) = &self.entity
            && !chat.left
            && !chat.deactivated
        {
            let own = types::InputUser::Self_;
            let request = functions::messages::DeleteChatUser::new(chat.id, own);
            self.client.invoke(&request).await?;
        }
        // The server deletes so many messages at once, and says whether there are more.
        let request = functions::messages::DeleteHistory::new(self.input_peer(), 0);
        while self.client.invoke(&request).await?.offset > 0 {}
        Ok(())
    }

    /// Moves it to a folder: 1 is the archive, 0 the main list. See [`Client::archive`].
    ///
    /// # Errors
    /// As [`Client::archive`].
    ///
    /// ```no_run
    /// # async fn f(dialog: telewire_core::objects::Dialog) -> Result<(), telewire_core::Error> {
    /// dialog.archive(1).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn archive(&self, folder: i32) -> Result<types::Updates, Error> {
        self.client.archive(Archive::from(self).to(folder)).await
    }

    /// Over several lines, indented with tabs.
    pub fn stringify(&self) -> String {
        Shown::of(self).stringify()
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        Shown::of(self).to_json()
    }
}

impl fmt::Debug for Dialog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(Shown::of(self).reflect(), f)
    }
}

impl fmt::Display for Dialog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(Shown::of(self).reflect(), f)
    }
}

/// What is printed of a dialog, with the names that Telethon has for it.
struct Shown {
    name: String,
    date: Option<i32>,
    draft: draft::Shown,
    message: Option<types::Message>,
    entity: ShownEntity,
}

impl Shown {
    fn of(dialog: &Dialog) -> Self {
        Self {
            name: dialog.name(),
            date: dialog.message.as_ref().map(Message::raw_date),
            draft: draft::Shown::of(&dialog.draft),
            message: dialog.message.as_ref().map(|message| message.raw.clone()),
            entity: ShownEntity(dialog.entity.clone()),
        }
    }
}

impl Identifiable for Shown {
    const META: &'static Meta = &Meta::new(
        0,
        "dialog",
        &[
            Field::new("name"),
            Field::new("date").date(),
            Field::new("draft"),
            Field::new("message"),
            Field::new("entity"),
        ],
    );

    fn field(&self, index: usize) -> View<'_> {
        match index {
            0 => self.name.reflect(),
            1 => self.date.reflect(),
            2 => self.draft.reflect(),
            3 => self.message.reflect(),
            4 => self.entity.reflect(),
            _ => View::Null,
        }
    }
}

/// A user or chat, printed as what it is.
pub(super) struct ShownEntity(pub(super) Entity);

impl Reflect for ShownEntity {
    fn reflect(&self) -> View<'_> {
        match &self.0 {
            Entity::User(user) => user.reflect(),
            Entity::Chat(chat) | Entity::Channel(chat) => chat.reflect(),
        }
    }
}

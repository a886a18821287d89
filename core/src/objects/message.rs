//! A message with its client at hand.

mod actions;
mod attached;
mod click;
mod origin;
mod properties;
mod reread;
mod text;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use telewire_schema::types;

use crate::client::{Client, Content};
use crate::error::Error;
use crate::objects::Entity;
use crate::objects::getter::{Fetched, chat_getter, sender_getter};
use crate::peers::{PeerId, PeerMap};

pub use click::Click;

/// A message, service messages included. It knows its client, so that it can be answered.
///
/// Properties never use the network; methods that may do are `async`.
///
/// ```no_run
/// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
/// let mut history = client.iter_messages("me").limit(10);
/// while let Some(message) = history.next().await? {
///     println!("{}: {}", message.id(), message.text());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Message {
    /// The message as the server sent it.
    pub raw: types::Message,
    client: Client,
    peers: Arc<PeerMap>,
    fetched_chat: Fetched,
    fetched_sender: Fetched,
    /// The message that it replies to, once that was asked for.
    reply: OnceLock<Box<Self>>,
}

chat_getter!(Message);
sender_getter!(Message);

impl Message {
    pub(crate) fn new(client: &Client, raw: types::Message, peers: Arc<PeerMap>) -> Self {
        Self {
            raw,
            client: client.clone(),
            peers,
            fetched_chat: Fetched::default(),
            fetched_sender: Fetched::default(),
            reply: OnceLock::new(),
        }
    }

    /// Every message of a list, those that do not exist left out.
    pub(crate) fn list(
        client: &Client,
        raw: Vec<types::Message>,
        peers: &Arc<PeerMap>,
    ) -> Vec<Self> {
        let existing = raw
            .into_iter()
            .filter(|m| !matches!(m, types::Message::Empty(_)));
        existing
            .map(|m| Self::new(client, m, Arc::clone(peers)))
            .collect()
    }

    /// Whoever came along with it.
    pub(super) fn peers(&self) -> &PeerMap {
        &self.peers
    }

    /// Somebody who came along with it.
    pub(crate) fn brought(&self, id: PeerId) -> Option<Entity> {
        Entity::of(&self.peers, id)
    }

    fn data(&self) -> Option<&types::MessageData> {
        match &self.raw {
            types::Message::Message(m) => Some(m),
            _ => None,
        }
    }

    fn service(&self) -> Option<&types::MessageService> {
        match &self.raw {
            types::Message::Service(m) => Some(m),
            _ => None,
        }
    }
}

/// What can be done with it.
impl Message {
    /// Sends a message to the same chat; see [`Client::send_message`](crate::Client::send_message).
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    ///
    /// ```no_run
    /// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Attachment;
    ///
    /// message.respond("noted").await?;
    /// message.respond(Attachment::path("note.pdf")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn respond(&self, message: impl Into<Content>) -> Result<Self, Error> {
        let message = message.into();
        self.client
            .send_message(self.get_input_chat().await?, message)
            .await
    }

    /// Answers this message; see [`Client::send_message`](crate::Client::send_message).
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    ///
    /// ```no_run
    /// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// message.reply("**yes**").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn reply(&self, message: impl Into<Content>) -> Result<Self, Error> {
        self.respond(message.into().reply_to(self.id())).await
    }

    /// Saves the file that is attached and returns where it is; `None` if there is none. See
    /// [`Client::download_media`](crate::Client::download_media), which can do more.
    ///
    /// # Errors
    /// As [`Client::download_media`](crate::Client::download_media).
    ///
    /// ```no_run
    /// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// if let Some(path) = message.download_media("downloads/").await? {
    ///     println!("saved as {}", path.display());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download_media(&self, to: impl Into<PathBuf>) -> Result<Option<PathBuf>, Error> {
        let to = to.into();
        self.client.download_media(self, to).await
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt(f)
    }
}

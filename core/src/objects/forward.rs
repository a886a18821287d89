//! Where a message was forwarded from.

use std::fmt;
use std::ops::Deref;

use telewire_schema::types;

use crate::client::Client;
use crate::objects::Message;
use crate::objects::getter::{Fetched, Search, Source, chat_getter, sender_getter};
use crate::peers::PeerId;

/// Where a message was forwarded from. The header that the server sent can be read directly: `forward.date`,
/// `forward.channel_post`.
///
/// The sender is the user who wrote the message at first; the chat is the channel, or the group in whose name it was
/// written, and there is none if it was a user. Those who hide themselves leave only `from_name`.
///
/// ```no_run
/// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
/// if let Some(forward) = message.forward() {
///     println!("from {:?}, who wrote it at {}", forward.get_sender().await?.id(), forward.date);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Forward {
    header: types::MessageFwdHeader,
    client: Client,
    message: Box<Message>,
    fetched_chat: Fetched,
    fetched_sender: Fetched,
}

chat_getter!(Forward);
sender_getter!(Forward);

impl Forward {
    pub(super) fn new(message: &Message, header: types::MessageFwdHeader) -> Self {
        Self {
            header,
            client: message.client().clone(),
            message: Box::new(message.clone()),
            fetched_chat: Fetched::default(),
            fetched_sender: Fetched::default(),
        }
    }

    /// The header as the server sent it.
    pub fn original_fwd(&self) -> &types::MessageFwdHeader {
        &self.header
    }

    fn chat_source(&self) -> Source<'_> {
        let from = self.from().filter(|id| !matches!(id, PeerId::User(_)));
        self.source(from, &self.fetched_chat)
    }

    fn sender_source(&self) -> Source<'_> {
        let from = self.from().filter(|id| matches!(id, PeerId::User(_)));
        self.source(from, &self.fetched_sender)
    }

    fn source<'a>(&'a self, id: Option<PeerId>, fetched: &'a Fetched) -> Source<'a> {
        Source {
            client: &self.client,
            peers: self.message.peers(),
            id,
            fetched,
            search: Search::Message(&self.message),
        }
    }

    fn from(&self) -> Option<PeerId> {
        self.header.from_id.as_ref().map(PeerId::from)
    }

    fn is_broadcast(&self) -> bool {
        self.header.channel_post.is_some()
    }
}

impl Deref for Forward {
    type Target = types::MessageFwdHeader;

    fn deref(&self) -> &types::MessageFwdHeader {
        &self.header
    }
}

impl fmt::Debug for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.header.fmt(f)
    }
}

//! Messages that are gone.

use std::sync::Arc;

use futures::future::BoxFuture;
use telewire_schema::codec::{Field, Meta};
use telewire_schema::{Object, Value, View, types};

use crate::client::Client;
use crate::error::Error;
use crate::events::chats::{ChatFilter, KnownChats, chat_filters};
use crate::events::show::event_common;
use crate::events::{Event, EventBuilder};
use crate::objects::getter::{Fetched, Search, Source, chat_getter};
use crate::peers::PeerId;
use crate::updates::Update;

/// Deleted messages.
///
/// In private chats and basic groups the server tells only which messages are gone, not where they were. So
/// [`chats`](Self::chats) finds nothing there: it works for channels and supergroups, and with
/// [`blacklist_chats`](Self::blacklist_chats) everything else passes.
///
/// ```no_run
/// # fn f(client: telewire_core::Client) {
/// use telewire_core::events::MessageDeleted;
///
/// client.on(MessageDeleted::new(), |event| async move {
///     println!("gone in {:?}: {:?}", event.chat_id(), event.deleted_ids());
/// });
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct MessageDeleted {
    common: ChatFilter<MessageDeletedEvent>,
}

impl MessageDeleted {
    /// All deletions.
    pub fn new() -> Self {
        Self::default()
    }
}

chat_filters!(MessageDeleted of MessageDeletedEvent);

/// Whom the filters of [`MessageDeleted`] name, as one account knows them.
#[derive(Debug)]
pub struct KnownDeleted(Option<KnownChats>);

impl EventBuilder for MessageDeleted {
    type Event = MessageDeletedEvent;
    type Known = KnownDeleted;

    fn resolve<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<KnownDeleted, Error>> {
        Box::pin(async move { Ok(KnownDeleted(self.common.resolve(client).await?)) })
    }

    fn accept(
        &self,
        known: &KnownDeleted,
        event: &MessageDeletedEvent,
    ) -> Option<MessageDeletedEvent> {
        let wanted = self.common.accepts_chat(known.0.as_ref(), event.chat_id());
        (wanted && self.common.accepts(event)).then(|| event.clone())
    }
}

/// Messages that were deleted.
#[derive(Clone)]
pub struct MessageDeletedEvent {
    client: Client,
    update: Arc<Update>,
    fetched: Arc<Fetched>,
}

impl MessageDeletedEvent {
    /// The first of the messages.
    pub fn deleted_id(&self) -> Option<i32> {
        self.deleted_ids().first().copied()
    }

    /// The messages. Those of private chats and basic groups are counted for the whole account, those of a channel for
    /// itself.
    pub fn deleted_ids(&self) -> &[i32] {
        self.ids().map_or(&[], Vec::as_slice)
    }

    fn ids(&self) -> Option<&Vec<i32>> {
        match &self.update.raw {
            types::Update::DeleteMessages(u) => Some(&u.messages),
            types::Update::DeleteChannelMessages(u) => Some(&u.messages),
            _ => None,
        }
    }

    /// Deletions do not tell what kind of channel it is.
    fn is_broadcast(&self) -> bool {
        false
    }

    fn chat_source(&self) -> Source<'_> {
        let id = match &self.update.raw {
            types::Update::DeleteChannelMessages(u) => Some(PeerId::Channel(u.channel_id)),
            _ => None,
        };
        Source {
            client: &self.client,
            peers: &self.update.peers,
            id,
            fetched: &self.fetched,
            search: Search::Dialogs,
        }
    }
}

chat_getter!(MessageDeletedEvent);
event_common!(MessageDeletedEvent);

impl Object for MessageDeletedEvent {
    fn meta(&self) -> &'static Meta {
        const META: Meta = Meta::new(
            0,
            "MessageDeleted.Event",
            &[
                Field::new("original_update"),
                Field::new("deleted_id"),
                Field::new("deleted_ids"),
            ],
        );
        &META
    }

    fn field(&self, index: usize) -> View<'_> {
        match index {
            0 => self.update.raw.view(),
            1 => self.deleted_id().map_or(View::Null, View::Int),
            2 => self.ids().map_or(View::Null, Value::view),
            _ => View::Null,
        }
    }
}

impl Event for MessageDeletedEvent {
    const NAME: &'static str = "MessageDeleted";

    fn build(client: &Client, update: &Arc<Update>) -> Option<Self> {
        let gone = matches!(
            update.raw,
            types::Update::DeleteMessages(_) | types::Update::DeleteChannelMessages(_)
        );
        gone.then(|| Self {
            client: client.clone(),
            update: Arc::clone(update),
            fetched: Arc::default(),
        })
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

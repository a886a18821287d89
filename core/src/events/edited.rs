//! Messages that were changed.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use futures::future::BoxFuture;
use telewire_schema::codec::{Field, Meta};
use telewire_schema::{Object, Value, View, types};

use crate::client::Client;
use crate::error::Error;
use crate::events::chats::{ChatFilter, chat_filters};
use crate::events::message_filter::{
    Known, MessageEvent, MessageFilter, message_event, message_filters,
};
use crate::events::pattern::PatternMatch;
use crate::events::show::event_common;
use crate::events::{Event, EventBuilder};
use crate::objects::Message;
use crate::updates::Update;

/// Edited messages, with the filters of [`NewMessage`](crate::events::NewMessage). Reactions and new counts of views are
/// edits as well.
///
/// In channels [`outgoing`](Self::outgoing) is about who sent the message, not about who edited it: for those that were sent
/// by the account, say `from_users(["me"])`.
///
/// ```no_run
/// # fn f(client: telewire_core::Client) {
/// use telewire_core::events::MessageEdited;
///
/// client.on(MessageEdited::new().chats(["@somebody"]), |event| async move {
///     println!("message {} says {} now", event.id(), event.text());
/// });
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct MessageEdited {
    common: ChatFilter<MessageEditedEvent>,
    filter: MessageFilter,
}

impl MessageEdited {
    /// All edits.
    pub fn new() -> Self {
        Self::default()
    }
}

chat_filters!(MessageEdited of MessageEditedEvent);
message_filters!(MessageEdited of MessageEditedEvent);

/// A message after it was edited. It can be used like the [`Message`] itself.
#[derive(Clone)]
pub struct MessageEditedEvent {
    message: Arc<Message>,
    update: Arc<Update>,
    found: Option<Arc<PatternMatch>>,
}

message_event!(MessageEditedEvent of "MessageEdited.Event");
event_common!(MessageEditedEvent);

impl Event for MessageEditedEvent {
    const NAME: &'static str = "MessageEdited";

    fn build(client: &Client, update: &Arc<Update>) -> Option<Self> {
        let raw = match &update.raw {
            types::Update::EditMessage(u) => &u.message,
            types::Update::EditChannelMessage(u) => &u.message,
            _ => return None,
        };
        let exists = !matches!(raw, types::Message::Empty(_));
        exists.then(|| Self::new(client, raw, update))
    }

    fn client(&self) -> &Client {
        self.message.client()
    }
}

//! Messages that arrive, from others or from oneself.

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

/// New messages, service messages not included. Without any filter: all of them, one's own included.
///
/// What has to be true of a message is tested in this order: direction, whether it is a forward, sender, text, chat, and then
/// [`func`](Self::func).
///
/// ```no_run
/// # fn f(client: telewire_core::Client) {
/// use telewire_core::events::NewMessage;
///
/// let greetings = NewMessage::new().incoming().matching(|text| text.to_lowercase().contains("hello"));
/// client.on(greetings, |event| async move {
///     event.respond("Hello to you").await.map(drop)
/// });
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct NewMessage {
    common: ChatFilter<NewMessageEvent>,
    filter: MessageFilter,
}

impl NewMessage {
    /// All new messages.
    pub fn new() -> Self {
        Self::default()
    }
}

chat_filters!(NewMessage of NewMessageEvent);
message_filters!(NewMessage of NewMessageEvent);

/// A new message. It can be used like the [`Message`] itself.
#[derive(Clone)]
pub struct NewMessageEvent {
    message: Arc<Message>,
    update: Arc<Update>,
    found: Option<Arc<PatternMatch>>,
}

message_event!(NewMessageEvent of "NewMessage.Event");
event_common!(NewMessageEvent);

impl Event for NewMessageEvent {
    const NAME: &'static str = "NewMessage";

    fn build(client: &Client, update: &Arc<Update>) -> Option<Self> {
        let raw = match &update.raw {
            types::Update::NewMessage(u) => &u.message,
            types::Update::NewChannelMessage(u) => &u.message,
            _ => return None,
        };
        matches!(raw, types::Message::Message(_)).then(|| Self::new(client, raw, update))
    }

    fn client(&self) -> &Client {
        self.message.client()
    }
}

//! Messages that arrive, from others or from oneself.

use std::fmt;
use std::ops::Deref;

use futures::future::BoxFuture;
use telewire_schema::types;

use crate::client::{Client, EntityLike};
use crate::error::Error;
use crate::events::EventBuilder;
use crate::events::chats::Chats;
use crate::objects::Message;
use crate::updates::Update;

type TextTest = Box<dyn Fn(&str) -> bool + Send + Sync>;
type EventTest = Box<dyn Fn(&NewMessageEvent) -> bool + Send + Sync>;

/// New messages, service messages not included. Without any filter: all of them, one's own included.
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
#[derive(Default)]
#[must_use]
pub struct NewMessage {
    incoming: bool,
    outgoing: bool,
    forwards: Option<bool>,
    from_users: Option<Chats>,
    text: Option<TextTest>,
    chats: Option<Chats>,
    blacklist: bool,
    test: Option<EventTest>,
}

impl NewMessage {
    /// All new messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those of others.
    pub fn incoming(mut self) -> Self {
        self.incoming = true;
        self
    }

    /// Only those that the account has sent, from whichever device.
    pub fn outgoing(mut self) -> Self {
        self.outgoing = true;
        self
    }

    /// Only forwarded ones, or only those that are not.
    pub fn forwards(mut self, yes: bool) -> Self {
        self.forwards = Some(yes);
        self
    }

    /// Only those in these chats.
    pub fn chats<T: Into<EntityLike>>(mut self, chats: impl IntoIterator<Item = T>) -> Self {
        self.chats.get_or_insert_default().add(chats);
        self
    }

    /// Takes [`NewMessage::chats`] for those that are not wanted, and all others as wanted.
    pub fn blacklist_chats(mut self) -> Self {
        self.blacklist = true;
        self
    }

    /// Only those that these users have sent, wherever.
    pub fn from_users<T: Into<EntityLike>>(mut self, users: impl IntoIterator<Item = T>) -> Self {
        self.from_users.get_or_insert_default().add(users);
        self
    }

    /// Only those whose plain text passes this test.
    pub fn matching(mut self, test: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.text = Some(Box::new(test));
        self
    }

    /// Only those that pass this test, which is made last.
    pub fn filter(
        mut self,
        test: impl Fn(&NewMessageEvent) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.test = Some(Box::new(test));
        self
    }

    /// In the order in which filters are specified to apply.
    fn accepts(&self, event: &NewMessageEvent) -> bool {
        let direction = self.incoming == self.outgoing || event.out() == self.outgoing;
        direction
            && self
                .forwards
                .is_none_or(|wanted| event.forward().is_some() == wanted)
            && self
                .from_users
                .as_ref()
                .is_none_or(|users| users.contain(event.sender_id()))
            && self.text.as_ref().is_none_or(|test| test(event.raw_text()))
            && self.accepts_chat(event)
            && self.test.as_ref().is_none_or(|test| test(event))
    }

    fn accepts_chat(&self, event: &NewMessageEvent) -> bool {
        let Some(chats) = &self.chats else {
            return true;
        };
        chats.resolved() && chats.contain(event.chat_id()) != self.blacklist
    }
}

impl EventBuilder for NewMessage {
    type Event = NewMessageEvent;

    const NAME: &'static str = "NewMessage";

    fn resolve<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            for chats in [&self.chats, &self.from_users].into_iter().flatten() {
                chats.resolve(client).await?;
            }
            Ok(())
        })
    }

    fn build(&self, client: &Client, update: &Update) -> Option<NewMessageEvent> {
        let raw = match &update.raw {
            types::Update::NewMessage(u) => &u.message,
            types::Update::NewChannelMessage(u) => &u.message,
            _ => return None,
        };
        if !matches!(raw, types::Message::Message(_)) {
            return None;
        }
        let message = Message::new(client, raw.clone(), update.peers.clone());
        let event = NewMessageEvent {
            message,
            catch_up: update.catch_up,
        };
        self.accepts(&event).then_some(event)
    }
}

impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMessage")
            .field("incoming", &self.incoming)
            .field("outgoing", &self.outgoing)
            .finish_non_exhaustive()
    }
}

/// A new message. It can be used like the [`Message`] itself.
#[derive(Clone, Debug)]
pub struct NewMessageEvent {
    /// The message.
    pub message: Message,
    catch_up: bool,
}

impl NewMessageEvent {
    /// Whether it came while nobody was connected, and was fetched later.
    pub fn is_catch_up(&self) -> bool {
        self.catch_up
    }
}

impl Deref for NewMessageEvent {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}

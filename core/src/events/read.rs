//! Messages that were read.

use std::sync::{Arc, OnceLock};

use futures::future::BoxFuture;
use telewire_schema::codec::{Field, Meta};
use telewire_schema::{Object, Value, View, types};

use crate::client::{Client, MessageId, SomeIds};
use crate::error::Error;
use crate::events::chats::{ChatFilter, KnownChats, chat_filters};
use crate::events::show::event_common;
use crate::events::{Event, EventBuilder};
use crate::objects::Message;
use crate::objects::getter::{Fetched, Search, Source, chat_getter};
use crate::peers::PeerId;
use crate::updates::Update;

/// Messages that were read: those of the account by others, or with [`inbox`](Self::inbox) those of others by the account,
/// on whichever device.
///
/// Also what was played or viewed, such as a voice note, counts as read ([`contents`](MessageReadEvent::contents)). The server
/// says that of both directions alike, so it is told with [`inbox`](Self::inbox); and only channels and supergroups tell
/// where it was, so that [`chats`](Self::chats) finds nothing elsewhere.
///
/// ```no_run
/// # fn f(client: telewire_core::Client) {
/// use telewire_core::events::MessageRead;
///
/// client.on(MessageRead::new(), |event| async move {
///     println!("somebody has read all up to message {}", event.max_id());
/// });
/// client.on(MessageRead::new().inbox(), |event| async move {
///     println!("one has read all up to message {}", event.max_id());
/// });
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct MessageRead {
    common: ChatFilter<MessageReadEvent>,
    inbox: bool,
}

impl MessageRead {
    /// Messages of the account that others have read.
    pub fn new() -> Self {
        Self::default()
    }

    /// Messages of others that the account has read, instead of the other way round.
    pub fn inbox(mut self) -> Self {
        self.inbox = true;
        self
    }
}

chat_filters!(MessageRead of MessageReadEvent);

/// Whom the filters of [`MessageRead`] name, as one account knows them.
#[derive(Debug)]
pub struct KnownRead(Option<KnownChats>);

impl EventBuilder for MessageRead {
    type Event = MessageReadEvent;
    type Known = KnownRead;

    fn resolve<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<KnownRead, Error>> {
        Box::pin(async move { Ok(KnownRead(self.common.resolve(client).await?)) })
    }

    fn accept(&self, known: &KnownRead, event: &MessageReadEvent) -> Option<MessageReadEvent> {
        let wanted = self.inbox == event.inbox()
            && self.common.accepts_chat(known.0.as_ref(), event.chat_id());
        (wanted && self.common.accepts(event)).then(|| event.clone())
    }
}

/// Messages that were read.
#[derive(Clone)]
pub struct MessageReadEvent {
    client: Client,
    update: Arc<Update>,
    fetched: Arc<Fetched>,
    messages: Arc<OnceLock<Vec<Message>>>,
}

/// What the updates have in common.
struct Said<'a> {
    chat: Option<PeerId>,
    outbox: bool,
    max_id: i32,
    /// Those whose contents were read, if it is about contents.
    contents: Option<&'a Vec<i32>>,
}

impl MessageReadEvent {
    /// All messages of the chat with this id and below are read. Where [contents](Self::contents) were read, it is the highest
    /// of [their messages](Self::message_ids).
    pub fn max_id(&self) -> i32 {
        self.said().map_or(0, |said| said.max_id)
    }

    /// Whether others have read messages of the account.
    pub fn outbox(&self) -> bool {
        self.said().is_some_and(|said| said.outbox)
    }

    /// Whether the account has read messages of others.
    pub fn inbox(&self) -> bool {
        !self.outbox()
    }

    /// Whether the contents of messages were consumed, such as a voice note that was played. Never set together with
    /// [`Self::outbox`].
    pub fn contents(&self) -> bool {
        self.read_contents().is_some()
    }

    /// The messages whose contents were read. For whether a message was read, see [`Self::is_read`].
    pub fn message_ids(&self) -> &[i32] {
        self.read_contents().map_or(&[], Vec::as_slice)
    }

    /// The messages whose contents were read, as far as they are still there; none if the event does not say in which chat,
    /// or the session has never seen it. They are asked for once.
    ///
    /// # Errors
    /// As [`Client::get_messages_by_id`].
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// use telewire_core::events::MessageRead;
    ///
    /// client.on(MessageRead::new().inbox(), |event| async move {
    ///     for message in event.get_messages().await? {
    ///         println!("played: {}", message.text());
    ///     }
    ///     Ok::<_, telewire_core::Error>(())
    /// });
    /// # }
    /// ```
    pub async fn get_messages(&self) -> Result<Vec<Message>, Error> {
        if let Some(messages) = self.messages.get() {
            return Ok(messages.clone());
        }
        if self.message_ids().is_empty() {
            return Ok(Vec::new());
        }
        let chat = match self.get_input_chat().await {
            Err(Error::NotFound(_)) => return Ok(Vec::new()),
            chat => chat?,
        };
        let found = self.client.get_messages_by_id(chat, self.message_ids());
        let found = found.await?.into_iter().flatten().collect();
        Ok(self.messages.get_or_init(|| found).clone())
    }

    /// Whether that message of the chat is read by now.
    pub fn is_read(&self, message: impl Into<MessageId>) -> bool {
        message.into().0 <= self.max_id()
    }

    /// The same for several messages, in their order.
    pub fn are_read(&self, messages: impl Into<SomeIds>) -> Vec<bool> {
        let ids = messages.into().0;
        ids.into_iter().map(|id| self.is_read(id)).collect()
    }

    /// Whether all these messages of the chat are read by now.
    pub fn contains(&self, messages: impl Into<SomeIds>) -> bool {
        messages.into().0.into_iter().all(|id| self.is_read(id))
    }

    fn read_contents(&self) -> Option<&Vec<i32>> {
        self.said()?.contents
    }

    fn said(&self) -> Option<Said<'_>> {
        said(&self.update.raw)
    }

    /// Nobody says what kind of channel it is.
    fn is_broadcast(&self) -> bool {
        false
    }

    fn chat_source(&self) -> Source<'_> {
        Source {
            client: &self.client,
            peers: &self.update.peers,
            id: self.said().and_then(|said| said.chat),
            fetched: &self.fetched,
            search: Search::Dialogs,
        }
    }
}

fn said(update: &types::Update) -> Option<Said<'_>> {
    let history = |chat, outbox, max_id| Said {
        chat: Some(chat),
        outbox,
        max_id,
        contents: None,
    };
    Some(match update {
        types::Update::ReadHistoryInbox(u) => history(PeerId::from(&u.peer), false, u.max_id),
        types::Update::ReadHistoryOutbox(u) => history(PeerId::from(&u.peer), true, u.max_id),
        types::Update::ReadChannelInbox(u) => {
            history(PeerId::Channel(u.channel_id), false, u.max_id)
        }
        types::Update::ReadChannelOutbox(u) => {
            history(PeerId::Channel(u.channel_id), true, u.max_id)
        }
        types::Update::ReadMessagesContents(u) => of_contents(None, &u.messages),
        types::Update::ChannelReadMessagesContents(u) => {
            of_contents(Some(PeerId::Channel(u.channel_id)), &u.messages)
        }
        _ => return None,
    })
}

fn of_contents(chat: Option<PeerId>, ids: &Vec<i32>) -> Said<'_> {
    Said {
        chat,
        outbox: false,
        max_id: ids.iter().copied().max().unwrap_or_default(),
        contents: Some(ids),
    }
}

chat_getter!(MessageReadEvent);
event_common!(MessageReadEvent);

impl Object for MessageReadEvent {
    fn meta(&self) -> &'static Meta {
        const META: Meta = Meta::new(
            0,
            "MessageRead.Event",
            &[
                Field::new("original_update"),
                Field::new("outbox"),
                Field::new("contents"),
                Field::new("max_id"),
            ],
        );
        &META
    }

    fn field(&self, index: usize) -> View<'_> {
        match index {
            0 => self.update.raw.view(),
            1 => View::Bool(self.outbox()),
            2 => View::Bool(self.contents()),
            3 => View::Int(self.max_id()),
            _ => View::Null,
        }
    }
}

impl Event for MessageReadEvent {
    const NAME: &'static str = "MessageRead";

    fn build(client: &Client, update: &Arc<Update>) -> Option<Self> {
        said(&update.raw)?;
        Some(Self {
            client: client.clone(),
            update: Arc::clone(update),
            fetched: Arc::default(),
            messages: Arc::default(),
        })
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

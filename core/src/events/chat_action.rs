//! What happens to chats: who comes and goes, titles, pictures, pins.

mod people;
mod what;

use std::sync::Arc;

use futures::future::BoxFuture;
use telewire_schema::codec::{Field, Meta};
use telewire_schema::{Object, Value, View, types};

use crate::client::{Client, Content};
use crate::error::Error;
use crate::events::chats::{ChatFilter, KnownChats, chat_filters};
use crate::events::show::event_common;
use crate::events::{Event, EventBuilder};
use crate::objects::Message;
use crate::objects::getter::{Fetched, Search, Source, chat_getter};
use crate::updates::Update;

use what::{What, Whose};

/// What happens to a chat: it is made, its title or picture changes, somebody joins, is added, leaves or is removed, a
/// message is pinned or unpinned.
///
/// Most of it comes as a service message ([`action_message`](ChatActionEvent::action_message)). What only bots are told of
/// members ([`updateChatParticipant`](https://core.telegram.org/constructor/updateChatParticipant),
/// [`updateChannelParticipant`](https://core.telegram.org/constructor/updateChannelParticipant)) comes in addition to those, so it is
/// left to [`Raw`](crate::events::Raw), and so is everything that is about topics, calls, gifts and the like.
///
/// ```no_run
/// # fn f(client: telewire_core::Client) {
/// use telewire_core::events::ChatAction;
///
/// client.on(ChatAction::new(), |event| async move {
///     if event.user_joined() || event.user_added() {
///         event.reply("Welcome to the group!").await?;
///     }
///     Ok::<_, telewire_core::Error>(())
/// });
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct ChatAction {
    common: ChatFilter<ChatActionEvent>,
}

impl ChatAction {
    /// Whatever happens to any chat.
    pub fn new() -> Self {
        Self::default()
    }
}

chat_filters!(ChatAction of ChatActionEvent);

/// Whom the filters of [`ChatAction`] name, as one account knows them.
#[derive(Debug)]
pub struct KnownPlaces(Option<KnownChats>);

impl EventBuilder for ChatAction {
    type Event = ChatActionEvent;
    type Known = KnownPlaces;

    fn resolve<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<KnownPlaces, Error>> {
        Box::pin(async move { Ok(KnownPlaces(self.common.resolve(client).await?)) })
    }

    fn accept(&self, known: &KnownPlaces, event: &ChatActionEvent) -> Option<ChatActionEvent> {
        let wanted = self.common.accepts_chat(known.0.as_ref(), event.chat_id());
        (wanted && self.common.accepts(event)).then(|| event.clone())
    }
}

/// What happened to a chat.
#[derive(Clone)]
pub struct ChatActionEvent {
    client: Client,
    update: Arc<Update>,
    told: Arc<Told>,
}

/// What an update says, and what was asked for since.
struct Told {
    whose: Whose,
    message: Option<Message>,
    chat: Fetched,
    /// Who has added or removed the others.
    doer: Fetched,
    /// As many as there are [users](ChatActionEvent::user_ids).
    users: Vec<Fetched>,
}

/// What it was.
impl ChatActionEvent {
    /// The service message, if it is one.
    pub fn action_message(&self) -> Option<&Message> {
        self.told.message.as_ref()
    }

    /// Whether a message was pinned; [`Self::get_pinned_message`] fetches it.
    pub fn new_pin(&self) -> bool {
        matches!(self.what(), What::Pinned)
    }

    /// Whether messages were unpinned.
    pub fn unpin(&self) -> bool {
        matches!(self.what(), What::Unpinned)
    }

    /// The messages that were unpinned.
    pub fn unpinned_ids(&self) -> &[i32] {
        match &self.update.raw {
            types::Update::PinnedMessages(u) => &u.messages,
            types::Update::PinnedChannelMessages(u) => &u.messages,
            _ => &[],
        }
    }

    /// Whether the picture was changed or removed; in the first case there is a [`photo`](Self::photo).
    pub fn new_photo(&self) -> bool {
        matches!(self.what(), What::Photo)
    }

    /// The new picture.
    pub fn photo(&self) -> Option<&types::PhotoData> {
        self.action_message().filter(|_| self.new_photo())?.photo()
    }

    /// Whether the [users](Self::users) were added by somebody else.
    pub fn user_added(&self) -> bool {
        matches!(self.what(), What::Added(_))
    }

    /// Whether the [user](Self::user) has joined, be it by a link or because a request was granted.
    pub fn user_joined(&self) -> bool {
        matches!(self.what(), What::Joined)
    }

    /// Whether the [user](Self::user) has left.
    pub fn user_left(&self) -> bool {
        matches!(self.what(), What::Left)
    }

    /// Whether the [user](Self::user) was removed by somebody else.
    pub fn user_kicked(&self) -> bool {
        matches!(self.what(), What::Kicked(_))
    }

    /// Whether the chat has just been made.
    pub fn created(&self) -> bool {
        matches!(self.what(), What::Created)
    }

    /// The new title; that of a new chat as well.
    pub fn new_title(&self) -> Option<&str> {
        match self.action_message()?.action()? {
            types::MessageAction::ChatCreate(action) => Some(&action.title),
            types::MessageAction::ChannelCreate(action) => Some(&action.title),
            types::MessageAction::ChatEditTitle(action) => Some(&action.title),
            _ => None,
        }
    }

    fn what(&self) -> &What {
        &self.told.whose.what
    }
}

/// What can be done about it.
impl ChatActionEvent {
    /// Sends a message to the chat; see [`Client::send_message`].
    ///
    /// # Errors
    /// As [`Client::send_message`].
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// use telewire_core::events::ChatAction;
    ///
    /// client.on(ChatAction::new().func(|event| event.user_left()), |event| async move {
    ///     event.respond("Farewell").await.map(drop)
    /// });
    /// # }
    /// ```
    pub async fn respond(&self, message: impl Into<Content>) -> Result<Message, Error> {
        let message = message.into();
        let chat = self.get_input_chat().await?;
        self.client.send_message(chat, message).await
    }

    /// Answers the service message; without one, [responds](Self::respond).
    ///
    /// # Errors
    /// As [`Client::send_message`].
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// use telewire_core::events::ChatAction;
    ///
    /// client.on(ChatAction::new().func(|event| event.user_joined()), |event| async move {
    ///     event.reply("Welcome").await.map(drop)
    /// });
    /// # }
    /// ```
    pub async fn reply(&self, message: impl Into<Content>) -> Result<Message, Error> {
        let message = message.into();
        match self.action_message() {
            Some(action) => self.respond(message.reply_to(action.id())).await,
            None => self.respond(message).await,
        }
    }

    /// Deletes the service message for everybody; without one, nothing is done.
    ///
    /// # Errors
    /// As [`Client::delete_messages`].
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// use telewire_core::events::ChatAction;
    ///
    /// client.on(ChatAction::new().func(|event| event.new_pin()), |event| async move {
    ///     event.delete().await.map(drop)
    /// });
    /// # }
    /// ```
    pub async fn delete(&self) -> Result<Vec<types::messages::AffectedMessages>, Error> {
        let Some(action) = self.action_message() else {
            return Ok(Vec::new());
        };
        let chat = self.get_input_chat().await?;
        self.client.delete_messages(chat, action).await
    }

    /// The message that was pinned; `None` if none was, or it is gone. It is asked for once.
    ///
    /// # Errors
    /// As [`Client::get_messages_by_id`].
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// use telewire_core::events::ChatAction;
    ///
    /// client.on(ChatAction::new(), |event| async move {
    ///     if let Some(pinned) = event.get_pinned_message().await? {
    ///         println!("worth reading: {}", pinned.text());
    ///     }
    ///     Ok::<_, telewire_core::Error>(())
    /// });
    /// # }
    /// ```
    pub async fn get_pinned_message(&self) -> Result<Option<Message>, Error> {
        match self.action_message() {
            Some(action) if self.new_pin() => action.get_reply_message().await,
            _ => Ok(None),
        }
    }

    fn is_broadcast(&self) -> bool {
        self.action_message().is_some_and(Message::is_post)
    }

    fn chat_source(&self) -> Source<'_> {
        Source {
            client: &self.client,
            peers: &self.update.peers,
            id: Some(self.told.whose.chat),
            fetched: &self.told.chat,
            search: Search::Dialogs,
        }
    }
}

chat_getter!(ChatActionEvent);
event_common!(ChatActionEvent);

impl Object for ChatActionEvent {
    fn meta(&self) -> &'static Meta {
        const META: Meta = Meta::new(
            0,
            "ChatAction.Event",
            &[
                Field::new("original_update"),
                Field::new("action_message"),
                Field::new("new_pin"),
                Field::new("new_photo"),
                Field::new("photo"),
                Field::new("user_added"),
                Field::new("user_joined"),
                Field::new("user_left"),
                Field::new("user_kicked"),
                Field::new("unpin"),
                Field::new("created"),
                Field::new("new_title"),
            ],
        );
        &META
    }

    fn field(&self, index: usize) -> View<'_> {
        match index {
            0 => self.update.raw.view(),
            1 => self
                .action_message()
                .map_or(View::Null, |action| action.raw.view()),
            2 => View::Bool(self.new_pin()),
            3 => View::Bool(self.new_photo()),
            4 => self.photo().map_or(View::Null, Value::view),
            5 => View::Bool(self.user_added()),
            6 => View::Bool(self.user_joined()),
            7 => View::Bool(self.user_left()),
            8 => View::Bool(self.user_kicked()),
            9 => View::Bool(self.unpin()),
            10 => View::Bool(self.created()),
            11 => self.new_title().map_or(View::Null, View::Text),
            _ => View::Null,
        }
    }
}

impl Event for ChatActionEvent {
    const NAME: &'static str = "ChatAction";

    fn build(client: &Client, update: &Arc<Update>) -> Option<Self> {
        let (whose, message) = what::read(client, update)?;
        Some(Self {
            client: client.clone(),
            update: Arc::clone(update),
            told: Arc::new(Told {
                users: whose.users.iter().map(|_| Fetched::default()).collect(),
                whose,
                message,
                chat: Fetched::default(),
                doer: Fetched::default(),
            }),
        })
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

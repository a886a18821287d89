//! What users are doing: coming online, leaving, writing.

mod action;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use telewire_schema::codec::{Field, Meta};
use telewire_schema::types::UserStatus as Status;
use telewire_schema::{Object, Value, View, types};

use crate::client::Client;
use crate::error::Error;
use crate::events::chats::{ChatFilter, KnownChats, chat_filters};
use crate::events::show::event_common;
use crate::events::{Event, EventBuilder};
use crate::objects::Entity;
use crate::objects::getter::{Fetched, Search, Source, chat_getter, sender_getter};
use crate::peers::PeerId;
use crate::time::Unix;
use crate::updates::Update;

const DAY: Duration = Duration::from_secs(24 * 3600);
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

/// Users who come online, go offline, write, record, upload or play.
///
/// An update is about either a [status](UserUpdateEvent::status) or an [action](UserUpdateEvent::action). What a user does in
/// a group or supergroup is told with that chat, everything else with the private chat.
///
/// ```no_run
/// # fn f(client: telewire_core::Client) {
/// use telewire_core::events::UserUpdate;
///
/// client.on(UserUpdate::new(), |event| async move {
///     if event.uploading() {
///         event.client().send_message(event.get_input_chat().await?, "What is it?").await?;
///     }
///     Ok::<_, telewire_core::Error>(())
/// });
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct UserUpdate {
    common: ChatFilter<UserUpdateEvent>,
}

impl UserUpdate {
    /// All users and whatever they do.
    pub fn new() -> Self {
        Self::default()
    }
}

chat_filters!(UserUpdate of UserUpdateEvent);

/// Whom the filters of [`UserUpdate`] name, as one account knows them.
#[derive(Debug)]
pub struct KnownUsers(Option<KnownChats>);

impl EventBuilder for UserUpdate {
    type Event = UserUpdateEvent;
    type Known = KnownUsers;

    fn resolve<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<KnownUsers, Error>> {
        Box::pin(async move { Ok(KnownUsers(self.common.resolve(client).await?)) })
    }

    fn accept(&self, known: &KnownUsers, event: &UserUpdateEvent) -> Option<UserUpdateEvent> {
        let wanted = self.common.accepts_chat(known.0.as_ref(), event.chat_id());
        (wanted && self.common.accepts(event)).then(|| event.clone())
    }
}

/// What a user is doing.
#[derive(Clone)]
pub struct UserUpdateEvent {
    client: Client,
    update: Arc<Update>,
    /// When it was made, which is what the time since somebody was seen is counted from.
    now: Unix,
    fetched_chat: Arc<Fetched>,
    fetched_user: Arc<Fetched>,
}

/// Whether, and when, somebody was seen. All of it is `false` or `None` for an [action](Self::action).
impl UserUpdateEvent {
    /// The status, if that is what has changed.
    pub fn status(&self) -> Option<&types::UserStatus> {
        match &self.update.raw {
            types::Update::UserStatus(u) => Some(&u.status),
            _ => None,
        }
    }

    /// Whether the user is online; `None` if it is not the status that has changed.
    pub fn online(&self) -> Option<bool> {
        Some(matches!(self.status()?, Status::Online(_)))
    }

    /// When the user was last seen, if that is known exactly.
    pub fn last_seen(&self) -> Option<Unix> {
        match self.status()? {
            Status::Offline(status) => Some(Unix::from_secs(status.was_online.into())),
            _ => None,
        }
    }

    /// Until when the user counts as online.
    pub fn until(&self) -> Option<Unix> {
        match self.status()? {
            Status::Online(status) => Some(Unix::from_secs(status.expires.into())),
            _ => None,
        }
    }

    /// Whether the user was seen within a day: at a known time, now, or "recently".
    pub fn recently(&self) -> bool {
        self.seen_within(DAY)
    }

    /// Whether the user was seen within seven days, as far as that is told.
    pub fn within_weeks(&self) -> bool {
        self.seen_within(WEEK)
    }

    /// Whether the user was seen within thirty days, as far as that is told.
    pub fn within_months(&self) -> bool {
        self.seen_within(MONTH)
    }

    fn seen_within(&self, span: Duration) -> bool {
        let known = match self.status() {
            Some(Status::Offline(status)) => {
                let seen = Unix::from_secs(status.was_online.into()).since_epoch();
                return self.now.since_epoch().saturating_sub(seen) < span;
            }
            Some(Status::Online(_) | Status::Recently(_)) => DAY,
            Some(Status::LastWeek(_)) => WEEK,
            Some(Status::LastMonth(_)) => MONTH,
            Some(Status::Empty) | None => return false,
        };
        known <= span
    }
}

/// Who it is: other names for what [`Self::sender`] and the like tell.
impl UserUpdateEvent {
    /// The same as [`Self::sender_id`].
    pub fn user_id(&self) -> Option<PeerId> {
        self.sender_id()
    }

    /// The same as [`Self::sender`].
    pub fn user(&self) -> Option<Entity> {
        self.sender()
    }

    /// The same as [`Self::get_sender`].
    ///
    /// # Errors
    /// As [`Self::get_sender`].
    pub async fn get_user(&self) -> Result<Entity, Error> {
        self.get_sender().await
    }

    /// The same as [`Self::input_sender`].
    pub fn input_user(&self) -> Option<types::InputPeer> {
        self.input_sender()
    }

    /// The same as [`Self::get_input_sender`].
    ///
    /// # Errors
    /// As [`Self::get_input_sender`].
    pub async fn get_input_user(&self) -> Result<types::InputPeer, Error> {
        self.get_input_sender().await
    }

    /// The chat and the user.
    fn place(&self) -> Option<(PeerId, PeerId)> {
        place(&self.update.raw)
    }

    /// Nobody says what kind of channel it is.
    fn is_broadcast(&self) -> bool {
        false
    }

    fn chat_source(&self) -> Source<'_> {
        Source {
            client: &self.client,
            peers: &self.update.peers,
            id: self.place().map(|(chat, _)| chat),
            fetched: &self.fetched_chat,
            search: Search::Dialogs,
        }
    }

    fn sender_source(&self) -> Source<'_> {
        Source {
            client: &self.client,
            peers: &self.update.peers,
            id: self.place().map(|(_, user)| user),
            fetched: &self.fetched_user,
            search: Search::Nowhere,
        }
    }
}

/// Where it happened and who did it; `None` if it is another update.
fn place(update: &types::Update) -> Option<(PeerId, PeerId)> {
    let private = |id| Some((PeerId::User(id), PeerId::User(id)));
    match update {
        types::Update::UserStatus(u) => private(u.user_id),
        types::Update::UserTyping(u) => private(u.user_id),
        types::Update::ChatUserTyping(u) => {
            Some((PeerId::Chat(u.chat_id), PeerId::from(&u.from_id)))
        }
        types::Update::ChannelUserTyping(u) => {
            Some((PeerId::Channel(u.channel_id), PeerId::from(&u.from_id)))
        }
        _ => None,
    }
}

chat_getter!(UserUpdateEvent);
sender_getter!(UserUpdateEvent);
event_common!(UserUpdateEvent);

impl Object for UserUpdateEvent {
    fn meta(&self) -> &'static Meta {
        const META: Meta = Meta::new(
            0,
            "UserUpdate.Event",
            &[
                Field::new("original_update"),
                Field::new("online"),
                Field::new("last_seen").date(),
                Field::new("until").date(),
                Field::new("action"),
                Field::new("within_months"),
                Field::new("within_weeks"),
                Field::new("recently"),
                Field::new("cancel"),
                Field::new("typing"),
                Field::new("recording"),
                Field::new("uploading"),
                Field::new("playing"),
                Field::new("audio"),
                Field::new("round"),
                Field::new("video"),
                Field::new("document"),
                Field::new("geo"),
                Field::new("photo"),
                Field::new("contact"),
                Field::new("sticker"),
            ],
        );
        &META
    }

    fn field(&self, index: usize) -> View<'_> {
        let date = |at: Option<Unix>| {
            let seconds = at.and_then(|at| i32::try_from(at.secs()).ok());
            seconds.map_or(View::Null, View::Int)
        };
        match index {
            0 => self.update.raw.view(),
            1 => self.online().map_or(View::Null, View::Bool),
            2 => date(self.last_seen()),
            3 => date(self.until()),
            4 => self.action().map_or(View::Null, Value::view),
            _ => index
                .checked_sub(5)
                .and_then(|index| self.flags().get(index).copied())
                .map_or(View::Null, View::Bool),
        }
    }
}

impl UserUpdateEvent {
    /// Everything that is yes or no, in the order in which it is printed.
    fn flags(&self) -> [bool; 16] {
        [
            self.within_months(),
            self.within_weeks(),
            self.recently(),
            self.cancel(),
            self.typing(),
            self.recording(),
            self.uploading(),
            self.playing(),
            self.audio(),
            self.round(),
            self.video(),
            self.document(),
            self.geo(),
            self.photo(),
            self.contact(),
            self.sticker(),
        ]
    }
}

impl Event for UserUpdateEvent {
    const NAME: &'static str = "UserUpdate";

    fn build(client: &Client, update: &Arc<Update>) -> Option<Self> {
        place(&update.raw)?;
        Some(Self {
            client: client.clone(),
            update: Arc::clone(update),
            now: client.now().wall,
            fetched_chat: Arc::default(),
            fetched_user: Arc::default(),
        })
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

//! Updates that are missing.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use telewire_schema::codec::{Field, Meta};
use telewire_schema::{Object, View, types};

use crate::client::Client;
use crate::error::Error;
use crate::events::chats::{ChatFilter, KnownChats, chat_filters};
use crate::events::show::event_common;
use crate::events::{Event, EventBuilder};
use crate::objects::getter::{Fetched, Search, Source, chat_getter};
use crate::peers::PeerId;
use crate::updates::{BoxId, Lapse, Update, Why};

/// Places where updates are missing for good, for programs that must not miss anything and can look for it elsewhere, such as
/// in the history.
///
/// The server counts the updates of a channel or supergroup for itself, and those of private chats and basic groups together.
/// What is lost on the way is [fetched](https://core.telegram.org/api/updates#recovering-gaps) without anybody hearing of it; a
/// gap is what could not be fetched. The event comes where the updates would have come: after those before the gap, and before
/// those after it. [`chats`](Self::chats) knows channels and supergroups only.
///
/// ```no_run
/// # fn f(client: telewire_core::Client) {
/// use telewire_core::events::Gap;
///
/// client.on(Gap::new(), |gap| async move {
///     match gap.chat_id() {
///         Some(channel) => println!("something is missing in {}: {:?}", channel.marked(), gap.why()),
///         None => println!("something is missing in private chats or groups: {:?}", gap.why()),
///     }
/// });
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct Gap {
    common: ChatFilter<GapEvent>,
}

impl Gap {
    /// All gaps.
    pub fn new() -> Self {
        Self::default()
    }
}

chat_filters!(Gap of GapEvent);

/// Whom the filters of [`Gap`] name, as one account knows them.
#[derive(Debug)]
pub struct KnownGaps(Option<KnownChats>);

impl EventBuilder for Gap {
    type Event = GapEvent;
    type Known = KnownGaps;

    fn resolve<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<KnownGaps, Error>> {
        Box::pin(async move { Ok(KnownGaps(self.common.resolve(client).await?)) })
    }

    fn accept(&self, known: &KnownGaps, event: &GapEvent) -> Option<GapEvent> {
        let wanted = self.common.accepts_chat(known.0.as_ref(), event.chat_id());
        (wanted && self.common.accepts(event)).then(|| event.clone())
    }
}

/// A place where updates are missing.
#[derive(Clone)]
pub struct GapEvent {
    client: Client,
    update: Arc<Update>,
    lapse: Arc<Lapse>,
    fetched: Arc<Fetched>,
}

impl GapEvent {
    /// Whose updates they are: those of one channel or supergroup, or those of private chats and basic groups.
    pub fn at(&self) -> BoxId {
        self.lapse.at
    }

    /// The `pts` that the updates before the gap led to, if it is known.
    pub fn from_pts(&self) -> Option<i32> {
        self.lapse.from
    }

    /// The `pts` that the updates go on from, if it is known.
    pub fn to_pts(&self) -> Option<i32> {
        self.lapse.to
    }

    /// Why they are missing.
    pub fn why(&self) -> Why {
        self.lapse.why
    }

    /// What the server sent, where that does not decode: an object of a type that the schema does not know, in
    /// [binary form](https://core.telegram.org/mtproto/serialize).
    pub fn bytes(&self) -> Option<&Bytes> {
        self.lapse.raw.as_ref()
    }

    /// Gaps do not tell what kind of channel it is.
    fn is_broadcast(&self) -> bool {
        false
    }

    fn chat_source(&self) -> Source<'_> {
        let id = match self.lapse.at {
            BoxId::Account => None,
            BoxId::Channel(id) => Some(PeerId::Channel(id)),
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

chat_getter!(GapEvent);
event_common!(GapEvent);

impl Object for GapEvent {
    fn meta(&self) -> &'static Meta {
        const META: Meta = Meta::new(
            0,
            "Gap.Event",
            &[
                Field::new("original_update"),
                Field::new("from_pts"),
                Field::new("to_pts"),
                Field::new("bytes"),
            ],
        );
        &META
    }

    fn field(&self, index: usize) -> View<'_> {
        match index {
            0 => telewire_schema::Value::view(&self.update.raw),
            1 => self.from_pts().map_or(View::Null, View::Int),
            2 => self.to_pts().map_or(View::Null, View::Int),
            3 => self.bytes().map_or(View::Null, |b| View::Bytes(b)),
            _ => View::Null,
        }
    }
}

impl Event for GapEvent {
    const NAME: &'static str = "Gap";

    fn build(client: &Client, update: &Arc<Update>) -> Option<Self> {
        let lapse = update.gap.clone()?;
        Some(Self {
            client: client.clone(),
            update: Arc::clone(update),
            lapse,
            fetched: Arc::default(),
        })
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

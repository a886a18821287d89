//! The words that the engine and its driver exchange.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use telewire_schema::{Deserialize, Identifiable, Serialize, types};

use crate::dc::DcId;
use crate::error::{Error, StoreError};
use crate::peers::{PeerKey, PeerRecord};
use crate::runtime::Endpoint;
use crate::session::SessionChange;
use crate::time::Mono;
use crate::updates::Lapse;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u64);
    )*};
}

ids! {
    /// One connection, from `Connect` to `Close` or `Lost`; never used again for another.
    LinkId,
    /// One request, from `invoke` to its `Result`.
    RequestId,
    /// One running timer.
    TimerId,
    /// One update that was handed out and waits for `confirm`.
    UpdateId,
    /// One `Store`, `Find` or `Work` that waits for its `Answer`.
    TaskId,
}

/// Something happened to a connection.
#[derive(Debug)]
pub enum LinkEvent {
    /// The byte stream stands.
    Connected,
    /// It could not be made, or it broke. The text is the operating system's reason.
    Lost(String),
}

/// A request for the server.
pub struct Request {
    /// The TL name, for errors and traces.
    pub name: &'static str,
    /// The serialised request, or all of it before `tail`.
    pub head: Vec<u8>,
    /// The last field where it is a large `bytes` value: sent after `head` without being copied into it. The engine writes
    /// its TL length and padding.
    pub tail: Option<Bytes>,
    /// Where it goes.
    pub dc: Target,
    /// It may run only after that request has run.
    pub after: Option<RequestId>,
    /// When to give up; `None` leaves it to the engine's retries.
    pub deadline: Option<Mono>,
    /// It may run twice without harm, so it is sent again when its fate is unknown. Requests that carry a `random_id`
    /// count as such.
    pub repeatable: bool,
    /// A dropped one is cancelled on the server as well; for large reads.
    pub cancel: bool,
    /// Up to which length flood waits are waited out; `None` for what the engine does otherwise.
    pub flood_sleep_threshold: Option<Duration>,
    /// The [takeout](https://core.telegram.org/api/takeout) it belongs to.
    pub takeout: Option<i64>,
}

impl Request {
    /// A request for the account's own data centre.
    pub fn new<R: Serialize + Identifiable>(request: &R) -> Self {
        Self {
            name: R::NAME,
            head: request.to_bytes(),
            tail: None,
            dc: Target::Home,
            after: None,
            deadline: None,
            repeatable: false,
            cancel: false,
            flood_sleep_threshold: None,
            takeout: None,
        }
    }
}

// Arguments may be anybody's secrets.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("name", &self.name)
            .field("dc", &self.dc)
            .finish_non_exhaustive()
    }
}

/// Which data centre a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The account's own.
    Home,
    /// That one, with the account's authorization exported to it.
    Of(DcId),
    /// The file servers of that one.
    Media(DcId),
}

/// The answer to a request.
pub enum Value {
    /// As it came, unpacked if it was compressed.
    Bytes(Bytes),
    /// Already decoded, because the engine had to look into it; with the bytes it was decoded from.
    Decoded(Box<dyn Any + Send>, Bytes),
}

impl Value {
    /// The answer as the type that the request promises.
    pub fn decode<T: Deserialize + 'static>(self) -> Result<T, telewire_schema::DecodeError> {
        match self {
            Self::Bytes(bytes) => T::from_bytes(&bytes),
            // Whoever asked through a wrapper may want another type than the engine thought.
            Self::Decoded(any, bytes) => any
                .downcast::<T>()
                .map_or_else(|_| T::from_bytes(&bytes), |value| Ok(*value)),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(b) => write!(f, "Value({} bytes)", b.len()),
            Self::Decoded(..) => f.write_str("Value(decoded)"),
        }
    }
}

/// What the driver has to do, or hand on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// Open a connection and report it by [`LinkEvent`].
    Connect(LinkId, Endpoint),
    /// Close a connection; nothing more is heard of it.
    Close(LinkId),
    /// A request has ended.
    Result(RequestId, Result<Value, Error>),
    /// Make these changes durable and answer `Stored`.
    Store(TaskId, Vec<SessionChange>),
    /// Look a peer up and answer `Found`.
    Find(TaskId, PeerKey),
    /// Compute this where it may take long and answer `Worked`.
    Work(TaskId, crate::exchange::Job),
    /// A timer ran out.
    Woke(TimerId),
    /// The client's state changed for good or bad.
    State(State),
    /// Updates are lost for good.
    Lapse(Lapse),
    /// The home data centre's [configuration](https://core.telegram.org/constructor/config), each time it greets.
    Config(Arc<types::Config>),
}

/// The state of the account's connection, as users see it.
#[derive(Clone, Debug)]
pub enum State {
    /// Connected, and the server has answered.
    Ready,
    /// Not connected; the engine is trying.
    Connecting,
    /// Not connected, and not trying any more.
    Ended(Option<Error>),
}

/// What the driver answers.
#[derive(Debug)]
pub enum Answer {
    /// The changes are durable, or not.
    Stored(TaskId, Result<(), StoreError>),
    /// What the store knows of the peer.
    Found(TaskId, Option<PeerRecord>),
    /// The job's result.
    Worked(TaskId, crate::exchange::JobOutput),
}

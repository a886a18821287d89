//! What can go wrong, sorted by whose fault it is.

mod advice;
mod multi;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use telewire_schema::errors::RpcError;

pub use multi::MultiError;
pub(crate) use multi::Outcome;

/// Every failure that a friendly method or a raw request can end with.
///
/// The variants are ordered by blame: the server's answer, the way there, the peer's bytes, time, the account, the
/// session, and the caller. [`Error::may_have_run`] tells whether the server may have acted before the failure.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// The server answered the request with an error.
    Rpc {
        /// The TL name of the request, e.g. `messages.sendMessage`; empty where it is not known.
        request: &'static str,
        /// What the server said.
        error: RpcError,
    },
    /// The server answered with an error that passes, such as an internal one, as often as the request was sent; see
    /// [`Config::request_retries`](crate::Config::request_retries).
    Unsuccessful {
        /// The TL name of the request.
        request: &'static str,
        /// How often it was sent.
        sends: u32,
        /// What the server said the last time.
        error: RpcError,
    },
    /// The server could not be reached, or the connection broke and could not be made again.
    Transport(TransportError),
    /// The server broke the protocol in a way that cannot be repaired.
    Protocol(ProtocolError),
    /// An answer did not decode; only the request it belongs to is affected.
    Decode {
        /// The TL name of the request.
        request: &'static str,
        /// What was wrong with the bytes.
        error: Arc<telewire_schema::DecodeError>,
    },
    /// The request's deadline passed.
    Deadline {
        /// The TL name of the request.
        request: &'static str,
        /// Whether it had been written to a socket by then.
        sent: bool,
    },
    /// The client was disconnected, or its driver was dropped.
    Disconnected,
    /// The session that carried the request was lost before the answer came, so whether it ran is not known.
    OutcomeUnknown {
        /// The TL name of the request.
        request: &'static str,
    },
    /// The account is no longer signed in here: logged out elsewhere, banned or deleted.
    AccountEnded(RpcError),
    /// The session store failed.
    Store(StoreError),
    /// What was asked for does not exist, e.g. a username nobody has.
    NotFound(String),
    /// The call itself cannot work; the text says what to do instead.
    Misuse(String),
    /// An exclusive conversation is open with this chat already. A handler that ends with it counts as one that had
    /// nothing to do.
    AlreadyInConversation,
    /// Of several requests that were sent together, some failed.
    Multi(MultiError),
    /// The conversation that was waited in was ended. A handler that ends with it has not failed.
    ConversationCancelled,
}

impl Error {
    /// Whether the server may have carried the request out although it failed.
    pub fn may_have_run(&self) -> bool {
        match self {
            Self::Deadline { sent, .. } => *sent,
            Self::Disconnected
            | Self::OutcomeUnknown { .. }
            | Self::Transport(_)
            | Self::Decode { .. } => true,
            Self::Multi(several) => several
                .errors()
                .iter()
                .any(|error| error.is_none_or(Self::may_have_run)),
            Self::Rpc { error, .. } | Self::Unsuccessful { error, .. } => {
                error.code() >= 500 || error.code() < 0
            }
            _ => false,
        }
    }

    /// How long to wait before the same request may succeed, when the server said so.
    pub fn retry_after(&self) -> Option<Duration> {
        let (Self::Rpc { error, .. } | Self::Unsuccessful { error, .. }) = self else {
            return None;
        };
        let waits = error.code() == 420 || error.name().contains("_WAIT_");
        let seconds = u64::try_from(error.value()?).ok()?;
        waits.then(|| Duration::from_secs(seconds))
    }

    /// The server's error, if this is one.
    pub fn rpc(&self) -> Option<&RpcError> {
        match self {
            Self::Rpc { error, .. }
            | Self::Unsuccessful { error, .. }
            | Self::AccountEnded(error) => Some(error),
            _ => None,
        }
    }

    /// Whether this is the server's error of that name, e.g. `"PHONE_CODE_INVALID"` or `"FLOOD_WAIT"`.
    pub fn is(&self, name: &str) -> bool {
        self.rpc().is_some_and(|e| e.is(name))
    }

    /// What the user can do about an error of the server, where that is known. The error's text ends with it.
    pub fn advice(&self) -> Option<&'static str> {
        advice::about(self.rpc()?.name())
    }

    /// A [`Error::Misuse`] with this text.
    pub fn misuse(text: impl Into<String>) -> Self {
        Self::Misuse(text.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rpc { request, error } => {
                write!(f, "{error}")?;
                if !request.is_empty() {
                    write!(f, " (caused by {request})")?;
                }
                self.advice()
                    .map_or(Ok(()), |advice| write!(f, ": {advice}"))
            }
            Self::Unsuccessful {
                request,
                sends,
                error,
            } => {
                let times = if *sends == 1 { "time" } else { "times" };
                write!(
                    f,
                    "{request} was unsuccessful {sends} {times}; the last answer was {error}"
                )
            }
            Self::Transport(e) => e.fmt(f),
            Self::Protocol(e) => e.fmt(f),
            Self::Decode { request, error } => write!(
                f,
                "the answer to {request} could not be decoded ({error}); the server may speak a newer layer"
            ),
            Self::Deadline { request, .. } => write!(f, "{request} was not answered in time"),
            Self::Disconnected => f.write_str("the client is disconnected; call connect() again"),
            Self::OutcomeUnknown { request } => write!(
                f,
                "the session was lost while {request} was on its way, so it may or may not have run; check before repeating it"
            ),
            Self::AccountEnded(e) => {
                write!(f, "{e}: this session is no longer signed in; sign in again")
            }
            Self::Store(e) => e.fmt(f),
            Self::NotFound(what) | Self::Misuse(what) => f.write_str(what),
            Self::Multi(several) => several.fmt(f),
            Self::AlreadyInConversation => f.write_str(
                "a conversation with this chat is open already; end it first, or open both without exclusive",
            ),
            Self::ConversationCancelled => {
                f.write_str("the conversation is over; open another one to go on")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Rpc { error, .. }
            | Self::Unsuccessful { error, .. }
            | Self::AccountEnded(error) => Some(error),
            Self::Transport(e) => Some(e),
            Self::Protocol(e) => Some(e),
            Self::Decode { error, .. } => Some(&**error),
            Self::Store(e) => Some(e),
            Self::Multi(several) => several
                .errors()
                .into_iter()
                .flatten()
                .next()
                .map(|e| e as _),
            _ => None,
        }
    }
}

/// Why no connection stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TransportError {
    /// Every attempt to connect failed; the text names the addresses and the last reason.
    Unreachable(String),
    /// The connection broke and reconnecting is switched off or was given up.
    Lost(String),
    /// The server keeps answering with this transport error code (`-404`, `-429`, `-444`).
    Refused(i32),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(
                f,
                "Telegram cannot be reached ({why}); check the network connection, the proxy and the firewall"
            ),
            Self::Lost(why) => write!(f, "the connection was lost ({why})"),
            Self::Refused(-404) => f.write_str(
                "the server does not know this authorization key (-404); sign in again with a new session if it stays so",
            ),
            Self::Refused(-429) => f.write_str("the server refuses more connections for now (-429); try again later"),
            Self::Refused(code) => write!(f, "the server refuses the connection ({code})"),
        }
    }
}

impl std::error::Error for TransportError {}

/// How the peer broke the protocol. Says what was violated, never with which bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolError(pub(crate) &'static str);

impl ProtocolError {
    /// An error that says which rule was broken.
    pub const fn new(rule: &'static str) -> Self {
        Self(rule)
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server broke the protocol: {}", self.0)
    }
}

impl std::error::Error for ProtocolError {}

/// Why a session could not be read or written. The text says what to do.
#[derive(Clone, Debug)]
pub struct StoreError {
    text: String,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl StoreError {
    /// A failure with an explanation for the user.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            source: None,
        }
    }

    /// The same, keeping what caused it.
    pub fn caused(
        text: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self {
            text: text.into(),
            source: Some(Arc::new(source)),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|e| &**e as _)
    }
}

impl From<StoreError> for Error {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl From<TransportError> for Error {
    fn from(e: TransportError) -> Self {
        Self::Transport(e)
    }
}

impl From<ProtocolError> for Error {
    fn from(e: ProtocolError) -> Self {
        Self::Protocol(e)
    }
}

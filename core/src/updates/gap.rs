//! What is missing for good, and why.

use std::fmt;

use bytes::Bytes;
use telewire_schema::types;

use super::BoxId;

/// Updates that could not be had: the server let them go, or they do not decode.
#[derive(Clone)]
pub struct Lapse {
    /// Which box lacks them.
    pub at: BoxId,
    /// The `pts` before the hole, if it was known.
    pub from: Option<i32>,
    /// The `pts` after the hole, if it is known.
    pub to: Option<i32>,
    /// Why they are missing.
    pub why: Why,
    /// The bytes that did not decode.
    pub raw: Option<Bytes>,
}

/// Why updates are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// The server has more than it cares to tell:
    /// [`differenceTooLong`](https://core.telegram.org/constructor/updates.differenceTooLong) or its like for channels.
    TooLong,
    /// What the server sent does not decode, and [`Lapse::raw`] is what it was. Of a packet that was pushed, everything
    /// that counts is fetched once more and may come yet.
    Undecodable,
    /// The server has told of later events, but does not hand out what was before.
    Withheld,
    /// The channel is closed to the account. Its next event, if there is any, begins afresh.
    Closed,
    /// The server refuses to continue from where the account or the channel stood.
    Refused,
    /// The server has numbered the account's events anew.
    Renumbered,
    /// The channel's access hash is not known, so it cannot be asked for what is missing.
    Unreachable,
    /// More came than was taken. What counts is fetched once there is room; what has no number, such as that somebody is
    /// typing, is gone, and so is what had to give way to a conversation while no handlers ran.
    Overflow,
}

impl Lapse {
    /// The nearest thing to it among the updates of the server.
    pub(super) fn sign(&self) -> types::Update {
        match self.at {
            BoxId::Account => types::Update::PtsChanged,
            BoxId::Channel(id) => {
                let mut sign = types::UpdateChannelTooLong::new(id);
                sign.pts = self.to;
                sign.into()
            }
        }
    }
}

// The bytes are somebody's messages.
impl fmt::Debug for Lapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lapse")
            .field("at", &self.at)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("why", &self.why)
            .field("raw", &self.raw.as_ref().map(Bytes::len))
            .finish()
    }
}

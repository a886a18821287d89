//! Updates in order: every event of the account once, nothing missing, whatever the network did.
//!
//! The server numbers its events: `pts` for the account's private chats and basic groups, `pts` of its own for every
//! channel, `qts` for secret chats and bots, `seq` for packets of what is left. `Boxes` compares these numbers with
//! its own positions, lets what is early wait half a second, and asks for the difference when something stays missing.
//! It keeps two positions a box: the delivered one in memory, and the one that the consumer has confirmed, which is what
//! a session remembers. See [working with updates](https://core.telegram.org/api/updates).

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod account;
mod answer;
mod boxes;
mod channel;
mod failure;
mod gap;
mod known;
mod ledger;
mod need;
pub(crate) mod outbox;
mod place;
mod repair;
mod rewind;
mod route;
mod sequence;
mod short;

use std::sync::Arc;

use telewire_schema::types;

pub(crate) use boxes::Boxes;
pub use gap::{Lapse, Why};
pub(crate) use need::Need;

use crate::peers::PeerMap;

/// One event, in its place.
#[derive(Clone, Debug)]
pub struct Update {
    /// What happened. Short forms of messages have been expanded to `updateNewMessage`.
    pub raw: types::Update,
    /// The users and chats that came along. Short forms bring none; their peers are in the session.
    pub peers: Arc<PeerMap>,
    /// When the packet was made, in Unix seconds; 0 where the server did not say.
    pub date: i32,
    /// Whether it was fetched because it came while nobody was connected.
    pub catch_up: bool,
    /// No event, but the place where some are missing. `raw` is the sign that the server has for it: `updateChannelTooLong`,
    /// or `updatePtsChanged` for the account.
    pub gap: Option<Arc<Lapse>>,
}

impl Update {
    /// An event that came just now, by itself.
    pub fn new(raw: impl Into<types::Update>) -> Self {
        Self {
            raw: raw.into(),
            peers: Arc::default(),
            date: 0,
            catch_up: false,
            gap: None,
        }
    }
}

/// A sequence of events with a `pts` of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoxId {
    /// Private chats and basic groups.
    Account,
    /// The channel or supergroup with this id.
    Channel(i64),
}

/// Where updates came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The server sent them by itself.
    Pushed,
    /// They are the result of a request: its caller has them, so they move the boxes and are not delivered.
    Result,
}

/// What a box holds of an event until its turn; `None` for one that its caller already has.
type Event = Option<Payload>;

/// An event on its way to the consumer.
#[derive(Clone, Debug)]
struct Payload {
    raw: types::Update,
    peers: Arc<PeerMap>,
    date: i32,
}

#[cfg(test)]
mod tests;

//! What can happen, and which of it a handler wants to hear of.
//!
//! A builder such as [`NewMessage`] says which events a handler is for; [`Client::on`] registers both, and
//! [`Client::run_until_disconnected`] runs the handlers.
//!
//! ```no_run
//! # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
//! use telewire_core::events::NewMessage;
//!
//! client.on(NewMessage::new().incoming(), |event| async move {
//!     event.reply("I am a bot").await?;
//!     Ok::<_, telewire_core::Error>(())
//! });
//! client.run_until_disconnected().await
//! # }
//! ```
//!
//! [`Client::on`]: crate::Client::on
//! [`Client::run_until_disconnected`]: crate::Client::run_until_disconnected

mod chat_action;
mod chats;
mod deleted;
mod edited;
mod gap;
mod handler;
mod message_filter;
mod new_message;
mod outcome;
mod pattern;
mod raw;
mod read;
mod show;
#[cfg(test)]
mod tests;
mod user_update;

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::client::Client;
use crate::error::Error;
use crate::updates::Update;
pub use crate::updates::Why;

pub use chat_action::{ChatAction, ChatActionEvent, KnownPlaces};
pub use deleted::{KnownDeleted, MessageDeleted, MessageDeletedEvent};
pub use edited::{MessageEdited, MessageEditedEvent};
pub use gap::{Gap, GapEvent, KnownGaps};
pub use handler::Handler;
pub(crate) use handler::{Built, Place};
pub use message_filter::Known;
pub use new_message::{NewMessage, NewMessageEvent};
pub(crate) use outcome::{HandlerError, Verdict};
pub use outcome::{Outcome, StopPropagation};
pub use pattern::PatternMatch;
pub use raw::{Raw, RawEvent};
pub use read::{KnownRead, MessageRead, MessageReadEvent};
pub use user_update::{KnownUsers, UserUpdate, UserUpdateEvent};

/// What handlers are given. It is made at most once from an update, and shared by all handlers that want it: a clone has to be
/// cheap.
pub trait Event: Clone + Send + Sync + 'static {
    /// What such events are called in logs and lists.
    const NAME: &'static str;

    /// The event that an update is, if it is one.
    fn build(client: &Client, update: &Arc<Update>) -> Option<Self>;

    /// The client that it came by.
    fn client(&self) -> &Client;
}

/// Which events a handler is for. Implemented by the builders of this module; programs may have builders of their own.
///
/// A handler gets the events of its builder's exact type. A builder is shared by all clients that its handler was added to, so
/// what depends on the account is kept apart, in [`EventBuilder::Known`].
pub trait EventBuilder: Send + Sync + 'static {
    /// What handlers are given.
    type Event: Event;

    /// Whom the filters name, as one account knows them.
    type Known: Send + Sync + 'static;

    /// Looks up whom the filters name: once for each client, when the first event comes, and again if that fails. Until it
    /// has succeeded no event is wanted.
    fn resolve<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<Self::Known, Error>>;

    /// The event for the handler, if it is one that is wanted: a clone, with what this builder has to add to it.
    fn accept(&self, known: &Self::Known, event: &Self::Event) -> Option<Self::Event>;
}

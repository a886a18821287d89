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

mod chats;
mod new_message;
mod outcome;
mod raw;

use futures::future::BoxFuture;

use crate::client::Client;
use crate::error::Error;
use crate::updates::Update;

pub use new_message::{NewMessage, NewMessageEvent};
pub(crate) use outcome::{HandlerError, Verdict};
pub use outcome::{Outcome, StopPropagation};
pub use raw::{Raw, RawEvent};

/// Which events a handler is for. Implemented by the builders of this module.
pub trait EventBuilder: Send + Sync + 'static {
    /// What handlers are given.
    type Event: Send + 'static;

    /// What the events are called in logs and lists.
    const NAME: &'static str;

    /// Looks up whom the filters name; called before the first update, and again if that failed.
    fn resolve<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<(), Error>>;

    /// The event that an update is, if it is one that is wanted.
    fn build(&self, client: &Client, update: &Update) -> Option<Self::Event>;
}

//! What can happen, with a plain return value in place of every future.
//!
//! The builders are those of [`telewire_core::events`]; the events that handlers are given are twins of the ones there.

mod new_message;
mod raw;

use telewire_core::events::EventBuilder;
pub use telewire_core::events::{NewMessage, Outcome, Raw, StopPropagation};

use crate::client::Client;

pub use new_message::NewMessageEvent;
pub use raw::RawEvent;

/// Which events a handler is for. Implemented by the builders of this module.
pub trait Events: EventBuilder {
    /// What handlers are given.
    type Blocking: Send + 'static;

    /// The blocking twin of an event.
    fn wrap(client: &Client, event: Self::Event) -> Self::Blocking;
}

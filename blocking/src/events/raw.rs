//! Updates as they come.

use std::fmt;

use telewire_core::{events, types};

use crate::client::Client;
use crate::events::Events;

/// An update with the client that it came by.
#[derive(Clone)]
pub struct RawEvent {
    /// What happened.
    pub update: types::Update,
    client: Client,
    catch_up: bool,
}

impl RawEvent {
    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether it came while nobody was connected, and was fetched later.
    pub fn is_catch_up(&self) -> bool {
        self.catch_up
    }
}

impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.update.fmt(f)
    }
}

impl Events for events::Raw {
    type Blocking = RawEvent;

    fn wrap(client: &Client, event: events::RawEvent) -> RawEvent {
        RawEvent {
            catch_up: event.is_catch_up(),
            update: event.update,
            client: client.clone(),
        }
    }
}

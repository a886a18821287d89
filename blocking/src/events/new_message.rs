//! Messages that arrive, from others or from oneself.

use std::ops::Deref;

use telewire_core::peers::PeerMap;
use telewire_core::{events, types};

use crate::client::Client;
use crate::events::{Events, event_common, message_event};
use crate::objects::Message;

message_event!(
    /// A new message. It can be used like the [`Message`] itself.
    NewMessageEvent of NewMessage
);

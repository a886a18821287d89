//! What can happen, with a plain return value in place of every future.
//!
//! The builders are those of [`telewire_core::events`]; the events that handlers are given are twins of the ones there.

mod chat_action;
mod deleted;
mod edited;
mod gap;
mod handler;
mod new_message;
mod raw;
mod read;
mod user_update;

use telewire_core::events::EventBuilder;
pub use telewire_core::events::{
    ChatAction, Gap, MessageDeleted, MessageEdited, MessageRead, NewMessage, Outcome, PatternMatch,
    Raw, StopPropagation, UserUpdate, Why,
};

use crate::client::Client;

pub use chat_action::ChatActionEvent;
pub use deleted::MessageDeletedEvent;
pub use edited::MessageEditedEvent;
pub use gap::GapEvent;
pub use handler::Handler;
pub use new_message::NewMessageEvent;
pub use raw::RawEvent;
pub use read::MessageReadEvent;
pub use user_update::UserUpdateEvent;

/// Which events a handler is for. Implemented by the builders of this module.
pub trait Events: EventBuilder {
    /// What handlers are given.
    type Blocking: Send + 'static;

    /// The blocking twin of an event.
    fn wrap(client: &Client, event: Self::Event) -> Self::Blocking;
}

/// The blocking twin of an event that is a message.
macro_rules! message_event {
    ($(#[$doc:meta])* $name:ident of $builder:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            message: Message,
            inner: events::$name,
        }

        impl $name {
            /// The message. Everything it has, the event has as well.
            pub fn message(&self) -> &Message {
                &self.message
            }

            /// What the pattern of the handler's builder found; `None` if it has no pattern.
            pub fn pattern_match(&self) -> Option<&events::PatternMatch> {
                self.inner.pattern_match()
            }
        }

        event_common!($name);

        impl Deref for $name {
            type Target = Message;

            fn deref(&self) -> &Message {
                &self.message
            }
        }

        impl Events for events::$builder {
            type Blocking = $name;

            fn wrap(client: &Client, event: events::$name) -> $name {
                $name {
                    message: Message::wrap(client, event.message().clone()),
                    inner: event,
                }
            }
        }
    };
}

/// What every event but [`RawEvent`] can tell of itself.
macro_rules! event_common {
    ($name:ident) => {
        impl $name {
            /// The update that it was made from.
            pub fn original_update(&self) -> &types::Update {
                self.inner.original_update()
            }

            /// The users and chats that came along with it.
            pub fn peers(&self) -> &PeerMap {
                self.inner.peers()
            }

            /// Whether it came while nobody was connected, and was fetched later.
            pub fn is_catch_up(&self) -> bool {
                self.inner.is_catch_up()
            }

            /// All of it over several lines.
            pub fn stringify(&self) -> String {
                self.inner.stringify()
            }

            /// All of it as JSON; `_` names the event.
            pub fn to_json(&self) -> String {
                self.inner.to_json()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.inner, f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.inner, f)
            }
        }
    };
}

use event_common;
use message_event;

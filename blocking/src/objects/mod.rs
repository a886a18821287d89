//! Messages, dialogs and the like, with a plain return value in place of every future.
//!
//! Each wraps the asynchronous object of its name, and dereferences to it for everything that needs no waiting.

mod conversation;
mod dialog;
mod draft;
mod forward;
pub(crate) mod getter;
mod message;
mod message_button;

pub use conversation::{Conversation, EventWait};
pub use dialog::Dialog;
pub use draft::Draft;
pub use forward::Forward;
pub use message::Message;
pub use message_button::{Clicked, MessageButton};
pub use telewire_core::objects::{Button, Buttons, Click, RawButton, RowOrButton};

/// What iterators make of the items of their asynchronous twins.
pub(crate) trait Twin {
    type Of;

    fn twin(client: &crate::client::Client, of: Self::Of) -> Self;
}

impl<T: Twin> Twin for Option<T> {
    type Of = Option<T::Of>;

    fn twin(client: &crate::client::Client, of: Self::Of) -> Self {
        of.map(|of| T::twin(client, of))
    }
}

/// A blocking twin of an asynchronous object.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            inner: telewire_core::objects::$name,
            client: $crate::client::Client,
        }

        impl $name {
            pub(crate) fn wrap(client: &$crate::client::Client, inner: telewire_core::objects::$name) -> Self {
                Self { inner, client: client.clone() }
            }

            /// The client that it came from.
            pub fn client(&self) -> &$crate::client::Client {
                &self.client
            }
        }

        impl $crate::objects::Twin for $name {
            type Of = telewire_core::objects::$name;

            fn twin(client: &$crate::client::Client, of: Self::Of) -> Self {
                Self::wrap(client, of)
            }
        }

        impl std::ops::Deref for $name {
            type Target = telewire_core::objects::$name;

            fn deref(&self) -> &Self::Target {
                &self.inner
            }
        }

        /// What can be changed of it changes here, not on the server.
        impl std::ops::DerefMut for $name {
            fn deref_mut(&mut self) -> &mut Self::Target {
                &mut self.inner
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.inner.fmt(f)
            }
        }

        impl From<&$name> for telewire_core::client::EntityLike {
            fn from(object: &$name) -> Self {
                (&object.inner).into()
            }
        }
    };
}

use object;

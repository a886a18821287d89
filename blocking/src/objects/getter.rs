//! The chat and the sender of whatever has one.

/// What waits in everything that happens in a chat. The type has a `client` and an `inner`.
macro_rules! chat_getter {
    ($name:ident) => {
        impl $name {
            /// The chat, from the server where it did not come along, or only the least of it.
            ///
            /// # Errors
            /// [`Error::NotFound`] if there is no chat, or the session has never seen it.
            pub fn get_chat(&self) -> Result<Entity, Error> {
                self.client.wait(self.inner.get_chat())
            }

            /// The chat as requests name it: from the session where it did not come along, else from the first dialogs.
            ///
            /// # Errors
            /// [`Error::NotFound`] if there is no chat, or it was never seen and is not among them.
            pub fn get_input_chat(&self) -> Result<types::InputPeer, Error> {
                self.client.wait(self.inner.get_input_chat())
            }
        }
    };
}

/// What waits in everything that somebody does. The type has a `client` and an `inner`.
macro_rules! sender_getter {
    ($name:ident) => {
        impl $name {
            /// Whoever did it, from the server where it did not come along, or only the least of it.
            ///
            /// # Errors
            /// [`Error::NotFound`] if nobody is named, or the session has never seen whoever is.
            pub fn get_sender(&self) -> Result<Entity, Error> {
                self.client.wait(self.inner.get_sender())
            }

            /// Whoever did it as requests name it: from the session where it did not come along, else from a fresh copy of
            /// the message.
            ///
            /// # Errors
            /// [`Error::NotFound`] if nobody is named, or whoever is was never seen.
            pub fn get_input_sender(&self) -> Result<types::InputPeer, Error> {
                self.client.wait(self.inner.get_input_sender())
            }
        }
    };
}

pub(crate) use chat_getter;
pub(crate) use sender_getter;

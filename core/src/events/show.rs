//! Events as they are printed: like Telethon's, with the name of the event and what is public of it.

/// What every event can tell of itself. The type has an `update`, a `client`, and is an [`Object`].
///
/// [`Object`]: telewire_schema::Object
macro_rules! event_common {
    ($name:ident) => {
        /// Where it came from.
        impl $name {
            /// The update that it was made from.
            pub fn original_update(&self) -> &types::Update {
                &self.update.raw
            }

            /// The users and chats that came along with it.
            pub fn peers(&self) -> &$crate::peers::PeerMap {
                &self.update.peers
            }

            /// Whether it came while nobody was connected, and was fetched later.
            pub fn is_catch_up(&self) -> bool {
                self.update.catch_up
            }

            /// All of it over several lines.
            pub fn stringify(&self) -> String {
                telewire_schema::Value::stringify(self)
            }

            /// All of it as JSON; `_` names the event.
            pub fn to_json(&self) -> String {
                telewire_schema::Value::to_json(self)
            }
        }

        impl telewire_schema::codec::Reflect for $name {
            fn reflect(&self) -> telewire_schema::View<'_> {
                telewire_schema::View::Object(self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                telewire_schema::codec::debug(telewire_schema::View::Object(self), f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                telewire_schema::codec::debug(telewire_schema::View::Object(self), f)
            }
        }
    };
}

pub(super) use event_common;

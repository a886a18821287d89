//! Who is mentioned in an answer: everybody in it has to come along in its `users` and `chats`.

use std::collections::BTreeSet;

use telewire_schema::codec::Field;
use telewire_schema::{Value, View, Visitor};

/// Identifiers found inside values.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    pub(crate) users: BTreeSet<i64>,
    pub(crate) groups: BTreeSet<i64>,
    pub(crate) channels: BTreeSet<i64>,
    /// Those that are only looked at may come as `min`.
    pub(crate) brief: bool,
    /// The field that plain numbers are read for.
    field: &'static str,
}

impl Mentions {
    pub(crate) fn of(value: &dyn Value) -> Self {
        let mut mentions = Self::default();
        mentions.add(value);
        mentions
    }

    /// The same for messages and updates.
    pub(crate) fn brief(value: &dyn Value) -> Self {
        let mut mentions = Self::of(value);
        mentions.brief = true;
        mentions
    }

    pub(crate) fn add(&mut self, value: &dyn Value) {
        value.walk(self);
    }
}

impl Visitor for Mentions {
    fn field(&mut self, field: &'static Field, _value: View<'_>) -> bool {
        self.field = field.name;
        true
    }

    fn value(&mut self, value: View<'_>) {
        let View::Long(id) = value else { return };
        if id <= 0 {
            return;
        }
        match self.field {
            "user_id" | "inviter_id" | "via_bot_id" | "bot_id" | "admin_id" | "users" => {
                self.users.insert(id);
            }
            "chat_id" => {
                self.groups.insert(id);
            }
            "channel_id" => {
                self.channels.insert(id);
            }
            _ => {}
        }
    }
}

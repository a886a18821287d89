//! Basic groups: a list of members; the messages lie in the members' mailboxes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use telewire_schema::types;

/// A basic group.
#[derive(Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) creator: i64,
    pub(crate) date: i32,
    /// Counts changes of the member list.
    pub(crate) version: i32,
    /// Nothing may be forwarded from it.
    #[serde(default)]
    pub(crate) keeps_content: bool,
    /// By user: who invited, when.
    pub(crate) members: BTreeMap<i64, (i64, i32)>,
}

impl Group {
    pub(crate) fn participants(&self) -> types::ChatParticipants {
        let participants = self
            .members
            .iter()
            .map(|(&user_id, &(inviter_id, date))| {
                if user_id == self.creator {
                    types::ChatParticipantCreator {
                        user_id,
                        rank: None,
                    }
                    .into()
                } else {
                    types::ChatParticipantData {
                        user_id,
                        inviter_id,
                        date,
                        rank: None,
                    }
                    .into()
                }
            })
            .collect();
        types::ChatParticipantsData {
            chat_id: self.id,
            participants,
            version: self.version,
        }
        .into()
    }
}

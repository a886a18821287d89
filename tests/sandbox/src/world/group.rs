//! Basic groups: a list of members; the messages lie in the members' mailboxes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use telewire_schema::types;

use super::Bans;

/// A basic group.
#[derive(Default, Serialize, Deserialize)]
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
    #[serde(default)]
    pub(crate) admins: BTreeSet<i64>,
    #[serde(default)]
    pub(crate) photo: Option<i64>,
    /// What ordinary members may not do.
    #[serde(default)]
    pub(crate) default_bans: Bans,
    /// The supergroup that it has become.
    #[serde(default)]
    pub(crate) migrated_to: Option<i64>,
    #[serde(default)]
    pub(crate) deleted: bool,
}

impl Group {
    /// Nobody says anything here any more.
    pub(crate) fn is_over(&self) -> bool {
        self.deleted || self.migrated_to.is_some()
    }

    pub(crate) fn is_admin(&self, user: i64) -> bool {
        self.creator == user || self.admins.contains(&user) && self.members.contains_key(&user)
    }

    /// A member as it is listed.
    pub(crate) fn participant(&self, user_id: i64) -> Option<types::ChatParticipant> {
        let &(inviter_id, date) = self.members.get(&user_id)?;
        let rank = None;
        Some(if user_id == self.creator {
            types::ChatParticipantCreator { user_id, rank }.into()
        } else if self.is_admin(user_id) {
            types::ChatParticipantAdmin {
                user_id,
                inviter_id,
                date,
                rank,
            }
            .into()
        } else {
            types::ChatParticipantData {
                user_id,
                inviter_id,
                date,
                rank,
            }
            .into()
        })
    }

    pub(crate) fn participants(&self) -> types::ChatParticipants {
        let members = self.members.keys();
        let participants = members.filter_map(|user| self.participant(*user));
        types::ChatParticipantsData {
            chat_id: self.id,
            participants: participants.collect(),
            version: self.version,
        }
        .into()
    }
}

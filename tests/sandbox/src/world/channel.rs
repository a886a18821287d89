//! Channels and supergroups: one list of messages for all, with its own pts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use telewire_schema::types;

use super::{Journal, Logged, Stored};
use crate::tl;

/// A channel or a supergroup.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) username: Option<String>,
    /// Only admins post, under the channel's name; otherwise it is a supergroup.
    pub(crate) broadcast: bool,
    pub(crate) creator: i64,
    pub(crate) date: i32,
    /// Whoever is or was in it.
    pub(crate) members: BTreeMap<i64, Member>,
    pub(crate) messages: BTreeMap<i32, Stored>,
    pub(crate) last_id: i32,
    pub(crate) journal: Journal,
    /// Nothing may be forwarded from it.
    #[serde(default)]
    pub(crate) keeps_content: bool,
    /// By author and `random_id`, what was sent.
    pub(crate) sent: BTreeMap<i64, i32>,
    #[serde(default)]
    pub(crate) photo: Option<i64>,
    /// What ordinary members may not do.
    #[serde(default)]
    pub(crate) default_bans: Bans,
    /// How long an ordinary member of a supergroup waits between two messages.
    #[serde(default)]
    pub(crate) slow: i32,
    /// By member, when it has said something last, and in which album.
    #[serde(default)]
    pub(crate) spoke: BTreeMap<i64, (i32, Option<i64>)>,
    /// What admins have done.
    #[serde(default)]
    pub(crate) log: Vec<Logged>,
    /// The basic group that it was, and the last message there.
    #[serde(default)]
    pub(crate) migrated_from: Option<(i64, i32)>,
    #[serde(default)]
    pub(crate) deleted: bool,
}

/// What is known of one member.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) inviter: i64,
    pub(crate) date: i32,
    pub(crate) read: i32,
    #[serde(default)]
    pub(crate) rights: Option<Rights>,
    #[serde(default)]
    pub(crate) rank: Option<String>,
    #[serde(default)]
    pub(crate) promoted_by: i64,
    pub(crate) left: bool,
    /// May not even read it.
    pub(crate) banned: bool,
    /// What this member may not do, and who has said so.
    #[serde(default)]
    pub(crate) bans: Option<Bans>,
    #[serde(default)]
    pub(crate) banned_by: i64,
    pub(crate) unread_mark: bool,
    /// Messages that mention the member, and those of them that were not seen yet.
    #[serde(default)]
    pub(crate) mentioned: BTreeSet<i32>,
    #[serde(default)]
    pub(crate) unseen: BTreeSet<i32>,
}

/// What an admin may do.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Rights(#[serde(with = "tl")] pub(crate) types::ChatAdminRights);

/// What somebody may not do, and until when.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Bans(#[serde(with = "tl")] pub(crate) types::ChatBannedRights);

impl Default for Bans {
    fn default() -> Self {
        Self(types::ChatBannedRights::new(0))
    }
}

impl Member {
    pub(crate) fn is_in(&self) -> bool {
        !self.left && !self.banned
    }

    /// Lifts a ban whose time is over.
    pub(super) fn lapse(&mut self, now: i32) {
        let over = |bans: &Bans| bans.0.until_date != 0 && bans.0.until_date <= now;
        if self.bans.as_ref().is_some_and(over) {
            self.bans = None;
            self.banned = false;
        }
    }
}

impl Channel {
    /// The record of somebody who is in.
    pub(crate) fn member(&self, user: i64) -> Option<&Member> {
        self.members.get(&user).filter(|m| m.is_in())
    }

    /// Whoever is in.
    pub(crate) fn present(&self) -> Vec<i64> {
        let present = self.members.iter().filter(|(_, m)| m.is_in());
        present.map(|(id, _)| *id).collect()
    }

    pub(crate) fn is_admin(&self, user: i64) -> bool {
        self.admin_rights(user).is_some()
    }

    /// What an admin may do; `None` for everybody else.
    pub(crate) fn admin_rights(&self, user: i64) -> Option<types::ChatAdminRights> {
        if self.creator == user {
            return Some(super::all_rights());
        }
        let rights = self.member(user)?.rights.as_ref()?;
        Some(rights.0.clone())
    }

    /// Notes that a message mentions these members.
    pub(crate) fn mention(&mut self, members: &[i64], message: i32) {
        for member in members {
            if let Some(member) = self.members.get_mut(member) {
                member.mentioned.insert(message);
                member.unseen.insert(message);
            }
        }
    }

    /// Messages that are gone mention nobody.
    pub(crate) fn forget_mentions(&mut self, gone: &[i32]) {
        for member in self.members.values_mut() {
            for message in gone {
                member.mentioned.remove(message);
                member.unseen.remove(message);
            }
        }
    }

    pub(crate) fn count(&self) -> i32 {
        let count = self.members.values().filter(|m| m.is_in()).count();
        i32::try_from(count).unwrap_or(i32::MAX)
    }

    /// Whether `user` may read it.
    pub(crate) fn is_visible(&self, user: i64) -> bool {
        match self.members.get(&user) {
            _ if self.deleted => false,
            Some(m) if m.banned => false,
            Some(m) if !m.left => true,
            _ => self.username.is_some(),
        }
    }

    /// Messages that `user` has not read and did not write.
    pub(crate) fn unread(&self, user: i64) -> i32 {
        let read = self.members.get(&user).map_or(0, |m| m.read);
        let unread = self
            .messages
            .range(read.saturating_add(1)..)
            .filter(|(_, m)| m.author != user)
            .count();
        i32::try_from(unread).unwrap_or(i32::MAX)
    }
}

//! Channels and supergroups: one list of messages for all, with its own pts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Journal, Stored};

/// A channel or a supergroup.
#[derive(Serialize, Deserialize)]
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
}

/// What is known of one member.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) inviter: i64,
    pub(crate) date: i32,
    pub(crate) read: i32,
    pub(crate) admin: bool,
    pub(crate) left: bool,
    pub(crate) banned: bool,
    pub(crate) unread_mark: bool,
    /// Messages that mention the member, and those of them that were not seen yet.
    #[serde(default)]
    pub(crate) mentioned: BTreeSet<i32>,
    #[serde(default)]
    pub(crate) unseen: BTreeSet<i32>,
}

impl Channel {
    /// The record of somebody who is in.
    pub(crate) fn member(&self, user: i64) -> Option<&Member> {
        self.members.get(&user).filter(|m| !m.left && !m.banned)
    }

    pub(crate) fn is_admin(&self, user: i64) -> bool {
        self.creator == user || self.member(user).is_some_and(|m| m.admin)
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
        let count = self
            .members
            .values()
            .filter(|m| !m.left && !m.banned)
            .count();
        i32::try_from(count).unwrap_or(i32::MAX)
    }

    /// Whether `user` may read it.
    pub(crate) fn is_visible(&self, user: i64) -> bool {
        match self.members.get(&user) {
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

//! Whom an account has met: all others come as `min` where many people talk. See
//! [min constructors](https://core.telegram.org/api/min).

use std::collections::BTreeSet;

use telewire_schema::types;

use super::{Mentions, PeerKey, World};

impl World {
    /// The hash that comes with a `min` user. It is good for the profile photo and nothing else.
    pub(crate) fn min_hash(&self, viewer: i64, user: i64) -> i64 {
        self.number("min", &[viewer, user])
    }

    /// `viewer` has been shown these users in full.
    pub(crate) fn meet(&mut self, viewer: i64, users: impl IntoIterator<Item = i64>) {
        if let Some(account) = self.accounts.get_mut(&viewer) {
            account.met.extend(users);
        }
    }

    /// The users of a message or update that its receiver gets only a glimpse of.
    pub(super) fn strangers(&self, viewer: i64, mentions: &Mentions) -> BTreeSet<i64> {
        let big = mentions.channels.iter().any(|id| {
            let channel = self.channels.get(id);
            channel.is_some_and(|c| c.present().len() >= self.min_from)
        });
        if !mentions.brief || !big {
            return BTreeSet::new();
        }
        let unknown = |user: &&i64| **user != viewer && !self.knows(viewer, **user);
        mentions.users.iter().filter(unknown).copied().collect()
    }

    fn knows(&self, viewer: i64, user: i64) -> bool {
        let Some(account) = self.account(viewer) else {
            return false;
        };
        let dialog = account.mailbox.dialogs.contains_key(&PeerKey::user(user));
        let shared = || {
            let both =
                |g: &super::Group| g.members.contains_key(&viewer) && g.members.contains_key(&user);
            self.groups.values().any(both)
        };
        dialog
            || account.contacts.contains_key(&user)
            || account.met.contains(&user)
            || self.is_bot(user)
            || shared()
    }

    /// Little more than a name.
    pub(super) fn glimpse(&self, viewer: i64, id: i64) -> types::User {
        let full = match self.user(viewer, id) {
            types::User::User(full) => full,
            empty => return empty,
        };
        let mut min = types::UserData::new(id);
        min.min = true;
        min.access_hash = Some(self.min_hash(viewer, id));
        min.first_name = full.first_name;
        min.last_name = full.last_name;
        min.username = full.username;
        min.usernames = full.usernames;
        min.photo = full.photo;
        min.apply_min_photo = true;
        min.into()
    }
}

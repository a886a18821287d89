//! How accounts, groups and channels look to one of them, and how they are named in requests.

use telewire_schema::types;

use super::{Account, Channel, Group, Mentions, PeerKey, World};
use crate::fault::{Answer, Fault};

/// What a peer is wanted for; it decides the name of the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// `InputPeer`: `PEER_ID_INVALID`.
    Peer,
    /// `InputUser`: `USER_ID_INVALID`.
    User,
}

impl World {
    /// The access hash that `viewer` knows a user by.
    pub(crate) fn user_hash(&self, viewer: i64, user: i64) -> i64 {
        self.number("user", &[viewer, user])
    }

    /// The access hash that `viewer` knows a channel by.
    pub(crate) fn channel_hash(&self, viewer: i64, channel: i64) -> i64 {
        self.number("channel", &[viewer, channel])
    }

    /// Checks a user that `viewer` named. A bot may leave the hash out.
    pub(crate) fn named_user(&self, viewer: i64, id: i64, hash: i64, what: Access) -> Answer<i64> {
        let refused = || {
            Fault::bad(match what {
                Access::User => "USER_ID_INVALID",
                _ => "PEER_ID_INVALID",
            })
        };
        let account = self.account(id).ok_or_else(refused)?;
        let trusted = self.is_bot(viewer) && hash == 0 && self.has_met(viewer, id);
        if id == viewer || trusted || hash == self.user_hash(viewer, id) {
            Ok(account.id)
        } else {
            Err(refused())
        }
    }

    /// Checks a channel that `viewer` named, and that it may be read.
    pub(crate) fn named_channel(&self, viewer: i64, id: i64, hash: i64) -> Answer<i64> {
        let channel = self
            .channels
            .get(&id)
            .ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
        let trusted = hash == 0 && self.is_bot(viewer) && channel.member(viewer).is_some();
        if !trusted && hash != self.channel_hash(viewer, id) {
            return Err(Fault::bad("CHANNEL_INVALID"));
        }
        if channel.is_visible(viewer) {
            Ok(id)
        } else {
            Err(Fault::bad("CHANNEL_PRIVATE"))
        }
    }

    /// Checks a basic group that `viewer` named.
    pub(crate) fn named_group(&self, viewer: i64, id: i64, what: Access) -> Answer<i64> {
        let known = |g: &&Group| {
            g.members.contains_key(&viewer)
                || self
                    .account(viewer)
                    .is_some_and(|a| a.mailbox.dialogs.contains_key(&PeerKey::group(id)))
        };
        match self.groups.get(&id).filter(known) {
            Some(group) => Ok(group.id),
            None if what == Access::Peer => Err(Fault::bad("PEER_ID_INVALID")),
            None => Err(Fault::bad("CHAT_ID_INVALID")),
        }
    }

    pub(crate) fn is_bot(&self, id: i64) -> bool {
        self.account(id).is_some_and(Account::is_bot)
    }

    fn has_met(&self, viewer: i64, other: i64) -> bool {
        let box_ = |a: &Account| a.mailbox.dialogs.contains_key(&PeerKey::user(other));
        let shared = self
            .groups
            .values()
            .any(|g| g.members.contains_key(&viewer) && g.members.contains_key(&other));
        shared || self.account(viewer).is_some_and(box_)
    }

    /// Everybody in `mentions`, as `viewer` sees them.
    pub(crate) fn people(
        &self,
        viewer: i64,
        mentions: &Mentions,
    ) -> (Vec<types::User>, Vec<types::Chat>) {
        let strangers = self.strangers(viewer, mentions);
        let users = mentions
            .users
            .iter()
            .map(|id| match strangers.contains(id) {
                true => self.glimpse(viewer, *id),
                false => self.user(viewer, *id),
            });
        let groups = mentions.groups.iter().map(|id| self.group(viewer, *id));
        let channels = mentions.channels.iter().map(|id| self.channel(viewer, *id));
        (users.collect(), groups.chain(channels).collect())
    }

    pub(crate) fn user(&self, viewer: i64, id: i64) -> types::User {
        let Some(account) = self.account(id) else {
            return types::UserEmpty { id }.into();
        };
        let mut user = types::UserData::new(id);
        let own = self.account(viewer);
        let contact = own.and_then(|a| a.contacts.get(&id));
        user.self_ = viewer == id;
        user.contact = contact.is_some();
        user.mutual_contact = contact.is_some() && account.contacts.contains_key(&viewer);
        user.access_hash = Some(self.user_hash(viewer, id));
        let (first, last) = contact
            .map(|(first, last)| (first.clone(), last.clone()))
            .unwrap_or_else(|| (account.first_name.clone(), account.last_name.clone()));
        user.first_name = Some(first);
        user.last_name = Some(last).filter(|name| !name.is_empty());
        // Either the one name, or the list of all.
        user.usernames = account.usernames();
        if user.usernames.is_none() {
            user.username = account.username.clone();
        }
        user.phone = account
            .phone
            .clone()
            .filter(|_| viewer == id || contact.is_some());
        user.premium = account.premium;
        user.deleted = account.deactivated;
        user.verified = id == super::SERVICE;
        user.support = id == super::SERVICE;
        user.photo = self.user_photo(account);
        if account.is_bot() {
            user.bot = true;
            user.bot_info_version = Some(1);
        } else {
            user.status = Some(self.status(account));
        }
        user.into()
    }

    fn user_photo(&self, account: &Account) -> Option<types::UserProfilePhoto> {
        let photo_id = *account.photos.last()?;
        Some(types::UserProfilePhotoData::new(photo_id, self.files.told_dc(photo_id)).into())
    }

    fn chat_photo(&self, photo: Option<i64>) -> types::ChatPhoto {
        let shown = |id| types::ChatPhotoData::new(id, self.files.told_dc(id)).into();
        photo.map_or(types::ChatPhoto::Empty, shown)
    }

    pub(crate) fn group(&self, viewer: i64, id: i64) -> types::Chat {
        let Some(group) = self.groups.get(&id) else {
            return types::ChatEmpty { id }.into();
        };
        let title = group.title.clone();
        if self.named_group(viewer, id, Access::Peer).is_err() {
            return types::ChatForbidden { id, title }.into();
        }
        let count = i32::try_from(group.members.len()).unwrap_or(i32::MAX);
        let mut chat = types::ChatData::new(
            id,
            title,
            self.chat_photo(group.photo),
            count,
            group.date,
            group.version,
        );
        chat.creator = group.creator == viewer;
        chat.noforwards = group.keeps_content;
        chat.left = !group.members.contains_key(&viewer);
        chat.admin_rights = group.is_admin(viewer).then(all_rights);
        chat.default_banned_rights = Some(group.default_bans.0.clone());
        chat.deactivated = group.is_over();
        if let Some(channel) = group.migrated_to {
            let hash = self.channel_hash(viewer, channel);
            chat.migrated_to = Some(types::InputChannelData::new(channel, hash).into());
        }
        chat.into()
    }

    pub(crate) fn channel(&self, viewer: i64, id: i64) -> types::Chat {
        let Some(channel) = self.channels.get(&id) else {
            return types::ChatEmpty { id }.into();
        };
        let hash = self.channel_hash(viewer, id);
        if !channel.is_visible(viewer) {
            let mut out = types::ChannelForbidden::new(id, hash, channel.title.as_str());
            out.broadcast = channel.broadcast;
            out.megagroup = !channel.broadcast;
            let bans = channel.members.get(&viewer).and_then(|m| m.bans.as_ref());
            out.until_date = bans.map(|b| b.0.until_date).filter(|at| *at > 0);
            return out.into();
        }
        self.full_channel(viewer, channel, hash).into()
    }

    fn full_channel(&self, viewer: i64, channel: &Channel, hash: i64) -> types::Channel {
        let title = channel.title.as_str();
        let photo = self.chat_photo(channel.photo);
        let mut out = types::Channel::new(channel.id, title, photo, channel.date);
        out.access_hash = Some(hash);
        out.creator = channel.creator == viewer;
        out.noforwards = channel.keeps_content;
        out.left = channel.member(viewer).is_none();
        out.broadcast = channel.broadcast;
        out.megagroup = !channel.broadcast;
        out.username = channel.username.clone();
        out.participants_count = Some(channel.count());
        out.admin_rights = channel.admin_rights(viewer);
        let bans = channel.member(viewer).and_then(|m| m.bans.as_ref());
        out.banned_rights = bans.map(|b| b.0.clone());
        out.slowmode_enabled = channel.slow > 0;
        if !channel.broadcast {
            out.default_banned_rights = Some(channel.default_bans.0.clone());
        }
        out
    }
}

/// Rights of whoever may do everything.
pub(crate) fn all_rights() -> types::ChatAdminRights {
    types::ChatAdminRights::new()
        .change_info(true)
        .post_messages(true)
        .edit_messages(true)
        .delete_messages(true)
        .ban_users(true)
        .invite_users(true)
        .pin_messages(true)
        .add_admins(true)
        .other(true)
}

//! Who is online, and who is typing.

use std::collections::BTreeSet;

use telewire_schema::types;

use super::{Account, Kind, PeerKey, World};

/// How long somebody counts as online who does not say so again.
const ONLINE: i32 = 300;

impl World {
    /// When an account was last there.
    pub(super) fn status(&self, account: &Account) -> types::UserStatus {
        let expires = account.online_until;
        if expires > self.now {
            types::UserStatusOnline { expires }.into()
        } else {
            let was_online = account.seen.max(expires);
            types::UserStatusOffline { was_online }.into()
        }
    }

    /// Comes or goes, and everybody hears of it who has the account among contacts or private chats.
    pub(crate) fn set_status(&mut self, user: i64, online: bool) {
        let now = self.now;
        let Some(account) = self.accounts.get_mut(&user).filter(|a| !a.is_bot()) else {
            return;
        };
        account.seen = now;
        account.online_until = if online { now + ONLINE } else { 0 };
        let Some(status) = self.account(user).map(|a| self.status(a)) else {
            return;
        };
        let knows = |a: &&Account| {
            let dialog = a.mailbox.dialogs.contains_key(&PeerKey::user(user));
            a.id != user && (dialog || a.contacts.contains_key(&user))
        };
        let watchers: Vec<i64> = self.accounts.values().filter(knows).map(|a| a.id).collect();
        for watcher in watchers {
            let update = types::UpdateUserStatus::new(user, status.clone());
            self.push(watcher, types::UpdateShort::new(update, now).into());
        }
    }

    /// Others see that somebody is about to say something.
    pub(crate) fn typing(&mut self, user: i64, peer: PeerKey, action: &types::SendMessageAction) {
        let date = self.now;
        match peer.kind() {
            Kind::User(to) => {
                let blocks = |a: &Account| a.blocked.contains(&user);
                if to != user && !self.account(to).is_some_and(blocks) {
                    let update = types::UpdateUserTyping::new(user, action.clone());
                    self.push(to, types::UpdateShort::new(update, date).into());
                }
            }
            Kind::Group(id) => {
                let members = self.groups.get(&id).map(|g| g.members.keys().copied());
                let members: BTreeSet<i64> = members.into_iter().flatten().collect();
                for to in members.into_iter().filter(|m| *m != user) {
                    let from = PeerKey::user(user).peer();
                    let update = types::UpdateChatUserTyping::new(id, from, action.clone());
                    self.tell(to, date, vec![update.into()]);
                }
            }
            Kind::Channel(id) => {
                let Some(channel) = self.channels.get(&id).filter(|c| !c.broadcast) else {
                    return;
                };
                let members = channel.members.keys().copied();
                let present = members.filter(|m| *m != user && channel.member(*m).is_some());
                for to in present.collect::<Vec<_>>() {
                    let from = PeerKey::user(user).peer();
                    let update = types::UpdateChannelUserTyping::new(id, from, action.clone());
                    self.tell(to, date, vec![update.into()]);
                }
            }
        }
    }
}

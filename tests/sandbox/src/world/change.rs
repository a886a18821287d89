//! What happens to messages after they were sent: reading, editing, deleting.

use telewire_schema::types;

use super::{Kind, PeerKey, Stored, What, World};

/// What a change did to a box: its pts afterwards, and by how many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Affected {
    pub(crate) pts: i32,
    pub(crate) count: i32,
}

impl World {
    /// Changes messages in one box, and tells its owner by the update that is made of their ids, the pts and its count.
    pub(super) fn change_own(
        &mut self,
        owner: i64,
        ids: Vec<i32>,
        change: impl Fn(&mut types::MessageData),
        told: impl FnOnce(Vec<i32>, i32, i32) -> types::Update,
    ) -> Affected {
        let date = self.now;
        let Some(mailbox) = self.accounts.get_mut(&owner).map(|a| &mut a.mailbox) else {
            return Affected::default();
        };
        let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
        if count == 0 {
            let pts = mailbox.journal.pts;
            return Affected { pts, count };
        }
        for id in &ids {
            if let Some(m) = mailbox.messages.get_mut(id).and_then(Stored::content_mut) {
                change(m);
            }
        }
        let mut update = None;
        let pts = mailbox.journal.note(date, count, |pts| {
            let told = told(ids, pts, count);
            update = Some(told.clone());
            What::Other(told)
        });
        self.tell(owner, date, update.into_iter().collect());
        Affected { pts, count }
    }

    fn unaffected(&self, owner: i64) -> Affected {
        let pts = self.account(owner).map_or(1, |a| a.mailbox.journal.pts);
        Affected { pts, count: 0 }
    }

    /// Marks a private chat or group as read up to `max_id` (zero for everything), and tells the authors.
    pub(crate) fn read(&mut self, owner: i64, peer: PeerKey, max_id: i32) -> Affected {
        let before = self.unaffected(owner);
        let Some(mailbox) = self.accounts.get_mut(&owner).map(|a| &mut a.mailbox) else {
            return before;
        };
        let Some(dialog) = mailbox.dialogs.get_mut(&peer) else {
            return before;
        };
        let newest = dialog.ids.last().copied().unwrap_or(0);
        let max_id = if max_id <= 0 {
            newest
        } else {
            max_id.min(newest)
        };
        let old = dialog.read_inbox;
        dialog.unread_mark = false;
        if max_id <= old {
            return before;
        }
        dialog.read_inbox = max_id;
        let fresh: Vec<i32> = dialog.ids.range(old + 1..=max_id).copied().collect();
        let incoming: Vec<(i64, u64)> = fresh
            .iter()
            .filter_map(|id| mailbox.messages.get(id))
            .filter(|m| !m.is_out())
            .map(|m| (m.author, m.unique))
            .collect();
        if incoming.is_empty() {
            return before;
        }
        let unread = mailbox.unread(peer);
        let (date, mut update) = (self.now, None);
        let pts = mailbox.journal.note(date, 1, |pts| {
            let read = types::UpdateReadHistoryInbox::new(peer.peer(), max_id, unread, pts, 1);
            update = Some(types::Update::from(read.clone()));
            What::Other(read.into())
        });
        self.tell(owner, date, update.into_iter().collect());
        self.tell_authors(owner, peer, &incoming);
        Affected { pts, count: 1 }
    }

    /// Lets the authors of what was read know how far.
    fn tell_authors(&mut self, reader: i64, peer: PeerKey, read: &[(i64, u64)]) {
        let mut authors: Vec<i64> = read.iter().map(|(author, _)| *author).collect();
        authors.sort_unstable();
        authors.dedup();
        let date = self.now;
        for author in authors.into_iter().filter(|a| *a != reader) {
            let last = read.iter().rev().find(|(a, _)| *a == author);
            let Some(max_id) = last.and_then(|(_, unique)| self.twin(author, *unique)) else {
                continue;
            };
            let theirs = match peer.kind() {
                Kind::User(_) => PeerKey::user(reader),
                _ => peer,
            };
            let Some(mailbox) = self.accounts.get_mut(&author).map(|a| &mut a.mailbox) else {
                continue;
            };
            let Some(dialog) = mailbox.dialogs.get_mut(&theirs) else {
                continue;
            };
            if dialog.read_outbox >= max_id {
                continue;
            }
            dialog.read_outbox = max_id;
            let mut update = None;
            mailbox.journal.note(date, 1, |pts| {
                let read = types::UpdateReadHistoryOutbox::new(theirs.peer(), max_id, pts, 1);
                update = Some(types::Update::from(read.clone()));
                What::Other(read.into())
            });
            let origin = self.origin.take();
            self.tell(author, date, update.into_iter().collect());
            self.origin = origin;
        }
    }

    /// Deletes messages from a box, and with `revoke` all other copies of them.
    pub(crate) fn delete(&mut self, owner: i64, ids: &[i32], revoke: bool) -> Affected {
        let Some(mailbox) = self.account(owner).map(|a| &a.mailbox) else {
            return Affected::default();
        };
        let uniques: Vec<u64> = ids
            .iter()
            .filter_map(|id| mailbox.messages.get(id))
            .map(|m| m.unique)
            .collect();
        let affected = self.delete_own(owner, ids);
        if revoke {
            let others: Vec<(i64, Vec<i32>)> = self
                .accounts
                .values()
                .filter(|a| a.id != owner)
                .map(|a| {
                    let twins = a
                        .mailbox
                        .messages
                        .values()
                        .filter(|m| uniques.contains(&m.unique));
                    (a.id, twins.map(Stored::id).collect())
                })
                .collect();
            for (other, ids) in others {
                self.delete_own(other, &ids);
            }
        }
        affected
    }

    fn delete_own(&mut self, owner: i64, ids: &[i32]) -> Affected {
        let (before, date) = (self.unaffected(owner), self.now);
        let Some(mailbox) = self.accounts.get_mut(&owner).map(|a| &mut a.mailbox) else {
            return before;
        };
        let gone: Vec<i32> = ids
            .iter()
            .copied()
            .filter(|id| mailbox.messages.remove(id).is_some())
            .collect();
        let count = i32::try_from(gone.len()).unwrap_or(i32::MAX);
        if count == 0 {
            return before;
        }
        for dialog in mailbox.dialogs.values_mut() {
            dialog.ids.retain(|id| !gone.contains(id));
        }
        let mut update = None;
        let pts = mailbox.journal.note(date, count, |pts| {
            let deleted = types::UpdateDeleteMessages::new(gone.clone(), pts, count);
            update = Some(types::Update::from(deleted.clone()));
            What::Other(deleted.into())
        });
        self.tell(owner, date, update.into_iter().collect());
        Affected { pts, count }
    }

    /// Deletes messages of a channel.
    pub(crate) fn delete_in_channel(&mut self, id: i64, ids: &[i32]) -> Affected {
        let date = self.now;
        let Some(channel) = self.channels.get_mut(&id) else {
            return Affected::default();
        };
        let gone: Vec<i32> = ids
            .iter()
            .copied()
            .filter(|id| channel.messages.remove(id).is_some())
            .collect();
        let count = i32::try_from(gone.len()).unwrap_or(i32::MAX);
        if count == 0 {
            let pts = channel.journal.pts;
            return Affected { pts, count };
        }
        channel.forget_mentions(&gone);
        let mut update = None;
        let pts = channel.journal.note(date, count, |pts| {
            let deleted = types::UpdateDeleteChannelMessages::new(id, gone.clone(), pts, count);
            update = Some(types::Update::from(deleted.clone()));
            What::Other(deleted.into())
        });
        self.tell_channel(id, &update.into_iter().collect::<Vec<_>>());
        Affected { pts, count }
    }

    /// Tells every member of a channel.
    pub(crate) fn tell_channel(&mut self, id: i64, updates: &[types::Update]) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let members: Vec<i64> = channel
            .members
            .keys()
            .copied()
            .filter(|m| channel.member(*m).is_some())
            .collect();
        let date = self.now;
        for member in members {
            self.tell(member, date, updates.to_vec());
        }
    }

    /// Changes a message in every box that it lies in.
    pub(crate) fn edit(
        &mut self,
        owner: i64,
        peer: PeerKey,
        id: i32,
        change: &dyn Fn(&mut types::MessageData),
    ) {
        if let Kind::Channel(channel) = peer.kind() {
            return self.edit_in_channel(channel, id, change);
        }
        let Some(unique) = self.message(owner, peer, id).map(|m| m.unique) else {
            return;
        };
        let copies: Vec<(i64, i32)> = self
            .accounts
            .values()
            .filter_map(|a| {
                Some((
                    a.id,
                    a.mailbox
                        .messages
                        .values()
                        .find(|m| m.unique == unique)?
                        .id(),
                ))
            })
            .collect();
        let date = self.now;
        for (account, copy) in copies {
            let Some(mailbox) = self.accounts.get_mut(&account).map(|a| &mut a.mailbox) else {
                continue;
            };
            if let Some(content) = mailbox
                .messages
                .get_mut(&copy)
                .and_then(Stored::content_mut)
            {
                change(content);
            }
            let pts = mailbox.journal.note(date, 1, |_| What::Edited(copy));
            let shown = self
                .account(account)
                .and_then(|a| a.mailbox.messages.get(&copy))
                .map(|m| self.show(account, m));
            if let Some(message) = shown {
                self.tell(
                    account,
                    date,
                    vec![types::UpdateEditMessage::new(message, pts, 1).into()],
                );
            }
        }
    }

    fn edit_in_channel(&mut self, id: i64, message: i32, change: &dyn Fn(&mut types::MessageData)) {
        let date = self.now;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if let Some(content) = channel
            .messages
            .get_mut(&message)
            .and_then(Stored::content_mut)
        {
            change(content);
        }
        let pts = channel.journal.note(date, 1, |_| What::Edited(message));
        let members: Vec<i64> = channel.members.keys().copied().collect();
        for member in members {
            let Some(channel) = self
                .channels
                .get(&id)
                .filter(|c| c.member(member).is_some())
            else {
                continue;
            };
            if let Some(shown) = channel.messages.get(&message).map(|m| self.show(member, m)) {
                self.tell(
                    member,
                    date,
                    vec![types::UpdateEditChannelMessage::new(shown, pts, 1).into()],
                );
            }
        }
    }
}

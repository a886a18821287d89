//! Pinning: the mark in every copy, and the updates that tell of it.

use std::collections::BTreeMap;

use telewire_schema::types;

use super::change::Affected;
use super::{Kind, PeerKey, Stored, What, World};

impl World {
    /// Pins messages of a chat, or unpins them, for everybody or for `owner` alone.
    pub(crate) fn pin(
        &mut self,
        owner: i64,
        peer: PeerKey,
        ids: &[i32],
        pinned: bool,
        alone: bool,
    ) -> Affected {
        if let Kind::Channel(id) = peer.kind() {
            return self.pin_in_channel(id, ids, pinned);
        }
        let mut copies: BTreeMap<i64, Vec<i32>> = BTreeMap::from([(owner, ids.to_vec())]);
        let uniques: Vec<u64> = ids
            .iter()
            .filter_map(|id| self.message(owner, peer, *id))
            .map(|m| m.unique)
            .collect();
        let others = self.accounts.keys().filter(|a| **a != owner && !alone);
        for other in others {
            let twins = uniques.iter().filter_map(|u| self.twin(*other, *u));
            copies.insert(*other, twins.collect());
        }
        let mut own = Affected::default();
        for (account, ids) in copies {
            let theirs = match peer.kind() {
                Kind::User(_) if account != owner => PeerKey::user(owner),
                _ => peer,
            };
            let affected = self.pin_own(account, theirs, ids, pinned);
            if account == owner {
                own = affected;
            }
        }
        own
    }

    fn pin_own(&mut self, owner: i64, peer: PeerKey, ids: Vec<i32>, pinned: bool) -> Affected {
        self.change_own(
            owner,
            ids,
            |m| m.pinned = pinned,
            |ids, pts, count| {
                let told = types::UpdatePinnedMessages::new(peer.peer(), ids, pts, count);
                told.pinned(pinned).into()
            },
        )
    }

    fn pin_in_channel(&mut self, id: i64, ids: &[i32], pinned: bool) -> Affected {
        let date = self.now;
        let Some(channel) = self.channels.get_mut(&id) else {
            return Affected::default();
        };
        let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
        if count == 0 {
            let pts = channel.journal.pts;
            return Affected { pts, count };
        }
        for message in ids {
            let stored = channel.messages.get_mut(message);
            if let Some(m) = stored.and_then(Stored::content_mut) {
                m.pinned = pinned;
            }
        }
        let mut update = None;
        let pts = channel.journal.note(date, count, |pts| {
            let told = types::UpdatePinnedChannelMessages::new(id, ids.to_vec(), pts, count);
            let told = types::Update::from(told.pinned(pinned));
            update = Some(told.clone());
            What::Other(told)
        });
        self.tell_channel(id, &update.into_iter().collect::<Vec<_>>());
        Affected { pts, count }
    }
}

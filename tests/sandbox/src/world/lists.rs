//! How one account keeps its chats: which are pinned, which are in the archive, and what is begun and not sent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use telewire_schema::types;

use super::{Kind, PeerKey, World};
use crate::tl;

/// The list of all chats but the archived ones.
pub(crate) const MAIN: i32 = 0;
/// The list of archived chats.
pub(crate) const ARCHIVE: i32 = 1;

/// What an account has said about its chats.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Lists {
    /// Pinned ones, in the order in which they are shown.
    pub(crate) pinned: Vec<PeerKey>,
    /// The folders of those that are not in the main list.
    folders: BTreeMap<PeerKey, i32>,
    drafts: BTreeMap<PeerKey, Begun>,
}

/// A draft.
#[derive(Serialize, Deserialize)]
struct Begun(#[serde(with = "tl")] types::DraftMessageData);

impl Lists {
    /// Where a chat is listed.
    pub(crate) fn folder(&self, peer: PeerKey) -> i32 {
        self.folders.get(&peer).copied().unwrap_or(MAIN)
    }

    /// Moves a chat, and unpins it. Returns whether it was elsewhere.
    pub(crate) fn move_to(&mut self, peer: PeerKey, folder: i32) -> bool {
        if self.folder(peer) == folder {
            return false;
        }
        self.pinned.retain(|p| *p != peer);
        if folder == MAIN {
            self.folders.remove(&peer);
        } else {
            self.folders.insert(peer, folder);
        }
        true
    }

    /// The pinned chats of a folder.
    pub(crate) fn pinned_in(&self, folder: i32) -> Vec<PeerKey> {
        let pinned = self.pinned.iter().copied();
        pinned.filter(|p| self.folder(*p) == folder).collect()
    }

    /// Pins a chat above all others, or unpins it.
    pub(crate) fn pin(&mut self, peer: PeerKey, pinned: bool) {
        self.pinned.retain(|p| *p != peer);
        if pinned {
            self.pinned.insert(0, peer);
        }
    }

    pub(crate) fn draft(&self, peer: PeerKey) -> Option<&types::DraftMessageData> {
        self.drafts.get(&peer).map(|begun| &begun.0)
    }

    /// All drafts, the newest first.
    pub(crate) fn drafts(&self) -> Vec<(PeerKey, &types::DraftMessageData)> {
        let mut all: Vec<_> = self.drafts.iter().map(|(p, d)| (*p, &d.0)).collect();
        all.sort_by_key(|(peer, draft)| std::cmp::Reverse((draft.date, *peer)));
        all
    }

    /// Replaces a draft. Returns whether there was one, or is one now.
    pub(crate) fn set_draft(
        &mut self,
        peer: PeerKey,
        draft: Option<types::DraftMessageData>,
    ) -> bool {
        match draft {
            Some(draft) => {
                self.drafts.insert(peer, Begun(draft));
                true
            }
            None => self.drafts.remove(&peer).is_some(),
        }
    }

    /// The chat is gone from the list.
    pub(crate) fn forget(&mut self, peer: PeerKey) {
        self.pin(peer, false);
        self.folders.remove(&peer);
        self.drafts.remove(&peer);
    }
}

impl World {
    /// Where `owner` lists a chat.
    pub(crate) fn folder(&self, owner: i64, peer: PeerKey) -> i32 {
        self.account(owner).map_or(MAIN, |a| a.lists.folder(peer))
    }

    /// The chats of one folder, pinned ones first.
    pub(crate) fn chats_in(&self, owner: i64, folder: i32) -> Vec<(PeerKey, bool)> {
        let mut all = self.chats(owner);
        all.retain(|(peer, _)| self.folder(owner, *peer) == folder);
        all
    }

    /// Marks a chat as unread, or no longer so. Returns whether it is in the list.
    pub(crate) fn mark_unread(&mut self, owner: i64, peer: PeerKey, unread: bool) -> bool {
        let mark = match peer.kind() {
            Kind::Channel(id) => self
                .channels
                .get_mut(&id)
                .and_then(|c| c.members.get_mut(&owner))
                .filter(|m| m.is_in())
                .map(|m| &mut m.unread_mark),
            _ => self
                .accounts
                .get_mut(&owner)
                .and_then(|a| a.mailbox.dialogs.get_mut(&peer))
                .map(|d| &mut d.unread_mark),
        };
        mark.map(|mark| *mark = unread).is_some()
    }
}

//! What one account has: its private and basic-group messages, its dialogs, its pts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Journal, PeerKey, Stored};

/// The message box of one account.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Mailbox {
    pub(crate) messages: BTreeMap<i32, Stored>,
    pub(crate) last_id: i32,
    pub(crate) journal: Journal,
    pub(crate) dialogs: BTreeMap<PeerKey, Dialog>,
    /// By `random_id`, what was sent.
    pub(crate) sent: BTreeMap<i64, i32>,
}

/// A private or group conversation.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Dialog {
    pub(crate) ids: BTreeSet<i32>,
    pub(crate) read_inbox: i32,
    pub(crate) read_outbox: i32,
    pub(crate) unread_mark: bool,
}

impl Mailbox {
    pub(crate) fn insert(&mut self, peer: PeerKey, message: Stored) {
        let id = message.id();
        self.dialogs.entry(peer).or_default().ids.insert(id);
        self.messages.insert(id, message);
    }

    pub(crate) fn next_id(&mut self) -> i32 {
        self.last_id = self.last_id.saturating_add(1);
        self.last_id
    }

    /// Incoming messages above what was read.
    pub(crate) fn unread(&self, peer: PeerKey) -> i32 {
        let Some(dialog) = self.dialogs.get(&peer) else {
            return 0;
        };
        let unread = dialog
            .ids
            .range(dialog.read_inbox.saturating_add(1)..)
            .filter(|id| self.messages.get(id).is_some_and(|m| !m.is_out()))
            .count();
        i32::try_from(unread).unwrap_or(i32::MAX)
    }

    pub(crate) fn unread_total(&self) -> i32 {
        self.dialogs.keys().map(|peer| self.unread(*peer)).sum()
    }
}

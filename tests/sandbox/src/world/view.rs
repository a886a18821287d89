//! Looking things up the way one account sees them.

use telewire_schema::types;

use super::{Kind, PeerKey, Stored, World};

impl World {
    /// A message of a chat as `viewer` may see it.
    pub(crate) fn message(&self, viewer: i64, peer: PeerKey, id: i32) -> Option<&Stored> {
        match peer.kind() {
            Kind::Channel(channel) => self.channels.get(&channel)?.messages.get(&id),
            _ => {
                let mailbox = &self.account(viewer)?.mailbox;
                let ids = &mailbox.dialogs.get(&peer)?.ids;
                ids.contains(&id)
                    .then(|| mailbox.messages.get(&id))
                    .flatten()
            }
        }
    }

    /// The messages of a chat, oldest first.
    pub(crate) fn history(&self, viewer: i64, peer: PeerKey) -> Vec<&Stored> {
        match peer.kind() {
            Kind::Channel(channel) => self
                .channels
                .get(&channel)
                .map(|c| c.messages.values().collect()),
            _ => self.account(viewer).and_then(|a| {
                let ids = &a.mailbox.dialogs.get(&peer)?.ids;
                Some(
                    ids.iter()
                        .filter_map(|id| a.mailbox.messages.get(id))
                        .collect(),
                )
            }),
        }
        .unwrap_or_default()
    }

    /// The messages of all private chats and basic groups, oldest first.
    pub(crate) fn own(&self, viewer: i64) -> Vec<&Stored> {
        let mailbox = self.account(viewer).map(|a| &a.mailbox);
        mailbox.map_or_else(Vec::new, |m| m.messages.values().collect())
    }

    /// The newest message of a chat.
    pub(crate) fn top(&self, viewer: i64, peer: PeerKey) -> Option<&Stored> {
        match peer.kind() {
            Kind::Channel(channel) => self.channels.get(&channel)?.messages.values().next_back(),
            _ => {
                let mailbox = &self.account(viewer)?.mailbox;
                let id = mailbox.dialogs.get(&peer)?.ids.last()?;
                mailbox.messages.get(id)
            }
        }
    }

    /// The chats of an account, the one with the newest message first; pinned ones before all others, in their own order.
    pub(crate) fn chats(&self, viewer: i64) -> Vec<(PeerKey, bool)> {
        let Some(account) = self.account(viewer) else {
            return Vec::new();
        };
        let own = account
            .mailbox
            .dialogs
            .iter()
            .filter(|(_, d)| !d.ids.is_empty())
            .map(|(peer, _)| *peer);
        let channels = self.channels.values();
        let channels = channels
            .filter(|c| c.member(viewer).is_some())
            .map(|c| PeerKey::channel(c.id));
        let place = |peer: &PeerKey| account.lists.pinned.iter().position(|p| p == peer);
        let mut all: Vec<(PeerKey, bool)> = own
            .chain(channels)
            .map(|peer| (peer, place(&peer).is_some()))
            .collect();
        all.sort_by_key(|(peer, _)| {
            let top = self
                .top(viewer, *peer)
                .map_or((0, 0), |m| (m.date(), m.id()));
            let pinned = place(peer).unwrap_or(usize::MAX);
            (pinned, std::cmp::Reverse((top, peer.0)))
        });
        all
    }

    /// A dialog as it is listed.
    pub(crate) fn dialog(&self, viewer: i64, peer: PeerKey) -> Option<types::DialogData> {
        let top = self.top(viewer, peer).map_or(0, Stored::id);
        let notify = types::PeerNotifySettings::new();
        let dialog = |read_in, read_out, unread| {
            types::DialogData::new(peer.peer(), top, read_in, read_out, unread, 0, 0, 0, notify)
        };
        if let Kind::Channel(id) = peer.kind() {
            let channel = self.channels.get(&id)?;
            let member = channel.member(viewer)?;
            let mut out = dialog(member.read, channel.last_id, channel.unread(viewer));
            self.list(viewer, peer, &mut out);
            out.unread_mentions_count = self.unseen(viewer, peer);
            out.unread_mark = member.unread_mark;
            out.pts = Some(channel.journal.pts);
            return Some(out);
        }
        let mailbox = &self.account(viewer)?.mailbox;
        let own = mailbox.dialogs.get(&peer)?;
        let mut out = dialog(own.read_inbox, own.read_outbox, mailbox.unread(peer));
        self.list(viewer, peer, &mut out);
        out.unread_mentions_count = self.unseen(viewer, peer);
        out.unread_mark = own.unread_mark;
        Some(out)
    }

    /// What the account itself has said about a chat.
    fn list(&self, viewer: i64, peer: PeerKey, out: &mut types::DialogData) {
        let Some(account) = self.account(viewer) else {
            return;
        };
        let folder = account.lists.folder(peer);
        out.pinned = account.lists.pinned.contains(&peer);
        out.folder_id = Some(folder).filter(|folder| *folder != super::MAIN);
        out.draft = account.lists.draft(peer).map(|d| d.clone().into());
    }

    /// Where the account's box stands.
    pub(crate) fn state(&self, viewer: i64) -> types::updates::State {
        let (pts, qts, unread) = self.account(viewer).map_or((1, 0, 0), |a| {
            let box_ = &a.mailbox;
            (box_.journal.pts, a.told.qts, box_.unread_total())
        });
        types::updates::State::new(pts, qts, self.now, self.seq(viewer), unread)
    }
}

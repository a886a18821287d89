//! Messages that are pinned in their chats.

use telewire_schema::types;

use super::{Kind, PeerKey, Stored, What, World};

impl World {
    /// Pins or unpins a message wherever it lies, and tells everybody. Returns how the box of `owner` has changed.
    pub(crate) fn pin(
        &mut self,
        owner: i64,
        peer: PeerKey,
        id: i32,
        pinned: bool,
    ) -> Option<types::Update> {
        if let Kind::Channel(channel) = peer.kind() {
            return self.pin_in_channel(channel, id, pinned);
        }
        let unique = self.message(owner, peer, id)?.unique;
        let boxes: Vec<i64> = self.accounts.keys().copied().collect();
        let mut own = None;
        for account in boxes {
            let Some(copy) = self.twin(account, unique) else {
                continue;
            };
            let update = self.pin_copy(account, copy, pinned);
            if account == owner {
                own = update;
            }
        }
        own
    }

    fn pin_copy(&mut self, account: i64, id: i32, pinned: bool) -> Option<types::Update> {
        let date = self.now;
        let mailbox = &mut self.accounts.get_mut(&account)?.mailbox;
        let content = mailbox
            .messages
            .get_mut(&id)
            .and_then(Stored::content_mut)?;
        content.pinned = pinned;
        let peer = content.peer_id;
        let mut update = None;
        mailbox.journal.note(date, 1, |pts| {
            let change = types::UpdatePinnedMessages::new(peer, vec![id], pts, 1).pinned(pinned);
            update = Some(types::Update::from(change.clone()));
            What::Other(change.into())
        });
        self.tell(account, date, update.clone().into_iter().collect());
        update
    }

    fn pin_in_channel(&mut self, id: i64, message: i32, pinned: bool) -> Option<types::Update> {
        let date = self.now;
        let channel = self.channels.get_mut(&id)?;
        let stored = channel.messages.get_mut(&message)?;
        stored.content_mut()?.pinned = pinned;
        let mut update = None;
        channel.journal.note(date, 1, |pts| {
            let change = types::UpdatePinnedChannelMessages::new(id, vec![message], pts, 1);
            let change = change.pinned(pinned);
            update = Some(types::Update::from(change.clone()));
            What::Other(change.into())
        });
        self.tell_channel(id, &update.clone().into_iter().collect::<Vec<_>>());
        update
    }
}

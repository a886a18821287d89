//! Telling the members of a chat what has happened in it.

use telewire_schema::types;

use super::{Kind, Mentions, PeerKey, Posted, Stored, World};

impl World {
    /// Tells the sessions of `owner` about a new message in its own box.
    pub(super) fn tell_new(&mut self, owner: i64, posted: Posted) {
        let Some(stored) = self
            .account(owner)
            .and_then(|a| a.mailbox.messages.get(&posted.id))
        else {
            return;
        };
        if let Some(short) = self.short_form(owner, stored, posted) {
            return self.push(owner, short);
        }
        let update = types::UpdateNewMessage::new(self.show(owner, stored), posted.pts, 1);
        self.tell(owner, posted.date, vec![update.into()]);
    }

    /// Plain text from somebody known comes without users and chats.
    fn short_form(&self, owner: i64, stored: &Stored, posted: Posted) -> Option<types::Updates> {
        let m = stored.content()?;
        let plain = m.media.is_none()
            && m.reply_markup.is_none()
            && m.fwd_from.is_none()
            && m.via_bot_id.is_none()
            && m.grouped_id.is_none();
        let peer = PeerKey::of(&m.peer_id);
        let known = self.account(owner)?.mailbox.dialogs.get(&peer)?.ids.len() > 1;
        if !plain || !known || m.saved_peer_id.is_some() {
            return None;
        }
        match peer.kind() {
            Kind::User(user_id) => {
                let mut short = types::UpdateShortMessage::new(
                    m.id,
                    user_id,
                    m.message.as_str(),
                    posted.pts,
                    1,
                    m.date,
                );
                (short.out, short.silent) = (m.out, m.silent);
                short.reply_to = m.reply_to.clone();
                short.entities = m.entities.clone();
                Some(short.into())
            }
            Kind::Group(id) => {
                let text = m.message.as_str();
                let mut short = types::UpdateShortChatMessage::new(
                    m.id,
                    stored.author,
                    id,
                    text,
                    posted.pts,
                    1,
                    m.date,
                );
                (short.out, short.silent) = (m.out, m.silent);
                (short.mentioned, short.media_unread) = (m.mentioned, m.media_unread);
                short.reply_to = m.reply_to.clone();
                short.entities = m.entities.clone();
                Some(short.into())
            }
            Kind::Channel(_) => None,
        }
    }

    pub(super) fn tell_new_in_channel(&mut self, member: i64, channel: i64, id: i32, pts: i32) {
        let Some(channel) = self.channels.get(&channel) else {
            return;
        };
        let (Some(stored), Some(_)) = (channel.messages.get(&id), channel.member(member)) else {
            return;
        };
        let date = stored.date();
        let update = types::UpdateNewChannelMessage::new(self.show(member, stored), pts, 1);
        self.tell(member, date, vec![update.into()]);
    }

    /// Pushes updates together with everybody whom they mention.
    pub(crate) fn tell(&mut self, to: i64, date: i32, updates: Vec<types::Update>) {
        let updates = self.updates(to, date, updates);
        self.push(to, updates);
    }

    /// Updates together with everybody whom they mention.
    pub(crate) fn updates(
        &self,
        viewer: i64,
        date: i32,
        updates: Vec<types::Update>,
    ) -> types::Updates {
        let (users, chats) = self.people(viewer, &Mentions::brief(&updates));
        types::UpdatesData::new(updates, users, chats, date, 0).into()
    }
}

//! Contents that are read apart from the message: what has to be listened to, and mentions.

use telewire_schema::types;

use super::change::Affected;
use super::{Stored, World};

/// Voice and round video messages stay unread until they are played.
pub(super) fn to_be_heard(media: Option<&types::MessageMedia>) -> bool {
    use types::DocumentAttribute as A;
    let Some(types::MessageMedia::Document(m)) = media else {
        return false;
    };
    let Some(types::Document::Document(document)) = &m.document else {
        return false;
    };
    let heard = |a: &A| match a {
        A::Audio(a) => a.voice,
        A::Video(a) => a.round_message,
        _ => false,
    };
    document.attributes.iter().any(heard)
}

impl World {
    /// Marks messages of a mailbox as listened to, watched or seen. The account's other sessions hear of it, and the author
    /// of what was played does.
    pub(crate) fn consume(&mut self, owner: i64, ids: &[i32]) -> Affected {
        let Some(mailbox) = self.account(owner).map(|a| &a.mailbox) else {
            return Affected::default();
        };
        let unread = |m: &&Stored| !m.is_out() && m.content().is_some_and(|m| m.media_unread);
        let found = ids.iter().filter_map(|id| mailbox.messages.get(id));
        let seen: Vec<&Stored> = found.filter(unread).collect();
        let played = |m: &&&Stored| m.content().is_some_and(|m| to_be_heard(m.media.as_ref()));
        let authors: Vec<(i64, u64)> = seen
            .iter()
            .filter(played)
            .map(|m| (m.author, m.unique))
            .collect();
        let seen: Vec<i32> = seen.iter().map(|m| m.id()).collect();
        let affected = self.note_read(owner, seen);
        for (author, unique) in authors {
            if let Some(twin) = self.twin(author, unique) {
                let origin = self.origin.take();
                self.note_read(author, vec![twin]);
                self.origin = origin;
            }
        }
        affected
    }

    /// Clears the marks in one box.
    fn note_read(&mut self, owner: i64, ids: Vec<i32>) -> Affected {
        self.change_own(
            owner,
            ids,
            |m| m.media_unread = false,
            |ids, pts, count| types::UpdateReadMessagesContents::new(ids, pts, count).into(),
        )
    }

    /// The same in a channel.
    pub(crate) fn consume_in_channel(&mut self, owner: i64, id: i64, ids: &[i32]) {
        let date = self.now;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let mut seen: Vec<i32> = Vec::new();
        if let Some(member) = channel.members.get_mut(&owner) {
            seen.extend(ids.iter().filter(|id| member.unseen.remove(id)));
        }
        let mut played: Vec<(i64, i32)> = Vec::new();
        for id in ids {
            let Some(stored) = channel.messages.get_mut(id) else {
                continue;
            };
            let author = stored.author;
            let content = stored.content_mut().filter(|m| m.media_unread);
            if let Some(m) = content.filter(|_| author != owner) {
                m.media_unread = false;
                played.push((author, *id));
            }
        }
        seen.extend(played.iter().map(|(_, id)| *id));
        seen.sort_unstable();
        seen.dedup();
        if seen.is_empty() {
            return;
        }
        let read = types::UpdateChannelReadMessagesContents::new(id, seen);
        self.tell(owner, date, vec![read.into()]);
        for (author, message) in played {
            let read = types::UpdateChannelReadMessagesContents::new(id, vec![message]);
            let origin = self.origin.take();
            self.tell(author, date, vec![read.into()]);
            self.origin = origin;
        }
    }
}

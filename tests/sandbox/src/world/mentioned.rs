//! Who is mentioned in a message, and whether they have seen it. A reply mentions the author of what it replies to.

use telewire_schema::types;

use super::change::Affected;
use super::{Draft, Kind, PeerKey, Stored, World};

impl World {
    /// Whether a message in a group mentions `user`.
    pub(super) fn mentions(&self, draft: &Draft, user: i64) -> bool {
        if user == draft.from || matches!(draft.to.kind(), Kind::User(_)) {
            return false;
        }
        let answered = draft
            .reply_to
            .and_then(|id| self.message(draft.from, draft.to, id))
            .is_some_and(|m| m.author == user);
        let units: Vec<u16> = draft.text.encode_utf16().collect();
        let named = draft.entities.iter().any(|entity| match entity {
            types::MessageEntity::MentionName(e) => e.user_id == user,
            types::MessageEntity::Mention(e) => {
                let (at, len) = (
                    e.offset.unsigned_abs() as usize,
                    e.length.unsigned_abs() as usize,
                );
                let name = units.get(at + 1..at + len).map(String::from_utf16_lossy);
                name.and_then(|n| self.by_username(&n)) == Some(PeerKey::user(user))
            }
            _ => false,
        });
        answered || named
    }

    /// The members of a channel that a message mentions.
    pub(super) fn mentioned_members(&self, draft: &Draft, channel: i64) -> Vec<i64> {
        let members = self.channels.get(&channel).map(|c| c.members.keys());
        let mentioned = |member: &i64| self.mentions(draft, *member);
        let members = members.into_iter().flatten().copied();
        members.filter(mentioned).collect()
    }

    /// Marks the mentions in a chat as seen.
    pub(crate) fn read_mentions(&mut self, owner: i64, peer: PeerKey) -> Affected {
        match peer.kind() {
            Kind::Channel(id) => self.read_mentions_in_channel(owner, id),
            _ => {
                let unseen: Vec<i32> = self
                    .history(owner, peer)
                    .into_iter()
                    .filter(|m| m.content().is_some_and(|m| m.mentioned && m.media_unread))
                    .map(Stored::id)
                    .collect();
                self.consume(owner, &unseen)
            }
        }
    }

    fn read_mentions_in_channel(&mut self, owner: i64, id: i64) -> Affected {
        let date = self.now;
        let Some(channel) = self.channels.get_mut(&id) else {
            return Affected::default();
        };
        let pts = channel.journal.pts;
        let Some(member) = channel.members.get_mut(&owner) else {
            return Affected { pts, count: 0 };
        };
        let seen: Vec<i32> = std::mem::take(&mut member.unseen).into_iter().collect();
        if !seen.is_empty() {
            let update = types::UpdateChannelReadMessagesContents::new(id, seen);
            self.tell(owner, date, vec![update.into()]);
        }
        Affected { pts, count: 0 }
    }

    /// How many mentions the account has not seen.
    pub(crate) fn unseen(&self, owner: i64, peer: PeerKey) -> i32 {
        let count = match peer.kind() {
            Kind::Channel(id) => self
                .channels
                .get(&id)
                .and_then(|c| c.member(owner))
                .map_or(0, |m| m.unseen.len()),
            _ => self
                .history(owner, peer)
                .into_iter()
                .filter(|m| m.content().is_some_and(|m| m.mentioned && m.media_unread))
                .count(),
        };
        i32::try_from(count).unwrap_or(i32::MAX)
    }

    /// Whether nothing may be forwarded from a chat.
    pub(crate) fn keeps_its_content(&self, peer: PeerKey) -> bool {
        match peer.kind() {
            Kind::Channel(id) => self.channels.get(&id).is_some_and(|c| c.keeps_content),
            Kind::Group(id) => self.groups.get(&id).is_some_and(|g| g.keeps_content),
            Kind::User(_) => false,
        }
    }
}

//! Who and what a message names.

use telewire_schema::types;

use crate::objects::{Entity, Forward, Message};
use crate::peers::PeerId;

/// Who is behind it.
impl Message {
    /// Whom it was sent to: the chat, or oneself for what others write in a private chat.
    pub fn to_id(&self) -> Option<PeerId> {
        let incoming = matches!(&self.raw, types::Message::Message(m) if !m.out)
            || matches!(&self.raw, types::Message::Service(m) if !m.out);
        match self.chat_id()? {
            chat @ PeerId::User(_) if incoming => {
                let me = self.client.self_user();
                Some(me.map_or(chat, |me| PeerId::User(me.id)))
            }
            chat => Some(chat),
        }
    }

    /// The id of the user who sent it; `None` for posts of channels, and where a group or channel is the author.
    pub fn from_id(&self) -> Option<i64> {
        match self.sender_id()? {
            PeerId::User(id) => Some(id),
            PeerId::Chat(_) | PeerId::Channel(_) => None,
        }
    }

    /// Where it was forwarded from, as the server says it.
    pub fn fwd_from(&self) -> Option<&types::MessageFwdHeader> {
        self.data()?.fwd_from.as_ref()
    }

    /// Where it was forwarded from, with who that is.
    pub fn forward(&self) -> Option<Forward> {
        Some(Forward::new(self, self.fwd_from()?.clone()))
    }

    /// The id of the inline bot that made it.
    pub fn via_bot_id(&self) -> Option<i64> {
        self.data()?.via_bot_id
    }

    /// The inline bot that made it, if it came along.
    pub fn via_bot(&self) -> Option<&types::UserData> {
        match self.peers.user(self.via_bot_id()?)? {
            types::User::User(bot) => Some(bot),
            types::User::Empty(_) => None,
        }
    }

    /// The inline bot that made it, as requests name it, if it came along with what that takes.
    pub fn via_input_bot(&self) -> Option<types::InputPeer> {
        self.brought(PeerId::User(self.via_bot_id()?))?.input_peer()
    }

    /// Whom a service message is about: who was added, removed or there at the beginning, whose link was followed, and
    /// what a group became or was before. `None` in the place of those who did not come along, and in place of the list
    /// for everything else that can happen.
    pub fn action_entities(&self) -> Option<Vec<Option<Entity>>> {
        let users = |ids: &[i64]| ids.iter().copied().map(PeerId::User).collect();
        let ids: Vec<PeerId> = match self.action()? {
            types::MessageAction::ChatAddUser(a) => users(&a.users),
            types::MessageAction::ChatCreate(a) => users(&a.users),
            types::MessageAction::ChatDeleteUser(a) => users(&[a.user_id]),
            types::MessageAction::ChatJoinedByLink(a) => users(&[a.inviter_id]),
            types::MessageAction::ChatMigrateTo(a) => vec![PeerId::Channel(a.channel_id)],
            types::MessageAction::ChannelMigrateFrom(a) => vec![PeerId::Chat(a.chat_id)],
            _ => return None,
        };
        Some(ids.into_iter().map(|id| self.brought(id)).collect())
    }
}

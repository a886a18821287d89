//! What members of a chat may do.

use super::{Kind, PeerKey, World};
use crate::fault::{Answer, Fault};

impl World {
    /// Whether `user` may say anything at all in a chat.
    pub(crate) fn may_talk(&self, user: i64, peer: PeerKey) -> Answer<()> {
        let inside = match peer.kind() {
            Kind::User(_) => true,
            Kind::Group(id) => {
                let group = self.groups.get(&id);
                group.is_some_and(|g| g.members.contains_key(&user))
            }
            Kind::Channel(id) => {
                let channel = self.channels.get(&id);
                channel.is_some_and(|c| c.member(user).is_some())
            }
        };
        if inside {
            Ok(())
        } else {
            Err(Fault::forbidden("CHAT_WRITE_FORBIDDEN"))
        }
    }
}

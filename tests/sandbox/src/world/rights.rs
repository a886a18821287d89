//! What members of a chat may do. See [rights](https://core.telegram.org/api/rights).

use telewire_schema::types;

use super::{Bans, Draft, Kind, PeerKey, World};
use crate::fault::{Answer, Fault};

/// Something that takes a right, apart from writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    ChangeInfo,
    Invite,
    Pin,
    Ban,
    Delete,
    Promote,
    Link,
}

impl Act {
    fn is_granted(self, rights: &types::ChatAdminRights) -> bool {
        match self {
            Self::ChangeInfo => rights.change_info,
            Self::Invite | Self::Link => rights.invite_users,
            Self::Pin => rights.pin_messages,
            Self::Ban => rights.ban_users,
            Self::Delete => rights.delete_messages,
            Self::Promote => rights.add_admins,
        }
    }

    /// Whether ordinary members may do it as long as nobody says otherwise.
    fn is_left_to(self, bans: &types::ChatBannedRights) -> bool {
        match self {
            Self::ChangeInfo => !bans.change_info,
            Self::Invite => !bans.invite_users,
            Self::Pin => !bans.pin_messages,
            _ => false,
        }
    }
}

fn admins_only() -> Fault {
    Fault::bad("CHAT_ADMIN_REQUIRED")
}

fn silenced() -> Fault {
    Fault::forbidden("CHAT_WRITE_FORBIDDEN")
}

impl World {
    /// Whether `user` may do something in a chat.
    pub(crate) fn may(&self, user: i64, peer: PeerKey, act: Act) -> Answer<()> {
        let allowed = match peer.kind() {
            Kind::User(_) => act == Act::Pin,
            Kind::Group(id) => {
                let group = self.groups.get(&id).filter(|g| !g.is_over());
                let group = group.ok_or_else(|| Fault::bad("CHAT_ID_INVALID"))?;
                if !group.members.contains_key(&user) {
                    return Err(silenced());
                }
                let open = act.is_left_to(&group.default_bans.0);
                group.creator == user || act != Act::Promote && (open || group.is_admin(user))
            }
            Kind::Channel(id) => {
                let channel = self.channels.get(&id);
                let channel = channel.ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
                let member = channel.member(user);
                let member = member.ok_or_else(|| match act {
                    Act::Invite => silenced(),
                    _ => admins_only(),
                })?;
                let personal = member.bans.as_ref().map(|b| &b.0);
                let open = !channel.broadcast
                    && act.is_left_to(&channel.default_bans.0)
                    && personal.is_none_or(|bans| act.is_left_to(bans));
                let rights = channel.admin_rights(user);
                open || rights.is_some_and(|rights| act.is_granted(&rights))
            }
        };
        match (allowed, peer.kind(), act) {
            (true, ..) => Ok(()),
            // Who is only in a channel may not bring others.
            (false, Kind::Channel(id), Act::Invite) if self.is_broadcast(id) => Err(silenced()),
            (false, ..) => Err(admins_only()),
        }
    }

    fn is_broadcast(&self, id: i64) -> bool {
        self.channels.get(&id).is_some_and(|c| c.broadcast)
    }

    /// Whether `user` may say anything at all in a chat.
    pub(crate) fn may_talk(&self, user: i64, peer: PeerKey) -> Answer<()> {
        let (general, personal, admin) = match peer.kind() {
            Kind::User(_) => return Ok(()),
            Kind::Group(id) => {
                let group = self.groups.get(&id).filter(|g| !g.is_over());
                let group = group.filter(|g| g.members.contains_key(&user));
                let group = group.ok_or_else(silenced)?;
                (&group.default_bans, None, group.is_admin(user))
            }
            Kind::Channel(id) => {
                let channel = self.channels.get(&id);
                let channel = channel.ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
                if channel.broadcast {
                    let rights = channel.admin_rights(user);
                    return match rights.is_some_and(|r| r.post_messages) {
                        true => Ok(()),
                        false => Err(Fault::forbidden("CHAT_ADMIN_REQUIRED")),
                    };
                }
                let member = channel.member(user).ok_or_else(silenced)?;
                let personal = member.bans.as_ref();
                (&channel.default_bans, personal, channel.is_admin(user))
            }
        };
        match () {
            () if admin => Ok(()),
            () if personal.is_some_and(|b| b.0.send_messages) => {
                Err(Fault::bad("USER_BANNED_IN_CHANNEL"))
            }
            () if general.0.send_messages => Err(silenced()),
            () => Ok(()),
        }
    }

    /// Whether a message may go where it is meant to.
    pub(crate) fn may_send(&self, draft: &Draft) -> Answer<()> {
        self.may_talk(draft.from, draft.to)?;
        let none = Bans::default();
        let (general, personal) = match draft.to.kind() {
            Kind::User(_) => return Ok(()),
            Kind::Group(id) => match self.groups.get(&id) {
                Some(group) if !group.is_admin(draft.from) => (&group.default_bans, &none),
                _ => return Ok(()),
            },
            Kind::Channel(id) => match self.channels.get(&id) {
                Some(channel) if !channel.is_admin(draft.from) => {
                    let bans = channel.member(draft.from).and_then(|m| m.bans.as_ref());
                    (&channel.default_bans, bans.unwrap_or(&none))
                }
                _ => return Ok(()),
            },
        };
        match [&general.0, &personal.0]
            .into_iter()
            .find_map(|bans| forbidden(bans, draft))
        {
            Some(name) => Err(Fault::forbidden(name)),
            None => self.is_slow_enough(draft),
        }
    }

    /// In slow mode an ordinary member waits after each message; an album is one.
    fn is_slow_enough(&self, draft: &Draft) -> Answer<()> {
        let Kind::Channel(id) = draft.to.kind() else {
            return Ok(());
        };
        let Some(channel) = self.channels.get(&id).filter(|c| c.slow > 0) else {
            return Ok(());
        };
        let Some((at, album)) = channel.spoke.get(&draft.from) else {
            return Ok(());
        };
        let next = at.saturating_add(channel.slow);
        let same = draft.album.is_some() && draft.album == *album;
        if same || next <= self.now {
            return Ok(());
        }
        let wait = next.saturating_sub(self.now);
        Err(Fault::new(420, format!("SLOWMODE_WAIT_{wait}")))
    }

    /// Whether slow mode lets `user` say only one thing at a time in a chat.
    pub(crate) fn is_slowed(&self, user: i64, peer: PeerKey) -> bool {
        let Kind::Channel(id) = peer.kind() else {
            return false;
        };
        let channel = self.channels.get(&id);
        channel.is_some_and(|c| c.slow > 0 && !c.is_admin(user))
    }
}

/// What is forbidden about a message, for those who are told so.
fn forbidden(bans: &types::ChatBannedRights, draft: &Draft) -> Option<&'static str> {
    use types::MessageMedia as M;
    let Some(media) = &draft.media else {
        return bans.send_plain.then_some("CHAT_SEND_PLAIN_FORBIDDEN");
    };
    if bans.send_media && !matches!(media, M::WebPage(_)) {
        return Some("CHAT_SEND_MEDIA_FORBIDDEN");
    }
    match media {
        M::Photo(_) => bans.send_photos.then_some("CHAT_SEND_PHOTOS_FORBIDDEN"),
        M::Document(m) if m.voice => bans.send_voices.then_some("CHAT_SEND_VOICES_FORBIDDEN"),
        M::Document(m) if m.round => bans
            .send_roundvideos
            .then_some("CHAT_SEND_ROUNDVIDEOS_FORBIDDEN"),
        M::Document(m) if m.video => bans.send_videos.then_some("CHAT_SEND_VIDEOS_FORBIDDEN"),
        M::Document(_) => bans.send_docs.then_some("CHAT_SEND_DOCS_FORBIDDEN"),
        M::Poll(_) => bans.send_polls.then_some("CHAT_SEND_POLL_FORBIDDEN"),
        _ => None,
    }
}

//! Coming, going, being promoted and banned: what it does to the list of members, and who is told.

use telewire_schema::types;

use super::{Channel, Member, PeerKey, World};

impl World {
    /// Changes what is known of a member of a channel. Whoever it is about looks at the channel anew, and bots that have to
    /// do with it are told.
    pub(crate) fn change_member(
        &mut self,
        id: i64,
        (actor, user): (i64, i64),
        change: impl FnOnce(&mut Member),
    ) {
        let date = self.now;
        let before = self.participant(id, user);
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let record = channel.members.entry(user).or_insert_with(|| Member {
            left: true,
            ..Member::default()
        });
        change(record);
        let after = self.participant(id, user);
        if before == after {
            return;
        }
        for bot in self.interested_bots(id, user) {
            self.tell_bot(bot, |qts| {
                let mut update = types::UpdateChannelParticipant::new(id, date, actor, user, qts);
                update.prev_participant = before.clone();
                update.new_participant = after.clone();
                update.into()
            });
        }
        if user != actor {
            self.tell(user, date, vec![types::UpdateChannel::new(id).into()]);
        }
    }

    /// Bots that are admins of a channel, and the one that something happens to.
    fn interested_bots(&self, id: i64, user: i64) -> Vec<i64> {
        let Some(channel) = self.channels.get(&id) else {
            return Vec::new();
        };
        let admins = channel.present().into_iter();
        let admins = admins.filter(|m| channel.is_admin(*m) || *m == user);
        let mut bots: Vec<i64> = admins.chain([user]).filter(|m| self.is_bot(*m)).collect();
        bots.sort_unstable();
        bots.dedup();
        bots
    }

    /// The same for a basic group, whose members all get the new list.
    pub(crate) fn change_group(
        &mut self,
        id: i64,
        (actor, user): (i64, i64),
        change: impl FnOnce(&mut super::Group),
    ) {
        let date = self.now;
        let Some(group) = self.groups.get_mut(&id) else {
            return;
        };
        let before = group.participant(user);
        change(group);
        group.version = group.version.saturating_add(1);
        let after = group.participant(user);
        let members: Vec<i64> = group.members.keys().copied().collect();
        let list = group.participants();
        let admins: Vec<i64> = members
            .iter()
            .copied()
            .filter(|m| group.is_admin(*m))
            .collect();
        let bots = admins.into_iter().filter(|m| *m != user).chain([user]);
        for bot in bots.filter(|m| self.is_bot(*m)).collect::<Vec<_>>() {
            self.tell_bot(bot, |qts| {
                let mut update = types::UpdateChatParticipant::new(id, date, actor, user, qts);
                update.prev_participant = before.clone();
                update.new_participant = after.clone();
                update.into()
            });
        }
        for member in members {
            let update = types::UpdateChatParticipants::new(list.clone());
            self.tell(member, date, vec![update.into()]);
        }
    }

    /// How a member is listed; `None` for whoever is neither in nor banned.
    pub(crate) fn participant(&self, id: i64, user: i64) -> Option<types::ChannelParticipant> {
        self.participant_for(id, user, 0)
    }

    /// The same, as `viewer` is shown it.
    pub(crate) fn participant_for(
        &self,
        id: i64,
        user: i64,
        viewer: i64,
    ) -> Option<types::ChannelParticipant> {
        let channel = self.channels.get(&id)?;
        let member = channel.members.get(&user)?;
        if let Some(bans) = &member.bans {
            let (by, date) = (member.banned_by, member.date);
            let peer = PeerKey::user(user).peer();
            let mut banned = types::ChannelParticipantBanned::new(peer, by, date, bans.0.clone());
            banned.left = !member.is_in();
            return Some(banned.into());
        }
        member
            .is_in()
            .then(|| listed(channel, member, user, viewer))
    }

    /// Somebody comes into a channel.
    pub(crate) fn enter(&mut self, id: i64, inviter: i64, user: i64) {
        let date = self.now;
        let newest = self.channels.get(&id).map_or(0, |c| c.last_id);
        self.change_member(id, (inviter, user), |m| {
            (m.left, m.banned) = (false, false);
            (m.inviter, m.date) = (inviter, date);
            m.read = m.read.max(if inviter == user { newest } else { 0 });
        });
    }

    /// Somebody leaves a channel, or has to.
    pub(crate) fn exit(&mut self, id: i64, actor: i64, user: i64) {
        self.change_member(id, (actor, user), |m| {
            m.left = true;
            (m.rights, m.rank) = (None, None);
        });
        if let Some(account) = self.accounts.get_mut(&user) {
            account.lists.forget(PeerKey::channel(id));
        }
    }

    /// Lifts every ban whose time is over.
    pub(crate) fn lapse(&mut self) {
        let now = self.now;
        for channel in self.channels.values_mut() {
            for member in channel.members.values_mut() {
                member.lapse(now);
            }
        }
    }
}

fn listed(channel: &Channel, member: &Member, user: i64, viewer: i64) -> types::ChannelParticipant {
    let (date, inviter) = (member.date, member.inviter);
    if user == channel.creator {
        let mut creator = types::ChannelParticipantCreator::new(user, super::all_rights());
        creator.rank = member.rank.clone();
        return creator.into();
    }
    if let Some(rights) = &member.rights {
        let by = member.promoted_by;
        let mut admin = types::ChannelParticipantAdmin::new(user, by, date, rights.0.clone());
        admin.can_edit = viewer == channel.creator || viewer == by;
        admin.self_ = viewer == user;
        admin.inviter_id = (viewer == user).then_some(inviter);
        admin.rank = member.rank.clone();
        return admin.into();
    }
    if user == viewer {
        types::ChannelParticipantSelf::new(user, inviter, date).into()
    } else {
        types::ChannelParticipantData::new(user, date).into()
    }
}

//! Members of channels and supergroups: listing, inviting, promoting and banning them.

use telewire_schema::functions::channels as f;
use telewire_schema::types;

use super::announce;
use super::channels::{changed, find};
use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{Act, Bans, Channel, Mentions, PeerKey, Rights};

/// The longest page of participants.
const PAGE: usize = 200;
/// The most admins.
const ADMINS: usize = 50;
/// The longest title of an admin.
const RANK: usize = 16;
/// Bans that end later, or sooner, never do.
const FOREVER: std::ops::Range<i32> = 30..366 * 24 * 3600;

pub(super) fn get_participants(
    cx: &mut Cx<'_>,
    r: f::GetParticipants,
) -> Answer<types::channels::ChannelParticipants> {
    use types::ChannelParticipantsFilter as F;
    let me = cx.me;
    let id = cx.channel(&r.channel)?;
    let world = &cx.server.world;
    let channel = world.channels.get(&id);
    let channel = channel.ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
    let of_admins = matches!(
        &r.filter,
        F::ChannelParticipantsKicked(_) | F::ChannelParticipantsBanned(_)
    );
    if (channel.broadcast || of_admins) && !channel.is_admin(me) {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    let named = |user: i64, q: &str| {
        let q = q.to_lowercase();
        let account = world.account(user);
        account.is_some_and(|a| {
            let names = format!("{} {}", a.first_name, a.last_name).to_lowercase();
            let username = a.username.as_deref().unwrap_or_default().to_lowercase();
            names.contains(&q) || username.contains(&q)
        })
    };
    let wanted = |user: i64| {
        let is_in = channel.member(user).is_some();
        let member = channel.members.get(&user);
        match &r.filter {
            F::ChannelParticipantsAdmins => channel.is_admin(user),
            F::ChannelParticipantsBots => is_in && world.is_bot(user),
            F::ChannelParticipantsContacts(f) => {
                let own = world
                    .account(me)
                    .is_some_and(|a| a.contacts.contains_key(&user));
                is_in && own && named(user, &f.q)
            }
            F::ChannelParticipantsKicked(f) => {
                member.is_some_and(|m| m.banned) && named(user, &f.q)
            }
            F::ChannelParticipantsBanned(f) => {
                member.is_some_and(|m| !m.banned && m.bans.is_some()) && named(user, &f.q)
            }
            F::ChannelParticipantsSearch(f) => is_in && named(user, &f.q),
            _ => is_in,
        }
    };
    let mut all: Vec<i64> = channel
        .members
        .keys()
        .copied()
        .filter(|u| wanted(*u))
        .collect();
    if matches!(&r.filter, F::ChannelParticipantsRecent) {
        let came = |user: &i64| channel.members.get(user).map_or(0, |m| m.date);
        all.sort_by_key(|user| (std::cmp::Reverse(came(user)), *user));
    }
    let limit = usize::try_from(r.limit).unwrap_or(0).min(PAGE);
    let page = all
        .iter()
        .skip(usize::try_from(r.offset).unwrap_or(0))
        .take(limit);
    let participants: Vec<types::ChannelParticipant> = page
        .filter_map(|user| world.participant_for(id, *user, me))
        .collect();
    let mut mentions = Mentions::of(&participants);
    mentions.channels.insert(id);
    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
    cx.world().meet(me, mentions.users.iter().copied());
    let (users, chats) = cx.people(&mentions);
    Ok(types::channels::ChannelParticipantsData::new(count, participants, chats, users).into())
}

pub(super) fn get_participant(
    cx: &mut Cx<'_>,
    r: f::GetParticipant,
) -> Answer<types::channels::ChannelParticipant> {
    let me = cx.me;
    let user = cx.peer(&r.participant)?.0;
    let channel = &*find(cx, &r.channel)?;
    let id = channel.id;
    if channel.broadcast && user != me && !channel.is_admin(me) {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    let participant = cx.server.world.participant_for(id, user, me);
    let participant = participant.ok_or_else(|| Fault::bad("USER_NOT_PARTICIPANT"))?;
    let mut mentions = Mentions::of(&participant);
    mentions.channels.insert(id);
    cx.world().meet(me, [user]);
    let (users, chats) = cx.people(&mentions);
    Ok(types::channels::ChannelParticipant::new(
        participant,
        chats,
        users,
    ))
}

pub(super) fn join(
    cx: &mut Cx<'_>,
    r: f::JoinChannel,
) -> Answer<types::messages::ChatInviteJoinResult> {
    let me = cx.me;
    let channel = find(cx, &r.channel)?;
    let (id, talks) = (channel.id, !channel.broadcast);
    let fresh = channel.member(me).is_none();
    let updates = if fresh {
        cx.world().enter(id, me, me);
        let event = types::ChannelAdminLogEventAction::ParticipantJoin;
        cx.world().log(PeerKey::channel(id), me, event);
        if talks {
            let joined = types::MessageActionChatAddUser::new(vec![me]);
            announce(cx, PeerKey::channel(id), joined)?
        } else {
            changed(cx, id)
        }
    } else {
        changed(cx, id)
    };
    Ok(types::messages::ChatInviteJoinResultOk::new(updates).into())
}

pub(super) fn leave(cx: &mut Cx<'_>, r: f::LeaveChannel) -> Answer<types::Updates> {
    let (me, date) = (cx.me, cx.date());
    let channel = find(cx, &r.channel)?;
    let (id, talks) = (channel.id, !channel.broadcast);
    if channel.member(me).is_none() {
        return Err(Fault::bad("USER_NOT_PARTICIPANT"));
    }
    if channel.creator == me {
        return Err(Fault::bad("USER_CREATOR"));
    }
    let peer = PeerKey::channel(id);
    if talks {
        announce(cx, peer, types::MessageActionChatDeleteUser::new(me))?;
    }
    cx.world().exit(id, me, me);
    let event = types::ChannelAdminLogEventAction::ParticipantLeave;
    cx.world().log(peer, me, event);
    // The account's other sessions.
    cx.world()
        .tell(me, date, vec![types::UpdateChannel::new(id).into()]);
    Ok(changed(cx, id))
}

pub(super) fn invite(
    cx: &mut Cx<'_>,
    r: f::InviteToChannel,
) -> Answer<types::messages::InvitedUsers> {
    let users: Vec<i64> = r.users.iter().map(|u| cx.user(u)).collect::<Answer<_>>()?;
    let me = cx.me;
    let channel = &*find(cx, &r.channel)?;
    let (id, broadcast) = (channel.id, channel.broadcast);
    let peer = PeerKey::channel(id);
    let world = &cx.server.world;
    world.may(me, peer, Act::Invite)?;
    let channel = world.channels.get(&id);
    let channel = channel.ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
    let new: Vec<i64> = users
        .into_iter()
        .filter(|u| channel.member(*u).is_none())
        .collect();
    let banned = |user: &i64| channel.members.get(user).is_some_and(|m| m.banned);
    if new.iter().any(banned) && world.may(me, peer, Act::Ban).is_err() {
        return Err(Fault::bad("USER_KICKED"));
    }
    if broadcast && new.iter().any(|user| world.is_bot(*user)) {
        return Err(Fault::bad("USER_BOT"));
    }
    let size = usize::try_from(channel.count()).unwrap_or(usize::MAX) + new.len();
    if size > cx.server.options.channel_size {
        return Err(Fault::bad("USERS_TOO_MUCH"));
    }
    for user in &new {
        cx.world()
            .change_member(id, (me, *user), |m| (m.bans, m.banned) = (None, false));
        cx.world().enter(id, me, *user);
        if let Some(listed) = cx.server.world.participant(id, *user) {
            let event = types::ChannelAdminLogEventActionParticipantInvite::new(listed);
            cx.world().log(peer, me, event);
        }
    }
    let updates = if broadcast || new.is_empty() {
        changed(cx, id)
    } else {
        announce(cx, peer, types::MessageActionChatAddUser::new(new))?
    };
    Ok(types::messages::InvitedUsers::new(updates, Vec::new()))
}

pub(super) fn edit_admin(cx: &mut Cx<'_>, r: f::EditAdmin) -> Answer<types::Updates> {
    let user = cx.user(&r.user_id)?;
    let me = cx.me;
    let channel = &*find(cx, &r.channel)?;
    let id = channel.id;
    let peer = PeerKey::channel(id);
    cx.server.world.may(me, peer, Act::Promote)?;
    let channel = cx.server.world.channels.get(&id);
    let channel = channel.ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
    let own = channel
        .admin_rights(me)
        .ok_or_else(|| Fault::bad("CHAT_ADMIN_REQUIRED"))?;
    if user == me {
        return Err(Fault::bad("USER_ID_INVALID"));
    }
    if user == channel.creator {
        return Err(Fault::bad("USER_CREATOR"));
    }
    if channel.members.get(&user).is_some_and(|m| m.banned) {
        return Err(Fault::bad("USER_KICKED"));
    }
    // A bot becomes a member of a channel by being promoted.
    if channel.member(user).is_none() && !cx.server.world.is_bot(user) {
        return Err(Fault::bad("USER_NOT_PARTICIPANT"));
    }
    let rank = r.rank.filter(|rank| !rank.is_empty());
    checked_rank(rank.as_deref())?;
    let old = channel.member(user).filter(|m| m.rights.is_some());
    if old.is_some_and(|m| m.promoted_by != me) && channel.creator != me {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    let rights = r.admin_rights;
    if channel.creator != me && exceeds(&rights, &own) {
        return Err(Fault::forbidden("RIGHT_FORBIDDEN"));
    }
    let demoted = rights == types::ChatAdminRights::new();
    let admins = channel
        .present()
        .iter()
        .filter(|m| channel.is_admin(**m))
        .count();
    if !demoted && old.is_none() && admins >= ADMINS {
        return Err(Fault::bad("ADMINS_TOO_MUCH"));
    }
    let comes = channel.member(user).is_none();
    let before = listed(cx, id, user);
    if comes {
        cx.world().enter(id, me, user);
    }
    cx.world().change_member(id, (me, user), |m| {
        m.rights = (!demoted).then_some(Rights(rights));
        m.rank = rank.filter(|_| !demoted);
        m.promoted_by = if demoted { 0 } else { me };
        m.bans = None;
    });
    let after = listed(cx, id, user);
    let event = types::ChannelAdminLogEventActionParticipantToggleAdmin::new(before, after);
    cx.world().log(peer, me, event);
    Ok(changed(cx, id))
}

fn checked_rank(rank: Option<&str>) -> Answer<()> {
    let rank = rank.unwrap_or_default();
    if rank.chars().count() > RANK {
        return Err(Fault::bad("ADMIN_RANK_INVALID"));
    }
    if rank
        .chars()
        .any(|c| ('\u{1f300}'..='\u{1faff}').contains(&c))
    {
        return Err(Fault::bad("ADMIN_RANK_EMOJI_NOT_ALLOWED"));
    }
    Ok(())
}

/// Whether somebody would give away a right without having it.
fn exceeds(given: &types::ChatAdminRights, own: &types::ChatAdminRights) -> bool {
    [
        (given.change_info, own.change_info),
        (given.post_messages, own.post_messages),
        (given.edit_messages, own.edit_messages),
        (given.delete_messages, own.delete_messages),
        (given.ban_users, own.ban_users),
        (given.invite_users, own.invite_users),
        (given.pin_messages, own.pin_messages),
        (given.add_admins, own.add_admins),
        (given.anonymous, own.anonymous),
        (given.manage_call, own.manage_call),
    ]
    .iter()
    .any(|(given, own)| *given && !own)
}

/// How somebody is listed in the log, also if they are not in.
fn listed(cx: &Cx<'_>, id: i64, user: i64) -> types::ChannelParticipant {
    let listed = cx.server.world.participant(id, user);
    listed.unwrap_or_else(|| types::ChannelParticipantLeft::new(PeerKey::user(user).peer()).into())
}

pub(super) fn edit_banned(cx: &mut Cx<'_>, r: f::EditBanned) -> Answer<types::Updates> {
    let user = cx.peer(&r.participant)?.0;
    let (me, now) = (cx.me, cx.date());
    let channel = &*find(cx, &r.channel)?;
    let (id, broadcast) = (channel.id, channel.broadcast);
    let peer = PeerKey::channel(id);
    cx.server.world.may(me, peer, Act::Ban)?;
    let channel = cx.server.world.channels.get(&id);
    let channel = channel.ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
    may_ban(channel, me, user)?;
    let mut bans = r.banned_rights;
    let kicked = bans.view_messages;
    let none = bans == types::ChatBannedRights::new(bans.until_date);
    if broadcast && !kicked && !none {
        return Err(Fault::bad("BANNED_RIGHTS_INVALID"));
    }
    if !FOREVER.contains(&bans.until_date.saturating_sub(now)) {
        bans.until_date = 0;
    }
    let was_in = channel.member(user).is_some();
    let before = listed(cx, id, user);
    let updates = if kicked && was_in && !broadcast {
        // The message reaches whoever has to leave, too.
        announce(cx, peer, types::MessageActionChatDeleteUser::new(user))?
    } else {
        changed(cx, id)
    };
    cx.world().change_member(id, (me, user), |m| {
        m.banned = kicked;
        m.left |= kicked;
        m.bans = (!none).then_some(Bans(bans));
        (m.banned_by, m.rights, m.rank) = (me, None, None);
        m.date = now;
    });
    if let Some(account) = cx.world().accounts.get_mut(&user).filter(|_| kicked) {
        account.lists.forget(peer);
    }
    let after = listed(cx, id, user);
    let event = types::ChannelAdminLogEventActionParticipantToggleBan::new(before, after);
    cx.world().log(peer, me, event);
    Ok(updates)
}

/// Admins are banned only by whoever made them admins.
fn may_ban(channel: &Channel, me: i64, user: i64) -> Answer<()> {
    if user == me {
        return Err(Fault::bad("USER_ID_INVALID"));
    }
    let by = channel
        .member(user)
        .filter(|m| m.rights.is_some())
        .map(|m| m.promoted_by);
    let above = channel.creator == me || by.is_none_or(|by| by == me);
    if user == channel.creator || !above {
        return Err(Fault::bad("USER_ADMIN_INVALID"));
    }
    Ok(())
}

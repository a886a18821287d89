//! Channels and supergroups.

use std::collections::{BTreeMap, BTreeSet};

use telewire_schema::functions::channels as f;
use telewire_schema::types;

use super::context::Cx;
use super::groups::checked_title;
use super::send;
use crate::fault::{Answer, Fault};
use crate::world::{Channel, Draft, Journal, Member, Mentions, PeerKey, all_rights};

/// The longest page of participants.
const PAGE: usize = 200;

pub(super) fn create(cx: &mut Cx<'_>, r: f::CreateChannel) -> Answer<types::Updates> {
    let title = checked_title(&r.title)?;
    let (me, date) = (cx.me, cx.date());
    let id = cx.world().next_channel_id();
    let creator = Member {
        inviter: me,
        date,
        admin: true,
        ..Member::default()
    };
    let channel = Channel {
        id,
        title: title.clone(),
        about: r.about,
        username: None,
        broadcast: r.broadcast && !r.megagroup,
        creator: me,
        date,
        members: BTreeMap::from([(me, creator)]),
        messages: BTreeMap::new(),
        last_id: 0,
        journal: Journal::default(),
        keeps_content: false,
        sent: BTreeMap::new(),
    };
    cx.world().channels.insert(id, channel);
    announce(cx, id, types::MessageActionChannelCreate::new(title).into())
}

fn announce(cx: &mut Cx<'_>, id: i64, action: types::MessageAction) -> Answer<types::Updates> {
    let (me, date) = (cx.me, cx.date());
    let peer = PeerKey::channel(id);
    let posted = cx.world().post(date, Draft::service(me, peer, action))?;
    Ok(send::sent(cx, peer, &[(0, posted)]))
}

fn find<'a>(cx: &'a mut Cx<'_>, channel: &types::InputChannel) -> Answer<&'a mut Channel> {
    let id = cx.channel(channel)?;
    cx.world()
        .channels
        .get_mut(&id)
        .ok_or_else(|| Fault::bad("CHANNEL_INVALID"))
}

/// "Look at this channel anew."
fn changed(cx: &Cx<'_>, id: i64) -> types::Updates {
    cx.server
        .world
        .updates(cx.me, cx.date(), vec![types::UpdateChannel::new(id).into()])
}

pub(super) fn get(cx: &mut Cx<'_>, r: f::GetChannels) -> Answer<types::messages::Chats> {
    let mut mentions = Mentions::default();
    for channel in &r.id {
        mentions.channels.insert(cx.channel(channel)?);
    }
    let (_, chats) = cx.people(&mentions);
    Ok(types::messages::ChatsData::new(chats).into())
}

pub(super) fn get_full(cx: &mut Cx<'_>, r: f::GetFullChannel) -> Answer<types::messages::ChatFull> {
    let me = cx.me;
    let channel = &*find(cx, &r.channel)?;
    let id = channel.id;
    let read = channel.members.get(&me).map_or(0, |m| m.read);
    let photo = types::PhotoEmpty::new(0);
    let notify = types::PeerNotifySettings::new();
    let about = channel.about.as_str();
    let (unread, pts) = (channel.unread(me), channel.journal.pts);
    let mut full = types::ChannelFull::new(
        id,
        about,
        read,
        channel.last_id,
        unread,
        photo,
        notify,
        Vec::new(),
        pts,
    );
    full.participants_count = Some(channel.count());
    full.can_view_participants = !channel.broadcast || channel.is_admin(me);
    full.can_view_stats = channel.is_admin(me);
    full.stats_dc = Some(cx.server.options.stats_dc());
    let mut mentions = Mentions::default();
    mentions.channels.insert(id);
    let (users, chats) = cx.people(&mentions);
    Ok(types::messages::ChatFull::new(full, chats, users))
}

pub(super) fn read_history(cx: &mut Cx<'_>, r: f::ReadHistory) -> Answer<bool> {
    let (me, date) = (cx.me, cx.date());
    let channel = find(cx, &r.channel)?;
    let (id, newest) = (channel.id, channel.last_id);
    let max_id = if r.max_id <= 0 {
        newest
    } else {
        r.max_id.min(newest)
    };
    let member = channel
        .members
        .get_mut(&me)
        .ok_or_else(|| Fault::bad("CHANNEL_PRIVATE"))?;
    member.unread_mark = false;
    if max_id > member.read {
        let fresh = member.read + 1..=max_id;
        member.read = max_id;
        let megagroup = !channel.broadcast;
        let authors: BTreeSet<i64> = channel
            .messages
            .range(fresh)
            .map(|(_, m)| m.author)
            .filter(|author| megagroup && *author != me)
            .collect();
        let (unread, pts) = (channel.unread(me), channel.journal.pts);
        let update = types::UpdateReadChannelInbox::new(id, max_id, unread, pts);
        cx.world().tell(me, date, vec![update.into()]);
        for author in authors {
            let update = types::UpdateReadChannelOutbox::new(id, max_id);
            cx.world().tell(author, date, vec![update.into()]);
        }
    }
    Ok(true)
}

pub(super) fn read_contents(cx: &mut Cx<'_>, r: f::ReadMessageContents) -> Answer<bool> {
    let id = cx.channel(&r.channel)?;
    let me = cx.me;
    cx.world().consume_in_channel(me, id, &r.id);
    Ok(true)
}

pub(super) fn delete_messages(
    cx: &mut Cx<'_>,
    r: f::DeleteMessages,
) -> Answer<types::messages::AffectedMessages> {
    if r.id.len() > 100 {
        return Err(Fault::bad("LIMIT_INVALID"));
    }
    let me = cx.me;
    let channel = find(cx, &r.channel)?;
    let id = channel.id;
    let own = |id: &i32| channel.messages.get(id).is_none_or(|m| m.author == me);
    if !channel.is_admin(me) && !r.id.iter().all(own) {
        return Err(Fault::forbidden("MESSAGE_DELETE_FORBIDDEN"));
    }
    let affected = cx.world().delete_in_channel(id, &r.id);
    Ok(types::messages::AffectedMessages::new(
        affected.pts,
        affected.count,
    ))
}

pub(super) fn get_participants(
    cx: &mut Cx<'_>,
    r: f::GetParticipants,
) -> Answer<types::channels::ChannelParticipants> {
    use types::ChannelParticipantsFilter as F;
    let me = cx.me;
    let id = find(cx, &r.channel)?.id;
    let world = &cx.server.world;
    let channel = world
        .channels
        .get(&id)
        .ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
    if channel.broadcast && !channel.is_admin(me) {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    let q = match &r.filter {
        F::ChannelParticipantsSearch(s) => s.q.to_lowercase(),
        _ => String::new(),
    };
    let wanted = |user: &i64| match &r.filter {
        F::ChannelParticipantsAdmins => channel.is_admin(*user),
        F::ChannelParticipantsBots => world.is_bot(*user),
        F::ChannelParticipantsKicked(_) | F::ChannelParticipantsBanned(_) => false,
        _ => world.account(*user).is_some_and(|a| {
            format!("{} {}", a.first_name, a.last_name)
                .to_lowercase()
                .contains(&q)
        }),
    };
    let present = channel
        .members
        .keys()
        .filter(|u| channel.member(**u).is_some());
    let all: Vec<i64> = present.copied().filter(wanted).collect();
    let limit = usize::try_from(r.limit).unwrap_or(0).min(PAGE);
    let page = all
        .iter()
        .skip(usize::try_from(r.offset).unwrap_or(0))
        .take(limit);
    let participants: Vec<types::ChannelParticipant> =
        page.map(|user| participant(channel, me, *user)).collect();
    let mut mentions = Mentions::of(&participants);
    mentions.channels.insert(id);
    let (users, chats) = world.people(me, &mentions);
    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
    Ok(types::channels::ChannelParticipantsData::new(count, participants, chats, users).into())
}

fn participant(channel: &Channel, me: i64, user: i64) -> types::ChannelParticipant {
    let (date, inviter) = channel
        .members
        .get(&user)
        .map_or((0, 0), |m| (m.date, m.inviter));
    if user == channel.creator {
        types::ChannelParticipantCreator::new(user, all_rights()).into()
    } else if channel.is_admin(user) {
        types::ChannelParticipantAdmin::new(user, inviter, date, all_rights()).into()
    } else if user == me {
        types::ChannelParticipantSelf::new(user, inviter, date).into()
    } else {
        types::ChannelParticipantData::new(user, date).into()
    }
}

pub(super) fn get_participant(
    cx: &mut Cx<'_>,
    r: f::GetParticipant,
) -> Answer<types::channels::ChannelParticipant> {
    let me = cx.me;
    let user = cx.peer(&r.participant)?.0;
    let channel = &*find(cx, &r.channel)?;
    if channel.member(user).is_none() {
        return Err(Fault::bad("USER_NOT_PARTICIPANT"));
    }
    let participant = participant(channel, me, user);
    let mut mentions = Mentions::of(&participant);
    mentions.channels.insert(channel.id);
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
    let (me, date) = (cx.me, cx.date());
    let channel = find(cx, &r.channel)?;
    let (id, newest) = (channel.id, channel.last_id);
    let member = channel.members.entry(me).or_insert_with(|| Member {
        inviter: me,
        date,
        read: newest,
        ..Member::default()
    });
    member.left = false;
    Ok(types::messages::ChatInviteJoinResultOk::new(changed(cx, id)).into())
}

pub(super) fn leave(cx: &mut Cx<'_>, r: f::LeaveChannel) -> Answer<types::Updates> {
    let me = cx.me;
    let channel = find(cx, &r.channel)?;
    let id = channel.id;
    if channel.member(me).is_none() {
        return Err(Fault::bad("USER_NOT_PARTICIPANT"));
    }
    if channel.creator == me {
        return Err(Fault::bad("USER_CREATOR"));
    }
    if let Some(member) = channel.members.get_mut(&me) {
        member.left = true;
    }
    cx.my_mut()?.lists.forget(PeerKey::channel(id));
    let date = cx.date();
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
    let (me, date) = (cx.me, cx.date());
    let channel = find(cx, &r.channel)?;
    let (id, broadcast) = (channel.id, channel.broadcast);
    if channel.member(me).is_none() || broadcast && !channel.is_admin(me) {
        return Err(Fault::forbidden("CHAT_WRITE_FORBIDDEN"));
    }
    let mut added = Vec::new();
    for user in users {
        if channel.members.get(&user).is_some_and(|m| m.banned) {
            return Err(Fault::bad("USER_BANNED_IN_CHANNEL"));
        }
        if channel.member(user).is_none() {
            let member = Member {
                inviter: me,
                date,
                ..Member::default()
            };
            channel.members.insert(user, member);
            added.push(user);
        }
    }
    for user in &added {
        cx.world()
            .tell(*user, date, vec![types::UpdateChannel::new(id).into()]);
    }
    let updates = if broadcast || added.is_empty() {
        changed(cx, id)
    } else {
        announce(cx, id, types::MessageActionChatAddUser::new(added).into())?
    };
    Ok(types::messages::InvitedUsers::new(updates, Vec::new()))
}

pub(super) fn edit_title(cx: &mut Cx<'_>, r: f::EditTitle) -> Answer<types::Updates> {
    let title = checked_title(&r.title)?;
    let me = cx.me;
    let channel = find(cx, &r.channel)?;
    if !channel.is_admin(me) {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    if channel.title == title {
        return Err(Fault::bad("CHAT_NOT_MODIFIED"));
    }
    channel.title.clone_from(&title);
    let id = channel.id;
    announce(cx, id, types::MessageActionChatEditTitle::new(title).into())
}

pub(super) fn check_username(cx: &mut Cx<'_>, r: f::CheckUsername) -> Answer<bool> {
    super::account::checked_username(&r.username)?;
    Ok(cx.server.world.by_username(&r.username).is_none())
}

pub(super) fn update_username(cx: &mut Cx<'_>, r: f::UpdateUsername) -> Answer<bool> {
    let me = cx.me;
    let name = r.username.trim();
    if !name.is_empty() {
        super::account::checked_username(name)?;
        if cx.server.world.by_username(name).is_some() {
            return Err(Fault::bad("USERNAME_OCCUPIED"));
        }
    }
    let name = Some(name.to_owned()).filter(|n| !n.is_empty());
    let channel = find(cx, &r.channel)?;
    if channel.creator != me {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    channel.username = name;
    Ok(true)
}

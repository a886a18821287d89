//! Basic groups.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::announce;
use super::context::Cx;
use super::help::GROUP_SIZE;
use crate::fault::{Answer, Fault};
use crate::world::{
    Access, Act, Channel, Group, Member, Mentions, PeerKey, Rights, Stored, all_rights,
};

/// How long a title may be.
const TITLE: usize = 128;

pub(super) fn create(cx: &mut Cx<'_>, r: f::CreateChat) -> Answer<types::messages::InvitedUsers> {
    let title = checked_title(&r.title)?;
    let users: Vec<i64> = r.users.iter().map(|u| cx.user(u)).collect::<Answer<_>>()?;
    let (me, date) = (cx.me, cx.date());
    let others: Vec<i64> = users.into_iter().filter(|u| *u != me).collect();
    if others.is_empty() {
        return Err(Fault::bad("USERS_TOO_FEW"));
    }
    if others.len() >= GROUP_SIZE {
        return Err(Fault::bad("USERS_TOO_MUCH"));
    }
    let id = cx.world().next_group_id();
    let members = others
        .iter()
        .chain([&me])
        .map(|user| (*user, (me, date)))
        .collect();
    let group = Group {
        id,
        title: title.clone(),
        creator: me,
        date,
        version: 1,
        members,
        ..Group::default()
    };
    cx.world().groups.insert(id, group);
    let action = types::MessageActionChatCreate::new(title, others);
    let updates = announce(cx, PeerKey::group(id), action)?;
    list_members(cx, id);
    let updates = with_list(cx, id, updates);
    Ok(types::messages::InvitedUsers::new(updates, Vec::new()))
}

/// Every member is sent the list.
fn list_members(cx: &mut Cx<'_>, id: i64) {
    let date = cx.date();
    let Some(group) = cx.server.world.groups.get(&id) else {
        return;
    };
    let members: Vec<i64> = group.members.keys().copied().collect();
    let list = group.participants();
    for member in members {
        let update = types::UpdateChatParticipants::new(list.clone());
        cx.world().tell(member, date, vec![update.into()]);
    }
}

/// Whoever has changed the list has it in the answer.
fn with_list(cx: &Cx<'_>, id: i64, updates: types::Updates) -> types::Updates {
    let types::Updates::Updates(u) = updates else {
        return updates;
    };
    let mut all = u.updates;
    if let Some(group) = cx.server.world.groups.get(&id) {
        all.insert(
            0,
            types::UpdateChatParticipants::new(group.participants()).into(),
        );
    }
    cx.server.world.updates(cx.me, u.date, all)
}

pub(super) fn checked_title(title: &str) -> Answer<String> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > TITLE {
        return Err(Fault::bad("CHAT_TITLE_EMPTY"));
    }
    Ok(title.to_owned())
}

fn group<'a>(cx: &'a mut Cx<'_>, id: i64) -> Answer<&'a mut Group> {
    let me = cx.me;
    cx.server.world.named_group(me, id, Access::User)?;
    cx.world()
        .groups
        .get_mut(&id)
        .ok_or_else(|| Fault::bad("CHAT_ID_INVALID"))
}

pub(super) fn edit_title(cx: &mut Cx<'_>, r: f::EditChatTitle) -> Answer<types::Updates> {
    group(cx, r.chat_id)?;
    super::settings::set_title(cx, PeerKey::group(r.chat_id), &r.title)
}

pub(super) fn add_user(
    cx: &mut Cx<'_>,
    r: f::AddChatUser,
) -> Answer<types::messages::InvitedUsers> {
    let user = cx.user(&r.user_id)?;
    let (me, date) = (cx.me, cx.date());
    let id = r.chat_id;
    let peer = PeerKey::group(id);
    let group = &*group(cx, id)?;
    if group.members.contains_key(&user) {
        return Err(Fault::bad("USER_ALREADY_PARTICIPANT"));
    }
    if group.members.len() >= GROUP_SIZE {
        return Err(Fault::bad("USERS_TOO_MUCH"));
    }
    // Whoever left may come back by an admin or a link only.
    cx.server.world.may(me, peer, Act::Invite)?;
    cx.world().change_group(id, (me, user), |g| {
        g.members.insert(user, (me, date));
    });
    let updates = announce(cx, peer, types::MessageActionChatAddUser::new(vec![user]))?;
    let updates = with_list(cx, id, updates);
    Ok(types::messages::InvitedUsers::new(updates, Vec::new()))
}

pub(super) fn delete_user(cx: &mut Cx<'_>, r: f::DeleteChatUser) -> Answer<types::Updates> {
    let user = cx.user(&r.user_id)?;
    let me = cx.me;
    let id = r.chat_id;
    let group_ = &*group(cx, id)?;
    let inviter = group_.members.get(&user).map(|(inviter, _)| *inviter);
    let inviter = inviter.ok_or_else(|| Fault::bad("USER_NOT_PARTICIPANT"))?;
    let over = group_.creator == me || group_.is_admin(me) && !group_.is_admin(user);
    if user != me && !over && (inviter != me || group_.is_admin(user)) {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    // The message reaches whoever leaves, too.
    let gone = types::MessageActionChatDeleteUser::new(user);
    let updates = announce(cx, PeerKey::group(id), gone)?;
    cx.world().change_group(id, (me, user), |g| {
        g.members.remove(&user);
        g.admins.remove(&user);
    });
    Ok(with_list(cx, id, updates))
}

pub(super) fn edit_admin(cx: &mut Cx<'_>, r: f::EditChatAdmin) -> Answer<bool> {
    let user = cx.user(&r.user_id)?;
    let me = cx.me;
    let group = &*group(cx, r.chat_id)?;
    if !group.members.contains_key(&user) {
        return Err(Fault::bad("USER_NOT_PARTICIPANT"));
    }
    if user == me {
        return Err(Fault::bad("USER_ID_INVALID"));
    }
    if group.creator != me {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    let id = r.chat_id;
    cx.world().change_group(id, (me, user), |g| {
        if r.is_admin {
            g.admins.insert(user);
        } else {
            g.admins.remove(&user);
        }
    });
    Ok(true)
}

pub(super) fn delete(cx: &mut Cx<'_>, r: f::DeleteChat) -> Answer<bool> {
    let me = cx.me;
    let group = group(cx, r.chat_id)?;
    if group.creator != me {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    group.deleted = true;
    let members: Vec<i64> = group.members.keys().copied().collect();
    let date = cx.date();
    for member in members {
        let peer = PeerKey::group(r.chat_id);
        if let Some(account) = cx.world().accounts.get_mut(&member) {
            account.lists.forget(peer);
        }
        let update = types::UpdateChat::new(r.chat_id);
        cx.world().tell(member, date, vec![update.into()]);
    }
    Ok(true)
}

/// The group becomes a supergroup; what was said stays where it was.
pub(super) fn migrate(cx: &mut Cx<'_>, r: f::MigrateChat) -> Answer<types::Updates> {
    let (me, date) = (cx.me, cx.date());
    let group = &*group(cx, r.chat_id)?;
    if group.is_over() {
        return Err(Fault::bad("CHAT_ID_INVALID"));
    }
    if group.creator != me {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    let member = |(user, (inviter, date)): (&i64, &(i64, i32))| {
        let admin = group.is_admin(*user) && *user != me;
        let member = Member {
            inviter: *inviter,
            date: *date,
            rights: admin.then(|| Rights(all_rights().add_admins(false))),
            promoted_by: if admin { me } else { 0 },
            ..Member::default()
        };
        (*user, member)
    };
    let mut channel = Channel {
        title: group.title.clone(),
        about: group.about.clone(),
        creator: me,
        date: group.date,
        members: group.members.iter().map(member).collect(),
        photo: group.photo,
        default_bans: group.default_bans.clone(),
        keeps_content: group.keeps_content,
        ..Channel::default()
    };
    let (title, old) = (group.title.clone(), PeerKey::group(r.chat_id));
    let id = cx.world().next_channel_id();
    let moved = types::MessageActionChatMigrateTo::new(id);
    channel.id = id;
    cx.world().channels.insert(id, channel);
    let left = announce(cx, old, moved)?;
    let last = cx.server.world.top(me, old).map_or(0, Stored::id);
    if let Some(channel) = cx.world().channels.get_mut(&id) {
        channel.migrated_from = Some((r.chat_id, last));
    }
    if let Some(group) = cx.world().groups.get_mut(&r.chat_id) {
        group.migrated_to = Some(id);
    }
    let came = types::MessageActionChannelMigrateFrom::new(title, r.chat_id);
    let new = announce(cx, PeerKey::channel(id), came)?;
    cx.world()
        .tell_channel(id, &[types::UpdateChannel::new(id).into()]);
    let parts = [left, new].into_iter().filter_map(|updates| match updates {
        types::Updates::Updates(u) => Some(u.updates),
        _ => None,
    });
    let mut all: Vec<types::Update> = parts.flatten().collect();
    all.push(types::UpdateChannel::new(id).into());
    Ok(cx.server.world.updates(me, date, all))
}

pub(super) fn get_chats(cx: &mut Cx<'_>, r: f::GetChats) -> Answer<types::messages::Chats> {
    let mut mentions = Mentions::default();
    for id in r.id {
        mentions
            .groups
            .insert(cx.server.world.named_group(cx.me, id, Access::User)?);
    }
    let (_, chats) = cx.people(&mentions);
    Ok(types::messages::ChatsData::new(chats).into())
}

pub(super) fn get_full(cx: &mut Cx<'_>, r: f::GetFullChat) -> Answer<types::messages::ChatFull> {
    let id = cx
        .server
        .world
        .named_group(cx.me, r.chat_id, Access::User)?;
    let group = cx
        .server
        .world
        .groups
        .get(&id)
        .ok_or_else(|| Fault::bad("CHAT_ID_INVALID"))?;
    let participants = group.participants();
    let mut mentions = Mentions::of(&participants);
    mentions.groups.insert(id);
    let notify = types::PeerNotifySettings::new();
    let world = &cx.server.world;
    let mut full = types::ChatFullData::new(id, group.about.as_str(), participants, notify);
    full.chat_photo = group.photo.map(|photo| world.files.photo(photo, cx.date()));
    let invite = world.main_invite(PeerKey::group(id), cx.me);
    full.exported_invite = invite.map(|i| i.shown().into());
    let history = world.history(cx.me, PeerKey::group(id));
    let mut pinned = history.iter().rev();
    let pinned = pinned.find(|m| m.content().is_some_and(|c| c.pinned));
    full.pinned_msg_id = pinned.map(|m| m.id());
    let (users, chats) = cx.people(&mentions);
    Ok(types::messages::ChatFull::new(full, chats, users))
}

//! Basic groups.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::help::GROUP_SIZE;
use super::send;
use crate::fault::{Answer, Fault};
use crate::world::{Access, Draft, Group, Mentions, PeerKey};

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
        about: String::new(),
        creator: me,
        date,
        version: 1,
        keeps_content: false,
        members,
    };
    cx.world().groups.insert(id, group);
    let action = types::MessageActionChatCreate::new(title, others);
    let updates = announce(cx, id, action.into())?;
    Ok(types::messages::InvitedUsers::new(updates, Vec::new()))
}

/// Posts a service message and returns it as the answer.
fn announce(cx: &mut Cx<'_>, group: i64, action: types::MessageAction) -> Answer<types::Updates> {
    let (me, date) = (cx.me, cx.date());
    let peer = PeerKey::group(group);
    let posted = cx.world().post(date, Draft::service(me, peer, action))?;
    Ok(send::sent(cx, peer, &[(0, posted)]))
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
    let title = checked_title(&r.title)?;
    let group = group(cx, r.chat_id)?;
    if group.title == title {
        return Err(Fault::bad("CHAT_NOT_MODIFIED"));
    }
    group.title.clone_from(&title);
    group.version += 1;
    announce(
        cx,
        r.chat_id,
        types::MessageActionChatEditTitle::new(title).into(),
    )
}

pub(super) fn add_user(
    cx: &mut Cx<'_>,
    r: f::AddChatUser,
) -> Answer<types::messages::InvitedUsers> {
    let user = cx.user(&r.user_id)?;
    let (me, date) = (cx.me, cx.date());
    let group = group(cx, r.chat_id)?;
    if group.members.contains_key(&user) {
        return Err(Fault::bad("USER_ALREADY_PARTICIPANT"));
    }
    if group.members.len() >= GROUP_SIZE {
        return Err(Fault::bad("USERS_TOO_MUCH"));
    }
    group.members.insert(user, (me, date));
    group.version += 1;
    let updates = announce(
        cx,
        r.chat_id,
        types::MessageActionChatAddUser::new(vec![user]).into(),
    )?;
    Ok(types::messages::InvitedUsers::new(updates, Vec::new()))
}

pub(super) fn delete_user(cx: &mut Cx<'_>, r: f::DeleteChatUser) -> Answer<types::Updates> {
    let user = cx.user(&r.user_id)?;
    let me = cx.me;
    let group_ = group(cx, r.chat_id)?;
    let inviter = group_.members.get(&user).map(|(inviter, _)| *inviter);
    let inviter = inviter.ok_or_else(|| Fault::bad("USER_NOT_PARTICIPANT"))?;
    if user != me && group_.creator != me && inviter != me {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    // The message reaches whoever leaves, too.
    let updates = announce(
        cx,
        r.chat_id,
        types::MessageActionChatDeleteUser::new(user).into(),
    )?;
    let group_ = group(cx, r.chat_id)?;
    group_.members.remove(&user);
    group_.version += 1;
    Ok(updates)
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
    let full = types::ChatFullData::new(id, group.about.as_str(), participants, notify);
    let (users, chats) = cx.people(&mentions);
    Ok(types::messages::ChatFull::new(full, chats, users))
}

//! Channels and supergroups.

use std::collections::{BTreeMap, BTreeSet};

use telewire_schema::functions::channels as f;
use telewire_schema::types;

use super::announce;
use super::context::Cx;
use super::groups::checked_title;
use crate::fault::{Answer, Fault};
use crate::world::{Act, Channel, Member, Mentions, PeerKey};

/// How long a description may be.
pub(super) const ABOUT: usize = 255;

pub(super) fn create(cx: &mut Cx<'_>, r: f::CreateChannel) -> Answer<types::Updates> {
    let title = checked_title(&r.title)?;
    if r.about.chars().count() > ABOUT {
        return Err(Fault::bad("CHAT_ABOUT_TOO_LONG"));
    }
    let (me, date) = (cx.me, cx.date());
    let id = cx.world().next_channel_id();
    let creator = Member {
        inviter: me,
        date,
        ..Member::default()
    };
    let channel = Channel {
        id,
        title: title.clone(),
        about: r.about,
        broadcast: r.broadcast && !r.megagroup,
        creator: me,
        date,
        members: BTreeMap::from([(me, creator)]),
        ..Channel::default()
    };
    cx.world().channels.insert(id, channel);
    let created = types::MessageActionChannelCreate::new(title);
    announce(cx, PeerKey::channel(id), created)
}

pub(super) fn find<'a>(
    cx: &'a mut Cx<'_>,
    channel: &types::InputChannel,
) -> Answer<&'a mut Channel> {
    let id = cx.channel(channel)?;
    cx.world()
        .channels
        .get_mut(&id)
        .ok_or_else(|| Fault::bad("CHANNEL_INVALID"))
}

/// "Look at this channel anew."
pub(super) fn changed(cx: &Cx<'_>, id: i64) -> types::Updates {
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
    let (me, date) = (cx.me, cx.date());
    let id = cx.channel(&r.channel)?;
    let channel = cx.server.world.channels.get(&id);
    let channel = channel.ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
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
    let count = |wanted: &dyn Fn(i64, &Member) -> bool| {
        let found = channel.members.iter().filter(|(id, m)| wanted(**id, m));
        i32::try_from(found.count()).ok()
    };
    if channel.is_admin(me) {
        full.admins_count = count(&|id, _| channel.is_admin(id));
        full.kicked_count = count(&|_, m| m.banned);
        full.banned_count = count(&|_, m| !m.banned && m.bans.is_some());
    }
    full.can_set_username = channel.creator == me;
    full.can_delete_channel = channel.creator == me;
    let mut pinned = channel.messages.values().rev();
    let pinned = pinned.find(|m| m.content().is_some_and(|c| c.pinned));
    full.pinned_msg_id = pinned.map(crate::world::Stored::id);
    if channel.slow > 0 {
        full.slowmode_seconds = Some(channel.slow);
        let next = channel.spoke.get(&me).map(|(at, _)| at + channel.slow);
        full.slowmode_next_send_date = next.filter(|at| *at > date && !channel.is_admin(me));
    }
    if let Some((group, last)) = channel.migrated_from {
        full.migrated_from_chat_id = Some(group);
        full.migrated_from_max_id = Some(last);
    }
    let bots = channel.present();
    if let Some(photo) = channel.photo {
        full.chat_photo = cx.server.world.files.photo(photo, date);
    }
    let peer = PeerKey::channel(id);
    let invite = cx.server.world.main_invite(peer, me);
    full.exported_invite = invite.map(|i| i.shown().into());
    let is_bot = |user: &i64| cx.server.world.is_bot(*user);
    let bots = bots.into_iter().filter(is_bot);
    full.bot_info = bots.map(|bot| types::BotInfo::new().user_id(bot)).collect();
    let mut mentions = Mentions::of(&full);
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
    let id = cx.channel(&r.channel)?;
    let peer = PeerKey::channel(id);
    let world = &cx.server.world;
    let channel = world.channels.get(&id);
    let channel = channel.ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
    let own = |id: &i32| channel.messages.get(id).is_none_or(|m| m.author == me);
    let all_own = r.id.iter().all(own) && channel.member(me).is_some();
    if !all_own && world.may(me, peer, Act::Delete).is_err() {
        return Err(Fault::forbidden("MESSAGE_DELETE_FORBIDDEN"));
    }
    let gone: Vec<types::Message> =
        r.id.iter()
            .filter_map(|id| world.message(me, peer, *id))
            .map(|m| world.show(me, m))
            .collect();
    for message in gone {
        let event = types::ChannelAdminLogEventActionDeleteMessage::new(message);
        cx.world().log(peer, me, event);
    }
    let affected = cx.world().delete_in_channel(id, &r.id);
    Ok(types::messages::AffectedMessages::new(
        affected.pts,
        affected.count,
    ))
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
    if channel.username == name {
        return Err(Fault::bad("USERNAME_NOT_MODIFIED"));
    }
    let (id, old) = (
        channel.id,
        std::mem::replace(&mut channel.username, name.clone()),
    );
    let (old, new) = (old.unwrap_or_default(), name.unwrap_or_default());
    let event = types::ChannelAdminLogEventActionChangeUsername::new(old, new);
    cx.world().log(PeerKey::channel(id), me, event);
    cx.world()
        .tell_channel(id, &[types::UpdateChannel::new(id).into()]);
    Ok(true)
}

pub(super) fn delete(cx: &mut Cx<'_>, r: f::DeleteChannel) -> Answer<types::Updates> {
    let me = cx.me;
    let channel = find(cx, &r.channel)?;
    if channel.creator != me {
        return Err(Fault::bad("CHAT_ADMIN_REQUIRED"));
    }
    let id = channel.id;
    channel.deleted = true;
    channel.username = None;
    cx.world()
        .tell_channel(id, &[types::UpdateChannel::new(id).into()]);
    let channel = cx.world().channels.get_mut(&id);
    for member in channel.into_iter().flat_map(|c| c.members.values_mut()) {
        member.left = true;
    }
    Ok(changed(cx, id))
}

pub(super) fn export_link(
    cx: &mut Cx<'_>,
    r: f::ExportMessageLink,
) -> Answer<types::ExportedMessageLink> {
    let channel = &*find(cx, &r.channel)?;
    if !channel.messages.contains_key(&r.id) {
        return Err(Fault::bad("MESSAGE_ID_INVALID"));
    }
    let path = match &channel.username {
        Some(name) => name.clone(),
        None => format!("c/{}", channel.id),
    };
    let link = format!("https://t.me/{path}/{}", r.id);
    Ok(types::ExportedMessageLink::new(link, ""))
}

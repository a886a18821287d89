//! `contacts.*`.

use telewire_schema::functions::contacts as f;
use telewire_schema::types;

use super::auth::normal_phone;
use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{Account, Kind, Mentions, PeerKey};

pub(super) fn get_contacts(
    cx: &mut Cx<'_>,
    _: f::GetContacts,
) -> Answer<types::contacts::Contacts> {
    let me = cx.me;
    let own = cx.my()?;
    let contacts: Vec<types::Contact> = own
        .contacts
        .keys()
        .map(|id| {
            let mutual = cx
                .server
                .world
                .account(*id)
                .is_some_and(|a| a.contacts.contains_key(&me));
            types::Contact::new(*id, mutual)
        })
        .collect();
    let (users, _) = cx.people(&Mentions::of(&contacts));
    let count = i32::try_from(contacts.len()).unwrap_or(i32::MAX);
    Ok(types::contacts::ContactsData::new(contacts, count, users).into())
}

pub(super) fn import(
    cx: &mut Cx<'_>,
    r: f::ImportContacts,
) -> Answer<types::contacts::ImportedContacts> {
    let mut imported = Vec::new();
    for contact in r.contacts {
        let Ok(phone) = normal_phone(&contact.phone) else {
            continue;
        };
        let Some(id) = cx.server.world.by_phone(&phone).map(|a| a.id) else {
            continue;
        };
        cx.my_mut()?
            .contacts
            .insert(id, (contact.first_name, contact.last_name));
        imported.push(types::ImportedContact::new(id, contact.client_id));
    }
    let (users, _) = cx.people(&Mentions::of(&imported));
    Ok(types::contacts::ImportedContacts::new(
        imported,
        Vec::new(),
        Vec::new(),
        users,
    ))
}

pub(super) fn add(cx: &mut Cx<'_>, r: f::AddContact) -> Answer<types::Updates> {
    let id = cx.user(&r.id)?;
    if r.first_name.trim().is_empty() {
        return Err(Fault::bad("CONTACT_NAME_EMPTY"));
    }
    cx.my_mut()?
        .contacts
        .insert(id, (r.first_name, r.last_name));
    settings_changed(cx, id)
}

pub(super) fn delete(cx: &mut Cx<'_>, r: f::DeleteContacts) -> Answer<types::Updates> {
    let ids: Vec<i64> = r.id.iter().map(|id| cx.user(id)).collect::<Answer<_>>()?;
    for id in &ids {
        cx.my_mut()?.contacts.remove(id);
    }
    settings_changed(cx, ids.first().copied().unwrap_or(cx.me))
}

fn settings_changed(cx: &mut Cx<'_>, id: i64) -> Answer<types::Updates> {
    let update =
        types::UpdatePeerSettings::new(PeerKey::user(id).peer(), types::PeerSettings::new());
    Ok(cx
        .server
        .world
        .updates(cx.me, cx.date(), vec![update.into()]))
}

pub(super) fn resolve_username(
    cx: &mut Cx<'_>,
    r: f::ResolveUsername,
) -> Answer<types::contacts::ResolvedPeer> {
    let name = r.username.trim_start_matches('@');
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.len() < 4 || name.len() > 32 || !name.chars().all(plain) {
        return Err(Fault::bad("USERNAME_INVALID"));
    }
    let peer = cx
        .server
        .world
        .by_username(name)
        .ok_or_else(|| Fault::bad("USERNAME_NOT_OCCUPIED"))?;
    Ok(resolved(cx, peer))
}

pub(super) fn resolve_phone(
    cx: &mut Cx<'_>,
    r: f::ResolvePhone,
) -> Answer<types::contacts::ResolvedPeer> {
    let phone = normal_phone(&r.phone)?;
    let id = cx
        .server
        .world
        .by_phone(&phone)
        .map(|a| a.id)
        .ok_or_else(|| Fault::bad("PHONE_NOT_OCCUPIED"))?;
    Ok(resolved(cx, PeerKey::user(id)))
}

fn resolved(cx: &mut Cx<'_>, peer: PeerKey) -> types::contacts::ResolvedPeer {
    if let Kind::User(user) = peer.kind() {
        let me = cx.me;
        cx.world().meet(me, [user]);
    }
    let peer = peer.peer();
    let (users, chats) = cx.people(&Mentions::of(&peer));
    types::contacts::ResolvedPeer::new(peer, chats, users)
}

pub(super) fn search(cx: &mut Cx<'_>, r: f::Search) -> Answer<types::contacts::Found> {
    let q = r.q.trim().trim_start_matches('@').to_lowercase();
    if q.is_empty() {
        return Err(Fault::bad("SEARCH_QUERY_EMPTY"));
    }
    let limit = usize::try_from(r.limit).unwrap_or(0).clamp(1, 50);
    let has = |text: &str| text.to_lowercase().contains(&q);
    let matches = |a: &&Account| {
        let named = a.username.as_deref().is_some_and(has);
        named || has(&format!("{} {}", a.first_name, a.last_name))
    };
    let world = &cx.server.world;
    let own = cx.my()?;
    let (mine, others): (Vec<&Account>, Vec<&Account>) = world
        .accounts
        .values()
        .filter(matches)
        .partition(|a| own.contacts.contains_key(&a.id));
    let known = |a: &&Account| a.username.is_some();
    let peers = |list: Vec<&Account>| -> Vec<types::Peer> {
        list.iter().map(|a| PeerKey::user(a.id).peer()).collect()
    };
    let mut results = peers(others.into_iter().filter(known).collect());
    let channels = world.channels.values().filter(|c| {
        c.username.as_deref().is_some_and(has) || has(&c.title) && c.username.is_some()
    });
    results.extend(channels.map(|c| PeerKey::channel(c.id).peer()));
    results.truncate(limit);
    let mine = peers(mine);
    let mut mentions = Mentions::of(&results);
    mentions.add(&mine);
    let me = cx.me;
    cx.world().meet(me, mentions.users.iter().copied());
    let (users, chats) = cx.people(&mentions);
    Ok(types::contacts::Found::new(mine, results, chats, users))
}

pub(super) fn block(cx: &mut Cx<'_>, r: f::Block) -> Answer<bool> {
    set_blocked(cx, &r.id, true)
}

pub(super) fn unblock(cx: &mut Cx<'_>, r: f::Unblock) -> Answer<bool> {
    set_blocked(cx, &r.id, false)
}

/// Tells the account's other sessions, and a bot, which has been stopped or started by it.
fn set_blocked(cx: &mut Cx<'_>, peer: &types::InputPeer, blocked: bool) -> Answer<bool> {
    let peer = cx.peer(peer)?;
    let (me, date) = (cx.me, cx.date());
    let Kind::User(other) = peer.kind() else {
        return Err(Fault::bad("PEER_ID_INVALID"));
    };
    let list = &mut cx.my_mut()?.blocked;
    let changed = if blocked {
        list.insert(other)
    } else {
        list.remove(&other)
    };
    if changed {
        let update = types::UpdatePeerBlocked::new(peer.peer()).blocked(blocked);
        cx.world().tell(me, date, vec![update.into()]);
        cx.world().tell_bot(other, |qts| {
            types::UpdateBotStopped::new(me, date, blocked, qts).into()
        });
    }
    Ok(changed)
}

pub(super) fn get_top_peers(
    _: &mut Cx<'_>,
    _: f::GetTopPeers,
) -> Answer<types::contacts::TopPeers> {
    Ok(types::contacts::TopPeers::Disabled)
}

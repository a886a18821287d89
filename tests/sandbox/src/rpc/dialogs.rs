//! Lists of chats.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{Kind, Mentions, PeerKey};

/// The longest page.
const PAGE: usize = 100;

/// Dialogs with what has to come along.
struct Listed {
    dialogs: Vec<types::Dialog>,
    messages: Vec<types::Message>,
    chats: Vec<types::Chat>,
    users: Vec<types::User>,
}

fn list(cx: &Cx<'_>, peers: &[PeerKey]) -> Listed {
    let (world, me) = (&cx.server.world, cx.me);
    let listed = peers.iter().filter_map(|peer| world.dialog(me, *peer));
    let dialogs: Vec<types::Dialog> = listed.map(Into::into).collect();
    let tops = peers.iter().filter_map(|peer| world.top(me, *peer));
    let messages: Vec<types::Message> = tops.map(|m| world.show(me, m)).collect();
    let mut mentions = Mentions::of(&dialogs);
    mentions.add(&messages);
    let (users, chats) = cx.people(&mentions);
    Listed {
        dialogs,
        messages,
        chats,
        users,
    }
}

pub(super) fn get_dialogs(cx: &mut Cx<'_>, r: f::GetDialogs) -> Answer<types::messages::Dialogs> {
    let me = cx.me;
    // Nothing is archived.
    let all = if r.folder_id == Some(1) {
        Vec::new()
    } else {
        cx.server.world.chats(me)
    };
    let wanted: Vec<PeerKey> = all
        .into_iter()
        .filter(|(_, pinned)| !(r.exclude_pinned && *pinned))
        .map(|(peer, _)| peer)
        .collect();
    let offset = match &r.offset_peer {
        types::InputPeer::Empty => None,
        peer => Some(cx.peer(peer)?),
    };
    let first = wanted
        .iter()
        .position(|peer| follows(cx, *peer, &r, offset))
        .unwrap_or(wanted.len());
    let limit = usize::try_from(r.limit).unwrap_or(0).clamp(1, PAGE);
    let page: Vec<PeerKey> = wanted.iter().skip(first).take(limit).copied().collect();
    let is_all = first == 0 && page.len() == wanted.len();
    let Listed {
        dialogs,
        messages,
        chats,
        users,
    } = list(cx, &page);
    if is_all {
        return Ok(types::messages::DialogsData::new(dialogs, messages, chats, users).into());
    }
    let count = i32::try_from(wanted.len()).unwrap_or(i32::MAX);
    Ok(types::messages::DialogsSlice::new(count, dialogs, messages, chats, users).into())
}

/// Whether a dialog comes after the last one that the client has.
fn follows(cx: &Cx<'_>, peer: PeerKey, r: &f::GetDialogs, offset: Option<PeerKey>) -> bool {
    if r.offset_date == 0 && r.offset_id == 0 && offset.is_none() {
        return true;
    }
    let top = cx.server.world.top(cx.me, peer);
    let (date, id) = top.map_or((0, 0), |m| (m.date(), m.id()));
    if Some(peer) == offset {
        return false;
    }
    let last = (r.offset_date, r.offset_id, offset.map_or(i64::MAX, |p| p.0));
    r.offset_date == 0 && id < r.offset_id || r.offset_date != 0 && (date, id, peer.0) < last
}

pub(super) fn get_peer_dialogs(
    cx: &mut Cx<'_>,
    r: f::GetPeerDialogs,
) -> Answer<types::messages::PeerDialogs> {
    if r.peers.len() > PAGE {
        return Err(Fault::bad("LIMIT_INVALID"));
    }
    let mut peers = Vec::new();
    for peer in &r.peers {
        peers.extend(dialog_peer(cx, peer)?);
    }
    Ok(peer_dialogs(cx, &peers))
}

fn peer_dialogs(cx: &Cx<'_>, peers: &[PeerKey]) -> types::messages::PeerDialogs {
    let l = list(cx, peers);
    let state = cx.server.world.state(cx.me);
    types::messages::PeerDialogs::new(l.dialogs, l.messages, l.chats, l.users, state)
}

fn dialog_peer(cx: &Cx<'_>, peer: &types::InputDialogPeer) -> Answer<Option<PeerKey>> {
    match peer {
        types::InputDialogPeer::InputDialogPeer(p) => cx.peer(&p.peer).map(Some),
        types::InputDialogPeer::Folder(_) | types::InputDialogPeer::Community(_) => Ok(None),
    }
}

pub(super) fn get_pinned(
    cx: &mut Cx<'_>,
    r: f::GetPinnedDialogs,
) -> Answer<types::messages::PeerDialogs> {
    let all = if r.folder_id == 0 {
        cx.server.world.chats(cx.me)
    } else {
        Vec::new()
    };
    let pinned: Vec<PeerKey> = all
        .into_iter()
        .filter(|(_, pinned)| *pinned)
        .map(|(peer, _)| peer)
        .collect();
    Ok(peer_dialogs(cx, &pinned))
}

pub(super) fn toggle_pin(cx: &mut Cx<'_>, r: f::ToggleDialogPin) -> Answer<bool> {
    let peer = dialog_peer(cx, &r.peer)?.ok_or_else(|| Fault::bad("PEER_ID_INVALID"))?;
    change(cx, peer, |pinned, _| *pinned = r.pinned)
}

pub(super) fn mark_unread(cx: &mut Cx<'_>, r: f::MarkDialogUnread) -> Answer<bool> {
    let peer = dialog_peer(cx, &r.peer)?.ok_or_else(|| Fault::bad("PEER_ID_INVALID"))?;
    change(cx, peer, |_, mark| *mark = r.unread)
}

/// Changes whether a dialog is pinned or marked as unread.
fn change(
    cx: &mut Cx<'_>,
    peer: PeerKey,
    change: impl FnOnce(&mut bool, &mut bool),
) -> Answer<bool> {
    let me = cx.me;
    let missing = || Fault::bad("PEER_ID_INVALID");
    if let Kind::Channel(id) = peer.kind() {
        let channel = cx.world().channels.get_mut(&id).ok_or_else(missing)?;
        let member = channel.members.get_mut(&me).ok_or_else(missing)?;
        change(&mut member.pinned, &mut member.unread_mark);
    } else {
        let dialog = cx
            .my_mut()?
            .mailbox
            .dialogs
            .get_mut(&peer)
            .ok_or_else(missing)?;
        change(&mut dialog.pinned, &mut dialog.unread_mark);
    }
    Ok(true)
}

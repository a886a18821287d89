//! Lists of chats.

use telewire_schema::functions::messages as f;
use telewire_schema::types;

use super::context::Cx;
use super::folders;
use crate::fault::{Answer, Fault};
use crate::world::{ARCHIVE, MAIN, Mentions, PeerKey};

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
    let all = match r.folder_id {
        Some(folder) => cx.server.world.chats_in(me, folders::checked(folder)?),
        // Those of all folders.
        None => cx.server.world.chats(me),
    };
    let offset = match &r.offset_peer {
        types::InputPeer::Empty => None,
        peer => Some(cx.peer(peer)?),
    };
    let of = |wanted: bool| {
        all.iter()
            .filter(move |(_, p)| *p == wanted)
            .map(|(p, _)| *p)
    };
    // Pinned ones are on top of every page, wherever it begins.
    let mut page: Vec<PeerKey> = of(true).filter(|_| !r.exclude_pinned).collect();
    let rest: Vec<PeerKey> = of(false).collect();
    let first = first_after(cx, &rest, &r, offset);
    page.extend(&rest[first..]);
    page.truncate(usize::try_from(r.limit).unwrap_or(0).clamp(1, PAGE));
    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
    if r.hash != 0 && r.hash == hash_of(cx, &page) {
        return Ok(types::messages::DialogsNotModified::new(count).into());
    }
    let is_all = page.len() == all.len();
    let mut listed = list(cx, &page);
    if r.folder_id == Some(MAIN) && first == 0 && !r.exclude_pinned {
        add_archive(cx, &mut listed);
    }
    let Listed {
        dialogs,
        messages,
        chats,
        users,
    } = listed;
    if is_all {
        return Ok(types::messages::DialogsData::new(dialogs, messages, chats, users).into());
    }
    Ok(types::messages::DialogsSlice::new(count, dialogs, messages, chats, users).into())
}

/// How many of the unpinned dialogs the client has already. A date alone says nothing.
fn first_after(cx: &Cx<'_>, rest: &[PeerKey], r: &f::GetDialogs, offset: Option<PeerKey>) -> usize {
    if r.offset_id == 0 && offset.is_none() {
        return 0;
    }
    let top = |peer: PeerKey| {
        let top = cx.server.world.top(cx.me, peer);
        top.map_or((0, 0), |m| (m.date(), m.id()))
    };
    let (date, id) = (r.offset_date, r.offset_id);
    if let Some(at) = rest.iter().position(|peer| Some(*peer) == offset)
        && (date == 0 || top(rest[at]).0 <= date)
    {
        return at + 1;
    }
    // Something new has come to that one since, so the date says where it was.
    let follows = |peer: &PeerKey| match top(*peer) {
        (_, top_id) if date == 0 => id == 0 || top_id < id,
        (top_date, top_id) => top_date < date || top_date == date && (id == 0 || top_id < id),
    };
    rest.iter().position(follows).unwrap_or(rest.len())
}

/// [A number](https://core.telegram.org/api/offsets#hash-generation) that changes with what a page shows.
fn hash_of(cx: &Cx<'_>, page: &[PeerKey]) -> i64 {
    let world = &cx.server.world;
    let mut hash = 0_u64;
    for peer in page {
        let top = world.top(cx.me, *peer);
        let edited = top.and_then(|m| m.content()?.edit_date).unwrap_or(0);
        let shown = world.dialog(cx.me, *peer);
        let unread = shown.map_or(0, |d| d.unread_count);
        let parts = [
            peer.0,
            top.map_or(0, |m| m.id().into()),
            edited.into(),
            unread.into(),
        ];
        for part in parts {
            hash ^= hash >> 21;
            hash ^= hash << 35;
            hash ^= hash >> 4;
            hash = hash.wrapping_add(part.cast_unsigned());
        }
    }
    hash.cast_signed()
}

/// The archive as an entry of the main list, if there is anything in it.
fn add_archive(cx: &Cx<'_>, listed: &mut Listed) {
    let world = &cx.server.world;
    let inside: Vec<PeerKey> = world
        .chats_in(cx.me, ARCHIVE)
        .iter()
        .map(|(p, _)| *p)
        .collect();
    let Some(first) = inside.first() else {
        return;
    };
    let unread = inside
        .iter()
        .filter_map(|peer| world.dialog(cx.me, *peer))
        .map(|dialog| dialog.unread_count)
        .filter(|count| *count > 0);
    let (peers, messages) = unread.fold((0, 0), |(peers, sum), count| (peers + 1, sum + count));
    let top = world.top(cx.me, *first);
    let folder = types::Folder::new(ARCHIVE, "Archived chats");
    let top_id = top.map_or(0, crate::world::Stored::id);
    let entry = types::DialogFolder::new(folder, first.peer(), top_id, 0, peers, 0, messages);
    listed.dialogs.insert(0, entry.into());
    listed.messages.extend(top.map(|m| world.show(cx.me, m)));
    let mut mentions = Mentions::of(&listed.dialogs);
    mentions.add(&listed.messages);
    (listed.users, listed.chats) = cx.people(&mentions);
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
    let pinned = cx.my()?.lists.pinned_in(folders::checked(r.folder_id)?);
    Ok(peer_dialogs(cx, &pinned))
}

pub(super) fn toggle_pin(cx: &mut Cx<'_>, r: f::ToggleDialogPin) -> Answer<bool> {
    let peer = dialog_peer(cx, &r.peer)?.ok_or_else(|| Fault::bad("PEER_ID_INVALID"))?;
    let me = cx.me;
    if cx.server.world.dialog(me, peer).is_none() {
        return Err(Fault::bad("PEER_HISTORY_EMPTY"));
    }
    let folder = cx.server.world.folder(me, peer);
    let pinned = cx.my()?.lists.pinned_in(folder);
    if r.pinned && !pinned.contains(&peer) && pinned.len() >= most_pinned(folder) {
        return Err(Fault::bad("PINNED_DIALOGS_TOO_MUCH"));
    }
    cx.my_mut()?.lists.pin(peer, r.pinned);
    let mut update = types::UpdateDialogPinned::new(shown(peer)).pinned(r.pinned);
    update.folder_id = Some(folder).filter(|folder| *folder != MAIN);
    tell(cx, update.into());
    Ok(true)
}

pub(super) fn reorder_pinned(cx: &mut Cx<'_>, r: f::ReorderPinnedDialogs) -> Answer<bool> {
    let folder = folders::checked(r.folder_id)?;
    let mut order = Vec::new();
    for peer in &r.order {
        order.extend(dialog_peer(cx, peer)?);
    }
    if order.len() > most_pinned(folder) {
        return Err(Fault::bad("PINNED_DIALOGS_TOO_MUCH"));
    }
    let lists = &mut cx.my_mut()?.lists;
    let before = lists.pinned_in(folder);
    for peer in &before {
        // Unless they are to be left alone, those that are not named are unpinned.
        if r.force || order.contains(peer) {
            lists.pin(*peer, false);
        }
    }
    for peer in order.iter().rev() {
        if lists.folder(*peer) == folder && (r.force || before.contains(peer)) {
            lists.pin(*peer, true);
        }
    }
    let now = lists.pinned_in(folder).into_iter().map(shown).collect();
    let mut update = types::UpdatePinnedDialogs::new().order(now);
    update.folder_id = Some(folder).filter(|folder| *folder != MAIN);
    tell(cx, update.into());
    Ok(true)
}

/// As help.getConfig and the app's configuration say.
fn most_pinned(folder: i32) -> usize {
    if folder == MAIN { 5 } else { 100 }
}

pub(super) fn mark_unread(cx: &mut Cx<'_>, r: f::MarkDialogUnread) -> Answer<bool> {
    let peer = dialog_peer(cx, &r.peer)?.ok_or_else(|| Fault::bad("PEER_ID_INVALID"))?;
    let me = cx.me;
    if !cx.world().mark_unread(me, peer, r.unread) {
        return Err(Fault::bad("PEER_ID_INVALID"));
    }
    tell(
        cx,
        types::UpdateDialogUnreadMark::new(shown(peer))
            .unread(r.unread)
            .into(),
    );
    Ok(true)
}

pub(super) fn get_unread_marks(
    cx: &mut Cx<'_>,
    _: f::GetDialogUnreadMarks,
) -> Answer<Vec<types::DialogPeer>> {
    let (world, me) = (&cx.server.world, cx.me);
    let chats = world.chats(me).into_iter().map(|(peer, _)| peer);
    let marked = chats.filter(|peer| world.dialog(me, *peer).is_some_and(|d| d.unread_mark));
    Ok(marked.map(shown).collect())
}

fn shown(peer: PeerKey) -> types::DialogPeer {
    types::DialogPeerData::new(peer.peer()).into()
}

/// Tells the account's other sessions.
fn tell(cx: &mut Cx<'_>, update: types::Update) {
    let (me, date) = (cx.me, cx.date());
    cx.world().tell(me, date, vec![update]);
}

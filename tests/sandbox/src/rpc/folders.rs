//! The archive.

use telewire_schema::functions::folders as f;
use telewire_schema::types;

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{ARCHIVE, MAIN, What};

/// What a folder is called.
pub(super) fn checked(folder: i32) -> Answer<i32> {
    if [MAIN, ARCHIVE].contains(&folder) {
        Ok(folder)
    } else {
        Err(Fault::bad("FOLDER_ID_INVALID"))
    }
}

pub(super) fn edit_peers(cx: &mut Cx<'_>, r: f::EditPeerFolders) -> Answer<types::Updates> {
    let mut wanted = Vec::new();
    for place in &r.folder_peers {
        wanted.push((cx.peer(&place.peer)?, checked(place.folder_id)?));
    }
    let (me, date) = (cx.me, cx.date());
    let account = cx.my_mut()?;
    let moved: Vec<types::FolderPeer> = wanted
        .into_iter()
        .filter(|(peer, folder)| account.lists.move_to(*peer, *folder))
        .map(|(peer, folder)| types::FolderPeer::new(peer.peer(), folder))
        .collect();
    if moved.is_empty() {
        return Ok(cx.server.world.updates(me, date, Vec::new()));
    }
    let mut update = None;
    account.mailbox.journal.note(date, 1, |pts| {
        let moved = types::UpdateFolderPeers::new(moved, pts, 1);
        update = Some(types::Update::from(moved.clone()));
        What::Other(moved.into())
    });
    let updates: Vec<types::Update> = update.into_iter().collect();
    cx.world().tell(me, date, updates.clone());
    Ok(cx.server.world.updates(me, date, updates))
}

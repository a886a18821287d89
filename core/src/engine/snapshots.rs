//! Answers that tell where a channel stands: enough for one that has no position yet.

use telewire_schema::types::{self, messages};

use crate::peers::PeerId;

/// Calls `see` with the id and `pts` of every channel in a list of chats.
pub(super) fn in_dialogs(dialogs: &messages::Dialogs, see: impl FnMut(i64, i32)) {
    match dialogs {
        messages::Dialogs::Dialogs(d) => in_list(&d.dialogs, see),
        messages::Dialogs::Slice(d) => in_list(&d.dialogs, see),
        messages::Dialogs::NotModified(_) => {}
    }
}

/// The same for chats that were asked for one by one.
pub(super) fn in_peer_dialogs(dialogs: &messages::PeerDialogs, see: impl FnMut(i64, i32)) {
    in_list(&dialogs.dialogs, see);
}

/// The same for the description of one chat.
pub(super) fn in_full_chat(chat: &messages::ChatFull, mut see: impl FnMut(i64, i32)) {
    if let types::ChatFull::ChannelFull(full) = &chat.full_chat {
        see(full.id, full.pts);
    }
}

/// The same for a piece of history, which names the channel in its messages only.
pub(super) fn in_messages(messages: &messages::Messages, mut see: impl FnMut(i64, i32)) {
    let messages::Messages::ChannelMessages(page) = messages else {
        return;
    };
    let channel = page.messages.iter().find_map(|message| {
        let peer = match message {
            types::Message::Message(m) => &m.peer_id,
            types::Message::Service(m) => &m.peer_id,
            types::Message::Empty(m) => m.peer_id.as_ref()?,
        };
        match PeerId::from(peer) {
            PeerId::Channel(id) => Some(id),
            _ => None,
        }
    });
    if let Some(channel) = channel {
        see(channel, page.pts);
    }
}

fn in_list(dialogs: &[types::Dialog], mut see: impl FnMut(i64, i32)) {
    for dialog in dialogs {
        if let types::Dialog::Dialog(dialog) = dialog
            && let (PeerId::Channel(id), Some(pts)) = (PeerId::from(&dialog.peer), dialog.pts)
        {
            see(id, pts);
        }
    }
}

//! Short forms of messages, expanded as the
//! [page on updates](https://core.telegram.org/api/updates#updates-sequence) asks.

use telewire_schema::types;

use crate::peers::PeerId;

/// A message from a private chat. Either the account or the other one wrote it, which decides who it is from.
pub(super) fn private(short: types::UpdateShortMessage, self_id: i64) -> types::UpdateNewMessage {
    let from = if short.out { self_id } else { short.user_id };
    let mut message = types::MessageData::new(
        short.id,
        types::Peer::from(PeerId::User(short.user_id)),
        short.date,
        short.message,
    );
    message.from_id = Some(PeerId::User(from).into());
    message.out = short.out;
    message.mentioned = short.mentioned;
    message.media_unread = short.media_unread;
    message.silent = short.silent;
    message.fwd_from = short.fwd_from;
    message.via_bot_id = short.via_bot_id;
    message.reply_to = short.reply_to;
    message.entities = short.entities;
    message.ttl_period = short.ttl_period;
    types::UpdateNewMessage::new(types::Message::from(message), short.pts, short.pts_count)
}

/// A message from a basic group.
pub(super) fn group(short: types::UpdateShortChatMessage) -> types::UpdateNewMessage {
    let mut message = types::MessageData::new(
        short.id,
        types::Peer::from(PeerId::Chat(short.chat_id)),
        short.date,
        short.message,
    );
    message.from_id = Some(PeerId::User(short.from_id).into());
    message.out = short.out;
    message.mentioned = short.mentioned;
    message.media_unread = short.media_unread;
    message.silent = short.silent;
    message.fwd_from = short.fwd_from;
    message.via_bot_id = short.via_bot_id;
    message.reply_to = short.reply_to;
    message.entities = short.entities;
    message.ttl_period = short.ttl_period;
    types::UpdateNewMessage::new(types::Message::from(message), short.pts, short.pts_count)
}

/// The peers that a message mentions and its reader will ask about.
pub(super) fn mentioned(message: &types::Message) -> Vec<PeerId> {
    let m = match message {
        types::Message::Message(m) => m,
        types::Message::Service(m) => {
            let ids = std::iter::once(&m.peer_id).chain(&m.from_id);
            return ids.map(PeerId::from).collect();
        }
        types::Message::Empty(_) => return Vec::new(),
    };
    let forwarded = m.fwd_from.as_ref().and_then(|f| f.from_id.as_ref());
    std::iter::once(&m.peer_id)
        .chain(&m.from_id)
        .chain(forwarded)
        .map(PeerId::from)
        .chain(m.via_bot_id.map(PeerId::User))
        .collect()
}

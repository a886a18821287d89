//! What an update says of a chat.

use std::sync::Arc;

use telewire_schema::types;

use crate::client::Client;
use crate::objects::Message;
use crate::peers::PeerId;
use crate::updates::Update;

/// What happened, where, and to whom.
pub(super) struct Whose {
    pub(super) chat: PeerId,
    pub(super) what: What,
    pub(super) users: Vec<PeerId>,
}

/// What happened.
pub(super) enum What {
    Pinned,
    Unpinned,
    /// Changed or removed.
    Photo,
    /// By whom, if that is known.
    Added(Option<PeerId>),
    Joined,
    Left,
    Kicked(PeerId),
    Created,
    Title,
}

/// Reads an update, and makes the message of it if it is a service message; `None` if it is about something else.
pub(super) fn read(client: &Client, update: &Arc<Update>) -> Option<(Whose, Option<Message>)> {
    let alone = |whose| Some((whose, None));
    match &update.raw {
        types::Update::NewMessage(u) => service(client, &u.message, update),
        types::Update::NewChannelMessage(u) => service(client, &u.message, update),
        // New pins are told by a service message as well, which says more.
        types::Update::PinnedMessages(u) if !u.pinned => alone(Whose {
            chat: PeerId::from(&u.peer),
            what: What::Unpinned,
            users: Vec::new(),
        }),
        types::Update::PinnedChannelMessages(u) if !u.pinned => alone(Whose {
            chat: PeerId::Channel(u.channel_id),
            what: What::Unpinned,
            users: Vec::new(),
        }),
        types::Update::ChatParticipantAdd(u) => {
            let by = Some(PeerId::User(u.inviter_id)).filter(|_| u.inviter_id != 0);
            let users = vec![PeerId::User(u.user_id)];
            alone(Whose {
                chat: PeerId::Chat(u.chat_id),
                what: by.map_or(What::Joined, |by| added(Some(by), &users)),
                users,
            })
        }
        types::Update::ChatParticipantDelete(u) => alone(Whose {
            chat: PeerId::Chat(u.chat_id),
            what: What::Left,
            users: vec![PeerId::User(u.user_id)],
        }),
        _ => None,
    }
}

fn service(
    client: &Client,
    raw: &types::Message,
    update: &Arc<Update>,
) -> Option<(Whose, Option<Message>)> {
    let types::Message::Service(service) = raw else {
        return None;
    };
    let message = Message::new(client, raw.clone(), Arc::clone(&update.peers));
    let (what, users) = action(&service.action, author(service, &message))?;
    let chat = PeerId::from(&service.peer_id);
    Some((Whose { chat, what, users }, Some(message)))
}

/// Who has done it, if that is said; what a channel does itself is nobody's.
fn author(service: &types::MessageService, message: &Message) -> Option<PeerId> {
    let private = || message.sender_id().filter(|_| message.is_private());
    service.from_id.as_ref().map(PeerId::from).or_else(private)
}

/// What a service message by `from` says, and of whom.
fn action(action: &types::MessageAction, from: Option<PeerId>) -> Option<(What, Vec<PeerId>)> {
    let by = || from.into_iter().collect();
    let users = |ids: &[i64]| ids.iter().copied().map(PeerId::User).collect::<Vec<_>>();
    Some(match action {
        types::MessageAction::PinMessage => (What::Pinned, by()),
        types::MessageAction::ChatEditPhoto(_) | types::MessageAction::ChatDeletePhoto => {
            (What::Photo, by())
        }
        types::MessageAction::ChatEditTitle(_) => (What::Title, by()),
        types::MessageAction::ChannelCreate(_) => (What::Created, by()),
        types::MessageAction::ChatCreate(a) => (What::Created, users(&a.users)),
        types::MessageAction::ChatAddUser(a) => {
            let users = users(&a.users);
            (added(from, &users), users)
        }
        types::MessageAction::ChatDeleteUser(a) => {
            let gone = PeerId::User(a.user_id);
            let what = match from {
                Some(by) if by != gone => What::Kicked(by),
                _ => What::Left,
            };
            (what, vec![gone])
        }
        types::MessageAction::ChatJoinedByLink(_)
        | types::MessageAction::ChatJoinedByRequest
        | types::MessageAction::ChatJoinedViaCommunity(_) => (What::Joined, by()),
        _ => return None,
    })
}

/// Who adds nobody but oneself has joined.
fn added(by: Option<PeerId>, users: &[PeerId]) -> What {
    match by {
        Some(by) if users == [by] => What::Joined,
        by => What::Added(by),
    }
}

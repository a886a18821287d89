//! Which sequence an update belongs to.

use telewire_schema::types::{self, Update};

/// The sequence of an update and its numbers there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The account's `pts`.
    Account { pts: i32, count: i32 },
    /// A channel's `pts`.
    Channel { id: i64, pts: i32, count: i32 },
    /// The account's `qts`; every event takes one.
    Qts(i32),
    /// Not an event: that channel's difference is too long to be pushed.
    ChannelTooLong { id: i64, pts: Option<i32> },
    /// Not an event: the account's `pts` was set anew.
    PtsChanged,
    /// No sequence but that of the packet.
    Loose,
}

/// Sorts an update; those with a number that is not positive belong to no sequence.
pub(super) fn place(update: &Update) -> Place {
    match numbers(update) {
        Place::Account { pts, .. } if pts <= 0 => Place::Loose,
        Place::Channel { pts, .. } if pts <= 0 => Place::Loose,
        Place::Qts(qts) if qts <= 0 => Place::Loose,
        other => other,
    }
}

macro_rules! account {
    ($u:ident) => {
        Place::Account {
            pts: $u.pts,
            count: $u.pts_count,
        }
    };
}

macro_rules! channel {
    ($u:ident, $id:expr) => {
        Place::Channel {
            id: $id,
            pts: $u.pts,
            count: $u.pts_count,
        }
    };
}

fn numbers(update: &Update) -> Place {
    match update {
        Update::NewMessage(u) => account!(u),
        Update::DeleteMessages(u) => account!(u),
        Update::ReadHistoryInbox(u) => account!(u),
        Update::ReadHistoryOutbox(u) => account!(u),
        Update::WebPage(u) => account!(u),
        Update::ReadMessagesContents(u) => account!(u),
        Update::EditMessage(u) => account!(u),
        Update::FolderPeers(u) => account!(u),
        Update::PinnedMessages(u) => account!(u),
        Update::NewChannelMessage(u) => in_channel(&u.message, u.pts, u.pts_count),
        Update::EditChannelMessage(u) => in_channel(&u.message, u.pts, u.pts_count),
        Update::DeleteChannelMessages(u) => channel!(u, u.channel_id),
        Update::ChannelWebPage(u) => channel!(u, u.channel_id),
        Update::PinnedChannelMessages(u) => channel!(u, u.channel_id),
        Update::ChannelTooLong(u) => Place::ChannelTooLong {
            id: u.channel_id,
            pts: u.pts,
        },
        Update::PtsChanged => Place::PtsChanged,
        other => qts(other).map_or(Place::Loose, Place::Qts),
    }
}

fn in_channel(message: &types::Message, pts: i32, count: i32) -> Place {
    match peer_of(message) {
        Some(types::Peer::Channel(c)) => Place::Channel {
            id: c.channel_id,
            pts,
            count,
        },
        _ => Place::Loose,
    }
}

fn qts(update: &Update) -> Option<i32> {
    Some(match update {
        Update::NewEncryptedMessage(u) => u.qts,
        Update::MessagePollVote(u) => u.qts,
        Update::ChatParticipant(u) => u.qts,
        Update::ChannelParticipant(u) => u.qts,
        Update::BotStopped(u) => u.qts,
        Update::BotChatInviteRequester(u) => u.qts,
        Update::BotChatBoost(u) => u.qts,
        Update::BotMessageReaction(u) => u.qts,
        Update::BotMessageReactions(u) => u.qts,
        Update::BotBusinessConnect(u) => u.qts,
        Update::BotNewBusinessMessage(u) => u.qts,
        Update::BotEditBusinessMessage(u) => u.qts,
        Update::BotDeleteBusinessMessage(u) => u.qts,
        Update::BotPurchasedPaidMedia(u) => u.qts,
        Update::ManagedBot(u) => u.qts,
        Update::BotGuestChatQuery(u) => u.qts,
        Update::BotStarsSubscription(u) => u.qts,
        _ => return None,
    })
}

/// The chat that a message is in.
pub(super) fn peer_of(message: &types::Message) -> Option<&types::Peer> {
    match message {
        types::Message::Message(m) => Some(&m.peer_id),
        types::Message::Service(m) => Some(&m.peer_id),
        types::Message::Empty(m) => m.peer_id.as_ref(),
    }
}

/// The message that an update brings.
pub(super) fn message_of(update: &Update) -> Option<&types::Message> {
    match update {
        Update::NewMessage(u) => Some(&u.message),
        Update::NewChannelMessage(u) => Some(&u.message),
        Update::EditMessage(u) => Some(&u.message),
        Update::EditChannelMessage(u) => Some(&u.message),
        _ => None,
    }
}

/// When a message was sent.
pub(super) fn date_of(message: &types::Message) -> Option<i32> {
    match message {
        types::Message::Message(m) => Some(m.date),
        types::Message::Service(m) => Some(m.date),
        types::Message::Empty(_) => None,
    }
}

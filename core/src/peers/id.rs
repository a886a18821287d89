//! Peer identifiers and their marked form.

use telewire_schema::types;

/// Marked channel ids are `-(10^12 + id)`.
const CHANNEL_MARK: i64 = 1_000_000_000_000;

/// Which user, basic group or channel.
///
/// The *marked* form packs the kind into the sign, as the Bot API does: users positive, basic groups negative, channels
/// and supergroups below `-10^12`. See [Bot API dialog ids](https://core.telegram.org/api/bots/ids).
///
/// ```
/// use telewire_core::peers::PeerId;
///
/// assert_eq!(PeerId::Channel(1234).marked(), -1_000_000_001_234);
/// assert_eq!(PeerId::from_marked(-77), Some(PeerId::Chat(77)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeerId {
    /// A user or bot.
    User(i64),
    /// A basic group.
    Chat(i64),
    /// A channel or supergroup.
    Channel(i64),
}

impl PeerId {
    /// The marked form.
    pub fn marked(self) -> i64 {
        match self {
            Self::User(id) => id,
            Self::Chat(id) => id.wrapping_neg(),
            Self::Channel(id) => CHANNEL_MARK.wrapping_add(id).wrapping_neg(),
        }
    }

    /// The peer of a marked id; `None` for zero.
    pub fn from_marked(marked: i64) -> Option<Self> {
        match marked {
            1.. => Some(Self::User(marked)),
            0 => None,
            _ if marked < -CHANNEL_MARK => Some(Self::Channel(
                marked.wrapping_neg().wrapping_sub(CHANNEL_MARK),
            )),
            _ => Some(Self::Chat(marked.wrapping_neg())),
        }
    }

    /// The id without its kind.
    pub fn bare(self) -> i64 {
        match self {
            Self::User(id) | Self::Chat(id) | Self::Channel(id) => id,
        }
    }
}

impl From<&types::Peer> for PeerId {
    fn from(peer: &types::Peer) -> Self {
        match peer {
            types::Peer::User(p) => Self::User(p.user_id),
            types::Peer::Chat(p) => Self::Chat(p.chat_id),
            types::Peer::Channel(p) => Self::Channel(p.channel_id),
        }
    }
}

impl From<PeerId> for types::Peer {
    fn from(id: PeerId) -> Self {
        match id {
            PeerId::User(user_id) => types::PeerUser { user_id }.into(),
            PeerId::Chat(chat_id) => types::PeerChat { chat_id }.into(),
            PeerId::Channel(channel_id) => types::PeerChannel { channel_id }.into(),
        }
    }
}

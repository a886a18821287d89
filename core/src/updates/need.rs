//! What the boxes need from the server.

use telewire_schema::{functions, types};

use super::BoxId;
use crate::engine::Request;
use crate::peers::PeerId;

/// A difference of the account that failed to decode is asked for in steps of this many events.
const NARROW: i32 = 1;
/// The events asked for at once of a channel; 10 to 100 are
/// [recommended](https://core.telegram.org/api/updates#recovering-gaps).
const CHANNEL_LIMIT: i32 = 100;

/// One request that the boxes wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// A new link to the home data centre, so that `initConnection` tells our layer again. There is no answer.
    Reconnect,
    /// Whether the session knows these peers. The answer is anything, or [`Error::NotFound`](crate::Error::NotFound).
    Peers {
        /// The box whose events wait for it.
        at: BoxId,
        /// The peers.
        peers: Vec<PeerId>,
    },
    /// [`updates.getState`](https://core.telegram.org/method/updates.getState).
    State,
    /// [`updates.getDifference`](https://core.telegram.org/method/updates.getDifference).
    Difference {
        /// The account's `pts`.
        pts: i32,
        /// The account's `qts`.
        qts: i32,
        /// The date of the last update.
        date: i32,
        /// As few events as possible.
        narrow: bool,
    },
    /// [`updates.getChannelDifference`](https://core.telegram.org/method/updates.getChannelDifference).
    ChannelDifference {
        /// The channel.
        channel: i64,
        /// Its access hash, if an update brought it in this run.
        access_hash: Option<i64>,
        /// The channel's `pts`.
        pts: i32,
        /// As few events as possible.
        narrow: bool,
    },
    /// [`channels.getFullChannel`](https://core.telegram.org/method/channels.getFullChannel), for its present `pts`.
    FullChannel {
        /// The channel.
        channel: i64,
        /// Its access hash, if an update brought it in this run.
        access_hash: Option<i64>,
    },
}

impl Need {
    /// The channel that it is about, whose access hash the request takes.
    pub(crate) fn channel(&self) -> Option<i64> {
        match self {
            Self::ChannelDifference { channel, .. } | Self::FullChannel { channel, .. } => {
                Some(*channel)
            }
            _ => None,
        }
    }

    /// The channel's access hash where it is known already.
    pub(crate) fn access_hash(&self) -> Option<i64> {
        match self {
            Self::ChannelDifference { access_hash, .. } | Self::FullChannel { access_hash, .. } => {
                *access_hash
            }
            _ => None,
        }
    }

    /// The request; `None` if it is none. `access_hash` is the channel's where there is one.
    pub(crate) fn to_request(&self, access_hash: i64) -> Option<Request> {
        let channel = |channel_id| {
            types::InputChannel::from(types::InputChannelData::new(channel_id, access_hash))
        };
        let mut request = match self {
            Self::Reconnect | Self::Peers { .. } => return None,
            Self::State => Request::new(&functions::updates::GetState),
            Self::Difference {
                pts,
                qts,
                date,
                narrow,
            } => {
                let mut get = functions::updates::GetDifference::new(*pts, *date, *qts);
                if *narrow {
                    get.pts_limit = Some(NARROW);
                    get.qts_limit = Some(NARROW);
                }
                Request::new(&get)
            }
            Self::ChannelDifference {
                channel: id,
                pts,
                narrow,
                ..
            } => {
                let limit = if *narrow { NARROW } else { CHANNEL_LIMIT };
                let filter = types::ChannelMessagesFilter::Empty;
                Request::new(&functions::updates::GetChannelDifference::new(
                    channel(*id),
                    filter,
                    *pts,
                    limit,
                ))
            }
            Self::FullChannel { channel: id, .. } => {
                Request::new(&functions::channels::GetFullChannel::new(channel(*id)))
            }
        };
        request.repeatable = true;
        Some(request)
    }
}

//! What admins of a channel have done. See [recent actions](https://core.telegram.org/api/recent-actions).

use serde::{Deserialize, Serialize};
use telewire_schema::types;

use super::{Kind, PeerKey, World};
use crate::tl;

/// One entry.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Logged {
    pub(crate) id: i64,
    pub(crate) date: i32,
    pub(crate) user: i64,
    #[serde(with = "tl")]
    pub(crate) action: types::ChannelAdminLogEventAction,
}

/// How long entries are kept.
const KEPT: i32 = 48 * 3600;

impl World {
    /// Notes what somebody has done in a channel; other chats keep no such list.
    pub(crate) fn log(
        &mut self,
        peer: PeerKey,
        user: i64,
        action: impl Into<types::ChannelAdminLogEventAction>,
    ) {
        let Kind::Channel(id) = peer.kind() else {
            return;
        };
        let date = self.now;
        let event = i64::try_from(self.unique()).unwrap_or(i64::MAX);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.log.retain(|e| e.date > date.saturating_sub(KEPT));
            channel.log.push(Logged {
                id: event,
                date,
                user,
                action: action.into(),
            });
        }
    }
}

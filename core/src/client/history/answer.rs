//! Pages of messages in the forms in which servers give them out.

use std::sync::Arc;

use telewire_schema::types;

use crate::peers::PeerMap;

/// A page of messages, whichever form it came in.
pub(super) struct Answer {
    pub(super) messages: Vec<types::Message>,
    pub(super) peers: Arc<PeerMap>,
    pub(super) count: usize,
    pub(super) next_rate: Option<i32>,
    /// It was everything there is.
    whole: bool,
    /// The place of the first message among all, if the server counts exactly.
    place: Option<i32>,
    exact: bool,
}

impl Answer {
    /// Whether the server has said that nothing follows this page of at most `size` messages; `seen` have come since the
    /// first of all, this page included.
    pub(super) fn ends_here(&self, seen: Option<usize>, reverse: bool, size: i32) -> bool {
        let len = self.messages.len();
        if self.whole {
            return i32::try_from(len).is_ok_and(|len| len < size);
        }
        let place = self.place.and_then(|place| usize::try_from(place).ok());
        let by_place = place.is_some_and(|place| match reverse {
            true => place == 0,
            false => place.saturating_add(len) >= self.count,
        });
        self.exact && (by_place || seen.is_some_and(|seen| seen >= self.count))
    }
}

impl From<types::messages::Messages> for Answer {
    fn from(answer: types::messages::Messages) -> Self {
        use types::messages::Messages;
        let mut it = Self {
            messages: Vec::new(),
            peers: Arc::default(),
            count: 0,
            next_rate: None,
            whole: false,
            place: None,
            exact: true,
        };
        let (users, chats, count) = match answer {
            Messages::Messages(m) => {
                it.whole = true;
                it.messages = m.messages;
                (m.users, m.chats, None)
            }
            Messages::Slice(m) => {
                (it.next_rate, it.place, it.exact) = (m.next_rate, m.offset_id_offset, !m.inexact);
                it.messages = m.messages;
                (m.users, m.chats, Some(m.count))
            }
            Messages::ChannelMessages(m) => {
                (it.place, it.exact) = (m.offset_id_offset, !m.inexact);
                it.messages = m.messages;
                (m.users, m.chats, Some(m.count))
            }
            Messages::NotModified(m) => (Vec::new(), Vec::new(), Some(m.count)),
        };
        let count = count.and_then(|count| usize::try_from(count).ok());
        it.count = count.unwrap_or(it.messages.len());
        it.peers = Arc::new(PeerMap::new(users, chats));
        it
    }
}

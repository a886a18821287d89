//! How far paging through messages has come.

use telewire_schema::types;

use super::query::MessageQuery;
use crate::objects::Message;
use crate::peers::PeerId;

/// The next page.
#[derive(Clone)]
pub(super) struct Cursor {
    /// All chats if none.
    pub(super) peer: Option<types::InputPeer>,
    /// The sender, as far as the server can sort by it.
    pub(super) from_sent: Option<types::InputPeer>,
    /// The sender, where only we can.
    pub(super) from_local: Option<PeerId>,
    /// The date that was asked for; 0 for none.
    pub(super) date: i32,
    pub(super) offset_id: i32,
    pub(super) offset_date: i32,
    pub(super) offset_rate: i32,
    pub(super) offset_peer: types::InputPeer,
    pub(super) add_offset: i32,
    pub(super) last_id: Option<i32>,
    /// How many messages came since the first of all; unknown if it began elsewhere.
    pub(super) seen: Option<usize>,
}

impl Cursor {
    /// Moves behind a message.
    pub(super) fn pass(&mut self, message: &Message, next_rate: Option<i32>, reverse: bool) {
        let (id, date) = (message.id(), message.raw_date());
        self.last_id = Some(id);
        self.offset_id = id.saturating_add(i32::from(reverse));
        self.offset_date = date;
        self.offset_rate = next_rate.unwrap_or(date);
        self.offset_peer = message.input_chat().unwrap_or(types::InputPeer::Empty);
        // It was for the beginning; from here on the ids tell.
        self.add_offset = 0;
    }

    /// Where it stands among all chats.
    pub(super) fn mark(&self) -> (i32, i32, types::InputPeer) {
        (self.offset_rate, self.offset_id, self.offset_peer.clone())
    }

    /// Where an id lies in the order that ids have to come in; one twice means that the connection plays tricks.
    pub(super) fn place(&self, query: &MessageQuery, id: i32) -> Place {
        let (before, behind) = if query.reverse {
            (
                self.last_id.is_some_and(|last| id <= last),
                query.max_id != 0 && id >= query.max_id,
            )
        } else {
            (
                self.last_id.is_some_and(|last| id >= last),
                id <= query.min_id,
            )
        };
        match (behind, before) {
            (true, _) => Place::Behind,
            (false, true) => Place::Before,
            (false, false) => Place::Here,
        }
    }

    /// Whether a date lies on the side of the one asked for that is wanted. The server minds it only where no id was given.
    pub(super) fn is_in_time(&self, query: &MessageQuery, date: i32) -> bool {
        match (self.date, query.reverse) {
            (0, _) => true,
            (limit, true) => date > limit,
            (limit, false) => date < limit,
        }
    }
}

pub(super) enum Place {
    Before,
    Here,
    Behind,
}

//! What goes out: updates for the consumer, changes for the session, reports of what was lost.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::{BoxId, Event, Lapse, Update, Why};
use crate::peers::PeerRecord;
use crate::session::SessionChange;

/// So many updates may wait for the consumer or for its confirmation; what comes beyond is fetched again later. One
/// difference may exceed it, since the server decides on its length.
pub(crate) const MAX_BACKLOG: usize = 1_024;
/// So many changes may wait for the session's storage; further peers are left out, and the positions that need them with them.
const MAX_CHANGES: usize = 16_384;
/// So many reports of lapses are kept until somebody asks.
const MAX_LAPSES: usize = 64;
/// Reports of what is missing find room beyond the backlog, but not without end either.
const MAX_WITH_GAPS: usize = 1_536;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    consumer: bool,
    queue: VecDeque<(u64, Update)>,
    owners: BTreeMap<u64, Option<BoxId>>,
    next_id: u64,
    pub(super) changes: VecDeque<SessionChange>,
    /// Peers were left out.
    pub(super) overflowed: bool,
    lapses: VecDeque<Lapse>,
    /// The report that updates were let go, until it is taken: one tells of all.
    overflow: Option<u64>,
    /// Channels whose low-water mark may have moved.
    pub(super) touched: BTreeSet<i64>,
}

impl Outbox {
    /// Queues an event for the consumer; `None` if there is nothing to hand out, or nobody.
    pub(super) fn push(&mut self, at: Option<BoxId>, event: Event, catch_up: bool) -> Option<u64> {
        let payload = event.filter(|_| self.consumer)?;
        let update = Update {
            raw: payload.raw,
            peers: payload.peers,
            date: payload.date,
            catch_up,
            gap: None,
        };
        Some(self.queue(at, update))
    }

    fn queue(&mut self, at: Option<BoxId>, update: Update) -> u64 {
        self.next_id = self.next_id.saturating_add(1);
        self.queue.push_back((self.next_id, update));
        self.owners.insert(self.next_id, at);
        self.next_id
    }

    /// Whether anybody takes updates.
    pub(super) fn has_consumer(&self) -> bool {
        self.consumer
    }

    /// Whether no more than repairs may be queued.
    pub(super) fn is_full(&self) -> bool {
        self.owners.len() >= MAX_BACKLOG
    }

    /// Whether there is room for a difference.
    pub(super) fn has_room(&self) -> bool {
        self.owners.len() <= MAX_BACKLOG.div_euclid(2)
    }

    /// The next update for the consumer.
    pub(super) fn pop(&mut self) -> Option<(u64, Update)> {
        self.queue.pop_front()
    }

    /// The consumer took an update; the box it came from.
    pub(super) fn confirm(&mut self, id: u64) -> Option<BoxId> {
        self.overflow = self.overflow.filter(|report| *report != id);
        self.owners.remove(&id).flatten()
    }

    /// Has a peer stored. Returns false if the storage has fallen too far behind.
    pub(super) fn keep(&mut self, peer: PeerRecord) -> bool {
        let room = self.changes.len() < MAX_CHANGES;
        if room {
            self.changes.push_back(SessionChange::Peer(peer));
        } else {
            self.overflowed = true;
        }
        room
    }

    /// Begins or ends to queue updates.
    pub(super) fn set_consumer(&mut self, present: bool) {
        self.consumer = present;
        if !present {
            self.clear();
        }
    }

    /// The account is gone, and with it its updates. Numbers go on, since some may be in the consumer's hands.
    pub(super) fn forget(&mut self) {
        self.clear();
        self.touched.clear();
    }

    fn clear(&mut self) {
        self.queue.clear();
        self.owners.clear();
        self.overflow = None;
    }

    /// Tells of updates that are missing: the embedder at once, and the consumer in its place among the updates of the box.
    /// Returns the number to take it under, as [`Outbox::push`] does.
    pub(super) fn report(&mut self, at: Option<BoxId>, lapse: Lapse) -> Option<u64> {
        if self.lapses.len() >= MAX_LAPSES {
            self.lapses.pop_front();
        }
        self.lapses.push_back(lapse.clone());
        if !self.consumer || self.owners.len() >= MAX_WITH_GAPS {
            return None;
        }
        let update = Update {
            gap: Some(Arc::new(lapse.clone())),
            ..Update::new(lapse.sign())
        };
        Some(self.queue(at, update))
    }

    /// Updates that no difference brings were let go because too many wait.
    pub(super) fn overflow(&mut self) {
        if self.overflow.is_none() {
            let lapse = Lapse {
                at: BoxId::Account,
                from: None,
                to: None,
                why: Why::Overflow,
                raw: None,
            };
            self.overflow = self.report(None, lapse);
        }
    }

    pub(super) fn pop_lapse(&mut self) -> Option<Lapse> {
        self.lapses.pop_front()
    }

    #[cfg(test)]
    pub(super) fn backlog(&self) -> usize {
        self.owners.len()
    }
}

//! The box of one channel or supergroup.

use super::ledger::Ledger;
use super::outbox::Outbox;
use super::repair::Repair;
use super::sequence::{Offer, Sequence};
use super::{BoxId, Event, Lapse};
use crate::time::Mono;

#[derive(Debug)]
pub(super) struct Channel {
    pub(super) id: i64,
    pub(super) pts: Sequence<Event>,
    pub(super) repair: Repair,
    pub(super) ledger: Ledger<i32>,
    pub(super) access_hash: Option<i64>,
    /// When something was last heard of it.
    pub(super) heard: Mono,
}

impl Channel {
    /// A box that continues at `pts`, or begins with the first event.
    pub(super) fn new(id: i64, pts: Option<i32>, now: Mono) -> Self {
        let mut repair = Repair::default();
        repair.catch_up = pts.is_some();
        Self {
            id,
            pts: Sequence::new(pts),
            repair,
            ledger: Ledger::new(pts),
            access_hash: None,
            heard: now,
        }
    }

    /// An event of the channel.
    pub(super) fn offer(
        &mut self,
        now: Mono,
        after: i32,
        count: i32,
        event: Event,
        out: &mut Outbox,
    ) {
        self.heard = now;
        if self.repair.is_under_way() {
            self.pts.hold(after, count, event);
            return;
        }
        if event.is_some() && out.is_full() && !self.pts.is_known(after, count) {
            // The first event of a box makes its position known, also if it is lost itself.
            self.pts.set(
                self.pts
                    .local()
                    .or(Some(after.saturating_sub(count.max(0)))),
            );
            self.pts.mark_lost();
            self.repair.want();
            return;
        }
        if let Offer::Apply(event) = self.pts.offer(after, count, event) {
            self.hand_out(event, false, out);
            self.reach(out);
        }
        self.settle(now, out);
    }

    /// Applies what fits by now, and notes whether something is missing.
    pub(super) fn settle(&mut self, now: Mono, out: &mut Outbox) {
        while let Some(event) = self.pts.next_ready() {
            self.hand_out(event, false, out);
            self.reach(out);
        }
        if self.pts.has_gap() {
            self.repair.gap(now);
        } else {
            self.repair.closed();
        }
    }

    /// A complete difference was applied.
    pub(super) fn finish(&mut self, now: Mono, out: &mut Outbox) {
        self.repair.finished();
        self.settle(now, out);
        if self.repair.fruitless(self.pts.has_gap()) {
            self.skip(now, out);
        }
    }

    /// Goes on behind what cannot be had.
    pub(super) fn skip(&mut self, now: Mono, out: &mut Outbox) {
        let from = self.pts.local();
        self.pts.ask();
        self.pts.excuse();
        self.settle(now, out);
        out.report(Lapse {
            at: BoxId::Channel(self.id),
            from,
            to: self.pts.local(),
            raw: self.repair.raw.take(),
        });
    }

    /// Hands an event out; [`Channel::reach`] follows once the position is known.
    pub(super) fn hand_out(&mut self, event: Event, catch_up: bool, out: &mut Outbox) {
        if let Some(id) = out.push(Some(BoxId::Channel(self.id)), event, catch_up) {
            self.ledger.push(id);
        }
    }

    /// The delivered position may be kept once everything handed out was taken.
    pub(super) fn reach(&mut self, out: &mut Outbox) {
        if let Some(pts) = self.pts.local() {
            self.ledger.reach(pts);
            out.touched.insert(self.id);
        }
    }
}

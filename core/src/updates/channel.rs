//! The box of one channel or supergroup.

use super::ledger::Ledger;
use super::outbox::Outbox;
use super::repair::Repair;
use super::sequence::{Offer, Sequence};
use super::{BoxId, Event, Lapse, Why};
use crate::peers::PeerId;
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
    /// The date of the account when something was last missing or in the consumer's hands after nothing was.
    pub(super) unsettled: Option<i32>,
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
            unsettled: None,
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
        self.begin(after, count, out);
        if self.repair.is_under_way() {
            self.pts.hold(after, count, event);
            return;
        }
        if event.is_some() && out.is_full() && !self.pts.is_known(after, count) {
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

    /// The first event of a box makes its position known, also if it is lost itself, or not taken.
    fn begin(&mut self, after: i32, count: i32, out: &mut Outbox) {
        if self.pts.local().is_none() {
            let before = after.saturating_sub(count.max(0));
            self.pts.set(Some(before));
            if before > 0 {
                self.reach(out);
            }
        }
    }

    /// Whether nothing is missing and everything was taken.
    pub(super) fn is_settled(&self) -> bool {
        self.repair.is_idle() && self.ledger.is_empty()
    }

    /// Whether an event had better wait until it is known who is in it.
    pub(super) fn may_hold_back(&self, after: i32, count: i32) -> bool {
        !self.repair.is_paused() && !self.pts.is_known(after, count)
    }

    /// Lets an event wait until it is known who is in it.
    pub(super) fn hold_back(
        &mut self,
        after: i32,
        count: i32,
        event: Event,
        who: Vec<PeerId>,
        out: &mut Outbox,
    ) {
        self.begin(after, count, out);
        self.pts.hold_back(after, count, event);
        self.repair.doubt(who);
    }

    /// The session knows those who were asked for, or not.
    pub(super) fn looked_up(&mut self, now: Mono, found: bool, out: &mut Outbox) {
        self.repair.looked_up(found);
        if found {
            self.pts.release(!self.repair.is_in_doubt());
            self.settle(now, out);
        }
    }

    /// What was held back goes out as it is: who is in it cannot be found out now.
    pub(super) fn let_go(&mut self, out: &mut Outbox) {
        self.pts.release(true);
        self.apply_ready(Why::Withheld, out);
    }

    /// Applies what fits by now, and notes whether something is missing.
    pub(super) fn settle(&mut self, now: Mono, out: &mut Outbox) {
        self.settle_without(now, Why::Withheld, out);
    }

    fn settle_without(&mut self, now: Mono, why: Why, out: &mut Outbox) {
        self.apply_ready(why, out);
        if self.pts.has_gap() {
            self.repair.gap(now);
        } else {
            self.repair.closed();
        }
    }

    /// A complete difference was applied.
    pub(super) fn finish(&mut self, now: Mono, out: &mut Outbox) {
        self.repair.finished();
        self.pts.release(!self.repair.is_in_doubt());
        self.settle(now, out);
        if self.repair.fruitless(self.pts.has_hole()) {
            self.pts.excuse();
            self.settle(now, out);
        }
    }

    /// Goes on behind what cannot be had, since the channel cannot be asked.
    pub(super) fn skip(&mut self, now: Mono, out: &mut Outbox) {
        if self.pts.first_waiting().is_none() {
            // The server says that there is more, and nothing tells where that ends.
            self.report(None, Why::Unreachable, out);
        }
        self.repair.finished();
        self.pts.ask();
        self.pts.excuse();
        self.pts.release(true);
        self.settle_without(now, Why::Unreachable, out);
        self.reach(out);
    }

    fn apply_ready(&mut self, why: Why, out: &mut Outbox) {
        while let Some(event) = self.pts.next_ready() {
            if let Some((from, to)) = self.pts.take_skipped() {
                self.report_hole(Some(from), Some(to), why, out);
            }
            self.hand_out(event, false, out);
            self.reach(out);
        }
    }

    /// Tells of events that are missing, before the position moves behind them.
    pub(super) fn report(&mut self, to: Option<i32>, why: Why, out: &mut Outbox) {
        self.report_hole(self.pts.local(), to, why, out);
    }

    fn report_hole(&mut self, from: Option<i32>, to: Option<i32>, why: Why, out: &mut Outbox) {
        let lapse = Lapse {
            at: BoxId::Channel(self.id),
            from,
            to,
            why,
            raw: self.repair.raw.take(),
        };
        if let Some(id) = out.report(Some(BoxId::Channel(self.id)), lapse) {
            self.ledger.push(id);
        }
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

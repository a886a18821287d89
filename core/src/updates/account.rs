//! The account's own sequences: `pts`, `qts`, `seq` and the date, repaired together by one difference.

use super::ledger::Ledger;
use super::outbox::Outbox;
use super::repair::Repair;
use super::sequence::{Offer, Sequence};
use super::{BoxId, Event, Lapse, Payload, Why};
use crate::peers::PeerId;
use crate::session::UpdateState;
use crate::time::Mono;

/// The account's box.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) pts: Sequence<Event>,
    pub(super) qts: Sequence<Event>,
    pub(super) seq: Sequence<Packet>,
    pub(super) date: i32,
    pub(super) repair: Repair,
    pub(super) ledger: Ledger<UpdateState>,
    /// The server numbered the account anew: its state has to be asked for.
    pub(super) renumbered: bool,
    /// Something was applied in this run.
    pub(super) moved: bool,
}

/// The events of one packet that have no number of their own, in the order of the packets.
#[derive(Debug)]
pub(super) struct Packet {
    pub(super) events: Vec<Payload>,
    pub(super) date: i32,
}

/// Which of the account's sequences an event counts in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Count {
    Pts { after: i32, count: i32 },
    Qts(i32),
}

impl Account {
    pub(super) fn new(state: Option<UpdateState>, resume: bool) -> Self {
        let from = state.filter(|_| resume);
        Self {
            pts: Sequence::new(from.map(|s| s.pts)),
            qts: Sequence::new(from.map(|s| s.qts)),
            seq: Sequence::new(from.map(|s| s.seq)),
            date: from.map_or(0, |s| s.date),
            repair: Repair::default(),
            ledger: Ledger::new(state),
            renumbered: false,
            moved: false,
        }
    }

    /// An event with a number.
    pub(super) fn offer(&mut self, now: Mono, at: Count, event: Event, out: &mut Outbox) {
        let hold = self.is_busy();
        let (sequence, after, count) = match at {
            Count::Pts { after, count } => (&mut self.pts, after, count),
            Count::Qts(after) => (&mut self.qts, after, 1),
        };
        if hold {
            sequence.hold(after, count, event);
            return;
        }
        if event.is_some() && out.is_full() && !sequence.is_known(after, count) {
            sequence.mark_lost();
            self.repair.want();
            return;
        }
        if let Offer::Apply(event) = sequence.offer(after, count, event) {
            self.hand_out(event, out);
        }
        self.settle(now, out);
    }

    /// The numberless events of a packet that is itself numbered.
    pub(super) fn offer_packet(
        &mut self,
        now: Mono,
        first: i32,
        last: i32,
        packet: Packet,
        out: &mut Outbox,
    ) {
        let count = last.saturating_sub(first).saturating_add(1);
        if self.is_busy() {
            self.seq.hold(last, count, packet);
            return;
        }
        if !packet.events.is_empty() && out.is_full() && !self.seq.is_known(last, count) {
            self.seq.mark_lost();
            self.repair.want();
            return;
        }
        if let Offer::Apply(packet) = self.seq.offer(last, count, packet) {
            self.open(packet, out);
        }
        self.settle(now, out);
    }

    /// Whether an event had better wait until it is known who is in it.
    pub(super) fn may_hold_back(&self, after: i32, count: i32) -> bool {
        let begun = self.pts.local().is_some();
        begun && !self.repair.is_paused() && !self.pts.is_known(after, count)
    }

    /// Lets an event wait until it is known who is in it.
    pub(super) fn hold_back(&mut self, after: i32, count: i32, event: Event, who: Vec<PeerId>) {
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
        self.apply_ready(out);
    }

    /// Applies what fits by now, and notes whether something is missing.
    pub(super) fn settle(&mut self, now: Mono, out: &mut Outbox) {
        self.apply_ready(out);
        if self.has_gap() {
            self.repair.gap(now);
        } else {
            self.repair.closed();
        }
    }

    fn apply_ready(&mut self, out: &mut Outbox) {
        while let Some(event) = self.pts.next_ready() {
            if let Some((from, to)) = self.pts.take_skipped() {
                self.report(Some(from), Some(to), Why::Withheld, out);
            }
            self.hand_out(event, out);
        }
        // The numbers of a report are pts, which these holes do not have.
        while let Some(event) = self.qts.next_ready() {
            if self.qts.take_skipped().is_some() {
                self.report(None, None, Why::Withheld, out);
            }
            self.hand_out(event, out);
        }
        while let Some(packet) = self.seq.next_ready() {
            if self.seq.take_skipped().is_some() {
                self.report(None, None, Why::Withheld, out);
            }
            self.open(packet, out);
        }
    }

    /// A complete difference was applied.
    pub(super) fn finish(&mut self, now: Mono, out: &mut Outbox) {
        self.repair.finished();
        self.pts.release(!self.repair.is_in_doubt());
        self.settle(now, out);
        let hole = self.pts.has_hole() || self.qts.has_hole() || self.seq.has_hole();
        if self.repair.fruitless(hole) {
            self.pts.excuse();
            self.qts.excuse();
            self.seq.excuse();
            self.settle(now, out);
        }
    }

    /// Tells of events that are missing, before the position moves behind them.
    pub(super) fn report(
        &mut self,
        from: Option<i32>,
        to: Option<i32>,
        why: Why,
        out: &mut Outbox,
    ) {
        let lapse = Lapse {
            at: BoxId::Account,
            from,
            to,
            why,
            raw: self.repair.raw.take(),
        };
        if let Some(id) = out.report(Some(BoxId::Account), lapse) {
            self.ledger.push(id);
        }
    }

    /// Hands an event out that was applied.
    fn hand_out(&mut self, event: Event, out: &mut Outbox) {
        self.moved = true;
        if let Some(id) = out.push(Some(BoxId::Account), event, false) {
            self.ledger.push(id);
        }
        self.reach();
    }

    /// Hands an event of a difference out, whose position is known only once all of it was applied.
    pub(super) fn hand_out_part(&mut self, payload: Payload, out: &mut Outbox) {
        self.moved = true;
        if let Some(id) = out.push(Some(BoxId::Account), Some(payload), self.repair.catch_up) {
            self.ledger.push(id);
        }
    }

    /// The delivered position may be kept once everything handed out was taken.
    pub(super) fn reach(&mut self) {
        if let Some(state) = self.state() {
            self.ledger.reach(state);
        }
    }

    /// Moves to a state that the server gave.
    pub(super) fn set(&mut self, state: UpdateState) {
        self.pts.set(Some(state.pts));
        self.qts.set(Some(state.qts));
        self.seq.set(Some(state.seq));
        self.date = state.date;
        self.reach();
    }

    /// The delivered position.
    pub(super) fn state(&self) -> Option<UpdateState> {
        Some(UpdateState {
            pts: self.pts.local()?,
            qts: self.qts.local()?,
            seq: self.seq.local()?,
            date: self.date,
        })
    }

    fn open(&mut self, packet: Packet, out: &mut Outbox) {
        self.moved = true;
        self.date = self.date.max(packet.date);
        for event in packet.events {
            if let Some(id) = out.push(Some(BoxId::Account), Some(event), false) {
                self.ledger.push(id);
            }
        }
        self.reach();
    }

    fn has_gap(&self) -> bool {
        self.pts.has_gap() || self.qts.has_gap() || self.seq.has_gap()
    }

    /// Whether what comes in has to wait for an answer.
    fn is_busy(&self) -> bool {
        self.repair.is_under_way() || self.pts.local().is_none()
    }
}

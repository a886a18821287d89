//! The account's own sequences: `pts`, `qts`, `seq` and the date, repaired together by one difference.

use super::ledger::Ledger;
use super::outbox::Outbox;
use super::repair::Repair;
use super::sequence::{Offer, Sequence};
use super::{BoxId, Event, Lapse, Payload};
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

    /// Lets an event wait for a difference that is asked for now.
    pub(super) fn postpone(&mut self, after: i32, count: i32, event: Event) {
        self.pts.hold(after, count, event);
        self.repair.want();
    }

    /// Applies what fits by now, and notes whether something is missing.
    pub(super) fn settle(&mut self, now: Mono, out: &mut Outbox) {
        while let Some(event) = self.pts.next_ready() {
            self.hand_out(event, out);
        }
        while let Some(event) = self.qts.next_ready() {
            self.hand_out(event, out);
        }
        while let Some(packet) = self.seq.next_ready() {
            self.open(packet, out);
        }
        if self.has_gap() {
            self.repair.gap(now);
        } else {
            self.repair.closed();
        }
    }

    /// A complete difference was applied.
    pub(super) fn finish(&mut self, now: Mono, out: &mut Outbox) {
        self.repair.finished();
        self.settle(now, out);
        if self.repair.fruitless(self.has_gap()) {
            let from = self.pts.local();
            self.pts.excuse();
            self.qts.excuse();
            self.seq.excuse();
            self.settle(now, out);
            out.report(Lapse {
                at: BoxId::Account,
                from,
                to: self.pts.local(),
                raw: None,
            });
        }
    }

    /// Hands an event out that was applied.
    fn hand_out(&mut self, event: Event, out: &mut Outbox) {
        if let Some(id) = out.push(Some(BoxId::Account), event, false) {
            self.ledger.push(id);
        }
        self.reach();
    }

    /// Hands an event of a difference out, whose position is known only once all of it was applied.
    pub(super) fn hand_out_part(&mut self, payload: Payload, out: &mut Outbox) {
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

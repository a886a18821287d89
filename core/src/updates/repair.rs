//! When the difference of a box is asked for.

use std::time::Duration;

use bytes::Bytes;

use super::Why;
use crate::peers::PeerId;
use crate::time::Mono;

/// How long what is missing may take to come by itself.
pub(super) const GAP_PATIENCE: Duration = Duration::from_millis(500);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// So many answers may fail to decode before they are stepped over: as they are, on a new link, with the smallest limit.
const DECODE_ATTEMPTS: u32 = 3;
/// So many unexplained errors before a box is stepped over.
const REFUSALS: u32 = 3;
/// So many peers are looked up at once.
const MAX_LOOKUP: usize = 64;

/// The repair of one box.
#[derive(Debug, Default)]
pub(super) struct Repair {
    state: State,
    pauses: u32,
    undecoded: u32,
    refused: u32,
    fruitless: u32,
    /// Ask for as little as possible, because an answer did not decode.
    pub(super) narrow: bool,
    /// Skip what cannot be had by asking for the present state.
    pub(super) step_over: bool,
    /// The bytes that did not decode.
    pub(super) raw: Option<Bytes>,
    /// What comes was missed while nobody was connected.
    pub(super) catch_up: bool,
    /// Who has to be known before what is held back goes out.
    lookup: Vec<PeerId>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    /// Something is missing and may still come by itself.
    Gap(Mono),
    /// Nothing is known to be missing but peers, which may be in the session.
    Doubt,
    /// The request may go out.
    Wanted,
    /// The request may go out from then on.
    Paused(Mono),
    /// The request, or the look into the session, is out; `again` if another one has to follow.
    UnderWay { again: bool },
}

/// So many complete differences in a row may leave the same hole open.
const FRUITLESS: u32 = 3;

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask again.
    Again,
    /// Ask again over a new link.
    Reconnect,
}

impl Repair {
    /// Something is missing.
    pub(super) fn gap(&mut self, now: Mono) {
        if self.state == State::Idle {
            self.state = State::Gap(now + GAP_PATIENCE);
        }
    }

    /// What was missing came by itself.
    pub(super) fn closed(&mut self) {
        if matches!(self.state, State::Gap(_)) {
            self.state = State::Idle;
        }
    }

    /// The difference is needed.
    pub(super) fn want(&mut self) {
        match &mut self.state {
            State::UnderWay { again } => *again = true,
            State::Paused(_) => {}
            state => *state = State::Wanted,
        }
    }

    /// The difference is needed, and what the pause was for is over.
    pub(super) fn want_now(&mut self) {
        if matches!(self.state, State::Paused(_)) {
            self.state = State::Wanted;
        }
        self.want();
    }

    /// An event comes from peers that nothing is known of.
    pub(super) fn doubt(&mut self, peers: Vec<PeerId>) {
        if self.lookup.len() < MAX_LOOKUP {
            self.lookup.extend(peers);
        } else {
            self.want();
        }
        if matches!(self.state, State::Idle | State::Gap(_)) {
            self.state = State::Doubt;
        }
    }

    /// Whether peers have to be looked up.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.state == State::Doubt
    }

    /// Whether nothing is asked for until some time has passed.
    pub(super) fn is_paused(&self) -> bool {
        matches!(self.state, State::Paused(_))
    }

    /// The peers to look up now.
    pub(super) fn look_up(&mut self) -> Vec<PeerId> {
        self.state = State::UnderWay { again: false };
        std::mem::take(&mut self.lookup)
    }

    /// The session has them all, or some are nowhere but in the difference.
    pub(super) fn looked_up(&mut self, found: bool) {
        let again = self.state == State::UnderWay { again: true };
        self.state = if again || !found {
            State::Wanted
        } else {
            self.rest()
        };
    }

    fn rest(&self) -> State {
        if self.lookup.is_empty() {
            State::Idle
        } else {
            State::Doubt
        }
    }

    /// Whether the request may go out.
    pub(super) fn is_wanted(&self) -> bool {
        self.state == State::Wanted
    }

    /// The request goes out.
    pub(super) fn begin(&mut self) {
        self.state = State::UnderWay { again: false };
        // The difference brings whoever is in it.
        self.lookup.clear();
    }

    /// Whether the request is out, so that what comes in has to wait for its answer.
    pub(super) fn is_under_way(&self) -> bool {
        matches!(self.state, State::UnderWay { .. })
    }

    /// An answer came that is not the last one. `progress` tells whether it moved the position.
    pub(super) fn continued(&mut self, now: Mono, progress: bool, pause: Option<Duration>) {
        if progress {
            self.pauses = 0;
            self.state = State::Wanted;
        } else {
            self.pause(now, pause);
        }
    }

    /// The last answer came.
    pub(super) fn finished(&mut self) {
        let again = self.state == State::UnderWay { again: true };
        *self = Self {
            state: if again { State::Wanted } else { self.rest() },
            fruitless: self.fruitless,
            catch_up: self.catch_up && again,
            lookup: std::mem::take(&mut self.lookup),
            ..Self::default()
        };
    }

    /// Whether something is still missing after a complete difference. Returns whether to stop waiting for it.
    pub(super) fn fruitless(&mut self, missing: bool) -> bool {
        self.fruitless = if missing {
            self.fruitless.saturating_add(1)
        } else {
            0
        };
        self.fruitless >= FRUITLESS
    }

    /// Why what is stepped over cannot be had.
    pub(super) fn why(&self) -> Why {
        if self.undecoded > 0 {
            Why::Undecodable
        } else {
            Why::Refused
        }
    }

    /// Whether nothing is missing, wanted or under way.
    pub(super) fn is_idle(&self) -> bool {
        self.state == State::Idle
    }

    /// The request was given up; nothing is asked for until somebody wants it again.
    pub(super) fn abandon(&mut self) {
        self.state = State::Idle;
    }

    /// Tries again after a pause that grows from a second, or after `at_least` if that is longer.
    pub(super) fn pause(&mut self, now: Mono, at_least: Option<Duration>) {
        let grown = Duration::from_secs(1_u64.checked_shl(self.pauses.min(6)).unwrap_or(64))
            .min(LONGEST_PAUSE);
        self.pauses = self.pauses.saturating_add(1);
        self.state = State::Paused(now + at_least.unwrap_or_default().max(grown));
    }

    /// The answer did not decode.
    pub(super) fn undecoded(&mut self, now: Mono, raw: Option<Bytes>) -> Next {
        self.undecoded = self.undecoded.saturating_add(1);
        self.raw = raw.or(self.raw.take());
        if self.step_over {
            self.pause(now, None);
            return Next::Again;
        }
        self.state = State::Wanted;
        self.narrow = self.undecoded > 1;
        self.step_over = self.undecoded >= DECODE_ATTEMPTS;
        if self.undecoded == 1 {
            Next::Reconnect
        } else {
            Next::Again
        }
    }

    /// The server refused the request with an error that says nothing about when it would not.
    pub(super) fn refused(&mut self, now: Mono) {
        self.refused = self.refused.saturating_add(1);
        if self.refused >= REFUSALS && !self.step_over {
            self.over();
        } else {
            self.pause(now, None);
        }
    }

    /// The position is of no use to the server: asks for the present one.
    pub(super) fn over(&mut self) {
        self.step_over = true;
        self.state = State::Wanted;
    }

    /// Lets waits run out.
    pub(super) fn handle_timeout(&mut self, now: Mono) {
        if self.poll_timeout().is_some_and(|at| at <= now) {
            self.state = State::Wanted;
        }
    }

    /// When [`Repair::handle_timeout`] has something to do.
    pub(super) fn poll_timeout(&self) -> Option<Mono> {
        match self.state {
            State::Gap(at) | State::Paused(at) => Some(at),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Mono {
        Mono::from_origin(Duration::from_millis(ms))
    }

    #[test]
    fn a_gap_waits_half_a_second() {
        let mut r = Repair::default();
        r.gap(at(0));
        r.gap(at(400));
        r.handle_timeout(at(499));
        assert!(!r.is_wanted());
        r.handle_timeout(at(500));
        assert!(r.is_wanted());
    }

    #[test]
    fn a_gap_that_closes_asks_for_nothing() {
        let mut r = Repair::default();
        r.gap(at(0));
        r.closed();
        assert_eq!(r.poll_timeout(), None);
    }

    #[test]
    fn what_is_wanted_while_a_request_is_out_follows_it() {
        let mut r = Repair::default();
        r.want();
        r.begin();
        r.want();
        assert!(r.is_under_way() && !r.is_wanted());
        r.finished();
        assert!(r.is_wanted());
        r.begin();
        r.finished();
        assert!(!r.is_wanted());
    }

    #[test]
    fn answers_that_do_not_decode_end_in_stepping_over() {
        let mut r = Repair::default();
        r.want();
        r.begin();
        assert_eq!(
            r.undecoded(at(0), Some(Bytes::from_static(b"x"))),
            Next::Reconnect
        );
        assert!(r.is_wanted() && !r.narrow && !r.step_over);
        r.begin();
        assert_eq!(r.undecoded(at(0), None), Next::Again);
        assert!(r.narrow && !r.step_over);
        r.begin();
        r.undecoded(at(0), None);
        assert!(r.step_over && r.raw.is_some());
        r.begin();
        r.undecoded(at(0), None);
        assert!(
            !r.is_wanted(),
            "even the state does not decode: no hot loop"
        );
        assert!(r.poll_timeout().is_some());
    }

    #[test]
    fn pauses_grow_up_to_a_minute() {
        let mut r = Repair::default();
        let mut last = Duration::ZERO;
        for _ in 0..10 {
            r.pause(at(0), None);
            let pause = r.poll_timeout().unwrap().since(at(0));
            assert!(pause >= last && pause <= LONGEST_PAUSE);
            last = pause;
        }
        assert_eq!(last, LONGEST_PAUSE);
        r.pause(at(0), Some(Duration::from_secs(300)));
        assert_eq!(r.poll_timeout(), Some(at(300_000)));
    }

    #[test]
    fn answers_without_progress_do_not_spin() {
        let mut r = Repair::default();
        r.want();
        r.begin();
        r.continued(at(0), false, None);
        assert!(!r.is_wanted());
        r.handle_timeout(at(1000));
        assert!(r.is_wanted());
    }
}

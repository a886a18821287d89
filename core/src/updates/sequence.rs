//! One numbered sequence of events: what fits is applied, what is known is dropped, what is ahead waits.

use std::collections::BTreeMap;

/// What waits beyond this many events is let go; the difference brings it again.
pub(super) const MAX_WAITING: usize = 256;

/// A sequence with its local position.
///
/// An event says at which position the sequence stands after it and how many positions it takes, and fits if the local
/// position is the one before it. See
/// [checking and applying](https://core.telegram.org/api/updates#pts-checking-and-applying).
#[derive(Debug)]
pub(super) struct Sequence<T> {
    local: Option<i32>,
    waiting: BTreeMap<(i32, u64), (i32, T)>,
    arrivals: u64,
    asked: u64,
    excused: u64,
    overflowed: bool,
    /// What arrived from then on waits even if it fits.
    held_from: Option<u64>,
    skipped: Option<(i32, i32)>,
}

/// What became of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer<T> {
    /// It fits: the position has moved behind it.
    Apply(T),
    /// It was applied before.
    Known,
    /// Something is missing before it; it waits, or is dropped if too much waits already.
    Ahead,
}

impl<T> Sequence<T> {
    pub(super) fn new(local: Option<i32>) -> Self {
        Self {
            local,
            waiting: BTreeMap::new(),
            arrivals: 0,
            asked: 0,
            excused: 0,
            overflowed: false,
            held_from: None,
            skipped: None,
        }
    }

    /// An event that takes `count` positions up to `after`. Without a local position it is the first one and fits.
    pub(super) fn offer(&mut self, after: i32, count: i32, event: T) -> Offer<T> {
        let local = *self.local.get_or_insert_with(|| before(after, count));
        match place(local, after, count) {
            Place::Fits if self.held_from.is_none() => {
                self.local = Some(after);
                Offer::Apply(event)
            }
            Place::Passed => Offer::Known,
            Place::Fits | Place::Ahead => {
                self.hold(after, count, event);
                Offer::Ahead
            }
        }
    }

    /// Lets an event wait whatever the position is, while a difference is under way that may contain it.
    pub(super) fn hold(&mut self, after: i32, count: i32, event: T) {
        if self.waiting.len() >= MAX_WAITING {
            self.overflowed = true;
            return;
        }
        self.arrivals = self.arrivals.wrapping_add(1);
        self.waiting.insert((after, self.arrivals), (count, event));
    }

    /// Lets an event wait although it may fit, and everything after it, until [`Sequence::release`].
    pub(super) fn hold_back(&mut self, after: i32, count: i32, event: T) {
        let arrivals = self.arrivals;
        self.hold(after, count, event);
        if self.arrivals != arrivals {
            self.held_from.get_or_insert(self.arrivals);
        }
    }

    /// Nothing is held back any more; or only what came after the last difference was asked for.
    pub(super) fn release(&mut self, all: bool) {
        let later = self.asked.wrapping_add(1);
        self.held_from = self.held_from.filter(|_| !all).map(|from| from.max(later));
    }

    /// Takes the next waiting event that fits by now. Those that were passed are dropped.
    pub(super) fn next_ready(&mut self) -> Option<T> {
        loop {
            let entry = self.waiting.first_entry()?;
            let ((after, arrival), count) = (*entry.key(), entry.get().0);
            let local = *self.local.get_or_insert_with(|| before(after, count));
            match place(local, after, count) {
                Place::Ahead if arrival > self.excused => return None,
                Place::Fits | Place::Ahead if self.held_from.is_some_and(|at| arrival >= at) => {
                    return None;
                }
                Place::Fits | Place::Ahead => {
                    let begin = before(after, count);
                    self.skipped = (begin > local).then_some((local, begin));
                    self.local = Some(after);
                    return Some(entry.remove().1);
                }
                Place::Passed => {
                    entry.remove();
                }
            }
        }
    }

    /// The hole before the event that was last ready, if it was let go.
    pub(super) fn take_skipped(&mut self) -> Option<(i32, i32)> {
        self.skipped.take()
    }

    /// Whether events wait for what is before them.
    pub(super) fn has_hole(&self) -> bool {
        !self.waiting.is_empty() && self.held_from.is_none()
    }

    /// Whether an event was applied before.
    pub(super) fn is_known(&self, after: i32, count: i32) -> bool {
        self.local
            .is_some_and(|local| matches!(place(local, after, count), Place::Passed))
    }

    /// Moves to a position that the server stated.
    pub(super) fn set(&mut self, local: Option<i32>) {
        self.local = local;
    }

    /// Where the first waiting event begins.
    pub(super) fn first_waiting(&self) -> Option<i32> {
        self.waiting
            .iter()
            .map(|((after, _), (count, _))| before(*after, *count))
            .min()
    }

    /// The local position, once there is one.
    pub(super) fn local(&self) -> Option<i32> {
        self.local
    }

    /// Whether something is missing.
    pub(super) fn has_gap(&self) -> bool {
        self.overflowed || !self.waiting.is_empty()
    }

    /// Notes that peers of what waits are being looked up.
    pub(super) fn ask_for_peers(&mut self) {
        self.asked = self.arrivals;
    }

    /// Notes that a difference is being asked for: it brings what was dropped up to now.
    pub(super) fn ask(&mut self) {
        self.overflowed = false;
        self.asked = self.arrivals;
    }

    /// Lets go of what differences did not bring: what waited when the last one was asked for fits as it is.
    pub(super) fn excuse(&mut self) {
        self.excused = self.asked;
    }

    /// Notes that an event was dropped and only a difference can bring it.
    pub(super) fn mark_lost(&mut self) {
        self.overflowed = true;
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

enum Place {
    Fits,
    Passed,
    Ahead,
}

/// A negative count would move a position back, so it counts as none.
fn before(after: i32, count: i32) -> i32 {
    after.saturating_sub(count.max(0))
}

fn place(local: i32, after: i32, count: i32) -> Place {
    if before(after, count) == local {
        Place::Fits
    } else if after <= local {
        Place::Passed
    } else {
        // Also an event that overlaps what was applied: only the difference tells what of it is new.
        Place::Ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(local: i32) -> Sequence<&'static str> {
        Sequence::new(Some(local))
    }

    #[test]
    fn what_fits_is_applied_and_moves_the_position() {
        let mut s = at(131);
        assert_eq!(s.offer(132, 1, "a"), Offer::Apply("a"));
        assert_eq!(s.offer(132, 1, "a"), Offer::Known);
        assert_eq!(s.offer(140, 5, "b"), Offer::Ahead);
        assert_eq!(s.local(), Some(132));
        assert!(s.has_gap());
    }

    #[test]
    fn events_that_take_no_position_apply_where_they_stand() {
        let mut s = at(10);
        assert_eq!(s.offer(10, 0, "web page"), Offer::Apply("web page"));
        assert_eq!(s.offer(9, 0, "old"), Offer::Known);
        assert_eq!(s.offer(11, 0, "early"), Offer::Ahead);
        assert_eq!(s.offer(11, 1, "filler"), Offer::Apply("filler"));
        assert_eq!(s.next_ready(), Some("early"));
    }

    #[test]
    fn the_missing_event_releases_what_waits_in_order() {
        let mut s = at(0);
        for (after, name) in [(3, "c"), (4, "d"), (2, "b")] {
            assert_eq!(s.offer(after, 1, name), Offer::Ahead);
        }
        assert_eq!(s.next_ready(), None);
        assert_eq!(s.offer(1, 1, "a"), Offer::Apply("a"));
        assert_eq!(
            std::iter::from_fn(|| s.next_ready()).collect::<Vec<_>>(),
            ["b", "c", "d"]
        );
        assert!(!s.has_gap());
    }

    #[test]
    fn the_first_event_initialises() {
        let mut s = Sequence::new(None);
        assert_eq!(s.offer(50, 2, "a"), Offer::Apply("a"));
        assert_eq!(s.local(), Some(50));
    }

    #[test]
    fn an_overlap_is_a_gap() {
        let mut s = at(10);
        assert_eq!(s.offer(12, 5, "x"), Offer::Ahead);
        s.set(Some(12));
        assert_eq!(s.next_ready(), None);
        assert!(!s.has_gap());
    }

    #[test]
    fn what_overflows_leaves_a_gap_until_a_difference_is_asked_for() {
        let mut s = Sequence::new(Some(0));
        for i in 0..=i32::try_from(MAX_WAITING).unwrap() {
            s.offer(i + 2, 1, ());
        }
        assert_eq!(s.waiting(), MAX_WAITING);
        s.set(Some(1_000));
        assert_eq!(s.next_ready(), None);
        assert!(s.has_gap());
        s.ask();
        assert!(!s.has_gap());
    }

    #[test]
    fn what_no_difference_brings_is_let_go() {
        let mut s = at(0);
        s.offer(5, 1, "a");
        s.ask();
        s.offer(9, 1, "later");
        assert_eq!(s.next_ready(), None);
        s.excuse();
        assert_eq!(s.next_ready(), Some("a"));
        assert_eq!(
            s.next_ready(),
            None,
            "the later one has a difference to come"
        );
    }

    #[test]
    fn extreme_numbers_do_not_overflow() {
        let mut s = Sequence::new(Some(i32::MAX));
        assert_eq!(s.offer(i32::MIN, i32::MAX, ()), Offer::Known);
        assert_eq!(
            s.offer(i32::MAX, i32::MIN, ()),
            Offer::Apply(()),
            "a negative count is none"
        );
        assert_eq!(
            s.offer(5, -(i32::MAX - 5), ()),
            Offer::Known,
            "nothing moves the position back"
        );
        let mut s = Sequence::new(None);
        s.offer(i32::MIN, i32::MAX, ());
    }
}

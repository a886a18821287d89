//! Which updates were handed out and which of them were taken: the low-water mark that is safe to keep.

use std::collections::VecDeque;

/// The updates of one box that were handed out, oldest first, each with the position that is reached once it and all
/// before it were taken.
#[derive(Debug)]
pub(super) struct Ledger<M> {
    entries: VecDeque<Entry<M>>,
    taken: Option<M>,
    changed: bool,
}

#[derive(Debug)]
struct Entry<M> {
    id: u64,
    taken: bool,
    mark: Option<M>,
}

impl<M: Copy + PartialEq> Ledger<M> {
    pub(super) fn new(taken: Option<M>) -> Self {
        Self {
            entries: VecDeque::new(),
            taken,
            changed: false,
        }
    }

    /// An update is handed out under `id`; ids only grow.
    pub(super) fn push(&mut self, id: u64) {
        self.entries.push_back(Entry {
            id,
            taken: false,
            mark: None,
        });
    }

    /// Everything handed out so far, taken together, reaches `mark`.
    pub(super) fn reach(&mut self, mark: M) {
        match self.entries.back_mut() {
            Some(last) => last.mark = Some(mark),
            None => self.settle(mark),
        }
    }

    /// Whether everything handed out was taken.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The consumer took the update.
    pub(super) fn confirm(&mut self, id: u64) {
        let at = self.entries.binary_search_by_key(&id, |e| e.id);
        if let Some(entry) = at.ok().and_then(|at| self.entries.get_mut(at)) {
            entry.taken = true;
        }
        self.drain();
    }

    /// The consumer is gone: everything counts as taken.
    pub(super) fn confirm_all(&mut self) {
        for entry in &mut self.entries {
            entry.taken = true;
        }
        self.drain();
    }

    /// The low-water mark, if it changed since the last call.
    pub(super) fn poll(&mut self) -> Option<M> {
        std::mem::take(&mut self.changed)
            .then_some(self.taken)
            .flatten()
    }

    fn drain(&mut self) {
        while self.entries.front().is_some_and(|e| e.taken) {
            if let Some(mark) = self.entries.pop_front().and_then(|e| e.mark) {
                self.settle(mark);
            }
        }
    }

    fn settle(&mut self, mark: M) {
        if self.taken != Some(mark) {
            self.taken = Some(mark);
            self.changed = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stops_before_the_oldest_update_in_hand() {
        let mut l = Ledger::new(Some(10));
        for (id, mark) in [(1, 11), (2, 12), (5, 13)] {
            l.push(id);
            l.reach(mark);
        }
        l.confirm(2);
        assert_eq!(l.poll(), None);
        l.confirm(1);
        assert_eq!(l.poll(), Some(12));
        assert_eq!(l.poll(), None);
        l.confirm(5);
        assert_eq!(l.poll(), Some(13));
    }

    #[test]
    fn a_batch_reaches_its_mark_only_as_a_whole() {
        let mut l = Ledger::new(None);
        l.push(1);
        l.push(2);
        l.reach(20);
        l.confirm(1);
        assert_eq!(l.poll(), None);
        l.confirm(2);
        assert_eq!(l.poll(), Some(20));
    }

    #[test]
    fn what_is_not_handed_out_waits_for_what_is() {
        let mut l = Ledger::new(Some(1));
        l.reach(2);
        assert_eq!(l.poll(), Some(2), "nothing in hand");
        l.push(1);
        l.reach(3);
        l.reach(4);
        assert_eq!(l.poll(), None);
        l.confirm(1);
        assert_eq!(l.poll(), Some(4));
    }

    #[test]
    fn unknown_and_repeated_confirmations_do_nothing() {
        let mut l = Ledger::new(Some(1));
        l.push(3);
        l.reach(2);
        l.confirm(99);
        l.confirm(3);
        l.confirm(3);
        assert_eq!(l.poll(), Some(2));
        assert_eq!(l.poll(), None);
    }

    #[test]
    fn without_a_consumer_everything_is_taken() {
        let mut l = Ledger::new(Some(1));
        l.push(1);
        l.push(2);
        l.reach(5);
        l.confirm_all();
        assert_eq!(l.poll(), Some(5));
    }
}

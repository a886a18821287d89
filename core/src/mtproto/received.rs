//! Which of the server's messages were seen: nothing is processed twice.

use std::collections::VecDeque;

/// How many ids are remembered; more than two of the largest containers.
const WINDOW: usize = 2560;

/// What the server may be told about one of its messages.
const UNKNOWN: u8 = 1;
const NOT_RECEIVED: u8 = 2;
const NOT_YET: u8 = 3;
const RECEIVED: u8 = 4;

#[derive(Debug, Default)]
pub(super) struct Received {
    /// In order.
    ids: VecDeque<i64>,
    /// Ids up to this one may have been seen and forgotten.
    floor: i64,
}

impl Received {
    /// Remembers an id; `false` if it was there already.
    pub(super) fn insert(&mut self, id: i64) -> bool {
        match self.ids.binary_search(&id) {
            Ok(_) => return false,
            Err(place) => self.ids.insert(place, id),
        }
        if self.ids.len() > WINDOW
            && let Some(oldest) = self.ids.pop_front()
        {
            self.floor = self.floor.max(oldest);
        }
        true
    }

    /// Whether an outer message with this id is too old to tell if it was seen.
    pub(super) fn is_below_floor(&self, id: i64) -> bool {
        id <= self.floor
    }

    pub(super) fn contains(&self, id: i64) -> bool {
        self.ids.binary_search(&id).is_ok()
    }

    /// The byte of [`msgs_state_info`](https://core.telegram.org/mtproto/service_messages_about_messages) for an id.
    pub(super) fn status(&self, id: i64) -> u8 {
        if self.contains(id) {
            RECEIVED
        } else if self.is_below_floor(id) {
            UNKNOWN
        } else if self.ids.back().is_some_and(|last| id > *last) {
            NOT_YET
        } else {
            NOT_RECEIVED
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    #[cfg(any(test, debug_assertions, feature = "internals"))]
    pub(super) fn is_bounded(&self) -> bool {
        self.ids.len() <= WINDOW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_id_counts_once_in_any_order() {
        let mut seen = Received::default();
        for id in [5, 1, 9, 7] {
            assert!(seen.insert(id));
            assert!(!seen.insert(id));
        }
        assert_eq!([1, 5, 7, 9].map(|id| seen.contains(id)), [true; 4]);
        assert!(!seen.contains(3));
        assert_eq!(
            [9, 3, 11].map(|id| seen.status(id)),
            [RECEIVED, NOT_RECEIVED, NOT_YET]
        );
    }

    #[test]
    fn what_falls_out_of_the_window_raises_the_floor() {
        let mut seen = Received::default();
        let total = i64::try_from(WINDOW).unwrap() + 10;
        for id in 1..=total {
            assert!(!seen.is_below_floor(id));
            seen.insert(id);
        }
        assert!(seen.is_bounded());
        assert!(seen.is_below_floor(10) && !seen.is_below_floor(11));
        assert_eq!(seen.status(3), UNKNOWN);
        assert_eq!(seen.status(total), RECEIVED);
    }
}

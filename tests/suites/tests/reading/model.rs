//! Random questions to a chat with gaps, compared with what a plain list of its messages answers.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use telewire_core::client::MessageIter;
use telewire_tests::sim::Sim;

use crate::chat::{BEGIN, Seen, ids, talk};

const FRIEND: &str = "grace_hopper";

/// One question, and what a list answers to it.
#[derive(Clone, Debug)]
struct Ask {
    offset_id: Option<usize>,
    min_id: Option<usize>,
    max_id: Option<usize>,
    offset_date: Option<i64>,
    reverse: bool,
    limit: Option<usize>,
    search: bool,
}

fn any_ask(count: usize) -> impl Strategy<Value = Ask> {
    let place = || prop::option::weighted(0.4, 0..count);
    let date = prop::option::weighted(0.4, 0..i64::try_from(count * 60).unwrap());
    let limit = prop::option::weighted(0.5, 0..count + 5);
    (
        place(),
        place(),
        place(),
        date,
        any::<bool>(),
        limit,
        any::<bool>(),
    )
        .prop_map(
            |(offset_id, min_id, max_id, offset_date, reverse, limit, search)| Ask {
                offset_id,
                min_id,
                max_id,
                offset_date,
                reverse,
                limit,
                search,
            },
        )
}

impl Ask {
    fn of(&self, seen: &[Seen], iter: MessageIter) -> MessageIter {
        let id = |place: Option<usize>| place.map_or(0, |n| seen[n].id);
        let mut iter = iter
            .offset_id(id(self.offset_id))
            .min_id(id(self.min_id))
            .max_id(id(self.max_id))
            .limit(self.limit)
            .wait_time(Duration::ZERO);
        if let Some(date) = self.offset_date {
            iter = iter.offset_date(BEGIN + date);
        }
        if self.reverse {
            iter = iter.reverse();
        }
        if self.search {
            iter = iter.search("number");
        }
        iter
    }

    fn expected(&self, seen: &[Seen]) -> Vec<i32> {
        let id = |place: Option<usize>| place.map_or(0, |n| seen[n].id);
        let (offset, min, max) = (id(self.offset_id), id(self.min_id), id(self.max_id));
        let (low, high) = if self.reverse {
            (offset.max(min), max)
        } else {
            (min, offset.max(max))
        };
        let date = self.offset_date.map(|date| BEGIN + date);
        let dated = |m: &Seen| match (date, self.reverse) {
            (None, _) => true,
            (Some(date), true) => m.date > date,
            (Some(date), false) => m.date < date,
        };
        let inside = |m: &&Seen| m.id > low && (high == 0 || m.id < high) && dated(m);
        let mut found: Vec<i32> = seen.iter().filter(inside).map(|m| m.id).collect();
        if !self.reverse {
            found.reverse();
        }
        found.truncate(self.limit.unwrap_or(usize::MAX));
        found
    }
}

#[test]
fn every_question_is_answered_as_by_a_list() {
    // parity: M-messages.iter_messages.offset_id, M-messages.iter_messages.offset_date
    // parity: M-messages.iter_messages.reverse, M-messages.iter_messages.min_id, M-messages.iter_messages.max_id
    const COUNT: usize = 230;
    let sim = Sim::new(14);
    let client = sim.run(telewire_tests::account::signed_in(&sim, 0));
    let seen = talk(&sim, COUNT);
    let config = ProptestConfig {
        cases: 150,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let tested = TestRunner::new(config).run(&any_ask(COUNT), |ask| {
        let found = sim.run(ids(ask.of(&seen, client.iter_messages(FRIEND))));
        prop_assert_eq!(found, ask.expected(&seen));
        Ok(())
    });
    tested.unwrap();
}

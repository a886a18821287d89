//! Whatever the network does to pushes, every event is delivered once and in the order of its box; after a crash,
//! nothing that was not taken is missing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use proptest::prelude::*;

use super::server::{CHANNELS, FRIEND, Fact, Server};
use super::shapes::{fact, rpc};
use crate::config::CatchUp;
use crate::engine::UpdateId;
use crate::rand::{Rng, Seed};
use crate::session::{Session, UpdateState};
use crate::time::{Mono, Now, Unix};
use crate::updates::boxes::Boxes;
use crate::updates::outbox::MAX_BACKLOG;
use crate::updates::{BoxId, Need, Origin};

/// A client, the server and the network between.
struct World {
    rng: Rng,
    now: Now,
    server: Server,
    boxes: Boxes,
    session: Session,
    pushes: Vec<telewire_schema::types::Updates>,
    needs: Vec<Need>,
    in_hand: Vec<(UpdateId, Fact)>,
    delivered: Vec<Fact>,
    taken: HashSet<Fact>,
    /// One in so many pushes is lost, repeated, kept for later; answers fail.
    trouble: u32,
}

impl World {
    fn new(seed: u64, trouble: u32) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let now = Now {
            mono: Mono::from_origin(Duration::from_secs(100)),
            wall: Unix::from_secs(1_700_000_000),
        };
        let session = Session {
            state: Some(UpdateState {
                pts: 1,
                qts: 1,
                date: 1_000,
                seq: 1,
            }),
            channels: CHANNELS.iter().map(|c| (*c, 1)).collect(),
            ..Session::default()
        };
        Self {
            rng: Rng::new(Seed::new(bytes)),
            now,
            server: Server::new(),
            boxes: start(&session, now),
            session,
            pushes: Vec::new(),
            needs: Vec::new(),
            in_hand: Vec::new(),
            delivered: Vec::new(),
            taken: HashSet::new(),
            trouble,
        }
    }

    fn unlucky(&mut self) -> bool {
        self.trouble > 0 && self.rng.u32().is_multiple_of(self.trouble)
    }

    fn step(&mut self, happen: bool) {
        if happen && self.rng.u32().is_multiple_of(2) {
            let push = self.server.happen(&mut self.rng);
            if !self.unlucky() {
                self.pushes.push(push);
            }
        }
        if !self.pushes.is_empty() && self.rng.u32().is_multiple_of(2) {
            let at = if self.unlucky() {
                self.rng.u32() as usize % self.pushes.len()
            } else {
                0
            };
            let push = self.pushes.remove(at);
            if self.unlucky() {
                self.pushes.push(push.clone());
            }
            self.boxes.handle_updates(self.now, push, Origin::Pushed);
            self.drain();
        }
        if !self.needs.is_empty() && self.rng.u32().is_multiple_of(2) {
            let at = self.rng.u32() as usize % self.needs.len();
            let need = self.needs.remove(at);
            let answer = match self.rng.u32() % 12 {
                0 if self.unlucky() => Err(rpc(500, "RPC_CALL_FAIL")),
                1 if self.unlucky() => Err(rpc(420, "FLOOD_WAIT_2")),
                2 if self.unlucky() => Err(rpc(500, "PERSISTENT_TIMESTAMP_OUTDATED")),
                3 if self.unlucky() => Err(crate::error::Error::Disconnected),
                _ => self.server.answer(&need),
            };
            self.boxes.handle_answer(self.now, &need, answer);
            self.drain();
        }
        if self.unlucky() && self.rng.u32().is_multiple_of(8) {
            self.boxes.handle_resync(self.now);
            self.drain();
        }
        let ms = self.rng.u32() % 200;
        self.pass(Duration::from_millis(ms.into()));
        self.consume();
    }

    fn pass(&mut self, d: Duration) {
        self.now = self.now.after(d);
        if self
            .boxes
            .poll_timeout()
            .is_some_and(|at| at <= self.now.mono)
        {
            self.boxes.handle_timeout(self.now);
            self.drain();
        }
    }

    fn consume(&mut self) {
        while let Some((id, update)) = self.boxes.poll_update() {
            let fact = fact(&update);
            self.delivered.push(fact);
            self.in_hand.push((id, fact));
        }
        while !self.in_hand.is_empty() && self.rng.u32().is_multiple_of(2) {
            let at = self.rng.u32() as usize % self.in_hand.len();
            let (id, fact) = self.in_hand.swap_remove(at);
            self.taken.insert(fact);
            self.boxes.confirm(id);
        }
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(need) = self.boxes.poll_need() {
            if need != Need::Reconnect {
                self.needs.push(need);
            }
        }
        while let Some(change) = self.boxes.poll_change() {
            self.session.apply(&change);
        }
        assert!(self.boxes.out.backlog() < MAX_BACKLOG * 2);
        let idle = self.needs.is_empty() && self.boxes.poll_timeout().is_none();
        assert!(!idle, "nothing would ever happen again");
    }

    /// Nothing happens any more; a long silence later everything must have arrived.
    fn settle(&mut self) {
        for _ in 0..400 {
            self.step(false);
        }
        self.trouble = 0;
        for _ in 0..3 {
            self.pass(Duration::from_secs(16 * 60));
            for _ in 0..200 {
                self.step(false);
            }
        }
        assert!(self.needs.is_empty() && self.pushes.is_empty());
    }

    fn check_order(&self) {
        let mut last: HashMap<(u8, Option<BoxId>), i64> = HashMap::new();
        for fact in &self.delivered {
            let (key, at) = match *fact {
                Fact::Message(b, id) => ((0, Some(b)), id.into()),
                Fact::Deleted(b, id) => ((1, Some(b)), id.into()),
                Fact::Stopped(id) => ((2, None), id),
                Fact::Phone(id) => ((3, None), id),
                Fact::Gap(_) => panic!("nothing is missing"),
            };
            let before = last.insert(key, at);
            assert!(
                before.is_none_or(|b| b < at),
                "{fact:?} came after {before:?}"
            );
        }
    }
}

fn start(session: &Session, now: Now) -> Boxes {
    let mut boxes = Boxes::new(session.state, &session.channels, CatchUp::All, now);
    boxes.set_consumer(true);
    boxes.start(now, FRIEND + 1);
    boxes
}

fn counted(facts: &[Fact]) -> BTreeMap<Fact, usize> {
    facts.iter().fold(BTreeMap::new(), |mut all, f| {
        *all.entry(*f).or_default() += 1;
        all
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_is_delivered_once_and_in_order(seed: u64, trouble in 0u32..12, slice in 1usize..20) {
        let mut world = World::new(seed, trouble);
        world.server.slice = slice;
        for _ in 0..300 {
            world.step(true);
        }
        world.settle();
        let (wanted, mut got) = (counted(&world.server.facts), counted(&world.delivered));
        let missing: Vec<_> = wanted.keys().filter(|f| !got.contains_key(f)).collect();
        prop_assert!(missing.is_empty(), "missing: {missing:?}");
        got.retain(|f, n| *n > 1 || !wanted.contains_key(f));
        prop_assert!(got.is_empty(), "more than once: {got:?}");
        world.check_order();
        prop_assert!(world.boxes.poll_lapse().is_none());
    }

    #[test]
    fn after_a_crash_nothing_that_was_not_taken_is_missing(seed: u64, trouble in 0u32..12, crash in 50usize..250) {
        let mut world = World::new(seed, trouble);
        for _ in 0..crash {
            world.step(true);
        }
        // What is in hand or queued is lost; so are pushes and answers on their way.
        world.in_hand.clear();
        world.needs.clear();
        world.pushes.clear();
        world.delivered.clear();
        world.boxes = start(&world.session, world.now);
        world.drain();
        for _ in 0..100 {
            world.step(true);
        }
        world.settle();
        let again: HashSet<Fact> = world.delivered.iter().copied().collect();
        prop_assert_eq!(again.len(), world.delivered.len(), "once a run");
        for fact in &world.server.facts {
            prop_assert!(again.contains(fact) || world.taken.contains(fact), "{fact:?} is gone");
        }
        world.check_order();
    }
}

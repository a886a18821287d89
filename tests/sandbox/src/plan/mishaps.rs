//! The accidents of a network, for whoever moves its bytes.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use telewire_core::rand::Rng;

use super::{FaultKind, FaultPlan, Injected, happens, rng, unit};

/// What the network makes of a piece of bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// What arrives, in order, each so much later than it would have.
    pub pieces: Vec<(Duration, Bytes)>,
    /// The last piece waits for the bytes after it, but no longer than its delay.
    pub merge: bool,
    /// Afterwards the connection is broken.
    pub cut: bool,
}

/// The accidents of a network.
pub struct Mishaps {
    plan: FaultPlan,
    rng: Rng,
    injected: Injected,
}

impl Mishaps {
    /// The network's part of a plan.
    pub fn new(plan: &FaultPlan) -> Self {
        Self {
            rng: rng(plan.seed, "the network"),
            plan: plan.clone(),
            injected: Injected::default(),
        }
    }

    /// Goes on by another plan; what has happened stays counted.
    pub fn follow(&mut self, plan: &FaultPlan) {
        self.plan = plan.clone();
    }

    /// What has happened so far.
    pub fn injected(&self) -> &Injected {
        &self.injected
    }

    /// A connection is made: how much later everything on it arrives.
    pub fn on_connect(&mut self) -> Duration {
        if self.happens(self.plan.reorder, FaultKind::Reorder) {
            self.up_to(Duration::from_secs(3))
        } else {
            Duration::ZERO
        }
    }

    /// A piece of bytes sets out.
    pub fn on_bytes(&mut self, bytes: Bytes) -> Passage {
        let mut bytes = bytes;
        let mut late = Duration::ZERO;
        if !bytes.is_empty() && self.happens(self.plan.tamper, FaultKind::Tamper) {
            bytes = self.tampered(&bytes);
        }
        if self.happens(self.plan.delay, FaultKind::Delay) {
            late = self.up_to(self.plan.longest_delay);
        }
        if self.happens(self.plan.cut, FaultKind::Cut) {
            let left = match self.rng.u32() % 3 {
                0 => 0,
                1 => self.below(bytes.len()),
                _ => bytes.len(),
            };
            return Passage {
                pieces: vec![(late, bytes.slice(..left))],
                merge: false,
                cut: true,
            };
        }
        if bytes.len() > 1 && self.happens(self.plan.split, FaultKind::Split) {
            let first = bytes.split_to(1 + self.below(bytes.len() - 1));
            let later = late + self.up_to(Duration::from_millis(300));
            return Passage {
                pieces: vec![(late, first), (later, bytes)],
                ..Passage::default()
            };
        }
        let merge = self.happens(self.plan.merge, FaultKind::Merge);
        if merge {
            late += Duration::from_millis(150);
        }
        Passage {
            pieces: vec![(late, bytes)],
            merge,
            cut: false,
        }
    }

    fn tampered(&mut self, bytes: &[u8]) -> Bytes {
        let mut copy = BytesMut::from(bytes);
        let at = self.below(copy.len());
        copy[at] ^= 1 << (self.rng.u32() % 8);
        copy.freeze()
    }

    fn happens(&mut self, chance: f64, kind: FaultKind) -> bool {
        happens(&mut self.rng, &mut self.injected, chance, kind)
    }

    /// A number below `n`, which is not zero.
    fn below(&mut self, n: usize) -> usize {
        self.rng.u32() as usize % n.max(1)
    }

    fn up_to(&mut self, most: Duration) -> Duration {
        most.mul_f64(unit(&mut self.rng))
    }
}

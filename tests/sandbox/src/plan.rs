//! What goes wrong by itself: a plan of faults, and what has been done of it.
//!
//! A [`FaultPlan`] says how often each kind of accident happens. The server's own are carried out by
//! [`Server`](crate::Server), those of the network by whoever moves its bytes, through [`Mishaps`]: the simulator and the
//! sandbox's listener. Clocks of clients and their session stores are out of a server's reach; the simulator reads those
//! chances from the same plan.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use telewire_core::rand::{Rng, Seed};

use crate::controls::Trouble;

/// How often what goes wrong. Chances are between 0 and 1; [`FaultPlan::default`] is a world without accidents.
///
/// ```
/// use telewire_sandbox::FaultPlan;
///
/// let rough = FaultPlan { cut: 0.01, duplicate: 0.1, ..FaultPlan::default() };
/// assert_ne!(rough, FaultPlan::default());
/// assert_eq!(FaultPlan::from_seed(7), FaultPlan::from_seed(7));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FaultPlan {
    /// When each accident happens follows from it.
    pub seed: u64,
    /// A connection breaks before, in the middle of, or after a piece of bytes.
    pub cut: f64,
    /// A piece of bytes comes late, and everything behind it on the same connection.
    pub delay: f64,
    /// How late at most.
    pub longest_delay: Duration,
    /// A piece of bytes comes in two.
    pub split: f64,
    /// A piece of bytes waits for the next, and both come as one.
    pub merge: f64,
    /// A bit of a piece of bytes is turned over.
    pub tamper: f64,
    /// All that a connection carries is late, so that what comes over the next one overtakes it.
    pub reorder: f64,
    /// The server sends a message again that it sent before, under the same identifier; for each packet.
    pub duplicate: f64,
    /// An answer does not leave the server, unless it is sent again later because nobody has acknowledged it.
    pub lost_answer: f64,
    /// Updates are given up by the server: only the difference brings them.
    pub lost_update: f64,
    /// All salts of a key are good no more; for each packet that comes in.
    pub wrong_salt: f64,
    /// A request is refused with `FLOOD_WAIT_X`.
    pub flood: f64,
    /// How long a wait of that kind is at most, in seconds.
    pub longest_flood: u32,
    /// A request meets an internal error or is answered late, or its connection is closed before or after it ran.
    pub trouble: f64,
    /// The server restarts and remembers everything, so that all connections end; for each packet that comes in.
    pub restart: f64,
    /// It restarts and has forgotten all sessions and salts, but not the keys.
    pub amnesia: f64,
    /// How far the server's clock is ahead of everybody's, in seconds.
    pub skew: i64,
    /// A client's machine sleeps for a while, or somebody sets its clock; for each thing that its user does.
    pub suspend: f64,
    /// The store of a client's session fails for some calls; for each call.
    pub store_failure: f64,
}

/// A kind of accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    missing_docs,
    reason = "the fields of `FaultPlan` of the same names say it"
)]
pub enum FaultKind {
    Cut,
    Delay,
    Split,
    Merge,
    Tamper,
    Reorder,
    Duplicate,
    LostAnswer,
    LostUpdate,
    WrongSalt,
    Flood,
    Trouble,
    Restart,
    Amnesia,
    Skew,
    Suspend,
    StoreFailure,
}

/// How often each kind of accident has happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Injected(BTreeMap<FaultKind, u64>);

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

/// The accidents of a server.
pub(crate) struct Faults {
    pub(crate) plan: FaultPlan,
    pub(crate) rng: Rng,
    pub(crate) injected: Injected,
}

impl FaultPlan {
    /// A plan in which about half of the kinds happen, some rarely and some often: accidents that are always there hide what
    /// others would show.
    pub fn from_seed(seed: u64) -> Self {
        let mut rng = rng(seed, "the plan itself");
        let mut chance = |most: f64| {
            if rng.u32().is_multiple_of(2) {
                return 0.0;
            }
            // Between a hundredth of it and all of it, each magnitude as likely as the other.
            most * 10_f64.powf(-2.0 * unit(&mut rng))
        };
        let mut plan = Self {
            seed,
            cut: chance(0.15),
            delay: chance(0.3),
            split: chance(0.4),
            merge: chance(0.4),
            tamper: chance(0.03),
            reorder: chance(0.5),
            duplicate: chance(0.3),
            lost_answer: chance(0.2),
            lost_update: chance(0.3),
            wrong_salt: chance(0.1),
            flood: chance(0.1),
            trouble: chance(0.3),
            restart: chance(0.05),
            amnesia: chance(0.05),
            suspend: chance(0.2),
            store_failure: chance(0.05),
            ..Self::default()
        };
        plan.longest_delay = Duration::from_millis(1 << (rng.u32() % 14));
        if rng.u32().is_multiple_of(2) {
            let far = 10_f64.powf(5.0 * unit(&mut rng)) as i64;
            plan.skew = if rng.u32().is_multiple_of(2) {
                far
            } else {
                -far
            };
        }
        plan
    }

    /// The same without anything that happens anew. The server's clock stays as wrong as it was.
    #[must_use]
    pub fn calmed(&self) -> Self {
        Self {
            seed: self.seed,
            skew: self.skew,
            ..Self::default()
        }
    }
}

impl Default for FaultPlan {
    fn default() -> Self {
        Self {
            seed: 0,
            cut: 0.0,
            delay: 0.0,
            longest_delay: Duration::from_secs(3),
            split: 0.0,
            merge: 0.0,
            tamper: 0.0,
            reorder: 0.0,
            duplicate: 0.0,
            lost_answer: 0.0,
            lost_update: 0.0,
            wrong_salt: 0.0,
            flood: 0.0,
            longest_flood: 20,
            trouble: 0.0,
            restart: 0.0,
            amnesia: 0.0,
            skew: 0,
            suspend: 0.0,
            store_failure: 0.0,
        }
    }
}

impl FaultKind {
    /// All kinds.
    pub const ALL: [Self; 17] = [
        Self::Cut,
        Self::Delay,
        Self::Split,
        Self::Merge,
        Self::Tamper,
        Self::Reorder,
        Self::Duplicate,
        Self::LostAnswer,
        Self::LostUpdate,
        Self::WrongSalt,
        Self::Flood,
        Self::Trouble,
        Self::Restart,
        Self::Amnesia,
        Self::Skew,
        Self::Suspend,
        Self::StoreFailure,
    ];
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cut => "cut connections",
            Self::Delay => "delays",
            Self::Split => "split pieces",
            Self::Merge => "merged pieces",
            Self::Tamper => "tampered bytes",
            Self::Reorder => "late connections",
            Self::Duplicate => "messages sent twice",
            Self::LostAnswer => "lost answers",
            Self::LostUpdate => "lost updates",
            Self::WrongSalt => "changed salts",
            Self::Flood => "flood waits",
            Self::Trouble => "troubled requests",
            Self::Restart => "restarts",
            Self::Amnesia => "restarts without memory",
            Self::Skew => "skewed clocks",
            Self::Suspend => "suspended machines",
            Self::StoreFailure => "failed stores",
        })
    }
}

impl Injected {
    /// One more of that kind.
    pub fn count(&mut self, kind: FaultKind) {
        *self.0.entry(kind).or_default() += 1;
    }

    /// How often that kind has happened.
    pub fn of(&self, kind: FaultKind) -> u64 {
        self.0.get(&kind).copied().unwrap_or(0)
    }

    /// All kinds together.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Adds what has happened elsewhere.
    pub fn add(&mut self, other: &Self) {
        for (kind, n) in &other.0 {
            *self.0.entry(*kind).or_default() += n;
        }
    }
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

impl Faults {
    pub(crate) fn new(plan: FaultPlan) -> Self {
        let mut injected = Injected::default();
        if plan.skew != 0 {
            injected.count(FaultKind::Skew);
        }
        Self {
            rng: rng(plan.seed, "the server"),
            plan,
            injected,
        }
    }

    pub(crate) fn happens(&mut self, chance: f64, kind: FaultKind) -> bool {
        happens(&mut self.rng, &mut self.injected, chance, kind)
    }

    /// What is to go wrong with a request.
    pub(crate) fn trouble(&mut self) -> Option<Trouble> {
        if self.happens(self.plan.flood, FaultKind::Flood) {
            return Some(Trouble::flood(
                1 + self.rng.u32() % self.plan.longest_flood.max(1),
            ));
        }
        if !self.happens(self.plan.trouble, FaultKind::Trouble) {
            return None;
        }
        Some(match self.rng.u32() % 5 {
            0 => Trouble::internal("RPC_CALL_FAIL"),
            1 => Trouble::internal("WORKER_BUSY_TOO_LONG_RETRY"),
            2 => Trouble::Delay(Duration::from_millis(u64::from(self.rng.u32() % 30_000))),
            3 => Trouble::CloseBefore,
            _ => Trouble::CloseAfter,
        })
    }
}

fn happens(rng: &mut Rng, injected: &mut Injected, chance: f64, kind: FaultKind) -> bool {
    // Nothing is drawn for what never happens, so that a plan without a kind leaves the others as they are.
    let does = chance > 0.0 && unit(rng) < chance;
    if does {
        injected.count(kind);
    }
    does
}

/// Between 0 and 1.
fn unit(rng: &mut Rng) -> f64 {
    f64::from(rng.u32()) / (f64::from(u32::MAX) + 1.0)
}

fn rng(seed: u64, purpose: &str) -> Rng {
    let mut bytes = [0xf0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    for (to, from) in bytes[8..].iter_mut().zip(purpose.bytes()) {
        *to = from;
    }
    Rng::new(Seed::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(plan: &FaultPlan) -> Vec<Passage> {
        let mut mishaps = Mishaps::new(plan);
        let bytes = Bytes::from_static(b"0123456789abcdef");
        (0..500).map(|_| mishaps.on_bytes(bytes.clone())).collect()
    }

    #[test]
    fn without_accidents_bytes_pass_as_they_are() {
        for passage in all(&FaultPlan::default()) {
            assert_eq!(
                passage.pieces,
                [(Duration::ZERO, Bytes::from_static(b"0123456789abcdef"))]
            );
            assert!(!passage.cut && !passage.merge);
        }
    }

    #[test]
    fn the_same_plan_has_the_same_accidents() {
        let plan = FaultPlan {
            cut: 0.1,
            split: 0.2,
            tamper: 0.1,
            delay: 0.2,
            merge: 0.2,
            ..FaultPlan::default()
        };
        assert_eq!(all(&plan), all(&plan));
        let other = FaultPlan {
            seed: 1,
            ..plan.clone()
        };
        assert_ne!(all(&plan), all(&other));
    }

    #[test]
    fn each_kind_does_what_it_says_about_as_often_as_it_says() {
        let whole = b"0123456789abcdef";
        let one = |plan: FaultPlan, does: &dyn Fn(&Passage) -> bool| {
            let n = all(&plan).iter().filter(|p| does(p)).count();
            assert!((60..140).contains(&n), "{n} of 500 by {plan:?}");
        };
        let calm = FaultPlan::default;
        let joined =
            |p: &Passage| -> Vec<u8> { p.pieces.iter().flat_map(|(_, b)| b.to_vec()).collect() };
        one(FaultPlan { cut: 0.2, ..calm() }, &|p| {
            p.cut && whole.starts_with(&joined(p))
        });
        one(
            FaultPlan {
                split: 0.2,
                ..calm()
            },
            &|p| p.pieces.len() == 2 && joined(p) == whole && p.pieces[0].0 <= p.pieces[1].0,
        );
        one(
            FaultPlan {
                merge: 0.2,
                ..calm()
            },
            &|p| p.merge,
        );
        one(
            FaultPlan {
                delay: 0.2,
                ..calm()
            },
            &|p| p.pieces[0].0 > Duration::ZERO,
        );
        one(
            FaultPlan {
                tamper: 0.2,
                ..calm()
            },
            &|p| {
                let turned: u32 = joined(p)
                    .iter()
                    .zip(whole)
                    .map(|(a, b)| (a ^ b).count_ones())
                    .sum();
                turned == 1
            },
        );
    }

    #[test]
    fn seeds_bring_every_kind_and_never_all() {
        let plans: Vec<FaultPlan> = (0..200).map(FaultPlan::from_seed).collect();
        let kinds: [fn(&FaultPlan) -> bool; 17] = [
            |p| p.cut > 0.0,
            |p| p.delay > 0.0,
            |p| p.split > 0.0,
            |p| p.merge > 0.0,
            |p| p.tamper > 0.0,
            |p| p.reorder > 0.0,
            |p| p.duplicate > 0.0,
            |p| p.lost_answer > 0.0,
            |p| p.lost_update > 0.0,
            |p| p.wrong_salt > 0.0,
            |p| p.flood > 0.0,
            |p| p.trouble > 0.0,
            |p| p.restart > 0.0,
            |p| p.amnesia > 0.0,
            |p| p.skew != 0,
            |p| p.suspend > 0.0,
            |p| p.store_failure > 0.0,
        ];
        for kind in kinds {
            let n = plans.iter().filter(|p| kind(p)).count();
            assert!((60..140).contains(&n), "{n} of 200");
        }
        assert_eq!(
            plans[3].calmed(),
            FaultPlan {
                seed: 3,
                skew: plans[3].skew,
                ..FaultPlan::default()
            }
        );
    }
}

//! What goes wrong by itself: a plan of faults, and what has been done of it.
//!
//! A [`FaultPlan`] says how often each kind of accident happens. The server's own are carried out by
//! [`Server`](crate::Server), those of the network by whoever moves its bytes, through [`Mishaps`]: the simulator and the
//! sandbox's listener. Clocks of clients and their session stores are out of a server's reach; the simulator reads those
//! chances from the same plan.

mod kinds;
mod mishaps;

use std::time::Duration;

use telewire_core::rand::{Rng, Seed};

use crate::controls::Trouble;

pub use kinds::{FaultKind, Injected};
pub use mishaps::{Mishaps, Passage};

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
mod tests;

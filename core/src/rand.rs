//! Randomness as a value: the core draws everything from one seed that its driver supplies.

use std::fmt;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng};
use zeroize::Zeroize;

/// 32 bytes from the operating system's generator; the only entropy an engine ever gets.
pub struct Seed([u8; 32]);

impl Seed {
    /// Wraps bytes that must be unpredictable to others, or fixed in a simulation.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(***)")
    }
}

/// A cryptographically secure generator (ChaCha20), deterministic for a given [`Seed`].
pub struct Rng(ChaCha20Rng);

impl Rng {
    /// A generator whose output depends on nothing but `seed`.
    pub fn new(seed: Seed) -> Self {
        Self(ChaCha20Rng::from_seed(seed.0))
    }

    /// An independent generator, seeded from this one; for jobs that run elsewhere.
    pub fn fork(&mut self) -> Self {
        let mut seed = [0; 32];
        self.fill(&mut seed);
        Self::new(Seed(seed))
    }

    /// Overwrites `out` with random bytes.
    pub fn fill(&mut self, out: &mut [u8]) {
        self.0.fill_bytes(out);
    }

    /// A random array, for nonces and keys.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// A uniformly random 32-bit number.
    pub fn u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A uniformly random 64-bit number.
    pub fn u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A uniformly random signed 64-bit number, as `random_id` and session ids are.
    pub fn i64(&mut self) -> i64 {
        i64::from_le_bytes(self.array())
    }
}

impl fmt::Debug for Rng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rng(***)")
    }
}

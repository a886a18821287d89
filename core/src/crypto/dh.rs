//! Diffie-Hellman over the server's 2048-bit group, with
//! [all checks](https://core.telegram.org/mtproto/auth_key#6-server-responds-with) before any use.

use std::fmt;

use zeroize::Zeroizing;

use super::modular::Modulus;
use super::prime;
use crate::rand::Rng;

/// The prime that Telegram's servers use, printed on
/// [their page](https://core.telegram.org/mtproto/auth_key); known good, so its tests are skipped.
pub const KNOWN_PRIME: [u8; 256] = [
    0xc7, 0x1c, 0xae, 0xb9, 0xc6, 0xb1, 0xc9, 0x04, 0x8e, 0x6c, 0x52, 0x2f, 0x70, 0xf1, 0x3f, 0x73,
    0x98, 0x0d, 0x40, 0x23, 0x8e, 0x3e, 0x21, 0xc1, 0x49, 0x34, 0xd0, 0x37, 0x56, 0x3d, 0x93, 0x0f,
    0x48, 0x19, 0x8a, 0x0a, 0xa7, 0xc1, 0x40, 0x58, 0x22, 0x94, 0x93, 0xd2, 0x25, 0x30, 0xf4, 0xdb,
    0xfa, 0x33, 0x6f, 0x6e, 0x0a, 0xc9, 0x25, 0x13, 0x95, 0x43, 0xae, 0xd4, 0x4c, 0xce, 0x7c, 0x37,
    0x20, 0xfd, 0x51, 0xf6, 0x94, 0x58, 0x70, 0x5a, 0xc6, 0x8c, 0xd4, 0xfe, 0x6b, 0x6b, 0x13, 0xab,
    0xdc, 0x97, 0x46, 0x51, 0x29, 0x69, 0x32, 0x84, 0x54, 0xf1, 0x8f, 0xaf, 0x8c, 0x59, 0x5f, 0x64,
    0x24, 0x77, 0xfe, 0x96, 0xbb, 0x2a, 0x94, 0x1d, 0x5b, 0xcd, 0x1d, 0x4a, 0xc8, 0xcc, 0x49, 0x88,
    0x07, 0x08, 0xfa, 0x9b, 0x37, 0x8e, 0x3c, 0x4f, 0x3a, 0x90, 0x60, 0xbe, 0xe6, 0x7c, 0xf9, 0xa4,
    0xa4, 0xa6, 0x95, 0x81, 0x10, 0x51, 0x90, 0x7e, 0x16, 0x27, 0x53, 0xb5, 0x6b, 0x0f, 0x6b, 0x41,
    0x0d, 0xba, 0x74, 0xd8, 0xa8, 0x4b, 0x2a, 0x14, 0xb3, 0x14, 0x4e, 0x0e, 0xf1, 0x28, 0x47, 0x54,
    0xfd, 0x17, 0xed, 0x95, 0x0d, 0x59, 0x65, 0xb4, 0xb9, 0xdd, 0x46, 0x58, 0x2d, 0xb1, 0x17, 0x8d,
    0x16, 0x9c, 0x6b, 0xc4, 0x65, 0xb0, 0xd6, 0xff, 0x9c, 0xa3, 0x92, 0x8f, 0xef, 0x5b, 0x9a, 0xe4,
    0xe4, 0x18, 0xfc, 0x15, 0xe8, 0x3e, 0xbe, 0xa0, 0xf8, 0x7f, 0xa9, 0xff, 0x5e, 0xed, 0x70, 0x05,
    0x0d, 0xed, 0x28, 0x49, 0xf4, 0x7b, 0xf9, 0x59, 0xd9, 0x56, 0x85, 0x0c, 0xe9, 0x29, 0x85, 0x1f,
    0x0d, 0x81, 0x15, 0xf6, 0x35, 0xb1, 0x05, 0xee, 0x2e, 0x4e, 0x15, 0xd0, 0x4b, 0x24, 0x54, 0xbf,
    0x6f, 0x4f, 0xad, 0xf0, 0x34, 0xb1, 0x04, 0x03, 0x11, 0x9c, 0xd8, 0xe3, 0xb9, 0x2f, 0xcc, 0x5b,
];

/// Why a group or a public value was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DhError {
    /// The modulus is not exactly 2048 bits long.
    Size,
    /// The modulus, or half of it, is not prime.
    NotSafePrime,
    /// The generator is not 2 to 7, or does not generate the subgroup of prime order.
    Generator,
    /// A public value lies too near to 0 or to the modulus.
    Range,
}

impl fmt::Display for DhError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Size => "the Diffie-Hellman modulus is not 2048 bits long",
            Self::NotSafePrime => "the Diffie-Hellman modulus is not a safe prime",
            Self::Generator => "the Diffie-Hellman generator does not fit the modulus",
            Self::Range => "a Diffie-Hellman value is out of its range",
        })
    }
}

impl std::error::Error for DhError {}

/// A modulus and a generator that passed all checks.
#[derive(Clone)]
pub struct Group {
    modulus: Modulus,
    prime: [u8; 256],
    g: u32,
}

impl Group {
    /// Checks `prime` (2048 bits, it and `(prime - 1) / 2` prime) and `g` (2 to 7, a quadratic residue).
    ///
    /// A prime other than [`KNOWN_PRIME`] costs some hundred milliseconds; run it as a job.
    ///
    /// # Errors
    /// What does not hold, as [`DhError`].
    pub fn check(prime: &[u8], g: i32, rng: &mut Rng) -> Result<Self, DhError> {
        let group = Self::assume(prime, g)?;
        if group.prime != KNOWN_PRIME && !is_safe_prime(&group.prime, rng) {
            return Err(DhError::NotSafePrime);
        }
        Ok(group)
    }

    /// The checks that cost nothing: size, oddness, and the generator's condition.
    fn assume(prime: &[u8], g: i32) -> Result<Self, DhError> {
        let prime: [u8; 256] = prime.try_into().map_err(|_| DhError::Size)?;
        let [first, ..] = prime;
        if first < 0x80 {
            return Err(DhError::Size);
        }
        let modulus = Modulus::new(&prime).ok_or(DhError::NotSafePrime)?;
        let g = u32::try_from(g).map_err(|_| DhError::Generator)?;
        if !generates(&prime, g) {
            return Err(DhError::Generator);
        }
        Ok(Self { modulus, prime, g })
    }

    /// The modulus, big-endian.
    #[must_use]
    pub fn prime(&self) -> &[u8; 256] {
        &self.prime
    }

    /// The generator.
    #[must_use]
    pub fn g(&self) -> u32 {
        self.g
    }

    /// Pads a public value of the peer to 256 bytes and checks that it lies in `[2^1984, prime - 2^1984]`.
    ///
    /// # Errors
    /// [`DhError::Range`].
    pub fn public_value(&self, big_endian: &[u8]) -> Result<[u8; 256], DhError> {
        let start = 256_usize
            .checked_sub(big_endian.len())
            .ok_or(DhError::Range)?;
        let mut padded = [0; 256];
        padded
            .get_mut(start..)
            .ok_or(DhError::Range)?
            .copy_from_slice(big_endian);
        if self.in_range(&padded) {
            Ok(padded)
        } else {
            Err(DhError::Range)
        }
    }

    /// `(g ^ secret, base ^ secret)`: our public value and the shared secret.
    ///
    /// # Errors
    /// [`DhError::Range`] where `base` or our own value is out of range (the latter happens once in 2^63 times).
    pub fn exchange(
        &self,
        base: &[u8],
        secret: &[u8; 256],
    ) -> Result<([u8; 256], Zeroizing<[u8; 256]>), DhError> {
        let base = self.public_value(base)?;
        let base = self.modulus.residue(&base).ok_or(DhError::Range)?;
        let secret = Zeroizing::new(self.modulus.uint(secret).ok_or(DhError::Range)?);
        let ours = self
            .modulus
            .small(self.g)
            .pow(&secret)
            .to_bytes()
            .ok_or(DhError::Range)?;
        let shared = base.pow(&secret).to_bytes().ok_or(DhError::Range)?;
        if !self.in_range(&ours) {
            return Err(DhError::Range);
        }
        Ok((*ours, shared))
    }

    pub(super) fn modulus(&self) -> &Modulus {
        &self.modulus
    }

    /// Both bounds in bytes: 2^1984 is a one in bit 0 of byte 7, so a value is large enough when any of the first eight
    /// bytes is set, and small enough when `prime - value` is.
    pub(super) fn in_range(&self, value: &[u8; 256]) -> bool {
        let large = |bytes: &[u8]| bytes.iter().take(8).any(|b| *b != 0);
        *value < self.prime && large(value) && large(&difference(&self.prime, value))
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Group(g {})", self.g)
    }
}

/// Whether `g` is a quadratic residue modulo the safe prime `p`, by the reciprocity law.
fn generates(p: &[u8; 256], g: u32) -> bool {
    let modulo = |n| prime::remainder(p, n);
    match g {
        2 => modulo(8) == 7,
        3 => modulo(3) == 2,
        4 => true,
        5 => matches!(modulo(5), 1 | 4),
        6 => matches!(modulo(24), 19 | 23),
        7 => matches!(modulo(7), 3 | 5 | 6),
        _ => false,
    }
}

fn is_safe_prime(p: &[u8; 256], rng: &mut Rng) -> bool {
    // (p - 1) / 2 of an odd p is p shifted by one bit. It has 2047 bits, so its first byte is not zero.
    let mut half = *p;
    let mut carry = 0;
    for byte in &mut half {
        let next = *byte << 7;
        *byte = *byte >> 1 | carry;
        carry = next;
    }
    // One round each first: a random composite is refused after a single exponentiation.
    prime::is_prime(p, 1, rng)
        && prime::is_prime(&half, 1, rng)
        && prime::is_prime(p, prime::ROUNDS, rng)
        && prime::is_prime(&half, prime::ROUNDS, rng)
}

/// `a - b` modulo 2^2048.
fn difference(a: &[u8; 256], b: &[u8; 256]) -> [u8; 256] {
    let mut out = [0; 256];
    let mut borrow = false;
    for ((to, a), b) in out.iter_mut().zip(a).zip(b).rev() {
        let (once, first) = a.overflowing_sub(*b);
        let (twice, second) = once.overflowing_sub(u8::from(borrow));
        *to = twice;
        borrow = first || second;
    }
    out
}

#[cfg(test)]
mod tests;

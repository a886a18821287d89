//! Two-step verification: [SRP-6a as Telegram uses it](https://core.telegram.org/api/srp).
//!
//! The server never sees the password, only `v = g^x`; `x` comes from the password through 100,000 rounds of
//! PBKDF2. One answer takes some hundred milliseconds: run it as a job.

use std::fmt;

use crypto_bigint::{BoxedUint, ConcatenatingMul};
use zeroize::Zeroizing;

use super::dh::{DhError, Group};
use super::hash::sha256;
use super::modular::Residue;
use crate::rand::Rng;

/// PBKDF2 rounds, fixed by the algorithm's name.
const ROUNDS: u32 = 100_000;

/// Tries at a usable public value. One suffices except once in 2^63 times.
const TRIES: u32 = 8;

/// Random bytes that the client appends to the server's first salt for a new password.
const CLIENT_SALT: usize = 32;

/// Why no answer to a password challenge can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SrpError {
    /// The server's modulus or generator is not sound.
    Group(DhError),
    /// The server's public value B is not sound.
    ServerValue,
}

impl fmt::Display for SrpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(error) => error.fmt(f),
            Self::ServerValue => {
                f.write_str("the server's value for the password check is out of its range")
            }
        }
    }
}

impl std::error::Error for SrpError {}

impl From<DhError> for SrpError {
    fn from(error: DhError) -> Self {
        Self::Group(error)
    }
}

/// The parameters of
/// [`passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow`][algo].
///
/// [algo]: https://core.telegram.org/constructor/passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algorithm {
    /// First salt; stands for the user's name in plain SRP.
    pub salt1: Vec<u8>,
    /// Second salt.
    pub salt2: Vec<u8>,
    /// Generator.
    pub g: i32,
    /// Modulus, big-endian.
    pub p: Vec<u8>,
}

/// What [`inputCheckPasswordSRP`](https://core.telegram.org/constructor/inputCheckPasswordSRP) carries.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// `g_a`, our public value.
    pub a: [u8; 256],
    /// The proof that we know the password.
    pub m1: [u8; 32],
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(..)")
    }
}

impl Algorithm {
    /// The answer to a challenge: `srp_b` is the server's public value from
    /// [`account.password`](https://core.telegram.org/constructor/account.password).
    ///
    /// A wrong password gives an answer too; the server refuses it with `PASSWORD_HASH_INVALID`.
    ///
    /// # Errors
    /// [`SrpError`] where the server's parameters would betray the password or prove nothing.
    pub fn answer(&self, srp_b: &[u8], password: &[u8], rng: &mut Rng) -> Result<Answer, SrpError> {
        let group = Group::check(&self.p, self.g, rng)?;
        let g_b = group
            .public_value(srp_b)
            .map_err(|_| SrpError::ServerValue)?;
        let x = Zeroizing::new(self.private_key(password));
        for _ in 0..TRIES {
            let secret = Zeroizing::new(rng.array::<256>());
            if let Some(answer) = self.answer_with(&group, &g_b, &x, &secret)? {
                return Ok(answer);
            }
        }
        Err(SrpError::ServerValue)
    }

    /// The verifier `v = g^x` of a new password, to be sent as `new_password_hash`. `self` is the algorithm of
    /// `new_algo` after [`Algorithm::salted`].
    ///
    /// # Errors
    /// [`SrpError::Group`].
    pub fn verifier(&self, password: &[u8], rng: &mut Rng) -> Result<[u8; 256], SrpError> {
        let group = Group::check(&self.p, self.g, rng)?;
        let x = Zeroizing::new(self.private_key(password));
        Ok(*padded(&verifier(&group, &x)?)?)
    }

    /// The algorithm with 32 bytes of ours appended to the first salt, as a new password needs it.
    #[must_use]
    pub fn salted(mut self, rng: &mut Rng) -> Self {
        self.salt1.extend_from_slice(&rng.array::<CLIENT_SALT>());
        self
    }

    /// `None` where the drawn secret gives an unusable public value.
    fn answer_with(
        &self,
        group: &Group,
        g_b: &[u8; 256],
        x: &[u8; 32],
        secret: &[u8; 256],
    ) -> Result<Option<Answer>, SrpError> {
        let modulus = group.modulus();
        let a = Zeroizing::new(uint(secret));
        let g_a = *padded(&modulus.small(group.g()).pow(&a))?;
        let u = sha256(&[&g_a, g_b]);
        if !group.in_range(&g_a) || u == [0; 32] {
            return Ok(None);
        }
        // t = B - k·v, which is g^b for an honest server.
        let b = modulus.residue(g_b).ok_or(SrpError::ServerValue)?;
        let t = b.sub(&multiplier(group)?.mul(&verifier(group, x)?));
        if !group.in_range(&*padded(&t)?) {
            return Err(SrpError::ServerValue);
        }
        // t^(a + u·x), as two powers: the sum would not fit the modulus' width.
        let ux = Zeroizing::new(uint(&u).concatenating_mul(&*Zeroizing::new(uint(x))));
        let shared = padded(&t.pow(&a).mul(&t.pow(&ux)))?;
        let m1 = self.proof(group, &g_a, g_b, &shared);
        Ok(Some(Answer { a: g_a, m1 }))
    }

    /// `M1 = H(H(p) xor H(g) | H(salt1) | H(salt2) | g_a | g_b | H(shared))`
    fn proof(
        &self,
        group: &Group,
        g_a: &[u8; 256],
        g_b: &[u8; 256],
        shared: &[u8; 256],
    ) -> [u8; 32] {
        let mut mixed = sha256(&[group.prime()]);
        for (to, g) in mixed.iter_mut().zip(sha256(&[&wide(group.g())])) {
            *to ^= g;
        }
        let key = Zeroizing::new(sha256(&[shared]));
        let (salt1, salt2) = (sha256(&[&self.salt1]), sha256(&[&self.salt2]));
        sha256(&[&mixed, &salt1, &salt2, g_a, g_b, key.as_slice()])
    }

    /// `x = PH2(password, salt1, salt2)`
    fn private_key(&self, password: &[u8]) -> [u8; 32] {
        let salted = |data: &[u8], salt: &[u8]| Zeroizing::new(sha256(&[salt, data, salt]));
        let first = salted(&*salted(password, &self.salt1), &self.salt2);
        let stretched = stretch(&*first, &self.salt1, ROUNDS);
        *salted(stretched.as_slice(), &self.salt2)
    }
}

/// PBKDF2-HMAC-SHA512.
fn stretch(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; 64]> {
    let mut out = Zeroizing::new([0; 64]);
    pbkdf2::pbkdf2_hmac::<sha2::Sha512>(password, salt, rounds, out.as_mut_slice());
    out
}

/// `v = g^x`
fn verifier(group: &Group, x: &[u8; 32]) -> Result<Residue, SrpError> {
    let x = Zeroizing::new(uint(x));
    Ok(group.modulus().small(group.g()).pow(&x))
}

/// `k = H(p | g)`
fn multiplier(group: &Group) -> Result<Residue, SrpError> {
    let k = sha256(&[group.prime(), &wide(group.g())]);
    group.modulus().residue(&k).ok_or(SrpError::ServerValue)
}

fn uint(big_endian: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(big_endian)
}

/// A small number as 2048 bits.
fn wide(number: u32) -> [u8; 256] {
    let mut out = [0; 256];
    if let Some(end) = out.last_chunk_mut::<4>() {
        *end = number.to_be_bytes();
    }
    out
}

fn padded(residue: &Residue) -> Result<Zeroizing<[u8; 256]>, SrpError> {
    residue.to_bytes().ok_or(SrpError::Group(DhError::Size))
}

/// The server's half of one password check, for the sandbox and for tests.
#[cfg(any(test, feature = "internals"))]
pub struct Verification {
    algorithm: Algorithm,
    group: Group,
    verifier: [u8; 256],
    secret: Zeroizing<[u8; 256]>,
    g_b: [u8; 256],
}

#[cfg(any(test, feature = "internals"))]
impl Verification {
    /// Starts a check against the stored verifier.
    ///
    /// # Errors
    /// [`SrpError`] where the parameters are not sound.
    pub fn new(algorithm: Algorithm, verifier: [u8; 256], rng: &mut Rng) -> Result<Self, SrpError> {
        let group = Group::check(&algorithm.p, algorithm.g, rng)?;
        let v = group
            .modulus()
            .residue(&verifier)
            .ok_or(SrpError::ServerValue)?;
        loop {
            let secret = Zeroizing::new(rng.array::<256>());
            let g_to_b = group.modulus().small(group.g()).pow(&uint(&*secret));
            let g_b = *padded(&multiplier(&group)?.mul(&v).add(&g_to_b))?;
            if group.in_range(&g_b) {
                return Ok(Self {
                    algorithm,
                    group,
                    verifier,
                    secret,
                    g_b,
                });
            }
        }
    }

    /// `srp_B`, for the client.
    #[must_use]
    pub fn public_value(&self) -> &[u8; 256] {
        &self.g_b
    }

    /// Whether the client's answer proves the password.
    #[must_use]
    pub fn accepts(&self, a: &[u8], m1: &[u8]) -> bool {
        self.expected(a).is_some_and(|expected| expected == m1)
    }

    /// `M2`, from `(g_a · v^u)^b`.
    fn expected(&self, a: &[u8]) -> Option<[u8; 32]> {
        let modulus = self.group.modulus();
        let g_a = self.group.public_value(a).ok()?;
        let u = sha256(&[&g_a, &self.g_b]);
        let v = modulus.residue(&self.verifier)?;
        let base = modulus.residue(&g_a)?.mul(&v.pow(&uint(&u)));
        let shared = base.pow(&uint(&*self.secret)).to_bytes()?;
        Some(self.algorithm.proof(&self.group, &g_a, &self.g_b, &shared))
    }
}

#[cfg(any(test, feature = "internals"))]
impl fmt::Debug for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verification(..)")
    }
}

#[cfg(test)]
mod tests;

//! The server's half of [`rsa`](super::rsa), for the sandbox and for tests. Not part of a client.

use std::fmt;

use num_bigint::BigUint;
use zeroize::{Zeroize, Zeroizing};

use super::hash::{part, sha1, sha256};
use super::ige::{self, KeyIv};
use super::prime;
use super::rsa::{PublicKey, RsaError};
use crate::rand::Rng;

/// Rounds for candidates that we drew ourselves.
const ROUNDS: u32 = 12;

/// A throw-away RSA key pair.
#[derive(Clone)]
pub struct PrivateKey {
    public: PublicKey,
    d: BigUint,
}

impl PrivateKey {
    /// A 2048-bit pair with exponent 65537; the same for the same generator.
    pub fn generate(rng: &mut Rng) -> Self {
        loop {
            let (p, q) = (random_prime(rng), random_prime(rng));
            if let Some(key) = Self::from_factors(&p, &q) {
                return key;
            }
        }
    }

    /// The pair with exponent 65537 of two primes, big-endian; `None` where they make none. Whether they are prime is not
    /// looked at.
    #[must_use]
    pub fn from_primes(p: &[u8], q: &[u8]) -> Option<Self> {
        Self::from_factors(&BigUint::from_bytes_be(p), &BigUint::from_bytes_be(q))
    }

    fn from_factors(p: &BigUint, q: &BigUint) -> Option<Self> {
        let (e, one) = (BigUint::from(65_537_u32), BigUint::from(1_u32));
        if p == q || *p <= one || *q <= one {
            return None;
        }
        let d = e.modinv(&((p - &one) * (q - &one)))?;
        let n = (p * q).to_bytes_be();
        let public = PublicKey::from_parts(&n, &e.to_bytes_be()).ok()?;
        Some(Self { public, d })
    }

    /// The half that clients know.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Textbook RSA decryption; 256 bytes, big-endian.
    ///
    /// # Errors
    /// [`RsaError::Message`] where the number is not below the modulus, or longer than 256 bytes.
    pub fn decrypt(&self, value: &[u8]) -> Result<[u8; 256], RsaError> {
        let n = BigUint::from_bytes_be(self.public.n());
        let value = BigUint::from_bytes_be(value);
        if value >= n {
            return Err(RsaError::Message);
        }
        let plain = value.modpow(&self.d, &n).to_bytes_be();
        let mut out = [0; 256];
        let start = out
            .len()
            .checked_sub(plain.len())
            .ok_or(RsaError::Message)?;
        out.get_mut(start..)
            .ok_or(RsaError::Message)?
            .copy_from_slice(&plain);
        Ok(out)
    }

    /// Undoes [`PublicKey::encrypt_padded`]: the 192 bytes of data and padding.
    ///
    /// # Errors
    /// [`RsaError::Message`] where the hash inside does not fit.
    pub fn decrypt_padded(&self, value: &[u8]) -> Result<[u8; 192], RsaError> {
        let mut plain = self.decrypt(value)?;
        let (masked_key, body) = plain.split_at_mut(32);
        let mut key = Zeroizing::new(sha256(&[body]));
        for (to, masked) in key.iter_mut().zip(masked_key) {
            *to ^= *masked;
        }
        let secret = KeyIv {
            key: *key,
            iv: [0; 32],
        };
        ige::decrypt(&secret, body).map_err(|_| RsaError::Message)?;
        let mut padded: [u8; 192] = part(body, 0).ok_or(RsaError::Message)?;
        padded.reverse();
        let hash: [u8; 32] = part(body, 192).ok_or(RsaError::Message)?;
        if sha256(&[key.as_slice(), &padded]) != hash {
            padded.zeroize();
            return Err(RsaError::Message);
        }
        Ok(padded)
    }

    /// Undoes [`encrypt_hashed`]: all that follows the 20 bytes of SHA-1, data first and then padding. `len` tells how
    /// much of it is data, once its first bytes have been looked at.
    ///
    /// # Errors
    /// [`RsaError::Message`] where the hash does not fit.
    pub fn decrypt_hashed(
        &self,
        value: &[u8],
        len: impl FnOnce(&[u8]) -> Option<usize>,
    ) -> Result<Vec<u8>, RsaError> {
        let plain = self.decrypt(value)?;
        let [0, rest @ ..] = plain.as_slice() else {
            return Err(RsaError::Message);
        };
        let hash: [u8; 20] = part(rest, 0).ok_or(RsaError::Message)?;
        let padded = rest.get(20..).ok_or(RsaError::Message)?;
        let data = len(padded)
            .and_then(|len| padded.get(..len))
            .ok_or(RsaError::Message)?;
        if sha1(&[data]) != hash {
            return Err(RsaError::Message);
        }
        Ok(data.to_vec())
    }
}

// Not even a throw-away key is shown.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({:016x})", self.public.fingerprint())
    }
}

/// The scheme before `RSA_PAD`, which clients in the field still use: SHA-1 of the data, the data, random bytes, 255 in
/// all.
///
/// # Errors
/// [`RsaError::Message`] where `data` is longer than 235 bytes.
pub fn encrypt_hashed(key: &PublicKey, data: &[u8], rng: &mut Rng) -> Result<[u8; 256], RsaError> {
    let mut value = rng.array::<256>();
    let plain = [&[0], sha1(&[data]).as_slice(), data].concat();
    value
        .get_mut(..plain.len())
        .ok_or(RsaError::Message)?
        .copy_from_slice(&plain);
    key.encrypt(&value)
}

/// A 1024-bit prime with its two highest bits set, so that the product of two has 2048 bits.
fn random_prime(rng: &mut Rng) -> BigUint {
    loop {
        let mut candidate = rng.array::<128>();
        let [first, .., last] = &mut candidate;
        *first |= 0xc0;
        *last |= 1;
        if prime::is_prime(&candidate, ROUNDS, rng) {
            return BigUint::from_bytes_be(&candidate);
        }
    }
}

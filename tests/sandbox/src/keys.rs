//! Authorization keys and what is remembered with each.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};
use telewire_core::internals::AuthKey;
use telewire_core::internals::hash::sha256;
use telewire_core::internals::rsa_private::PrivateKey;
use telewire_core::rand::{Rng, Seed};
use telewire_core::time::Unix;

/// The RSA key of a data centre, the same in every sandbox. It is no secret: a sandbox guards nothing.
///
/// Its fingerprint does not begin with the digit 0, since some clients compare fingerprints as unpadded hex.
pub(crate) fn rsa(dc: i32) -> &'static PrivateKey {
    static KEYS: Mutex<BTreeMap<i32, &PrivateKey>> = Mutex::new(BTreeMap::new());
    let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
    // There are as many as there are data centres.
    let make =
        || -> &PrivateKey { Box::leak(Box::new(ready_made(dc).unwrap_or_else(|| made(dc)))) };
    keys.entry(dc).or_insert_with(make)
}

/// Searching for primes takes longer than all the rest of starting, so those of the usual data centres are written down.
fn ready_made(dc: i32) -> Option<PrivateKey> {
    let rows = include_str!("primes.txt").lines();
    let mut rows = rows.map(|row| row.split(' '));
    let mut row = rows
        .find(|row| row.clone().next() == Some(&dc.to_string()))?
        .skip(1);
    let mut number = || Some(BigUint::parse_bytes(row.next()?.as_bytes(), 16)?.to_bytes_be());
    PrivateKey::from_primes(&number()?, &number()?)
}

/// The key whose primes are searched for from the data centre's number on.
fn made(dc: i32) -> PrivateKey {
    let mut seed = *b"telewire-sandbox: its public key";
    // That of DC 2 is the text as it is.
    for (byte, n) in seed.iter_mut().zip((dc ^ 2).to_le_bytes()) {
        *byte ^= n;
    }
    let mut rng = Rng::new(Seed::new(seed));
    loop {
        let key = PrivateKey::generate(&mut rng);
        if !fingerprint(&key).starts_with('0') {
            return key;
        }
    }
}

/// The fingerprint as 16 hexadecimal digits.
pub(crate) fn fingerprint(key: &PrivateKey) -> String {
    format!("{:016x}", key.public().fingerprint().cast_unsigned())
}

/// An authorization key and its owner.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Key {
    #[serde(with = "key_bytes")]
    pub(crate) auth: AuthKey,
    /// The data centre that it was made at, which alone knows it.
    #[serde(default = "default_dc")]
    pub(crate) dc: i32,
    /// The first salt, which the key exchange agrees on, and when.
    first_salt: (i64, i64),
    /// How often all salts were replaced before their time.
    #[serde(default)]
    pub(crate) era: u64,
    /// When a temporary key ends, in seconds since 1970.
    pub(crate) expires_at: Option<i64>,
    /// The permanent key that a temporary one stands for.
    pub(crate) bound_to: Option<i64>,
    pub(crate) device: Option<Device>,
    pub(crate) user: Option<i64>,
    /// Has given the code and owes the password.
    pub(crate) half_signed: Option<i64>,
    pub(crate) signed_at: i32,
    /// The key that signed in; those that its authorization was exported to share it.
    #[serde(default)]
    pub(crate) login: i64,
    /// It was used on two links at once and is not good for anything any more.
    pub(crate) is_duplicated: bool,
}

/// What `initConnection` said.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Device {
    pub(crate) layer: i32,
    pub(crate) api_id: i32,
    pub(crate) model: String,
    pub(crate) system: String,
    pub(crate) app: String,
}

impl Key {
    pub(crate) fn new(
        dc: i32,
        auth: AuthKey,
        first_salt: i64,
        now: Unix,
        expires_in: Option<i32>,
    ) -> Self {
        Self {
            auth,
            dc,
            first_salt: (first_salt, now.secs()),
            era: 0,
            expires_at: expires_in.map(|s| now.secs() + i64::from(s)),
            bound_to: None,
            device: None,
            user: None,
            half_signed: None,
            signed_at: 0,
            login: 0,
            is_duplicated: false,
        }
    }

    /// The salt of the period that `at` lies in.
    fn salt_of(&self, period: u64) -> i64 {
        let period = period.wrapping_add(self.era << 40).to_le_bytes();
        let hash = sha256(&[b"salt", self.auth.as_bytes(), &period]);
        let mut salt = [0; 8];
        salt.copy_from_slice(&hash[..8]);
        i64::from_le_bytes(salt)
    }

    /// The current salt.
    pub(crate) fn salt(&self, now: Unix, lifetime: Duration) -> i64 {
        self.salt_of(period(now, lifetime))
    }

    /// Whether a message may bear `salt`: the current one or the one before, or the first.
    pub(crate) fn accepts(&self, salt: i64, now: Unix, lifetime: Duration) -> bool {
        let current = period(now, lifetime);
        let (first, since) = self.first_salt;
        let first_good = self.era == 0
            && now.secs() - since <= i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        salt == self.salt_of(current)
            || salt == self.salt_of(current.saturating_sub(1))
            || salt == first && first_good
    }

    /// The salts from now on: from when, until when, which.
    pub(crate) fn future_salts(
        &self,
        now: Unix,
        lifetime: Duration,
        count: u64,
    ) -> Vec<(i64, i64, i64)> {
        let seconds = lifetime.as_secs().max(1);
        let current = period(now, lifetime);
        (current..current + count)
            .map(|p| {
                let since = i64::try_from(p * seconds).unwrap_or(i64::MAX);
                let until = i64::try_from((p + 2) * seconds).unwrap_or(i64::MAX);
                (since, until, self.salt_of(p))
            })
            .collect()
    }
}

/// Where keys of states were made that do not say so.
pub(crate) fn default_dc() -> i32 {
    2
}

fn period(now: Unix, lifetime: Duration) -> u64 {
    now.since_epoch().as_secs() / lifetime.as_secs().max(1)
}

mod key_bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};
    use telewire_core::internals::AuthKey;

    pub(super) fn serialize<S: Serializer>(key: &AuthKey, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(key.as_bytes()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<AuthKey, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
        AuthKey::from_slice(&bytes).ok_or_else(|| D::Error::custom("a key of another length"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_that_are_written_down_are_those_that_are_found() {
        for dc in [2, 1, 4] {
            let there = ready_made(dc).unwrap();
            assert_eq!(fingerprint(&there), fingerprint(&made(dc)), "DC {dc}");
        }
        assert!(ready_made(3).is_none());
    }
}

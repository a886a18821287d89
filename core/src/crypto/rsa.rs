//! The RSA keys by which servers prove themselves, and the padding `RSA_PAD`.
//!
//! A client only ever encrypts: the modulus and the exponent are public, the message is not, so the
//! exponentiation is constant-time in the message.
//! See [step 4.1](https://core.telegram.org/mtproto/auth_key#41-rsa-paddata-server-public-key-mentioned-above-is-implemented-as-follows).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_bigint::BoxedUint;
use zeroize::Zeroizing;

use super::hash::{sha1, sha256};
use super::ige::{self, KeyIv};
use super::modular::Modulus;
use crate::rand::Rng;

/// The most that `RSA_PAD` takes, in bytes.
pub const MAX_PADDED: usize = 144;

/// Tries at a value below the modulus. Each succeeds at least every other time, so running out never happens by chance.
const TRIES: u32 = 128;

const HEADER: &str = "-----BEGIN RSA PUBLIC KEY-----";
const FOOTER: &str = "-----END RSA PUBLIC KEY-----";

/// Why text or numbers are not a usable key, or a message does not fit one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaError {
    /// The text is not a PKCS#1 public key in PEM form.
    Pem,
    /// The modulus is not an odd number of exactly 2048 bits.
    Modulus,
    /// The exponent is even, below 3, or longer than eight bytes.
    Exponent,
    /// The message does not fit.
    Message,
}

impl fmt::Display for RsaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pem => "not an RSA public key in PEM form (-----BEGIN RSA PUBLIC KEY-----)",
            Self::Modulus => "the RSA modulus is not 2048 bits long",
            Self::Exponent => "the RSA exponent is not a small odd number",
            Self::Message => "the message does not fit the RSA key",
        })
    }
}

impl std::error::Error for RsaError {}

/// A server's RSA public key.
#[derive(Clone)]
pub struct PublicKey {
    n: [u8; 256],
    /// Without leading zeros.
    e: Vec<u8>,
    modulus: Modulus,
    fingerprint: i64,
}

impl PublicKey {
    /// The key with this modulus and exponent, both big-endian; leading zeros are ignored.
    ///
    /// # Errors
    /// [`RsaError::Modulus`] and [`RsaError::Exponent`].
    pub fn from_parts(n: &[u8], e: &[u8]) -> Result<Self, RsaError> {
        let n: [u8; 256] = trimmed(n).try_into().map_err(|_| RsaError::Modulus)?;
        let [first, ..] = n;
        if first < 0x80 {
            return Err(RsaError::Modulus);
        }
        let modulus = Modulus::new(&n).ok_or(RsaError::Modulus)?;
        let e = trimmed(e);
        let odd = e.last().is_some_and(|b| b & 1 == 1);
        if !odd || e == [1] || e.len() > 8 {
            return Err(RsaError::Exponent);
        }
        let fingerprint = fingerprint(&n, e);
        Ok(Self {
            n,
            e: e.to_vec(),
            modulus,
            fingerprint,
        })
    }

    /// The key in a PKCS#1 PEM text, as Telegram publishes its keys.
    ///
    /// # Errors
    /// [`RsaError::Pem`] for other texts, and what [`PublicKey::from_parts`] returns.
    pub fn from_pem(text: &str) -> Result<Self, RsaError> {
        let (_, rest) = text.split_once(HEADER).ok_or(RsaError::Pem)?;
        let (body, _) = rest.split_once(FOOTER).ok_or(RsaError::Pem)?;
        let body: String = body.split_ascii_whitespace().collect();
        let der = STANDARD.decode(body).map_err(|_| RsaError::Pem)?;
        let (n, e) = parse_der(&der).ok_or(RsaError::Pem)?;
        Self::from_parts(n, e)
    }

    /// The key as a PKCS#1 PEM text.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let body = STANDARD.encode(write_der(&self.n, &self.e));
        let mut text = String::from(HEADER);
        for (index, c) in body.chars().enumerate() {
            if index % 64 == 0 {
                text.push('\n');
            }
            text.push(c);
        }
        text.push('\n');
        text.push_str(FOOTER);
        text.push('\n');
        text
    }

    /// The name that servers call the key by: 64 lower-order bits of the SHA-1 of its bare TL form.
    #[must_use]
    pub fn fingerprint(&self) -> i64 {
        self.fingerprint
    }

    /// The modulus, big-endian.
    #[must_use]
    pub fn n(&self) -> &[u8; 256] {
        &self.n
    }

    /// The exponent, big-endian without leading zeros.
    #[must_use]
    pub fn e(&self) -> &[u8] {
        &self.e
    }

    /// `RSA_PAD`: pads, hides and encrypts up to 144 bytes.
    ///
    /// # Errors
    /// [`RsaError::Message`] where `data` is longer.
    pub fn encrypt_padded(&self, data: &[u8], rng: &mut Rng) -> Result<[u8; 256], RsaError> {
        if data.len() > MAX_PADDED {
            return Err(RsaError::Message);
        }
        let mut padded = Zeroizing::new(rng.array::<192>());
        padded
            .get_mut(..data.len())
            .ok_or(RsaError::Message)?
            .copy_from_slice(data);
        for _ in 0..TRIES {
            let key = Zeroizing::new(rng.array::<32>());
            let value = conceal(&padded, &key)?;
            if let Ok(encrypted) = self.encrypt(&value) {
                return Ok(encrypted);
            }
        }
        Err(RsaError::Message)
    }

    /// Textbook RSA of a 256-byte big-endian number.
    ///
    /// # Errors
    /// [`RsaError::Message`] where the number is not below the modulus.
    pub fn encrypt(&self, value: &[u8; 256]) -> Result<[u8; 256], RsaError> {
        let base = self.modulus.residue(value).ok_or(RsaError::Message)?;
        let exponent = BoxedUint::from_be_slice_vartime(&self.e);
        let encrypted = base.pow(&exponent).to_bytes().ok_or(RsaError::Modulus)?;
        Ok(*encrypted)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.n == other.n && self.e == other.e
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:016x})", self.fingerprint)
    }
}

/// The value before RSA: the reversed data with its hash under a throw-away AES key, behind that key masked with the
/// hash of the result.
fn conceal(padded: &[u8; 192], key: &[u8; 32]) -> Result<Zeroizing<[u8; 256]>, RsaError> {
    let hash = sha256(&[key, padded]);
    let mut value = Zeroizing::new([0; 256]);
    let (masked_key, body) = value.split_at_mut(32);
    for (to, from) in body.iter_mut().zip(padded.iter().rev().chain(&hash)) {
        *to = *from;
    }
    let secret = KeyIv {
        key: *key,
        iv: [0; 32],
    };
    ige::encrypt(&secret, body).map_err(|_| RsaError::Message)?;
    for ((to, key), mask) in masked_key.iter_mut().zip(key).zip(sha256(&[body])) {
        *to = key ^ mask;
    }
    Ok(value)
}

fn fingerprint(n: &[u8], e: &[u8]) -> i64 {
    let hash = sha1(&[&tl_bytes(n), &tl_bytes(e)]);
    let [.., a, b, c, d, e, f, g, h] = hash;
    i64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// A TL `bytes` value.
fn tl_bytes(bytes: &[u8]) -> Vec<u8> {
    let len = bytes.len();
    let [a, b, c, ..] = (len as u64).to_le_bytes();
    let mut out = if len < 254 {
        vec![a]
    } else {
        vec![254, a, b, c]
    };
    out.extend_from_slice(bytes);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn trimmed(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|b| **b == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`, RFC 8017, appendix A.1.1.
fn parse_der(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (sequence, rest) = element(der, 0x30)?;
    let (n, numbers) = element(sequence, 0x02)?;
    let (e, end) = element(numbers, 0x02)?;
    (rest.is_empty() && end.is_empty()).then_some((n, e))
}

/// One DER element with that tag: its contents, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (len, rest) = if short < 0x80 {
        (usize::from(short), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
        if bytes.len() > 3 {
            return None;
        }
        (bytes.iter().fold(0, |n, b| n << 8 | usize::from(*b)), rest)
    };
    (found == tag).then(|| rest.split_at_checked(len))?
}

fn write_der(n: &[u8], e: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let negative = number.first().is_none_or(|b| *b >= 0x80);
        let sign: &[u8] = if negative { &[0] } else { &[] };
        tagged(0x02, &[sign, number].concat())
    };
    tagged(0x30, &[integer(n), integer(e)].concat())
}

fn tagged(tag: u8, contents: &[u8]) -> Vec<u8> {
    let len = contents.len();
    let length = (len as u64).to_be_bytes();
    let length = trimmed(&length);
    let mut out = vec![tag];
    if len < 0x80 {
        out.push(len as u8);
    } else {
        out.push(0x80 | length.len() as u8);
        out.extend_from_slice(length);
    }
    out.extend_from_slice(contents);
    out
}

#[cfg(test)]
mod tests;

//! What travels encrypted during an exchange.

use bytes::Bytes;

use super::{ExchangeError, Result};
use crate::crypto::hash::sha1;
use crate::crypto::ige::{self, KeyIv};
use crate::rand::Rng;

/// The longest encrypted answer that is looked at. A real one has 592 bytes.
const MAX_ANSWER: usize = 4096;

const SHA1: usize = 20;

/// Decrypts `SHA1(data) + data + padding` and gives the data, once the hash fits with one of the 16 lengths that the
/// padding allows. Nothing is parsed before.
pub(super) fn open_answer(secret: &KeyIv, encrypted: &[u8]) -> Result<Bytes> {
    if encrypted.len() > MAX_ANSWER {
        return Err(ExchangeError::AnswerHash);
    }
    let mut plain = encrypted.to_vec();
    ige::decrypt(secret, &mut plain).map_err(|_| ExchangeError::AnswerHash)?;
    let (hash, padded) = plain
        .split_first_chunk::<SHA1>()
        .ok_or(ExchangeError::AnswerHash)?;
    for padding in 0..ige::BLOCK {
        let Some(length) = padded.len().checked_sub(padding) else {
            break;
        };
        let data = padded.get(..length).unwrap_or_default();
        if sha1(&[data]) == *hash {
            return Ok(Bytes::copy_from_slice(data));
        }
    }
    Err(ExchangeError::AnswerHash)
}

/// `SHA1(data) + data + padding`, encrypted.
pub(super) fn seal_request(secret: &KeyIv, data: &[u8], rng: &mut Rng) -> Result<Vec<u8>> {
    let mut plain = [sha1(&[data]).as_slice(), data].concat();
    let padding = rng.array::<{ ige::BLOCK }>();
    let missing = plain
        .len()
        .next_multiple_of(ige::BLOCK)
        .saturating_sub(plain.len());
    plain.extend(padding.iter().take(missing));
    ige::encrypt(secret, &mut plain).map_err(|_| ExchangeError::Request)?;
    Ok(plain)
}

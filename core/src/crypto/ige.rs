//! AES-256 in Infinite Garble Extension mode, in place.
//!
//! Each block's cipher input depends on the block before, so one message is a serial chain that
//! leaves the AES unit mostly idle. [`seal_many`] and [`open_many`] therefore take all messages that
//! wait and walk their chains in lockstep, four at a time (see `lockstep`).

mod lockstep;

use std::fmt;

use aes::{Aes256Dec, Aes256Enc};
use zeroize::{Zeroize, ZeroizeOnDrop};

use self::lockstep::{Chain, Direction};

/// Bytes in a cipher block; every length given to this module must be a multiple of it.
pub const BLOCK: usize = 16;

/// The key and the initialisation vector of one message.
///
/// The vector's first half stands for the ciphertext block before the first, the second half for the
/// plaintext block before it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct KeyIv {
    /// AES-256 key.
    pub key: [u8; 32],
    /// Both halves of the IGE initialisation vector.
    pub iv: [u8; 32],
}

impl fmt::Debug for KeyIv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyIv(..)")
    }
}

/// One message of a batch: its own key, and its bytes, changed in place.
#[derive(Debug)]
pub struct Lane<'a> {
    /// Key and vector of this message alone.
    pub secret: KeyIv,
    /// The bytes to encrypt or decrypt.
    pub data: &'a mut [u8],
}

/// A length that is not a multiple of [`BLOCK`]; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotWholeBlocks;

impl fmt::Display for NotWholeBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the length is not a multiple of the AES block")
    }
}

impl std::error::Error for NotWholeBlocks {}

/// Encrypts `data` in place.
///
/// # Errors
/// [`NotWholeBlocks`], with `data` untouched.
pub fn encrypt(secret: &KeyIv, data: &mut [u8]) -> Result<(), NotWholeBlocks> {
    lockstep::walk(&mut [chain::<Aes256Enc>(secret, data)?]);
    Ok(())
}

/// Decrypts `data` in place.
///
/// # Errors
/// [`NotWholeBlocks`], with `data` untouched.
pub fn decrypt(secret: &KeyIv, data: &mut [u8]) -> Result<(), NotWholeBlocks> {
    lockstep::walk(&mut [chain::<Aes256Dec>(secret, data)?]);
    Ok(())
}

/// Encrypts all lanes in place, several chains at a time.
///
/// # Errors
/// [`NotWholeBlocks`] if any lane has a bad length; then no lane was changed.
pub fn seal_many(lanes: &mut [Lane<'_>]) -> Result<(), NotWholeBlocks> {
    many::<Aes256Enc>(lanes)
}

/// Decrypts all lanes in place, several chains at a time.
///
/// # Errors
/// [`NotWholeBlocks`] if any lane has a bad length; then no lane was changed.
pub fn open_many(lanes: &mut [Lane<'_>]) -> Result<(), NotWholeBlocks> {
    many::<Aes256Dec>(lanes)
}

fn many<C: Direction>(lanes: &mut [Lane<'_>]) -> Result<(), NotWholeBlocks> {
    let mut chains = Vec::with_capacity(lanes.len());
    for lane in lanes {
        chains.push(chain::<C>(&lane.secret, lane.data)?);
    }
    // Chains of like length share a group, so that a group seldom runs on with few of them.
    chains.sort_by_key(Chain::len);
    lockstep::walk(&mut chains);
    Ok(())
}

fn chain<'a, C: Direction>(
    secret: &KeyIv,
    data: &'a mut [u8],
) -> Result<Chain<'a, C>, NotWholeBlocks> {
    let (blocks, []) = data.as_chunks_mut::<BLOCK>() else {
        return Err(NotWholeBlocks);
    };
    Ok(Chain::new(
        C::new((&secret.key).into()),
        halves(&secret.iv),
        blocks,
    ))
}

fn halves(iv: &[u8; 32]) -> (u128, u128) {
    let (blocks, _) = iv.as_chunks::<BLOCK>();
    match blocks {
        [a, b] => (u128::from_ne_bytes(*a), u128::from_ne_bytes(*b)),
        _ => (0, 0),
    }
}

#[cfg(test)]
mod tests;

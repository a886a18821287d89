//! AES-256 in Infinite Garble Extension mode, in place.
//!
//! Each block's cipher input depends on the block before, so one message is a serial chain that
//! leaves the AES unit mostly idle. [`seal_many`] and [`open_many`] therefore take all messages that
//! wait and walk their chains in lockstep: neighbouring steps do not depend on each other, and an
//! out-of-order processor overlaps them.

use std::fmt;

use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes256Dec, Aes256Enc, Block};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes in a cipher block; every length given to this module must be a multiple of it.
pub const BLOCK: usize = 16;

/// Chains walked side by side. More than the AES latency can hide would only spill registers.
const LANES: usize = 8;

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
    let mut chain = [Chain::<Aes256Enc>::new(secret, data)?];
    run(&mut chain);
    Ok(())
}

/// Decrypts `data` in place.
///
/// # Errors
/// [`NotWholeBlocks`], with `data` untouched.
pub fn decrypt(secret: &KeyIv, data: &mut [u8]) -> Result<(), NotWholeBlocks> {
    let mut chain = [Chain::<Aes256Dec>::new(secret, data)?];
    run(&mut chain);
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
        chains.push(Chain::<C>::new(&lane.secret, lane.data)?);
    }
    // Chains of like length share a group, so that a group seldom runs on with few of them.
    chains.sort_by_key(|chain| chain.blocks.len());
    for group in chains.chunks_mut(LANES) {
        run(group);
    }
    Ok(())
}

fn run<C: Direction>(chains: &mut [Chain<'_, C>]) {
    let longest = chains.iter().map(|c| c.blocks.len()).max().unwrap_or(0);
    for index in 0..longest {
        for chain in &mut *chains {
            chain.step(index);
        }
    }
}

/// One direction of the block cipher. Both directions are the same chain with the halves of the
/// vector swapped: `out = F(in ^ last_out) ^ last_in`.
trait Direction: KeyInit<KeySize = aes::cipher::consts::U32> {
    /// (what stands for the output before the first, what stands for the input before it)
    fn halves(iv: (u128, u128)) -> (u128, u128);
    fn apply(&self, block: &mut Block);
}

impl Direction for Aes256Enc {
    fn halves((cipher, plain): (u128, u128)) -> (u128, u128) {
        (cipher, plain)
    }

    fn apply(&self, block: &mut Block) {
        self.encrypt_block(block);
    }
}

impl Direction for Aes256Dec {
    fn halves((cipher, plain): (u128, u128)) -> (u128, u128) {
        (plain, cipher)
    }

    fn apply(&self, block: &mut Block) {
        self.decrypt_block(block);
    }
}

struct Chain<'a, C> {
    cipher: C,
    last_out: u128,
    last_in: u128,
    blocks: &'a mut [[u8; BLOCK]],
}

impl<'a, C: Direction> Chain<'a, C> {
    fn new(secret: &KeyIv, data: &'a mut [u8]) -> Result<Self, NotWholeBlocks> {
        let (blocks, []) = data.as_chunks_mut::<BLOCK>() else {
            return Err(NotWholeBlocks);
        };
        let (first, second) = halves(&secret.iv);
        let (last_out, last_in) = C::halves((first, second));
        let cipher = C::new((&secret.key).into());
        Ok(Self {
            cipher,
            last_out,
            last_in,
            blocks,
        })
    }

    #[inline]
    fn step(&mut self, index: usize) {
        let Some(block) = self.blocks.get_mut(index) else {
            return;
        };
        let input = u128::from_ne_bytes(*block);
        let mut work = Block::from((input ^ self.last_out).to_ne_bytes());
        self.cipher.apply(&mut work);
        let output = u128::from_ne_bytes(work.into()) ^ self.last_in;
        *block = output.to_ne_bytes();
        self.last_out = output;
        self.last_in = input;
    }
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

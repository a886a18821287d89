//! AES-256 in counter mode: a stream that remembers its place between calls.
//!
//! [Transport obfuscation](https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation)
//! runs one stream a direction for the life of a connection, whatever the sizes of the pieces;
//! [CDN files](https://core.telegram.org/cdn) start a stream at any block of a file.

use std::fmt;

use aes::Aes256Enc;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use zeroize::Zeroize;

/// Key stream produced at a time: several counter blocks keep the AES unit busy.
const AHEAD: usize = 8;

/// A key stream and the position in it. Encrypting and decrypting are the same operation.
pub struct Ctr {
    cipher: Aes256Enc,
    /// Counter of the next block to produce; it wraps, as NIST SP 800-38A's 128-bit counter does.
    counter: u128,
    stream: [u8; AHEAD * 16],
    used: usize,
}

impl Ctr {
    /// A stream whose first counter block is `iv`, counted up as one 128-bit big-endian number.
    #[must_use]
    pub fn new(key: &[u8; 32], iv: &[u8; 16]) -> Self {
        let stream = [0; AHEAD * 16];
        Self {
            cipher: Aes256Enc::new(key.into()),
            counter: u128::from_be_bytes(*iv),
            used: stream.len(),
            stream,
        }
    }

    /// The stream of a CDN file from `offset` bytes on: the last four bytes of `iv` are replaced
    /// by the big-endian number of the block.
    ///
    /// `None` where `offset` is not a multiple of 16 or the number does not fit four bytes.
    #[must_use]
    pub fn at_cdn_offset(key: &[u8; 32], iv: &[u8; 16], offset: u64) -> Option<Self> {
        if !offset.is_multiple_of(16) {
            return None;
        }
        let block = u32::try_from(offset / 16).ok()?;
        let mut iv = *iv;
        *iv.last_chunk_mut::<4>()? = block.to_be_bytes();
        Some(Self::new(key, &iv))
    }

    /// Encrypts or decrypts the next `data.len()` bytes in place.
    pub fn apply(&mut self, mut data: &mut [u8]) {
        while !data.is_empty() {
            if self.used >= self.stream.len() {
                self.refill();
            }
            let ready = self.stream.get(self.used..).unwrap_or_default();
            let n = ready.len().min(data.len());
            let (now, later) = data.split_at_mut(n);
            for (byte, pad) in now.iter_mut().zip(ready) {
                *byte ^= pad;
            }
            self.used = self.used.saturating_add(n);
            data = later;
        }
    }

    fn refill(&mut self) {
        let mut blocks = [aes::Block::default(); AHEAD];
        for block in &mut blocks {
            *block = self.counter.to_be_bytes().into();
            self.counter = self.counter.wrapping_add(1);
        }
        self.cipher.encrypt_blocks(&mut blocks);
        for (to, block) in self.stream.as_chunks_mut::<16>().0.iter_mut().zip(blocks) {
            *to = block.into();
        }
        self.used = 0;
    }
}

impl fmt::Debug for Ctr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ctr(..)")
    }
}

impl Drop for Ctr {
    fn drop(&mut self) {
        self.stream.zeroize();
        self.counter.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::crypto::vectors::{hex, hex_array};

    // NIST SP 800-38A, F.5.5 CTR-AES256.Encrypt.
    const KEY: &str = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
    const COUNTER: &str = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
    const PLAIN: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
                         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
    const CIPHER: &str = "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5\
                          2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6";

    #[test]
    fn agrees_with_nist() {
        let mut data = hex(PLAIN);
        Ctr::new(&hex_array(KEY), &hex_array(COUNTER)).apply(&mut data);
        assert_eq!(data, hex(CIPHER));
        Ctr::new(&hex_array(KEY), &hex_array(COUNTER)).apply(&mut data);
        assert_eq!(data, hex(PLAIN));
    }

    #[test]
    fn counter_carries_through_all_sixteen_bytes() {
        let key = hex_array(KEY);
        let mut wrapped = [0; 32];
        Ctr::new(&key, &[0xff; 16]).apply(&mut wrapped);
        let mut from_zero = [0; 16];
        Ctr::new(&key, &[0; 16]).apply(&mut from_zero);
        assert_eq!(wrapped[16..], from_zero);
    }

    #[test]
    fn cdn_stream_starts_at_any_block() {
        let (key, iv) = ([7; 32], [9; 16]);
        let mut whole = vec![0; 4096];
        Ctr::at_cdn_offset(&key, &iv, 0).unwrap().apply(&mut whole);
        let mut tail = vec![0; 4096 - 1040];
        Ctr::at_cdn_offset(&key, &iv, 1040)
            .unwrap()
            .apply(&mut tail);
        assert_eq!(whole[1040..], tail);
        assert!(Ctr::at_cdn_offset(&key, &iv, 1041).is_none());
        assert!(Ctr::at_cdn_offset(&key, &iv, 1 << 36).is_none());
        assert!(Ctr::at_cdn_offset(&key, &iv, (1 << 36) - 16).is_some());
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Ctr::new(&[1; 32], &[2; 16])), "Ctr(..)");
    }

    proptest! {
        #[test]
        fn pieces_make_the_same_stream(
            data in proptest::collection::vec(any::<u8>(), 0..600),
            cuts in proptest::collection::vec(0usize..200, 0..12),
        ) {
            let (key, iv) = ([3; 32], [5; 16]);
            let mut whole = data.clone();
            Ctr::new(&key, &iv).apply(&mut whole);
            let mut pieces = data;
            let mut ctr = Ctr::new(&key, &iv);
            let mut rest = pieces.as_mut_slice();
            for cut in cuts {
                let (piece, later) = rest.split_at_mut(cut.min(rest.len()));
                ctr.apply(piece);
                rest = later;
            }
            ctr.apply(rest);
            prop_assert_eq!(pieces, whole);
        }
    }
}

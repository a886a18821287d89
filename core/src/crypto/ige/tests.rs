use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use proptest::prelude::*;

use super::*;
use crate::crypto::vectors::{self, hex, hex_array};

/// The mode as its definition reads, with no chain state, over any block cipher:
/// `c[i] = E(p[i] ^ c[i-1]) ^ p[i-1]`.
fn textbook(
    cipher: impl Fn([u8; 16]) -> [u8; 16],
    (before_out, before_in): ([u8; 16], [u8; 16]),
    data: &[u8],
) -> Vec<u8> {
    let xor = |a: [u8; 16], b: [u8; 16]| std::array::from_fn::<u8, 16, _>(|i| a[i] ^ b[i]);
    let (mut last_out, mut last_in) = (before_out, before_in);
    let mut out = Vec::new();
    for block in data.as_chunks::<16>().0 {
        let done = xor(cipher(xor(*block, last_out)), last_in);
        out.extend_from_slice(&done);
        (last_out, last_in) = (done, *block);
    }
    out
}

// The two vectors of OpenSSL's test/igetest.c, which are those of Ben Laurie's paper "OpenSSL's
// Implementation of Infinite Garble Extension" (2006). They use AES-128, so they pin the order of
// the halves of the vector through the textbook form, which the next test compares with ours.
#[test]
fn textbook_form_agrees_with_openssl() {
    let key = hex_array::<16>("000102030405060708090a0b0c0d0e0f");
    let aes = aes::Aes128::new(&Array::from(key));
    let enc = |block: [u8; 16]| {
        let mut block = Array::from(block);
        aes.encrypt_block(&mut block);
        block.into()
    };
    let iv = (
        hex_array("000102030405060708090a0b0c0d0e0f"),
        hex_array("101112131415161718191a1b1c1d1e1f"),
    );
    assert_eq!(
        textbook(enc, iv, &[0; 32]),
        hex("1a8519a6557be652e9da8e43da4ef4453cf456b4ca488aa383c79c98b34797cb")
    );

    let key = *b"This is an imple";
    let aes = aes::Aes128::new(&Array::from(key));
    let dec = |block: [u8; 16]| {
        let mut block = Array::from(block);
        aes.decrypt_block(&mut block);
        block.into()
    };
    let (cipher, plain) = (*b"mentation of IGE", *b" mode for OpenSS");
    assert_eq!(
        textbook(dec, (plain, cipher), b"L. Let's hope Ben got it right!\n"),
        hex("99706487a1cde613bc6de0b6f24b1c7aa448c8b9c3403e3467a8cad89340f53b")
    );
}

// https://core.telegram.org/mtproto/samples-auth_key, steps 6 and 7.1.
#[test]
fn agrees_with_the_sample_of_key_creation() {
    let secret = KeyIv {
        key: hex_array(vectors::TMP_AES_KEY),
        iv: hex_array(vectors::TMP_AES_IV),
    };
    let mut data = vectors::client_data_with_hash();
    encrypt(&secret, &mut data).unwrap();
    assert_eq!(data, hex(vectors::CLIENT_ENCRYPTED_DATA));
    decrypt(&secret, &mut data).unwrap();
    assert_eq!(data, vectors::client_data_with_hash());
}

#[test]
fn odd_lengths_are_refused_and_leave_every_lane_alone() {
    let secret = KeyIv {
        key: [1; 32],
        iv: [2; 32],
    };
    for length in [1, 15, 17, 31] {
        let mut data = vec![7; length];
        assert_eq!(encrypt(&secret, &mut data), Err(NotWholeBlocks));
        assert_eq!(decrypt(&secret, &mut data), Err(NotWholeBlocks));
        assert_eq!(data, vec![7; length]);
    }
    assert_eq!(encrypt(&secret, &mut []), Ok(()));
    let (mut good, mut bad) = ([7; 32], [7; 20]);
    let mut lanes = [
        Lane {
            secret: secret.clone(),
            data: &mut good,
        },
        Lane {
            secret,
            data: &mut bad,
        },
    ];
    assert_eq!(seal_many(&mut lanes), Err(NotWholeBlocks));
    assert_eq!((good, bad), ([7; 32], [7; 20]));
}

#[test]
fn debug_shows_nothing() {
    let secret = KeyIv {
        key: [0xab; 32],
        iv: [0xcd; 32],
    };
    assert_eq!(format!("{secret:?}"), "KeyIv(..)");
}

fn message() -> impl Strategy<Value = ([u8; 32], [u8; 32], Vec<u8>)> {
    let data = (0usize..40).prop_flat_map(|n| proptest::collection::vec(any::<u8>(), n * BLOCK));
    (any::<[u8; 32]>(), any::<[u8; 32]>(), data)
}

proptest! {
    #[test]
    fn is_the_textbook_mode_and_comes_back((key, iv, data) in message()) {
        let aes = Aes256Enc::new((&key).into());
        let enc = |block: [u8; 16]| {
            let mut block = Array::from(block);
            aes.encrypt_block(&mut block);
            block.into()
        };
        let iv_halves = (*iv.first_chunk().unwrap(), *iv.last_chunk().unwrap());
        let secret = KeyIv { key, iv };
        let mut work = data.clone();
        encrypt(&secret, &mut work).unwrap();
        prop_assert_eq!(&work, &textbook(enc, iv_halves, &data));
        decrypt(&secret, &mut work).unwrap();
        prop_assert_eq!(work, data);
    }

    #[test]
    fn a_batch_is_its_messages_one_by_one(
        messages in proptest::collection::vec(message(), 0..20)
    ) {
        let mut single: Vec<_> = messages.iter().map(|m| m.2.clone()).collect();
        for ((key, iv, _), data) in messages.iter().zip(&mut single) {
            encrypt(&KeyIv { key: *key, iv: *iv }, data).unwrap();
        }
        let mut batch: Vec<_> = messages.iter().map(|m| m.2.clone()).collect();
        let lanes = |batch: &mut Vec<Vec<u8>>, run: fn(&mut [Lane<'_>]) -> Result<(), NotWholeBlocks>| {
            let mut lanes: Vec<_> = messages
                .iter()
                .zip(batch)
                .map(|((key, iv, _), data)| Lane { secret: KeyIv { key: *key, iv: *iv }, data })
                .collect();
            run(&mut lanes).unwrap();
        };
        lanes(&mut batch, seal_many);
        prop_assert_eq!(&batch, &single);
        lanes(&mut batch, open_many);
        prop_assert_eq!(batch, messages.into_iter().map(|m| m.2).collect::<Vec<_>>());
    }
}

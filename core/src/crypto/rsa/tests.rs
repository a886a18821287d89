use super::*;
use crate::crypto::rsa_private::{PrivateKey, encrypt_hashed};
use crate::crypto::vectors;
use crate::rand::Seed;

fn rng() -> Rng {
    Rng::new(Seed::new([5; 32]))
}

// The fingerprints that Telegram's servers announce for their two keys (resPQ in
// https://core.telegram.org/mtproto/samples-auth_key shows the first).
#[test]
fn published_keys_have_their_published_fingerprints() {
    let production = PublicKey::from_pem(vectors::PRODUCTION_PEM).unwrap();
    assert_eq!(production.fingerprint(), 0xd09d_1d85_de64_fd85_u64 as i64);
    assert_eq!(production.e(), [1, 0, 1]);
    let test = PublicKey::from_pem(vectors::TEST_PEM).unwrap();
    assert_eq!(test.fingerprint(), 0xb258_98df_208d_2603_u64 as i64);
    assert_eq!(format!("{test:?}"), "PublicKey(b25898df208d2603)");
}

#[test]
fn pem_is_written_as_it_is_read() {
    for pem in [vectors::PRODUCTION_PEM, vectors::TEST_PEM] {
        let key = PublicKey::from_pem(pem).unwrap();
        assert_eq!(key.to_pem(), pem);
        assert_eq!(PublicKey::from_pem(&pem.replace('\n', "\r\n")), Ok(key));
    }
}

#[test]
fn other_texts_are_refused() {
    let good = vectors::PRODUCTION_PEM;
    let wrap = |der: &[u8]| format!("{HEADER}\n{}\n{FOOTER}", STANDARD.encode(der));
    let key = PublicKey::from_pem(good).unwrap();
    let der = write_der(key.n(), key.e());
    assert_eq!(PublicKey::from_pem(&wrap(&der)), Ok(key.clone()));
    let mut long = der.clone();
    long.push(0);
    let mut tag = der.clone();
    tag[0] = 0x31;
    let bad = [
        String::new(),
        good.replace("BEGIN RSA", "BEGIN"),
        good.replace(FOOTER, ""),
        good.replace('M', "*"),
        wrap(&der[..der.len() - 1]),
        wrap(&long),
        wrap(&tag),
        wrap(&[]),
        wrap(&[0x30]),
        wrap(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
    ];
    for text in bad {
        assert_eq!(PublicKey::from_pem(&text), Err(RsaError::Pem), "{text}");
    }
    assert_eq!(
        PublicKey::from_parts(&key.n()[1..], &[3]),
        Err(RsaError::Modulus)
    );
    assert_eq!(
        PublicKey::from_parts(&[2; 256], &[3]),
        Err(RsaError::Modulus)
    );
    assert_eq!(
        PublicKey::from_parts(&[0xfe; 256], &[3]),
        Err(RsaError::Modulus)
    );
    for e in [&[][..], &[0], &[1], &[0, 1], &[4], &[1; 9]] {
        assert_eq!(PublicKey::from_parts(key.n(), e), Err(RsaError::Exponent));
    }
}

// No published vector fixes the randomness of RSA_PAD, its padding and its throw-away key, so there is no ciphertext to
// compare with: the server's side, written separately, has to find the data again.
#[test]
fn padding_comes_off_again() {
    let mut rng = rng();
    let key = PrivateKey::generate(&mut rng);
    for length in [0, 1, 100, MAX_PADDED] {
        let data = vec![0xa5; length];
        let encrypted = key.public().encrypt_padded(&data, &mut rng).unwrap();
        let padded = key.decrypt_padded(&encrypted).unwrap();
        assert_eq!(padded[..length], data);
        let again = key.public().encrypt_padded(&data, &mut rng).unwrap();
        assert_ne!(encrypted, again);
        let mut broken = encrypted;
        broken[255] ^= 1;
        assert_eq!(key.decrypt_padded(&broken), Err(RsaError::Message));
    }
    let long = [0; MAX_PADDED + 1];
    assert_eq!(
        key.public().encrypt_padded(&long, &mut rng),
        Err(RsaError::Message)
    );
}

// About every fourth value misses a modulus that begins with 11 in binary, so among 64 messages some took another try.
#[test]
fn values_above_the_modulus_are_drawn_again() {
    let mut rng = rng();
    let key = PrivateKey::generate(&mut rng);
    assert_eq!(key.public().encrypt(&[0xff; 256]), Err(RsaError::Message));
    assert_eq!(
        key.public().encrypt(key.public().n()),
        Err(RsaError::Message)
    );
    let (mut misses, padded) = (0, [1; 192]);
    for _ in 0..64 {
        let value = conceal(&padded, &rng.array()).unwrap();
        misses += u32::from(key.public().encrypt(&value).is_err());
        assert!(key.public().encrypt_padded(b"data", &mut rng).is_ok());
    }
    assert!(misses > 0);
}

#[test]
fn the_old_scheme_comes_off_again() {
    let mut rng = rng();
    let key = PrivateKey::generate(&mut rng);
    let encrypted = encrypt_hashed(key.public(), b"some data", &mut rng).unwrap();
    assert_eq!(
        key.decrypt_hashed(&encrypted, |_| Some(9)),
        Ok(b"some data".to_vec())
    );
    assert_eq!(
        key.decrypt_hashed(&encrypted, |_| Some(8)),
        Err(RsaError::Message)
    );
    assert_eq!(
        key.decrypt_hashed(&encrypted, |_| None),
        Err(RsaError::Message)
    );
    assert!(encrypt_hashed(key.public(), &[1; 235], &mut rng).is_ok());
    assert_eq!(
        encrypt_hashed(key.public(), &[1; 236], &mut rng),
        Err(RsaError::Message)
    );
}

#[test]
fn the_same_seed_makes_the_same_key() {
    let key = PrivateKey::generate(&mut rng());
    assert_eq!(key.public(), PrivateKey::generate(&mut rng()).public());
    let other = PrivateKey::generate(&mut Rng::new(Seed::new([6; 32])));
    assert_ne!(key.public(), other.public());
}

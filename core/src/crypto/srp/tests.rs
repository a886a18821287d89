use super::*;
use crate::crypto::dh::KNOWN_PRIME;
use crate::crypto::vectors::{self, hex, hex_array};
use crate::rand::Seed;

fn rng() -> Rng {
    Rng::new(Seed::new([7; 32]))
}

fn algorithm() -> Algorithm {
    Algorithm {
        salt1: hex(vectors::SRP_SALT1),
        salt2: hex(vectors::SRP_SALT2),
        g: 3,
        p: KNOWN_PRIME.to_vec(),
    }
}

// https://core.telegram.org/api/srp gives formulas but no values, so the vectors are those that other implementations
// publish in their tests.
#[test]
fn an_answer_agrees_with_another_implementation() {
    let algorithm = algorithm();
    let group = Group::check(&algorithm.p, algorithm.g, &mut rng()).unwrap();
    let x = algorithm.private_key(b"234567");
    let answer = algorithm
        .answer_with(
            &group,
            &hex_array(vectors::SRP_G_B),
            &x,
            &hex_array(vectors::SRP_A),
        )
        .unwrap()
        .unwrap();
    assert_eq!(answer.a, hex_array(vectors::SRP_G_A));
    assert_eq!(answer.m1, hex_array(vectors::SRP_M1));
}

#[test]
fn a_verifier_agrees_with_another_implementation() {
    let mut salt1 = hex("e6c8957ddf988d48");
    salt1.resize(8 + CLIENT_SALT, 0);
    let algorithm = Algorithm {
        salt1,
        salt2: hex("9f6344822b096cff87efa426f57857b6"),
        ..algorithm()
    };
    assert_eq!(
        algorithm.verifier(b"newPassword", &mut rng()),
        Ok(hex_array(vectors::SRP_VERIFIER))
    );
}

// draft-josefsson-pbkdf2-test-vectors and RFC 6070 give these inputs for SHA-1; the SHA-512 answers are those of
// https://stackoverflow.com/a/15595244 and of Python's hashlib.pbkdf2_hmac.
#[test]
fn stretching_agrees_with_published_vectors() {
    assert_eq!(
        stretch(b"password", b"salt", 1).as_slice(),
        hex(
            "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252\
             c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce"
        )
    );
    assert_eq!(
        stretch(b"password", b"salt", 4096).as_slice(),
        hex(
            "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5\
             143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5"
        )
    );
}

#[test]
fn the_server_accepts_the_password_and_nothing_else() {
    let mut rng = rng();
    let algorithm = algorithm().salted(&mut rng);
    let verifier = algorithm.verifier(b"correct horse", &mut rng).unwrap();
    let server = Verification::new(algorithm.clone(), verifier, &mut rng).unwrap();
    let answer = algorithm
        .answer(server.public_value(), b"correct horse", &mut rng)
        .unwrap();
    assert!(server.accepts(&answer.a, &answer.m1));
    let wrong = algorithm
        .answer(server.public_value(), b"correct horsf", &mut rng)
        .unwrap();
    assert!(!server.accepts(&wrong.a, &wrong.m1));
    let mut forged = answer.m1;
    forged[31] ^= 1;
    assert!(!server.accepts(&answer.a, &forged));
    // With A = 0 or A = p anybody would know the shared secret.
    assert!(!server.accepts(&[0; 256], &answer.m1));
    assert!(!server.accepts(&KNOWN_PRIME, &answer.m1));
}

#[test]
fn unsound_parameters_get_no_answer() {
    let g_b = hex(vectors::SRP_G_B);
    let mut rng = rng();
    let mut ask =
        |algorithm: &Algorithm, b: &[u8]| algorithm.answer(b, b"secret", &mut rng).unwrap_err();
    let good = algorithm();
    let generator = Algorithm {
        g: 2,
        ..good.clone()
    };
    assert_eq!(ask(&generator, &g_b), SrpError::Group(DhError::Generator));
    let size = Algorithm {
        p: vec![0xff; 128],
        ..good.clone()
    };
    assert_eq!(ask(&size, &g_b), SrpError::Group(DhError::Size));
    let mut composite = good.clone();
    composite.p[200] ^= 1;
    composite.g = 4;
    assert_eq!(
        ask(&composite, &g_b),
        SrpError::Group(DhError::NotSafePrime)
    );
    let minus_one = [&KNOWN_PRIME[..255], &[KNOWN_PRIME[255] - 1]].concat();
    for b in [
        &[][..],
        &[0; 256],
        &[1],
        &KNOWN_PRIME,
        &minus_one,
        &[0xff; 256],
        &[1; 257],
    ] {
        assert_eq!(ask(&good, b), SrpError::ServerValue);
    }
}

// B = k·v makes the shared secret 0 for any password: a server that knows v but not the discrete logarithm.
#[test]
fn a_server_value_that_cancels_out_is_refused() {
    let algorithm = algorithm();
    let group = Group::check(&algorithm.p, algorithm.g, &mut rng()).unwrap();
    let x = algorithm.private_key(b"secret");
    let kv = multiplier(&group)
        .unwrap()
        .mul(&verifier(&group, &x).unwrap());
    let answer = algorithm.answer(padded(&kv).unwrap().as_slice(), b"secret", &mut rng());
    assert_eq!(answer, Err(SrpError::ServerValue));
}

#[test]
fn a_new_password_gets_its_own_salt() {
    let mut rng = rng();
    let salted = algorithm().salted(&mut rng);
    assert_eq!(salted.salt1.len(), algorithm().salt1.len() + 32);
    assert!(salted.salt1.starts_with(&algorithm().salt1));
    assert_ne!(salted, algorithm().salted(&mut rng));
    assert_eq!(salted.salt2, algorithm().salt2);
}

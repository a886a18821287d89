//! Two-step verification: a server that asks for a password must not learn it, nor be believed without knowing it.
//!
//! The engine hands such a challenge on as it came; the job that answers it is called here by itself.

use telewire_core::internals::dh::{DhError, KNOWN_PRIME};
use telewire_core::internals::srp::{Algorithm, SrpError, Verification};
use telewire_core::rand::{Rng, Seed};

fn rng() -> Rng {
    Rng::new(Seed::new([7; 32]))
}

fn algorithm() -> Algorithm {
    Algorithm {
        salt1: vec![1; 8],
        salt2: vec![2; 16],
        g: 3,
        p: KNOWN_PRIME.to_vec(),
    }
}

/// What an honest server sends for that password.
fn public_value(password: &[u8]) -> Vec<u8> {
    let mut rng = rng();
    let verifier = algorithm().verifier(password, &mut rng).unwrap();
    let server = Verification::new(algorithm(), verifier, &mut rng).unwrap();
    server.public_value().to_vec()
}

fn refused(algorithm: &Algorithm, b: &[u8]) -> Option<SrpError> {
    algorithm.answer(b, b"secret", &mut rng()).err()
}

#[test]
fn an_honest_challenge_is_answered() {
    assert_eq!(refused(&algorithm(), &public_value(b"secret")), None);
}

#[test]
fn a_password_is_not_checked_in_an_unsound_group() {
    let mut composite = algorithm();
    (composite.p[200], composite.g) = (composite.p[200] ^ 1, 4);
    let b = public_value(b"secret");
    assert_eq!(
        refused(&composite, &b),
        Some(SrpError::Group(DhError::NotSafePrime))
    );
}

#[test]
fn a_new_password_is_not_set_in_an_unsound_group() {
    let mut composite = algorithm();
    (composite.p[200], composite.g) = (composite.p[200] ^ 1, 4);
    assert_eq!(
        composite.verifier(b"secret", &mut rng()).err(),
        Some(SrpError::Group(DhError::NotSafePrime))
    );
}

#[test]
fn the_servers_value_for_a_password_is_in_range() {
    let mut minus_one = KNOWN_PRIME.to_vec();
    minus_one[255] -= 1;
    let long = vec![1; 257];
    for b in [vec![], vec![1], vec![0xff; 248], minus_one, long] {
        assert_eq!(refused(&algorithm(), &b), Some(SrpError::ServerValue));
    }
}

/// With B = k·v the shared secret is 0 whatever the client adds: the server needs to know no more than the verifier, and
/// the answer tells it whether its verifier was right.
#[test]
fn the_servers_value_does_not_cancel_the_verifier() {
    use num_bigint::BigUint;
    use telewire_core::internals::hash::sha256;

    let p = BigUint::from_bytes_be(&KNOWN_PRIME);
    let mut g = [0; 256];
    g[255] = 3;
    let k = BigUint::from_bytes_be(&sha256(&[&KNOWN_PRIME, &g]));
    let v = algorithm().verifier(b"secret", &mut rng()).unwrap();
    let b = (k * BigUint::from_bytes_be(&v) % p).to_bytes_be();
    assert_eq!(refused(&algorithm(), &b), Some(SrpError::ServerValue));
    assert_eq!(
        algorithm().answer(&b, b"another", &mut rng()).err(),
        None,
        "nothing is wrong with the value by itself"
    );
}

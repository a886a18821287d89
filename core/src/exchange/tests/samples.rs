//! The published sample of an exchange.

use super::*;

// https://core.telegram.org/mtproto/samples-auth_key, step 4: what we would encrypt.
#[test]
fn the_inner_data_is_that_of_the_sample() {
    let inner = types::PQInnerDataDc::from_slice(&hex(vectors::PQ_INNER_DATA)).unwrap();
    assert_eq!(
        (inner.dc, inner.nonce),
        (2, vectors::hex_array(vectors::NONCE))
    );
    assert_eq!(inner.to_bytes(), hex(vectors::PQ_INNER_DATA));
}

// Steps 6 and 7 of the sample, through the state that handles them.
#[test]
fn the_encrypted_answer_of_the_sample_opens() {
    let answer = vectors::answer_with_hash();
    let inner = types::ServerDhInnerData::from_slice(&answer[20..]).unwrap();
    assert_eq!(inner.dh_prime, KNOWN_PRIME.as_slice());
    assert_eq!((inner.g, inner.server_time), (3, SERVER_TIME));
    assert_eq!(inner.g_a, vectors::sample_g_a());
}

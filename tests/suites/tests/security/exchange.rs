//! Key creation.

use std::cell::Cell;

use telewire_core::dc::DcId;
use telewire_core::error::Error;
use telewire_core::exchange::{ExchangeError, RsaKeys};
use telewire_core::internals::factor::FactorError;
use telewire_core::session::SessionChange;
use telewire_schema::mtproto::types::PQInnerData;
use telewire_tests::evil::{
    Confirmation, HOME, Script, Verdict, World, rsa_keys, server_key, settings,
};

/// The rule that the engine names when it refuses to make a key with such a server. Nothing must have come of it.
pub(super) fn refused(change: impl FnOnce(&mut Script)) -> String {
    refused_with(rsa_keys(), change)
}

fn refused_with(keys: RsaKeys, change: impl FnOnce(&mut Script)) -> String {
    let mut config = settings();
    config.connection_retries = Some(0);
    if let telewire_core::config::Network::Custom { keys: trusted, .. } = &mut config.network {
        *trusted = keys;
    }
    let mut world = World::blank(config);
    change(&mut world.server.script);
    world.connect();
    world.until_settled();
    assert!(!world.is_ready(), "a key was made");
    assert!(world.engine.session().keys.is_empty());
    let is_key = |change: &SessionChange| matches!(change, SessionChange::Key(..));
    assert!(!world.stored.iter().any(is_key), "a key was stored");
    match world.ended() {
        Some(Error::Protocol(rule)) => rule.to_string(),
        other => panic!("ended with {other:?}"),
    }
}

pub(super) fn rule(error: ExchangeError) -> String {
    format!("the server broke the protocol: {}", error.rule())
}

#[test]
fn a_failed_attempt_is_followed_by_another_on_a_new_connection() {
    let mut world = World::blank(settings());
    let first = Cell::new(true);
    world.server.script.envelope = Box::new(move |packet| {
        if first.take() {
            packet.truncate(24);
        }
    });
    world.connect();
    assert_eq!((world.opened, world.closed), (1, 1));
    world.until_settled();
    assert!(world.is_ready());
    assert_eq!((world.opened, world.closed), (2, 1));
}

fn pq(number: &[u8]) -> String {
    let number = number.to_vec();
    refused(|s| s.res_pq = Box::new(move |answer| answer.pq = number.clone().into()))
}

fn not_two_primes() -> String {
    rule(ExchangeError::Pq(FactorError::NotTwoPrimes))
}

#[test]
fn pq_is_not_prime() {
    assert_eq!(pq(&(u64::MAX - 58).to_be_bytes()), not_two_primes());
}

#[test]
fn pq_is_not_even() {
    assert_eq!(pq(&(2 * 1_455_403_679_u64).to_be_bytes()), not_two_primes());
}

#[test]
fn pq_is_no_square() {
    let square = 1_455_403_679_u64 * 1_455_403_679;
    assert_eq!(pq(&square.to_be_bytes()), not_two_primes());
}

#[test]
fn pq_has_no_more_than_two_factors() {
    let three = 1_000_003_u64 * 1_000_033 * 1_000_037;
    assert_eq!(pq(&three.to_be_bytes()), not_two_primes());
}

/// The work of factoring grows with the length, so a long number would keep a client busy for ever.
#[test]
fn pq_has_64_bits_at_most() {
    let long = [&[1], 1_468_428_376_148_703_121_u64.to_be_bytes().as_slice()].concat();
    assert_eq!(pq(&long), rule(ExchangeError::Pq(FactorError::Size)));
}

#[test]
fn only_a_known_rsa_key_is_used() {
    let unknown = refused(|s| {
        s.res_pq = Box::new(|answer| answer.server_public_key_fingerprints = vec![17]);
    });
    assert_eq!(unknown, rule(ExchangeError::UnknownKey));
}

#[test]
fn a_cdns_rsa_key_is_good_for_nothing_else() {
    let pem = server_key().public().to_pem();
    for dc in [HOME, DcId(203)] {
        let mut keys = RsaKeys::new([]);
        keys.set_cdn([(dc, pem.as_str())]);
        assert_eq!(refused_with(keys, |_| {}), rule(ExchangeError::UnknownKey));
    }
}

#[test]
fn our_secrets_are_hidden_by_rsa_pad() {
    let mut world = World::blank(settings());
    world.connect();
    assert!(world.is_ready());
    assert!(world.server.claims.iter().all(|claim| claim.padded));
}

/// A server in the middle cannot pass the exchange on to another data centre.
#[test]
fn what_we_encrypt_names_the_data_centre() {
    let mut world = World::blank(settings());
    world.connect();
    assert!(world.is_ready());
    let [claim] = &world.server.claims[..] else {
        panic!("one exchange")
    };
    match &claim.inner {
        PQInnerData::Dc(inner) => assert_eq!(inner.dc, HOME.0),
        other => panic!("{other:?}"),
    }
}

/// Breaks the nonces of each answer in turn, but the first.
fn in_every_answer(change: fn(&mut [u8; 16], &mut [u8; 16])) -> Vec<String> {
    let confirmation = move |c: &mut Confirmation| change(&mut c.nonce, &mut c.server_nonce);
    let verdict = |verdict: fn(usize) -> Verdict| {
        refused(|s| (s.verdict, s.confirmation) = (verdict, Box::new(confirmation)))
    };
    vec![
        refused(|s| s.params = Box::new(move |a| change(&mut a.nonce, &mut a.server_nonce))),
        refused(|s| s.inner = Box::new(move |a| change(&mut a.nonce, &mut a.server_nonce))),
        refused(|s| s.refusal = Some(Box::new(move |a| change(&mut a.nonce, &mut a.server_nonce)))),
        verdict(|_| Verdict::Ok),
        verdict(|_| Verdict::Retry),
        verdict(|_| Verdict::Fail),
    ]
}

#[test]
fn the_first_answer_bears_our_nonce() {
    let first = refused(|s| s.res_pq = Box::new(|answer| answer.nonce[0] ^= 1));
    assert_eq!(first, rule(ExchangeError::Nonce));
}

#[test]
fn every_later_answer_bears_our_nonce() {
    for text in in_every_answer(|nonce, _| nonce[15] ^= 1) {
        assert_eq!(text, rule(ExchangeError::Nonce));
    }
}

#[test]
fn every_later_answer_bears_the_servers_first_nonce() {
    for text in in_every_answer(|_, server_nonce| server_nonce[7] ^= 1) {
        assert_eq!(text, rule(ExchangeError::ServerNonce));
    }
}

#[test]
fn a_refusal_comes_from_one_who_knows_the_new_nonce() {
    let refusal = |flip: u8| {
        refused(|s| s.refusal = Some(Box::new(move |answer| answer.new_nonce_hash[0] ^= flip)))
    };
    assert_eq!(refusal(0), rule(ExchangeError::ParamsRefused));
    assert_eq!(refusal(1), rule(ExchangeError::NewNonceHash));
}

/// Whether the verdict is refused with a wrong hash, and with the hashes of the two others.
fn needs_its_own_hash(verdict: fn(usize) -> Verdict) {
    let wrong: [fn(&mut Confirmation); 3] = [
        |c| c.hashes.iter_mut().for_each(|hash| hash[15] ^= 1),
        |c| c.hashes.rotate_left(1),
        |c| c.hashes.rotate_right(1),
    ];
    for change in wrong {
        let text = refused(|s| (s.verdict, s.confirmation) = (verdict, Box::new(change)));
        assert_eq!(text, rule(ExchangeError::NewNonceHash));
    }
}

#[test]
fn an_accepted_key_is_proved_by_hash_1() {
    needs_its_own_hash(|_| Verdict::Ok);
}

#[test]
fn the_wish_for_another_key_is_proved_by_hash_2() {
    needs_its_own_hash(|_| Verdict::Retry);
}

#[test]
fn a_refused_key_is_proved_by_hash_3() {
    needs_its_own_hash(|_| Verdict::Fail);
    let honest = refused(|s| s.verdict = |_| Verdict::Fail);
    assert_eq!(honest, rule(ExchangeError::KeyRefused));
}

#[test]
fn a_server_does_not_ask_for_another_key_for_ever() {
    let text = refused(|s| {
        s.verdict = |attempt| {
            if attempt < 20 {
                Verdict::Retry
            } else {
                Verdict::Ok
            }
        };
    });
    assert_eq!(text, rule(ExchangeError::TooManyRetries));
}

/// The bit is one of the server's time, which nothing else in the exchange depends on.
#[test]
fn the_hash_of_the_diffie_hellman_answer_is_compared() {
    let text = refused(|s| {
        s.plain = Box::new(|plain| {
            let time = 20 + 564 - 4;
            plain[time] ^= 1;
        });
    });
    assert_eq!(text, rule(ExchangeError::AnswerHash));
}

/// The hash alone tells where the answer ends, so which of the two is missed does not matter.
#[test]
fn the_diffie_hellman_answer_has_less_than_a_block_of_padding() {
    refused(|s| s.plain = Box::new(|plain| plain.resize(plain.len() + 16, 0xee)));
}

/// Hashing is the first thing that happens to it, up to 16 times.
#[test]
fn a_long_diffie_hellman_answer_is_not_even_hashed() {
    let text = refused(|s| s.inner = Box::new(|inner| inner.g_a = vec![1; 8192].into()));
    assert_eq!(text, rule(ExchangeError::AnswerHash));
}

#[test]
fn a_plain_message_has_a_servers_id() {
    let text = refused(|s| s.envelope = Box::new(|packet| packet[8] &= 0xfe));
    assert!(text.ends_with("a plain message with an even id"), "{text}");
}

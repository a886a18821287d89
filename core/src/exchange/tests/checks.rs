//! What the other side must not get away with.

use super::*;

#[test]
fn only_a_key_trusted_for_the_data_centre_will_do() {
    let unknown = |server: &mut Server| {
        server.pq = Box::new(|answer| answer.server_public_key_fingerprints = vec![17]);
    };
    assert_eq!(with(unknown), ExchangeError::UnknownKey);
    let none = |server: &mut Server| {
        server.pq = Box::new(|answer| answer.server_public_key_fingerprints.clear());
    };
    assert_eq!(with(none), ExchangeError::UnknownKey);

    let mut cdn = RsaKeys::production();
    let pem = server_key().public().to_pem();
    cdn.set_cdn([(DcId(203), pem.as_str())]);
    let on = |dc, role| KeyRequest {
        dc: DcId(dc),
        role,
        ..request()
    };
    assert!(Server::new().run(on(203, Role::Cdn), &cdn).is_ok());
    // The CDN's key on another CDN, on an ordinary data centre, and an ordinary key on the CDN.
    for (request, keys) in [
        (on(204, Role::Cdn), &cdn),
        (on(203, Role::Main), &cdn),
        (on(2, Role::Main), &cdn),
        (on(2, Role::Media), &cdn),
        (on(203, Role::Cdn), &keys()),
    ] {
        let result = Server::new().run(request, keys);
        assert_eq!(
            result.unwrap_err(),
            ExchangeError::UnknownKey,
            "{request:?}"
        );
    }
}

#[test]
fn pq_must_be_the_product_of_two_different_odd_primes() {
    let pq = |bytes: Vec<u8>| {
        with(|server| server.pq = Box::new(move |answer| answer.pq = bytes.clone().into()))
    };
    let number = |n: u64| pq(n.to_be_bytes().to_vec());
    let not_two = ExchangeError::Pq(FactorError::NotTwoPrimes);
    assert_eq!(number(0), not_two);
    assert_eq!(number(u64::MAX - 58), not_two, "prime");
    assert_eq!(number(2 * 1_455_403_679), not_two, "even");
    assert_eq!(number(1_455_403_679 * 1_455_403_679), not_two, "square");
    assert_eq!(number(1_009 * 1_013 * 1_019), not_two, "three primes");
    assert_eq!(pq(vec![]), ExchangeError::Pq(FactorError::Size));
    assert_eq!(pq(vec![1; 9]), ExchangeError::Pq(FactorError::Size));
}

#[test]
fn every_answer_carries_our_nonce() {
    // parity: N-mt.auth
    assert_eq!(
        with(|s| s.pq = Box::new(|a| a.nonce[0] ^= 1)),
        ExchangeError::Nonce
    );
    assert_eq!(
        with(|s| s.params = Box::new(|a| a.nonce[15] ^= 1)),
        ExchangeError::Nonce
    );
    assert_eq!(
        with(|s| s.answer = Box::new(|a| a.nonce[7] ^= 1)),
        ExchangeError::Nonce
    );
    let confirm = |change: fn(&Confirmation) -> Vec<u8>| {
        with(|s| {
            s.confirm = Box::new(move |_, mut c| {
                c.nonce[3] ^= 1;
                change(&c)
            });
        })
    };
    assert_eq!(confirm(Confirmation::ok), ExchangeError::Nonce);
    assert_eq!(confirm(Confirmation::retry), ExchangeError::Nonce);
    assert_eq!(confirm(Confirmation::fail), ExchangeError::Nonce);
}

#[test]
fn every_answer_carries_the_servers_first_nonce() {
    assert_eq!(
        with(|s| s.params = Box::new(|a| a.server_nonce[15] ^= 1)),
        ExchangeError::ServerNonce
    );
    assert_eq!(
        with(|s| s.answer = Box::new(|a| a.server_nonce[7] ^= 1)),
        ExchangeError::ServerNonce
    );
    let confirm = |change: fn(&Confirmation) -> Vec<u8>| {
        with(|s| {
            s.confirm = Box::new(move |_, mut c| {
                c.server_nonce[3] ^= 1;
                change(&c)
            });
        })
    };
    assert_eq!(confirm(Confirmation::ok), ExchangeError::ServerNonce);
    assert_eq!(confirm(Confirmation::retry), ExchangeError::ServerNonce);
    assert_eq!(confirm(Confirmation::fail), ExchangeError::ServerNonce);
}

#[test]
fn the_hash_of_the_answer_is_checked_before_use() {
    // parity: N-mt.auth
    // Without the check, each of these would go on with a prime, a g_a or a time that nobody vouched for.
    for at in [0, 19, 20, 56, 64, 330, 580] {
        let error = with(|s| s.plain = Box::new(move |plain| plain[at] ^= 1));
        assert_eq!(error, ExchangeError::AnswerHash, "{at}");
    }
}

#[test]
fn the_answer_has_a_possible_length() {
    let resized =
        |length: usize| with(|s| s.plain = Box::new(move |plain| plain.resize(length, 0xee)));
    for length in [0, 16, 32, 591, 1024, MUCH] {
        assert_eq!(resized(length), ExchangeError::AnswerHash, "{length}");
    }
    // More than 15 bytes of padding: the hash would fit, the length does not.
    assert_eq!(resized(592 + 16), ExchangeError::AnswerHash);
}

const MUCH: usize = 1 << 20;

#[test]
fn the_answer_must_decode_as_a_whole() {
    let rehashed = |change: fn(&mut Vec<u8>)| {
        with(|s| {
            s.plain = Box::new(move |plain| {
                let mut data = plain[20..20 + 564].to_vec();
                change(&mut data);
                *plain = [sha1(&[&data]).as_slice(), &data].concat();
                plain.resize(plain.len().next_multiple_of(16), 0);
            });
        })
    };
    assert_eq!(
        rehashed(|data| data[0] ^= 1),
        ExchangeError::Message,
        "constructor"
    );
    assert_eq!(
        rehashed(|data| data.truncate(560)),
        ExchangeError::Message,
        "short"
    );
    assert_eq!(
        rehashed(|data| data.extend([1; 4])),
        ExchangeError::Message,
        "long"
    );
    assert_eq!(rehashed(Vec::clear), ExchangeError::Message, "empty");
}

#[test]
fn the_group_is_checked() {
    // parity: N-mt.auth.modern
    let changed = |change: fn(&mut types::ServerDhInnerData)| with(|s| s.answer = Box::new(change));
    assert_eq!(changed(|a| a.g = 2), ExchangeError::Dh(DhError::Generator));
    assert_eq!(changed(|a| a.g = 1), ExchangeError::Dh(DhError::Generator));
    assert_eq!(changed(|a| a.g = 8), ExchangeError::Dh(DhError::Generator));
    assert_eq!(changed(|a| a.g = -3), ExchangeError::Dh(DhError::Generator));
    assert_eq!(
        changed(|a| a.dh_prime = a.dh_prime.slice(1..)),
        ExchangeError::Dh(DhError::Size)
    );
    assert_eq!(
        changed(|a| a.dh_prime = Bytes::new()),
        ExchangeError::Dh(DhError::Size)
    );
    let composite = |a: &mut types::ServerDhInnerData| {
        let mut prime = KNOWN_PRIME;
        prime[200] ^= 1;
        (a.dh_prime, a.g) = (prime.to_vec().into(), 4);
    };
    assert_eq!(changed(composite), ExchangeError::Dh(DhError::NotSafePrime));
    let not_safe = |a: &mut types::ServerDhInnerData| {
        (a.dh_prime, a.g) = (hex(vectors::PRIME_NOT_SAFE).into(), 4);
    };
    assert_eq!(changed(not_safe), ExchangeError::Dh(DhError::NotSafePrime));
}

#[test]
fn the_servers_public_value_is_checked() {
    // parity: N-mt.auth.modern
    let g_a = |bytes: Vec<u8>| with(|s| s.answer = Box::new(move |a| a.g_a = bytes.clone().into()));
    let range = ExchangeError::Dh(DhError::Range);
    let mut minus_one = KNOWN_PRIME;
    minus_one[255] -= 1;
    for bad in [
        vec![],
        vec![1],
        vec![0xff; 248],
        minus_one.to_vec(),
        KNOWN_PRIME.to_vec(),
        vec![0xff; 256],
        vec![1; 257],
    ] {
        assert_eq!(g_a(bad), range);
    }
}

#[test]
fn each_confirmation_has_its_own_hash() {
    let confirm = |change: fn(&mut Confirmation) -> Vec<u8>| {
        with(|s| s.confirm = Box::new(move |_, mut c| change(&mut c)))
    };
    let hash = ExchangeError::NewNonceHash;
    fn broken(c: &mut Confirmation) {
        c.hashes.iter_mut().for_each(|hash| hash[15] ^= 1);
    }
    fn rotated(c: &mut Confirmation) {
        c.hashes.rotate_left(1);
    }
    for change in [broken, rotated] {
        let run = |answer: fn(&Confirmation) -> Vec<u8>| {
            with(|s| {
                s.confirm = Box::new(move |_, mut c| {
                    change(&mut c);
                    answer(&c)
                });
            })
        };
        assert_eq!(run(Confirmation::ok), hash);
        assert_eq!(run(Confirmation::retry), hash);
        assert_eq!(run(Confirmation::fail), hash);
    }
    assert_eq!(confirm(|c| c.fail()), ExchangeError::KeyRefused);
}

#[test]
fn a_retry_names_the_key_that_did_not_do() {
    let mut server = Server::new();
    server.confirm = Box::new(|_, c| if c.attempt < 4 { c.retry() } else { c.ok() });
    let outcome = server.run(request(), &keys()).unwrap();
    assert_eq!(server.key, Some(outcome.key));
    assert_eq!(server.retries.len(), 4);
    let mut before = 0;
    for (retry_id, aux_hash) in server.retries {
        assert_eq!(retry_id, before);
        assert_ne!(aux_hash, before);
        before = aux_hash;
    }
}

#[test]
fn retries_end() {
    let mut server = Server::new();
    server.confirm = Box::new(|_, c| c.retry());
    assert_eq!(
        server.run(request(), &keys()).unwrap_err(),
        ExchangeError::TooManyRetries
    );
    assert_eq!(server.retries.len(), 5);
}

#[test]
fn a_refusal_of_the_proof_of_work_carries_the_hash_of_the_new_nonce() {
    let refuse = |nonce_ok: bool, server_nonce_ok: bool, hash_ok: bool| {
        with(|s| {
            s.refuse = Some(Box::new(move |server, mut nonce| {
                let mut server_nonce = server.server_nonce;
                let mut hash = *sha1(&[&server.new_nonce]).last_chunk::<16>().unwrap();
                nonce[0] ^= u8::from(!nonce_ok);
                server_nonce[0] ^= u8::from(!server_nonce_ok);
                hash[0] ^= u8::from(!hash_ok);
                types::ServerDhParamsFail {
                    nonce,
                    server_nonce,
                    new_nonce_hash: hash,
                }
                .to_bytes()
            }));
        })
    };
    assert_eq!(refuse(true, true, true), ExchangeError::ParamsRefused);
    assert_eq!(refuse(true, true, false), ExchangeError::NewNonceHash);
    assert_eq!(refuse(false, true, true), ExchangeError::Nonce);
    assert_eq!(refuse(true, false, true), ExchangeError::ServerNonce);
}

#[test]
fn messages_must_decode_and_come_in_turn() {
    let start = || Exchange::new(request(), &keys(), rng(7));
    let feed = |message: Vec<u8>| {
        start()
            .0
            .handle_message(now(), &message.into())
            .unwrap_err()
    };
    assert_eq!(feed(vec![]), ExchangeError::Message);
    let mut server = Server::new();
    let good = server.handle(&start().1);
    for cut in 0..good.len() {
        assert_eq!(feed(good[..cut].to_vec()), ExchangeError::Message, "{cut}");
    }
    assert_eq!(
        feed([good.clone(), vec![0; 4]].concat()),
        ExchangeError::Message
    );
    let early = types::DhGenOk {
        nonce: [0; 16],
        server_nonce: [0; 16],
        new_nonce_hash1: [0; 16],
    };
    assert_eq!(feed(early.to_bytes()), ExchangeError::Message);

    let (mut exchange, _) = start();
    assert_eq!(
        exchange.handle_output(Job::factor(15).run()).unwrap_err(),
        ExchangeError::OutOfTurn
    );

    let (mut exchange, _) = start();
    exchange
        .handle_message(now(), &good.clone().into())
        .unwrap();
    assert_eq!(
        exchange
            .handle_message(now(), &good.clone().into())
            .unwrap_err(),
        ExchangeError::OutOfTurn
    );

    let (mut exchange, _) = start();
    exchange.handle_message(now(), &good.into()).unwrap();
    let other = Job::exchange(&[], 0, &[], [0; 256].into(), rng(1));
    assert_eq!(
        exchange.handle_output(other.run()).unwrap_err(),
        ExchangeError::OutOfTurn
    );
}

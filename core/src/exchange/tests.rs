//! The exchange against a scripted server that can break each rule by itself.

use std::sync::OnceLock;
use std::time::Duration;

use telewire_schema::mtproto::{functions, types};
use telewire_schema::{Deserialize, Identifiable, Reader, Serialize};

use super::*;
use crate::crypto::dh::{DhError, Group, KNOWN_PRIME};
use crate::crypto::factor::FactorError;
use crate::crypto::hash::sha1;
use crate::crypto::kdf::{self, exchange_secret};
use crate::crypto::rsa_private::PrivateKey;
use crate::crypto::{ige, vectors};
use crate::rand::Seed;
use crate::time::{Mono, Unix};

const SERVER_TIME: i32 = 1_705_754_877;
const OUR_TIME: i64 = 1_705_754_800;

fn rng(seed: u8) -> Rng {
    Rng::new(Seed::new([seed; 32]))
}

fn now() -> Now {
    Now {
        mono: Mono::from_origin(Duration::ZERO),
        wall: Unix::from_secs(OUR_TIME),
    }
}

/// Making a key takes a while, so one serves all tests.
fn server_key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| PrivateKey::generate(&mut rng(9)))
}

fn keys() -> RsaKeys {
    RsaKeys::new([server_key().public().clone()])
}

fn request() -> KeyRequest {
    KeyRequest::permanent(DcId(2))
}

type Hook<T> = Box<dyn Fn(&mut T)>;
type Reply<T> = Box<dyn Fn(&Server, T) -> Vec<u8>>;

/// A server that does everything right, but for what a test changes. Each hook sees an answer before it is written.
struct Server {
    rng: Rng,
    server_nonce: [u8; 16],
    new_nonce: [u8; 32],
    secret: [u8; 256],
    /// The last inner data as the client wrote it.
    inner: Vec<u8>,
    /// `retry_id` of every set_client_DH_params, and the auxiliary hash of the key made there.
    retries: Vec<(i64, i64)>,
    key: Option<AuthKey>,
    pq: Hook<types::ResPq>,
    params: Hook<types::ServerDhParamsOk>,
    answer: Hook<types::ServerDhInnerData>,
    /// Changes SHA1 + data + padding before encryption.
    plain: Hook<Vec<u8>>,
    /// Replaces the answer to req_DH_params.
    refuse: Option<Reply<[u8; 16]>>,
    confirm: Reply<Confirmation>,
}

#[derive(Clone)]
struct Confirmation {
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    hashes: [[u8; 16]; 3],
    attempt: usize,
}

impl Confirmation {
    fn ok(&self) -> Vec<u8> {
        types::DhGenOk {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            new_nonce_hash1: self.hashes[0],
        }
        .to_bytes()
    }

    fn retry(&self) -> Vec<u8> {
        types::DhGenRetry {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            new_nonce_hash2: self.hashes[1],
        }
        .to_bytes()
    }

    fn fail(&self) -> Vec<u8> {
        types::DhGenFail {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            new_nonce_hash3: self.hashes[2],
        }
        .to_bytes()
    }
}

impl Server {
    fn new() -> Self {
        let mut rng = rng(8);
        Self {
            server_nonce: rng.array(),
            secret: rng.array(),
            rng,
            new_nonce: [0; 32],
            inner: Vec::new(),
            retries: Vec::new(),
            key: None,
            pq: Box::new(|_| {}),
            params: Box::new(|_| {}),
            answer: Box::new(|_| {}),
            plain: Box::new(|_| {}),
            refuse: None,
            confirm: Box::new(|_, confirmation| confirmation.ok()),
        }
    }

    fn group(&mut self) -> Group {
        Group::check(&KNOWN_PRIME, 3, &mut self.rng).unwrap()
    }

    fn handle(&mut self, message: &[u8]) -> Vec<u8> {
        // Requests are decoded by hand: the schema reads them under its feature `server` only.
        let mut r = Reader::from_slice(message);
        let (id, nonce) = (r.word(), r.int128());
        if id == functions::ReqPqMulti::ID {
            r.finish().unwrap();
            return self.res_pq(&functions::ReqPqMulti { nonce });
        }
        let server_nonce = r.int128();
        if id == functions::ReqDhParams::ID {
            let (p, q, public_key_fingerprint, encrypted_data) =
                (r.bytes(), r.bytes(), r.long(), r.bytes());
            r.finish().unwrap();
            return self.dh_params(&functions::ReqDhParams {
                nonce,
                server_nonce,
                p,
                q,
                public_key_fingerprint,
                encrypted_data,
            });
        }
        assert_eq!(id, functions::SetClientDhParams::ID);
        let encrypted_data = r.bytes();
        r.finish().unwrap();
        self.confirmation(&functions::SetClientDhParams {
            nonce,
            server_nonce,
            encrypted_data,
        })
    }

    fn res_pq(&mut self, query: &functions::ReqPqMulti) -> Vec<u8> {
        let mut answer = types::ResPq {
            nonce: query.nonce,
            server_nonce: self.server_nonce,
            pq: 1_468_428_376_148_703_121_u64.to_be_bytes().to_vec().into(),
            server_public_key_fingerprints: vec![17, server_key().public().fingerprint()],
        };
        (self.pq)(&mut answer);
        answer.to_bytes()
    }

    fn dh_params(&mut self, query: &functions::ReqDhParams) -> Vec<u8> {
        assert_eq!(
            (&query.p[..], &query.q[..]),
            (&hex("3c2357cf")[..], &hex("56bfb29f")[..])
        );
        assert_eq!(query.server_nonce, self.server_nonce);
        assert_eq!(
            query.public_key_fingerprint,
            server_key().public().fingerprint()
        );
        let padded = server_key().decrypt_padded(&query.encrypted_data).unwrap();
        match types::PQInnerData::from_slice(&padded).unwrap() {
            types::PQInnerData::Dc(inner) => {
                assert_eq!(
                    (inner.nonce, inner.server_nonce),
                    (query.nonce, self.server_nonce)
                );
                self.new_nonce = inner.new_nonce;
            }
            types::PQInnerData::TempDc(inner) => {
                assert_eq!(
                    (inner.nonce, inner.server_nonce),
                    (query.nonce, self.server_nonce)
                );
                self.new_nonce = inner.new_nonce;
            }
            other => panic!("inner data without dc: {other:?}"),
        }
        self.inner = padded.to_vec();
        if let Some(refuse) = &self.refuse {
            return refuse(self, query.nonce);
        }
        let mut base = [0; 256];
        base[3] = 1;
        let (secret, group) = (self.secret, self.group());
        let (g_a, _) = group.exchange(&base, &secret).unwrap();
        let mut inner = types::ServerDhInnerData {
            nonce: query.nonce,
            server_nonce: self.server_nonce,
            g: 3,
            dh_prime: KNOWN_PRIME.to_vec().into(),
            g_a: g_a.to_vec().into(),
            server_time: SERVER_TIME,
        };
        (self.answer)(&mut inner);
        let data = inner.to_bytes();
        let mut plain = [sha1(&[&data]).as_slice(), &data].concat();
        plain.resize(plain.len().next_multiple_of(16), 0xee);
        (self.plain)(&mut plain);
        if plain.len() % 16 == 0 {
            ige::encrypt(
                &exchange_secret(&self.server_nonce, &self.new_nonce),
                &mut plain,
            )
            .unwrap();
        }
        let mut answer = types::ServerDhParamsOk {
            nonce: query.nonce,
            server_nonce: self.server_nonce,
            encrypted_answer: plain.into(),
        };
        (self.params)(&mut answer);
        types::ServerDhParams::from(answer).to_bytes()
    }

    fn confirmation(&mut self, query: &functions::SetClientDhParams) -> Vec<u8> {
        let mut plain = query.encrypted_data.to_vec();
        ige::decrypt(
            &exchange_secret(&self.server_nonce, &self.new_nonce),
            &mut plain,
        )
        .unwrap();
        let inner = types::ClientDhInnerData::from_slice(&plain[20..]).unwrap();
        let data = inner.to_bytes();
        assert_eq!(plain[..20], sha1(&[&data]));
        assert!(plain.len() - 20 - data.len() < 16);
        assert_eq!(
            (inner.nonce, inner.server_nonce),
            (query.nonce, self.server_nonce)
        );
        let secret = self.secret;
        let (_, shared) = self.group().exchange(&inner.g_b, &secret).unwrap();
        let key = AuthKey::new(*shared);
        self.retries
            .push((inner.retry_id, i64::from_le_bytes(key.aux_hash())));
        let confirmation = Confirmation {
            nonce: query.nonce,
            server_nonce: self.server_nonce,
            hashes: [1, 2, 3].map(|number| key.new_nonce_hash(&self.new_nonce, number)),
            attempt: self.retries.len(),
        };
        self.key = Some(key);
        (self.confirm)(self, confirmation)
    }

    /// Runs a whole exchange.
    fn run(
        &mut self,
        request: KeyRequest,
        keys: &RsaKeys,
    ) -> std::result::Result<Outcome, ExchangeError> {
        let (mut exchange, first) = Exchange::new(request, keys, rng(7));
        let mut next = Next::Send(first);
        loop {
            next = match next {
                Next::Send(message) => {
                    exchange.handle_message(now(), &self.handle(&message).into())
                }
                Next::Work(job) => exchange.handle_output(job.run()),
                Next::Done(outcome) => return Ok(*outcome),
            }
            .inspect_err(|_| {
                // After a failure nothing more is taken.
                let again = exchange.handle_message(now(), &Bytes::new());
                assert_eq!(again.unwrap_err(), ExchangeError::OutOfTurn);
            })?;
        }
    }

    fn fails(mut self) -> ExchangeError {
        self.run(request(), &keys()).unwrap_err()
    }
}

fn hex(text: &str) -> Vec<u8> {
    vectors::hex(text)
}

fn with(change: impl FnOnce(&mut Server)) -> ExchangeError {
    let mut server = Server::new();
    change(&mut server);
    server.fails()
}

#[test]
fn both_sides_end_with_the_same_key() {
    let mut server = Server::new();
    let outcome = server.run(request(), &keys()).unwrap();
    assert_eq!(server.key, Some(outcome.key.clone()));
    assert_eq!(
        outcome.salt,
        kdf::first_salt(&server.server_nonce, &server.new_nonce)
    );
    assert_eq!(outcome.time_offset, 77);
    assert_eq!(outcome.expires_at, None);
    assert_eq!(server.retries.len(), 1);
    assert_eq!(server.retries[0].0, 0);
}

#[test]
fn the_inner_data_names_the_data_centre() {
    let cases = [
        (request(), 2),
        (
            KeyRequest {
                test: true,
                ..request()
            },
            10_002,
        ),
        (
            KeyRequest {
                role: Role::Media,
                ..request()
            },
            -2,
        ),
        (
            KeyRequest {
                role: Role::Media,
                test: true,
                ..request()
            },
            -10_002,
        ),
    ];
    for (request, dc) in cases {
        let mut server = Server::new();
        server.run(request, &keys()).unwrap();
        let inner = types::PQInnerDataDc::from_slice(&server.inner).unwrap();
        assert_eq!(inner.dc, dc);
    }
}

#[test]
fn a_temporary_key_says_how_long_it_lives() {
    let mut server = Server::new();
    let request = KeyRequest {
        expires_in: Some(86_400),
        ..request()
    };
    let outcome = server.run(request, &keys()).unwrap();
    let inner = types::PQInnerDataTempDc::from_slice(&server.inner).unwrap();
    assert_eq!((inner.dc, inner.expires_in), (2, 86_400));
    assert_eq!(outcome.expires_at, Some(i64::from(SERVER_TIME) + 86_400));
    assert_eq!(server.key, Some(outcome.key));
}

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

#[test]
fn nothing_secret_is_shown() {
    let (mut exchange, first) = Exchange::new(request(), &keys(), rng(7));
    assert_eq!(format!("{exchange:?}"), "Exchange(waiting for pq)");
    let mut server = Server::new();
    let next = exchange
        .handle_message(now(), &server.handle(&first).into())
        .unwrap();
    assert_eq!(format!("{next:?}"), "Work(Job(factor))");
}

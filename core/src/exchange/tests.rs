//! The exchange against a scripted server that can break each rule by itself.

mod checks;
mod samples;

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
    // parity: N-mt.auth
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
    // parity: N-mt.auth.modern
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
fn nothing_secret_is_shown() {
    let (mut exchange, first) = Exchange::new(request(), &keys(), rng(7));
    assert_eq!(format!("{exchange:?}"), "Exchange(waiting for pq)");
    let mut server = Server::new();
    let next = exchange
        .handle_message(now(), &server.handle(&first).into())
        .unwrap();
    assert_eq!(format!("{next:?}"), "Work(Job(factor))");
}

//! The states of an exchange, one type each. Every `handle` consumes its state, checks what came in, and gives the next
//! state with what to send or to compute.

use bytes::Bytes;
use subtle::ConstantTimeEq;
use telewire_schema::mtproto::{functions, types};
use telewire_schema::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::job::{Job, JobOutput};
use super::sealed::{open_answer, seal_request};
use super::{ExchangeError, KeyRequest, Outcome, Result};
use crate::crypto::dh::Group;
use crate::crypto::factor::parse_pq;
use crate::crypto::hash::sha1;
use crate::crypto::ige::KeyIv;
use crate::crypto::kdf::{AuthKey, exchange_secret, first_salt};
use crate::crypto::rsa::PublicKey;
use crate::rand::Rng;
use crate::time::Now;

/// How often the server may ask for another secret. A real one asks when two keys share their id: once in 2^64 times.
const MAX_RETRIES: u32 = 4;

/// What every step needs.
struct Run {
    request: KeyRequest,
    rng: Rng,
    nonce: [u8; 16],
}

/// `req_pq_multi` is under way.
pub(super) struct AwaitPq {
    run: Run,
    keys: Vec<PublicKey>,
}

impl AwaitPq {
    pub(super) fn start(
        request: KeyRequest,
        keys: Vec<PublicKey>,
        mut rng: Rng,
    ) -> (Self, Vec<u8>) {
        let nonce = rng.array();
        let payload = functions::ReqPqMulti { nonce }.to_bytes();
        let run = Run {
            request,
            rng,
            nonce,
        };
        (Self { run, keys }, payload)
    }

    pub(super) fn handle(self, message: &Bytes) -> Result<(Factoring, Job)> {
        let answer = types::ResPq::from_exact_bytes(message)?;
        if answer.nonce != self.run.nonce {
            return Err(ExchangeError::Nonce);
        }
        let offered = answer.server_public_key_fingerprints;
        let mut keys = self.keys.into_iter();
        let key = keys
            .find(|key| offered.contains(&key.fingerprint()))
            .ok_or(ExchangeError::UnknownKey)?;
        let job = Job::factor(parse_pq(&answer.pq)?);
        let next = Factoring {
            run: self.run,
            server_nonce: answer.server_nonce,
            pq: answer.pq,
            key,
        };
        Ok((next, job))
    }
}

/// `pq` is being factored.
pub(super) struct Factoring {
    run: Run,
    server_nonce: [u8; 16],
    pq: Bytes,
    key: PublicKey,
}

impl Factoring {
    pub(super) fn handle(mut self, output: JobOutput) -> Result<(AwaitParams, Vec<u8>)> {
        let (p, q) = output.factored().ok_or(ExchangeError::OutOfTurn)??;
        let (p, q) = (minimal(p), minimal(q));
        let new_nonce = Zeroizing::new(self.run.rng.array());
        let inner = self.inner_data(&p, &q, &new_nonce);
        let encrypted = self
            .key
            .encrypt_padded(&inner, &mut self.run.rng)
            .map_err(|_| ExchangeError::Request)?;
        let payload = functions::ReqDhParams {
            nonce: self.run.nonce,
            server_nonce: self.server_nonce,
            p,
            q,
            public_key_fingerprint: self.key.fingerprint(),
            encrypted_data: Bytes::copy_from_slice(&encrypted),
        };
        let next = AwaitParams {
            run: self.run,
            server_nonce: self.server_nonce,
            new_nonce,
        };
        Ok((next, payload.to_bytes()))
    }

    fn inner_data(&self, p: &Bytes, q: &Bytes, new_nonce: &[u8; 32]) -> Zeroizing<Vec<u8>> {
        let (pq, p, q) = (self.pq.clone(), p.clone(), q.clone());
        let (nonce, server_nonce, new_nonce) = (self.run.nonce, self.server_nonce, *new_nonce);
        let dc = self.run.request.wire_dc();
        Zeroizing::new(match self.run.request.expires_in {
            None => types::PQInnerDataDc {
                pq,
                p,
                q,
                nonce,
                server_nonce,
                new_nonce,
                dc,
            }
            .to_bytes(),
            Some(expires_in) => types::PQInnerDataTempDc {
                pq,
                p,
                q,
                nonce,
                server_nonce,
                new_nonce,
                dc,
                expires_in,
            }
            .to_bytes(),
        })
    }
}

/// `req_DH_params` is under way.
pub(super) struct AwaitParams {
    run: Run,
    server_nonce: [u8; 16],
    new_nonce: Zeroizing<[u8; 32]>,
}

impl AwaitParams {
    pub(super) fn handle(mut self, now: Now, message: &Bytes) -> Result<(Computing, Job)> {
        let answer = match types::ServerDhParams::from_exact_bytes(message)? {
            types::ServerDhParams::Ok(answer) => answer,
            types::ServerDhParams::Fail(answer) => return Err(self.refused(&answer)),
        };
        self.check_nonces(&answer.nonce, &answer.server_nonce)?;
        let secret = exchange_secret(&self.server_nonce, &self.new_nonce);
        let inner = open_answer(&secret, &answer.encrypted_answer)?;
        let inner = types::ServerDhInnerData::from_exact_bytes(&inner)?;
        self.check_nonces(&inner.nonce, &inner.server_nonce)?;
        let server_time = i64::from(inner.server_time);
        let ours = Zeroizing::new(self.run.rng.array());
        let job = Job::exchange(
            &inner.dh_prime,
            inner.g,
            &inner.g_a,
            ours,
            self.run.rng.fork(),
        );
        let shared = Shared {
            run: self.run,
            server_nonce: self.server_nonce,
            new_nonce: self.new_nonce,
            secret,
            g_a: inner.g_a,
            server_time,
            time_offset: server_time.saturating_sub(now.wall.secs()),
        };
        let next = Computing {
            shared,
            retry_id: 0,
            retries: 0,
        };
        Ok((next, job))
    }

    fn check_nonces(&self, nonce: &[u8; 16], server_nonce: &[u8; 16]) -> Result<()> {
        check_nonces(&self.run, &self.server_nonce, nonce, server_nonce)
    }

    /// Only one who knows the new nonce can refuse.
    fn refused(&self, answer: &types::ServerDhParamsFail) -> ExchangeError {
        if let Err(error) = self.check_nonces(&answer.nonce, &answer.server_nonce) {
            return error;
        }
        let [_, _, _, _, expected @ ..] = sha1(&[self.new_nonce.as_slice()]);
        if equal(&expected, &answer.new_nonce_hash) {
            ExchangeError::ParamsRefused
        } else {
            ExchangeError::NewNonceHash
        }
    }
}

/// What the steps after the server's Diffie-Hellman values need.
struct Shared {
    run: Run,
    server_nonce: [u8; 16],
    new_nonce: Zeroizing<[u8; 32]>,
    secret: KeyIv,
    g_a: Bytes,
    server_time: i64,
    time_offset: i64,
}

/// The server's group is being checked and the key computed.
pub(super) struct Computing {
    shared: Shared,
    /// 0, or the auxiliary hash of the key that did not do.
    retry_id: i64,
    retries: u32,
}

impl Computing {
    pub(super) fn handle(mut self, output: JobOutput) -> Result<(AwaitConfirmation, Vec<u8>)> {
        let exchanged = output.exchanged().ok_or(ExchangeError::OutOfTurn)??;
        let shared = &mut self.shared;
        let (nonce, server_nonce) = (shared.run.nonce, shared.server_nonce);
        let inner = types::ClientDhInnerData {
            nonce,
            server_nonce,
            retry_id: self.retry_id,
            g_b: Bytes::copy_from_slice(&exchanged.g_b),
        };
        let encrypted = seal_request(&shared.secret, &inner.to_bytes(), &mut shared.run.rng)?;
        let payload = functions::SetClientDhParams {
            nonce,
            server_nonce,
            encrypted_data: encrypted.into(),
        };
        let next = AwaitConfirmation {
            shared: self.shared,
            retries: self.retries,
            group: exchanged.group,
            key: AuthKey::new(*exchanged.shared),
        };
        Ok((next, payload.to_bytes()))
    }
}

/// `set_client_DH_params` is under way.
pub(super) struct AwaitConfirmation {
    shared: Shared,
    retries: u32,
    group: Group,
    key: AuthKey,
}

/// How the server took the key.
pub(super) enum Confirmed {
    Done(Box<Outcome>),
    /// With another secret, please.
    Again(Box<Computing>, Job),
}

impl AwaitConfirmation {
    pub(super) fn handle(self, message: &Bytes) -> Result<Confirmed> {
        use types::SetClientDhParamsAnswer::{DhGenFail, DhGenOk, DhGenRetry};
        match types::SetClientDhParamsAnswer::from_exact_bytes(message)? {
            DhGenOk(answer) => {
                self.check(
                    &answer.nonce,
                    &answer.server_nonce,
                    1,
                    &answer.new_nonce_hash1,
                )?;
                Ok(Confirmed::Done(Box::new(self.outcome())))
            }
            DhGenRetry(answer) => {
                self.check(
                    &answer.nonce,
                    &answer.server_nonce,
                    2,
                    &answer.new_nonce_hash2,
                )?;
                let (next, job) = self.again()?;
                Ok(Confirmed::Again(Box::new(next), job))
            }
            DhGenFail(answer) => {
                self.check(
                    &answer.nonce,
                    &answer.server_nonce,
                    3,
                    &answer.new_nonce_hash3,
                )?;
                Err(ExchangeError::KeyRefused)
            }
        }
    }

    /// The three answers carry three hashes, so that nobody can turn one answer into another.
    fn check(
        &self,
        nonce: &[u8; 16],
        server_nonce: &[u8; 16],
        number: u8,
        hash: &[u8; 16],
    ) -> Result<()> {
        check_nonces(
            &self.shared.run,
            &self.shared.server_nonce,
            nonce,
            server_nonce,
        )?;
        let expected = self.key.new_nonce_hash(&self.shared.new_nonce, number);
        if equal(&expected, hash) {
            Ok(())
        } else {
            Err(ExchangeError::NewNonceHash)
        }
    }

    fn outcome(self) -> Outcome {
        let shared = &self.shared;
        let lifetime = shared.run.request.expires_in.map(i64::from);
        Outcome {
            salt: first_salt(&shared.server_nonce, &shared.new_nonce),
            time_offset: shared.time_offset,
            expires_at: lifetime.map(|seconds| shared.server_time.saturating_add(seconds)),
            key: self.key,
        }
    }

    fn again(mut self) -> Result<(Computing, Job)> {
        let retries = self.retries.saturating_add(1);
        if retries > MAX_RETRIES {
            return Err(ExchangeError::TooManyRetries);
        }
        let ours = Zeroizing::new(self.shared.run.rng.array());
        let job = Job::exchange_again(self.group, &self.shared.g_a, ours);
        let next = Computing {
            shared: self.shared,
            retry_id: i64::from_le_bytes(self.key.aux_hash()),
            retries,
        };
        Ok((next, job))
    }
}

fn check_nonces(
    run: &Run,
    ours: &[u8; 16],
    nonce: &[u8; 16],
    server_nonce: &[u8; 16],
) -> Result<()> {
    if *nonce != run.nonce {
        return Err(ExchangeError::Nonce);
    }
    if server_nonce != ours {
        return Err(ExchangeError::ServerNonce);
    }
    Ok(())
}

/// Big-endian without leading zeros.
fn minimal(number: u64) -> Bytes {
    let bytes = number.to_be_bytes();
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}

fn equal(a: &[u8; 16], b: &[u8; 16]) -> bool {
    a.ct_eq(b).into()
}

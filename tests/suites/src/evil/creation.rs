//! The server's side of key creation.

use std::sync::OnceLock;

use telewire_core::exchange::RsaKeys;
use telewire_core::internals::dh::{Group, KNOWN_PRIME};
use telewire_core::internals::hash::sha1;
use telewire_core::internals::rsa_private::PrivateKey;
use telewire_core::internals::{AuthKey, ige, kdf};
use telewire_core::rand::{Rng, Seed};
use telewire_schema::mtproto::{functions, types};
use telewire_schema::{Deserialize, Identifiable, Reader, Serialize};

/// Changes a value before it is written.
pub type Hook<T> = Box<dyn Fn(&mut T)>;

/// The honest answer, a product of two 30-bit primes.
const PQ: u64 = 1_468_428_376_148_703_121;

const SHA1: usize = 20;

/// Where a server departs from the rules while a key is made; by default nowhere.
pub struct Script {
    /// `resPQ`.
    pub res_pq: Hook<types::ResPq>,
    /// `server_DH_inner_data`.
    pub inner: Hook<types::ServerDhInnerData>,
    /// SHA-1, inner data and padding, before they are encrypted.
    pub plain: Hook<Vec<u8>>,
    /// `server_DH_params_ok`.
    pub params: Hook<types::ServerDhParamsOk>,
    /// `server_DH_params_fail`, sent instead if there is something here.
    pub refusal: Option<Hook<types::ServerDhParamsFail>>,
    /// What the server says to the key, by the number of the attempt from 1 on.
    pub verdict: fn(usize) -> Verdict,
    /// The content of that.
    pub confirmation: Hook<Confirmation>,
    /// Each answer, in its envelope.
    pub envelope: Hook<Vec<u8>>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            res_pq: Box::new(|_| {}),
            inner: Box::new(|_| {}),
            plain: Box::new(|_| {}),
            params: Box::new(|_| {}),
            refusal: None,
            verdict: |_| Verdict::Ok,
            confirmation: Box::new(|_| {}),
            envelope: Box::new(|_| {}),
        }
    }
}

/// The three answers to a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// `dh_gen_ok`
    Ok,
    /// `dh_gen_retry`
    Retry,
    /// `dh_gen_fail`
    Fail,
}

/// The content of any of the three answers to a new key.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The client's nonce.
    pub nonce: [u8; 16],
    /// The server's nonce.
    pub server_nonce: [u8; 16],
    /// `new_nonce_hash` 1, 2 and 3; each answer carries its own.
    pub hashes: [[u8; 16]; 3],
}

/// What a client has said in `req_DH_params`.
#[derive(Clone, Debug)]
pub struct Claim {
    /// It came by `RSA_PAD`, not by the scheme before it.
    pub padded: bool,
    /// The decrypted data.
    pub inner: types::PQInnerData,
}

/// The RSA key of all scripted servers; making one takes a while.
pub fn server_key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| PrivateKey::generate(&mut Rng::new(Seed::new([9; 32]))))
}

/// What a client has to trust to accept them.
pub fn rsa_keys() -> RsaKeys {
    RsaKeys::new([server_key().public().clone()])
}

/// One run of key creation.
pub(super) struct Creation {
    server_nonce: [u8; 16],
    new_nonce: [u8; 32],
    secret: [u8; 256],
    attempts: usize,
}

/// What a message of the client's led to.
pub(super) enum Step {
    /// An answer.
    Answer(Vec<u8>),
    /// The last one, and the key it confirms.
    Made(Vec<u8>, AuthKey),
    /// With values that are no group there is nothing to go on with.
    Stuck,
}

impl Creation {
    pub(super) fn new(rng: &mut Rng) -> Self {
        Self {
            server_nonce: rng.array(),
            new_nonce: [0; 32],
            secret: rng.array(),
            attempts: 0,
        }
    }

    pub(super) fn handle(
        &mut self,
        script: &Script,
        claims: &mut Vec<Claim>,
        time: i64,
        message: &[u8],
    ) -> Step {
        // Requests are read by hand: the schema decodes them under its feature `server` only.
        let mut r = Reader::from_slice(message);
        let (id, nonce) = (r.word(), r.int128());
        if id == functions::ReqPqMulti::ID {
            r.finish().expect("req_pq_multi");
            return Step::Answer(self.res_pq(script, nonce));
        }
        assert_eq!(r.int128(), self.server_nonce, "the client keeps our nonce");
        if id == functions::ReqDhParams::ID {
            let (_p, _q, key, data) = (r.bytes(), r.bytes(), r.long(), r.bytes());
            r.finish().expect("req_DH_params");
            assert_eq!(key, server_key().public().fingerprint());
            let claim = read_claim(&data);
            self.new_nonce = new_nonce(&claim.inner);
            claims.push(claim);
            return Step::Answer(self.dh_params(script, nonce, time));
        }
        assert_eq!(id, functions::SetClientDhParams::ID);
        let data = r.bytes();
        r.finish().expect("set_client_DH_params");
        self.confirm(script, nonce, &data)
    }

    fn res_pq(&self, script: &Script, nonce: [u8; 16]) -> Vec<u8> {
        let mut answer = types::ResPq {
            nonce,
            server_nonce: self.server_nonce,
            pq: PQ.to_be_bytes().to_vec().into(),
            server_public_key_fingerprints: vec![17, server_key().public().fingerprint()],
        };
        (script.res_pq)(&mut answer);
        answer.to_bytes()
    }

    fn dh_params(&self, script: &Script, nonce: [u8; 16], time: i64) -> Vec<u8> {
        let server_nonce = self.server_nonce;
        if let Some(refusal) = &script.refusal {
            let [_, _, _, _, new_nonce_hash @ ..] = sha1(&[&self.new_nonce]);
            let mut answer = types::ServerDhParamsFail {
                nonce,
                server_nonce,
                new_nonce_hash,
            };
            refusal(&mut answer);
            return answer.to_bytes();
        }
        let mut base = [0; 256];
        base[3] = 1;
        let (g_a, _) = group(&KNOWN_PRIME, 3)
            .exchange(&base, &self.secret)
            .expect("our own value is in range");
        let mut inner = types::ServerDhInnerData {
            nonce,
            server_nonce,
            g: 3,
            dh_prime: KNOWN_PRIME.to_vec().into(),
            g_a: g_a.to_vec().into(),
            server_time: i32::try_from(time).expect("a time before 2038"),
        };
        (script.inner)(&mut inner);
        let data = inner.to_bytes();
        let mut plain = [sha1(&[&data]).as_slice(), &data].concat();
        plain.resize(plain.len().next_multiple_of(ige::BLOCK), 0xee);
        (script.plain)(&mut plain);
        let secret = kdf::exchange_secret(&server_nonce, &self.new_nonce);
        ige::encrypt(&secret, &mut plain).expect("whole blocks");
        let mut answer = types::ServerDhParamsOk {
            nonce,
            server_nonce,
            encrypted_answer: plain.into(),
        };
        (script.params)(&mut answer);
        types::ServerDhParams::from(answer).to_bytes()
    }

    fn confirm(&mut self, script: &Script, nonce: [u8; 16], data: &[u8]) -> Step {
        let mut plain = data.to_vec();
        let secret = kdf::exchange_secret(&self.server_nonce, &self.new_nonce);
        ige::decrypt(&secret, &mut plain).expect("whole blocks");
        let inner = types::ClientDhInnerData::from_slice(&plain[SHA1..]).expect("inner data");
        assert_eq!(plain[..SHA1], sha1(&[&inner.to_bytes()]));
        let group = group(&KNOWN_PRIME, 3);
        // A client that has let unsound values pass is off our group.
        let Ok((_, shared)) = group.exchange(&inner.g_b, &self.secret) else {
            return Step::Stuck;
        };
        let key = AuthKey::new(*shared);
        self.attempts += 1;
        let verdict = (script.verdict)(self.attempts);
        let mut confirmation = Confirmation {
            nonce,
            server_nonce: self.server_nonce,
            hashes: [1, 2, 3].map(|number| key.new_nonce_hash(&self.new_nonce, number)),
        };
        (script.confirmation)(&mut confirmation);
        let message = confirmation.to_bytes(verdict);
        match verdict {
            Verdict::Ok => Step::Made(message, key),
            Verdict::Retry | Verdict::Fail => Step::Answer(message),
        }
    }
}

impl Confirmation {
    fn to_bytes(&self, verdict: Verdict) -> Vec<u8> {
        let (nonce, server_nonce) = (self.nonce, self.server_nonce);
        let [new_nonce_hash1, new_nonce_hash2, new_nonce_hash3] = self.hashes;
        match verdict {
            Verdict::Ok => types::DhGenOk {
                nonce,
                server_nonce,
                new_nonce_hash1,
            }
            .to_bytes(),
            Verdict::Retry => types::DhGenRetry {
                nonce,
                server_nonce,
                new_nonce_hash2,
            }
            .to_bytes(),
            Verdict::Fail => types::DhGenFail {
                nonce,
                server_nonce,
                new_nonce_hash3,
            }
            .to_bytes(),
        }
    }
}

fn group(prime: &[u8], g: i32) -> Group {
    Group::check(prime, g, &mut Rng::new(Seed::new([3; 32]))).expect("the published group")
}

/// As servers in the field do, this one takes the scheme before `RSA_PAD` as well, and tells the two apart.
fn read_claim(data: &[u8]) -> Claim {
    let (padded, plain) = match server_key().decrypt_padded(data) {
        Ok(plain) => (true, plain.to_vec()),
        Err(_) => {
            let len = |plain: &[u8]| {
                let mut r = Reader::from_slice(plain);
                r.value::<types::PQInnerData>().ok()?;
                Some(r.position())
            };
            let plain = server_key().decrypt_hashed(data, len);
            (false, plain.expect("encrypted with our key"))
        }
    };
    let inner = types::PQInnerData::from_slice(&plain).expect("inner data");
    Claim { padded, inner }
}

fn new_nonce(inner: &types::PQInnerData) -> [u8; 32] {
    match inner {
        types::PQInnerData::Dc(inner) => inner.new_nonce,
        types::PQInnerData::TempDc(inner) => inner.new_nonce,
        types::PQInnerData::PQInnerData(inner) => inner.new_nonce,
        types::PQInnerData::Temp(inner) => inner.new_nonce,
    }
}

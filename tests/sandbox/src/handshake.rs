//! The server's side of [creating an authorization key](https://core.telegram.org/mtproto/auth_key).
//!
//! One [`Handshake`] a connection. Whatever does not fit ends it; the connection is closed then, as the real servers
//! do, and nothing is explained.

use bytes::Bytes;
use num_bigint::BigUint;
use telewire_core::internals::dh::{Group, KNOWN_PRIME};
use telewire_core::internals::hash::sha1;
use telewire_core::internals::kdf::{exchange_secret, first_salt};
use telewire_core::internals::{AuthKey, KeyIv, ige};
use telewire_core::rand::Rng;
use telewire_core::time::Unix;
use telewire_schema::mtproto::{functions, types};
use telewire_schema::{Deserialize as _, Identifiable as _, Reader, Serialize as _};

use crate::keys::{Key, rsa};

/// Where a connection is in the exchange.
#[derive(Default)]
pub(crate) enum Handshake {
    #[default]
    Idle,
    /// `resPQ` is out.
    Challenged {
        nonce: [u8; 16],
        server_nonce: [u8; 16],
        p: u32,
        q: u32,
    },
    /// `server_DH_params_ok` is out.
    Exchanging(Box<Exchanging>),
}

/// The last step's state.
pub(crate) struct Exchanging {
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    new_nonce: [u8; 32],
    secret: [u8; 256],
    expires_in: Option<i32>,
}

/// What a step comes to.
pub(crate) enum Step {
    /// Send this.
    Answer(Vec<u8>),
    /// Send this, and the key is there.
    Done(Vec<u8>, Box<Key>),
    /// Say so in a transport error, then close.
    Refused(i32),
}

/// What the exchange has to know of its server.
pub(crate) struct Site<'a> {
    pub(crate) dc: i32,
    pub(crate) now: Unix,
    pub(crate) rng: &'a mut Rng,
    /// Whether a key with this identifier exists already.
    pub(crate) taken: &'a dyn Fn(i64) -> bool,
}

/// What all four forms of the inner data hold.
struct Inner {
    pq: Bytes,
    p: Bytes,
    q: Bytes,
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    new_nonce: [u8; 32],
    dc: Option<i32>,
    expires_in: Option<i32>,
}

const MALFORMED: i32 = -404;
const WRONG_DC: i32 = -444;

impl Handshake {
    /// Handles one unencrypted message.
    pub(crate) fn handle(&mut self, site: Site<'_>, body: &Bytes) -> Step {
        let mut r = Reader::new(body);
        let step = match r.peek_id() {
            Some(functions::ReqPqMulti::ID) => functions::ReqPqMulti::deserialize(&mut r)
                .ok()
                .map(|m| self.challenge(site, m.nonce)),
            Some(functions::ReqPq::ID) => functions::ReqPq::deserialize(&mut r)
                .ok()
                .map(|m| self.challenge(site, m.nonce)),
            Some(functions::ReqDhParams::ID) => functions::ReqDhParams::deserialize(&mut r)
                .ok()
                .and_then(|m| self.offer(site, &m)),
            Some(functions::SetClientDhParams::ID) => {
                functions::SetClientDhParams::deserialize(&mut r)
                    .ok()
                    .and_then(|m| self.finish(site, &m))
            }
            // Clients in the field acknowledge here, too.
            Some(types::MsgsAck::ID) => Some(Step::Answer(Vec::new())),
            _ => None,
        };
        step.unwrap_or(Step::Refused(MALFORMED))
    }

    fn challenge(&mut self, site: Site<'_>, nonce: [u8; 16]) -> Step {
        let server_nonce = site.rng.array();
        let (a, b) = (prime(site.rng), prime(site.rng));
        let (p, q) = if a < b { (a, b) } else { (b, a) };
        if p == q {
            return self.challenge(site, nonce);
        }
        *self = Self::Challenged {
            nonce,
            server_nonce,
            p,
            q,
        };
        let pq = (u64::from(p) * u64::from(q)).to_be_bytes();
        let fingerprints = vec![rsa(site.dc).public().fingerprint()];
        let answer = types::ResPq::new(nonce, server_nonce, pq.to_vec(), fingerprints);
        Step::Answer(answer.to_bytes())
    }

    fn offer(&mut self, site: Site<'_>, m: &functions::ReqDhParams) -> Option<Step> {
        let Self::Challenged {
            nonce,
            server_nonce,
            p,
            q,
        } = *self
        else {
            return None;
        };
        let fits = m.nonce == nonce
            && m.server_nonce == server_nonce
            && number(&m.p) == Some(u64::from(p))
            && number(&m.q) == Some(u64::from(q))
            && m.public_key_fingerprint == rsa(site.dc).public().fingerprint();
        let inner = fits.then(|| open(site.dc, &m.encrypted_data)).flatten()?;
        let agrees = inner.nonce == nonce
            && inner.server_nonce == server_nonce
            && number(&inner.p) == Some(u64::from(p))
            && number(&inner.q) == Some(u64::from(q))
            && number(&inner.pq) == Some(u64::from(p) * u64::from(q));
        if !agrees {
            return None;
        }
        // Test servers are counted from 10,000, media links are negative.
        if inner.dc.is_some_and(|dc| dc.abs() % 10_000 != site.dc) {
            return Some(Step::Refused(WRONG_DC));
        }
        let secret = site.rng.array();
        let prime = BigUint::from_bytes_be(&KNOWN_PRIME);
        let g_a = BigUint::from(3_u32).modpow(&BigUint::from_bytes_be(&secret), &prime);
        let answer = types::ServerDhInnerData::new(
            nonce,
            server_nonce,
            3,
            KNOWN_PRIME.to_vec(),
            g_a.to_bytes_be(),
            i32::try_from(site.now.secs()).unwrap_or(i32::MAX),
        )
        .to_bytes();
        let mut sealed = [sha1(&[&answer]).as_slice(), &answer].concat();
        let missing = sealed.len().next_multiple_of(16) - sealed.len();
        let padding: [u8; 16] = site.rng.array();
        sealed.extend_from_slice(&padding[..missing]);
        ige::encrypt(
            &exchange_secret(&server_nonce, &inner.new_nonce),
            &mut sealed,
        )
        .ok()?;
        *self = Self::Exchanging(Box::new(Exchanging {
            nonce,
            server_nonce,
            new_nonce: inner.new_nonce,
            secret,
            expires_in: inner.expires_in,
        }));
        Some(Step::Answer(
            types::ServerDhParamsOk::new(nonce, server_nonce, sealed).to_bytes(),
        ))
    }

    fn finish(&mut self, site: Site<'_>, m: &functions::SetClientDhParams) -> Option<Step> {
        let Self::Exchanging(state) = self else {
            return None;
        };
        if m.nonce != state.nonce || m.server_nonce != state.server_nonce {
            return None;
        }
        let secret = exchange_secret(&state.server_nonce, &state.new_nonce);
        let inner = open_client(&secret, &m.encrypted_data)?;
        if inner.nonce != state.nonce || inner.server_nonce != state.server_nonce {
            return None;
        }
        let mut rng = site.rng.fork();
        let group = Group::check(&KNOWN_PRIME, 3, &mut rng).ok()?;
        let g_b = group.public_value(&inner.g_b).ok()?;
        let prime = BigUint::from_bytes_be(&KNOWN_PRIME);
        let shared =
            BigUint::from_bytes_be(&g_b).modpow(&BigUint::from_bytes_be(&state.secret), &prime);
        let mut bytes = [0; 256];
        let shared = shared.to_bytes_be();
        bytes[256 - shared.len()..].copy_from_slice(&shared);
        let auth = AuthKey::new(bytes);
        let (nonce, server_nonce) = (state.nonce, state.server_nonce);
        if (site.taken)(auth.id()) {
            let hash = auth.new_nonce_hash(&state.new_nonce, 2);
            return Some(Step::Answer(
                types::DhGenRetry::new(nonce, server_nonce, hash).to_bytes(),
            ));
        }
        let hash = auth.new_nonce_hash(&state.new_nonce, 1);
        let salt = first_salt(&state.server_nonce, &state.new_nonce);
        let key = Key::new(site.dc, auth, salt, site.now, state.expires_in);
        *self = Self::Idle;
        Some(Step::Done(
            types::DhGenOk::new(nonce, server_nonce, hash).to_bytes(),
            Box::new(key),
        ))
    }
}

/// The client's inner data, sealed either way.
fn open(dc: i32, encrypted: &[u8]) -> Option<Inner> {
    let padded = rsa(dc)
        .decrypt_padded(encrypted)
        .ok()
        .map(|data| data.to_vec());
    let hashed = || {
        let len = |data: &[u8]| {
            let mut r = Reader::from_slice(data);
            types::PQInnerData::deserialize(&mut r)
                .ok()
                .map(|_| r.position())
        };
        rsa(dc).decrypt_hashed(encrypted, len).ok()
    };
    let data = padded.or_else(hashed)?;
    let inner = types::PQInnerData::from_slice(&data).ok()?;
    Some(match inner {
        types::PQInnerData::PQInnerData(i) => {
            let i = *i;
            Inner::new(
                i.pq,
                i.p,
                i.q,
                (i.nonce, i.server_nonce, i.new_nonce),
                None,
                None,
            )
        }
        types::PQInnerData::Dc(i) => {
            let i = *i;
            Inner::new(
                i.pq,
                i.p,
                i.q,
                (i.nonce, i.server_nonce, i.new_nonce),
                Some(i.dc),
                None,
            )
        }
        types::PQInnerData::Temp(i) => {
            let i = *i;
            Inner::new(
                i.pq,
                i.p,
                i.q,
                (i.nonce, i.server_nonce, i.new_nonce),
                None,
                Some(i.expires_in),
            )
        }
        types::PQInnerData::TempDc(i) => {
            let i = *i;
            Inner::new(
                i.pq,
                i.p,
                i.q,
                (i.nonce, i.server_nonce, i.new_nonce),
                Some(i.dc),
                Some(i.expires_in),
            )
        }
    })
}

impl Inner {
    fn new(
        pq: Bytes,
        p: Bytes,
        q: Bytes,
        (nonce, server_nonce, new_nonce): ([u8; 16], [u8; 16], [u8; 32]),
        dc: Option<i32>,
        expires_in: Option<i32>,
    ) -> Self {
        Self {
            pq,
            p,
            q,
            nonce,
            server_nonce,
            new_nonce,
            dc,
            expires_in,
        }
    }
}

/// `client_DH_inner_data` behind its hash, with up to 15 bytes of padding.
fn open_client(secret: &KeyIv, encrypted: &[u8]) -> Option<types::ClientDhInnerData> {
    let mut data = encrypted.to_vec();
    ige::decrypt(secret, &mut data).ok()?;
    let (hash, rest) = data.split_at_checked(20)?;
    let mut r = Reader::from_slice(rest);
    let inner = types::ClientDhInnerData::deserialize(&mut r).ok()?;
    let (body, padding) = rest.split_at_checked(r.position())?;
    (sha1(&[body]) == hash && padding.len() < 16).then_some(inner)
}

/// A big-endian number of up to 8 bytes.
fn number(bytes: &[u8]) -> Option<u64> {
    let mut out = [0; 8];
    let start = out.len().checked_sub(bytes.len())?;
    out[start..].copy_from_slice(bytes);
    Some(u64::from_be_bytes(out))
}

/// A random prime of 31 bits.
fn prime(rng: &mut Rng) -> u32 {
    loop {
        let candidate = rng.u32() >> 2 | 1 << 30 | 1;
        let mut divisors = (3..).step_by(2).take_while(|d: &u32| d * d <= candidate);
        if divisors.all(|d| !candidate.is_multiple_of(d)) {
            return candidate;
        }
    }
}

//! Making a key.

use num_bigint::BigUint;
use telewire_core::internals::hash::sha1;
use telewire_core::internals::kdf::{exchange_secret, first_salt};
use telewire_core::internals::rsa::PublicKey;
use telewire_core::internals::{AuthKey, factor, ige, plain, rsa_private};
use telewire_core::rand::{Rng, Seed};
use telewire_core::transport::Mode;
use telewire_sandbox::Entrance;
use telewire_schema::mtproto::{functions as mf, types as mt};
use telewire_schema::{Deserialize, Serialize};

use super::{Bench, Client, Scheme};

impl Client {
    /// Tries to create a key for the data centre `told`, wherever it has connected to.
    pub fn create_for(bench: &mut Bench, entrance: Entrance, told: i32) -> Self {
        let mut client = Self::at(bench, entrance, Mode::Intermediate, 9);
        // Not the same key each time.
        client.rng = Rng::new(Seed::new([told.to_le_bytes()[0]; 32]));
        client.exchange(bench, Scheme::Padded, told);
        client
    }

    /// One that has said nothing yet.
    pub fn unknown(bench: &mut Bench, entrance: Entrance, mode: Mode) -> Self {
        Self::at(bench, entrance, mode, 8)
    }

    /// Whether the server answers the first question of the key exchange.
    pub fn is_heard(&mut self, bench: &mut Bench) -> bool {
        self.ask_for_challenge(bench) && !self.closed
    }

    /// `None` when the server does not go on with a key for the data centre `told`.
    pub(super) fn exchange(&mut self, bench: &mut Bench, scheme: Scheme, told: i32) -> Option<()> {
        let nonce = self.rng.array::<16>();
        let res: mt::ResPq = match scheme {
            Scheme::Padded => self.plain(bench, &mf::ReqPqMulti::new(nonce)),
            Scheme::Hashed => self.plain(bench, &mf::ReqPq::new(nonce)),
        };
        let here = self.entrance.dc;
        let mut dcs = bench.server.dcs().into_iter();
        let pem = dcs.find(|dc| dc.id == here).unwrap().public_key_pem;
        let public = PublicKey::from_pem(&pem).unwrap();
        assert_eq!(res.server_public_key_fingerprints, [public.fingerprint()]);
        let (p, q) = factor::factor(factor::parse_pq(&res.pq).unwrap()).unwrap();
        let number = |n: u64| u32::try_from(n).unwrap().to_be_bytes().to_vec();
        let (p, q) = (number(p), number(q));
        let new_nonce = self.rng.array::<32>();
        let (pq, sn) = (res.pq.clone(), res.server_nonce);
        let sealed = match scheme {
            Scheme::Padded => {
                let inner =
                    mt::PQInnerDataDc::new(pq, p.clone(), q.clone(), nonce, sn, new_nonce, told);
                public
                    .encrypt_padded(&inner.to_bytes(), &mut self.rng)
                    .unwrap()
            }
            Scheme::Hashed => {
                let inner =
                    mt::PQInnerDataData::new(pq, p.clone(), q.clone(), nonce, sn, new_nonce);
                rsa_private::encrypt_hashed(&public, &inner.to_bytes(), &mut self.rng).unwrap()
            }
        };
        let request = mf::ReqDhParams::new(nonce, sn, p, q, public.fingerprint(), sealed.to_vec());
        let mt::ServerDhParams::Ok(ok) = self.try_plain(bench, &request)? else {
            panic!("refused");
        };
        let secret = exchange_secret(&sn, &new_nonce);
        let mut answer = ok.encrypted_answer.to_vec();
        ige::decrypt(&secret, &mut answer).unwrap();
        let inner = mt::ServerDhInnerData::from_slice(&answer[20..]).unwrap();
        let prime = BigUint::from_bytes_be(&inner.dh_prime);
        self.prime = inner.dh_prime.to_vec();
        let b = BigUint::from_bytes_be(&self.rng.array::<256>());
        let g_b = BigUint::from(inner.g.cast_unsigned())
            .modpow(&b, &prime)
            .to_bytes_be();
        let shared = BigUint::from_bytes_be(&inner.g_a)
            .modpow(&b, &prime)
            .to_bytes_be();
        let own = mt::ClientDhInnerData::new(nonce, sn, 0, g_b).to_bytes();
        let mut sealed = [sha1(&[&own]).as_slice(), &own].concat();
        sealed.resize(sealed.len().next_multiple_of(16), 9);
        ige::encrypt(&secret, &mut sealed).unwrap();
        let done = self.plain(bench, &mf::SetClientDhParams::new(nonce, sn, sealed));
        let mt::SetClientDhParamsAnswer::DhGenOk(ok) = done else {
            panic!("not taken");
        };
        let mut bytes = [0; 256];
        bytes[256 - shared.len()..].copy_from_slice(&shared);
        self.key = AuthKey::new(bytes);
        assert_eq!(ok.new_nonce_hash1, self.key.new_nonce_hash(&new_nonce, 1));
        self.salt = first_salt(&sn, &new_nonce);
        Some(())
    }

    fn ask_for_challenge(&mut self, bench: &mut Bench) -> bool {
        let nonce = self.rng.array::<16>();
        let answer: Option<mt::ResPq> = self.try_plain(bench, &mf::ReqPqMulti::new(nonce));
        answer.is_some_and(|a| a.nonce == nonce)
    }

    /// An unencrypted question and its answer.
    pub fn plain<T: Deserialize>(&mut self, bench: &mut Bench, request: &impl Serialize) -> T {
        let answer = self.try_plain(bench, request);
        answer.unwrap_or_else(|| panic!("error {:?}, closed {}", self.error, self.closed))
    }

    fn try_plain<T: Deserialize>(
        &mut self,
        bench: &mut Bench,
        request: &impl Serialize,
    ) -> Option<T> {
        let id = self.next_id(bench);
        self.send_packet(bench, &plain::pack(id, &request.to_bytes()));
        let mut packets = self.receive(bench);
        let packet = packets.pop()?;
        assert!(packets.is_empty(), "one answer");
        let (_, body) = plain::unpack(&packet.freeze()).unwrap();
        Some(T::from_bytes(&body).unwrap())
    }
}

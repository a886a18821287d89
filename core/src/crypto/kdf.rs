//! Authorization keys and what is derived from them.
//!
//! [MTProto 2.0](https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector):
//! each message has its own AES key and vector, derived from the authorization key and from the message key, which is
//! a hash of the plaintext with its padding.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::hash::{part, sha1, sha256};
use super::ige::KeyIv;

/// The 2048-bit secret shared with one data centre.
///
/// It is overwritten when dropped and hidden from `Debug`; [`AuthKey::id`] may be shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct AuthKey {
    bytes: Box<[u8; 256]>,
    #[zeroize(skip)]
    id: i64,
    aux_hash: [u8; 8],
}

/// Who wrote a message. The two directions use different parts of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Client to server (x = 0).
    Client,
    /// Server to client (x = 8).
    Server,
}

impl AuthKey {
    /// The key with these bytes, in big-endian order.
    #[must_use]
    pub fn new(bytes: [u8; 256]) -> Self {
        let bytes = Zeroizing::new(bytes);
        let hash = sha1(&[bytes.as_slice()]);
        let [a, b, c, d, e, f, g, h, .., i, j, k, l, m, n, o, p] = hash;
        Self {
            bytes: Box::new(*bytes),
            id: i64::from_le_bytes([i, j, k, l, m, n, o, p]),
            aux_hash: [a, b, c, d, e, f, g, h],
        }
    }

    /// The same from a slice of exactly 256 bytes, as sessions store it.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self::new(*<&[u8; 256]>::try_from(bytes).ok()?))
    }

    /// The key itself, for storing it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 256] {
        &self.bytes
    }

    /// `auth_key_id`: the 64 lower-order bits of the key's SHA-1, in front of every encrypted message.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// `auth_key_aux_hash`: the 64 higher-order bits of the key's SHA-1, in the order they are hashed and sent.
    #[must_use]
    pub fn aux_hash(&self) -> [u8; 8] {
        self.aux_hash
    }

    /// The hash that ends key creation: 128 lower-order bits of the SHA-1 of the new nonce, `number` (1 for an accepted
    /// key, 2 for one to be tried again, 3 for a refused one) and the key's auxiliary hash.
    #[must_use]
    pub fn new_nonce_hash(&self, new_nonce: &[u8; 32], number: u8) -> [u8; 16] {
        let hash = sha1(&[new_nonce, &[number], &self.aux_hash]);
        let [_, _, _, _, rest @ ..] = hash;
        rest
    }

    /// `msg_key` of a whole plaintext (header, body and padding) written by `side`.
    #[must_use]
    pub fn msg_key(&self, side: Side, plaintext: &[u8]) -> [u8; 16] {
        let large = sha256(&[self.window::<32>(side, 88), plaintext]);
        let [_, _, _, _, _, _, _, _, middle @ .., _, _, _, _, _, _, _, _] = large;
        middle
    }

    /// Whether `msg_key` belongs to the decrypted `plaintext`; takes the same time whatever the answer.
    #[must_use]
    pub fn verify(&self, side: Side, msg_key: &[u8; 16], plaintext: &[u8]) -> bool {
        self.msg_key(side, plaintext).ct_eq(msg_key).into()
    }

    /// AES key and vector of the message with this `msg_key`, written by `side`.
    #[must_use]
    pub fn message_secret(&self, side: Side, msg_key: &[u8; 16]) -> KeyIv {
        let a = Zeroizing::new(sha256(&[msg_key, self.window::<36>(side, 0)]));
        let b = Zeroizing::new(sha256(&[self.window::<36>(side, 40), msg_key]));
        let mut secret = KeyIv {
            key: [0; 32],
            iv: [0; 32],
        };
        interleave(&mut secret.key, &a, &b);
        interleave(&mut secret.iv, &b, &a);
        secret
    }

    /// `N` bytes from `start + x` on; every caller's window ends below 256.
    fn window<const N: usize>(&self, side: Side, start: usize) -> &[u8] {
        let x = match side {
            Side::Client => 0,
            Side::Server => 8,
        };
        self.bytes.get(start + x..start + x + N).unwrap_or_default()
    }
}

// Comparing keys must not tell where they differ.
impl PartialEq for AuthKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes.ct_eq(other.bytes.as_slice()).into()
    }
}

impl Eq for AuthKey {}

impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthKey(id {:016x})", self.id)
    }
}

/// [`tmp_aes_key` and `tmp_aes_iv`](https://core.telegram.org/mtproto/auth_key#6-server-responds-with), which protect
/// the Diffie-Hellman values while a key is created.
#[must_use]
pub fn exchange_secret(server_nonce: &[u8; 16], new_nonce: &[u8; 32]) -> KeyIv {
    let new_server = Zeroizing::new(sha1(&[new_nonce, server_nonce]));
    let server_new = Zeroizing::new(sha1(&[server_nonce, new_nonce]));
    let new_new = Zeroizing::new(sha1(&[new_nonce, new_nonce]));
    let mut secret = KeyIv {
        key: [0; 32],
        iv: [0; 32],
    };
    let key = new_server.iter().chain(server_new.iter());
    let iv = server_new
        .iter()
        .skip(12)
        .chain(new_new.iter())
        .chain(new_nonce);
    for (to, from) in secret.key.iter_mut().zip(key) {
        *to = *from;
    }
    for (to, from) in secret.iv.iter_mut().zip(iv) {
        *to = *from;
    }
    secret
}

/// The first server salt of a fresh key: the two nonces' first eight bytes, xor-ed.
#[must_use]
pub fn first_salt(server_nonce: &[u8; 16], new_nonce: &[u8; 32]) -> i64 {
    let half = |bytes| part::<8>(bytes, 0).map_or(0, i64::from_le_bytes);
    half(server_nonce) ^ half(new_nonce)
}

/// `out` := bytes 0..8 of `a`, 8..24 of `b`, 24..32 of `a`.
fn interleave(out: &mut [u8; 32], a: &[u8; 32], b: &[u8; 32]) {
    for (index, (to, (a, b))) in out.iter_mut().zip(a.iter().zip(b)).enumerate() {
        *to = if (8..24).contains(&index) { *b } else { *a };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ige;
    use crate::crypto::vectors::{self, hex, hex_array};

    fn counting_key() -> AuthKey {
        AuthKey::new(std::array::from_fn(|i| i as u8))
    }

    // The answers of grammers-crypto 0.11 (src/lib.rs, calc_client_key and calc_server_key) for the key 00..ff and the
    // message key 00..0f: an implementation in the field with which the real servers talk.
    #[test]
    fn message_secrets_agree_with_another_implementation() {
        let msg_key = std::array::from_fn(|i| i as u8);
        let client = counting_key().message_secret(Side::Client, &msg_key);
        assert_eq!(
            client.key,
            hex_array("704ed09c8b41668ae8f99d244738f71dbddc44469b6bbd4aa8573dd042bd059e")
        );
        assert_eq!(
            client.iv,
            hex_array("4d266000a550edabbf4c7ce40fd0043cc92230184cd317a5cc9c2482fd3b9318")
        );
        let server = counting_key().message_secret(Side::Server, &msg_key);
        assert_eq!(
            server.key,
            hex_array("217725799b245806458174a1fcfbc883906807b15033fdd0ea2b4d69cf9c364e")
        );
        assert_eq!(
            server.iv,
            hex_array("669a6538917a4fa56ca32360a431c9160be4ad887140980dab91ce7bdc47ffbc")
        );
    }

    // The same source, encrypt_client_data_v2: key id, message key, ciphertext.
    #[test]
    fn a_whole_message_agrees_with_another_implementation() {
        // parity: N-mt.v2
        let expected = hex(
            "32d1586ea457dfc8a81729d46db54019a2bfd7f744f9b96c4f716cfdc4477db2a2c15f6ddb85235f\
             b9552f1d8407c6aaea00cc844c5a1bf6ac44b79b5edc2a23868b3d6073a590992c0f2975243d563e\
             a180d218ee757c9a",
        );
        let mut plain = b"Hello, world! This data should remain secure!".to_vec();
        plain.resize(64, 0);
        let key = counting_key();
        let msg_key = key.msg_key(Side::Client, &plain);
        assert!(key.verify(Side::Client, &msg_key, &plain));
        assert!(!key.verify(Side::Server, &msg_key, &plain));
        let secret = key.message_secret(Side::Client, &msg_key);
        ige::encrypt(&secret, &mut plain).unwrap();
        let packet = [&key.id().to_le_bytes(), msg_key.as_slice(), &plain].concat();
        assert_eq!(packet, expected);
    }

    // https://core.telegram.org/mtproto/samples-auth_key, steps 6, 8 and 9.
    #[test]
    fn exchange_values_agree_with_the_sample() {
        let new_nonce = hex_array(vectors::NEW_NONCE);
        let server_nonce = hex_array(vectors::SERVER_NONCE);
        let secret = exchange_secret(&server_nonce, &new_nonce);
        assert_eq!(secret.key, hex_array(vectors::TMP_AES_KEY));
        assert_eq!(secret.iv, hex_array(vectors::TMP_AES_IV));
        let key = AuthKey::from_slice(&hex(vectors::AUTH_KEY)).unwrap();
        assert_eq!(
            key.new_nonce_hash(&new_nonce, 1),
            hex_array(vectors::NEW_NONCE_HASH_1)
        );
        assert_ne!(
            key.new_nonce_hash(&new_nonce, 2),
            key.new_nonce_hash(&new_nonce, 1)
        );
        assert_eq!(
            first_salt(&server_nonce, &new_nonce).to_le_bytes(),
            hex_array("522fb2fff0 26a7fe")
        );
    }

    #[test]
    fn identifiers_are_the_two_ends_of_the_hash() {
        // grammers-crypto 0.11, src/auth_key.rs, for the key 00..ff.
        let key = counting_key();
        assert_eq!(key.aux_hash(), hex_array("4916d6bdb7f78e68"));
        assert_eq!(key.id().to_le_bytes(), hex_array("32d1586ea457dfc8"));
    }

    #[test]
    fn debug_shows_the_id_only() {
        let shown = format!("{:?}", counting_key());
        assert_eq!(shown, "AuthKey(id c8df57a46e58d132)");
    }

    #[test]
    fn only_256_bytes_make_a_key() {
        assert!(AuthKey::from_slice(&[0; 255]).is_none());
        assert!(AuthKey::from_slice(&[0; 257]).is_none());
        assert_eq!(AuthKey::from_slice(&[1; 256]), Some(AuthKey::new([1; 256])));
        assert_ne!(AuthKey::from_slice(&[1; 256]), Some(AuthKey::new([2; 256])));
    }
}

//! An encrypted message, of which each part may be wrong by itself.

use telewire_core::internals::mtproto::envelope::Header;
use telewire_core::internals::{AuthKey, Side, ige};
use telewire_core::rand::Rng;

use super::Hook;

/// Salt, session, message id, sequence number and length.
const INNER: usize = 32;

/// A message of the server's. As it is handed out, it is in order.
pub struct Forged {
    /// What stands in front of the body.
    pub header: Header,
    /// One serialised object.
    pub body: Vec<u8>,
    /// The length that is written; that of the body if there is nothing here.
    pub length: Option<i32>,
    /// Bytes of padding; the least that will do if there is nothing here.
    pub padding: Option<usize>,
    /// Changes the plaintext once the message key is made.
    pub plaintext: Option<Hook<Vec<u8>>>,
    /// Changes what goes into the frame: key id, message key, ciphertext.
    pub sealed: Option<Hook<Vec<u8>>>,
}

impl Forged {
    pub(super) fn new(header: Header, body: &[u8]) -> Self {
        Self {
            header,
            body: body.to_vec(),
            length: None,
            padding: None,
            plaintext: None,
            sealed: None,
        }
    }

    /// The packet. It is sealed here step by step, since the library's own sealing makes no mistakes.
    pub(super) fn seal(self, key: &AuthKey, rng: &mut Rng) -> Vec<u8> {
        let Header {
            salt,
            session_id,
            msg_id,
            seq_no,
        } = self.header;
        let actual = i32::try_from(self.body.len()).expect("a body that fits a frame");
        let length = self.length.unwrap_or(actual);
        let mut plain = Vec::with_capacity(INNER + self.body.len() + 64);
        plain.extend(salt.to_le_bytes());
        plain.extend(session_id.to_le_bytes());
        plain.extend(msg_id.to_le_bytes());
        plain.extend(seq_no.to_le_bytes());
        plain.extend(length.to_le_bytes());
        plain.extend(&self.body);
        let least = (plain.len() + 12).next_multiple_of(ige::BLOCK) - plain.len();
        let mut padding = vec![0; self.padding.unwrap_or(least)];
        rng.fill(&mut padding);
        plain.extend(padding);
        let msg_key = key.msg_key(Side::Server, &plain);
        if let Some(change) = self.plaintext {
            change(&mut plain);
        }
        let secret = key.message_secret(Side::Server, &msg_key);
        ige::encrypt(&secret, &mut plain).expect("whole blocks");
        let mut sealed = [&key.id().to_le_bytes(), msg_key.as_slice(), &plain].concat();
        if let Some(change) = self.sealed {
            change(&mut sealed);
        }
        sealed
    }
}

//! Sessions as one line of text, the same as Telethon's.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::crypto::AuthKey;
use crate::dc::DcId;
use crate::error::StoreError;
use crate::peers::{PeerKey, PeerRecord};
use crate::session::{
    DcOption, MemorySession, SentFile, SentFileKey, Session, SessionChange, SessionStore,
};

/// What a session string begins with.
const VERSION: char = '1';

/// The length of an authorization key.
const KEY: usize = 256;

/// The lengths of a record: data centre, address, port and key, by the family of the address.
const WITH_V4: usize = 1 + 4 + 2 + KEY;
const WITH_V6: usize = 1 + 16 + 2 + KEY;

/// Padded as Telethon writes it; a string that lost its padding on the way can still be read.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A session that begins with a line of text and can be written down as one again, in the format of
/// [Telethon's `StringSession`](https://docs.telethon.dev/en/stable/concepts/sessions.html#string-sessions), byte for byte.
///
/// The text has what signing in takes: the data centre of the account, its address, and the authorization key. Whoever
/// reads it can use the account. Everything else (peers, files, positions in the updates, keys of other data centres, a
/// takeout) is kept in memory and gone with the process.
///
/// A running client keeps its store to itself, so ask the client for the string:
/// [`Client::session_string`](crate::Client::session_string).
///
/// ```
/// use telewire_core::Client;
/// use telewire_core::session::StringSession;
///
/// # fn main() -> Result<(), telewire_core::error::StoreError> {
/// // The variable is empty the first time.
/// let kept = std::env::var("TELEGRAM_SESSION").unwrap_or_default();
/// let builder = Client::builder(12345, "0123456789abcdef0123456789abcdef").session(StringSession::new(&kept)?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct StringSession {
    memory: MemorySession,
}

impl StringSession {
    /// The session that was written down as `text`; an empty text makes a blank one. White space does not matter.
    ///
    /// # Errors
    /// The text is no session string, or only part of one.
    pub fn new(text: &str) -> Result<Self, StoreError> {
        let text: Zeroizing<String> =
            Zeroizing::new(text.split_ascii_whitespace().collect::<String>());
        if text.is_empty() {
            return Ok(Self::default());
        }
        let Some(text) = text.strip_prefix(VERSION) else {
            return Err(StoreError::new(
                "this is not a session string: those of Telewire and Telethon begin with 1; other libraries have formats of \
                 their own, so sign in once with Telewire instead",
            ));
        };
        // Python reads the letters of both alphabets as well.
        let text = Zeroizing::new(text.replace('+', "-").replace('/', "_"));
        let record = BASE64.decode(&*text).map(Zeroizing::new);
        let record = record.map_err(|_| {
            // What is wrong with it could show a part of it.
            StoreError::new(
                "this is not a session string: it is not base64 after the 1; copy the whole string again",
            )
        })?;
        Self::read(&record)
    }

    /// The session of a record, which is what the text encodes: for those who keep it in an encoding of their own.
    ///
    /// ```
    /// use telewire_core::session::StringSession;
    ///
    /// # fn main() -> Result<(), telewire_core::error::StoreError> {
    /// # let text = "";
    /// let session = StringSession::new(text)?;
    /// let record = session.to_bytes()?; // to be encrypted, say
    /// let same = StringSession::from_bytes(&record)?;
    /// assert_eq!(same.save()?.as_str(), text);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The record has another length than one with an IPv4 (263) or IPv6 address (275 bytes).
    pub fn from_bytes(record: &[u8]) -> Result<Self, StoreError> {
        if record.is_empty() {
            return Ok(Self::default());
        }
        Self::read(record)
    }

    fn read(record: &[u8]) -> Result<Self, StoreError> {
        let session = match *record {
            [dc, a, b, c, d, p, q, ref key @ ..] if record.len() == WITH_V4 => {
                session(dc, [a, b, c, d].into(), [p, q], key)
            }
            [dc, ref rest @ ..] if record.len() == WITH_V6 => rest
                .split_first_chunk::<16>()
                .and_then(|(ip, rest)| Some((ip, rest.split_first_chunk::<2>()?)))
                .and_then(|(ip, (port, key))| session(dc, (*ip).into(), *port, key)),
            _ => None,
        };
        let session = session.ok_or_else(|| {
            StoreError::new(format!(
                "this session string has {} bytes instead of {WITH_V4} or {WITH_V6}, so a part of it is missing or twice \
                 there; copy the whole string again",
                record.len()
            ))
        })?;
        Ok(Self {
            memory: MemorySession::with(session),
        })
    }

    /// The session as text; empty while there is no key.
    ///
    /// # Errors
    /// As [`SessionString::of`].
    pub fn save(&self) -> Result<SessionString, StoreError> {
        SessionString::of(self.memory.session())
    }

    /// What the text encodes, without the version: one byte for the data centre, four or sixteen for the address, two
    /// for the port, big-endian, and the key. Empty while there is no key.
    ///
    /// # Errors
    /// As [`SessionString::of`].
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        record(self.memory.session())
    }
}

impl FromStr for StringSession {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::new(text)
    }
}

impl SessionStore for StringSession {
    fn load(&mut self) -> Result<Session, StoreError> {
        self.memory.load()
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        self.memory.apply(changes)
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        self.memory.peer(key)
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        self.memory.sent_file(key)
    }

    fn contents(&mut self) -> Result<Vec<SessionChange>, StoreError> {
        self.memory.contents()
    }

    fn close(&mut self) -> Result<(), StoreError> {
        self.memory.close()
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        self.memory.delete()
    }
}

/// A session as text, in Telethon's format: as good as the account itself. It is overwritten when it is dropped, and
/// `Debug` does not show it.
#[derive(Clone, Default)]
pub struct SessionString(Zeroizing<String>);

impl SessionString {
    /// The text of any session: see [`SessionStore::load`]. Empty while there is no key, so that nobody is signed in.
    ///
    /// # Errors
    /// No address of the account's data centre is known yet, or the format has no room for the data centre's number.
    pub fn of(session: &Session) -> Result<Self, StoreError> {
        let record = record(session)?;
        if record.is_empty() {
            return Ok(Self::default());
        }
        // Of the right size from the start: growing would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(1 + record.len().div_ceil(3) * 4));
        text.push(VERSION);
        BASE64.encode_string(&*record, &mut text);
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it: the session has no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl AsRef<str> for SessionString {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for SessionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionString(***)")
    }
}

fn session(dc: u8, ip: IpAddr, port: [u8; 2], key: &[u8]) -> Option<Session> {
    let dc = DcId(dc.into());
    let key = AuthKey::from_slice(key)?;
    let mut session = Session {
        home: Some(dc),
        dcs: vec![DcOption::new(dc, ip, u16::from_be_bytes(port))],
        ..Session::default()
    };
    // A key of zeros stands for none.
    if key.as_bytes().iter().any(|b| *b != 0) {
        session.keys.insert(dc, key);
    }
    Some(session)
}

fn record(session: &Session) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let home = session
        .home
        .and_then(|dc| Some((dc, session.keys.get(&dc)?)));
    let Some((dc, key)) = home else {
        return Ok(Zeroizing::default());
    };
    let Ok(number) = u8::try_from(dc.0) else {
        return Err(StoreError::new(format!(
            "a session string has no room for {dc}; keep this session in a file instead"
        )));
    };
    let Some(home) = session.home_address() else {
        return Err(StoreError::new(format!(
            "no address of {dc} is known yet; connect with this session once, then ask for its string again"
        )));
    };
    let mut record = Zeroizing::new(Vec::with_capacity(WITH_V6));
    record.push(number);
    match home.ip {
        IpAddr::V4(ip) => record.extend_from_slice(&ip.octets()),
        IpAddr::V6(ip) => record.extend_from_slice(&ip.octets()),
    }
    record.extend_from_slice(&home.port.to_be_bytes());
    record.extend_from_slice(key.as_bytes());
    Ok(record)
}

#[cfg(test)]
mod tests;

//! What is said to a proxy before a connection carries anything else.
//!
//! A [`Handshake`] is bytes in and bytes out, like a [`Codec`](super::Codec): the socket reads into
//! [`Handshake::receive_buffer`], which never has room for more than the proxy's answer still lacks, so that nothing of what
//! follows is taken for a part of it.

mod http;
mod socks4;
mod socks5;
#[cfg(test)]
mod tests;

use std::fmt;

use zeroize::Zeroizing;

use super::Packet;
use crate::config::{Proxy, ProxyKind};
use crate::runtime::Endpoint;

/// The longest answer of a proxy that is read. Only the headers of an HTTP proxy come near.
const MAX_ANSWER: usize = 16 * 1024;

/// The way through a proxy, being asked for.
pub(crate) struct Handshake {
    dialogue: Dialogue,
    /// What is to be said next.
    output: Option<Packet>,
    /// The present answer as far as it is there, and room for the rest.
    input: Vec<u8>,
    filled: usize,
    /// What the answer lacks at least.
    lacks: usize,
}

/// Why there is no way through. The text goes on after the proxy's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyError {
    /// It lets nobody through without a name.
    NeedsCredentials,
    /// It does not let that user through.
    WrongCredentials,
    /// It wants to know who is there in a way that is not spoken here.
    NoMethod,
    /// It does not connect to that address, or for us.
    Forbidden,
    /// It cannot connect to that address.
    Unreachable(&'static str),
    /// It does not say why, other than by this code of SOCKS.
    Failed(u8),
    /// It does not say why, other than by this status of HTTP.
    Status(u16),
    /// The answer is none in the proxy's language.
    Foreign,
    /// The answer has no end.
    TooLong,
    /// The settings cannot be said in the proxy's language.
    Unfit(&'static str),
}

/// What an answer means, as far as it has arrived.
enum Heard {
    /// So many bytes are missing, at least.
    Lacks(usize),
    /// This comes next.
    Say(Zeroizing<Vec<u8>>),
    /// From here on the stream is the server's.
    Through,
}

enum Dialogue {
    Socks4,
    Socks5(socks5::Dialogue),
    Http(http::Dialogue),
}

impl Handshake {
    /// Asks a proxy for the way to `target`.
    ///
    /// # Errors
    /// [`ProxyError::Unfit`] when the proxy's protocol has no way to say that.
    pub(crate) fn new(proxy: &Proxy, target: &Endpoint) -> Result<Self, ProxyError> {
        proxy.check().map_err(ProxyError::Unfit)?;
        let credentials = proxy.credentials.clone();
        let (dialogue, first) = match proxy.kind {
            ProxyKind::Socks4 => {
                let first = socks4::request(target, credentials.as_ref())?;
                (Dialogue::Socks4, first)
            }
            ProxyKind::Socks5 => {
                let (dialogue, first) = socks5::start(target, credentials)?;
                (Dialogue::Socks5(dialogue), first)
            }
            ProxyKind::Http => {
                let first = http::request(target, credentials.as_ref());
                let named = credentials.is_some();
                (Dialogue::Http(http::Dialogue { named }), first)
            }
            ProxyKind::Mtproto => {
                return Err(ProxyError::Unfit("it is spoken to in the transport itself"));
            }
        };
        Ok(Self {
            dialogue,
            output: Some(Packet::from(&**first)),
            input: Vec::new(),
            filled: 0,
            lacks: 1,
        })
    }

    /// What is to be written next.
    pub(crate) fn poll_packet(&mut self) -> Option<Packet> {
        self.output.take()
    }

    /// Where the socket reads into: room for what the answer lacks, and never none.
    pub(crate) fn receive_buffer(&mut self) -> &mut [u8] {
        let end = self.filled.saturating_add(self.lacks.max(1));
        self.input.resize(end, 0);
        self.input.get_mut(self.filled..).unwrap_or_default()
    }

    /// The first `n` bytes of the buffer were filled. Returns whether the way is free.
    ///
    /// # Errors
    /// When there is no way through this proxy; the handshake is of no further use.
    pub(crate) fn handle_received(&mut self, n: usize) -> Result<bool, ProxyError> {
        self.filled = self.filled.saturating_add(n).min(self.input.len());
        let answer = self.input.get(..self.filled).unwrap_or_default();
        let heard = match &mut self.dialogue {
            Dialogue::Socks4 => socks4::hear(answer)?,
            Dialogue::Socks5(dialogue) => dialogue.hear(answer)?,
            Dialogue::Http(dialogue) => dialogue.hear(answer)?,
        };
        match heard {
            Heard::Through => return Ok(true),
            Heard::Lacks(lacks) if self.filled.saturating_add(lacks) > MAX_ANSWER => {
                return Err(ProxyError::TooLong);
            }
            Heard::Lacks(lacks) => self.lacks = lacks,
            Heard::Say(words) => {
                self.output = Some(Packet::from(&**words));
                self.filled = 0;
                self.lacks = 1;
            }
        }
        Ok(false)
    }
}

// What is said contains credentials.
impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.dialogue {
            Dialogue::Socks4 => "Handshake(SOCKS4)",
            Dialogue::Socks5(_) => "Handshake(SOCKS5)",
            Dialogue::Http(_) => "Handshake(HTTP)",
        })
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsCredentials => {
                f.write_str("asks for a user and a password; give them by Proxy::credentials")
            }
            Self::WrongCredentials => f.write_str("does not accept the user and the password"),
            Self::NoMethod => {
                f.write_str("accepts neither a user with a password nor connections without")
            }
            Self::Forbidden => f.write_str("does not allow connections to Telegram's servers"),
            Self::Unreachable(why) => write!(f, "cannot reach the server ({why})"),
            Self::Failed(code) => write!(f, "refuses the connection (code {code})"),
            Self::Status(status) => write!(f, "refuses the connection (HTTP status {status})"),
            Self::Foreign => {
                f.write_str("does not answer as one; see whether it is of another kind")
            }
            Self::TooLong => f.write_str("answers without an end"),
            Self::Unfit(why) => write!(f, "cannot be used: {why}"),
        }
    }
}

impl std::error::Error for ProxyError {}

//! HTTP [`CONNECT`](https://www.rfc-editor.org/rfc/rfc9110#name-connect).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Heard, ProxyError};
use crate::config::Credentials;
use crate::runtime::Endpoint;

/// How every answer begins.
const START: &[u8] = b"HTTP/1.";

/// The shortest answer there can be, with line ends that are not the standard's.
const SHORTEST: usize = b"HTTP/1.1 200\n\n".len();

pub(super) struct Dialogue {
    /// The proxy was told a user.
    pub(super) named: bool,
}

pub(super) fn request(target: &Endpoint, credentials: Option<&Credentials>) -> Zeroizing<Vec<u8>> {
    let mut words =
        Zeroizing::new(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes());
    if let Some(Credentials { user, password }) = credentials {
        let pair = Zeroizing::new(format!("{}:{}", &**user, &**password));
        let basic = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        words.extend_from_slice(b"Proxy-Authorization: Basic ");
        words.extend_from_slice(basic.as_bytes());
        words.extend_from_slice(b"\r\n");
    }
    words.extend_from_slice(b"\r\n");
    words
}

impl Dialogue {
    pub(super) fn hear(&self, answer: &[u8]) -> Result<Heard, ProxyError> {
        if answer.iter().zip(START).any(|(is, should)| is != should) {
            return Err(ProxyError::Foreign);
        }
        if let Some(end) = answer.iter().position(|byte| *byte == b'\n') {
            let line = answer.get(..end).unwrap_or_default();
            self.judge(status(line).ok_or(ProxyError::Foreign)?)?;
        }
        Ok(match answer {
            [.., b'\n', b'\n'] | [.., b'\n', b'\r', b'\n'] => Heard::Through,
            // Not one byte more than an answer that ends as soon as it can.
            [.., b'\n'] | [.., b'\n', b'\r'] => Heard::Lacks(1),
            _ => Heard::Lacks(SHORTEST.saturating_sub(answer.len()).max(2)),
        })
    }

    fn judge(&self, status: u16) -> Result<(), ProxyError> {
        Err(match status {
            200..=299 => return Ok(()),
            407 if self.named => ProxyError::WrongCredentials,
            407 => ProxyError::NeedsCredentials,
            403 | 405 => ProxyError::Forbidden,
            502 | 503 => ProxyError::Unreachable("connection refused"),
            504 => ProxyError::Unreachable("timed out"),
            other => ProxyError::Status(other),
        })
    }
}

/// The number in a line such as `HTTP/1.1 200 Connection established`.
fn status(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line.get(..SHORTEST.min(line.len()))?).ok()?;
    let number = line.split_ascii_whitespace().nth(1)?;
    let status = (number.len() == 3).then(|| number.parse().ok())?;
    status.filter(|status| (100..=599).contains(status))
}

//! [SOCKS4](https://www.openssh.com/txt/socks4.protocol), and [4a](https://www.openssh.com/txt/socks4a.protocol) for what
//! is no IPv4 address.

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::{Heard, ProxyError};
use crate::config::Credentials;
use crate::runtime::{Endpoint, Host};

const VERSION: u8 = 4;
const CONNECT: u8 = 1;

/// An address that says: the name follows.
const BY_NAME: [u8; 4] = [0, 0, 0, 1];

const ANSWER: usize = 8;
const GRANTED: u8 = 90;
const REJECTED: u8 = 91;

/// The proxy asked our machine who we are, and nobody answered, or it was somebody else.
const NOBODY: u8 = 92;
const SOMEBODY_ELSE: u8 = 93;

pub(super) fn request(
    target: &Endpoint,
    credentials: Option<&Credentials>,
) -> Result<Zeroizing<Vec<u8>>, ProxyError> {
    let (ip, name) = match &target.host {
        Host::Ip(IpAddr::V4(ip)) => (ip.octets(), None),
        Host::Ip(IpAddr::V6(ip)) => (BY_NAME, Some(ip.to_string())),
        Host::Name(name) if name.contains('\0') => {
            return Err(ProxyError::Unfit("a zero byte cannot be part of a name"));
        }
        Host::Name(name) => (BY_NAME, Some(name.to_string())),
    };
    let mut words = Zeroizing::new(vec![VERSION, CONNECT]);
    words.extend_from_slice(&target.port.to_be_bytes());
    words.extend_from_slice(&ip);
    if let Some(credentials) = credentials {
        words.extend_from_slice(credentials.user.as_bytes());
    }
    words.push(0);
    if let Some(name) = name {
        words.extend_from_slice(name.as_bytes());
        words.push(0);
    }
    Ok(words)
}

/// What the proxy says to the request. The address behind the code is of no interest, but has to be read.
pub(super) fn hear(answer: &[u8]) -> Result<Heard, ProxyError> {
    match answer {
        [0, GRANTED, ..] if answer.len() >= ANSWER => Ok(Heard::Through),
        [] | [0] | [0, GRANTED, ..] => Ok(Heard::Lacks(ANSWER.saturating_sub(answer.len()))),
        [0, REJECTED, ..] => Err(ProxyError::Failed(REJECTED)),
        [0, NOBODY | SOMEBODY_ELSE, ..] => Err(ProxyError::WrongCredentials),
        _ => Err(ProxyError::Foreign),
    }
}

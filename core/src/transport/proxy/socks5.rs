//! SOCKS5, [RFC 1928](https://www.rfc-editor.org/rfc/rfc1928), with the passwords of
//! [RFC 1929](https://www.rfc-editor.org/rfc/rfc1929).

use zeroize::Zeroizing;

use super::{Heard, ProxyError};
use crate::config::Credentials;
use crate::runtime::{Endpoint, Host};

const VERSION: u8 = 5;
const CONNECT: u8 = 1;

/// Nobody has to say who they are.
const OPEN: u8 = 0;
const PASSWORD: u8 = 2;
const NO_METHOD: u8 = 0xff;

const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// The version of the exchange of user and password.
const PASSWORD_VERSION: u8 = 1;

pub(super) struct Dialogue {
    stage: Stage,
    request: Zeroizing<Vec<u8>>,
    credentials: Option<Credentials>,
}

/// Which answer is waited for.
enum Stage {
    Method,
    Password,
    Connect,
}

/// The dialogue, and its first words.
pub(super) fn start(
    target: &Endpoint,
    credentials: Option<Credentials>,
) -> Result<(Dialogue, Zeroizing<Vec<u8>>), ProxyError> {
    let greeting = match credentials {
        Some(_) => vec![VERSION, 2, OPEN, PASSWORD],
        None => vec![VERSION, 1, OPEN],
    };
    let dialogue = Dialogue {
        stage: Stage::Method,
        request: request(target)?,
        credentials,
    };
    Ok((dialogue, Zeroizing::new(greeting)))
}

impl Dialogue {
    pub(super) fn hear(&mut self, answer: &[u8]) -> Result<Heard, ProxyError> {
        match self.stage {
            Stage::Method => self.method(answer),
            Stage::Password => self.password(answer),
            Stage::Connect => connected(answer),
        }
    }

    fn method(&mut self, answer: &[u8]) -> Result<Heard, ProxyError> {
        match (answer, &self.credentials) {
            ([VERSION, OPEN, ..], _) => Ok(self.ask()),
            ([VERSION, PASSWORD, ..], Some(credentials)) => {
                self.stage = Stage::Password;
                Ok(Heard::Say(introduction(credentials)?))
            }
            ([VERSION, NO_METHOD, ..], Some(_)) => Err(ProxyError::NoMethod),
            // Some name the method that they want although it was not on offer.
            ([VERSION, NO_METHOD | PASSWORD, ..], None) => Err(ProxyError::NeedsCredentials),
            ([] | [VERSION], _) => Ok(lacks(answer, 2)),
            _ => Err(ProxyError::Foreign),
        }
    }

    fn password(&mut self, answer: &[u8]) -> Result<Heard, ProxyError> {
        match answer {
            [PASSWORD_VERSION, 0, ..] => Ok(self.ask()),
            [PASSWORD_VERSION, _, ..] => Err(ProxyError::WrongCredentials),
            [] | [PASSWORD_VERSION] => Ok(lacks(answer, 2)),
            _ => Err(ProxyError::Foreign),
        }
    }

    fn ask(&mut self) -> Heard {
        self.stage = Stage::Connect;
        Heard::Say(std::mem::take(&mut self.request))
    }
}

fn introduction(credentials: &Credentials) -> Result<Zeroizing<Vec<u8>>, ProxyError> {
    let (user, password) = (&credentials.user, &credentials.password);
    let mut words = Zeroizing::new(Vec::with_capacity(
        user.len().saturating_add(password.len()).saturating_add(3),
    ));
    words.push(PASSWORD_VERSION);
    for text in [user, password] {
        words.push(length(text)?);
        words.extend_from_slice(text.as_bytes());
    }
    Ok(words)
}

fn request(target: &Endpoint) -> Result<Zeroizing<Vec<u8>>, ProxyError> {
    let mut words = Zeroizing::new(vec![VERSION, CONNECT, 0]);
    match &target.host {
        Host::Ip(std::net::IpAddr::V4(ip)) => {
            words.push(IPV4);
            words.extend_from_slice(&ip.octets());
        }
        Host::Ip(std::net::IpAddr::V6(ip)) => {
            words.push(IPV6);
            words.extend_from_slice(&ip.octets());
        }
        Host::Name(name) => {
            words.extend_from_slice(&[NAME, length(name)?]);
            words.extend_from_slice(name.as_bytes());
        }
    }
    words.extend_from_slice(&target.port.to_be_bytes());
    Ok(words)
}

/// What the proxy says to the request. The address that it connects from is of no interest, but has to be read.
fn connected(answer: &[u8]) -> Result<Heard, ProxyError> {
    let total = match answer {
        [VERSION, 0, _, IPV4, ..] => 10,
        [VERSION, 0, _, IPV6, ..] => 22,
        [VERSION, 0, _, NAME, len, ..] => usize::from(*len).saturating_add(7),
        [VERSION, 0, _, NAME] => 5,
        [VERSION, 0, _, _, ..] => return Err(ProxyError::Foreign),
        [VERSION, code, ..] if *code != 0 => return Err(refusal(*code)),
        [] | [VERSION, ..] => 4,
        _ => return Err(ProxyError::Foreign),
    };
    if answer.len() < total {
        return Ok(lacks(answer, total));
    }
    Ok(Heard::Through)
}

fn refusal(code: u8) -> ProxyError {
    match code {
        2 => ProxyError::Forbidden,
        3 => ProxyError::Unreachable("no route to its network"),
        4 => ProxyError::Unreachable("no route to it"),
        5 => ProxyError::Unreachable("connection refused"),
        6 => ProxyError::Unreachable("timed out"),
        8 => ProxyError::Unreachable("the proxy does not know this kind of address"),
        _ => ProxyError::Failed(code),
    }
}

fn lacks(answer: &[u8], total: usize) -> Heard {
    Heard::Lacks(total.saturating_sub(answer.len()))
}

fn length(text: &str) -> Result<u8, ProxyError> {
    u8::try_from(text.len()).map_err(|_| ProxyError::Unfit("a text is longer than 255 bytes"))
}

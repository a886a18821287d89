//! Proxies that connections lead through.

use std::fmt;

use zeroize::Zeroizing;

use crate::runtime::{Endpoint, Host};

/// The longest user, password or name that a proxy's protocol has room for, in bytes.
const LONGEST: usize = 255;

/// A proxy that every connection to Telegram leads through, file servers and other data centres included.
///
/// Its own name, if it has one, is looked up where the program runs. Telegram's servers are known by their addresses, so
/// there is nothing left to look up on the other side. What a proxy is told is not encrypted, the password included.
///
/// # Examples
/// ```
/// use telewire_core::Client;
/// use telewire_core::config::Proxy;
///
/// let builder = Client::builder(12345, "0123456789abcdef0123456789abcdef")
///     .proxy(Proxy::socks5("proxy.example.org", 1080).credentials("user", "password"));
/// assert!(!format!("{builder:?}").contains("password"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Proxy {
    pub(crate) kind: ProxyKind,
    pub(crate) at: Endpoint,
    pub(crate) credentials: Option<Credentials>,
}

/// Which language a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyKind {
    Socks4,
    Socks5,
    Http,
}

/// Whom a proxy lets through.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) user: Zeroizing<String>,
    pub(crate) password: Zeroizing<String>,
}

impl Proxy {
    /// A SOCKS5 proxy ([RFC 1928](https://www.rfc-editor.org/rfc/rfc1928)), with or without
    /// [`credentials`](Self::credentials) ([RFC 1929](https://www.rfc-editor.org/rfc/rfc1929)).
    pub fn socks5(host: impl Into<Host>, port: u16) -> Self {
        Self::new(ProxyKind::Socks5, host.into(), port)
    }

    /// A SOCKS4 proxy. It knows users, but no passwords: leave that of [`credentials`](Self::credentials) empty. For
    /// `use_ipv6` it has to understand SOCKS4a.
    pub fn socks4(host: impl Into<Host>, port: u16) -> Self {
        Self::new(ProxyKind::Socks4, host.into(), port)
    }

    /// An HTTP proxy that allows [`CONNECT`](https://www.rfc-editor.org/rfc/rfc9110#name-connect) to port 443. Its
    /// [`credentials`](Self::credentials) are sent the [basic](https://www.rfc-editor.org/rfc/rfc7617) way.
    pub fn http(host: impl Into<Host>, port: u16) -> Self {
        Self::new(ProxyKind::Http, host.into(), port)
    }

    /// Who is using the proxy.
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Some(Credentials {
            user: Zeroizing::new(user.into()),
            password: Zeroizing::new(password.into()),
        });
        self
    }

    /// Where the proxy is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.at
    }

    /// Whether connections can be made with this, and if not, why. The text shows no credentials.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if let Host::Name(name) = &self.at.host
            && (name.is_empty()
                || name.len() > LONGEST
                || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/'))
        {
            return Err(
                "the proxy's host is neither an address nor a name; give it without scheme and port",
            );
        }
        if self.at.port == 0 {
            return Err("the proxy's port is 0, where nobody listens");
        }
        match &self.credentials {
            Some(credentials) => credentials.check(self.kind),
            None => Ok(()),
        }
    }

    fn new(kind: ProxyKind, host: Host, port: u16) -> Self {
        Self {
            kind,
            at: Endpoint::new(host, port),
            credentials: None,
        }
    }
}

impl Credentials {
    fn check(&self, kind: ProxyKind) -> Result<(), &'static str> {
        let is_control = |c: char| c.is_control();
        if self.user.is_empty() {
            return Err("the proxy's user is empty; leave the credentials out if it asks for none");
        }
        if self.user.len() > LONGEST || self.password.len() > LONGEST {
            return Err("the proxy's user or password is longer than 255 bytes");
        }
        match kind {
            ProxyKind::Socks4 if !self.password.is_empty() => Err(
                "SOCKS4 proxies know no passwords; leave it empty, or use SOCKS5 if the proxy speaks it",
            ),
            ProxyKind::Socks4 if self.user.contains('\0') => {
                Err("a zero byte cannot be part of the user of a SOCKS4 proxy")
            }
            ProxyKind::Http if self.user.contains(':') => {
                Err("a colon cannot be part of the user of an HTTP proxy")
            }
            ProxyKind::Http
                if self.user.contains(is_control) || self.password.contains(is_control) =>
            {
                Err("control characters cannot be part of the credentials of an HTTP proxy")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} proxy at {}", self.kind, self.at)
    }
}

// Credentials are secrets.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("kind", &self.kind)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ProxyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Socks4 => "SOCKS4",
            Self::Socks5 => "SOCKS5",
            Self::Http => "HTTP",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_proxy_can_take_is_refused_without_showing_it() {
        // parity: N-conn.proxy
        let long = "s3cret".repeat(50);
        for (proxy, text) in [
            (Proxy::socks5("", 1), "neither an address nor a name"),
            (Proxy::socks5("socks5://host", 1), "without scheme"),
            (Proxy::http("two words", 1), "neither an address nor a name"),
            (Proxy::socks5("host", 0), "port is 0"),
            (
                Proxy::socks5("host", 1).credentials("", "s3cret"),
                "user is empty",
            ),
            (
                Proxy::socks5("host", 1).credentials("s3cret", &long),
                "longer than 255",
            ),
            (
                Proxy::socks5("host", 1).credentials(&long, "s3cret"),
                "longer than 255",
            ),
            (
                Proxy::socks4("host", 1).credentials("u", "s3cret"),
                "no passwords",
            ),
            (
                Proxy::socks4("host", 1).credentials("s3cret\0", ""),
                "zero byte",
            ),
            (
                Proxy::http("host", 1).credentials("s3cret:", "p"),
                "a colon",
            ),
            (
                Proxy::http("host", 1).credentials("u", "s3cret\r\nX: y"),
                "control",
            ),
        ] {
            let why = proxy.check().unwrap_err();
            assert!(why.contains(text), "{why}");
            let shown = format!("{why} {proxy:?} {proxy}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
        for proxy in [
            Proxy::socks5("::1", 1).credentials("u", ""),
            Proxy::socks4("host", 65535).credentials("u", ""),
            Proxy::http("10.0.0.1", 1).credentials("u", "a:b"),
            Proxy::http("host", 3128),
        ] {
            proxy.check().unwrap();
        }
    }

    #[test]
    fn a_proxy_is_named_by_kind_and_place() {
        // parity: N-conn.proxy
        let proxy = Proxy::socks5("[::1]", 1080).credentials("u", "p");
        assert_eq!(proxy.to_string(), "the SOCKS5 proxy at [::1]:1080");
        assert_eq!(proxy.endpoint().port, 1080);
        let proxy = Proxy::http(String::from("host"), 3128);
        assert_eq!(proxy.to_string(), "the HTTP proxy at host:3128");
    }
}

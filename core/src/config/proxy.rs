//! Proxies that connections lead through.

use std::fmt;

use zeroize::Zeroizing;

use crate::runtime::{Endpoint, Host};
use crate::transport::{Framing, Mode};

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
    /// Of an MTProto proxy, in hexadecimal digits.
    secret: Zeroizing<String>,
}

/// Which language a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyKind {
    Socks4,
    Socks5,
    Http,
    Mtproto,
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

    /// A proxy for nothing but Telegram, with its secret in hexadecimal digits:
    /// [MTProto proxies](https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation) find the server
    /// themselves.
    ///
    /// What is said is always obfuscated, framed as [`Builder::transport`](crate::client::Builder::transport) has it; where
    /// that is the default, which no such proxy understands, it is intermediate. A secret that begins with `dd` asks for random
    /// padding, so it goes with the default and with [`Mode::Padded`](crate::transport::Mode::Padded). Secrets that begin with
    /// `ee`, for a disguise as TLS, are not understood.
    pub fn mtproto(host: impl Into<Host>, port: u16, secret: impl Into<String>) -> Self {
        Self {
            secret: Zeroizing::new(secret.into()),
            ..Self::new(ProxyKind::Mtproto, host.into(), port)
        }
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

    /// Whether it is told where to connect to, unlike an MTProto proxy, which finds out by itself.
    pub(crate) fn forwards(&self) -> bool {
        self.kind != ProxyKind::Mtproto
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
        if self.kind == ProxyKind::Mtproto {
            self.secret()?;
        }
        match &self.credentials {
            Some(credentials) => credentials.check(self.kind),
            None => Ok(()),
        }
    }

    /// How an MTProto proxy is spoken to on behalf of a client with that transport: framing and secret. `None` for the
    /// others, to which the transport does not matter.
    pub(crate) fn disguise(
        &self,
        transport: Mode,
    ) -> Result<Option<(Framing, [u8; 16])>, &'static str> {
        if self.kind != ProxyKind::Mtproto {
            return Ok(None);
        }
        let (padded, secret) = self.secret()?;
        let framing = match transport {
            Mode::Full if padded => Framing::Padded,
            Mode::Full | Mode::Intermediate => Framing::Intermediate,
            Mode::Abridged => Framing::Abridged,
            Mode::Padded => Framing::Padded,
            Mode::Obfuscated(framing) => framing,
        };
        if padded && framing != Framing::Padded {
            return Err(
                "the proxy's secret begins with dd, which asks for random padding; set the transport to Mode::Padded",
            );
        }
        Ok(Some((framing, secret)))
    }

    /// Whether an MTProto proxy asks for padding, and its secret.
    fn secret(&self) -> Result<(bool, [u8; 16]), &'static str> {
        let wrong = "the proxy's secret is neither 32 hexadecimal digits nor dd and 32 more";
        let digits = self.secret.as_bytes();
        let (padded, digits) = match digits {
            [b'd' | b'D', b'd' | b'D', rest @ ..] if rest.len() == 32 => (true, rest),
            _ => (false, digits),
        };
        if digits.len() != 32 {
            return Err(wrong);
        }
        let mut secret = [0; 16];
        for (byte, pair) in secret.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                let value = char::from(*digit).to_digit(16).ok_or(wrong)?;
                *byte = (*byte << 4) | u8::try_from(value).map_err(|_| wrong)?;
            }
        }
        Ok((padded, secret))
    }

    fn new(kind: ProxyKind, host: Host, port: u16) -> Self {
        Self {
            kind,
            at: Endpoint::new(host, port),
            credentials: None,
            secret: Zeroizing::default(),
        }
    }
}

impl Credentials {
    fn check(&self, kind: ProxyKind) -> Result<(), &'static str> {
        if kind == ProxyKind::Mtproto {
            return Err("MTProto proxies know no users; leave the credentials out");
        }
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

// Neither credentials nor an MTProto proxy's secret are shown.
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
            Self::Mtproto => "MTProto",
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

    const SECRET: &str = "00112233445566778899aabbccddeeFF";

    #[test]
    fn secrets_are_32_digits_or_dd_and_32_more() {
        // parity: N-conn.mtproxy.secret
        let of = |secret: &str, mode| Proxy::mtproto("host", 443, secret).disguise(mode);
        let bytes = std::array::from_fn(|i| i as u8 * 0x11);
        let dd = format!("dd{SECRET}");
        for (mode, framing) in [
            (Mode::Full, Framing::Intermediate),
            (Mode::Abridged, Framing::Abridged),
            (Mode::Intermediate, Framing::Intermediate),
            (Mode::Padded, Framing::Padded),
            (Mode::Obfuscated(Framing::Abridged), Framing::Abridged),
        ] {
            assert_eq!(of(SECRET, mode), Ok(Some((framing, bytes))));
            let padded = match framing {
                Framing::Padded => Ok(Some((framing, bytes))),
                _ if mode == Mode::Full => Ok(Some((Framing::Padded, bytes))),
                _ => Err(()),
            };
            assert_eq!(of(&dd, mode).map_err(drop), padded, "{mode:?}");
        }
        let long = format!("{SECRET}00");
        let tls = format!("ee{SECRET}");
        for wrong in [
            "",
            "dd",
            &SECRET[1..],
            &long,
            &tls,
            &SECRET.replace('0', "+"),
        ] {
            let proxy = Proxy::mtproto("host", 443, wrong);
            assert!(proxy.check().unwrap_err().contains("32 hexadecimal digits"));
        }
        let proxy = Proxy::mtproto("host", 443, SECRET);
        proxy.check().unwrap();
        let shown = format!("{proxy:?} {proxy}");
        assert!(
            shown.contains("MTProto") && !shown.contains("4455"),
            "{shown}"
        );
        assert!(proxy.credentials("u", "p").check().is_err());
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

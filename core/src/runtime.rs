//! What the core needs from a runtime: sockets, time, tasks, threads and files.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use bytes::Bytes;
use futures::io::{AsyncRead, AsyncWrite};

use crate::rand::Seed;
use crate::time::{Mono, Now};

/// A runtime: cloned freely, cheap to clone.
///
/// Implementations open sockets and files, sleep, spawn and read clocks. They decide nothing: reconnecting, backoff,
/// proxies and time limits are the engine's.
pub trait Runtime: Clone + Send + Sync + 'static {
    /// A connected byte stream.
    type Socket: AsyncRead + AsyncWrite + Send + Unpin + 'static;
    /// An open file.
    type File: File;

    /// Opens a TCP connection (with `TCP_NODELAY`). Dropping the future gives the attempt up.
    fn connect(self, to: Endpoint) -> impl Future<Output = io::Result<Self::Socket>> + Send;

    /// Completes at `at` or soon after.
    fn sleep_until(self, at: Mono) -> impl Future<Output = ()> + Send;

    /// Reads both clocks.
    fn now(&self) -> Now;

    /// 32 bytes from the operating system's generator.
    fn seed(&self) -> Seed;

    /// Runs `f` in the background until it ends.
    fn spawn(&self, f: impl Future<Output = ()> + Send + 'static);

    /// Runs `f` where it may block or compute for long.
    fn unblock<T: Send + 'static>(
        self,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send;

    /// Opens a file.
    fn open(self, path: PathBuf, mode: Mode)
    -> impl Future<Output = io::Result<Self::File>> + Send;
}

/// A file that is read and written at positions, so that parts may come and go in any order.
#[allow(
    clippy::len_without_is_empty,
    reason = "nobody asks a file whether it is empty"
)]
pub trait File: Send + Sync + 'static {
    /// Up to `len` bytes from `offset`; fewer only at the end of the file.
    fn read_at(&self, offset: u64, len: usize) -> impl Future<Output = io::Result<Bytes>> + Send;

    /// Writes all of `data` at `offset`.
    fn write_at(&self, offset: u64, data: Bytes) -> impl Future<Output = io::Result<()>> + Send;

    /// The present length in bytes.
    fn len(&self) -> impl Future<Output = io::Result<u64>> + Send;

    /// Flushes the file and gives it another name, replacing what was there.
    fn rename(&self, to: PathBuf) -> impl Future<Output = io::Result<()>> + Send;

    /// Deletes the file.
    fn remove(&self) -> impl Future<Output = io::Result<()>> + Send;
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// An existing file, for reading.
    Read,
    /// A new or emptied file, for writing and reading back; missing parent directories are made.
    Create,
}

/// Where to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// An address, or a name that the runtime resolves.
    pub host: Host,
    /// The TCP port.
    pub port: u16,
}

impl Endpoint {
    /// The endpoint at that host and port; a text that is an IP address becomes one.
    pub fn new(host: impl Into<Host>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
        }
    }

    /// The socket address, if the host is no name.
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        match &self.host {
            Host::Ip(ip) => Some(SocketAddr::new(*ip, self.port)),
            Host::Name(_) => None,
        }
    }
}

impl From<SocketAddr> for Endpoint {
    fn from(a: SocketAddr) -> Self {
        Self {
            host: Host::Ip(a.ip()),
            port: a.port(),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Ip(ip) => SocketAddr::new(*ip, self.port).fmt(f),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
        }
    }
}

/// A host, by address or by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// An IP address.
    Ip(IpAddr),
    /// A name for the resolver.
    Name(Box<str>),
}

impl From<IpAddr> for Host {
    fn from(ip: IpAddr) -> Self {
        Self::Ip(ip)
    }
}

impl From<String> for Host {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&str> for Host {
    fn from(text: &str) -> Self {
        let bare = text
            .strip_prefix('[')
            .and_then(|t| t.strip_suffix(']'))
            .unwrap_or(text);
        bare.parse()
            .map_or_else(|_| Self::Name(text.into()), Self::Ip)
    }
}

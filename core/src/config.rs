//! The settings of a client.

mod proxy;

use std::fmt;
use std::time::Duration;

use crate::dc::DcId;
use crate::exchange::RsaKeys;
use crate::session::DcOption;
use crate::testing::Testing;
use crate::transport::Mode;

pub use proxy::Proxy;
pub(crate) use proxy::{Credentials, ProxyKind};

/// Everything an engine is told at birth. The defaults are those of a desktop client on the production servers.
///
/// `api_id` and `api_hash` come from <https://my.telegram.org>; see
/// [Obtaining api_id](https://core.telegram.org/api/obtaining_api_id).
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// The application's number.
    pub api_id: i32,
    /// The application's secret.
    pub api_hash: String,
    /// How packets are framed.
    pub transport: Mode,
    /// Which servers to use.
    pub network: Network,
    /// Whether to prefer IPv6 addresses.
    pub use_ipv6: bool,
    /// What every connection leads through; nothing by default.
    pub proxy: Option<Proxy>,
    /// How long one attempt to connect may take, the handshakes of proxies included.
    pub timeout: Duration,
    /// How often a request is sent again after an error of the server; `None` for ever. Five by default.
    pub request_retries: Option<u32>,
    /// How often connecting is tried again; `None` for ever. Five by default.
    pub connection_retries: Option<u32>,
    /// The pause between attempts to connect, growing with every failure up to a minute.
    pub retry_delay: Duration,
    /// Whether a broken connection is made again by itself.
    pub auto_reconnect: bool,
    /// Flood waits up to this long are slept through; longer ones are returned. One minute by default.
    pub flood_sleep_threshold: Duration,
    /// Whether an update's handlers have to end before the next update is looked at.
    pub sequential_updates: bool,
    /// Which updates to fetch that came while nobody was connected.
    pub catch_up: CatchUp,
    /// Whether users and chats that come by are remembered in the session.
    pub save_entities: bool,
    /// How many bytes the users and chats that are held in memory may weigh; what was not used for longest goes first, and
    /// is found again in the session. 512 KiB by default, which is some two thousand of them.
    pub peer_cache: usize,
    /// What `initConnection` says of the device.
    pub device: Device,
    pub(crate) testing: Testing,
}

impl Config {
    /// The defaults for that application.
    pub fn new(api_id: i32, api_hash: impl Into<String>) -> Self {
        Self {
            api_id,
            api_hash: api_hash.into(),
            transport: Mode::Full,
            network: Network::Production,
            use_ipv6: false,
            proxy: None,
            timeout: Duration::from_secs(10),
            request_retries: Some(5),
            connection_retries: Some(5),
            retry_delay: Duration::from_secs(1),
            auto_reconnect: true,
            flood_sleep_threshold: Duration::from_secs(60),
            sequential_updates: false,
            catch_up: CatchUp::Off,
            save_entities: true,
            peer_cache: 512 * 1024,
            device: Device::default(),
            testing: Testing::default(),
        }
    }

    /// The same for an engine that differs from one that is used.
    #[cfg(feature = "internals")]
    #[doc(hidden)]
    #[must_use]
    pub fn testing(mut self, testing: Testing) -> Self {
        self.testing = testing;
        self
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("api_id", &self.api_id)
            .field("transport", &self.transport)
            .field("network", &self.network)
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

/// The number of an application, as a number or as the text that one is kept as in a file or in the environment.
///
/// ```
/// use telewire_core::config::ApiId;
///
/// let ids: [ApiId; 2] = [12345.into(), "12345".into()];
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiId(pub(crate) Option<i32>);

impl From<i32> for ApiId {
    fn from(id: i32) -> Self {
        Self(Some(id))
    }
}

impl From<&str> for ApiId {
    fn from(text: &str) -> Self {
        Self(text.trim().parse().ok())
    }
}

impl From<&String> for ApiId {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for ApiId {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// How often something is tried again: a number, or `None` or less than zero for ever.
///
/// ```
/// use telewire_core::config::Retries;
///
/// let few = Retries::from(3);
/// assert_eq!(Retries::from(None), Retries::from(-1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries(pub(crate) Option<u32>);

impl From<i32> for Retries {
    fn from(retries: i32) -> Self {
        Self(u32::try_from(retries).ok())
    }
}

impl From<u32> for Retries {
    fn from(retries: u32) -> Self {
        Self(Some(retries))
    }
}

impl From<Option<i32>> for Retries {
    fn from(retries: Option<i32>) -> Self {
        retries.map_or(Self(None), Self::from)
    }
}

/// Which Telegram to talk to.
#[derive(Clone, Debug)]
pub enum Network {
    /// The servers that everybody uses.
    Production,
    /// [The test servers](https://core.telegram.org/api/auth#test-accounts), with accounts of their own.
    Test,
    /// Servers at these addresses with these keys, such as a sandbox.
    Custom {
        /// The data centre that new sessions start at.
        default_dc: DcId,
        /// Where the data centres are.
        dcs: Vec<DcOption>,
        /// The RSA keys that the servers prove themselves with.
        keys: RsaKeys,
    },
}

/// Which missed updates are fetched after connecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// Everything since the session was last used.
    All,
    /// What is not older than this.
    Since(Duration),
    /// Nothing: updates begin with the present.
    Off,
}

/// The device that [`initConnection`](https://core.telegram.org/method/initConnection) reports; shown to the user in the
/// list of active sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The model, e.g. `"ThinkPad"`.
    pub model: String,
    /// The operating system's version.
    pub system_version: String,
    /// The application's version.
    pub app_version: String,
    /// The application's language, ISO 639-1.
    pub lang_code: String,
    /// The system's language, ISO 639-1.
    pub system_lang_code: String,
}

impl Default for Device {
    fn default() -> Self {
        Self {
            model: "Unknown".into(),
            system_version: "1.0".into(),
            app_version: env!("CARGO_PKG_VERSION").into(),
            lang_code: "en".into(),
            system_lang_code: "en".into(),
        }
    }
}

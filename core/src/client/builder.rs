//! Making a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::client::Client;
use crate::client::console::{Console, Platform};
use crate::config::{ApiId, CatchUp, Config, Device, Network, Proxy, Retries};
use crate::driver::Driver;
use crate::error::Error;
use crate::runtime::Runtime;
use crate::session::{MemorySession, SessionStore};
use crate::text::ParseMode;
use crate::transport;

impl Client {
    /// Begins a client for the application with that `api_id` and `api_hash`, which come from
    /// <https://my.telegram.org>. The runtime's crate turns the builder into a running client.
    ///
    /// ```
    /// use std::time::Duration;
    /// use telewire_core::Client;
    ///
    /// let builder = Client::builder(12345, "0123456789abcdef0123456789abcdef")
    ///     .device_model("ThinkPad")
    ///     .flood_sleep_threshold(Duration::from_secs(120));
    /// ```
    pub fn builder(api_id: impl Into<ApiId>, api_hash: impl Into<String>) -> Builder {
        let api_id = api_id.into().0;
        Builder {
            config: Config::new(api_id.unwrap_or_default(), api_hash),
            store: Box::new(MemorySession::new()),
            parse_mode: ParseMode::default(),
            platform: Platform::new(),
            console: None,
            interactive: true,
            is_number: api_id.is_some(),
        }
    }
}

/// Flood waits beyond this are never slept through.
pub(super) const LONGEST_SLEEP: Duration = Duration::from_secs(24 * 3600);

/// The settings of a client to be; see [`Client::builder`].
#[must_use]
pub struct Builder {
    config: Config,
    store: Box<dyn SessionStore>,
    parse_mode: ParseMode,
    platform: Platform,
    console: Option<Arc<dyn Console>>,
    interactive: bool,
    /// What was given as `api_id` is one.
    is_number: bool,
}

/// Where it connects to.
impl Builder {
    /// Where the session is kept. In memory, so lost with the process, unless it is said otherwise.
    pub fn session(mut self, store: impl SessionStore) -> Self {
        self.store = Box::new(store);
        self
    }

    /// Which servers to use. The production ones unless it is said otherwise.
    pub fn network(mut self, network: Network) -> Self {
        self.config.network = network;
        self
    }

    /// How packets are framed.
    pub fn transport(mut self, mode: transport::Mode) -> Self {
        self.config.transport = mode;
        self
    }

    /// Whether to prefer IPv6 addresses. Off by default.
    pub fn use_ipv6(mut self, yes: bool) -> Self {
        self.config.use_ipv6 = yes;
        self
    }

    /// What every connection leads through, file servers and other data centres included. Nothing by default.
    ///
    /// ```
    /// use telewire_core::Client;
    /// use telewire_core::config::Proxy;
    ///
    /// let builder = Client::builder(12345, "0123456789abcdef0123456789abcdef")
    ///     .proxy(Proxy::socks5("127.0.0.1", 9050));
    /// ```
    pub fn proxy(mut self, proxy: impl Into<Option<Proxy>>) -> Self {
        self.config.proxy = proxy.into();
        self
    }

    /// How long one attempt to connect may take, what is said to a proxy included. 10 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.config.timeout = timeout;
        self
    }
}

/// What it does when something fails.
impl Builder {
    /// How often a request is sent again after an error of the server; `None`, or less than zero, for ever. 5 by default.
    pub fn request_retries(mut self, retries: impl Into<Retries>) -> Self {
        self.config.request_retries = retries.into().0;
        self
    }

    /// How often connecting is tried again; `None`, or less than zero, for ever. 5 by default.
    pub fn connection_retries(mut self, retries: impl Into<Retries>) -> Self {
        self.config.connection_retries = retries.into().0;
        self
    }

    /// The pause between attempts to connect, growing with every failure; `None` for no pause at all. 1 second by default.
    pub fn retry_delay(mut self, delay: impl Into<Option<Duration>>) -> Self {
        self.config.retry_delay = delay.into().unwrap_or_default();
        self
    }

    /// Whether a broken connection is made again by itself. On by default.
    pub fn auto_reconnect(mut self, yes: bool) -> Self {
        self.config.auto_reconnect = yes;
        self
    }

    /// Flood waits up to this long are slept through, longer ones are returned as errors. 1 minute by default, 1 day at
    /// most.
    pub fn flood_sleep_threshold(mut self, threshold: Duration) -> Self {
        self.config.flood_sleep_threshold = threshold.min(LONGEST_SLEEP);
        self
    }
}

/// What it does with updates, users and texts.
impl Builder {
    /// Whether an update's handlers have to end before the next update is looked at. Off by default: several are handled
    /// at the same time.
    pub fn sequential_updates(mut self, yes: bool) -> Self {
        self.config.sequential_updates = yes;
        self
    }

    /// Which updates to fetch that came while nobody was connected. None by default.
    pub fn catch_up(mut self, catch_up: CatchUp) -> Self {
        self.config.catch_up = catch_up;
        self
    }

    /// Whether users and chats that come by are remembered in the session. On by default.
    pub fn save_entities(mut self, yes: bool) -> Self {
        self.config.save_entities = yes;
        self
    }

    /// How many bytes the users and chats that are held in memory may weigh. What was not used for longest goes first, and is
    /// found again in the session. 512 KiB by default, which is some two thousand of them.
    pub fn peer_cache(mut self, bytes: usize) -> Self {
        self.config.peer_cache = bytes;
        self
    }

    /// How texts are read and shown. Markdown by default.
    pub fn parse_mode(mut self, mode: ParseMode) -> Self {
        self.parse_mode = mode;
        self
    }
}

/// What users see of it in the list of their sessions.
impl Builder {
    /// The whole description of the device.
    pub fn device(mut self, device: Device) -> Self {
        self.config.device = device;
        self
    }

    /// The model of the device, e.g. `"ThinkPad"`.
    pub fn device_model(mut self, model: impl Into<String>) -> Self {
        self.config.device.model = model.into();
        self
    }

    /// The operating system's version.
    pub fn system_version(mut self, version: impl Into<String>) -> Self {
        self.config.device.system_version = version.into();
        self
    }

    /// The application's version.
    pub fn app_version(mut self, version: impl Into<String>) -> Self {
        self.config.device.app_version = version.into();
        self
    }

    /// The application's language, ISO 639-1.
    pub fn lang_code(mut self, code: impl Into<String>) -> Self {
        self.config.device.lang_code = code.into();
        self
    }

    /// The system's language, ISO 639-1.
    pub fn system_lang_code(mut self, code: impl Into<String>) -> Self {
        self.config.device.system_lang_code = code.into();
        self
    }
}

/// Whom it asks.
impl Builder {
    /// Who is asked by [`Client::start`] for what it was not told, in place of the terminal.
    pub fn console(mut self, console: impl Console) -> Self {
        self.console = Some(Arc::new(console));
        self
    }

    /// Whether [`Client::start`] may ask on the terminal for what it was not told, and say there how it goes. On by default,
    /// where the runtime's crate has a terminal; services switch it off.
    pub fn interactive(mut self, yes: bool) -> Self {
        self.interactive = yes;
        self
    }

    /// What the place it runs in is like. The runtimes' crates say it; what the program sets itself is stronger.
    pub fn platform(mut self, platform: Platform) -> Self {
        self.platform = platform;
        self
    }
}

impl Builder {
    /// The settings so far.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The client, and the future that does its work on that runtime. It does not connect yet. Most programs use the
    /// runtime crate's `connect()` instead, which spawns the driver.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the `api_id` or `api_hash` cannot be one, or when the proxy cannot be told such a host, user or
    /// password.
    pub fn with_driver<R: Runtime>(mut self, runtime: R) -> Result<(Client, Driver<R>), Error> {
        if !self.is_number {
            return Err(Error::misuse(format!(
                "the api_id is not a number; {WHERE}"
            )));
        }
        check(&self.config)?;
        fill_in(&mut self.config.device, &self.platform);
        let console = self
            .console
            .or(self.platform.console.filter(|_| self.interactive));
        let (client, driver) = Client::with_driver(runtime, self.store, self.config);
        client.set_parse_mode(self.parse_mode);
        if let Some(console) = console {
            client.set_console(console);
        }
        Ok((client, driver))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

const WHERE: &str = "get both from https://my.telegram.org under “API development tools”";

fn check(config: &Config) -> Result<(), Error> {
    if config.api_id <= 0 {
        return Err(Error::misuse(format!(
            "the api_id is {}, which no application has; {WHERE}",
            config.api_id
        )));
    }
    if config.api_hash.trim().is_empty() {
        return Err(Error::misuse(format!("the api_hash is empty; {WHERE}")));
    }
    match &config.proxy {
        Some(proxy) => proxy
            .check()
            .and_then(|()| proxy.disguise(config.transport).map(drop))
            .map_err(Error::misuse),
        None => Ok(()),
    }
}

/// Puts something in place of what nobody has set: what the platform is, else what anybody may be.
fn fill_in(device: &mut Device, platform: &Platform) {
    let anybody = Device::default();
    let replace = |own: &mut String, known: Option<&String>, default: String| {
        if own.trim().is_empty() || *own == default {
            *own = known
                .filter(|text| !text.trim().is_empty())
                .cloned()
                .unwrap_or(default);
        }
    };
    replace(
        &mut device.model,
        platform.device_model.as_ref(),
        anybody.model,
    );
    replace(
        &mut device.system_version,
        platform.system_version.as_ref(),
        anybody.system_version,
    );
    replace(&mut device.app_version, None, anybody.app_version);
    replace(&mut device.lang_code, None, anybody.lang_code);
    replace(&mut device.system_lang_code, None, anybody.system_lang_code);
}

#[cfg(test)]
mod tests;

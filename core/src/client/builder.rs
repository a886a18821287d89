//! Making a client.

use std::fmt;
use std::time::Duration;

use crate::client::Client;
use crate::config::{CatchUp, Config, Device, Network};
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
    pub fn builder(api_id: i32, api_hash: impl Into<String>) -> Builder {
        Builder {
            config: Config::new(api_id, api_hash),
            store: Box::new(MemorySession::new()),
            parse_mode: ParseMode::default(),
        }
    }
}

/// The settings of a client to be; see [`Client::builder`].
#[must_use]
pub struct Builder {
    config: Config,
    store: Box<dyn SessionStore>,
    parse_mode: ParseMode,
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

    /// How long one attempt to connect may take. 10 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.config.timeout = timeout;
        self
    }
}

/// What it does when something fails.
impl Builder {
    /// How often a request is sent again after an error of the server; `None` for ever. 5 by default.
    pub fn request_retries(mut self, retries: impl Into<Option<u32>>) -> Self {
        self.config.request_retries = retries.into();
        self
    }

    /// How often connecting is tried again; `None` for ever. 5 by default.
    pub fn connection_retries(mut self, retries: impl Into<Option<u32>>) -> Self {
        self.config.connection_retries = retries.into();
        self
    }

    /// The pause between attempts to connect, growing with every failure. 1 second by default.
    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.config.retry_delay = delay;
        self
    }

    /// Whether a broken connection is made again by itself. On by default.
    pub fn auto_reconnect(mut self, yes: bool) -> Self {
        self.config.auto_reconnect = yes;
        self
    }

    /// Flood waits up to this long are slept through, longer ones are returned as errors. 1 minute by default.
    pub fn flood_sleep_threshold(mut self, threshold: Duration) -> Self {
        self.config.flood_sleep_threshold = threshold;
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

impl Builder {
    /// The settings so far.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The client, and the future that does its work on that runtime. It does not connect yet. Most programs use the
    /// runtime crate's `connect()` instead, which spawns the driver.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the `api_id` or `api_hash` cannot be one.
    pub fn with_driver<R: Runtime>(self, runtime: R) -> Result<(Client, Driver<R>), Error> {
        check(&self.config)?;
        let (client, driver) = Client::with_driver(runtime, self.store, self.config);
        client.set_parse_mode(self.parse_mode);
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

fn check(config: &Config) -> Result<(), Error> {
    const WHERE: &str = "get both from https://my.telegram.org under “API development tools”";
    if config.api_id <= 0 {
        return Err(Error::misuse(format!(
            "the api_id is {}, which no application has; {WHERE}",
            config.api_id
        )));
    }
    if config.api_hash.trim().is_empty() {
        return Err(Error::misuse(format!("the api_hash is empty; {WHERE}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_application_is_refused_with_advice() {
        let text = |id, hash| check(&Config::new(id, hash)).unwrap_err().to_string();
        assert!(text(0, "x").contains("api_id is 0"));
        assert!(
            text(1, " ").contains("api_hash is empty") && text(1, "").contains("my.telegram.org")
        );
        assert!(check(&Config::new(1, "x")).is_ok());
    }

    #[test]
    fn every_setting_arrives() {
        let b = Client::builder(1, "x")
            .use_ipv6(true)
            .timeout(Duration::from_secs(3))
            .request_retries(None)
            .connection_retries(7)
            .retry_delay(Duration::from_secs(4))
            .auto_reconnect(false)
            .flood_sleep_threshold(Duration::ZERO)
            .sequential_updates(true)
            .catch_up(CatchUp::All)
            .save_entities(false)
            .network(Network::Test)
            .device_model("a")
            .system_version("b")
            .app_version("c")
            .lang_code("d")
            .system_lang_code("e");
        let c = b.config();
        assert!(c.use_ipv6 && !c.auto_reconnect && c.sequential_updates && !c.save_entities);
        assert_eq!(
            (c.timeout, c.retry_delay),
            (Duration::from_secs(3), Duration::from_secs(4))
        );
        assert_eq!((c.request_retries, c.connection_retries), (None, Some(7)));
        assert_eq!(
            (c.flood_sleep_threshold, c.catch_up),
            (Duration::ZERO, CatchUp::All)
        );
        assert!(matches!(c.network, Network::Test));
        let d = &c.device;
        let words = [
            &d.model,
            &d.system_version,
            &d.app_version,
            &d.lang_code,
            &d.system_lang_code,
        ];
        assert_eq!(words, ["a", "b", "c", "d", "e"]);
    }
}

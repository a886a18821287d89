//! Making a client.

use std::time::Duration;

use telewire_core::client::Console;
use telewire_core::config::{ApiId, CatchUp, Config, Device, Network, Proxy, Retries};
use telewire_core::session::SessionStore;
use telewire_core::text::ParseMode;
use telewire_core::{Error, client, transport};

use crate::client::Client;
use crate::runtime::ThreadRuntime;

impl Client {
    /// Begins a client for the application with that `api_id` and `api_hash`, which come from <https://my.telegram.org>.
    ///
    /// ```no_run
    /// use telewire_blocking::Client;
    ///
    /// let client = Client::builder(12345, "0123456789abcdef0123456789abcdef")
    ///     .session_file("my_account")?
    ///     .connect()?;
    /// # Ok::<_, telewire_blocking::Error>(())
    /// ```
    pub fn builder(api_id: impl Into<ApiId>, api_hash: impl Into<String>) -> Builder {
        Builder(telewire_core::Client::builder(api_id, api_hash))
    }
}

/// The settings of a client to be; see [`Client::builder`].
#[derive(Debug)]
#[must_use]
pub struct Builder(client::Builder);

/// What comes out of it.
impl Builder {
    /// The client, connected. Nobody needs to be signed in yet.
    ///
    /// # Errors
    /// As [`build`](Self::build) and [`Client::connect`].
    pub fn connect(self) -> Result<Client, Error> {
        let client = self.build()?;
        client.connect()?;
        Ok(client)
    }

    /// The client, not connected yet.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the `api_id`, `api_hash` or proxy cannot be one, or when the system grants no thread to drive the
    /// client.
    pub fn build(self) -> Result<Client, Error> {
        let runtime = ThreadRuntime::shared().map_err(|e| {
            Error::misuse(format!("the thread that drives the clients could not be started ({e}); close some files or threads"))
        })?;
        let (client, driver) = self
            .0
            .platform(telewire_native::platform())
            .with_driver(runtime)?;
        Ok(Client::new(runtime, client, driver))
    }

    /// The settings so far.
    pub fn config(&self) -> &Config {
        self.0.config()
    }
}

/// Where it connects to.
impl Builder {
    /// Where the session is kept. In memory, so lost with the process, unless it is said otherwise.
    pub fn session(self, store: impl SessionStore) -> Self {
        Self(self.0.session(store))
    }

    /// Keeps the session in a file, which Telethon can open as well. `.session` is added where it is missing.
    ///
    /// # Errors
    /// [`Error::Store`] if the folder does not exist, the file cannot be used, or another process uses it; the text says
    /// what to do.
    #[cfg(feature = "sqlite")]
    pub fn session_file(self, path: impl AsRef<std::path::Path>) -> Result<Self, Error> {
        Ok(self.session(telewire_sqlite::SqliteSession::open(path)?))
    }

    /// Which servers to use. The production ones unless it is said otherwise.
    pub fn network(self, network: Network) -> Self {
        Self(self.0.network(network))
    }

    /// How packets are framed.
    pub fn transport(self, mode: transport::Mode) -> Self {
        Self(self.0.transport(mode))
    }

    /// Whether to prefer IPv6 addresses. Off by default.
    pub fn use_ipv6(self, yes: bool) -> Self {
        Self(self.0.use_ipv6(yes))
    }

    /// What every connection leads through, file servers and other data centres included. Nothing by default.
    pub fn proxy(self, proxy: impl Into<Option<Proxy>>) -> Self {
        Self(self.0.proxy(proxy))
    }

    /// How long one attempt to connect may take, what is said to a proxy included. 10 seconds by default.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self(self.0.timeout(timeout))
    }
}

/// What it does when something fails.
impl Builder {
    /// How often a request is sent again after an error of the server; `None`, or less than zero, for ever. 5 by default.
    pub fn request_retries(self, retries: impl Into<Retries>) -> Self {
        Self(self.0.request_retries(retries))
    }

    /// How often connecting is tried again; `None`, or less than zero, for ever. 5 by default.
    pub fn connection_retries(self, retries: impl Into<Retries>) -> Self {
        Self(self.0.connection_retries(retries))
    }

    /// The pause between attempts to connect, growing with every failure; `None` for no pause at all. 1 second by default.
    pub fn retry_delay(self, delay: impl Into<Option<Duration>>) -> Self {
        Self(self.0.retry_delay(delay))
    }

    /// Whether a broken connection is made again by itself. On by default.
    pub fn auto_reconnect(self, yes: bool) -> Self {
        Self(self.0.auto_reconnect(yes))
    }

    /// Flood waits up to this long are slept through, longer ones are returned as errors. 1 minute by default, 1 day at
    /// most.
    pub fn flood_sleep_threshold(self, threshold: Duration) -> Self {
        Self(self.0.flood_sleep_threshold(threshold))
    }
}

/// What it does with updates, users and texts.
impl Builder {
    /// Whether an update's handlers have to end before the next update is looked at. Off by default: several are handled
    /// at the same time.
    pub fn sequential_updates(self, yes: bool) -> Self {
        Self(self.0.sequential_updates(yes))
    }

    /// Which updates to fetch that came while nobody was connected. None by default.
    pub fn catch_up(self, catch_up: CatchUp) -> Self {
        Self(self.0.catch_up(catch_up))
    }

    /// Whether users and chats that come by are remembered in the session. On by default.
    pub fn save_entities(self, yes: bool) -> Self {
        Self(self.0.save_entities(yes))
    }

    /// How many bytes the users and chats that are held in memory may weigh. What was not used for longest goes first, and is
    /// found again in the session. 512 KiB by default, which is some two thousand of them.
    pub fn peer_cache(self, bytes: usize) -> Self {
        Self(self.0.peer_cache(bytes))
    }

    /// How texts are read and shown. Markdown by default.
    pub fn parse_mode(self, mode: ParseMode) -> Self {
        Self(self.0.parse_mode(mode))
    }
}

/// What users see of it in the list of their sessions.
impl Builder {
    /// The whole description of the device.
    pub fn device(self, device: Device) -> Self {
        Self(self.0.device(device))
    }

    /// The model of the device, e.g. `"ThinkPad"`.
    pub fn device_model(self, model: impl Into<String>) -> Self {
        Self(self.0.device_model(model))
    }

    /// The operating system's version.
    pub fn system_version(self, version: impl Into<String>) -> Self {
        Self(self.0.system_version(version))
    }

    /// The application's version.
    pub fn app_version(self, version: impl Into<String>) -> Self {
        Self(self.0.app_version(version))
    }

    /// The application's language, ISO 639-1.
    pub fn lang_code(self, code: impl Into<String>) -> Self {
        Self(self.0.lang_code(code))
    }

    /// The system's language, ISO 639-1.
    pub fn system_lang_code(self, code: impl Into<String>) -> Self {
        Self(self.0.system_lang_code(code))
    }
}

/// Whom it asks.
impl Builder {
    /// Who is asked by [`Client::start`] for what it was not told, in place of the terminal.
    pub fn console(self, console: impl Console) -> Self {
        Self(self.0.console(console))
    }

    /// Whether [`Client::start`] may ask on the terminal for what it was not told, and say there how it goes. On by default;
    /// services switch it off.
    pub fn interactive(self, yes: bool) -> Self {
        Self(self.0.interactive(yes))
    }
}

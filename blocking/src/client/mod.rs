//! The client, with a plain return value in place of every future.

mod attachments;
mod auth;
mod batch;
mod builder;
mod conversation;
mod dialogs;
mod downloads;
mod drafts;
mod history;
mod life;
mod messages;
mod paged;
mod qr;
mod raw;
mod scope;
mod session;
mod start;
mod state;
mod takeout;
mod two_factor;
mod updates;
mod uploads;
mod users;

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Weak};

use telewire_core::error::StoreError;
use telewire_core::{Config, Error};

use crate::runtime::{ThreadRuntime, block_on};

pub use builder::Builder;
pub use dialogs::DialogIter;
pub use downloads::Chunks;
pub use drafts::DraftIter;
pub use history::{MessageIter, MessagesById};
use life::Life;
pub use qr::QrLogin;

/// A handle on an account, for programs without `async`. Clones share one connection and may be used from several threads
/// at once.
///
/// Every method waits for its result on the calling thread, while one thread of the library's own drives the connections
/// of all clients. When the last handle is dropped, objects such as messages included, the client disconnects and the
/// session is closed before the drop returns.
#[derive(Clone)]
pub struct Client {
    /// What a handle with requests of its own manner wraps. Before `life`, so that it is dropped before.
    scoped: Option<telewire_core::Client>,
    life: Arc<Life>,
}

impl Client {
    /// Connects, unless that is done already, and returns once the server has answered. It does not sign in; see
    /// [`start`](Self::start). May be called again after [`disconnect`](Self::disconnect).
    ///
    /// # Errors
    /// [`Error::Transport`] when `connection_retries` are used up, [`Error::Store`] when the session cannot be read, and the
    /// server's error if it refuses `api_id`.
    pub fn connect(&self) -> Result<(), Error> {
        self.wait(self.as_async().connect())
    }

    /// Disconnects. Requests that are pending in other threads end with [`Error::Disconnected`]; what is due to be stored
    /// is stored first. Does nothing when there is no connection.
    ///
    /// # Errors
    /// [`Error::Misuse`] on the driver thread.
    pub fn disconnect(&self) -> Result<(), Error> {
        self.finish(self.as_async().disconnect())
    }

    /// Whether the client has connected and was not disconnected since, by itself or for good.
    pub fn is_connected(&self) -> bool {
        self.as_async().is_connected()
    }

    /// Waits until the client is disconnected for good: with `Ok` after [`disconnect`](Self::disconnect), with the reason
    /// when reconnecting was given up. Returns at once if it is not connected.
    ///
    /// # Errors
    /// Why the connection ended.
    pub fn disconnected(&self) -> Result<(), Error> {
        self.wait(self.as_async().disconnected())
    }

    /// Why the session could not be written, if that has happened. Everything goes on, but since then the position in the
    /// updates has not been kept, so that the next run begins where the last good one ended.
    pub fn store_failure(&self) -> Option<StoreError> {
        self.as_async().store_failure()
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        self.as_async().config()
    }
}

/// The way out to `async`.
impl Client {
    /// The asynchronous client on the same connection, for use in [`block_on`](Self::block_on).
    pub fn as_async(&self) -> &telewire_core::Client {
        self.scoped.as_ref().unwrap_or_else(|| self.life.client())
    }

    /// Waits for a compound of asynchronous calls, such as several requests at once.
    ///
    /// ```no_run
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// let both = client.block_on(async {
    ///     let client = client.as_async();
    ///     futures::try_join!(client.send_message("me", "one"), client.send_message("me", "two"))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the future, and [`Error::Misuse`] on the driver thread.
    pub fn block_on<T>(&self, future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.wait(future)
    }

    pub(crate) fn new(
        runtime: ThreadRuntime,
        client: telewire_core::Client,
        driver: life::Driver,
    ) -> Self {
        let life = Arc::new(Life::new(runtime, client, driver));
        let weak: Weak<Life> = Arc::downgrade(&life);
        life.client().set_facade(weak);
        Self { scoped: None, life }
    }

    /// The client that wraps an asynchronous one, if anybody still has it.
    pub(crate) fn of(client: &telewire_core::Client) -> Option<Self> {
        let life = client.facade()?;
        let scoped = client.is_scoped().then(|| client.clone());
        Some(Self { scoped, life })
    }

    /// The wrapper of a handle on the same connection.
    fn wrap(&self, client: telewire_core::Client) -> Self {
        Self {
            scoped: Some(client),
            life: Arc::clone(&self.life),
        }
    }

    /// Runs a handler where it may block.
    pub(crate) async fn handle<T: Send + 'static>(
        &self,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        self.life.runtime().handle(f).await
    }

    /// Waits for a result of the asynchronous client.
    pub(crate) fn wait<T>(
        &self,
        future: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.finish(future)?
    }

    /// Waits for something that cannot fail, except on the thread whose work it would wait for.
    pub(crate) fn finish<T>(&self, future: impl Future<Output = T>) -> Result<T, Error> {
        if self.life.runtime().is_driver_thread() {
            return Err(Error::misuse(
                "a blocking call on the driver thread would wait for itself; make it from a thread of your own",
            ));
        }
        Ok(block_on(future))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_async().fmt(f)
    }
}

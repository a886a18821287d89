//! From a builder to a running client.

use std::future::Future;

use telewire_core::client::Builder;
use telewire_core::{Client, Error};
use tokio::runtime::Handle;

use crate::TokioRuntime;

/// What a [`Builder`] can do on tokio.
pub trait BuilderExt: Sized {
    /// The client, connected. Nobody needs to be signed in yet.
    ///
    /// # Errors
    /// As [`build`](Self::build) and [`Client::connect`].
    fn connect(self) -> impl Future<Output = Result<Client, Error>> + Send;

    /// The client, not connected yet. Its driver is spawned on the current runtime.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the `api_id` or `api_hash` cannot be one, or outside of a tokio runtime.
    fn build(self) -> Result<Client, Error>;

    /// Keeps the session in a file, which Telethon can open as well. `.session` is added where it is missing. The file is
    /// opened right here, so that what is wrong with it is known at once.
    ///
    /// # Errors
    /// [`Error::Store`] if the folder does not exist, the file cannot be used, or another process uses it; the text says
    /// what to do.
    #[cfg(feature = "sqlite")]
    fn session_file(self, path: impl AsRef<std::path::Path>) -> Result<Self, Error>;
}

impl BuilderExt for Builder {
    async fn connect(self) -> Result<Client, Error> {
        let client = self.build()?;
        client.connect().await?;
        Ok(client)
    }

    fn build(self) -> Result<Client, Error> {
        let handle = Handle::try_current().map_err(|_| {
            Error::misuse("there is no tokio runtime here; build the client inside of #[tokio::main] or Runtime::block_on")
        })?;
        let (client, driver) = self
            .platform(telewire_native::platform())
            .with_driver(TokioRuntime::new(handle.clone()))?;
        drop(handle.spawn(driver));
        Ok(client)
    }

    #[cfg(feature = "sqlite")]
    fn session_file(self, path: impl AsRef<std::path::Path>) -> Result<Self, Error> {
        Ok(self.session(telewire_sqlite::SqliteSession::open(path)?))
    }
}

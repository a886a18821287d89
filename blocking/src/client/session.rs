//! Taking a copy of the session that a client runs on.

use telewire_core::Error;
use telewire_core::session::{SessionStore, SessionString};

use crate::client::Client;

impl Client {
    /// The session as a string that Telewire and Telethon can sign in with, whatever store it is kept in; empty if it has no
    /// key yet. Use it only once this client is gone.
    ///
    /// # Errors
    /// [`Error::Store`] when the session cannot be read, or its data centre has no address yet: connect first.
    pub fn session_string(&self) -> Result<SessionString, Error> {
        self.wait(self.as_async().session_string())
    }

    /// Copies everything that the session holds into another store, which is returned.
    ///
    /// # Errors
    /// [`Error::Store`] when one of the stores cannot be used, or the new one holds an account already.
    pub fn copy_session<S: SessionStore>(&self, to: S) -> Result<S, Error> {
        self.wait(self.as_async().copy_session(to))
    }
}

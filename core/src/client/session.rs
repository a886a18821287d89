//! Taking a copy of the session that a client runs on.

use crate::client::Client;
use crate::client::handle::Command;
use crate::error::Error;
use crate::session::{SessionStore, SessionString, receive};

impl Client {
    /// The session as a string that Telewire and Telethon can sign in with, whatever store it is kept in; empty if it has no
    /// key yet. See [`StringSession`](crate::session::StringSession).
    ///
    /// Whoever has the string has the account. Use it only once this client is gone: Telegram ends keys that are used from two
    /// places at once.
    ///
    /// # Errors
    /// [`Error::Store`] when the session cannot be read, or its data centre has no address yet: connect first.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// std::fs::write("my_account.txt", client.session_string().await?.as_str()).expect("it can be written");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn session_string(&self) -> Result<SessionString, Error> {
        let session = self.shared().ask(Command::Session).await??;
        Ok(SessionString::of(&session)?)
    }

    /// Copies everything that the session holds into another store, which is returned: as
    /// [`session::copy`](crate::session::copy) does, for a client that is at work. After [`Client::disconnect`] the copy is
    /// complete.
    ///
    /// # Errors
    /// [`Error::Store`] when one of the stores cannot be used, or the new one holds an account already.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::session::MemorySession;
    ///
    /// client.disconnect().await;
    /// let copy = client.copy_session(MemorySession::new()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn copy_session<S: SessionStore>(&self, mut to: S) -> Result<S, Error> {
        let contents = self.shared().ask(Command::Contents).await??;
        let copied = self.unblock(move || receive(&contents, &mut to).map(|()| to));
        Ok(copied.await??)
    }
}

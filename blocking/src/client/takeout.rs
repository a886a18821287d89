//! Exports of an account's data.

use telewire_core::Error;
use telewire_core::client::Takeout;

use crate::client::Client;

impl Client {
    /// Begins an [export](https://core.telegram.org/api/takeout) of the account's data, for which the server's flood limits
    /// are lower: returns a handle whose requests, those of friendly methods included, all belong to it. The session
    /// remembers it until [`finish_takeout`](Self::finish_takeout), so that a later run can go on with it by asking for
    /// nothing in particular.
    ///
    /// # Errors
    /// `TAKEOUT_INIT_DELAY_X` while the account's devices have not agreed; [`Error::retry_after`] says how long to wait.
    /// [`Error::Misuse`] if `what` asks for something while a takeout is remembered.
    pub fn takeout(&self, what: Takeout) -> Result<Self, Error> {
        let takeout = self.wait(self.as_async().takeout(what))?;
        Ok(self.wrap(takeout))
    }

    /// Ends the takeout that this handle belongs to, as complete or not. Other requests through it are refused afterwards.
    ///
    /// # Errors
    /// [`Error::Misuse`] if this handle is not one of [`Client::takeout`], and the server's refusal.
    pub fn finish_takeout(&self, success: bool) -> Result<(), Error> {
        self.wait(self.as_async().finish_takeout(success))
    }

    /// The takeout that this handle's requests belong to.
    pub fn takeout_id(&self) -> Option<i64> {
        self.as_async().takeout_id()
    }
}

//! Signing in with one call.

use telewire_core::client::Start;
use telewire_core::{Error, types};

use crate::client::Client;

impl Client {
    /// Connects if need be, and signs in unless somebody is signed in already: with a phone number, the code that Telegram
    /// sends, and the password if the account has one; or with a bot token. A phone number that is new is signed up.
    /// Returns the user. What somebody is asked for may be wrong [`Start::max_attempts`] times.
    ///
    /// # Errors
    /// The server's last answer when all attempts were used, e.g. `PHONE_CODE_INVALID`; [`Error::Misuse`] when something
    /// that turns out to be needed was not given, and nobody can be asked.
    ///
    /// ```no_run
    /// # fn read_line(prompt: &str) -> String { String::new() }
    /// # fn f(client: telewire_blocking::Client) -> Result<(), telewire_blocking::Error> {
    /// use telewire_blocking::Start;
    ///
    /// // Asks on the terminal.
    /// let me = client.start(Start::new())?;
    ///
    /// // Asks in its own way.
    /// let ask_phone = || read_line("Phone: ");
    /// let me = client.start(Start::new().phone(ask_phone).code(|| read_line("Code: ")))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(&self, start: Start) -> Result<types::UserData, Error> {
        self.wait(self.as_async().start(start))
    }
}

//! Whoever sits in front of the screen.

use std::io;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::client::Client;
use crate::error::Error;

/// Where [`Client::start`] asks for what it was not told, and says what the user should know.
///
/// The crates of the runtimes bring one that uses the terminal. Everything here is called apart from the executor, or with
/// little to write, so it may block.
pub trait Console: Send + Sync + 'static {
    /// Asks, and waits for a line.
    ///
    /// # Errors
    /// When nobody is there to answer, such as at the end of the input.
    fn ask(&self, question: &str) -> io::Result<String>;

    /// Asks for what must not appear on the screen while it is typed.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    fn ask_secret(&self, question: &str) -> io::Result<String>;

    /// Says something beside the program's own output, such as why an answer was refused.
    fn tell(&self, text: &str);

    /// Says how it went.
    fn announce(&self, text: &str);
}

/// What a runtime's crate knows of the place that its clients run in; see
/// [`Builder::platform`](crate::client::Builder::platform).
#[non_exhaustive]
pub struct Platform {
    /// Who is asked by [`Client::start`].
    pub console: Option<Arc<dyn Console>>,
    /// The device's model, where the program names none.
    pub device_model: Option<String>,
    /// The operating system's version, where the program names none.
    pub system_version: Option<String>,
}

impl Platform {
    /// A place of which nothing is known.
    pub fn new() -> Self {
        Self {
            console: None,
            device_model: None,
            system_version: None,
        }
    }
}

impl Default for Platform {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Platform")
            .field("device_model", &self.device_model)
            .field("system_version", &self.system_version)
            .finish_non_exhaustive()
    }
}

impl Client {
    pub(super) fn set_console(&self, console: Arc<dyn Console>) {
        // A client is given one at most, when it is made.
        let _ = self.state().console.set(console);
    }

    pub(super) fn console(&self) -> Option<&Arc<dyn Console>> {
        self.state().console.get()
    }

    /// Asks whoever sits in front of the screen; `None` if nobody does.
    pub(super) async fn ask_console(
        &self,
        question: String,
        secret: bool,
    ) -> Result<Option<Zeroizing<String>>, Error> {
        let Some(console) = self.console().cloned() else {
            return Ok(None);
        };
        let asked = self.unblock(move || {
            if secret {
                console.ask_secret(&question)
            } else {
                console.ask(&question)
            }
        });
        match asked.await? {
            Ok(answer) => Ok(Some(Zeroizing::new(answer))),
            Err(error) => Err(Error::misuse(format!(
                "a question of the sign-in was not answered on the terminal ({error}); give the answers to Start instead"
            ))),
        }
    }
}

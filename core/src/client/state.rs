//! What the friendly methods remember between calls.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use telewire_schema::types;

use crate::client::Client;
use crate::client::builder::LONGEST_SLEEP;
use crate::client::console::Console;
use crate::client::conversation::Conversations;
use crate::client::handle::{Command, lock};
use crate::events::Place;
use crate::text::ParseMode;

/// Shared by the clones of a client.
#[derive(Default)]
pub(crate) struct State {
    parse_mode: Mutex<ParseMode>,
    /// What was set since the client was built.
    flood_sleep_threshold: Mutex<Option<Duration>>,
    authorized: AtomicBool,
    pub(super) login: Mutex<Login>,
    /// In the order in which they run.
    pub(super) handlers: Mutex<Vec<Place>>,
    pub(super) console: OnceLock<Arc<dyn Console>>,
    pub(super) conversations: Conversations,
}

/// A sign-in under way.
#[derive(Default)]
pub(super) struct Login {
    /// The phone that the last code was asked for.
    pub(super) phone: Option<String>,
    /// The codes that were sent, by phone: people change their mind about the number.
    pub(super) codes: HashMap<String, SentCode>,
    /// What a new user has to agree to.
    pub(super) terms: Option<types::help::TermsOfService>,
}

/// What goes back to the server with a code.
#[derive(Clone, Default)]
pub(super) struct SentCode {
    pub(super) hash: String,
    /// It went to a mail box, and counts as its owner's proof.
    pub(super) by_email: bool,
}

impl State {
    pub(super) fn authorized(&self) -> bool {
        self.authorized.load(Ordering::Relaxed)
    }

    pub(super) fn set_authorized(&self, yes: bool) {
        self.authorized.store(yes, Ordering::Relaxed);
    }
}

impl Client {
    /// The version of Telewire.
    pub const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    /// How texts are read and shown where a call does not say otherwise: Markdown, unless it was changed.
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// use telewire_core::text::ParseMode;
    ///
    /// client.set_parse_mode(ParseMode::Html);
    /// assert_eq!(client.parse_mode(), ParseMode::Html);
    /// # }
    /// ```
    pub fn parse_mode(&self) -> ParseMode {
        lock(&self.state().parse_mode).clone()
    }

    /// Changes how texts are read and shown, for all clones of this client.
    pub fn set_parse_mode(&self, mode: ParseMode) {
        *lock(&self.state().parse_mode) = mode;
    }

    /// Up to which length flood waits are waited out, instead of being returned as errors: a minute, unless it was changed.
    ///
    /// Every such sleep is an event of `tracing` at level INFO, with `method`, `seconds` and `why`, and never with arguments.
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// use std::time::Duration;
    ///
    /// client.set_flood_sleep_threshold(Duration::ZERO); // every flood wait is an error from now on
    /// assert_eq!(client.flood_sleep_threshold(), Duration::ZERO);
    /// # }
    /// ```
    pub fn flood_sleep_threshold(&self) -> Duration {
        let set = *lock(&self.state().flood_sleep_threshold);
        set.unwrap_or(self.config().flood_sleep_threshold)
    }

    /// Changes up to which length flood waits are waited out, for all clones of this client; at most a day, as in
    /// [`Builder::flood_sleep_threshold`](crate::client::Builder::flood_sleep_threshold). What waits already goes on waiting.
    pub fn set_flood_sleep_threshold(&self, threshold: Duration) {
        let threshold = threshold.min(LONGEST_SLEEP);
        *lock(&self.state().flood_sleep_threshold) = Some(threshold);
        self.shared().push(Command::FloodThreshold(threshold));
    }

    pub(crate) fn state(&self) -> &State {
        &self.inner.state
    }
}

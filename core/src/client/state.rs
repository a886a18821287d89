//! What the friendly methods remember between calls.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use telewire_schema::types;

use crate::client::Client;
use crate::client::console::Console;
use crate::client::conversation::Conversations;
use crate::client::handle::lock;
use crate::events::Place;
use crate::text::ParseMode;

/// Shared by the clones of a client.
#[derive(Default)]
pub(crate) struct State {
    parse_mode: Mutex<ParseMode>,
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

    pub(crate) fn state(&self) -> &State {
        &self.inner.state
    }
}

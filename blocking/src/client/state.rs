//! Settings that may change while a client runs.

use std::time::Duration;

use telewire_core::text::ParseMode;

use crate::client::Client;

impl Client {
    /// The version of Telewire.
    pub const VERSION: &'static str = telewire_core::Client::VERSION;

    /// How texts are read and shown.
    pub fn parse_mode(&self) -> ParseMode {
        self.as_async().parse_mode()
    }

    /// Changes how texts are read and shown.
    pub fn set_parse_mode(&self, mode: ParseMode) {
        self.as_async().set_parse_mode(mode);
    }

    /// Up to which length flood waits are waited out.
    pub fn flood_sleep_threshold(&self) -> Duration {
        self.as_async().flood_sleep_threshold()
    }

    /// Changes up to which length flood waits are waited out.
    pub fn set_flood_sleep_threshold(&self, threshold: Duration) {
        self.as_async().set_flood_sleep_threshold(threshold);
    }
}

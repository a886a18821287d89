//! Handles whose requests all travel in one manner.

use std::time::Duration;

use crate::client::Client;

impl Client {
    /// A handle on the same connection whose requests all give up with [`Error::Deadline`](crate::Error::Deadline) after
    /// that long. Methods that make several requests have as long for each of them. What objects do that come from such a
    /// handle, such as a message's `reply`, is under the same limit.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.wrap(self.as_async().with_timeout(timeout))
    }
}

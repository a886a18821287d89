//! Several requests of the schema at once.

use telewire_core::Error;
use telewire_core::client::Requests;

use crate::client::Client;

impl Client {
    /// Sends several requests at once, so that they leave together, and returns all answers.
    ///
    /// The requests are a list of one kind or a tuple of several kinds, or a [`Batch`](telewire_core::client::Batch) of
    /// either, which can keep their order. Flood waits are not slept on, unless the options of such a batch say so.
    ///
    /// # Errors
    /// [`Error::Multi`] if any of several fails, with the answers to the others; a single request's error as it is. If a
    /// name in one of the requests cannot be resolved, that error, and nothing is sent.
    pub fn invoke_many<Q: Requests>(&self, requests: Q) -> Result<Q::Results, Error> {
        self.wait(self.as_async().invoke_many(requests))
    }
}

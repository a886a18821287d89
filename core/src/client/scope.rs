//! Handles whose requests all travel in one manner.

use std::sync::Arc;
use std::time::Duration;

use crate::client::Client;
use crate::engine::Request;

/// What a handle adds to every request that is made through it, friendly methods included.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(super) takeout: Option<i64>,
    timeout: Option<Duration>,
}

impl Client {
    /// A handle on the same connection whose requests all give up with [`Error::Deadline`](crate::Error::Deadline) after
    /// that long. Methods that make several requests have as long for each of them. What objects do that come from such a
    /// handle, such as a message's `reply`, is under the same limit.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use std::time::Duration;
    ///
    /// let hasty = client.with_timeout(Duration::from_secs(5));
    /// hasty.send_message("me", "now or never").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.with_scope(|scope| scope.timeout = Some(timeout))
    }

    /// A handle that differs in what `change` changes.
    pub(super) fn with_scope(&self, change: impl FnOnce(&mut Scope)) -> Self {
        let mut scope = self.scope.as_deref().cloned().unwrap_or_default();
        change(&mut scope);
        Self {
            inner: Arc::clone(&self.inner),
            scope: Some(Arc::new(scope)),
        }
    }

    /// Whether this handle adds anything to its requests.
    #[doc(hidden)]
    pub fn is_scoped(&self) -> bool {
        self.scope.is_some()
    }

    /// A request as it travels when it is made through this handle.
    pub(super) fn scoped(&self, mut request: Request) -> Request {
        let Some(scope) = &self.scope else {
            return request;
        };
        request.takeout = request.takeout.or(scope.takeout);
        let limit = scope.timeout.map(|timeout| self.now().mono + timeout);
        let limits = [request.deadline, limit];
        request.deadline = limits.into_iter().flatten().min();
        request
    }
}

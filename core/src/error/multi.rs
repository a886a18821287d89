//! What came of several requests of which some failed.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::error::Error;

/// Several requests were sent together, and at least one of them failed: what came of each, in the order in which they
/// were given to [`Client::invoke_many`](crate::Client::invoke_many).
///
/// ```no_run
/// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
/// use telewire_core::{Error, functions::contacts::ResolveUsername, types::contacts::ResolvedPeer};
///
/// let names = ["telegram", "nobody_is_called_so"].map(ResolveUsername::new);
/// match client.invoke_many(names).await {
///     Err(Error::Multi(several)) => {
///         for (found, error) in several.results::<ResolvedPeer>().into_iter().zip(several.errors()) {
///             println!("{:?} {error:?}", found.map(|found| &found.peer));
///         }
///     }
///     all => drop(all?),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MultiError {
    outcomes: Arc<[Outcome]>,
}

/// What came of one request.
pub(crate) struct Outcome {
    /// Its TL name.
    pub(crate) request: &'static str,
    pub(crate) result: Result<Box<dyn Any + Send + Sync>, Error>,
}

impl Outcome {
    fn error(&self) -> Option<&Error> {
        self.result.as_ref().err()
    }
}

impl MultiError {
    pub(crate) fn new(outcomes: Vec<Outcome>) -> Self {
        Self {
            outcomes: outcomes.into(),
        }
    }

    /// The TL names of the requests.
    pub fn requests(&self) -> Vec<&'static str> {
        self.outcomes.iter().map(|o| o.request).collect()
    }

    /// What went wrong; `None` for a request that was fine.
    pub fn errors(&self) -> Vec<Option<&Error>> {
        self.outcomes.iter().map(Outcome::error).collect()
    }

    /// The answers; `None` for a request that failed, or that is answered by another type than `T`.
    pub fn results<T: 'static>(&self) -> Vec<Option<&T>> {
        (0..self.outcomes.len()).map(|i| self.result(i)).collect()
    }

    /// The answer to one of the requests, for when they are not all of one kind.
    pub fn result<T: 'static>(&self, index: usize) -> Option<&T> {
        self.outcomes
            .get(index)?
            .result
            .as_ref()
            .ok()?
            .downcast_ref()
    }
}

impl fmt::Display for MultiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed: Vec<_> = self.outcomes.iter().filter_map(Outcome::error).collect();
        let (all, few) = (self.outcomes.len(), failed.len());
        write!(f, "{few} of {all} requests failed")?;
        for (n, error) in failed.into_iter().enumerate() {
            write!(f, "{} {error}", if n == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

// Answers may be anybody's secrets.
impl fmt::Debug for MultiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcomes = self.outcomes.iter().map(|o| (o.request, o.error()));
        f.debug_list().entries(outcomes).finish()
    }
}

impl std::error::Error for MultiError {}

//! Several raw requests at once.

use std::any::Any;
use std::time::Duration;

use futures::future::BoxFuture;
use telewire_schema::Request;

use crate::client::{Client, InvokeOptions};
use crate::engine::{self, Value};
use crate::error::{Error, MultiError, Outcome};

/// Several requests that [`Client::invoke_many`] sends together: a list of one kind, or a tuple of several.
///
/// Lists are answered by a list, arrays by an array of the same length, tuples by a tuple.
pub trait Requests: Send + Sync {
    /// The answers, in the order of the requests.
    type Results;

    /// Each of them, in order.
    #[doc(hidden)]
    fn list(&self) -> Vec<&dyn AnyRequest>;

    /// The answers to all, as what they are.
    #[doc(hidden)]
    fn collect(&self, values: &mut dyn Iterator<Item = AnyValue>) -> Option<Self::Results>;

    /// How they travel.
    #[doc(hidden)]
    fn manner(&self) -> Manner {
        Manner::default()
    }
}

/// Requests with a say in how they travel.
///
/// ```
/// use telewire_core::client::Batch;
/// use telewire_core::functions;
///
/// let batch = Batch::of((functions::help::GetConfig, functions::help::GetNearestDc)).ordered();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Batch<Q> {
    requests: Q,
    manner: Manner,
}

/// How several requests travel.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    ordered: bool,
    options: InvokeOptions,
}

impl<Q> Batch<Q> {
    /// Requests that may run in any order.
    pub fn of(requests: Q) -> Self {
        Self {
            requests,
            manner: Manner::default(),
        }
    }

    /// Has each of them run only after the one before it has run
    /// ([`invokeAfterMsg`](https://core.telegram.org/api/invoking#invokeafter-family)). One that fails does not keep those
    /// behind it back.
    pub fn ordered(mut self) -> Self {
        self.manner.ordered = true;
        self
    }

    /// How each of them travels. A threshold for flood waits has them slept on instead of being returned.
    pub fn options(mut self, options: InvokeOptions) -> Self {
        self.manner.options = options;
        self
    }
}

impl Client {
    /// Sends several requests at once, so that they leave together, and returns all answers.
    ///
    /// The requests are a list of one kind or a tuple of several kinds, or a [`Batch`] of either, which can keep their
    /// order. Flood waits are not slept on, unless the options of a [`Batch`] say so: they would hold up the others' answers.
    ///
    /// # Errors
    /// [`Error::Multi`] if any of several fails, with the answers to the others; a single request's error as it is. If a
    /// name in one of the requests cannot be resolved, that error, and nothing is sent.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Batch;
    /// use telewire_core::functions::{help, messages::SendMessage};
    /// use telewire_core::types::InputPeer;
    ///
    /// let (config, nearest) = client.invoke_many((help::GetConfig, help::GetNearestDc)).await?;
    ///
    /// let texts = ["one", "two"].map(|text| SendMessage::new(InputPeer::Self_, text, rand_id()));
    /// let [one, two] = client.invoke_many(Batch::of(texts).ordered()).await?;
    /// # fn rand_id() -> i64 { 0 }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn invoke_many<Q: Requests>(&self, requests: Q) -> Result<Q::Results, Error> {
        let Manner { ordered, options } = requests.manner();
        let options = options.or_flood_sleep_threshold(Duration::ZERO);
        let list = requests.list();
        let mut prepared = Vec::with_capacity(list.len());
        for request in &list {
            prepared.push(request.prepare(self, &options).await?);
        }
        let answers = self.send_all(prepared, ordered).await;
        let mut outcomes: Vec<_> = list
            .iter()
            .zip(answers)
            .map(|(request, answer)| Outcome {
                request: request.name(),
                result: answer.and_then(|answer| request.receive(self, answer)),
            })
            .collect();
        if outcomes.iter().any(|o| o.result.is_err()) {
            let lone = (outcomes.len() == 1).then(|| outcomes.pop()).flatten();
            return match lone.map(|o| o.result) {
                Some(Err(error)) => Err(error),
                _ => Err(Error::Multi(MultiError::new(outcomes))),
            };
        }
        let values = outcomes.into_iter().filter_map(|o| o.result.ok());
        // Each value was decoded as what its request promises.
        requests
            .collect(&mut { values })
            .ok_or_else(|| Error::misuse("the answers do not fit the requests"))
    }
}

type AnyValue = Box<dyn Any + Send + Sync>;

/// A request of any kind.
pub trait AnyRequest: Send + Sync {
    fn name(&self) -> &'static str;

    fn prepare<'a>(
        &'a self,
        client: &'a Client,
        options: &'a InvokeOptions,
    ) -> BoxFuture<'a, Result<engine::Request, Error>>;

    fn receive(&self, client: &Client, answer: Value) -> Result<AnyValue, Error>;
}

impl<R: Request + Send + Sync> AnyRequest for R {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn prepare<'a>(
        &'a self,
        client: &'a Client,
        options: &'a InvokeOptions,
    ) -> BoxFuture<'a, Result<engine::Request, Error>> {
        Box::pin(client.prepare(self, options))
    }

    fn receive(&self, client: &Client, answer: Value) -> Result<AnyValue, Error> {
        Ok(Box::new(client.receive::<R>(answer)?))
    }
}

/// The next value, as the answer to a request of kind `R`.
fn next<R: Request>(values: &mut dyn Iterator<Item = AnyValue>) -> Option<R::Result> {
    values.next()?.downcast().ok().map(|value| *value)
}

impl<R: Request + Send + Sync> Requests for [R] {
    type Results = Vec<R::Result>;

    fn list(&self) -> Vec<&dyn AnyRequest> {
        self.iter().map(|r| r as _).collect()
    }

    fn collect(&self, values: &mut dyn Iterator<Item = AnyValue>) -> Option<Vec<R::Result>> {
        self.iter().map(|_| next::<R>(values)).collect()
    }
}

impl<R: Request + Send + Sync> Requests for Vec<R> {
    type Results = Vec<R::Result>;

    fn list(&self) -> Vec<&dyn AnyRequest> {
        self.as_slice().list()
    }

    fn collect(&self, values: &mut dyn Iterator<Item = AnyValue>) -> Option<Vec<R::Result>> {
        self.as_slice().collect(values)
    }
}

impl<R: Request + Send + Sync, const N: usize> Requests for [R; N] {
    type Results = [R::Result; N];

    fn list(&self) -> Vec<&dyn AnyRequest> {
        self.as_slice().list()
    }

    fn collect(&self, values: &mut dyn Iterator<Item = AnyValue>) -> Option<[R::Result; N]> {
        self.as_slice().collect(values)?.try_into().ok()
    }
}

impl<Q: Requests + ?Sized> Requests for &Q {
    type Results = Q::Results;

    fn list(&self) -> Vec<&dyn AnyRequest> {
        (**self).list()
    }

    fn collect(&self, values: &mut dyn Iterator<Item = AnyValue>) -> Option<Q::Results> {
        (**self).collect(values)
    }

    fn manner(&self) -> Manner {
        (**self).manner()
    }
}

impl<Q: Requests> Requests for Batch<Q> {
    type Results = Q::Results;

    fn list(&self) -> Vec<&dyn AnyRequest> {
        self.requests.list()
    }

    fn collect(&self, values: &mut dyn Iterator<Item = AnyValue>) -> Option<Q::Results> {
        self.requests.collect(values)
    }

    fn manner(&self) -> Manner {
        self.manner.clone()
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))+) => {$(
        #[allow(non_snake_case, reason = "values go by the names of their types")]
        impl<$($name: Request + Send + Sync),+> Requests for ($($name,)+) {
            type Results = ($($name::Result,)+);

            fn list(&self) -> Vec<&dyn AnyRequest> {
                let ($($name,)+) = self;
                vec![$($name),+]
            }

            fn collect(&self, values: &mut dyn Iterator<Item = AnyValue>) -> Option<Self::Results> {
                Some(($(next::<$name>(values)?,)+))
            }
        }
    )+};
}

tuples! {
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
}

#[cfg(test)]
mod tests;

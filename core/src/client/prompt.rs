//! Answers that somebody has to give: values, or functions that ask.

use std::fmt;
use std::fmt::Display;

use futures::future::BoxFuture;
use zeroize::Zeroizing;

use crate::client::Client;
use crate::error::Error;

/// What somebody answered: a text, or a number such as a login code.
///
/// It is wiped from memory when it is dropped. A number has no leading zeros; where they may matter, answer with a text.
///
/// ```
/// use telewire_core::client::Answer;
///
/// let answers: [Answer; 3] = ["22222".into(), String::from("hunter2").into(), 22222.into()];
/// ```
#[derive(Clone)]
pub struct Answer(Zeroizing<String>);

impl Answer {
    pub(super) fn into_inner(self) -> Zeroizing<String> {
        self.0
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(***)")
    }
}

impl From<Zeroizing<String>> for Answer {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

macro_rules! answers {
    ($($from:ty),*) => {$(
        impl From<$from> for Answer {
            fn from(value: $from) -> Self {
                Self(Zeroizing::new(value.to_string()))
            }
        }
    )*};
}

answers!(&str, &String, i32, i64, u32, u64);

impl From<String> for Answer {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// A value, or how to ask somebody for it.
///
/// Made from a text or a number, or from a function that returns one; such a function may block, since it is run apart from
/// the executor. [`Prompt::future`] takes a function that returns a future, [`Prompt::fallible`] one that may fail.
pub struct Prompt(pub(super) Ask<()>);

impl Prompt {
    /// Asks by a future, such as the next line of an asynchronous reader.
    ///
    /// ```
    /// use telewire_core::client::{Prompt, Start};
    ///
    /// let start = Start::new().code(Prompt::future(|| async { 22222 }));
    /// ```
    pub fn future<F, T>(mut ask: F) -> Self
    where
        F: FnMut() -> T + Send + 'static,
        T: Future<Output: Into<Answer>> + Send + 'static,
    {
        Self(Ask::Future(Box::new(move |()| {
            let asked = ask();
            Box::pin(async move { asked.await.into() })
        })))
    }

    /// Asks by a function that may fail, and may block. A failure ends the sign-in: [`Error::Misuse`] has its text.
    ///
    /// ```
    /// use telewire_core::client::{Prompt, Start};
    ///
    /// let read = || std::env::var("TELEGRAM_PASSWORD");
    /// let start = Start::new().password(Prompt::fallible(read));
    /// ```
    pub fn fallible<F, T, E>(mut ask: F) -> Self
    where
        F: FnMut() -> Result<T, E> + Send + 'static,
        T: Into<Answer>,
        E: Display,
    {
        Self(Ask::Blocking(Some(Box::new(move |()| match ask() {
            Ok(answer) => Ok(answer.into()),
            Err(error) => Err(Error::misuse(format!(
                "a question of the sign-in was not answered: {error}"
            ))),
        }))))
    }

    /// Whether asking again may give another answer.
    pub(super) fn asks(&self) -> bool {
        self.0.asks()
    }

    pub(super) async fn get(&mut self, client: &Client) -> Result<Zeroizing<String>, Error> {
        self.0.get(client, ()).await
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prompt(***)")
    }
}

macro_rules! prompts {
    ($($from:ty),*) => {$(
        impl From<$from> for Prompt {
            fn from(value: $from) -> Self {
                Self(Ask::Value(Answer::from(value).into_inner()))
            }
        }
    )*};
}

prompts!(&str, &String, String, i64, Answer);

impl<F, T> From<F> for Prompt
where
    F: FnMut() -> T + Send + 'static,
    T: Into<Answer>,
{
    fn from(mut ask: F) -> Self {
        Self(Ask::Blocking(Some(Box::new(move |()| Ok(ask().into())))))
    }
}

type Blocking<A> = Box<dyn FnMut(A) -> Result<Answer, Error> + Send>;

/// Where an answer comes from, given what is asked about.
pub(super) enum Ask<A> {
    Value(Zeroizing<String>),
    /// Gone while it runs.
    Blocking(Option<Blocking<A>>),
    Future(Box<dyn FnMut(A) -> BoxFuture<'static, Answer> + Send>),
}

impl<A: Send + 'static> Ask<A> {
    pub(super) fn asks(&self) -> bool {
        !matches!(self, Self::Value(_))
    }

    pub(super) async fn get(
        &mut self,
        client: &Client,
        about: A,
    ) -> Result<Zeroizing<String>, Error> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::Future(ask) => Ok(ask(about).await.into_inner()),
            Self::Blocking(ask) => {
                let lost = || {
                    Error::misuse("a question was given up before it was answered; build it anew")
                };
                let mut taken = ask.take().ok_or_else(lost)?;
                let (answer, back) = client.unblock(move || (taken(about), taken)).await?;
                *ask = Some(back);
                Ok(answer?.into_inner())
            }
        }
    }
}

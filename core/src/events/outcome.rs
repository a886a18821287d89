//! How a handler ends.

use std::fmt;

/// What handlers may return: nothing, or a result whose error is logged.
pub trait Outcome: Send {
    #[doc(hidden)]
    fn verdict(self) -> Verdict;
}

/// Any error of a handler.
pub(crate) type HandlerError = Box<dyn std::error::Error + Send + Sync>;

/// What follows from the end of a handler.
#[doc(hidden)]
#[derive(Debug)]
pub enum Verdict {
    /// The next handler's turn.
    Next,
    /// No other handler gets this update.
    Stop,
    /// It failed; the next handler's turn.
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

/// Returned by a handler as its error, or instead of one: the handlers after it do not get this update.
///
/// ```no_run
/// # fn f(client: telewire_core::Client) {
/// use telewire_core::events::{NewMessage, StopPropagation};
///
/// client.on(NewMessage::new(), |event| async move {
///     if event.raw_text() == "quiet" { Err(StopPropagation) } else { Ok(()) }
/// });
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopPropagation;

impl fmt::Display for StopPropagation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no other handler is to get this update")
    }
}

impl std::error::Error for StopPropagation {}

impl Outcome for () {
    fn verdict(self) -> Verdict {
        Verdict::Next
    }
}

impl Outcome for StopPropagation {
    fn verdict(self) -> Verdict {
        Verdict::Stop
    }
}

impl<T: Outcome, E: Into<HandlerError> + Send> Outcome for Result<T, E> {
    fn verdict(self) -> Verdict {
        match self {
            Ok(value) => value.verdict(),
            Err(error) => {
                let error = error.into();
                if error.is::<StopPropagation>() {
                    Verdict::Stop
                } else {
                    Verdict::Failed(error)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stop_propagation_stops() {
        assert!(matches!(().verdict(), Verdict::Next));
        assert!(matches!(StopPropagation.verdict(), Verdict::Stop));
        assert!(matches!(
            Err::<(), _>(StopPropagation).verdict(),
            Verdict::Stop
        ));
        let boxed: Result<(), HandlerError> = Err(Box::new(StopPropagation));
        assert!(matches!(boxed.verdict(), Verdict::Stop));
        assert!(matches!(Err::<(), _>("no").verdict(), Verdict::Failed(_)));
        assert!(matches!(Ok::<_, HandlerError>(()).verdict(), Verdict::Next));
    }
}

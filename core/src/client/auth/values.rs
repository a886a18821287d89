//! What signing in is told: phone numbers and codes, as people write them or as numbers.

use std::fmt;

use zeroize::Zeroizing;

use crate::client::prompt::Answer;
use crate::error::Error;
use crate::text::parse_phone;

/// A phone number in international form, as a text with or without `+`, spaces, dashes and parentheses, or as a number.
///
/// ```
/// use telewire_core::client::Phone;
///
/// let phones: [Phone; 3] = ["+34 600-123-456".into(), 34600123456.into(), Phone::last()];
/// ```
#[derive(Clone)]
pub struct Phone(Option<String>);

impl Phone {
    /// The number that a code was asked for last, by the same client.
    pub fn last() -> Self {
        Self(None)
    }

    /// Its digits, or those of the last one.
    pub(super) fn digits(self, last: Option<&String>) -> Result<String, Error> {
        match self.0 {
            Some(text) => digits(&text),
            None => last.cloned().ok_or_else(|| {
                Error::misuse(
                    "no phone number was used before; give it, or call send_code_request() first",
                )
            }),
        }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(***)")
    }
}

/// What [`Client::send_code_request`](crate::client::Client::send_code_request) is told: a phone number, and how the code
/// should come.
///
/// ```
/// use telewire_core::client::CodeRequest;
///
/// let request = CodeRequest::new("+34 600 123 456").force_sms();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CodeRequest {
    pub(super) phone: Phone,
    pub(super) force_sms: bool,
}

impl CodeRequest {
    /// A code for that number, in the way that the server prefers.
    pub fn new(phone: impl Into<Phone>) -> Self {
        Self {
            phone: phone.into(),
            force_sms: false,
        }
    }

    /// Has the code sent again at once in the next way, such as by SMS, even if the user has Telegram open elsewhere.
    /// Servers may want some time in between, which is waited for up to
    /// [`flood_sleep_threshold`](crate::client::Builder::flood_sleep_threshold).
    pub fn force_sms(mut self) -> Self {
        self.force_sms = true;
        self
    }
}

macro_rules! phones {
    ($($from:ty),*) => {$(
        impl From<$from> for Phone {
            fn from(value: $from) -> Self {
                Self(Some(value.to_string()))
            }
        }

        impl From<$from> for CodeRequest {
            fn from(value: $from) -> Self {
                Self::new(value)
            }
        }
    )*};
}

phones!(&str, &String, String, i64);

impl From<Phone> for CodeRequest {
    fn from(phone: Phone) -> Self {
        Self::new(phone)
    }
}

/// The code that arrived, as a text or as a number.
///
/// ```
/// use telewire_core::client::LoginCode;
///
/// let code = LoginCode::from(22222);
/// let of_another_client = LoginCode::from("22222").phone_code_hash("hash-of-the-sent-code");
/// ```
#[derive(Clone)]
#[must_use]
pub struct LoginCode {
    pub(super) code: Zeroizing<String>,
    pub(super) hash: Option<String>,
}

impl LoginCode {
    /// The hash of the code that was sent, where it was asked for by another client or in an earlier run. Otherwise the
    /// client knows it.
    pub fn phone_code_hash(mut self, hash: impl Into<String>) -> Self {
        self.hash = Some(hash.into());
        self
    }

    /// Whether there is nothing to be sent.
    pub(in crate::client) fn is_empty(&self) -> bool {
        self.code.trim().is_empty()
    }
}

impl fmt::Debug for LoginCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginCode(***)")
    }
}

macro_rules! codes {
    ($($from:ty),*) => {$(
        impl From<$from> for LoginCode {
            fn from(value: $from) -> Self {
                Self {
                    code: Answer::from(value).into_inner(),
                    hash: None,
                }
            }
        }
    )*};
}

codes!(
    &str,
    &String,
    String,
    i32,
    i64,
    u32,
    u64,
    Answer,
    Zeroizing<String>
);

/// The digits of a phone number.
pub(in crate::client) fn digits(phone: &str) -> Result<String, Error> {
    parse_phone(phone).ok_or_else(|| {
        Error::misuse(
            "this is not a phone number; write it in international form, such as +34 600 123 456",
        )
    })
}

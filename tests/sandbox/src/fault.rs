//! What a request is refused with.

use std::fmt;

/// The content of an `rpc_error`: a code and a name in capitals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The code, such as 400 or 420.
    pub code: i32,
    /// The name, with its number where it carries one: `FLOOD_WAIT_30`.
    pub name: String,
}

impl Fault {
    /// Any code with any name.
    pub fn new(code: i32, name: impl Into<String>) -> Self {
        Self {
            code,
            name: name.into(),
        }
    }

    /// 400: the request is wrong.
    pub(crate) fn bad(name: impl Into<String>) -> Self {
        Self::new(400, name)
    }

    /// 401: this key may not.
    pub(crate) fn unauthorized(name: &str) -> Self {
        Self::new(401, name)
    }

    /// 403: this account may not.
    pub(crate) fn forbidden(name: &str) -> Self {
        Self::new(403, name)
    }

    /// 303: ask another data centre. `kind` is `PHONE`, `USER`, `NETWORK`, `FILE` or `STATS`.
    pub(crate) fn migrate(kind: &str, dc: i32) -> Self {
        Self::new(303, format!("{kind}_MIGRATE_{dc}"))
    }

    /// 420: not so fast.
    pub(crate) fn flood(seconds: u32) -> Self {
        Self::new(420, format!("FLOOD_WAIT_{seconds}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.name)
    }
}

impl std::error::Error for Fault {}

/// The outcome of serving a request.
pub(crate) type Answer<T> = Result<T, Fault>;

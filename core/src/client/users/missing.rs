//! Nobody is called that: the errors that say how to find somebody.

use crate::client::entity_like::Like;
use crate::error::Error;

pub(super) fn no_username(name: &str) -> Error {
    Error::NotFound(format!(
        "nobody has the username @{name}; check the spelling, or pass an id or a peer if it was changed"
    ))
}

pub(super) fn no_phone(phone: &str) -> Error {
    Error::NotFound(format!(
        "no account can be found by the phone number {phone}; check it, or add it to the contacts first"
    ))
}

pub(super) fn never_seen(like: &Like) -> Error {
    Error::NotFound(format!(
        "{} was never seen by this session, so it cannot be addressed; meet it first, by its username, in a message or in iter_dialogs()",
        like.describe()
    ))
}

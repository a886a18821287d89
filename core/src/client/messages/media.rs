//! Media that was received, on its way out again.

use telewire_schema::types;

use crate::error::Error;

/// A received media as one to be sent again.
pub(crate) fn input_media(media: &types::MessageMedia) -> Result<types::InputMedia, Error> {
    match media.into() {
        types::InputMedia::Empty => Err(Error::misuse(
            "this kind of media cannot be copied; forward the message instead",
        )),
        media => Ok(media),
    }
}

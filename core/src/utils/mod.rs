//! Conversions from what the server describes to what requests take, for programs that make raw requests.
//!
//! Most of them need no function: `types::InputPeer`, `InputUser`, `InputChannel`, `InputDialogPeer`, `InputNotifyPeer`,
//! `InputMessage`, `InputPhoto`, `InputDocument` and `InputMedia` are made by `into()` of what they usually come from, and
//! a request takes that instead of them. Where an access hash is missing they become a name, which
//! [`Client::invoke`](crate::Client::invoke) looks up. The functions here look nothing up: they say at once whether what
//! there is suffices.
//!
//! ```
//! use telewire_core::{functions, types, utils};
//!
//! let user = types::UserData::new(5).access_hash(6);
//! let request = functions::messages::SendMessage::new(&user, "Hello", 0);
//! assert_eq!(request.peer, utils::get_input_peer(&user)?);
//!
//! let stranger = types::UserData::new(5);
//! assert!(utils::get_input_peer(&stranger).is_err());
//! assert_eq!(utils::get_peer_id(&stranger)?, 5);
//! # Ok::<_, telewire_core::Error>(())
//! ```

mod file;
mod location;
mod peer;
#[cfg(test)]
mod tests;

use telewire_schema::types;

use crate::error::Error;
use crate::objects::Message;
use crate::peers::PeerId;

pub use location::{FileLocation, get_input_location};
pub use peer::{PeerOptions, ToInputPeer, ToPeer};

/// Something that a `T`, an argument of a request, is made of.
#[diagnostic::on_unimplemented(message = "a `{Self}` cannot be cast to a `{T}`")]
pub trait Cast<T> {
    /// Makes it.
    ///
    /// # Errors
    /// [`Error::Misuse`], naming both types, when this one cannot become a `T`.
    fn cast(&self) -> Result<T, Error>;
}

/// Who that is.
///
/// # Errors
/// [`Error::Misuse`] for oneself and for nobody, whose ids are not told.
pub fn get_peer(from: &(impl ToPeer + ?Sized)) -> Result<types::Peer, Error> {
    from.to_peer()
}

/// The [marked id](PeerId::marked) of who that is; [`PeerId::bare`] is the one without a mark. Ids that are marked already
/// stay as they are.
///
/// # Errors
/// As [`get_peer`].
///
/// ```
/// use telewire_core::{types, utils};
///
/// let news = types::Peer::from(types::PeerChannel::new(1234567890));
/// assert_eq!(utils::get_peer_id(&news)?, -1001234567890);
/// # Ok::<_, telewire_core::Error>(())
/// ```
pub fn get_peer_id(from: &(impl ToPeer + ?Sized)) -> Result<i64, Error> {
    let peer = from.to_peer()?;
    Ok(PeerId::from(&peer).marked())
}

/// Who has that marked id; `None` for zero. The same as [`PeerId::from_marked`].
pub fn resolve_id(marked: i64) -> Option<PeerId> {
    PeerId::from_marked(marked)
}

/// Whoever that is, as most requests name them.
///
/// # Errors
/// [`Error::Misuse`] if it has no access hash, or one that reaches nobody ([`min`](https://core.telegram.org/api/min)).
pub fn get_input_peer(from: &(impl ToInputPeer + ?Sized)) -> Result<types::InputPeer, Error> {
    from.to_input_peer(PeerOptions::new())
}

/// [`get_input_peer`] with a say in what is good enough.
///
/// # Errors
/// As [`get_input_peer`].
pub fn get_input_peer_with(
    from: &(impl ToInputPeer + ?Sized),
    options: PeerOptions,
) -> Result<types::InputPeer, Error> {
    from.to_input_peer(options)
}

/// The user that it is, as requests that are about users name them.
///
/// # Errors
/// [`Error::Misuse`] if it is no user, or has no access hash.
pub fn get_input_user(from: &(impl ToInputPeer + ?Sized)) -> Result<types::InputUser, Error> {
    match types::InputUser::from(from.to_input_peer(PeerOptions::new())?) {
        types::InputUser::Named(_) => Err(no_cast(from.type_name(), "InputUser", "it is no user")),
        user => Ok(user),
    }
}

/// The channel or supergroup that it is, as requests that are about channels name them. A missing access hash becomes 0.
///
/// # Errors
/// [`Error::Misuse`] if it is no channel.
pub fn get_input_channel(from: &(impl ToInputPeer + ?Sized)) -> Result<types::InputChannel, Error> {
    match types::InputChannel::from(from.to_input_peer(PeerOptions::new().unchecked())?) {
        types::InputChannel::Named(_) => Err(no_cast(
            from.type_name(),
            "InputChannel",
            "it is no channel",
        )),
        channel => Ok(channel),
    }
}

/// The dialog with whoever that is.
///
/// # Errors
/// As [`get_input_peer`].
pub fn get_input_dialog(
    from: &(impl ToInputPeer + ?Sized),
) -> Result<types::InputDialogPeer, Error> {
    get_input_peer(from).map(types::InputDialogPeer::from)
}

/// A photo that is on the server already.
///
/// # Errors
/// [`Error::Misuse`] for the little pictures of users and chats, which come without the access hash that it takes.
pub fn get_input_photo(
    from: &(impl Cast<types::InputPhoto> + ?Sized),
) -> Result<types::InputPhoto, Error> {
    from.cast()
}

/// A document that is on the server already.
///
/// # Errors
/// [`Error::Misuse`] if there is none.
pub fn get_input_document(
    from: &(impl Cast<types::InputDocument> + ?Sized),
) -> Result<types::InputDocument, Error> {
    from.cast()
}

/// The picture that a group or channel is to have.
///
/// # Errors
/// As [`get_input_photo`].
#[cfg(feature = "full")]
pub fn get_input_chat_photo(
    from: &(impl Cast<types::InputChatPhoto> + ?Sized),
) -> Result<types::InputChatPhoto, Error> {
    from.cast()
}

/// A place.
///
/// # Errors
/// [`Error::Misuse`] if it tells of none.
pub fn get_input_geo(
    from: &(impl Cast<types::InputGeoPoint> + ?Sized),
) -> Result<types::InputGeoPoint, Error> {
    from.cast()
}

/// A media that can be sent. How an uploaded file is to be shown is said by the methods of
/// [`Attachment`](crate::client::Attachment).
///
/// # Errors
/// [`Error::Misuse`] for files that have to be uploaded first.
pub fn get_input_media(
    from: &(impl Cast<types::InputMedia> + ?Sized),
) -> Result<types::InputMedia, Error> {
    from.cast()
}

/// A message, by its number.
pub fn get_input_message(message: impl Into<types::InputMessage>) -> types::InputMessage {
    message.into()
}

impl From<&Message> for types::InputMessage {
    fn from(message: &Message) -> Self {
        message.id().into()
    }
}

/// One thing cannot become another.
fn no_cast(from: &str, to: &str, why: &str) -> Error {
    Error::misuse(format!("cannot cast {from} to {to}: {why}"))
}

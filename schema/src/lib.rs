//! Telegram's TL schema as Rust types, and the codec they use.
//!
//! - [`types`] and [`functions`] are `api.tl`, [`mtproto`] is `mtproto.tl`, one module a namespace;
//! - a constructor with fields is a struct; a type with several constructors is an enum of those structs;
//! - [`Serialize`], [`Deserialize`] and [`Request`] are what a client does with them, [`Value`] and [`Object`] what code does
//!   that does not know their types: printing, JSON, walking.
//!
//! ```
//! # #[cfg(feature = "client")] {
//! use telewire_schema::{Deserialize, Serialize, functions, types};
//!
//! let request = functions::messages::SendMessage::new(types::InputPeer::Self_, "Hello", 42).silent(true);
//! let bytes = request.to_bytes();
//! assert_eq!(bytes.len() % 4, 0);
//!
//! let peer = types::Peer::from(types::PeerUser::new(1));
//! assert_eq!(format!("{peer:?}"), "PeerUser(user_id=1)");
//! assert_eq!(types::Peer::from_slice(&peer.to_bytes()), Ok(peer));
//! # }
//! ```
//!
//! Raw types follow Telegram's layers and are outside of the stability promise of the client.

pub mod codec;
pub mod errors;
pub mod mtproto;

#[cfg(feature = "server")]
pub mod any;
#[cfg(feature = "client")]
mod casts;
#[cfg(feature = "client")]
#[allow(
    missing_docs,
    unused_imports,
    unused_qualifications,
    clippy::too_many_arguments,
    reason = "generated: each item links its page instead"
)]
pub mod functions;
#[cfg(feature = "client")]
pub mod harvest;
#[cfg(feature = "client")]
#[allow(
    missing_docs,
    unused_imports,
    unused_qualifications,
    clippy::too_many_arguments,
    reason = "generated: each item links its page instead"
)]
pub mod types;

mod names;
#[cfg(all(test, feature = "full"))]
mod tests;

pub use codec::{
    Bare, DecodeError, DecodeErrorKind, Deserialize, Identifiable, Object, Reader, Request,
    Serialize, Value, View, Visitor, Writer,
};
pub use errors::RpcError;
#[cfg(feature = "client")]
pub use types::LAYER;

/// TL name of the constructor or function with this id, whatever the features.
pub fn name_of(id: u32) -> Option<&'static str> {
    let place = names::NAMES.binary_search_by_key(&id, |row| row.0).ok()?;
    names::NAMES.get(place).map(|row| row.1)
}

//! The TL binary codec: what the generated types are made of.
//!
//! Decoding is typed and generated: every constructor knows how to build itself from a [`Reader`]. Everything else
//! (encoding, [`Debug`](core::fmt::Debug), `stringify`, JSON, walking) is written once here, over the small reflection
//! that [`Value`] and [`Object`] give. See <https://core.telegram.org/mtproto/serialize>.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod encode;
mod error;
mod json;
mod meta;
mod reader;
mod show;
mod traits;
mod value;
mod walk;
mod writer;

#[cfg(test)]
mod tests;

pub use error::{DecodeError, DecodeErrorKind};
pub use meta::{Field, Meta, Wire};
pub use reader::{MAX_DEPTH, Reader};
pub use show::debug;
pub use traits::{Bare, Deserialize, Identifiable, Request, Serialize};
pub use value::{
    List, NamedChannel, NamedPeer, NamedUser, Object, Reflect, Unit, Value, View, same,
};
pub use walk::{Visitor, walk};
pub use writer::{Name, NameKind, Writer};

/// Id of the built-in `vector`.
pub const VECTOR: u32 = 0x1cb5_c415;
/// Id of the built-in `boolTrue`.
pub const BOOL_TRUE: u32 = 0x9972_75b5;
/// Id of the built-in `boolFalse`.
pub const BOOL_FALSE: u32 = 0xbc79_9737;

/// What generated modules import.
///
/// `#[inline]` on functions that are not generic means here: compiled by the crates that call it, not with the schema.
/// That is the choice for what a program needs of few types, such as writing requests; reading and showing what the server
/// sends is compiled once, with the schema.
#[doc(hidden)]
pub mod prelude {
    pub use super::{
        Bare, Deserialize, Field, Identifiable, Meta, Reader, Reflect, Request, Unit, View, Wire,
    };
    pub use crate::{__common as common, __debug as debug, __from as from, __optional as optional};
    pub use bytes::Bytes;
}

/// Reads the value if its flag is set.
#[doc(hidden)]
#[macro_export]
macro_rules! __optional {
    ($flag:expr, $read:expr) => {
        if $flag { Some($read) } else { None }
    };
}

/// Implements `Debug` through the one formatter that serves every type.
#[doc(hidden)]
#[macro_export]
macro_rules! __debug {
    ($($name:ident),* $(,)?) => {$(
        impl ::core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::codec::debug($crate::codec::Reflect::reflect(self), f)
            }
        }
    )*};
}

/// Implements `Debug` and `PartialEq` through what serves every type.
#[doc(hidden)]
#[macro_export]
macro_rules! __common {
    ($($name:ident),* $(,)?) => {
        $crate::__debug!($($name),*);
        $(
            impl PartialEq for $name {
                #[inline]
                fn eq(&self, other: &Self) -> bool {
                    $crate::codec::same(
                        $crate::codec::Reflect::reflect(self),
                        $crate::codec::Reflect::reflect(other),
                    )
                }
            }
        )*
    };
}

/// Makes each variant's struct convertible into the enum, boxing where the variant is boxed.
#[doc(hidden)]
#[macro_export]
macro_rules! __from {
    ($enum:ident: $($variant:ident($name:ty)),* $(,)?) => {$(
        impl From<$name> for $enum {
            #[inline]
            fn from(value: $name) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

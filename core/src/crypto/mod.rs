//! The cryptography of MTProto, each primitive in its own file.
//!
//! Everything here is a pure function of its arguments: randomness comes in as
//! [`Rng`](crate::rand::Rng), and what takes milliseconds (modular exponentiation,
//! PBKDF2, primality, factoring) is written so that a caller can run it on another thread.
//!
//! Exponents that must stay secret go through `crypto-bigint` in constant time; `num-bigint` only
//! ever sees numbers that are public, or the sandbox's throw-away private key. Keys,
//! exponents and password hashes are overwritten when dropped, and no `Debug` output shows them.
//!
//! The pages that the files follow:
//! [encryption](https://core.telegram.org/mtproto/description),
//! [key creation](https://core.telegram.org/mtproto/auth_key),
//! [passwords](https://core.telegram.org/api/srp).

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]
// Reached from outside the crate only through the feature `internals`.
#![cfg_attr(
    not(feature = "internals"),
    allow(unreachable_pub, dead_code, unused_imports)
)]

pub mod ctr;
pub mod dh;
pub mod factor;
pub mod hash;
pub mod ige;
pub mod kdf;
mod modular;
mod prime;
pub mod rsa;
#[cfg(any(test, feature = "internals"))]
pub mod rsa_private;
pub mod srp;
#[cfg(test)]
pub(crate) mod vectors;

pub use ige::KeyIv;
pub use kdf::{AuthKey, Side};

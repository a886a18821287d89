//! A Telegram client without I/O.
//!
//! This crate decides everything and touches nothing: it reads no clock, draws no randomness, opens no socket and no
//! file. Time and bytes come in through `handle_*`, everything that has to be done goes out through `poll_*`, and after
//! every input everything is polled until `None`.

pub mod client;
pub mod config;
#[allow(dead_code, reason = "parts are used by the sandbox only")]
pub(crate) mod crypto;
pub mod dc;
pub mod driver;
pub mod engine;
pub mod error;
pub mod events;
pub mod exchange;
pub mod objects;
pub mod peers;
pub mod rand;
pub mod runtime;
pub mod session;
pub mod text;
pub mod time;
pub mod transport;

/// Stands in until the updates are here; the real module replaces it.
#[allow(missing_docs)]
pub mod updates {
    #[derive(Clone, Debug)]
    pub struct Update {
        pub raw: crate::types::Update,
        pub peers: std::sync::Arc<crate::peers::PeerMap>,
        pub date: i32,
        pub catch_up: bool,
    }
}

pub use client::{Client, InputMessage};
pub use config::Config;
pub use driver::Driver;
pub use error::Error;
pub use telewire_schema::{functions, types};

/// Building blocks for the sandbox, the fuzz targets and the benchmarks; not covered by any promise of stability.
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals {
    pub use crate::crypto::{
        AuthKey, KeyIv, Side, ctr, dh, factor, hash, ige, kdf, rsa, rsa_private, srp,
    };
    /// Unencrypted messages.
    pub mod plain {
        pub use crate::exchange::plain::{HEADER, PlainError, pack, parse, unpack};
    }
}

//! A Telegram client without I/O.
//!
//! This crate decides everything and touches nothing: it reads no clock, draws no randomness, opens no socket and no
//! file. Time and bytes come in through `handle_*`, everything that has to be done goes out through `poll_*`, and after
//! every input everything is polled until `None`.

pub mod dc;
pub mod rand;
pub mod runtime;
pub mod time;

//! What is remembered between runs: data centres, keys, the account, update states and peers.

mod data;
mod memory;
mod store;
mod string;

pub use crate::crypto::AuthKey;
pub use data::{DcOption, SelfUser, Session, SessionChange, UpdateState};
pub use memory::MemorySession;
pub(crate) use store::receive;
pub use store::{SentFile, SentFileKey, SentFileKind, SessionStore, copy};
pub use string::{SessionString, StringSession};

#[cfg(test)]
mod tests;

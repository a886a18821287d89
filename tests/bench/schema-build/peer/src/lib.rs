//! Builds the schema of the peer.
pub use grammers_tl_types as schema;

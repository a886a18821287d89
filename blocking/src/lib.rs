//! Telewire for synchronous programs: no async runtime, plain return values.

mod runtime;

pub use runtime::{File, Socket, ThreadRuntime, block_on};

//! Telewire on tokio.
//!
//! The client is written once, in `telewire-core`, and runs anywhere; this crate lends it tokio's sockets, timers,
//! tasks and threads.

mod file;
mod runtime;
mod socket;

pub use file::File;
pub use runtime::TokioRuntime;
pub use socket::Socket;

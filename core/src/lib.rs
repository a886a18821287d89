//! A Telegram client without I/O.
//!
//! This crate decides everything and touches nothing: it reads no clock, draws no randomness, opens no socket and no
//! file. At every level the same two words are used: **`handle_*` puts in, `poll_*` takes out, and after every input
//! everything is polled until `None`.** Time comes in with every input as [`time::Now`], randomness once as
//! [`rand::Seed`].
//!
//! - [`Client`] is what most programs use: the library's methods, on any executor. Adapters such as `telewire-tokio` and
//!   `telewire-blocking` make one.
//! - [`Driver`] is the future behind it, generic over a [`runtime::Runtime`]: it carries bytes, jobs and store calls
//!   between a runtime and the engine.
//! - [`engine::Engine`] decides: connections, keys, retries, updates. It can be embedded without anything else, as
//!   below, but its interface is not stable yet.
//!
//! # The engine over one socket
//!
//! Outputs first, then packets while the socket takes them, until neither has more. Then one input: bytes, the end of
//! the connection, or the time that [`engine::Engine::poll_timeout`] names. While anything is pending it always names one.
//!
//! ```no_run
//! use std::io::{ErrorKind, Read, Write};
//! use std::net::TcpStream;
//! use std::time::Duration;
//!
//! use telewire_core::engine::{Answer, Engine, LinkEvent, LinkId, Output, RequestId, Value};
//! use telewire_core::session::Session;
//! use telewire_core::time::Now;
//!
//! /// Waits for the answer to one request.
//! fn run(
//!     engine: &mut Engine,
//!     now: impl Fn() -> Now,
//!     session: &mut Session,
//!     request: RequestId,
//! ) -> Result<Value, Box<dyn std::error::Error>> {
//!     let mut socket: Option<(LinkId, TcpStream)> = None;
//!     loop {
//!         loop {
//!             while let Some(output) = engine.poll_output(now()) {
//!                 match output {
//!                     Output::Connect(link, to) => {
//!                         let address = to.socket_addr().ok_or("an address, not a name")?;
//!                         let event = match TcpStream::connect(address) {
//!                             Ok(stream) => {
//!                                 socket = Some((link, stream));
//!                                 LinkEvent::Connected
//!                             }
//!                             Err(error) => LinkEvent::Lost(error.to_string()),
//!                         };
//!                         engine.handle_link(now(), link, event);
//!                     }
//!                     Output::Close(link) => drop(socket.take_if(|(open, _)| *open == link)),
//!                     Output::Result(id, result) if id == request => return Ok(result?),
//!                     // To be made durable before the answer, where a session is to last.
//!                     Output::Store(task, changes) => {
//!                         changes.iter().for_each(|change| session.apply(change));
//!                         engine.handle_answer(now(), Answer::Stored(task, Ok(())));
//!                     }
//!                     Output::Find(task, _) => engine.handle_answer(now(), Answer::Found(task, None)),
//!                     // May take a second; a program with more to do runs it elsewhere.
//!                     Output::Work(task, job) => engine.handle_answer(now(), Answer::Worked(task, job.run())),
//!                     _ => {}
//!                 }
//!             }
//!             let Some((link, stream)) = &mut socket else { break };
//!             let Some(packet) = engine.poll_packet(now(), *link) else { break };
//!             stream.write_all(packet.bytes())?;
//!         }
//!         let at = engine.poll_timeout().ok_or("the engine has ended")?;
//!         let wait = at.since(now().mono).max(Duration::from_millis(1));
//!         let Some((link, stream)) = &mut socket else {
//!             std::thread::sleep(wait);
//!             engine.handle_timeout(now());
//!             continue;
//!         };
//!         let link = *link;
//!         stream.set_read_timeout(Some(wait))?;
//!         match stream.read(engine.receive_buffer(link)) {
//!             Ok(n @ 1..) => engine.handle_received(now(), link, n),
//!             Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
//!                 engine.handle_timeout(now());
//!             }
//!             _ => {
//!                 socket = None;
//!                 engine.handle_link(now(), link, LinkEvent::Lost("the connection ended".into()));
//!             }
//!         }
//!     }
//! }
//! ```
//!
//! `examples/bare_socket.rs` is the same as a program.

pub mod client;
pub mod config;
pub(crate) mod crypto;
pub mod dc;
pub mod driver;
pub mod engine;
pub mod error;
pub mod events;
pub mod exchange;
pub mod files;
pub(crate) mod mtproto;
pub mod objects;
pub mod peers;
pub mod rand;
pub mod runtime;
pub mod session;
#[cfg_attr(
    not(feature = "internals"),
    allow(dead_code, unreachable_pub, reason = "nothing is switched off")
)]
pub(crate) mod testing;
pub mod text;
pub mod time;
pub mod transport;
pub mod updates;
pub mod utils;

pub use client::{Client, InputMessage};
pub use config::Config;
pub use driver::Driver;
pub use error::Error;
pub use objects::{Button, Buttons};
pub use telewire_schema as schema;
pub use telewire_schema::{functions, types};

/// Building blocks for the sandbox, the fuzz targets and the benchmarks; not covered by any promise of stability.
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals {
    pub use crate::crypto::{
        AuthKey, KeyIv, Side, ctr, dh, factor, hash, ige, kdf, rsa, rsa_private, srp,
    };
    pub use crate::testing::{Broken, Testing};
    /// Unencrypted messages.
    pub mod plain {
        pub use crate::exchange::plain::{HEADER, PlainError, pack, parse, unpack};
    }
    /// Messages and their encryption, for both sides.
    pub mod mtproto {
        pub use crate::mtproto::*;
    }
}

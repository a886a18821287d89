//! A small Telegram to develop and test against.
//!
//! [`Sandbox::start`] listens on a port of the loopback interface and behaves there the way Telegram does, as far as
//! its README goes: key exchange on every transport, accounts with and without a password, private chats, a group, a
//! channel, bots, files, and updates that can be caught up with. Nothing leaves the machine.
//!
//! ```
//! use telewire_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start()?;
//! println!("a Telegram at {}, code {}", sandbox.address(), sandbox.code());
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`Server`] is the same without sockets, clocks and threads, for simulations in virtual time.

mod conn;
mod controls;
mod dcs;
mod deliver;
mod entities;
mod fault;
mod files;
mod handle;
mod handshake;
mod inbound;
mod info;
mod keep;
mod keys;
mod misfortune;
mod net;
mod options;
mod plan;
mod rpc;
mod sandbox;
mod server;
mod service;
mod session;
mod tl;
mod world;

pub use controls::{Entry, Trouble};
pub use dcs::{Dc, Disguise, Entrance};
pub use fault::Fault;
pub use info::{Bot, User};
pub use net::Builder;
pub use options::Options;
pub use plan::{FaultKind, FaultPlan, Injected, Mishaps, Passage};
pub use rpc::SERVED;
pub use sandbox::Sandbox;
pub use server::{ConnId, Server};

//! A server that keeps every rule but one.
//!
//! [`World`] drives a real [`Engine`](telewire_core::engine::Engine) in memory and on virtual time; at the other end of its
//! connections sits a [`Server`] that makes authorization keys, greets, and answers as the real one does. [`Script`] says
//! where key creation misbehaves, [`Forged`] where a message does; everything else stays as it should be, so that
//! whatever the engine then does, it does because of that one thing.

mod bodies;
mod creation;
mod forge;
mod server;
mod world;

pub use bodies::{answer, container, gzip, member, typing};
pub use creation::{Claim, Confirmation, Hook, Script, Verdict, rsa_keys, server_key};
pub use forge::Forged;
pub use server::{Kind, Server};
pub use world::{FOREIGN, HOME, World, me, settings};

//! MTProto: messages, their encryption, and the conversation they make up.
//!
//! A [`Session`] is the conversation: identifier, sequence numbers, pending requests, what was received, salts and the
//! difference between the clocks. A [`Link`] is one connection that carries it for a while. Sessions outlive
//! links: what was in flight when a link broke is settled on the next one by asking the server, so that no
//! request is lost and none runs twice.
//!
//! Both follow the crate's rule: `handle_*` puts in, `poll_*` takes out, and everything is polled until `None` after
//! each input.
//!
//! The pages that this follows:
//! [encrypted messages](https://core.telegram.org/mtproto/description),
//! [service messages](https://core.telegram.org/mtproto/service_messages),
//! [messages about messages](https://core.telegram.org/mtproto/service_messages_about_messages),
//! [security guidelines](https://core.telegram.org/mtproto/security_guidelines).

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]
#![cfg_attr(
    not(feature = "internals"),
    allow(unreachable_pub, dead_code, unused_imports)
)]

mod acks;
mod chain;
mod clock;
pub mod container;
pub mod envelope;
mod event;
pub mod gzip;
mod inbound;
mod link;
mod msg_id;
mod outbound;
mod outbox;
mod ping;
mod received;
mod request;
mod resend;
mod salts;
mod sent;
mod seq;
mod service;
mod session;
#[cfg(test)]
mod tests;
mod window;
mod wire;

pub use event::{Batches, Dead, Event, Failure, RpcFault};
pub use link::{Inbound, Link};
pub use msg_id::MsgIds;
pub use request::{ReqId, RequestBody};
pub use session::{Session, Setup};

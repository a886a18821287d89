//! Telewire on tokio.
//!
//! The client is written once, in [`telewire_core`], and runs anywhere; this crate lends it tokio's sockets, timers, tasks
//! and threads, and re-exports what programs need.
//!
//! ```no_run
//! use telewire_tokio::{BuilderExt, Client, Error, Start};
//!
//! # fn read_line(prompt: &str) -> String { String::new() }
//! #[tokio::main]
//! async fn main() -> Result<(), Error> {
//!     let client = Client::builder(12345, "0123456789abcdef0123456789abcdef")
//!         .session_file("my_account")?
//!         .connect()
//!         .await?;
//!     client.start(Start::new().phone(|| read_line("Phone: ")).code(|| read_line("Code: "))).await?;
//!     client.send_message("me", "Hello, **myself**!").await?;
//!     Ok(())
//! }
//! ```

mod builder;
mod runtime;
mod socket;

pub use builder::BuilderExt;
pub use runtime::{File, TokioRuntime};
pub use socket::Socket;
pub use telewire_core::client::{
    AllChats, Archive, Attachment, Batch, Builder, Chunks, Client, Content, ConversationOptions,
    DateLike, Delete, DialogIter, Download, DraftChange, DraftIter, Edit, EntityLike, Forward,
    InputMessage, InvokeOptions, MessageId, MessageIter, MessageQuery, MessageRef, MessageRefs,
    MessagesById, Prompt, Read, ReplyTo, Requests, Scope, SignIn, SomeIds, Start, Takeout, Upload,
    UploadedFile,
};
pub use telewire_core::client::{
    Answer, CodeRequest, Console, Edit2fa, EmailCode, LoginCode, Phone, QrLogin,
};
pub use telewire_core::config::{ApiId, CatchUp, Config, Device, Network, Proxy, Retries};
pub use telewire_core::{Button, Buttons};
pub use telewire_core::{
    Driver, Error, dc, error, events, exchange, functions, objects, peers, schema, session, text,
    time, transport, types, utils,
};
#[cfg(feature = "sqlite")]
pub use telewire_sqlite::SqliteSession;

//! Telewire for synchronous programs: no async runtime, plain return values.
//!
//! Everything has the names of [`telewire_core`], where every method is described at length, and waits for its result
//! instead of returning a future.
//!
//! ```no_run
//! use telewire_blocking::{Client, Start};
//!
//! # fn read_line(prompt: &str) -> String { String::new() }
//! let client = Client::builder(12345, "0123456789abcdef0123456789abcdef")
//!     .session_file("my_account")?
//!     .connect()?;
//! client.start(Start::new().phone(|| read_line("Phone: ")).code(|| read_line("Code: ")))?;
//! client.send_message("me", "Hello, **myself**!")?;
//! for dialog in client.iter_dialogs().limit(10) {
//!     println!("{}", dialog?.name());
//! }
//! # Ok::<_, telewire_blocking::Error>(())
//! ```
//!
//! One thread drives all clients of a process, so that pings, acknowledgements and updates go on between calls. It is the
//! only thread on which blocking calls are refused, with [`Error::Misuse`]; no code of users runs there by itself.

mod client;
pub mod events;
pub mod objects;
mod runtime;

pub use client::{
    Builder, Chunks, Client, DialogIter, DraftIter, MessageIter, MessagesById, QrLogin,
};
pub use runtime::{File, Socket, ThreadRuntime, block_on};
pub use telewire_core::client::{
    AllChats, Archive, Attachment, Batch, Content, ConversationOptions, DateLike, Delete, Download,
    DraftChange, Edit, EntityLike, Forward, InputMessage, InvokeOptions, MessageId, MessageQuery,
    MessageRef, MessageRefs, Prompt, Read, ReplyTo, Requests, Scope, SignIn, SomeIds, Start,
    Takeout, Upload, UploadedFile,
};
pub use telewire_core::client::{
    Answer, CodeRequest, Console, Edit2fa, EmailCode, LoginCode, Phone,
};
pub use telewire_core::config::{ApiId, CatchUp, Config, Device, Network, Proxy, Retries};
pub use telewire_core::{Button, Buttons};
pub use telewire_core::{
    Error, dc, error, exchange, functions, peers, schema, session, text, time, transport, types,
    utils,
};
#[cfg(feature = "sqlite")]
pub use telewire_sqlite::SqliteSession;

//! The same on async-std.
//!
//! async-std is no longer developed and recommends smol in its place; programs that still run on it can use this.
//!
//! ```no_run
//! use telewire_smol::async_std::BuilderExt;
//! use telewire_smol::{Client, Error};
//!
//! fn main() -> Result<(), Error> {
//!     async_std::task::block_on(async {
//!         let client = Client::builder(12345, "0123456789abcdef0123456789abcdef")
//!             .session_file("my_account")?
//!             .connect()
//!             .await?;
//!         println!("{:?}", client.get_me().await?.first_name);
//!         Ok(())
//!     })
//! }
//! ```

use std::future::Future;
use std::io;
use std::path::PathBuf;

use ::async_std::task;
use telewire_core::rand::Seed;
use telewire_core::runtime::{Endpoint, Mode, Runtime};
use telewire_core::time::{Mono, Now};
use telewire_native::Clock;

/// A connected TCP stream: smol's, which lives in the same reactor. async-std's own does not shut down when it is closed.
pub use crate::runtime::Socket;

/// An open file, read and written on async-std's threads for blocking work.
pub type File = telewire_native::File<AsyncStdRuntime>;

crate::builder::builder_ext!("async-std's executor", AsyncStdRuntime);

/// Telewire's needs, met by async-std.
#[derive(Clone, Debug)]
pub struct AsyncStdRuntime {
    clock: Clock,
}

impl AsyncStdRuntime {
    /// The runtime of this process, whose threads async-std starts by itself.
    pub fn new() -> Self {
        Self {
            clock: Clock::start(),
        }
    }
}

impl Default for AsyncStdRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for AsyncStdRuntime {
    type Socket = Socket;
    type File = File;

    async fn connect(self, to: Endpoint) -> io::Result<Socket> {
        crate::runtime::connect(to).await
    }

    async fn sleep_until(self, at: Mono) {
        task::sleep(at.since(self.clock.mono())).await;
    }

    fn now(&self) -> Now {
        self.clock.now()
    }

    fn seed(&self) -> Seed {
        telewire_native::seed()
    }

    fn spawn(&self, f: impl Future<Output = ()> + Send + 'static) {
        drop(task::spawn(f)); // which lets it run on
    }

    async fn unblock<T: Send + 'static>(self, f: impl FnOnce() -> T + Send + 'static) -> T {
        task::spawn_blocking(f).await
    }

    async fn open(self, path: PathBuf, mode: Mode) -> io::Result<File> {
        File::open(self, path, mode).await
    }
}

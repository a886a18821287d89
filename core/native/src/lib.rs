//! What the adapters of [`telewire_core`] share on an operating system: files, clocks, randomness, the terminal.
//!
//! The core touches nothing, and its adapters differ in how they wait. What is the same for all of them, because it is
//! `std` or a thread that may block, is here once. A runtime of your own can use it as well:
//!
//! ```
//! use telewire_core::rand::Seed;
//! use telewire_core::time::Now;
//! use telewire_native::Clock;
//!
//! #[derive(Clone)]
//! struct MyRuntime {
//!     clock: Clock,
//! }
//!
//! impl MyRuntime {
//!     fn now(&self) -> Now {
//!         self.clock.now()
//!     }
//!
//!     fn seed(&self) -> Seed {
//!         telewire_native::seed()
//!     }
//! }
//! # let runtime = MyRuntime { clock: Clock::start() };
//! # assert!(runtime.now().mono <= runtime.now().mono);
//! ```

mod clock;
mod file;
mod terminal;

pub use clock::{Clock, seed, wall};
pub use file::File;
pub use terminal::{Terminal, platform};

//! What the suites share.

pub mod account;
pub mod conformance;
pub mod crowd;
pub mod evil;
pub mod fuzzing;
pub mod parity;
pub mod script;
pub mod sim;
pub mod told;
pub mod workload;

/// The README's examples compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

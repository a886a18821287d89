//! What the suites share.

pub mod conformance;
pub mod evil;
pub mod fuzzing;
pub mod script;
pub mod sim;

/// The README's examples compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

//! What the suites share.

pub mod conformance;
pub mod fuzzing;
pub mod sim;

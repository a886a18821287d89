//! What the suites share.

pub mod conformance;
pub mod evil;
pub mod fuzzing;
pub mod script;
pub mod sim;

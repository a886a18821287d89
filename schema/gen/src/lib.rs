//! Generates the types of `telewire-schema`: [`parse`](parse::parse) reads a `.tl` file, [`Model`](model::Model) decides
//! names and layouts, [`emit`] writes Rust. See `schema/README.md` for the rules.

pub mod emit;
pub mod ids;
pub mod layout;
pub mod model;
pub mod names;
pub mod output;
pub mod parse;
pub mod reach;

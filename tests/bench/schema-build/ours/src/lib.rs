//! Builds the schema of this project.
pub use telewire_schema as schema;

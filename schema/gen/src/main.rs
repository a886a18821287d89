//! Generates the types of `telewire-schema`.

fn main() {}

//! Sessions of every kind under a client that uses them, and on their way from one kind to another.

mod copies;
mod custom;
mod stores;
mod strings;

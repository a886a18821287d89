//! Reading messages: histories, searches, single messages, and what messages tell.

mod chat;
mod file;
mod forward;
mod history;
mod ids;
mod iterators;
mod media;
mod model;
mod properties;
mod search;

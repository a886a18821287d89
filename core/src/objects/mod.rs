//! What the friendly methods give back: schema values with their client at hand.

mod dialog;
mod entity;
pub(crate) mod getter;
mod list;
mod media;
mod message;

pub use dialog::Dialog;
pub use entity::{DisplayName, Entity};
pub use list::TotalList;
pub use message::Message;

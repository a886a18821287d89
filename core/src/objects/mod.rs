//! What the friendly methods give back: schema values with their client at hand.

mod button;
mod conversation;
mod dialog;
mod draft;
mod entity;
mod file;
mod forward;
pub(crate) mod getter;
mod list;
mod media;
mod message;
mod message_button;

pub use button::{Button, Buttons, RowOrButton};
pub use conversation::{Conversation, EventWait};
pub use dialog::Dialog;
pub use draft::Draft;
pub use entity::{DisplayName, Entity};
pub use file::{File, FileMedia};
pub use forward::Forward;
pub use list::TotalList;
pub use message::{Click, Message};
pub use message_button::{Clicked, MessageButton, RawButton};

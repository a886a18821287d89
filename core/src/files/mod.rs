//! Planners for transfers: which part to ask for or to send next, how many at once, and what an error means for a part.
//!
//! They hold no bytes and start nothing: whoever runs a transfer polls a planner for parts while it hands some out,
//! carries them over, and reports how each one ended. See
//! [uploading and downloading files](https://core.telegram.org/api/files).

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod bot_id;
mod download;
mod name;
mod size;
mod stripped;
mod upload;
mod verdict;
mod window;

pub use bot_id::{document_id, photo_id};
pub use download::{Download, Piece};
pub use name::{
    FileKind, OCTET_STREAM, alternative, extension, extension_of_content, extension_of_mime,
    harmless, is_photo_name, mime_of_name, propose,
};
pub use size::{
    KIB, MAX_PART, MAX_PARTS, MAX_PARTS_PREMIUM, SMALL_FILE, download_part, upload_part,
};
pub use stripped::expand_stripped;
pub use upload::{Part, Upload};
pub use verdict::{Patience, Verdict, verdict};
pub use window::{MAX_WINDOW, WINDOW_BYTES, Window};

#[cfg(test)]
mod tests;

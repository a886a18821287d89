//! Formatted text: Markdown and HTML on one side, plain text with [entities] on the other.
//!
//! Telegram sends a message as plain text plus a list of entities, each covering a range counted in UTF-16 units. The
//! functions here translate to and from the two dialects that Telethon users know. What they accept and what they give
//! back belongs together: a text that was formatted by one of the parsers comes back from its `unparse_*` twin.
//!
//! [entities]: https://core.telegram.org/api/entities

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod entities;
mod format;
mod html;
mod links;
mod markdown;
#[cfg(test)]
mod tests;

pub(crate) use entities::{Units, set_span};
pub use entities::{inner_text, inner_texts, span, trim, utf16_len};
pub use format::{ParseMode, TextFormat, UnknownParseMode};
pub use html::{parse_html, unparse_html};
pub(crate) use links::link_path;
pub use links::{InviteLink, ParsedUsername, parse_phone, parse_username, resolve_invite_link};
pub use markdown::{LinkMatch, Markdown, Style, parse_markdown, unparse_markdown};

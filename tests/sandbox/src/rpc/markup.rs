//! Buttons, as bots send them. See [bot buttons](https://core.telegram.org/api/bots/buttons).

use telewire_schema::{Serialize as _, types};

use super::context::Cx;
use crate::fault::{Answer, Fault};
use crate::world::{Kind, PeerKey};

/// The most data behind a callback button.
const DATA: usize = 64;
/// The most buttons of a message, of one row, and the most bytes of all of them.
const BUTTONS: usize = 100;
const ROW: usize = 8;
const BYTES: usize = 4096;
/// Longer texts are cut to this many characters and an ellipsis.
const TEXT: usize = 142;
const CUT: usize = 128;

/// Buttons for a message in `peer`; people cannot send any, so theirs are ignored.
pub(super) fn checked(
    cx: &Cx<'_>,
    peer: PeerKey,
    markup: Option<types::ReplyMarkup>,
) -> Answer<Option<types::ReplyMarkup>> {
    let Some(mut markup) = markup.filter(|_| cx.server.world.is_bot(cx.me)) else {
        return Ok(None);
    };
    match &mut markup {
        types::ReplyMarkup::ReplyInlineMarkup(inline) => {
            let rows = inline.rows.iter().map(|row| row.buttons.len());
            size(rows)?;
            for button in inline.rows.iter_mut().flat_map(|row| &mut row.buttons) {
                inline_button(&button.type_)?;
                button.text = label(&button.text)?;
            }
        }
        types::ReplyMarkup::ReplyKeyboardMarkup(keyboard) => {
            if is_broadcast(cx, peer) {
                return Err(Fault::bad("REPLY_MARKUP_INVALID"));
            }
            size(keyboard.rows.iter().map(|row| row.buttons.len()))?;
            let private = matches!(peer.kind(), Kind::User(_));
            for button in keyboard.rows.iter_mut().flat_map(|row| &mut row.buttons) {
                // Only in private may one be asked for a phone or a place.
                if !private && button.type_ != types::ButtonType::Default {
                    return Err(Fault::bad("BUTTON_TYPE_INVALID"));
                }
                button.text = label(&button.text)?;
            }
        }
        types::ReplyMarkup::ReplyKeyboardHide(_)
        | types::ReplyMarkup::ReplyKeyboardForceReply(_) => {
            if is_broadcast(cx, peer) {
                return Err(Fault::bad("REPLY_MARKUP_INVALID"));
            }
        }
    }
    if markup.to_bytes().len() > BYTES {
        return Err(Fault::bad("REPLY_MARKUP_TOO_LONG"));
    }
    Ok(Some(markup))
}

/// Buttons for a message that is edited, where only inline ones can be.
pub(super) fn checked_again(
    cx: &Cx<'_>,
    peer: PeerKey,
    markup: Option<types::ReplyMarkup>,
) -> Answer<Option<types::ReplyMarkup>> {
    match checked(cx, peer, markup)? {
        None => Ok(None),
        Some(types::ReplyMarkup::ReplyInlineMarkup(inline)) if inline.rows.is_empty() => Ok(None),
        Some(inline @ types::ReplyMarkup::ReplyInlineMarkup(_)) => Ok(Some(inline)),
        Some(_) => Err(Fault::bad("REPLY_MARKUP_INVALID")),
    }
}

fn size(rows: impl Iterator<Item = usize>) -> Answer<()> {
    let mut all = 0;
    for row in rows {
        if row == 0 {
            return Err(Fault::bad("REPLY_MARKUP_INVALID"));
        }
        all += row;
        if row > ROW || all > BUTTONS {
            return Err(Fault::bad("REPLY_MARKUP_TOO_LONG"));
        }
    }
    Ok(())
}

fn inline_button(kind: &types::InlineButtonType) -> Answer<()> {
    use types::InlineButtonType as B;
    match kind {
        B::Callback(c) if c.data.is_empty() || c.data.len() > DATA => {
            Err(Fault::bad("BUTTON_DATA_INVALID"))
        }
        B::Url(link) if !is_url(&link.url) => Err(Fault::bad("BUTTON_URL_INVALID")),
        // There are neither games nor invoices that they could belong to, nor pages.
        B::Game | B::Buy | B::WebView(_) | B::Disabled => Err(Fault::bad("BUTTON_TYPE_INVALID")),
        _ => Ok(()),
    }
}

fn is_url(url: &str) -> bool {
    let rest = ["https://", "http://", "tg://", "ton://"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme));
    let host = rest.unwrap_or(url);
    let named = rest.is_some() && url.starts_with("t") || host.contains('.');
    named && !host.is_empty() && !host.contains(char::is_whitespace)
}

fn label(text: &str) -> Answer<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Fault::bad("BUTTON_TEXT_INVALID")),
        n if n > TEXT => Ok(text.chars().take(CUT).chain(['…']).collect()),
        _ => Ok(text.to_owned()),
    }
}

fn is_broadcast(cx: &Cx<'_>, peer: PeerKey) -> bool {
    match peer.kind() {
        Kind::Channel(id) => cx
            .server
            .world
            .channels
            .get(&id)
            .is_some_and(|c| c.broadcast),
        _ => false,
    }
}

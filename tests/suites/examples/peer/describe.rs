//! What there is to see, as JSON.

use serde_json::{Value, json};
use telewire_tokio::objects::{Clicked, Dialog, Draft, Message, MessageButton};
use telewire_tokio::peers::PeerId;
use telewire_tokio::schema::Value as _;

/// A message: all of it as the server sent it, and what the friendly properties say about it.
pub(crate) fn message(message: &Message) -> Value {
    let buttons = message.buttons();
    json!({
        "raw": parsed(&message.raw.to_json()),
        "id": message.id(),
        "text": message.text(),
        "raw_text": message.raw_text(),
        "out": message.out(),
        "chat_id": message.chat_id().map(PeerId::marked),
        "sender_id": message.sender_id().map(PeerId::marked),
        "is_private": message.is_private(),
        "is_group": message.is_group(),
        "is_channel": message.is_channel(),
        "is_reply": message.is_reply(),
        "reply_to": message.reply_to_msg_id(),
        "silent": message.silent(),
        "forwarded": message.forward().is_some(),
        "grouped_id": message.grouped_id(),
        "inner": message.get_entities_text().iter().map(|(_, text)| *text).collect::<Vec<_>>(),
        "file": message.file().map(|file| json!({
            "name": file.name(),
            "size": file.size(),
            "mime": file.mime_type(),
            "ext": file.ext(),
            "width": file.width(),
            "height": file.height(),
        })),
        "buttons": buttons.iter().map(|row| row.iter().map(button).collect()).collect::<Vec<Vec<_>>>(),
    })
}

fn button(button: &MessageButton) -> Value {
    let data = button.data().map(String::from_utf8_lossy);
    json!([button.text(), data, button.url(), button.inline_query()])
}

/// A dialog.
pub(crate) fn dialog(dialog: &Dialog) -> Value {
    json!({
        "id": dialog.id().marked(),
        "name": dialog.name(),
        "unread": dialog.unread_count(),
        "mentions": dialog.unread_mentions_count(),
        "pinned": dialog.pinned(),
        "archived": dialog.archived(),
        "top": dialog.message().map(|m| parsed(&m.raw.to_json())),
        "draft": dialog.draft().raw_text(),
        "is_user": dialog.is_user(),
        "is_group": dialog.is_group(),
        "is_channel": dialog.is_channel(),
    })
}

/// A draft.
pub(crate) fn draft(draft: &Draft) -> Value {
    json!({
        "text": draft.text(),
        "raw_text": draft.raw_text(),
        "reply_to": draft.reply_to_msg_id(),
        "link_preview": draft.link_preview(),
        "raw": parsed(&draft.to_json()),
    })
}

/// What pressing a button came to.
pub(crate) fn clicked(clicked: &Clicked) -> Value {
    match clicked {
        Clicked::Sent(sent) => json!({ "sent": message(sent) }),
        Clicked::Answer(answer) => {
            json!({ "answer": answer.message, "alert": answer.alert, "url": answer.url })
        }
        Clicked::Url(url) => json!({ "url": url }),
        other => json!(format!("{other:?}")),
    }
}

pub(crate) fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|e| json!(format!("this is no JSON: {e}")))
}

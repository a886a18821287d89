//! What there is to see, as JSON.

use serde_json::{Value, json};
use telewire_tokio::Error;
use telewire_tokio::events::{ChatActionEvent, MessageReadEvent, UserUpdateEvent};
use telewire_tokio::objects::{Clicked, Dialog, Draft, Entity, Message, MessageButton};
use telewire_tokio::peers::PeerId;
use telewire_tokio::schema::Value as _;
use telewire_tokio::time::Unix;

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

/// What was read, as the scenarios compare it.
pub(crate) fn read(event: &MessageReadEvent) -> Value {
    json!({
        "chat": event.chat_id().map(PeerId::marked),
        "max_id": event.max_id(),
        "outbox": event.outbox(),
        "contents": event.contents(),
        "message_ids": event.message_ids(),
    })
}

/// What happened to a chat. Telethon 1.45 does not say who has pinned something.
pub(crate) async fn action(event: &ChatActionEvent) -> Result<Value, Error> {
    let id = |entity: Entity| entity.id().marked();
    let pinned = event.get_pinned_message().await?;
    let users = event.user_ids().iter().filter(|_| !event.new_pin());
    Ok(json!({
        "chat": event.chat_id().map(PeerId::marked),
        "action_message": event.action_message().map(Message::id),
        "pinned": pinned.as_ref().map(Message::id),
        "flags": [
            event.new_photo(), event.user_added(), event.user_joined(),
            event.user_left(), event.user_kicked(), event.created(),
        ],
        "new_title": event.new_title(),
        "user_ids": users.copied().map(PeerId::marked).collect::<Vec<_>>(),
        "added_by": event.get_added_by().await?.map(id),
        "kicked_by": event.get_kicked_by().await?.map(id),
    }))
}

/// What a user does.
pub(crate) fn user(event: &UserUpdateEvent) -> Value {
    json!({
        "chat": event.chat_id().map(PeerId::marked),
        "user": event.user_id().map(PeerId::marked),
        "online": event.online() == Some(true),
        "last_seen": event.last_seen().map(Unix::secs),
        "until": event.until().map(Unix::secs),
        "seen": [event.recently(), event.within_weeks(), event.within_months()],
        "does": [
            event.cancel(), event.typing(), event.recording(), event.uploading(),
            event.playing(), event.audio(), event.round(), event.video(), event.document(),
            event.geo(), event.photo(), event.contact(), event.sticker(),
        ],
    })
}

//! What the account can be told to do.

use std::time::Duration;

use serde_json::{Value, json};
use telewire_tokio::objects::Message;
use telewire_tokio::types::MessagesFilter;
use telewire_tokio::{
    AllChats, Archive, Attachment, Client, Delete, Download, DraftChange, Edit, Forward,
    MessageQuery, Read, Scope, functions,
};

use crate::{Failure, build, describe, number, text};

type Outcome = Result<Value, Failure>;

/// Does it.
pub(crate) async fn run(client: &Client, command: &Value) -> Outcome {
    match text(&command["do"]) {
        "send" => {
            let sent = client
                .send_message(build::chat(&command["to"])?, build::message(command)?)
                .await?;
            Ok(describe::message(&sent))
        }
        "edit" => edit(client, command).await,
        "delete" => {
            let ids = Delete::messages(ids(command)?).revoke(command["revoke"] != false);
            client
                .delete_messages(build::chat(&command["chat"])?, ids)
                .await?;
            Ok(Value::Null)
        }
        "forward" => forward(client, command).await,
        "read" => {
            let read = match command["up_to"].as_i64() {
                Some(_) => Read::up_to(number::<i32>(&command["up_to"])?),
                None => Read::all(),
            };
            Ok(client
                .send_read_acknowledge(build::chat(&command["chat"])?, read)
                .await?
                .into())
        }
        "message" => Ok(describe::message(&found(client, command).await?)),
        "replied" => {
            let replied = found(client, command).await?.get_reply_message().await?;
            Ok(replied.as_ref().map_or(Value::Null, describe::message))
        }
        "messages" => messages(client, command).await,
        "by_id" => {
            let mut found = client
                .iter_messages(scope(&command["chat"])?)
                .ids(ids(command)?);
            if command["reverse"] == true {
                found = found.reverse();
            }
            let described = |m: &Option<Message>| m.as_ref().map_or(Value::Null, describe::message);
            Ok(found.collect().await?.iter().map(described).collect())
        }
        "answer_callback" => {
            let mut answer = functions::messages::SetBotCallbackAnswer::new(
                number(&command["query"])?,
                number(&command["cache_time"])?,
            );
            answer.alert = command["alert"] == true;
            answer.message = command["text"].as_str().map(str::to_owned);
            Ok(client.invoke(&answer).await?.into())
        }
        "dialogs" => dialogs(client, command).await,
        "archive" => {
            let chats =
                Archive::each([(build::chat(&command["chat"])?, number(&command["folder"])?)]);
            client.archive(chats).await?;
            Ok(Value::Null)
        }
        "drafts" => {
            let drafts = client.get_drafts().await?;
            Ok(drafts.iter().map(describe::draft).collect())
        }
        "draft" => draft(client, command).await,
        "file" => {
            let sent = client
                .send_file(build::chat(&command["to"])?, build::file(command)?)
                .await?;
            Ok(describe::message(&sent))
        }
        "album" => album(client, command).await,
        "download" => {
            let message = found(client, command).await?;
            let bytes = client.download_bytes(Download::of(&message)).await?;
            Ok(json!(bytes))
        }
        "click" => {
            let message = found(client, command).await?;
            let place = (
                usize::try_from(number::<i32>(&command["row"])?)?,
                usize::try_from(number::<i32>(&command["column"])?)?,
            );
            let clicked = message.click(place).await?;
            Ok(clicked.as_ref().map_or(Value::Null, describe::clicked))
        }
        other => Err(format!("no such command: {other}").into()),
    }
}

/// One chat, or all of them.
fn scope(chat: &Value) -> Result<Scope, Failure> {
    Ok(if chat.is_null() {
        AllChats.into()
    } else {
        build::chat(chat)?.into()
    })
}

fn ids(command: &Value) -> Result<Vec<i32>, Failure> {
    Ok(serde_json::from_value(command["ids"].clone())?)
}

async fn found(client: &Client, command: &Value) -> Result<Message, Failure> {
    let chat = build::chat(&command["chat"])?;
    let message = client
        .get_message_by_id(chat, number::<i32>(&command["id"])?)
        .await?;
    message.ok_or_else(|| "there is no such message".into())
}

async fn edit(client: &Client, command: &Value) -> Outcome {
    let mut edit = Edit::new();
    if command["text"].is_string() {
        edit = edit.text(build::message(command)?);
    }
    if command["file"].is_object() {
        edit = edit.file(build::file(&command["file"])?);
    }
    if let Value::Array(rows) = &command["buttons"] {
        edit = edit.buttons(build::buttons(rows)?);
    }
    let chat = build::chat(&command["chat"])?;
    let edited = client
        .edit_message(chat, number::<i32>(&command["id"])?, edit)
        .await?;
    Ok(describe::message(&edited))
}

async fn forward(client: &Client, command: &Value) -> Outcome {
    let chat = build::chat(&command["chat"])?;
    let mut forward = if command["known"] == true {
        let found = client.get_messages_by_id(chat, ids(command)?).await?;
        Forward::from(found.into_iter().flatten().collect::<Vec<_>>())
    } else {
        Forward::ids(ids(command)?).from_peer(chat)
    };
    if let Some(as_album) = command["as_album"].as_bool() {
        forward = forward.as_album(as_album);
    }
    if command["silent"] == true {
        forward = forward.silent();
    }
    let sent = client
        .forward_messages(build::chat(&command["to"])?, forward)
        .await?;
    let described = |m: &Option<Message>| m.as_ref().map_or(Value::Null, describe::message);
    Ok(sent.iter().map(described).collect())
}

/// The history, with every option that there is.
async fn messages(client: &Client, command: &Value) -> Outcome {
    let mut query = MessageQuery::new().wait_time(Duration::ZERO);
    for (key, value) in command.as_object().into_iter().flatten() {
        query = match key.as_str() {
            "wait_time" => query.wait_time(Duration::from_millis(number(value)?)),
            "limit" if value.is_null() => query.limit(None),
            "limit" => query.limit(usize::try_from(number::<i32>(value)?)?),
            "offset_id" => query.offset_id(number(value)?),
            "offset_date" => query.offset_date(number::<i64>(value)?),
            "max_id" => query.max_id(number(value)?),
            "min_id" => query.min_id(number(value)?),
            "add_offset" => query.add_offset(number(value)?),
            "search" => query.search(text(value)),
            "from_user" => query.from_user(build::chat(value)?),
            "reverse" if *value == true => query.reverse(),
            "filter" => query.filter(filter(text(value))?),
            _ => query,
        };
    }
    let found = client.get_messages(scope(&command["chat"])?, query).await?;
    Ok(json!({
        "total": found.total(),
        "messages": found.iter().map(describe::message).collect::<Vec<_>>(),
    }))
}

fn filter(name: &str) -> Result<MessagesFilter, Failure> {
    Ok(match name {
        "PhotoVideo" => MessagesFilter::InputMessagesFilterPhotoVideo,
        "MyMentions" => MessagesFilter::InputMessagesFilterMyMentions,
        "ChatPhotos" => MessagesFilter::InputMessagesFilterChatPhotos,
        "Photos" => MessagesFilter::InputMessagesFilterPhotos,
        "Document" => MessagesFilter::InputMessagesFilterDocument,
        "Url" => MessagesFilter::InputMessagesFilterUrl,
        other => return Err(format!("no such filter: {other}").into()),
    })
}

async fn dialogs(client: &Client, command: &Value) -> Outcome {
    let mut dialogs = client.iter_dialogs();
    if !command["limit"].is_null() {
        dialogs = dialogs.limit(usize::try_from(number::<i32>(&command["limit"])?)?);
    }
    if let Some(archived) = command["archived"].as_bool() {
        dialogs = dialogs.archived(archived);
    }
    if command["ignore_pinned"] == true {
        dialogs = dialogs.ignore_pinned();
    }
    let found = dialogs.collect().await?;
    Ok(json!({
        "total": found.total(),
        "dialogs": found.iter().map(describe::dialog).collect::<Vec<_>>(),
    }))
}

/// Changes the draft of a chat that has a dialog: sets it, sends it, or deletes it.
async fn draft(client: &Client, command: &Value) -> Outcome {
    let chat = client.get_peer_id(build::chat(&command["chat"])?).await?;
    let dialogs = client.iter_dialogs().collect().await?;
    let dialog = dialogs.iter().find(|d| d.id().marked() == chat);
    let mut draft = dialog.ok_or("there is no such dialog")?.draft().clone();
    if command["send"] == true {
        return Ok(describe::message(&draft.send().await?));
    }
    if command["delete"] == true {
        return Ok(draft.delete().await?.into());
    }
    let mut change = DraftChange::from(text(&command["text"]));
    if !command["reply_to"].is_null() {
        change = change.reply_to(number::<i32>(&command["reply_to"])?);
    }
    if let Some(preview) = command["link_preview"].as_bool() {
        change = change.link_preview(preview);
    }
    draft.set_message(change).await?;
    Ok(describe::draft(&draft))
}

async fn album(client: &Client, command: &Value) -> Outcome {
    let files = command["files"].as_array().ok_or("an album has files")?;
    let files: Vec<Attachment> = files.iter().map(build::file).collect::<Result<_, _>>()?;
    let sent = client
        .send_files(build::chat(&command["to"])?, files)
        .await?;
    Ok(sent.iter().map(describe::message).collect())
}

//! Conversations.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;
use telewire_tokio::objects::Conversation;
use telewire_tokio::{Client, ConversationOptions};

use crate::{Failure, build, describe, number, text};

/// Those that are open, by the name that the script gave them.
pub(crate) type Talks = HashMap<String, Conversation>;

/// Opens one as `name`, or does something in it.
pub(crate) async fn run(
    client: &Client,
    talks: &mut Talks,
    command: &Value,
) -> Result<Value, Failure> {
    let name = text(&command["name"]);
    if command["do"] == "talk_open" {
        let mut options = ConversationOptions::with(build::chat(&command["chat"])?);
        if !command["timeout"].is_null() {
            options = options.timeout(Duration::from_millis(number(&command["timeout"])?));
        }
        if command["replies_are_responses"] == false {
            options = options.replies_are_responses(false);
        }
        talks.insert(name.to_owned(), client.conversation(options).await?);
        return Ok(Value::Null);
    }
    if command["do"] == "talk_close" {
        talks.remove(name).ok_or("there is no such conversation")?;
        return Ok(Value::Null);
    }
    let mut talk = talks
        .get(name)
        .ok_or("there is no such conversation")?
        .clone();
    if !command["after"].is_null() {
        talk = talk.after(number::<i32>(&command["after"])?);
    }
    let message = match text(&command["do"]) {
        "talk_send" => talk.send_message(build::message(command)?).await?,
        "talk_file" => talk.send_file(build::file(command)?).await?,
        "talk_response" => talk.get_response().await?,
        "talk_reply" => talk.get_reply().await?,
        "talk_edit" => talk.get_edit().await?,
        "talk_wait_read" => {
            talk.wait_read().await?;
            return Ok(Value::Null);
        }
        "talk_mark_read" => return Ok(talk.mark_read().await?.into()),
        other => return Err(format!("no such command: {other}").into()),
    };
    Ok(describe::message(&message))
}

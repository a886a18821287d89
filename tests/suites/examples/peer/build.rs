//! Arguments of friendly methods, from JSON.

use serde_json::Value;
use telewire_tokio::objects::{Button, Buttons};
use telewire_tokio::peers::PeerId;
use telewire_tokio::types::{self, MessageEntity};
use telewire_tokio::{Attachment, EntityLike, InputMessage};

use crate::{Failure, number, text};

/// A chat: a name, or an identifier with its mark.
pub(crate) fn chat(value: &Value) -> Result<EntityLike, Failure> {
    match value.as_i64() {
        Some(id) => Ok(PeerId::from_marked(id)
            .ok_or("that is nobody's identifier")?
            .into()),
        None => Ok(text(value).into()),
    }
}

/// A message: `text`, and how it is read (`mode` or `entities`), with what else there is to say.
pub(crate) fn message(given: &Value) -> Result<InputMessage, Failure> {
    let words = text(&given["text"]);
    let mut message = match (&given["entities"], &given["mode"]) {
        (Value::Array(all), _) => {
            let entities: Vec<_> = all.iter().map(entity).collect::<Result<_, _>>()?;
            InputMessage::formatted(words, entities)
        }
        (_, Value::String(mode)) => InputMessage::parsed(words, mode.parse()?),
        _ => words.into(),
    };
    if !given["reply_to"].is_null() {
        message = message.reply_to(number::<i32>(&given["reply_to"])?);
    }
    if given["silent"] == true {
        message = message.silent();
    }
    if let Some(preview) = given["link_preview"].as_bool() {
        message = message.link_preview(preview);
    }
    if given["clear_draft"] == true {
        message = message.clear_draft();
    }
    if let Value::Array(rows) = &given["buttons"] {
        message = message.buttons(buttons(rows)?);
    }
    Ok(message)
}

/// Rows of `[kind, text, what is behind it]`.
pub(crate) fn buttons(rows: &[Value]) -> Result<Buttons, Failure> {
    let one = |button: &Value| {
        let (label, behind) = (text(&button[1]), text(&button[2]));
        Ok(match text(&button[0]) {
            "inline" => Button::inline(label).data(behind),
            "url" => Button::url(label).to(behind),
            "switch" => Button::switch_inline(label).query(behind),
            "text" => Button::text(label),
            other => return Err(Failure::from(format!("no such button: {other}"))),
        })
    };
    let rows: Vec<Vec<Button>> = rows
        .iter()
        .map(|row| row.as_array().into_iter().flatten().map(one).collect())
        .collect::<Result<_, _>>()?;
    Ok(rows.into())
}

/// A file: its `name` and its `bytes`, with a caption if there is a `text`.
pub(crate) fn file(given: &Value) -> Result<Attachment, Failure> {
    let bytes: Vec<u8> = serde_json::from_value(given["bytes"].clone())?;
    let mut file = Attachment::bytes(text(&given["name"]), bytes);
    if given["force_document"] == true {
        file = file.force_document();
    }
    if given["text"].is_string() {
        file = file.caption(message(given)?);
    }
    Ok(file)
}

/// An entity: `[kind, offset, length, what else it has]`.
fn entity(given: &Value) -> Result<MessageEntity, Failure> {
    let (offset, length) = (number(&given[1])?, number(&given[2])?);
    let extra = &given[3];
    Ok(match text(&given[0]) {
        "Mention" => types::MessageEntityMention::new(offset, length).into(),
        "Hashtag" => types::MessageEntityHashtag::new(offset, length).into(),
        "BotCommand" => types::MessageEntityBotCommand::new(offset, length).into(),
        "Url" => types::MessageEntityUrl::new(offset, length).into(),
        "Email" => types::MessageEntityEmail::new(offset, length).into(),
        "Phone" => types::MessageEntityPhone::new(offset, length).into(),
        "Cashtag" => types::MessageEntityCashtag::new(offset, length).into(),
        "BankCard" => types::MessageEntityBankCard::new(offset, length).into(),
        "Bold" => types::MessageEntityBold::new(offset, length).into(),
        "Italic" => types::MessageEntityItalic::new(offset, length).into(),
        "Underline" => types::MessageEntityUnderline::new(offset, length).into(),
        "Strike" => types::MessageEntityStrike::new(offset, length).into(),
        "Spoiler" => types::MessageEntitySpoiler::new(offset, length).into(),
        "Code" => types::MessageEntityCode::new(offset, length).into(),
        "Pre" => types::MessageEntityPre::new(offset, length, text(extra)).into(),
        "Blockquote" => types::MessageEntityBlockquote::new(offset, length)
            .collapsed(*extra == true)
            .into(),
        "TextUrl" => types::MessageEntityTextUrl::new(offset, length, text(extra)).into(),
        "MentionName" => {
            types::MessageEntityMentionName::new(offset, length, number(extra)?).into()
        }
        "CustomEmoji" => {
            types::MessageEntityCustomEmoji::new(offset, length, number(extra)?).into()
        }
        other => return Err(format!("no such entity: {other}").into()),
    })
}

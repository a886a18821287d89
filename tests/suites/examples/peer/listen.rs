//! What is heard without being asked for.

use serde_json::{Value, json};
use telewire_tokio::events::{
    ChatAction, MessageDeleted, MessageEdited, MessageRead, NewMessage, Raw, UserUpdate,
};
use telewire_tokio::schema::Value as _;
use telewire_tokio::{Client, EntityLike, types};

use crate::{Failure, Heard, build, describe, text};

/// Notes new, edited and deleted messages, the raw updates that say what was read or pressed, and what others are typing.
pub(crate) fn to_everything(client: &Client, heard: &Heard) {
    let note = heard.clone();
    client.on(NewMessage::new(), move |event| {
        note.note(json!({ "new": describe::message(&event) }));
        async {}
    });
    let note = heard.clone();
    client.on(MessageEdited::new(), move |event| {
        note.note(json!({ "edited": describe::message(&event) }));
        async {}
    });
    let note = heard.clone();
    client.on(MessageDeleted::new(), move |event| {
        note.note(json!({ "deleted": event.deleted_ids() }));
        async {}
    });
    let note = heard.clone();
    let reads = Raw::of::<types::UpdateReadHistoryOutbox>();
    client.on(reads, move |event| {
        if let Some(read) = event.get::<types::UpdateReadHistoryOutbox>() {
            note.note(json!({ "read": read.max_id }));
        }
        async {}
    });
    let note = heard.clone();
    let others = Raw::of::<types::UpdateUserTyping>()
        .or::<types::UpdateEditMessage>()
        .or::<types::UpdateDeleteMessages>()
        .or::<types::UpdateReadHistoryInbox>()
        .or::<types::UpdateBotCallbackQuery>();
    client.on(others, move |event| {
        note.note(json!({ "raw": describe::parsed(&event.update().to_json()) }));
        async {}
    });
}

/// The filters that both kinds of message events have.
macro_rules! filtered {
    ($builder:expr, $command:expr) => {{
        let (mut builder, command) = ($builder, $command);
        if command["incoming"] == true {
            builder = builder.incoming();
        }
        if command["outgoing"] == true {
            builder = builder.outgoing();
        }
        if let Some(yes) = command["forwards"].as_bool() {
            builder = builder.forwards(yes);
        }
        if let Some(users) = chats(&command["from_users"])? {
            builder = builder.from_users(users);
        }
        if let Some(chats) = chats(&command["chats"])? {
            builder = builder.chats(chats);
        }
        if command["blacklist_chats"] == true {
            builder = builder.blacklist_chats();
        }
        if let Some(pattern) = command["pattern"].as_str() {
            builder = builder.pattern(pattern)?;
        }
        builder
    }};
}

/// Notes as `as` the texts, or the ids, of what passes a filter, with the groups of a pattern.
pub(crate) fn to(client: &Client, heard: &Heard, command: &Value) -> Result<(), Failure> {
    let (note, name) = (heard.clone(), text(&command["as"]).to_owned());
    match text(&command["on"]) {
        "new" => {
            let _ = client.on(filtered!(NewMessage::new(), command), move |event| {
                let groups = event
                    .pattern_match()
                    .map(telewire_tokio::events::PatternMatch::groups);
                note.note(json!({ &name: [event.raw_text(), groups] }));
                async {}
            });
        }
        "edited" => {
            let _ = client.on(filtered!(MessageEdited::new(), command), move |event| {
                let groups = event
                    .pattern_match()
                    .map(telewire_tokio::events::PatternMatch::groups);
                note.note(json!({ &name: [event.raw_text(), groups] }));
                async {}
            });
        }
        "deleted" => {
            let chats = chats(&command["chats"])?.unwrap_or_default();
            let _ = client.on(MessageDeleted::new().chats(chats), move |event| {
                note.note(json!({ &name: [event.deleted_ids()] }));
                async {}
            });
        }
        "read" => {
            let inbox = command["inbox"] == true;
            let reads = MessageRead::new();
            let reads = if inbox { reads.inbox() } else { reads };
            let _ = client.on(reads, move |event| {
                note.note(json!({ &name: describe::read(&event) }));
                async {}
            });
        }
        "action" => {
            let _ = client.on(ChatAction::new(), move |event| {
                let (note, name) = (note.clone(), name.clone());
                async move {
                    note.note(json!({ name: describe::action(&event).await? }));
                    Ok::<_, telewire_tokio::Error>(())
                }
            });
        }
        "user" => {
            let _ = client.on(UserUpdate::new(), move |event| {
                note.note(json!({ &name: describe::user(&event) }));
                async {}
            });
        }
        other => return Err(format!("no such event: {other}").into()),
    }
    Ok(())
}

fn chats(named: &Value) -> Result<Option<Vec<EntityLike>>, Failure> {
    let chats = named
        .as_array()
        .map(|all| all.iter().map(build::chat).collect());
    chats.transpose()
}

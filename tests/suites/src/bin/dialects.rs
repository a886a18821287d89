//! Telewire's text dialects and session strings, asked line by line: the other side of `tests/interop/oracle.py`, which
//! describes the questions and answers.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::error::Error;
use std::io::{self, BufRead as _, Write as _};

use serde_json::{Value, json};
use telewire_core::dc::DcId;
use telewire_core::internals::AuthKey;
use telewire_core::session::{DcOption, Session, SessionStore as _, SessionString, StringSession};
use telewire_core::text::{self, ParseMode};
use telewire_core::types::{self, MessageEntity};

type Answer = Result<Value, Box<dyn Error>>;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line?)?;
        let answer =
            answer(&question).unwrap_or_else(|error| json!({ "error": error.to_string() }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(question: &Value) -> Answer {
    let does = string(question, "do")?;
    match does.split_once('.') {
        Some(("session", "read")) => read(string(question, "text")?),
        Some(("session", "write")) => write(question),
        Some((dialect, direction)) => {
            let mode: ParseMode = dialect.parse()?;
            let text = string(question, "text")?;
            if direction == "parse" {
                let (text, entities) = mode.parse(text);
                let entities: Vec<_> = entities.iter().map(described).collect();
                return Ok(json!({ "text": text, "entities": entities }));
            }
            let entities = question["entities"].as_array().ok_or("no entities")?;
            let entities: Vec<_> = entities.iter().map(built).collect::<Result<_, _>>()?;
            Ok(json!({ "text": mode.unparse(text, &entities) }))
        }
        None => Err(format!("no such question: {does}").into()),
    }
}

fn read(text: &str) -> Answer {
    let session = StringSession::new(text)?.load()?;
    let dc = session.home;
    let key = dc
        .and_then(|dc| session.keys.get(&dc))
        .map(|key| hex(key.as_bytes()));
    let address = session.home_address();
    Ok(json!({
        "dc": dc.map_or(0, |dc| dc.0),
        "host": address.map(|a| a.ip.to_string()),
        "port": address.map(|a| a.port),
        "key": key,
    }))
}

fn write(question: &Value) -> Answer {
    let dc = DcId(number(question, "dc")?);
    let ip = string(question, "host")?.parse()?;
    let key = unhex(string(question, "key")?)?;
    let session = Session {
        home: Some(dc),
        dcs: vec![DcOption::new(dc, ip, number(question, "port")?)],
        keys: [(
            dc,
            AuthKey::new(key.try_into().map_err(|_| "a key has 256 bytes")?),
        )]
        .into(),
        ..Session::default()
    };
    Ok(json!({ "text": SessionString::of(&session)?.as_str() }))
}

/// An entity as a list.
fn described(entity: &MessageEntity) -> Value {
    let (offset, length) = text::span(entity);
    match entity {
        MessageEntity::Bold(_) => json!(["bold", offset, length]),
        MessageEntity::Italic(_) => json!(["italic", offset, length]),
        MessageEntity::Code(_) => json!(["code", offset, length]),
        MessageEntity::Pre(pre) => json!(["pre", offset, length, pre.language]),
        MessageEntity::Email(_) => json!(["email", offset, length]),
        MessageEntity::TextUrl(link) => json!(["text_url", offset, length, link.url]),
        other => json!([format!("{other:?}"), offset, length]),
    }
}

/// The entity of a list.
fn built(description: &Value) -> Result<MessageEntity, Box<dyn Error>> {
    let at = |n: usize| {
        description[n]
            .as_i64()
            .and_then(|n| i32::try_from(n).ok())
            .ok_or("no range")
    };
    let (offset, length) = (at(1)?, at(2)?);
    let extra = &description[3];
    Ok(match description[0].as_str().ok_or("no kind")? {
        "bold" => types::MessageEntityBold::new(offset, length).into(),
        "italic" => types::MessageEntityItalic::new(offset, length).into(),
        "code" => types::MessageEntityCode::new(offset, length).into(),
        "pre" => types::MessageEntityPre::new(offset, length, extra.as_str().ok_or("no language")?)
            .into(),
        "email" => types::MessageEntityEmail::new(offset, length).into(),
        "url" => types::MessageEntityUrl::new(offset, length).into(),
        "text_url" => {
            types::MessageEntityTextUrl::new(offset, length, extra.as_str().ok_or("no url")?).into()
        }
        "mention_name" => {
            types::MessageEntityMentionName::new(offset, length, extra.as_i64().ok_or("no user")?)
                .into()
        }
        "hashtag" => types::MessageEntityHashtag::new(offset, length).into(),
        "underline" => types::MessageEntityUnderline::new(offset, length).into(),
        "strike" => types::MessageEntityStrike::new(offset, length).into(),
        other => return Err(format!("no such entity: {other}").into()),
    })
}

fn string<'v>(value: &'v Value, key: &str) -> Result<&'v str, Box<dyn Error>> {
    value[key]
        .as_str()
        .ok_or_else(|| format!("{key} is missing").into())
}

fn number<T: TryFrom<i64>>(value: &Value, key: &str) -> Result<T, Box<dyn Error>> {
    let number = value[key].as_i64().and_then(|n| T::try_from(n).ok());
    number.ok_or_else(|| format!("{key} is missing or too large").into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Result<Vec<u8>, std::num::ParseIntError> {
    let pairs = (0..text.len() / 2).map(|n| text.get(2 * n..2 * n + 2).unwrap_or_default());
    pairs.map(|pair| u8::from_str_radix(pair, 16)).collect()
}

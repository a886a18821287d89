//! Telewire's half of `tests/interop/crossing.py`: an account that does what it is told, a line of JSON at a time.
//!
//! The first line is `{"sandbox": …, "user": N}` or `{"sandbox": …, "bot": N}` and signs in, or has a string as `"session"`, or none
//! of them, which leaves signing in to the commands in `accounts.rs`. Conversations are in `talk.rs`, what is listened to in
//! `listen.rs`, other commands in `commands.rs`. Each line is answered with `{"ok": …}` or `{"error": …}`. Messages are told as
//! [`described`] does.
//!
//! [`described`]: describe::message

#![allow(clippy::print_stdout, reason = "the script on the other end reads it")]

mod accounts;
mod build;
mod commands;
mod describe;
mod listen;
mod talk;

use std::error::Error;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use telewire_tokio::dc::DcId;
use telewire_tokio::exchange::{PublicKey, RsaKeys};
use telewire_tokio::session::{DcOption, MemorySession, StringSession};
use telewire_tokio::{BuilderExt as _, Client, Network, SignIn};
use tokio::io::{AsyncBufReadExt as _, BufReader};

type Failure = Box<dyn Error + Send + Sync>;

/// What was heard since the last time somebody asked.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Value>>>);

impl Heard {
    fn note(&self, event: Value) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event);
    }

    fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let first = lines.next_line().await?.ok_or("nobody said who to be")?;
    let client = signed_in(&serde_json::from_str(&first)?).await?;
    let heard = Heard::default();
    listen::to_everything(&client, &heard);
    let mut talks = talk::Talks::default();
    let running = tokio::spawn({
        let client = client.clone();
        async move { client.run_until_disconnected().await }
    });
    answer(&json!({ "ok": client.get_me().await.ok().map(|me| me.id) }))?;
    while let Some(line) = lines.next_line().await? {
        let command: Value = serde_json::from_str(&line)?;
        let result = match text(&command["do"]) {
            "heard" => Ok(Value::Array(heard.take())),
            "listen" => listen::to(&client, &heard, &command).map(|()| Value::Null),
            talk if talk.starts_with("talk_") => talk::run(&client, &mut talks, &command).await,
            _ => match accounts::run(&client, &heard, &command).await {
                None => commands::run(&client, &command).await,
                Some(result) => result,
            },
        };
        answer(&match result {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": error.to_string() }),
        })?;
    }
    client.disconnect().await;
    // Who has logged out is told so here.
    let _ = running.await?;
    Ok(())
}

fn answer(value: &Value) -> std::io::Result<()> {
    println!("{value}");
    std::io::stdout().flush()
}

async fn signed_in(who: &Value) -> Result<Client, Failure> {
    let sandbox = &who["sandbox"];
    let client = connected(sandbox, &who["session"]).await?;
    if let Some(n) = index(&who["bot"]) {
        client
            .sign_in_bot(text(&sandbox["bots"][n]["token"]))
            .await?;
        return Ok(client);
    }
    let Some(n) = index(&who["user"]) else {
        return Ok(client);
    };
    let user = &sandbox["users"][n];
    let phone = text(&user["phone"]);
    client.send_code_request(phone).await?;
    match client.sign_in(phone, text(&sandbox["code"])).await? {
        SignIn::Done(_) => Ok(client),
        other => Err(format!("a user without a password is needed: {other:?}").into()),
    }
}

async fn connected(sandbox: &Value, session: &Value) -> Result<Client, Failure> {
    let (mut dcs, mut keys) = (Vec::new(), Vec::new());
    for dc in sandbox["dcs"].as_array().into_iter().flatten() {
        let (id, host) = (number(&dc["id"])?, text(&dc["host"]).parse()?);
        dcs.push(DcOption::new(DcId(id), host, number(&dc["port"])?));
        let key = PublicKey::from_pem(text(&dc["public_key_pem"]));
        keys.push(key.map_err(|e| format!("{e:?}"))?);
    }
    let network = Network::Custom {
        default_dc: dcs.first().ok_or("there is no data centre")?.id,
        dcs,
        keys: RsaKeys::new(keys),
    };
    let api_id: i32 = number(&sandbox["api_id"])?;
    let builder = Client::builder(api_id, text(&sandbox["api_hash"]));
    let builder = builder.network(network);
    Ok(match session.as_str() {
        Some(string) => {
            builder
                .session(string.parse::<StringSession>()?)
                .connect()
                .await?
        }
        None => builder.session(MemorySession::new()).connect().await?,
    })
}

/// A text, or nothing.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A number that fits.
fn number<T: TryFrom<i64>>(value: &Value) -> Result<T, Failure> {
    let number = value.as_i64().and_then(|n| T::try_from(n).ok());
    number.ok_or_else(|| format!("{value} is no number here").into())
}

fn index(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|n| usize::try_from(n).ok())
}

//! An account at work until somebody kills the process; `tests/killed` does.
//!
//! usage: `mortal SESSION_FILE PHONE FRIEND`, with the sandbox's line of JSON on standard input. It signs in if it has to, writes, reads and
//! looks around, and prints a line about each thing that has happened: `connected`, `asked` (for a code), `in`, `took TEXT` before an update
//! counts as taken. When standard input ends it disconnects and ends as well.

#![allow(clippy::print_stdout, reason = "whoever kills it reads it")]

use std::error::Error;
use std::io::Write as _;

use serde_json::Value;
use telewire_sqlite::SqliteSession;
use telewire_tests::told;
use telewire_tokio::events::NewMessage;
use telewire_tokio::{BuilderExt as _, CatchUp, Client, SignIn};
use tokio::io::{AsyncBufReadExt as _, BufReader};

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, phone, friend] = &args[..] else {
        return Err("usage: mortal SESSION_FILE PHONE FRIEND".into());
    };
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let line = lines.next_line().await?.ok_or("nobody said where to go")?;
    let sandbox: Value = serde_json::from_str(&line)?;
    let api_id: i32 = told::number(&sandbox["api_id"]);
    let client = Client::builder(api_id, told::text(&sandbox["api_hash"]))
        .network(told::network(&sandbox))
        .session(SqliteSession::open(file)?)
        .catch_up(CatchUp::All)
        .sequential_updates(true)
        .connect()
        .await?;
    say("connected")?;
    client.on(NewMessage::new().incoming(), |event| async move {
        say(&format!("took {}", event.text()))
    });
    if !client.is_user_authorized().await? {
        client.send_code_request(phone.as_str()).await?;
        say("asked")?;
        let code = told::text(&sandbox["code"]);
        let SignIn::Done(_) = client.sign_in(phone.as_str(), code).await? else {
            return Err("a user without a password is needed".into());
        };
    }
    say("in")?;
    let updates = tokio::spawn({
        let client = client.clone();
        async move { client.run_until_disconnected().await }
    });
    tokio::select! {
        end = lines.next_line() => { end?; }
        failure = work(&client, friend) => failure?,
    }
    client.disconnect().await;
    updates.await??;
    Ok(())
}

/// Whatever makes the session change: messages out, lists of chats, people looked up.
async fn work(client: &Client, friend: &str) -> Result<(), Failure> {
    for n in 0_u64.. {
        client.send_message("me", format!("note {n}")).await?;
        client.get_entity(friend).await?;
        client.get_messages(friend, 5).await?;
        client.get_dialogs(20).await?;
    }
    Ok(())
}

fn say(what: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what}")?;
    out.flush()?;
    Ok(())
}

//! Telewire's half of `tests/interop/telethon_sessions.py`: uses sessions that Telethon has used, and leaves them to it.
//!
//! usage, with the sandbox's line of JSON on standard input:
//!
//! - `telethon_session sign-in FILE N` signs the n-th ready-made user in
//! - `telethon_session use SESSION TEXT NAME` sends TEXT to the account itself and gets to know NAME; SESSION is a file, or a
//!   string after `string:`
//! - `telethon_session hold FILE` keeps the file open until standard input ends
//!
//! Answers with a line of JSON about what there was to be seen.

#![allow(clippy::print_stdout, reason = "the script on the other end reads it")]

use std::error::Error;
use std::io::{self, BufRead, Read, Write};

use serde_json::{Value, json};
use telewire_blocking::dc::DcId;
use telewire_blocking::exchange::RsaKeys;
use telewire_blocking::peers::{PeerId, PeerKey, PeerRecord};
use telewire_blocking::session::{DcOption, SessionStore, StringSession};
use telewire_blocking::{Client, Network, SignIn};
use telewire_sqlite::SqliteSession;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let sandbox: Value = serde_json::from_str(&line)?;
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let answer = match args[..] {
        ["sign-in", file, n] => sign_in(&sandbox, file, n.parse()?)?,
        ["use", session, text, name] => use_it(&sandbox, session, text, name)?,
        ["hold", file] => return hold(file),
        _ => return Err("the head of this file says how it is used".into()),
    };
    println!("{answer}");
    Ok(())
}

fn sign_in(sandbox: &Value, file: &str, n: usize) -> Result<Value, Failure> {
    let client = connected(sandbox, SqliteSession::open(file)?)?;
    let phone = text(&sandbox["users"][n]["phone"]);
    client.send_code_request(phone)?;
    let SignIn::Done(me) = client.sign_in(phone, text(&sandbox["code"]))? else {
        return Err("a user without a password is needed".into());
    };
    client.disconnect()?;
    Ok(json!({ "me": me.id }))
}

fn use_it(sandbox: &Value, session: &str, words: &str, name: &str) -> Result<Value, Failure> {
    let mut known = Value::Null;
    let client = match session.strip_prefix("string:") {
        Some(string) => connected(sandbox, StringSession::new(string)?)?,
        None => {
            let mut store = SqliteSession::open(session)?;
            known = what_is_known(&mut store)?;
            connected(sandbox, store)?
        }
    };
    if !client.is_user_authorized()? {
        return Err("nobody is signed in".into());
    }
    let me = client.get_me()?.id;
    let mut texts = Vec::new();
    for message in client.iter_messages("me").limit(20) {
        texts.push(message?.raw_text().to_owned());
    }
    client.send_message("me", words)?;
    let found = client.get_peer_id(name)?;
    client.disconnect()?;
    let string = client.session_string()?;
    Ok(
        json!({ "me": me, "texts": texts, "known": known, "found": found, "string": string.as_str() }),
    )
}

/// What the file says before anybody is asked, in Telethon's terms.
fn what_is_known(store: &mut SqliteSession) -> Result<Value, Failure> {
    let session = store.load()?;
    let home = session.home_address().ok_or("the file has no address")?;
    let mut peers = serde_json::Map::new();
    for change in store.contents()? {
        let telewire_core::session::SessionChange::Peer(peer) = change else {
            continue;
        };
        // Listed and found by its identifier it is the same.
        if store.peer(&PeerKey::Id(peer.id))?.as_ref() != Some(&peer) {
            return Err("a peer is listed and not found".into());
        }
        peers.insert(peer.id.marked().to_string(), describe(&peer));
    }
    let state = session.state.unwrap_or_default();
    Ok(json!({
        "dc": home.id.0,
        "host": home.ip.to_string(),
        "port": home.port,
        "takeout": session.takeout,
        "pts": state.pts,
        "peers": peers,
    }))
}

fn describe(peer: &PeerRecord) -> Value {
    let kind = match peer.id {
        PeerId::User(_) => "user",
        PeerId::Chat(_) => "chat",
        PeerId::Channel(_) => "channel",
    };
    json!({
        "kind": kind,
        "hash": peer.access_hash,
        "username": peer.usernames.first(),
        "phone": peer.phone,
        "name": peer.name,
    })
}

fn hold(file: &str) -> Result<(), Failure> {
    let _store = SqliteSession::open(file)?;
    println!("{{}}");
    io::stdout().flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn connected(sandbox: &Value, store: impl SessionStore) -> Result<Client, Failure> {
    let dc = &sandbox["dcs"][0];
    let number = |value: &Value| value.as_i64().and_then(|n| i32::try_from(n).ok());
    let id = DcId(number(&dc["id"]).ok_or("the data centre has no number")?);
    let port = u16::try_from(number(&dc["port"]).unwrap_or_default())?;
    let network = Network::Custom {
        default_dc: id,
        dcs: vec![DcOption::new(id, text(&dc["host"]).parse()?, port)],
        keys: RsaKeys::from_pem(text(&sandbox["public_key_pem"])).map_err(|e| format!("{e:?}"))?,
    };
    let api_id = number(&sandbox["api_id"]).ok_or("there is no api_id")?;
    let builder = Client::builder(api_id, text(&sandbox["api_hash"]));
    Ok(builder.network(network).session(store).connect()?)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

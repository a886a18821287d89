//! A session store of one's own: the whole session in one JSON file.
//!
//! `store.rs` is the store. This program signs in on a sandbox of its own, ends the client, and goes on from the file.

#![allow(clippy::print_stdout, reason = "an example has something to show")]

mod store;

use std::error::Error;

use store::JsonSession;
use telewire_blocking::{Client, Start};
use telewire_sandbox::Sandbox;

fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("account.json");
    let connect = || -> Result<Client, Box<dyn Error>> {
        let builder = Client::builder(sandbox.api_id(), sandbox.api_hash());
        let store = JsonSession::open(&path)?;
        Ok(builder
            .network(sandbox.network())
            .session(store)
            .connect()?)
    };

    let client = connect()?;
    let phone = "+9996624242";
    let start = Start::new().phone(phone).code(sandbox.code());
    client.start(start.first_name("Mary"))?;
    client.send_message("me", "kept in a JSON file")?;
    drop(client);

    let client = connect()?;
    if !client.is_user_authorized()? {
        return Err("the file has not kept who is signed in".into());
    }
    for message in client.iter_messages("me").limit(1) {
        println!("{}", message?.raw_text());
    }
    drop(client);
    println!("{} bytes of JSON", std::fs::metadata(&path)?.len());
    Ok(())
}

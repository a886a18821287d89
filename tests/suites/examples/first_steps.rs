//! The first example of the README, on the sandbox: the quick-start script of Telethon's documentation, translated.
//!
//! ```text
//! cargo run -p telewire-tests --example first_steps
//! ```
//!
//! What stands between the two marks stands in the README as well; a test compares them.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error as StdError;

use telewire_sandbox::Sandbox;

// The README begins here.
use telewire_tokio::{BuilderExt, Client, Error, InputMessage, Start};

async fn first_steps(client: &Client) -> Result<(), Error> {
    // Who you are. Everything of Telegram's prints itself as Telethon prints it.
    let me = client.get_me().await?;
    println!("{me:#?}");
    println!("{:?}, {:?}", me.username, me.phone);

    // The chats that you are part of.
    let mut dialogs = client.iter_dialogs();
    while let Some(dialog) = dialogs.next().await? {
        println!("{} has ID {}", dialog.name(), dialog.id().marked());
    }

    // Messages to yourself, to the ID of a chat, to the phone of a contact, to a username.
    client.send_message("me", "Hello, myself!").await?;
    client.send_message(-400000004, "Hello, group!").await?;
    client.send_message("+9996620001", "Hello, friend!").await?;
    client
        .send_message("grace_hopper", "Testing Telewire!")
        .await?;

    // Markdown is understood. What is sent comes back as the message that it became, …
    let text =
        "This message has **bold**, `code`, __italics__ and a [nice website](https://example.com)!";
    let message = client
        .send_message("me", InputMessage::markdown(text).link_preview(false))
        .await?;
    println!("{}", message.raw_text());

    // … which can be answered.
    message.reply("Cool!").await?;

    // Files: photos, songs, documents, albums.
    client.send_file("me", "holidays.png").await?;

    // The history of a chat, newest first, and the photos in it.
    let mut messages = client.iter_messages("me");
    while let Some(message) = messages.next().await? {
        println!("{} {}", message.id(), message.text());
        if message.photo().is_some() {
            let path = message.download_media(".").await?;
            println!("File saved to {path:?}"); // printed after the download is done
        }
    }
    Ok(())
}
// The README ends here.

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn StdError>> {
    // What the script expects to find, and a place for what it downloads.
    let folder = tempfile::tempdir()?;
    std::fs::write(
        folder.path().join("holidays.png"),
        include_bytes!("holidays.png"),
    )?;
    std::env::set_current_dir(folder.path())?;

    let sandbox = Sandbox::start()?;
    let client = Client::builder(sandbox.api_id(), sandbox.api_hash())
        .network(sandbox.network())
        .connect()
        .await?;
    let start = Start::new().phone("+9996624003").code(sandbox.code());
    client.start(start.first_name("Mary")).await?;
    first_steps(&client).await?;
    client.disconnect().await;
    Ok(())
}

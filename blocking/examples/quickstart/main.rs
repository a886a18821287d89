//! The first steps with Telewire, told as a story.
//!
//! ```sh
//! cargo run -p telewire-blocking --example quickstart                   # on the sandbox, no account needed
//! cargo run -p telewire-blocking --example quickstart -- --production   # on Telegram itself
//! cargo run -p telewire-blocking --example quickstart -- --test-dc      # on Telegram's test servers
//! ```
//!
//! The last two take TELEGRAM_API_ID and TELEGRAM_API_HASH (from <https://my.telegram.org>) from the environment and
//! ask for phone, code and password on the terminal.

#![allow(clippy::print_stdout, reason = "it tells a story")]

mod place;
mod terminal;

use std::error::Error;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use telewire_blocking::events::NewMessage;
use telewire_blocking::objects::Message;
use telewire_blocking::{Attachment, Client, Download};

use place::Place;

/// How large the file of chapter five is.
const FILE_SIZE: usize = 3 * 1024 * 1024;

fn main() -> ExitCode {
    let told = Place::from_args().and_then(|place| tell(&place));
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("\nThe story ends early: {e}");
            ExitCode::FAILURE
        }
    }
}

fn tell(place: &Place) -> Result<(), Box<dyn Error>> {
    println!("Telewire quickstart, on {}.", place.name());

    terminal::chapter("Signing in");
    let client = place.client()?;
    client.start(place.answers())?;
    println!("{}", introduction(&client)?);

    terminal::chapter("Your dialogs");
    list_dialogs(&client)?;

    terminal::chapter("A note to yourself");
    let note = client.send_message(
        "me",
        "A **bold** start, __ish__: `telewire` says hello from [the quickstart](https://core.telegram.org/mtproto).",
    )?;
    println!(
        "Sent message {} to your saved messages; it reads:\n    {}",
        note.id(),
        note.raw_text()
    );

    terminal::chapter("Somebody writes");
    let (answered, heard) = mpsc::channel();
    client.on(NewMessage::new().incoming(), move |event| {
        let answer = event.reply(format!(
            "You said **{}**, and I heard you.",
            event.raw_text()
        ))?;
        let _ = answered.send((event.raw_text().to_owned(), answer.raw_text().to_owned()));
        Ok::<_, telewire_blocking::Error>(())
    });
    thread::scope(|scope| -> Result<(), Box<dyn Error>> {
        // Handlers run for as long as this thread waits for the end.
        let updates = scope.spawn(|| client.run_until_disconnected());
        let rest = place.invite_a_message(&client).and_then(|patience| {
            report_answer(&heard, patience);
            move_a_file(&client)?;
            terminal::chapter("What was said");
            print_history(&client)
        });
        client.disconnect()?;
        updates
            .join()
            .map_err(|_| "the thread for updates panicked")??;
        rest
    })?;
    drop(client);

    terminal::chapter("Back again");
    let again = place.client()?;
    println!(
        "A new client on the saved session needs no code.\n{}",
        introduction(&again)?
    );
    again.disconnect()?;

    println!("\nThat was it. The code of this story: blocking/examples/quickstart/main.rs");
    Ok(())
}

fn introduction(client: &Client) -> Result<String, Box<dyn Error>> {
    let me = client.get_me()?;
    let name = [me.first_name.as_deref(), me.last_name.as_deref()]
        .map(Option::unwrap_or_default)
        .join(" ");
    Ok(format!("You are {} (user {}).", name.trim_end(), me.id))
}

fn list_dialogs(client: &Client) -> Result<(), Box<dyn Error>> {
    for dialog in client.iter_dialogs().limit(10) {
        let dialog = dialog?;
        let last = dialog
            .message()
            .map(|m| first_line(m.raw_text()))
            .unwrap_or_default();
        println!("{:>24} | {last}", terminal::short(&dialog.name(), 24));
    }
    Ok(())
}

fn report_answer(heard: &mpsc::Receiver<(String, String)>, patience: Duration) {
    match heard.recv_timeout(patience) {
        Ok((question, answer)) => {
            println!("They wrote  “{question}”\nand you answered  “{answer}”");
        }
        Err(_) => println!(
            "Nobody wrote within {} seconds, so the story goes on.",
            patience.as_secs()
        ),
    }
}

fn move_a_file(client: &Client) -> Result<(), Box<dyn Error>> {
    terminal::chapter("A file goes up, and comes down again");
    let content: Vec<u8> = (0..FILE_SIZE)
        .map(|i| ((i * 2_654_435_761) >> 13) as u8)
        .collect();
    let file = Attachment::bytes("three-megabytes.bin", content.clone())
        .caption("Three **random-looking** megabytes")
        .progress(terminal::bar("up"));
    let sent = client.send_file("me", file)?;
    let download = Download::of(&sent).progress(terminal::bar("down"));
    let back = client
        .download_bytes(download)?
        .ok_or("the message has lost its file")?;
    if back != content {
        return Err("the file came back different".into());
    }
    println!("All {} bytes are the same.", back.len());
    Ok(())
}

fn print_history(client: &Client) -> Result<(), Box<dyn Error>> {
    let messages: Vec<Message> = client
        .iter_messages("me")
        .limit(5)
        .reverse()
        .collect::<Result<_, _>>()?;
    for message in messages {
        let what = if message.media().is_some() {
            "[file] "
        } else {
            ""
        };
        println!(
            "{:>6}  {what}{}",
            message.id(),
            first_line(message.raw_text())
        );
    }
    Ok(())
}

fn first_line(text: &str) -> String {
    terminal::short(text.lines().next().unwrap_or_default(), 60)
}

//! What `tests/interop/terminal.py` sits in front of: a program that signs in by whatever is typed, against a sandbox of its own.

#![allow(clippy::print_stdout, reason = "somebody reads it")]

use telewire_blocking::{Client, Error, Start};
use telewire_sandbox::{Options, Sandbox};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Not the code that the numbers of the test servers have, so that it is asked for.
    let options = Options {
        code: "31415".into(),
        ..Options::default()
    };
    let sandbox = Sandbox::builder().options(options).start()?;
    let client = Client::builder(sandbox.api_id(), sandbox.api_hash())
        .network(sandbox.network())
        .build()?;
    match client.start(Start::new()) {
        Ok(user) => println!("the user is {}", user.id),
        Err(Error::Misuse(text)) => println!("misuse: {text}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

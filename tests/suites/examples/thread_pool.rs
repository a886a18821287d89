//! A hundred accounts in one process, on four threads.
//!
//! ```text
//! cargo run -p telewire-tests --example thread_pool
//! ```
//!
//! The executor is the program's own, and the accounts share it with whatever else the program does. Each account is one
//! driver and one handle; all of them write to the first one, which waits until it has heard of everybody.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::thread;

use futures::channel::mpsc::unbounded;
use futures::future::{Either, select, try_join_all};
use futures::stream::StreamExt;
use smol::Executor;
use telewire_sandbox::Sandbox;
use telewire_smol::events::NewMessage;
use telewire_smol::{Client, Error as ClientError, SmolRuntime, Start};

const ACCOUNTS: usize = 100;
const THREADS: usize = 4;

type Failure = Box<dyn Error + Send + Sync>;

pub(crate) fn main() -> Result<(), Failure> {
    let sandbox = Sandbox::start()?;
    let executor = Arc::new(Executor::new());
    // Dropping `stop` ends the threads.
    let (stop, stopped) = smol::channel::bounded::<()>(1);
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (executor, stopped) = (Arc::clone(&executor), stopped.clone());
            thread::spawn(move || smol::block_on(executor.run(stopped.recv())).is_err())
        })
        .collect();
    let outcome = smol::block_on(run(&sandbox, &executor));
    drop(stop);
    for thread in threads {
        assert!(thread.join().is_ok(), "a thread of the pool panicked");
    }
    outcome
}

async fn run(sandbox: &Sandbox, executor: &Arc<Executor<'static>>) -> Result<(), Failure> {
    let runtime = SmolRuntime::on(Arc::clone(executor));
    // Signing in costs a key exchange each, which the threads share.
    let signing_in = (0..ACCOUNTS)
        .map(|n| executor.spawn(sign_in(client(sandbox, &runtime), sandbox.code(), n)));
    let accounts = try_join_all(signing_in).await?;
    println!("{} accounts are signed in", accounts.len());

    let Some((first, others)) = accounts.split_first() else {
        return Ok(());
    };
    let (heard, mut greetings) = unbounded();
    first.on(NewMessage::new().incoming(), move |event| {
        // Nobody listens any more once everybody was heard.
        let _ = heard.unbounded_send(event.raw_text().to_owned());
        async {}
    });
    let first_phone = phone(0);
    let greet = |(n, other): (usize, &'_ Client)| {
        let (other, to) = (other.clone(), first_phone.clone());
        async move {
            other
                .send_message(to, format!("Hello from number {n}"))
                .await
        }
    };
    try_join_all(others.iter().enumerate().map(greet)).await?;

    let mut names = BTreeSet::new();
    let everybody = async {
        while names.len() < others.len() {
            names.extend(greetings.next().await);
        }
    };
    match select(
        Box::pin(everybody),
        Box::pin(first.run_until_disconnected()),
    )
    .await
    {
        Either::Left(_) => println!("the first has heard of {} others", names.len()),
        Either::Right((end, _)) => {
            return Err(format!("the first was disconnected: {end:?}").into());
        }
    }
    for account in &accounts {
        account.disconnect().await;
    }
    Ok(())
}

/// A client whose driver runs on the pool.
fn client(sandbox: &Sandbox, runtime: &SmolRuntime) -> Result<Client, ClientError> {
    let builder = Client::builder(sandbox.api_id(), sandbox.api_hash()).network(sandbox.network());
    let (client, driver) = builder.with_driver(runtime.clone())?;
    telewire_core::runtime::Runtime::spawn(runtime, driver);
    Ok(client)
}

/// Every phone that begins like this signs up at the sandbox.
fn phone(n: usize) -> String {
    format!("+999662{:04}", 4100 + n)
}

async fn sign_in(
    client: Result<Client, ClientError>,
    code: String,
    n: usize,
) -> Result<Client, ClientError> {
    let client = client?;
    client.connect().await?;
    let start = Start::new().phone(phone(n)).code(code);
    client
        .start(start.first_name(format!("Account {n}")))
        .await?;
    Ok(client)
}

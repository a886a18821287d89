//! A thousand accounts in one process without any runtime: each signs in, and each hears from another.
//!
//! All of them are driven by one thread; each waits for its messages in a thread of its own, as scripts do.
//! `cargo test -p telewire-tests --test thousand_blocking -- --nocapture` prints what an account costs.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use telewire_blocking::events::NewMessage;
use telewire_blocking::{Client, Error};
use telewire_tests::crowd::{ACCOUNTS, AT_ONCE, Crowd, greeting, phone};

/// What waiting takes.
const STACK: usize = 128 * 1024;

#[test]
fn a_thousand_accounts_on_threads() {
    let crowd = Crowd::start(env!("CARGO_BIN_EXE_sandbox-process"));
    let clients: Vec<Client> = for_each_account(|n| {
        let client = Client::builder(crowd.api_id, &crowd.api_hash)
            .network(crowd.network.clone())
            .connect()?;
        client.start(crowd.answers(n))?;
        Ok(client)
    });
    crowd.report("on threads are signed in");

    let (sender, heard) = channel();
    let mut waiting = Vec::new();
    for (n, client) in clients.iter().cloned().enumerate() {
        let sender = sender.clone();
        client.on(NewMessage::new().incoming(), move |event| {
            sender
                .send((n, event.raw_text().to_owned()))
                .map_err(|_| Error::Disconnected)
        });
        let thread = thread::Builder::new().stack_size(STACK);
        waiting.push(
            thread
                .spawn(move || client.run_until_disconnected())
                .unwrap(),
        );
    }
    for_each_account(|n| {
        clients[n]
            .send_message(phone(n + 1), greeting((n + 1) % ACCOUNTS))
            .map(drop)
    });

    let mut all = BTreeSet::new();
    while all.len() < ACCOUNTS {
        let Ok((n, text)) = heard.recv_timeout(Duration::from_secs(60)) else {
            panic!("only {} have heard anything", all.len());
        };
        // The group that newcomers are put into has its own greetings.
        if text != greeting(n) {
            continue;
        }
        assert!(all.insert(n), "number {n} has heard it twice");
    }
    crowd.report("on threads have received a message");
    for_each_account(|n| clients[n].disconnect());
    for thread in waiting {
        thread.join().unwrap().unwrap();
    }
}

/// Does something for all accounts, on a few threads. The results are in the order of the accounts.
fn for_each_account<T: Send>(act: impl Fn(usize) -> Result<T, Error> + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= ACCOUNTS {
                return done;
            }
            done.push((n, act(n).unwrap()));
        }
    };
    let mut all: Vec<(usize, T)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    all.sort_unstable_by_key(|(n, _)| *n);
    all.into_iter().map(|(_, value)| value).collect()
}

//! A thousand accounts in one process on tokio: each signs in, and each hears from another.
//!
//! `cargo test -p telewire-tests --test thousand_tokio -- --nocapture` prints what an account costs.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::channel::mpsc::unbounded;
use futures::stream::{self, StreamExt, TryStreamExt};
use telewire_tests::crowd::{ACCOUNTS, AT_ONCE, Crowd, greeting, phone};
use telewire_tokio::events::NewMessage;
use telewire_tokio::{BuilderExt, Client, Error};

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_accounts_on_tokio() {
    let crowd = Crowd::start(env!("CARGO_BIN_EXE_sandbox-process"));
    let sign_in = async |n| {
        let client = Client::builder(crowd.api_id, &crowd.api_hash)
            .network(crowd.network.clone())
            .connect()
            .await?;
        client.start(crowd.answers(n)).await?;
        Ok::<_, Error>(client)
    };
    let clients: Vec<Client> = stream::iter((0..ACCOUNTS).map(sign_in))
        .buffered(AT_ONCE)
        .try_collect()
        .await
        .unwrap();
    crowd.report("on tokio are signed in");

    let (sender, mut heard) = unbounded();
    for (n, client) in clients.iter().cloned().enumerate() {
        let sender = sender.clone();
        client.on(NewMessage::new().incoming(), move |event| {
            let sent = sender.unbounded_send((n, event.raw_text().to_owned()));
            async move { sent.map_err(|_| Error::Disconnected) }
        });
        tokio::spawn(async move { client.run_until_disconnected().await });
    }
    let greet = async |(n, client): (usize, &Client)| {
        client
            .send_message(phone(n + 1), greeting((n + 1) % ACCOUNTS))
            .await
    };
    let greeting_all = stream::iter(clients.iter().enumerate().map(greet))
        .buffer_unordered(AT_ONCE)
        .try_for_each(async |_| Ok(()));
    greeting_all.await.unwrap();

    let mut all = BTreeSet::new();
    let everybody = async {
        while all.len() < ACCOUNTS {
            let (n, text) = heard.next().await.unwrap();
            // The group that newcomers are put into has its own greetings.
            if text != greeting(n) {
                continue;
            }
            assert!(all.insert(n), "number {n} has heard it twice");
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), everybody).await;
    assert!(waited.is_ok(), "only {} have heard anything", all.len());
    crowd.report("on tokio have received a message");
    stream::iter(&clients)
        .for_each_concurrent(AT_ONCE, Client::disconnect)
        .await;
}

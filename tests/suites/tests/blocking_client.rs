//! What only synchronous programs do: calls from several threads, compound calls, downloads as an iterator.

use std::collections::BTreeSet;
use std::thread;

use telewire_blocking::{Client, Start, Upload};
use telewire_sandbox::Sandbox;
use telewire_tests::script;

fn signed_in(sandbox: &Sandbox) -> Client {
    let client = Client::builder(sandbox.api_id(), sandbox.api_hash())
        .network(sandbox.network())
        .connect()
        .unwrap();
    let start = Start::new().phone("+99966 2 8888").code(sandbox.code());
    client.start(start).unwrap();
    client
}

#[test]
fn compound_calls_and_threads_run_side_by_side() {
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    let ids: BTreeSet<i32> = client
        .block_on(async {
            let client = client.as_async();
            let all = (0..20).map(|i| client.send_message("me", format!("number {i}")));
            let sent = futures::future::try_join_all(all).await?;
            Ok(sent.into_iter().map(|m| m.id()).collect())
        })
        .unwrap();
    assert_eq!(ids.len(), 20);
    let threads: Vec<_> = (0..4)
        .map(|i| {
            let client = client.clone();
            thread::spawn(move || {
                client
                    .send_message("me", format!("thread {i}"))
                    .unwrap()
                    .id()
            })
        })
        .collect();
    assert!(
        threads
            .into_iter()
            .all(|t| !ids.contains(&t.join().unwrap()))
    );
    assert_eq!(sandbox.executed("messages.sendMessage"), 24);
}

#[test]
fn a_download_is_an_iterator_over_its_pieces() {
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    let content = script::content();
    let sent = client
        .send_file("me", Upload::bytes(content.clone()).name("file.bin"))
        .unwrap();
    let mut pieces = Vec::new();
    for piece in client.iter_download(&sent).unwrap() {
        pieces.push(piece.unwrap());
    }
    assert!(pieces.len() > 1);
    assert!(pieces.concat() == content);
}

//! `start()` in synchronous and in asynchronous programs, over sockets.

use telewire_blocking as blocking;
use telewire_sandbox::Sandbox;
use telewire_tokio::{BuilderExt as _, Client, Start};

use super::{ADA, name};

#[test]
fn synchronous_programs_have_the_user_at_once() {
    // parity: M-auth.start.dual
    let sandbox = Sandbox::start().unwrap();
    let client = blocking::Client::builder(sandbox.api_id(), sandbox.api_hash())
        .network(sandbox.network())
        .build()
        .unwrap();
    let start = Start::new().phone(|| ADA).code(|| 22222);
    assert_eq!(name(&client.start(start).unwrap()), "Ada");
    assert!(client.is_connected());
    let mut login = client.qr_login().unwrap();
    assert!(login.url().starts_with("tg://login?token="));
    login.recreate().unwrap();
    assert!(client.log_out().unwrap());
}

#[tokio::test]
async fn asynchronous_programs_await_the_same() {
    // parity: M-auth.start.dual
    let sandbox = Sandbox::start().unwrap();
    let client = Client::builder(sandbox.api_id().to_string(), sandbox.api_hash())
        .network(sandbox.network())
        .build()
        .unwrap();
    let start = Start::new().phone(|| ADA).code(|| 22222);
    assert_eq!(name(&client.start(start).await.unwrap()), "Ada");
    assert!(client.log_out().await.unwrap());
}

//! Building clients says at once what cannot work.
#![cfg(feature = "sqlite")]

use std::sync::Arc;

use telewire_core::client::Builder;
use telewire_smol::{BuilderExt, Client, Error, SmolRuntime};
use tempfile::tempdir;

#[test]
fn impossible_application_is_refused() {
    let error = smol::block_on(Client::builder(0, "hash").connect()).unwrap_err();
    assert!(matches!(error, Error::Misuse(_)), "{error:?}");
}

#[test]
fn client_is_usable_before_it_is_connected() {
    leaves_its_session(|builder| BuilderExt::build(builder).unwrap());
}

#[test]
fn executor_may_be_the_programs_own() {
    leaves_its_session(|builder| {
        let executor = Arc::new(smol::Executor::new());
        let (client, driver) = builder
            .with_driver(SmolRuntime::on(executor.clone()))
            .unwrap();
        let driving = executor.spawn(driver);
        std::thread::spawn(move || smol::block_on(executor.run(driving)));
        client
    });
}

#[cfg(feature = "async-std")]
#[test]
fn client_on_async_std_is_usable_before_it_is_connected() {
    leaves_its_session(|builder| telewire_smol::async_std::BuilderExt::build(builder).unwrap());
}

/// A client that was never connected disconnects without ado, and its file can be opened again.
fn leaves_its_session(build: impl FnOnce(Builder) -> Client) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account");
    let builder = Client::builder(1, "hash").session_file(&path).unwrap();
    let client = build(builder);
    assert!(!client.is_connected());
    smol::block_on(client.disconnect());
    telewire_smol::SqliteSession::open(&path).expect("the session was released");
}

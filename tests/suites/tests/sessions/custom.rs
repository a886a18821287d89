//! The store of the example `json_session`, as it would be anybody's.

#[path = "../../examples/json_session/store.rs"]
mod store;

use std::fs;

use store::JsonSession;
use telewire_core::session::{SessionStore, copy};
use telewire_sqlite::SqliteSession;
use telewire_tests::account::{client_with, sign_in};
use telewire_tests::sim::Sim;

use crate::copies::{everything, listing};

#[test]
fn a_store_of_ones_own_keeps_everything() {
    // parity: S-abstract.custom
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.json");
    let mut store = JsonSession::open(&path).unwrap();
    for change in everything() {
        store.apply(&[change]).unwrap();
    }
    let expected = listing(&mut store);
    assert_eq!(expected.len(), everything().len());
    drop(store);
    let mut store = JsonSession::open(&path).unwrap();
    assert_eq!(listing(&mut store), expected);
    // On to another kind and back.
    let mut file = SqliteSession::in_memory().unwrap();
    copy(&mut store, &mut file).unwrap();
    assert!(store.delete().unwrap() && !path.exists());
    copy(&mut file, &mut store).unwrap();
    assert_eq!(listing(&mut store), expected);
}

#[test]
fn a_client_lives_on_a_store_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.json");
    let sim = Sim::new(11);
    sim.run(async {
        let client = client_with(&sim, JsonSession::open(&path).unwrap(), sim.config());
        let id = sign_in(&sim, &client, 0).await;
        client.send_message("me", "one").await.unwrap();
        client.disconnect().await;
        drop(client);
        let client = client_with(&sim, JsonSession::open(&path).unwrap(), sim.config());
        client.connect().await.unwrap();
        assert_eq!(client.get_me().await.unwrap().id, id);
        client.send_message("me", "two").await.unwrap();
        assert!(client.store_failure().is_none());
        assert!(client.log_out().await.unwrap());
        assert!(!path.exists());
    });
}

#[test]
fn what_the_store_cannot_do_is_the_clients_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.json");
    fs::write(&path, "{").unwrap();
    let error = JsonSession::open(&path).err().unwrap().to_string();
    assert!(error.contains("account.json is damaged"), "{error}");
    fs::remove_file(&path).unwrap();
    let store = JsonSession::open(folder.path().join("gone/account.json")).unwrap();
    let sim = Sim::new(12);
    sim.run(async {
        let client = client_with(&sim, store, sim.config());
        // Nobody may sign in with a key that was not kept.
        let error = client.connect().await.unwrap_err();
        assert!(
            error.to_string().contains("could not be written"),
            "{error}"
        );
    });
}

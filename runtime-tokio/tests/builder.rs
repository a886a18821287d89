//! Building clients says at once what cannot work.

use telewire_tokio::{BuilderExt, Client, Error};
use tempfile::tempdir;

#[test]
fn outside_of_a_runtime_there_is_advice_instead_of_a_panic() {
    let error = Client::builder(1, "hash").build().unwrap_err();
    assert!(matches!(error, Error::Misuse(_)));
    assert_eq!(
        error.to_string(),
        "there is no tokio runtime here; build the client inside of #[tokio::main] or Runtime::block_on"
    );
}

#[tokio::test]
async fn impossible_application_is_refused() {
    let error = Client::builder(0, "hash").connect().await.unwrap_err();
    assert!(matches!(error, Error::Misuse(_)), "{error:?}");
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn missing_session_folder_is_an_error_before_anything_is_connected() {
    let folder = tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = Client::builder(1, "hash")
        .session_file(missing.join("account"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the folder {} does not exist; create it or choose another session path",
            missing.display()
        )
    );
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn client_is_usable_before_it_is_connected() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account");
    let client = Client::builder(1, "hash")
        .session_file(&path)
        .unwrap()
        .build()
        .unwrap();
    assert!(!client.is_connected());
    client.disconnect().await;
    telewire_tokio::SqliteSession::open(&path).expect("the session was released");
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn sessions_are_files_with_or_without_their_ending_or_stores_or_nothing() {
    // parity: N-ctor.session
    let folder = tempdir().unwrap();
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    let builder = || Client::builder(1, "hash");
    drop(builder().build().unwrap());
    assert_eq!(files(), 0, "nothing is kept unless it is said where");
    for name in ["account", "account.session"] {
        let client = builder()
            .session_file(folder.path().join(name))
            .unwrap()
            .build()
            .unwrap();
        client.disconnect().await;
        assert!(folder.path().join("account.session").exists());
        assert!(!folder.path().join("account.session.session").exists());
    }
    let store = telewire_tokio::SqliteSession::open(folder.path().join("other")).unwrap();
    let client = builder().session(store).build().unwrap();
    client.disconnect().await;
    assert!(folder.path().join("other.session").exists());
}

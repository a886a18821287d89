//! What a client does on either runtime when there is no server to talk to.

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use futures::FutureExt;
use telewire_blocking::ThreadRuntime;
use telewire_core::config::{Config, Network};
use telewire_core::dc::DcId;
use telewire_core::exchange::RsaKeys;
use telewire_core::runtime::Runtime;
use telewire_core::session::{DcOption, SessionChange, SessionStore};
use telewire_core::{Client, Error};
use telewire_sqlite::SqliteSession;
use telewire_tests::conformance::within_a_minute;
use telewire_tokio::TokioRuntime;
use tempfile::tempdir;

macro_rules! on_both_runtimes {
    ($($name:ident)*) => {
        mod on_tokio {$(
            #[test]
            fn $name() {
                super::within_a_minute(|| {
                    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    tokio.block_on(async { super::$name(super::TokioRuntime::current()).await });
                });
            }
        )*}
        mod on_threads {$(
            #[test]
            fn $name() {
                super::within_a_minute(|| {
                    telewire_blocking::block_on(super::$name(super::ThreadRuntime::shared().unwrap()));
                });
            }
        )*}
    };
}

on_both_runtimes!(
    unreachable_server_is_an_error_that_says_where
    disconnecting_releases_the_session
    last_client_ends_the_driver_and_releases_the_session
    dropped_driver_ends_its_clients
);

/// Settings for a server where nobody listens.
fn nobody() -> (u16, Config) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut config = Config::new(1, "hash");
    config.network = Network::Custom {
        default_dc: DcId(2),
        dcs: vec![DcOption::new(
            DcId(2),
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            port,
        )],
        keys: RsaKeys::new([]),
    };
    config.connection_retries = Some(2);
    config.retry_delay = Duration::from_millis(10);
    (port, config)
}

fn session(path: &Path) -> SqliteSession {
    let mut store = SqliteSession::open(path).unwrap();
    store.apply(&[SessionChange::Takeout(Some(7))]).unwrap();
    store
}

#[track_caller]
fn assert_released(path: &Path) {
    let mut store = SqliteSession::open(path).unwrap();
    assert_eq!(store.load().unwrap().takeout, Some(7));
}

async fn unreachable_server_is_an_error_that_says_where<R: Runtime>(runtime: R) {
    let (port, config) = nobody();
    let (client, driver) =
        Client::with_driver(runtime.clone(), SqliteSession::in_memory().unwrap(), config);
    runtime.spawn(driver);
    let error = client.connect().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&format!("127.0.0.1:{port}")), "{text}");
    assert!(!client.is_connected());
}

async fn disconnecting_releases_the_session<R: Runtime>(runtime: R) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account");
    let (client, driver) = Client::with_driver(runtime.clone(), session(&path), nobody().1);
    runtime.spawn(driver);
    assert!(
        SqliteSession::open(&path).is_err(),
        "two clients on one session"
    );
    for _ in 0..2 {
        client.connect().await.unwrap_err();
        client.disconnect().await;
        assert_released(&path);
    }
}

async fn last_client_ends_the_driver_and_releases_the_session<R: Runtime>(runtime: R) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("account");
    let (client, driver) = Client::with_driver(runtime.clone(), session(&path), nobody().1);
    let (ended, end) = futures::channel::oneshot::channel();
    runtime.spawn(async move {
        driver.await;
        ended.send(()).unwrap();
    });
    let clone = client.clone();
    clone.connect().await.unwrap_err();
    drop(client);
    assert!(clone.is_last_handle());
    drop(clone);
    end.await.unwrap();
    assert_released(&path);
}

async fn dropped_driver_ends_its_clients<R: Runtime>(runtime: R) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = nobody().1;
    let silent = listener.local_addr().unwrap().port();
    if let Network::Custom { dcs, .. } = &mut config.network {
        dcs[0].port = silent; // it accepts, and says nothing
    }
    let (client, driver) =
        Client::with_driver(runtime.clone(), SqliteSession::in_memory().unwrap(), config);
    let began = Instant::now();
    let connecting = client.connect();
    let pause = runtime
        .clone()
        .sleep_until(runtime.now().mono + Duration::from_millis(100));
    let driven = futures::future::select(Box::pin(driver), Box::pin(pause)).map(drop);
    let (result, ()) = futures::join!(connecting, driven);
    assert!(matches!(result, Err(Error::Disconnected)), "{result:?}");
    assert!(matches!(client.connect().await, Err(Error::Disconnected)));
    assert!(
        began.elapsed() < Duration::from_secs(9),
        "it ended by the timeout only"
    );
}

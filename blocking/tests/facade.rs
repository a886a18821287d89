//! The blocking client from the first handle to the last, without a server.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use telewire_blocking::dc::DcId;
use telewire_blocking::exchange::RsaKeys;
use telewire_blocking::session::DcOption;
use telewire_blocking::{Builder, Client, Error, Network, ThreadRuntime};
use telewire_core::runtime::Runtime;

/// A server that accepts connections, if anybody listens to it, and says nothing.
fn builder(listener: &TcpListener) -> Builder {
    let address = listener.local_addr().unwrap();
    Client::builder(1, "hash").network(Network::Custom {
        default_dc: DcId(2),
        dcs: vec![DcOption::new(DcId(2), address.ip(), address.port())],
        keys: RsaKeys::new([]),
    })
}

fn silent() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

#[test]
fn blocking_calls_on_the_driver_thread_are_refused() {
    // parity: O-iter.sync
    let server = silent();
    let client = builder(&server).build().unwrap();
    let (tx, rx) = mpsc::channel();
    ThreadRuntime::shared().unwrap().spawn(async move {
        let errors = [
            client.connect().unwrap_err(),
            client.disconnect().unwrap_err(),
            client.get_me().unwrap_err(),
            client.send_message("me", "hello").unwrap_err(),
            client.iter_messages("me").next().unwrap().unwrap_err(),
            client.block_on(async { Ok(()) }).unwrap_err(),
        ];
        drop(client); // which does not wait here either
        tx.send(errors).unwrap();
    });
    for error in rx.recv_timeout(Duration::from_secs(10)).unwrap() {
        assert!(matches!(error, Error::Misuse(_)), "{error:?}");
        assert_eq!(
            error.to_string(),
            "a blocking call on the driver thread would wait for itself; make it from a thread of your own"
        );
    }
}

#[test]
fn disconnecting_in_another_thread_ends_what_waits() {
    let server = silent();
    let client = builder(&server).build().unwrap();
    let other = client.clone();
    let connecting = thread::spawn(move || other.connect());
    let handlers = client.clone();
    thread::sleep(Duration::from_millis(100));
    let began = Instant::now();
    client.disconnect().unwrap();
    assert!(matches!(
        connecting.join().unwrap(),
        Err(Error::Disconnected)
    ));
    handlers.run_until_disconnected().unwrap();
    handlers.disconnected().unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[cfg(feature = "sqlite")]
#[test]
fn session_is_closed_when_the_last_handle_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account");
    let server = silent();
    for _ in 0..3 {
        let client = builder(&server)
            .session_file(&path)
            .unwrap()
            .build()
            .unwrap();
        let clone = client.clone();
        drop(client);
        let error = builder(&server).session_file(&path).unwrap_err();
        assert!(error.to_string().contains("in use"), "{error}");
        drop(clone);
    }
    // An asynchronous handle keeps the client alive, and the drop does not wait for it.
    let client = builder(&server)
        .session_file(&path)
        .unwrap()
        .build()
        .unwrap();
    let handle = client.as_async().clone();
    let began = Instant::now();
    drop(client);
    assert!(began.elapsed() < Duration::from_secs(5));
    builder(&server).session_file(&path).unwrap_err();
    drop(handle);
}

#[cfg(feature = "sqlite")]
#[test]
fn registered_handlers_do_not_keep_the_client_alive() {
    use telewire_blocking::events::{Handler, NewMessage, Raw};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account");
    let server = silent();
    let client = builder(&server)
        .session_file(&path)
        .unwrap()
        .build()
        .unwrap();
    let answer = client.on(NewMessage::new().incoming(), |event| {
        event.reply("hi").map(drop)
    });
    client.on(Raw::new(), |event| drop(event.update().clone()));
    let names: Vec<_> = client
        .list_event_handlers()
        .iter()
        .flat_map(Handler::list)
        .collect();
    assert_eq!(names, ["NewMessage", "Raw"]);
    assert_eq!(client.remove_event_handler(&answer), 1);
    assert_eq!(client.remove_event_handler(&answer), 0);
    drop(client);
    let _builder = builder(&server)
        .session_file(&path)
        .expect("the session was closed");
}

#[test]
fn settings_arrive() {
    let client = builder(&silent())
        .timeout(Duration::from_secs(3))
        .connection_retries(None)
        .device_model("a")
        .build()
        .unwrap();
    assert_eq!(client.config().timeout, Duration::from_secs(3));
    assert_eq!(client.config().connection_retries, None);
    assert_eq!(client.config().device.model, "a");
    assert!(Client::builder(0, "").build().is_err());
}

#[test]
fn unreachable_server_is_an_error_that_says_where() {
    let server = silent();
    let address = server.local_addr().unwrap();
    let builder = builder(&server)
        .connection_retries(1)
        .retry_delay(Duration::from_millis(1));
    drop(server);
    let error = builder.connect().unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

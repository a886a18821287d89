//! What sockets have to do.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::pin::pin;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use futures::future::{self, Either};
use futures::io::{AsyncReadExt, AsyncWriteExt};
use telewire_core::runtime::{Endpoint, Runtime};

use super::sleep;

/// Both directions back up, since the other side reads and writes in turn.
pub async fn echo_of_more_than_the_buffers_hold<R: Runtime>(runtime: R) {
    const LEN: usize = 16 << 20;
    let socket = runtime.connect(server(echo)).await.unwrap();
    let (mut reader, mut writer) = socket.split();
    let sent: Vec<u8> = (0..LEN).map(|i| (i ^ (i >> 8) ^ (i >> 16)) as u8).collect();
    let write = async {
        writer.write_all(&sent).await.unwrap();
        writer.close().await.unwrap();
    };
    let mut received = Vec::new();
    let read = async { reader.read_to_end(&mut received).await.unwrap() };
    future::join(write, read).await;
    assert!(
        received == sent,
        "{} bytes came back of {LEN}",
        received.len()
    );
}

/// `poll_close` says goodbye in one direction only.
pub async fn half_closed_socket_still_reads<R: Runtime>(runtime: R) {
    let endpoint = server(|mut stream| {
        let mut all = String::new();
        stream.read_to_string(&mut all).unwrap();
        stream
            .write_all(format!("you said {all}").as_bytes())
            .unwrap();
    });
    let mut socket = runtime.connect(endpoint).await.unwrap();
    socket.write_all(b"goodbye").await.unwrap();
    socket.close().await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "you said goodbye");
}

/// Nobody listens there.
pub async fn refused_connection_is_an_error<R: Runtime>(runtime: R) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = Endpoint::from(listener.local_addr().unwrap());
    drop(listener);
    let error = runtime
        .connect(endpoint)
        .await
        .err()
        .expect("nobody listens");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

/// `localhost` may have an IPv6 address first, where nobody listens.
pub async fn name_is_resolved<R: Runtime>(runtime: R) {
    let mut endpoint = server(echo);
    endpoint.host = "localhost".into();
    let mut socket = runtime.connect(endpoint).await.unwrap();
    socket.write_all(b"x").await.unwrap();
    let mut back = [0];
    socket.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"x");
}

/// No read or write hangs once the peer is gone.
pub async fn vanished_peer_ends_reading_and_writing<R: Runtime>(runtime: R) {
    let (go, gone) = mpsc::channel();
    let endpoint = server(move |stream| {
        gone.recv().unwrap();
        drop(stream);
    });
    let mut socket = runtime.clone().connect(endpoint).await.unwrap();
    go.send(()).unwrap();
    let mut buf = [0; 16];
    assert!(matches!(socket.read(&mut buf).await, Ok(0) | Err(_)));
    let mut failed = false;
    for _ in 0..1000 {
        if socket.write_all(&[0; 4096]).await.is_err() {
            failed = true;
            break;
        }
        sleep(&runtime, Duration::from_millis(1)).await;
    }
    assert!(failed, "writing to nobody goes on for ever");
}

/// Dropping a pending read is harmless.
pub async fn abandoned_read_loses_nothing<R: Runtime>(runtime: R) {
    let (go, begin) = mpsc::channel();
    let endpoint = server(move |mut stream| {
        begin.recv().unwrap();
        stream.write_all(b"late").unwrap();
    });
    let mut socket = runtime.clone().connect(endpoint).await.unwrap();
    for _ in 0..5 {
        let mut buf = [0; 4];
        let read = pin!(socket.read(&mut buf));
        let pause = pin!(sleep(&runtime, Duration::from_millis(5)));
        assert!(
            matches!(future::select(read, pause).await, Either::Right(_)),
            "nothing was sent yet"
        );
    }
    go.send(()).unwrap();
    let mut all = Vec::new();
    socket.read_to_end(&mut all).await.unwrap();
    assert_eq!(all, b"late");
}

/// A silent socket and many that come and go do not hold up each other.
pub async fn sockets_are_independent<R: Runtime>(runtime: R) {
    let (release, held) = mpsc::channel::<()>();
    let mut silent = runtime
        .clone()
        .connect(server(move |_stream| assert!(held.recv().is_err())))
        .await
        .unwrap();
    let mut rounds = Vec::new();
    for i in 0..50_u8 {
        let runtime = runtime.clone();
        rounds.push(async move {
            let mut socket = runtime.connect(server(echo)).await.unwrap();
            for _ in 0..10 {
                socket.write_all(&[i; 100]).await.unwrap();
                let mut back = [0; 100];
                socket.read_exact(&mut back).await.unwrap();
                assert_eq!(back, [i; 100]);
            }
        });
    }
    let mut buf = [0];
    let read = pin!(silent.read(&mut buf));
    let Either::Right((_, read)) = future::select(read, future::join_all(rounds)).await else {
        panic!("the silent peer spoke");
    };
    drop(release);
    assert_eq!(read.await.unwrap(), 0);
}

/// Listens on a free loopback port and serves the first connection with `serve`.
fn server(serve: impl FnOnce(TcpStream) + Send + 'static) -> Endpoint {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = listener.local_addr().unwrap().into();
    thread::spawn(move || serve(listener.accept().unwrap().0));
    endpoint
}

fn echo(mut stream: TcpStream) {
    let mut from = stream.try_clone().unwrap();
    std::io::copy(&mut from, &mut stream).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
}

//! What the core expects of a runtime, as tests that every runtime runs.
//!
//! `conformance!` makes one `#[test]` of each function here; its argument runs a function on a runtime.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures::channel::oneshot;
use futures::future::{self, Either};
use futures::io::{AsyncReadExt, AsyncWriteExt};
use telewire_core::rand::Rng;
use telewire_core::runtime::{Endpoint, File, Mode, Runtime};
use telewire_core::time::Mono;

/// Makes a test of every behaviour that a runtime has to have; `$run` is called with each and runs it.
#[macro_export]
macro_rules! conformance {
    ($run:path) => {
        $crate::conformance!($run:
            echo_of_more_than_the_buffers_hold
            half_closed_socket_still_reads
            refused_connection_is_an_error
            name_is_resolved
            vanished_peer_ends_reading_and_writing
            abandoned_read_loses_nothing
            sockets_are_independent
            timers_fire_and_not_early
            past_deadline_completes_at_once
            dropped_timer_and_far_timer_disturb_nobody
            task_is_woken_from_another_thread
            many_tasks_run_to_their_end
            panicking_task_spares_the_others
            blocking_jobs_run_beside_tasks_and_each_other
            panic_of_a_job_reaches_its_caller
            file_parts_come_in_any_order
            file_brings_its_folder_and_can_be_removed
            file_errors_are_those_of_the_system
            clocks_and_seeds_are_real
        );
    };
    ($run:path: $($name:ident)*) => {$(
        #[test]
        fn $name() {
            $crate::conformance::within_a_minute(|| $run($crate::conformance::$name));
        }
    )*};
}

/// Fails a test that hangs.
pub fn within_a_minute(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    let runner = thread::spawn(move || {
        test();
        let _ = done.send(()); // nobody waits once it took too long
    });
    if ended.recv_timeout(Duration::from_secs(60)) == Err(mpsc::RecvTimeoutError::Timeout) {
        panic!("the test hangs");
    }
    if let Err(panic) = runner.join() {
        std::panic::resume_unwind(panic);
    }
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

async fn sleep<R: Runtime>(runtime: &R, d: Duration) {
    let at = runtime.now().mono + d;
    runtime.clone().sleep_until(at).await;
}

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

/// Set in any order, two of them for the same moment.
pub async fn timers_fire_and_not_early<R: Runtime>(runtime: R) {
    let start = runtime.now().mono;
    let mut all = Vec::new();
    for ms in [90_u64, 30, 150, 30, 0, 120, 60] {
        let runtime = runtime.clone();
        let (done, end) = oneshot::channel();
        runtime.clone().spawn(async move {
            let at = start + Duration::from_millis(ms);
            runtime.clone().sleep_until(at).await;
            let _ = done.send(runtime.now().mono >= at);
        });
        all.push(end);
    }
    for end in all {
        assert_eq!(end.await, Ok(true));
    }
}

/// The deadline lies behind, even at the origin of the clock.
pub async fn past_deadline_completes_at_once<R: Runtime>(runtime: R) {
    let start = runtime.now().mono;
    runtime.clone().sleep_until(Mono::default()).await;
    runtime.clone().sleep_until(start).await;
    assert!(runtime.now().mono.since(start) < Duration::from_secs(5));
}

/// A timer at the end of time must not overflow anything.
pub async fn dropped_timer_and_far_timer_disturb_nobody<R: Runtime>(runtime: R) {
    for at in [
        Mono::from_origin(Duration::MAX),
        runtime.now().mono + Duration::from_secs(1_000_000_000),
    ] {
        let far = pin!(runtime.clone().sleep_until(at));
        let near = pin!(sleep(&runtime, Duration::from_millis(20)));
        assert!(matches!(future::select(far, near).await, Either::Right(_)));
    }
    for _ in 0..100 {
        let soon = pin!(sleep(&runtime, Duration::from_millis(30)));
        assert!(futures::poll!(soon).is_pending());
    }
    sleep(&runtime, Duration::from_millis(60)).await;
}

/// A waker may be used anywhere.
pub async fn task_is_woken_from_another_thread<R: Runtime>(runtime: R) {
    let (mut there, back) = (Vec::new(), Arc::new(AtomicUsize::new(0)));
    let mut ends = Vec::new();
    for _ in 0..20 {
        let (tx, rx) = oneshot::channel::<usize>();
        let (done, end) = oneshot::channel();
        let back = back.clone();
        runtime.spawn(async move {
            back.fetch_add(rx.await.unwrap(), Ordering::Relaxed);
            done.send(()).unwrap();
        });
        there.push(tx);
        ends.push(end);
    }
    thread::spawn(move || {
        for tx in there {
            thread::sleep(Duration::from_millis(2));
            tx.send(3).unwrap();
        }
    });
    for end in ends {
        end.await.unwrap();
    }
    assert_eq!(back.load(Ordering::Relaxed), 60);
}

/// Ten thousand at once, each waiting for its own timer and yielding in between.
pub async fn many_tasks_run_to_their_end<R: Runtime>(runtime: R) {
    const TASKS: u64 = 10_000;
    let (done, ended) = futures::channel::mpsc::unbounded();
    for i in 0..TASKS {
        let (runtime, done) = (runtime.clone(), done.clone());
        runtime.clone().spawn(async move {
            sleep(&runtime, Duration::from_millis(i % 40)).await;
            yield_once().await;
            done.unbounded_send(i).unwrap();
        });
    }
    drop(done);
    let mut all: Vec<u64> = futures::StreamExt::collect(ended).await;
    all.sort_unstable();
    assert!(all.into_iter().eq(0..TASKS));
}

async fn yield_once() {
    let mut yielded = false;
    future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// One account's bug must not end all accounts; what the task held is dropped.
pub async fn panicking_task_spares_the_others<R: Runtime>(runtime: R) {
    let (held, released) = oneshot::channel::<()>();
    runtime.spawn(async move {
        let _held = held;
        panic!("this panic is part of the test");
    });
    assert!(released.await.is_err());
    let (done, end) = oneshot::channel();
    runtime.spawn(async move { done.send(7).unwrap() });
    assert_eq!(end.await, Ok(7));
}

/// The jobs wait for each other, so they have to run side by side, and the timers go on.
pub async fn blocking_jobs_run_beside_tasks_and_each_other<R: Runtime>(runtime: R) {
    let barrier = Arc::new(Barrier::new(3));
    let jobs = [1, 2].map(|n| {
        let barrier = barrier.clone();
        runtime.clone().unblock(move || {
            barrier.wait();
            n
        })
    });
    let opener = async {
        sleep(&runtime, Duration::from_millis(20)).await;
        runtime.clone().unblock(move || barrier.wait()).await;
    };
    let (results, ()) = future::join(future::join_all(jobs), opener).await;
    assert_eq!(results, [1, 2]);
}

/// As if it had run in place.
pub async fn panic_of_a_job_reaches_its_caller<R: Runtime>(runtime: R) {
    let job = runtime
        .clone()
        .unblock(|| panic!("this panic is part of the test"));
    let caught = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(job)).await;
    assert_eq!(
        caught.unwrap_err().downcast_ref(),
        Some(&"this panic is part of the test")
    );
    assert_eq!(runtime.unblock(|| 5).await, 5);
}

/// Parts are written backwards, read back across their borders, and the file gets its last name.
pub async fn file_parts_come_in_any_order<R: Runtime>(runtime: R) {
    let folder = tempfile::tempdir().unwrap();
    let (part, whole) = (folder.path().join("a.part"), folder.path().join("a"));
    std::fs::write(&part, "longer than what comes, and to be emptied").unwrap();
    std::fs::write(&whole, "to be replaced").unwrap();

    let file = runtime
        .clone()
        .open(part.clone(), Mode::Create)
        .await
        .unwrap();
    assert_eq!(file.len().await.unwrap(), 0);
    for (offset, data) in [(8, "ij"), (4, "efgh"), (0, "abcd")] {
        file.write_at(offset, Bytes::from(data)).await.unwrap();
    }
    assert_eq!(file.len().await.unwrap(), 10);
    assert_eq!(file.read_at(2, 4).await.unwrap(), "cdef");
    assert_eq!(file.read_at(6, 100).await.unwrap(), "ghij");
    assert_eq!(file.read_at(10, 1).await.unwrap(), "");
    assert_eq!(file.read_at(0, 0).await.unwrap(), "");

    file.rename(whole.clone()).await.unwrap();
    file.write_at(0, Bytes::from("A")).await.unwrap();
    drop(file);
    assert!(!part.exists());
    assert_eq!(std::fs::read_to_string(&whole).unwrap(), "Abcdefghij");

    let file = runtime.open(whole, Mode::Read).await.unwrap();
    let (a, b) = future::join(file.read_at(0, 5), file.read_at(5, 5)).await;
    assert_eq!([a.unwrap(), b.unwrap()], ["Abcde", "fghij"]);
    assert!(
        file.write_at(0, Bytes::from("x")).await.is_err(),
        "it was opened for reading"
    );
}

/// Files are made in folders that do not exist yet, and are gone once removed, under whichever name.
pub async fn file_brings_its_folder_and_can_be_removed<R: Runtime>(runtime: R) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/newer/file");
    for renamed in [false, true] {
        let mut last = path.clone();
        let file = runtime
            .clone()
            .open(path.clone(), Mode::Create)
            .await
            .unwrap();
        file.write_at(0, Bytes::from("x")).await.unwrap();
        if renamed {
            last.set_extension("last");
            file.rename(last.clone()).await.unwrap();
        }
        assert!(last.exists());
        file.remove().await.unwrap();
        assert!(!last.exists() && !path.exists());
    }
}

/// A missing file, a folder that cannot be made, and one that is missing when the file is to move there.
pub async fn file_errors_are_those_of_the_system<R: Runtime>(runtime: R) {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = runtime
        .clone()
        .open(missing.clone(), Mode::Read)
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    std::fs::write(folder.path().join("no folder"), "").unwrap();
    let inside = folder.path().join("no folder/file");
    assert!(runtime.clone().open(inside, Mode::Create).await.is_err());
    let file = runtime
        .open(folder.path().join("file"), Mode::Create)
        .await
        .unwrap();
    let error = file.rename(missing.join("file")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

/// The steady clock of every clone has the same origin.
pub async fn clocks_and_seeds_are_real<R: Runtime>(runtime: R) {
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let (first, second) = (runtime.now(), runtime.clone().now());
    let after = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    assert!(second.mono >= first.mono);
    assert!(second.mono.since(first.mono) < Duration::from_secs(5));
    assert!((before..=after).contains(&first.wall.since_epoch()));
    let [a, b]: [[u8; 32]; 2] = [(); 2].map(|()| Rng::new(runtime.seed()).array());
    assert_ne!(a, b);
}

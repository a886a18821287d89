//! What timers, tasks, jobs and clocks have to do.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::channel::oneshot;
use futures::future::{self, Either};
use telewire_core::rand::Rng;
use telewire_core::runtime::Runtime;
use telewire_core::time::Mono;

use super::sleep;

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

/// What stores and files have begun must not stay half done because nobody waits for it.
pub async fn abandoned_job_runs_to_its_end<R: Runtime>(runtime: R) {
    const JOBS: usize = 200;
    let (done, mut ended) = futures::channel::mpsc::unbounded();
    for _ in 0..JOBS {
        let done = done.clone();
        let mut job = Box::pin(runtime.clone().unblock(move || {
            thread::sleep(Duration::from_millis(1));
            let _ = done.unbounded_send(());
        }));
        assert!(futures::poll!(&mut job).is_pending());
    }
    drop(done);
    let mut all = 0;
    while futures::StreamExt::next(&mut ended).await.is_some() {
        all += 1;
    }
    assert_eq!(all, JOBS);
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

//! A large file goes up through a slow line: memory stays flat, and message ids stay fresh.
#![cfg(target_os = "linux")]

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use telewire_blocking::{Client, Start, Upload};
use telewire_sandbox::{Options, Sandbox};

const MIB: u64 = 1024 * 1024;
const SIZE: u64 = 64 * MIB;
const BYTES_PER_SECOND: u64 = 8 * MIB;
/// How far the process may grow while the file goes up: windows, socket buffers and allocator slack, but no file.
const GROWTH: u64 = 24 * MIB;
/// How old an id may be when its packet has crossed the line, in seconds.
const AGE: f64 = 5.0;

#[test]
fn upload_through_a_throttled_socket() {
    let sandbox = Sandbox::builder()
        .options(Options {
            discard_uploads: true,
            ..Options::default()
        })
        .start()
        .unwrap();
    let client = Client::builder(sandbox.api_id(), sandbox.api_hash())
        .network(sandbox.network())
        .connect()
        .unwrap();
    let start = Start::new().phone("+99966 2 3333").code(sandbox.code());
    client.start(start).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("64.bin");
    fs::File::create(&path).unwrap().set_len(SIZE).unwrap();

    sandbox.throttle(Some(BYTES_PER_SECOND));
    let began = Instant::now();
    let peak = Arc::new(AtomicU64::new(0));
    let base = Arc::new(Mutex::new(None));
    let watch = {
        let (peak, base) = (peak.clone(), base.clone());
        move |done: u64, _| {
            // What the first parts need once is not growth.
            if done >= 4 * MIB {
                let now = resident();
                base.lock().unwrap().get_or_insert(now);
                peak.fetch_max(now, Ordering::Relaxed);
            }
        }
    };
    let file = client
        .upload_file(Upload::path(&path).progress(watch))
        .unwrap();
    assert_eq!(file.size, SIZE);

    let least = Duration::from_secs(SIZE / BYTES_PER_SECOND) * 9 / 10;
    assert!(began.elapsed() > least, "the line was not throttled");
    let base = base.lock().unwrap().expect("progress was reported");
    let growth = peak.load(Ordering::Relaxed).saturating_sub(base);
    assert!(growth < GROWTH, "the process grew by {growth} bytes");
    let log = sandbox.with(|server| server.log());
    let packets = log.iter().filter(|e| e.len as u64 > MIB / 8).count();
    assert!(packets >= 64, "only {packets} packets held parts");
    let oldest = log.iter().map(|e| e.age).fold(f64::MIN, f64::max);
    assert!(oldest < AGE, "an id was {oldest} s old");
}

/// The memory that this process has in use, in bytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

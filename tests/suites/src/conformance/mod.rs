//! What the core expects of a runtime, as tests that every runtime runs.
//!
//! `conformance!` makes one `#[test]` of each function here; its argument runs a function on a runtime.

mod files;
mod sockets;
mod tasks;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use telewire_core::runtime::Runtime;

pub use files::*;
pub use sockets::*;
pub use tasks::*;

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
            abandoned_job_runs_to_its_end
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

async fn sleep<R: Runtime>(runtime: &R, d: Duration) {
    let at = runtime.now().mono + d;
    runtime.clone().sleep_until(at).await;
}

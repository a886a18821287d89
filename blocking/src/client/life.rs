//! From the first handle to the last.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use telewire_core::runtime::Runtime;

use crate::runtime::ThreadRuntime;

/// How long the last handle waits for the session to be stored and closed.
const GOODBYE: Duration = Duration::from_secs(10);

pub(super) type Driver = telewire_core::Driver<ThreadRuntime>;

/// What the handles of one client share.
pub(super) struct Life {
    runtime: ThreadRuntime,
    /// `None` only while it is dropped.
    client: Option<telewire_core::Client>,
    /// Closed when the driver has ended.
    ended: Mutex<Receiver<()>>,
}

impl Life {
    /// Lets the driver run.
    pub(super) fn new(
        runtime: ThreadRuntime,
        client: telewire_core::Client,
        driver: Driver,
    ) -> Self {
        let (alive, ended) = channel();
        runtime.spawn(drive(driver, alive));
        Self {
            runtime,
            client: Some(client),
            ended: Mutex::new(ended),
        }
    }

    pub(super) fn client(&self) -> &telewire_core::Client {
        self.client
            .as_ref()
            .expect("the client is there until the last handle is gone")
    }

    pub(super) fn runtime(&self) -> ThreadRuntime {
        self.runtime
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else {
            return;
        };
        // With other handles around, asynchronous ones, the client lives on.
        let last = client.is_last_handle();
        drop(client);
        if !last || self.runtime.is_driver_thread() {
            return;
        }
        let ended = self
            .ended
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if ended.recv_timeout(GOODBYE) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("the session was not closed in time");
        }
    }
}

async fn drive(driver: Driver, _alive: Sender<()>) {
    driver.await;
}

//! One account: its session on a disk, and the clients that come and go with it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::{AbortHandle, abortable};
use telewire_core::client::SignIn;
use telewire_core::dc::DcId;
use telewire_core::error::StoreError;
use telewire_core::events::Raw;
use telewire_core::internals::AuthKey;
use telewire_core::rand::Rng;
use telewire_core::runtime::Runtime as _;
use telewire_core::session::Session;
use telewire_core::{Client, Config, Error};

use super::heard::{Heard, What};
use super::store::Disk;
use super::{fork, lock};
use crate::sim::{Sim, SimRuntime};

/// How long a handler may take, in milliseconds.
const SLOWEST_HANDLER: u32 = 2_000;

/// Somebody who writes, reads and crashes.
pub(super) struct Account {
    /// The user's identifier.
    pub(super) user: i64,
    pub(super) machine: SimRuntime,
    pub(super) disk: Disk,
    pub(super) heard: Arc<Heard>,
    config: Config,
    phone: String,
    present: Mutex<Option<Present>>,
    /// How long handlers take.
    rng: Arc<Mutex<Rng>>,
}

/// A client at work.
struct Present {
    client: Client,
    run: usize,
    driver: AbortHandle,
    listener: AbortHandle,
    /// Comes when the listener has ended.
    ended: oneshot::Receiver<()>,
}

impl Account {
    /// The `n`-th user of that world, with a key that is signed in or, for `exchange`, with nothing at all.
    pub(super) fn new(sim: &Sim, n: usize, config: Config, exchange: bool, rng: &mut Rng) -> Self {
        let (user, dc) = sim.server(|server, _| {
            let user = server.users().into_iter().nth(n).expect("there are three");
            (user, server.options().dc)
        });
        let mut session = Session::default();
        if !exchange {
            let key = AuthKey::new(rng.array());
            sim.server(|server, now| server.admit(now, user.id, key.clone()));
            session.home = Some(DcId(dc));
            session.keys.insert(DcId(dc), key);
        }
        Self {
            user: user.id,
            machine: sim.machine(),
            disk: Disk::new(session, fork(rng)),
            heard: Arc::default(),
            config,
            phone: user.phone,
            present: Mutex::default(),
            rng: Arc::new(Mutex::new(fork(rng))),
        }
    }

    /// Opens the session with a new client.
    pub(super) async fn open(&self, sim: &Sim) -> Result<(), Error> {
        self.disk.opened();
        let run = self.heard.begin();
        let (client, driver) =
            Client::with_driver(self.machine.clone(), self.disk.clone(), self.config.clone());
        let (driver, stop_driver) = abortable(driver);
        self.machine.spawn(driver.map(drop));
        self.listen(sim, &client, run);
        let connected = client.connect().await;
        let listening = client.clone();
        let (end, ended) = oneshot::channel();
        let (listener, stop_listener) = abortable(async move {
            // Why it has ended shows elsewhere, and nobody may wait for it.
            let _ = listening.run_until_disconnected().await;
            let _ = end.send(());
        });
        self.machine.spawn(listener.map(drop));
        *lock(&self.present) = Some(Present {
            client,
            run,
            driver: stop_driver,
            listener: stop_listener,
            ended,
        });
        connected
    }

    /// Signs in with a code, as often as it takes.
    pub(super) async fn sign_in(&self, code: &str) -> Result<(), Error> {
        let client = self.client();
        let mut last = None;
        for _ in 0..20 {
            let attempt = async {
                client.send_code_request(&self.phone).await?;
                client.sign_in(&self.phone, code).await
            };
            match attempt.await {
                Ok(SignIn::Done(_)) => return Ok(()),
                Ok(other) => panic!("neither a password nor signing up is asked for: {other:?}"),
                Err(error) => last = Some(error),
            }
            if client.is_user_authorized().await.unwrap_or(false) {
                return Ok(());
            }
        }
        Err(last.unwrap_or(Error::Disconnected))
    }

    pub(super) fn client(&self) -> Client {
        let present = lock(&self.present);
        present.as_ref().expect("it is open").client.clone()
    }

    /// The process dies.
    pub(super) fn crash(&self) {
        if let Some(present) = lock(&self.present).take() {
            present.listener.abort();
            present.driver.abort();
        }
    }

    /// The client is closed as it should be.
    pub(super) async fn close(&self) {
        let present = lock(&self.present).take();
        if let Some(present) = present {
            let closing = self.machine.now().mono;
            present.client.disconnect().await;
            // Handlers that have just come to their end are still being noted.
            let _ = present.ended.await;
            if !self.disk.has_failed() {
                self.heard.settle(present.run, closing);
            }
        }
    }

    pub(super) fn store_failure(&self) -> Option<StoreError> {
        let present = lock(&self.present);
        present.as_ref().and_then(|p| p.client.store_failure())
    }

    fn listen(&self, sim: &Sim, client: &Client, run: usize) {
        let (heard, machine) = (Arc::clone(&self.heard), self.machine.clone());
        let rng = Arc::clone(&self.rng);
        let (user, trace) = (self.user, sim.tracer());
        client.on(Raw::new(), move |event| {
            let what = What::of(event.update());
            trace.note((user, &what));
            tracing::debug!(at = ?machine.now().mono, user, run, ?what, "told");
            let n = heard.hear(machine.now().mono, run, what);
            let dice = lock(&rng).u32();
            let slow = dice
                .is_multiple_of(4)
                .then(|| Duration::from_millis((dice >> 8).into()));
            let slow = slow
                .map(|d| Duration::from_millis(d.as_millis() as u64 % u64::from(SLOWEST_HANDLER)));
            let (heard, machine) = (Arc::clone(&heard), machine.clone());
            async move {
                if let Some(d) = slow {
                    let until = machine.now().mono + d;
                    machine.clone().sleep_until(until).await;
                }
                tracing::debug!(at = ?machine.now().mono, user, run, n, "taken");
                heard.take(run, n);
                Ok::<(), Error>(())
            }
        });
    }
}

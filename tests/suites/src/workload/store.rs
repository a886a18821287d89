//! A session that outlives its clients, in a store that fails now and then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use telewire_core::error::StoreError;
use telewire_core::peers::{PeerKey, PeerRecord};
use telewire_core::rand::Rng;
use telewire_core::session::{
    MemorySession, SentFile, SentFileKey, Session, SessionChange, SessionStore,
};
use telewire_sandbox::{FaultKind, Injected};

/// The disk that one account's session is on. Clones are the same disk.
#[derive(Clone)]
pub(super) struct Disk(Arc<Mutex<State>>);

struct State {
    kept: MemorySession,
    rng: Rng,
    /// How likely each call that writes begins a row of failures.
    chance: f64,
    /// So many more calls fail.
    failing: u32,
    injected: Injected,
    /// Whether any call has failed since [`Disk::opened`].
    has_failed: bool,
}

impl Disk {
    pub(super) fn new(session: Session, rng: Rng) -> Self {
        Self(Arc::new(Mutex::new(State {
            kept: MemorySession::with(session),
            rng,
            chance: 0.0,
            failing: 0,
            injected: Injected::default(),
            has_failed: false,
        })))
    }

    /// How likely it is from now on that a call begins a row of failures.
    pub(super) fn fail(&self, chance: f64) {
        let mut state = self.state();
        state.chance = chance;
        state.failing = 0;
    }

    /// A client begins anew: what failed before does not matter to it.
    pub(super) fn opened(&self) {
        self.state().has_failed = false;
    }

    pub(super) fn has_failed(&self) -> bool {
        self.state().has_failed
    }

    pub(super) fn injected(&self) -> Injected {
        self.state().injected.clone()
    }

    pub(super) fn session(&self) -> Session {
        self.state().kept.load().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionStore for Disk {
    fn load(&mut self) -> Result<Session, StoreError> {
        self.state().kept.load()
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.failing == 0 && state.chance > 0.0 {
            let dice = f64::from(state.rng.u32()) / f64::from(u32::MAX);
            if dice < state.chance {
                state.failing = 1 + state.rng.u32() % 5;
                state.injected.count(FaultKind::StoreFailure);
            }
        }
        if state.failing > 0 {
            state.failing -= 1;
            state.has_failed = true;
            return Err(StoreError::new("the disk is full"));
        }
        state.kept.apply(changes)
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        self.state().kept.peer(key)
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        self.state().kept.sent_file(key)
    }

    fn close(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        self.state().kept.delete()
    }
}

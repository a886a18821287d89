//! One session from signing in to signing in again, over real sockets: on tokio, and with the blocking twins.

mod on_threads;
mod on_tokio;

use std::sync::{Arc, Mutex};

use telewire_core::config::Network;
use telewire_core::dc::DcId;
use telewire_core::exchange::RsaKeys;
use telewire_core::session::DcOption;
use telewire_sandbox::{Sandbox, User};

const FILE: usize = 3 * 1024 * 1024 + 77;

fn network(sandbox: &Sandbox) -> Network {
    let dcs = sandbox.dcs();
    Network::Custom {
        default_dc: DcId(dcs[0].0),
        dcs: dcs
            .into_iter()
            .map(|(id, a)| DcOption::new(DcId(id), a.ip(), a.port()))
            .collect(),
        keys: RsaKeys::from_pem(&sandbox.public_key_pem()).unwrap(),
    }
}

/// Two users without a password.
fn two_users(sandbox: &Sandbox) -> [User; 2] {
    let mut users = sandbox
        .users()
        .into_iter()
        .filter(|u| u.password.is_none() && u.username.is_some());
    [users.next().unwrap(), users.next().unwrap()]
}

fn content() -> Vec<u8> {
    (0..FILE)
        .map(|i| (i ^ (i >> 7) ^ (i >> 15)) as u8)
        .collect()
}

/// Collects what a progress callback is told.
#[derive(Clone, Default)]
struct Progress(Arc<Mutex<Vec<u64>>>);

impl Progress {
    fn callback(&self) -> impl FnMut(u64, Option<u64>) + Send + 'static {
        let reports = self.0.clone();
        move |done, all| {
            assert_eq!(all, Some(FILE as u64));
            reports.lock().unwrap().push(done);
        }
    }

    #[track_caller]
    fn assert_complete(&self) {
        let reports = self.0.lock().unwrap();
        assert!(reports.len() > 3 && reports.is_sorted(), "{reports:?}");
        assert_eq!(reports.last(), Some(&(FILE as u64)));
    }
}

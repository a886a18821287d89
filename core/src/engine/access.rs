//! The account's [authorization](https://core.telegram.org/api/datacenter#authorized-data-centers) at data centres where
//! it was not given: handed out by the one that has it, taken to the other, once for each key.

use std::collections::BTreeMap;

use bytes::Bytes;
use telewire_schema::{functions, types};

use crate::dc::DcId;
use crate::engine::dc::DcKey;
use crate::engine::requests::Origin;
use crate::engine::{Engine, Request};
use crate::error::Error;
use crate::time::Now;

/// How often an authorization is handed out anew, when the other data centre does not take it, before that is an error.
const EXPORTS: u8 = 3;

/// Where the account's authorization is.
#[derive(Debug, Default)]
pub(super) struct Access {
    dcs: BTreeMap<DcId, Admission>,
    /// The data centre that has it while the account is moving to its new home.
    from: Option<DcId>,
    /// The home data centre has treated us as somebody who is signed in, in this run.
    proven: bool,
}

/// The authorization at one data centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Admission {
    /// On its way, for the so-manyth time.
    Asked(u8),
    /// It is to be asked for again.
    Refused(u8),
    /// There.
    Granted,
}

impl Access {
    pub(super) fn is_granted(&self, dc: DcId) -> bool {
        self.dcs.get(&dc) == Some(&Admission::Granted)
    }

    /// What was there is not any more.
    pub(super) fn forget(&mut self, dc: DcId) {
        self.dcs.remove(&dc);
    }

    /// The data centre that the account moves away from.
    pub(super) fn source(&self) -> Option<DcId> {
        self.from
    }

    /// The account's home is another one from now on. Returns whether its authorization is still to come.
    pub(super) fn move_home(&mut self, from: DcId, to: DcId) {
        let from = self.from.unwrap_or(from);
        self.from = (from != to && !self.is_granted(to)).then_some(from);
    }

    /// Only somebody who is signed in is answered like that.
    pub(super) fn prove(&mut self) {
        self.proven = true;
    }

    pub(super) fn is_proven(&self) -> bool {
        self.proven
    }
}

impl Engine {
    /// Asks for the account's authorization at a data centre that does not have it yet. Returns whether it is there.
    pub(super) fn ask_for_access(&mut self, now: Now, key: DcKey) -> bool {
        let from = self.access.from.unwrap_or(self.home);
        if key.dc == from || self.session.user.is_none() {
            return true;
        }
        let times = match self.access.dcs.get(&key.dc) {
            Some(Admission::Granted) => return true,
            Some(Admission::Asked(_)) => return false,
            Some(Admission::Refused(times)) => *times,
            None => 0,
        };
        let asked = Admission::Asked(times.saturating_add(1));
        self.access.dcs.insert(key.dc, asked);
        let request = Request::new(&functions::auth::ExportAuthorization { dc_id: key.dc.0 });
        self.submit_own(now, Origin::Export(key), request, DcKey::main(from));
        false
    }

    /// The data centre that has the authorization has handed it out for another.
    pub(super) fn exported(&mut self, now: Now, key: DcKey, result: Result<Bytes, Error>) {
        let admission = self.access.dcs.get(&key.dc);
        if !matches!(admission, Some(Admission::Asked(_))) {
            return;
        }
        let decoded = result.and_then(|bytes| {
            super::results::decode::<types::auth::ExportedAuthorization>(
                "auth.exportAuthorization",
                &bytes,
            )
        });
        match decoded {
            Ok(exported) => {
                let request = Request::new(&functions::auth::ImportAuthorization {
                    id: exported.id,
                    bytes: exported.bytes,
                });
                self.submit_own(now, Origin::Import, request, key);
            }
            Err(error) => self.no_access(now, key, &error),
        }
    }

    /// The other data centre has taken it, or not.
    pub(super) fn imported(&mut self, now: Now, key: DcKey, result: Result<(), Error>) {
        match (result, self.access.dcs.get(&key.dc)) {
            (Ok(()), _) => self.grant(now, key.dc),
            // It is good for a moment only, and the way may have taken longer.
            (Err(error), Some(Admission::Asked(times)))
                if error.is("AUTH_BYTES_INVALID") && *times < EXPORTS =>
            {
                let refused = Admission::Refused(*times);
                self.access.dcs.insert(key.dc, refused);
            }
            (Err(error), _) => self.no_access(now, key, &error),
        }
    }

    /// Somebody signed in, or nobody is any more.
    pub(super) fn account_changed(&mut self, now: Now) {
        let moving = self.access.from.is_some();
        self.access = Access {
            proven: self.session.user.is_some(),
            ..Access::default()
        };
        if moving {
            self.settle_home(now);
        }
        self.feed.account_changed(&self.session, now);
    }

    fn grant(&mut self, now: Now, dc: DcId) {
        self.access.dcs.insert(dc, Admission::Granted);
        if dc == self.home && self.access.from.take().is_some() {
            self.settle_home(now);
        }
    }

    /// From now on the session can be opened at the new home.
    fn settle_home(&mut self, now: Now) {
        let news = self.home_changes();
        self.learn(now, news);
    }

    /// Without the account's authorization the requests that wait for it cannot run.
    fn no_access(&mut self, now: Now, key: DcKey, error: &Error) {
        let asked = |name: &str| name.ends_with("portAuthorization");
        let refused = matches!(error, Error::Rpc { request, .. } if asked(request));
        let refused = refused && error.retry_after().is_none();
        if key.dc == self.home && refused {
            // Whether the account is known at its new home after all, that one will say.
            tracing::warn!(%error, "the account's authorization did not move with it");
            self.grant(now, key.dc);
            return;
        }
        self.access.forget(key.dc);
        self.fail_requests(
            |pending| pending.dc.dc == key.dc && pending.origin != Origin::Init,
            error,
        );
    }
}

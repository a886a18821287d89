//! Becoming known to a data centre: `initConnection` on every connection, and the account's authorization where it is
//! not at home.

use std::sync::Arc;

use bytes::Bytes;
use telewire_schema::{LAYER, Serialize, functions, types};

use crate::dc::DcId;
use crate::engine::dc::{Access, DcKey, FOREIGN_TIME, GREETING_TIME, LaneStage};
use crate::engine::lost::Loss;
use crate::engine::requests::{Origin, Pending};
use crate::engine::tasks::Task;
use crate::engine::{Engine, Output, Request, RequestId, State};
use crate::error::Error;
use crate::mtproto::{self, Setup};
use crate::session::{DcOption, SessionChange};
use crate::time::Now;

/// The data centre options that are taken from a server's configuration, at most.
const OPTIONS: usize = 256;

impl Engine {
    /// The key is there: brings the session onto the connection, and says who we are as the first request on it.
    ///
    /// See [calling methods](https://core.telegram.org/api/invoking#saving-client-info).
    pub(super) fn greet(&mut self, now: Now, key: DcKey) {
        let Some(auth_key) = self.session.keys.get(&key.dc).cloned() else {
            return;
        };
        let request = self.greeting(key);
        let rng = self.rng.fork();
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        let setup = Setup {
            key: auth_key,
            salt: dc.salt,
            time_offset: dc.time_offset,
        };
        let session = dc
            .session
            .get_or_insert_with(|| mtproto::Session::new(now, setup, rng));
        session.handle_link_up(now);
        if let Some(lane) = &mut dc.lane {
            lane.stage = LaneStage::Greeting;
            lane.deadline = Some(now.mono + GREETING_TIME);
        }
        let id = RequestId(self.fresh_id());
        self.requests
            .insert(id, Pending::new(Origin::Init, request, key));
        self.give(now, id);
    }

    /// The connection is gone, and an unanswered greeting with it: the next one brings its own.
    pub(super) fn end_greeting(&mut self, key: DcKey) {
        let of = |(id, p): (RequestId, &Pending)| {
            (p.origin == Origin::Init && p.dc == key).then_some(id)
        };
        let stale: Vec<_> = self.requests.iter().filter_map(of).collect();
        for id in stale {
            self.take_back(id);
            self.requests.remove(id);
        }
    }

    /// The greeting was answered.
    pub(super) fn greeted(&mut self, now: Now, key: DcKey, result: Result<types::Config, Error>) {
        match result {
            Ok(config) => self.welcome(now, key, Some(config)),
            // An answer is an answer; what it says can be done without.
            Err(Error::Decode { .. }) => self.welcome(now, key, None),
            Err(error) if error.may_have_run() || error.retry_after().is_some() => {
                tracing::debug!(%error, "the server does not take the greeting now");
                self.fail_lane(now, key, Loss::Io(error.to_string()));
                let retry = self.dcs.get_mut(&key).and_then(|dc| dc.retry_at.as_mut());
                if let (Some(at), Some(wait)) = (retry, error.retry_after()) {
                    *at = (*at).max(now.mono + wait);
                }
            }
            // Refused: the application's id, the layer. Another try would end the same way.
            Err(error) => self.give_up(now, key, error),
        }
    }

    /// Asks for the account's authorization at a data centre that is not its own, if it is not there yet. Returns whether
    /// it is.
    pub(super) fn ask_for_access(&mut self, now: Now, key: DcKey) -> bool {
        if key.dc == self.home || self.session.user.is_none() {
            return true;
        }
        let Some(dc) = self.dcs.get_mut(&key) else {
            return false;
        };
        match dc.access {
            Access::Granted => true,
            Access::Asked => false,
            Access::None => {
                dc.access = Access::Asked;
                let request =
                    Request::new(&functions::auth::ExportAuthorization { dc_id: key.dc.0 });
                self.submit_own(now, Origin::Export(key), request, DcKey::main(self.home));
                false
            }
        }
    }

    /// The home data centre has handed an authorization out.
    pub(super) fn exported(&mut self, now: Now, key: DcKey, result: Result<Bytes, Error>) {
        if self
            .dcs
            .get(&key)
            .is_none_or(|dc| dc.access != Access::Asked)
        {
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
            Err(error) => self.no_access(key, &error),
        }
    }

    /// The other data centre has taken it, or not.
    pub(super) fn imported(&mut self, key: DcKey, result: Result<(), Error>) {
        match result {
            Ok(()) => {
                if let Some(dc) = self.dcs.get_mut(&key) {
                    dc.access = Access::Granted;
                }
            }
            Err(error) => self.no_access(key, &error),
        }
    }

    /// Somebody signed in, or nobody is any more.
    pub(super) fn account_changed(&mut self, now: Now) {
        for dc in self.dcs.values_mut() {
            dc.access = Access::None;
        }
        self.feed.account_changed(&self.session, now);
    }

    /// The account has been ended from elsewhere: what belonged to it is forgotten, the key is kept.
    pub(super) fn account_ended(&mut self, now: Now) {
        tracing::warn!("the account is not signed in here any more");
        let changes = vec![SessionChange::User(None), SessionChange::State(None)];
        for change in &changes {
            self.adopt(now, change);
        }
        self.start_task(now, Task::Store, |id| Output::Store(id, changes));
    }

    pub(super) fn greeting(&self, key: DcKey) -> Request {
        let device = &self.config.device;
        let init = functions::InitConnection {
            api_id: self.config.api_id,
            device_model: device.model.clone(),
            system_version: device.system_version.clone(),
            app_version: device.app_version.clone(),
            system_lang_code: device.system_lang_code.clone(),
            lang_pack: String::new(),
            lang_code: device.lang_code.clone(),
            proxy: self.client_proxy(),
            params: None,
            query: functions::help::GetConfig {}.to_bytes().into(),
        };
        let mut query = init.to_bytes();
        if !self.is_home(key) {
            // Updates come over the account's own connection.
            query = functions::InvokeWithoutUpdates {
                query: query.into(),
            }
            .to_bytes();
        }
        let mut request = Request::new(&functions::InvokeWithLayer {
            layer: LAYER,
            query: query.into(),
        });
        request.name = "help.getConfig";
        request
    }

    fn welcome(&mut self, now: Now, key: DcKey, config: Option<types::Config>) {
        let Some(dc) = self.dcs.get_mut(&key) else {
            return;
        };
        dc.greeted = true;
        dc.reached();
        let home = key == DcKey::main(self.home);
        if let Some(lane) = &mut dc.lane {
            lane.stage = LaneStage::Ready;
            lane.deadline = (!home).then(|| now.mono + FOREIGN_TIME);
        }
        if !home {
            return;
        }
        let mut news = self.home_changes();
        if self.session.home == Some(self.home) {
            news.retain(|change| !matches!(change, SessionChange::Home(_)));
        }
        self.learn(now, news);
        if let Some(config) = config {
            self.learn_options(now, &config);
            self.outputs.push_back(Output::Config(Arc::new(config)));
        }
        self.set_state(State::Ready);
        self.last_request = now.mono;
        self.feed.connected(now);
    }

    /// Remembers where the data centres are.
    fn learn_options(&mut self, now: Now, config: &types::Config) {
        let news: Vec<_> = config
            .dc_options
            .iter()
            .take(OPTIONS)
            .filter_map(option)
            .filter(|option| !self.session.dcs.contains(option))
            .map(SessionChange::Dc)
            .collect();
        self.learn(now, news);
    }

    fn learn(&mut self, now: Now, news: Vec<SessionChange>) {
        if news.is_empty() {
            return;
        }
        for change in &news {
            self.session.apply(change);
        }
        self.start_task(now, Task::Store, |id| Output::Store(id, news));
    }

    /// Without the account's authorization the requests that wait for it cannot run.
    fn no_access(&mut self, key: DcKey, error: &Error) {
        if let Some(dc) = self.dcs.get_mut(&key) {
            dc.access = Access::None;
        }
        self.fail_requests(
            |pending| pending.dc == key && pending.origin != Origin::Init,
            error,
        );
    }
}

/// A data centre option as sessions keep it.
fn option(option: &types::DcOption) -> Option<DcOption> {
    Some(DcOption {
        id: DcId(option.id),
        ip: option.ip_address.parse().ok()?,
        port: u16::try_from(option.port).ok()?,
        media_only: option.media_only,
        obfuscated_only: option.tcpo_only,
        cdn: option.cdn,
        for_proxies: option.static_,
        this_port_only: option.this_port_only,
        secret: option.secret.clone(),
    })
}

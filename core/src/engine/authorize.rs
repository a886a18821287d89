//! Becoming known to a data centre: `initConnection` on every connection.

use telewire_schema::{LAYER, Serialize, functions, types};

use crate::engine::dc::{DcKey, FOREIGN_TIME, GREETING_TIME, LaneStage};
use crate::engine::lost::Loss;
use crate::engine::requests::{Origin, Pending};
use crate::engine::tasks::Task;
use crate::engine::{Engine, Output, Request, RequestId, State};
use crate::error::Error;
use crate::mtproto::{self, Setup};
use crate::session::SessionChange;
use crate::time::Now;

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
        let session = dc.session.get_or_insert_with(|| {
            mtproto::Session::new(now, setup, rng).testing(self.config.testing)
        });
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
        self.origins.answered(key.dc);
        let home = key == DcKey::main(self.home);
        if let Some(lane) = &mut dc.lane {
            lane.stage = LaneStage::Ready;
            lane.deadline = (!home).then(|| now.mono + FOREIGN_TIME);
        }
        if !home {
            return;
        }
        let news = self.home_changes();
        self.learn(now, news);
        match config {
            Some(config) => self.configure(now, config),
            None => self.configure_later(now),
        }
        self.set_state(State::Ready);
        self.last_request = now.mono;
        self.feed.connected(now);
    }
}

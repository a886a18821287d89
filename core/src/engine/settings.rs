//! What the servers say of themselves: the [configuration](https://core.telegram.org/api/config), fetched again when it
//! has expired or is said to have changed.

use std::sync::Arc;
use std::time::Duration;

use telewire_schema::{functions, types};

use crate::dc::DcId;
use crate::engine::addresses::unknown_home;
use crate::engine::dc::DcKey;
use crate::engine::requests::{Origin, Pending};
use crate::engine::tasks::Task;
use crate::engine::{Engine, Output, Request, State};
use crate::error::Error;
use crate::session::{DcOption, SessionChange};
use crate::time::{Mono, Now};

/// The data centre options that are taken from a server's configuration, at most.
const OPTIONS: usize = 256;

/// How long a configuration is good that does not say so, and after which one that could not be fetched is tried again.
const USUAL: Duration = Duration::from_secs(3600);

/// A configuration is good for no shorter and no longer than this, whatever it says.
const BOUNDS: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(24 * 3600));

impl Engine {
    /// The home data centre has said what is valid from now on.
    pub(super) fn configure(&mut self, now: Now, config: types::Config) {
        let lifetime = i64::from(config.expires).saturating_sub(config.date.into());
        let lifetime = u64::try_from(lifetime).unwrap_or_default();
        let lifetime = match lifetime {
            0 => USUAL,
            seconds => Duration::from_secs(seconds).clamp(BOUNDS.0, BOUNDS.1),
        };
        self.config_due = now.mono + lifetime;
        self.learn_options(now, &config);
        self.outputs.push_back(Output::Config(Arc::new(config)));
    }

    /// The home data centre has said something that cannot be read.
    pub(super) fn configure_later(&mut self, now: Now) {
        self.config_due = now.mono + USUAL;
    }

    /// The answer to [`Self::fetch_config`].
    pub(super) fn config_came(&mut self, now: Now, result: Result<types::Config, Error>) {
        match result {
            Ok(config) => self.configure(now, config),
            Err(error) => tracing::debug!(%error, "the configuration stays as it is"),
        }
    }

    /// Fetches the configuration again, unless that is under way.
    pub(super) fn fetch_config(&mut self, now: Now) {
        self.configure_later(now);
        let is_one = |(_, pending): (_, &Pending)| pending.origin == Origin::Config;
        if !self.requests.iter().any(is_one) {
            let request = Request::new(&functions::help::GetConfig {});
            self.submit_own(now, Origin::Config, request, DcKey::main(self.home));
        }
    }

    pub(super) fn config_timeout(&mut self, now: Now) {
        if self.config_time().is_some_and(|at| at <= now.mono) {
            self.fetch_config(now);
        }
    }

    /// When the configuration expires; every greeting brings a new one, so only while there is a connection.
    pub(super) fn config_time(&self) -> Option<Mono> {
        matches!(self.state, State::Ready).then_some(self.config_due)
    }

    /// Remembers something, in memory and in the store.
    pub(super) fn learn(&mut self, now: Now, news: Vec<SessionChange>) {
        if news.is_empty() {
            return;
        }
        for change in &news {
            self.session.apply(change);
        }
        self.start_task(now, Task::Store, |id| Output::Store(id, news));
    }

    /// Remembers where the data centres are, and forgets where they were.
    fn learn_options(&mut self, now: Now, config: &types::Config) {
        let mut options: Vec<DcOption> = Vec::new();
        for option in config.dc_options.iter().filter_map(option).take(OPTIONS) {
            if !options.contains(&option) {
                options.push(option);
            }
        }
        if options.is_empty() {
            return;
        }
        let at = self.endpoint(DcKey::main(self.home));
        // Whoever opens the session has to find the account.
        options.extend(unknown_home(&self.config, &options, self.home, at));
        if options != self.session.dcs {
            self.learn(now, vec![SessionChange::Dcs(options)]);
        }
    }
}

/// Whether updates say that the configuration has changed.
pub(super) fn is_outdated_by(updates: &types::Updates) -> bool {
    let updates = match updates {
        types::Updates::Updates(packet) => &packet.updates[..],
        types::Updates::Combined(packet) => &packet.updates[..],
        types::Updates::UpdateShort(short) => std::slice::from_ref(&short.update),
        _ => return false,
    };
    updates
        .iter()
        .any(|update| matches!(update, types::Update::Config | types::Update::DcOptions(_)))
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

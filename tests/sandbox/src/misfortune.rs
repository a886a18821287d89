//! The server's part of a plan of faults.

use std::time::Duration;

use telewire_core::internals::AuthKey;
use telewire_core::time::{Now, Unix};
use telewire_schema::types;

use crate::keys::Key;
use crate::plan::{FaultKind, FaultPlan, Faults, Injected};
use crate::server::Server;

impl Server {
    /// Has things go wrong by themselves from now on, as that plan says. What has happened by an earlier one stays counted.
    pub fn set_faults(&mut self, plan: FaultPlan) {
        match &mut self.faults {
            Some(faults) => faults.plan = plan,
            None => self.faults = Some(Faults::new(plan)),
        }
    }

    /// What has gone wrong by itself so far, on the server's side.
    pub fn injected(&self) -> Injected {
        self.faults
            .as_ref()
            .map(|faults| faults.injected.clone())
            .unwrap_or_default()
    }

    /// Replaces every salt before its time: the next message under an old one is refused with `bad_server_salt`.
    pub fn replace_salts(&mut self) {
        self.keys.values_mut().for_each(|key| key.era += 1);
    }

    /// The server's own reading of the clock.
    pub(crate) fn own_time(&self, now: Now) -> Now {
        let skew = self.faults.as_ref().map_or(0, |faults| faults.plan.skew);
        let far = Duration::from_secs(skew.unsigned_abs());
        let time = now.wall.since_epoch();
        let wall = if skew < 0 {
            time.saturating_sub(far)
        } else {
            time.saturating_add(far)
        };
        Now {
            mono: now.mono,
            wall: Unix::from_epoch(wall),
        }
    }

    /// A packet under that key has come in. What happens to the server now happens before it is looked at.
    pub(crate) fn suffer(&mut self, key_id: i64) {
        let Some(faults) = &mut self.faults else {
            return;
        };
        let plan = &faults.plan;
        let (salt, restart, amnesia) = (plan.wrong_salt, plan.restart, plan.amnesia);
        let salt = faults.happens(salt, FaultKind::WrongSalt);
        let amnesia = faults.happens(amnesia, FaultKind::Amnesia);
        let restart = faults.happens(restart, FaultKind::Restart);
        if salt && let Some(key) = self.keys.get_mut(&key_id) {
            key.era += 1;
        }
        if amnesia {
            self.forget_sessions();
            self.replace_salts();
        }
        if restart || amnesia {
            self.close_all();
        }
    }
}

/// What simulations begin with.
impl Server {
    /// Lets a key in at the user's home that was agreed on elsewhere, signed in as that user: what a sign-in comes to, without its cost.
    pub fn admit(&mut self, now: Now, user: i64, key: AuthKey) {
        let now = self.own_time(now);
        // Its first salt was good long ago.
        let home = self.home(user).unwrap_or(self.options.dc);
        let mut key = Key::new(home, key, 0, Unix::from_secs(0), None);
        key.user = Some(user);
        key.login = key.auth.id();
        key.signed_at = crate::rpc::seconds(now);
        self.keys.insert(key.auth.id(), key);
    }

    /// Shows `from` to `to` as doing `action`, such as typing, once. Nothing of it is kept, and no difference brings it.
    pub fn show_action(
        &mut self,
        now: Now,
        from: i64,
        to: i64,
        action: impl Into<types::SendMessageAction>,
    ) {
        let now = self.own_time(now);
        let update = types::UpdateUserTyping::new(from, action.into());
        let update = types::UpdateShort::new(update, crate::rpc::seconds(now));
        self.world.origin = None;
        self.world.push(to, update.into());
        self.deliver(now);
        self.flush(now);
    }

    /// How far the box of an account has come.
    pub fn pts(&self, account: i64) -> i32 {
        self.world.state(account).pts
    }

    /// How many messages that were sent over links that still stand wait for acknowledgement.
    pub fn unacknowledged_on_links(&self) -> usize {
        let linked = self.sessions.values().filter(|s| s.conn.is_some());
        linked.map(crate::session::Session::unacknowledged).sum()
    }

    /// What an account has in its chat with a peer, oldest first: identifier, whether it wrote it itself, text.
    pub fn held(&self, account: i64, peer: i64) -> Vec<(i32, bool, String)> {
        let messages = self.world.history(account, crate::world::PeerKey(peer));
        let own = |m: &crate::world::Stored| m.author == account;
        messages
            .into_iter()
            .map(|m| (m.id(), own(m), m.text().to_owned()))
            .collect()
    }
}

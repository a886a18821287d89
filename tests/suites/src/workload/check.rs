//! What has to hold when the storm is over.

use std::collections::{BTreeMap, BTreeSet};

use super::account::Account;
use super::heard::{Run, What};
use super::script::Fate;
use super::{Storm, lock, token_of};

/// Methods that run at most as often as they are called. Those that may be repeated without harm are not among them.
const ONCE: [&str; 3] = [
    "messages.editMessage",
    "messages.deleteMessages",
    "channels.deleteMessages",
];

/// Connections that an account may have at rest: its own, and those for files.
const CONNECTIONS: usize = 4;

impl Storm {
    pub(super) fn check(&self) {
        for account in &self.accounts {
            self.check_order(account);
            self.check_whole(account);
            self.check_position(account);
            let client = account.client();
            if !client.is_connected() {
                let why = self.sim.run(client.disconnected());
                self.complain(format!("{} is not connected: {why:?}", account.user));
            }
        }
        self.check_sendings();
        self.check_executions();
        let (unacknowledged, open) = self
            .sim
            .server(|server, _| (server.unacknowledged_on_links(), server.connections().len()));
        if unacknowledged > 0 {
            self.complain(format!(
                "{unacknowledged} messages are still not acknowledged"
            ));
        }
        if open > CONNECTIONS * self.accounts.len() {
            self.complain(format!("{open} connections are open"));
        }
    }

    /// Within a run everything comes once and in order; what was taken and stored does not come in a later one.
    fn check_order(&self, account: &Account) {
        let runs = account.heard.runs();
        let mut taken: BTreeSet<(i64, i32)> = BTreeSet::new();
        let mut actions = BTreeSet::new();
        for (n, run) in runs.iter().enumerate() {
            let mut last: BTreeMap<i64, i32> = BTreeMap::new();
            for told in &run.told {
                match &told.what {
                    What::New { chat, id, text, .. } => {
                        let before = last.insert(box_of(*chat), *id).unwrap_or(0);
                        if before >= *id {
                            self.complain(format!(
                                "{} heard of {id} ({text}) in {chat} after {before}, in run {n}",
                                account.user
                            ));
                        }
                        if taken.contains(&(*chat, *id)) {
                            self.complain(format!(
                                "{} heard again of {id} ({text}) in {chat} in run {n}",
                                account.user
                            ));
                        }
                    }
                    What::Action(number) if !actions.insert(*number) => self.complain(format!(
                        "{} was told twice of action {number}, in run {n}",
                        account.user
                    )),
                    _ => {}
                }
            }
            if run.is_settled {
                taken.extend(news(run));
            }
        }
    }

    /// Everything that the server holds was taken, with its last text; what is gone was told to be.
    fn check_whole(&self, account: &Account) {
        let runs = account.heard.runs();
        let mut taken: BTreeSet<(i64, i32)> = BTreeSet::new();
        let mut texts: BTreeMap<(i64, i32), &str> = BTreeMap::new();
        let mut gone: BTreeSet<(Option<i64>, i32)> = BTreeSet::new();
        for told in runs.iter().flat_map(|run| &run.told) {
            match &told.what {
                What::New { chat, id, text, .. } => {
                    texts.insert((*chat, *id), text);
                    if told.taken {
                        taken.insert((*chat, *id));
                    }
                }
                What::Edited { chat, id, text } => {
                    texts.insert((*chat, *id), text);
                }
                What::Deleted { channel, ids } => gone.extend(ids.iter().map(|id| (*channel, *id))),
                _ => {}
            }
        }
        let user = account.user;
        let held: BTreeMap<(i64, i32), (bool, String)> = self.sim.server(|server, _| {
            let chats = server.chats(user).into_iter();
            let all = chats.flat_map(|chat| {
                let held = server.held(user, chat).into_iter();
                held.map(move |(id, own, text)| ((chat, id), (own, text)))
            });
            all.filter(|(_, (_, text))| token_of(text).is_some())
                .collect()
        });
        for ((chat, id), (own, text)) in &held {
            if *own {
                continue;
            }
            if !taken.contains(&(*chat, *id)) {
                self.complain(format!("{user} never took {id} ({text}) in {chat}"));
            } else if texts.get(&(*chat, *id)) != Some(&text.as_str()) {
                let last = texts.get(&(*chat, *id));
                self.complain(format!(
                    "{user} knows {id} in {chat} as {last:?}, not as {text}"
                ));
            }
        }
        for (key, text) in texts {
            let (chat, id) = key;
            let channel = (box_of(chat) != 0).then_some(chat);
            let own = self.is_own(user, text);
            if token_of(text).is_some()
                && !own
                && !held.contains_key(&key)
                && !gone.contains(&(channel, id))
            {
                self.complain(format!(
                    "{user} was never told that {id} ({text}) in {chat} is gone"
                ));
            }
        }
    }

    fn is_own(&self, user: i64, text: &str) -> bool {
        let token = token_of(text);
        let facts = lock(&self.facts);
        let mut sendings = facts.sendings.iter();
        sendings.any(|s| s.by == user && Some(s.token) == token)
    }

    /// The stored position is the server's, unless the store has failed.
    fn check_position(&self, account: &Account) {
        if account.store_failure().is_some() || account.disk.has_failed() {
            return;
        }
        let stored = account.disk.session().state.map(|state| state.pts);
        let real = self.sim.server(|server, _| server.pts(account.user));
        if stored != Some(real) {
            self.complain(format!(
                "{} has stored the position {stored:?}, the server is at {real}",
                account.user
            ));
        }
    }

    /// What was sent is there once, and what was not is not.
    fn check_sendings(&self) {
        let facts = lock(&self.facts);
        let mut complaints = Vec::new();
        for sending in &facts.sendings {
            let (by, chat, token) = (sending.by, sending.chat, sending.token);
            let held = self.sim.server(|server, _| server.held(by, chat));
            let found: Vec<i32> = held
                .iter()
                .filter(|(_, own, text)| *own && token_of(text) == Some(token))
                .map(|(id, ..)| *id)
                .collect();
            let deleted = facts.deleted.contains(&token);
            let good = match (sending.fate, &found[..]) {
                (Fate::Sent(id), [one]) => *one == id,
                (Fate::Sent(_), []) => deleted,
                (Fate::Unknown, [] | [_]) => true,
                (Fate::NotSent, found) => found.is_empty(),
                _ => false,
            };
            if !good {
                complaints.push(format!("{sending:?} is held as {found:?}"));
            }
        }
        drop(facts);
        complaints.into_iter().for_each(|c| self.complain(c));
    }

    /// Each request that may not be repeated ran as often as it succeeded, and no more often than it was called.
    fn check_executions(&self) {
        let twice: Vec<i64> = self.sim.server(|server, _| {
            let ids = server.random_ids().iter();
            ids.filter(|(_, n)| **n > 1).map(|(id, _)| *id).collect()
        });
        if !twice.is_empty() {
            self.complain(format!("{} requests ran twice", twice.len()));
        }
        for method in ONCE {
            let ran = self.sim.server(|server, _| server.executed(method));
            let calls = lock(&self.facts)
                .calls
                .get(method)
                .copied()
                .unwrap_or_default();
            if ran < calls.good || ran > calls.all {
                self.complain(format!("{method} ran {ran} times: {calls:?}"));
            }
        }
    }
}

/// The new messages of a run.
fn news(run: &Run) -> impl Iterator<Item = (i64, i32)> + '_ {
    run.told.iter().filter_map(|told| match &told.what {
        What::New { chat, id, .. } => Some((*chat, *id)),
        _ => None,
    })
}

/// What counts identifiers: a channel for itself, the account for everything else.
fn box_of(chat: i64) -> i64 {
    if chat < -1_000_000_000_000 { chat } else { 0 }
}

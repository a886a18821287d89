//! What tests do to a server.

use std::collections::BTreeMap;

use telewire_core::time::Now;
use telewire_schema::types;

use crate::controls::{Entry, Trouble};
use crate::fault::Fault;
use crate::rpc;
use crate::server::{ConnId, Server};
use crate::world::{Draft, PeerKey};

impl Server {
    /// The settings.
    pub fn options(&self) -> &crate::options::Options {
        &self.options
    }

    /// `from` writes to `to`, both by identifier; the message's identifier in the receiver's box.
    ///
    /// # Errors
    /// The refusal that a client would get.
    pub fn write(&mut self, now: Now, from: i64, to: i64, text: &str) -> Result<i32, Fault> {
        let mut draft = Draft::text(from, PeerKey(to), text);
        draft.entities = crate::entities::parse(text, Vec::new());
        self.take(now, draft)
    }

    /// The same with a whole message, of which only place, author and time are the server's; for what clients cannot
    /// send here. Its replies are by the identifiers of the author's box.
    ///
    /// # Errors
    /// The refusal that a client would get.
    pub fn post(
        &mut self,
        now: Now,
        from: i64,
        to: i64,
        message: types::MessageData,
    ) -> Result<i32, Fault> {
        self.take(now, Draft::like(from, PeerKey(to), message))
    }

    /// Something happens in a chat; a service message tells of it.
    ///
    /// # Errors
    /// The refusal that a client would get.
    pub fn act(
        &mut self,
        now: Now,
        from: i64,
        to: i64,
        action: impl Into<types::MessageAction>,
    ) -> Result<i32, Fault> {
        self.take(now, Draft::service(from, PeerKey(to), action.into()))
    }

    fn take(&mut self, now: Now, draft: Draft) -> Result<i32, Fault> {
        let now = self.own_time(now);
        self.world.now = rpc::seconds(now);
        self.world.origin = None;
        let (from, to) = (draft.from, draft.to);
        let date = self.world.now;
        let posted = self.world.post(date, draft)?;
        let received = self.world.top(to.0, PeerKey::user(from));
        let received = received.map_or(posted.id, crate::world::Stored::id);
        self.deliver(now);
        self.react(now);
        self.flush(now);
        Ok(received)
    }

    /// Closes every connection. Sessions, and what they have to deliver, stay.
    pub fn close_all(&mut self) {
        let open: Vec<ConnId> = self.conns.keys().copied().collect();
        for conn in open {
            self.close(conn);
        }
    }

    /// Forgets all MTProto sessions, as if the server had been restarted.
    pub fn forget_sessions(&mut self) {
        self.sessions.clear();
    }

    /// Forgets all authorization keys; clients that use one get -404.
    pub fn forget_keys(&mut self) {
        self.sessions.clear();
        self.keys.clear();
    }

    /// Forgets the authorization keys of one data centre.
    pub fn forget_keys_of(&mut self, dc: i32) {
        let gone: Vec<i64> = self
            .keys
            .iter()
            .filter(|(_, key)| key.dc == dc)
            .map(|(id, _)| *id)
            .collect();
        self.sessions.retain(|(key, _), _| !gone.contains(key));
        self.keys.retain(|id, _| !gone.contains(id));
    }

    /// Signs an account out everywhere, as somebody who ends all its sessions does.
    pub fn sign_out(&mut self, user: i64) {
        for key in self.keys.values_mut().filter(|k| k.user == Some(user)) {
            key.user = None;
        }
    }

    /// Has a user own these [collectible](https://core.telegram.org/api/fragment) usernames beside the one it chose.
    pub fn give_usernames(&mut self, user: i64, names: &[&str]) {
        if let Some(account) = self.world.accounts.get_mut(&user) {
            account.collected = names.iter().map(|name| (*name).to_owned()).collect();
        }
    }

    /// Ends an account's authorizations for good: its requests get `SESSION_REVOKED`.
    pub fn revoke(&mut self, user: i64) {
        self.end(user, "SESSION_REVOKED");
    }

    /// Deletes an account: its requests get `USER_DEACTIVATED`.
    pub fn deactivate(&mut self, user: i64) {
        self.end(user, "USER_DEACTIVATED");
        if let Some(account) = self.world.accounts.get_mut(&user) {
            account.deactivated = true;
        }
    }

    fn end(&mut self, user: i64, name: &str) {
        for (id, key) in self.keys.iter_mut().filter(|(_, k)| k.user == Some(user)) {
            key.user = None;
            self.world.ended.insert(*id, name.to_owned());
        }
        self.dirty = true;
    }

    /// Gives an account premium, or takes it away: its transfers are not held back.
    pub fn set_premium(&mut self, user: i64, premium: bool) {
        if let Some(account) = self.world.accounts.get_mut(&user) {
            account.premium = premium;
        }
    }

    /// Makes every file reference given so far expire.
    pub fn expire_file_references(&mut self) {
        self.world.files.expire_references();
    }

    /// Has the next `times` requests of `method` (`*` for any) go wrong.
    pub fn order(&mut self, method: &str, times: usize, trouble: Trouble) {
        self.controls.order(method, times, trouble);
    }

    /// Nothing goes wrong any more.
    pub fn clear_orders(&mut self) {
        self.controls.clear();
    }

    /// How many requests of a method were run, whether with a result or an error.
    pub fn executed(&self, method: &str) -> usize {
        self.controls.executed(method)
    }

    /// The same for all methods that were called.
    pub fn executed_all(&self) -> BTreeMap<String, usize> {
        self.controls.executed_all()
    }

    /// How often a request with this `random_id` was run. More than once is a client's mistake.
    pub fn executed_with(&self, random_id: i64) -> usize {
        self.controls.executed_with(random_id)
    }

    /// Every `random_id` with how often it was run.
    pub fn random_ids(&self) -> &BTreeMap<i64, usize> {
        self.controls.random_ids()
    }

    /// Every encrypted packet that came in, oldest first.
    pub fn log(&self) -> Vec<Entry> {
        self.controls.entries()
    }

    /// The open connections.
    pub fn connections(&self) -> Vec<ConnId> {
        self.conns.keys().copied().collect()
    }

    /// How many messages wait for acknowledgement, over all sessions.
    pub fn unacknowledged(&self) -> usize {
        self.sessions
            .values()
            .map(crate::session::Session::unacknowledged)
            .sum()
    }

    /// The texts that an account has in its chat with a peer (users by identifier, groups negative, channels below
    /// −10¹²), oldest first.
    pub fn texts(&self, account: i64, peer: i64) -> Vec<String> {
        self.world
            .history(account, PeerKey(peer))
            .iter()
            .map(|m| m.text().to_owned())
            .collect()
    }

    /// The chats of an account, as [`texts`](Self::texts) takes them.
    pub fn chats(&self, account: i64) -> Vec<i64> {
        self.world
            .chats(account)
            .into_iter()
            .map(|(peer, _)| peer.0)
            .collect()
    }
}

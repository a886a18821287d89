//! What the accounts do, all of it by the dice.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use futures::future::{Either, join_all, select};
use telewire_core::client::{Attachment, Delete, Read};
use telewire_core::peers::PeerId;
use telewire_core::rand::Rng;
use telewire_core::runtime::Runtime as _;
use telewire_core::{Error, InputMessage, types};
use telewire_sandbox::FaultKind;

use super::account::Account;
use super::heard::What;
use super::{Storm, content, lock, text};

/// Nothing may take longer than this, whatever the weather.
const PATIENCE: Duration = Duration::from_secs(40 * 60);

/// What happened to a message that somebody wanted to send.
#[derive(Clone, Debug)]
pub(super) struct Sending {
    pub(super) by: i64,
    pub(super) chat: i64,
    pub(super) token: u32,
    pub(super) fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It has this identifier in the author's box.
    Sent(i32),
    /// Nobody knows.
    Unknown,
    /// The server cannot have it.
    NotSent,
}

/// How often a method was called, by how that ended.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Calls {
    pub(super) good: usize,
    pub(super) all: usize,
}

/// What an account remembers of its own messages.
#[derive(Default)]
struct Mine {
    messages: Vec<(i64, i32, u32)>,
    edits: u32,
}

impl Storm {
    /// Goes through a number of things that people do.
    pub(super) async fn live(&self, account: &Account, mut rng: Rng, steps: u32) {
        let mut mine = Mine::default();
        for _ in 0..steps {
            if self.has_failed() {
                return;
            }
            self.pause(&mut rng).await;
            if roll(&mut rng) < self.plan.suspend {
                self.sleep_or_set_clock(account, &mut rng);
            }
            self.step(account, &mut rng, &mut mine).await;
        }
    }

    async fn step(&self, account: &Account, rng: &mut Rng, mine: &mut Mine) {
        match rng.u32() % 100 {
            0..=31 => self.send_some(account, rng, mine, 1).await,
            32..=39 => {
                let n = 2 + rng.u32() % 7;
                self.send_some(account, rng, mine, n).await;
            }
            40..=49 => self.edit(account, rng, mine).await,
            50..=56 => self.delete(account, rng, mine).await,
            57..=62 => self.read(account, rng).await,
            63..=68 => self.look(account, rng).await,
            69..=73 => self.send_file(account, rng, mine).await,
            74..=79 => self.fetch_file(account, rng).await,
            80..=85 => self.show_action(account),
            86..=91 => self.crash(account, rng).await,
            92..=94 => self.reopen(account).await,
            // Longer than a server keeps a silent link, and than a salt lives.
            95 => {
                self.wait(Duration::from_secs(u64::from(rng.u32() % 4_000)))
                    .await;
            }
            _ => self.write_as_somebody(account, rng),
        }
    }

    async fn pause(&self, rng: &mut Rng) {
        // From a millisecond to half a minute, each magnitude as likely as the other.
        let ms = 10_f64.powf(4.5 * roll(rng)) as u64;
        self.wait(Duration::from_millis(ms)).await;
    }

    pub(super) async fn wait(&self, d: Duration) {
        let at = self.sim.now().mono + d;
        self.sim.runtime().sleep_until(at).await;
    }

    /// Waits for something that has to come to an end.
    pub(super) async fn answered<T>(&self, what: &str, f: impl Future<Output = T>) -> Option<T> {
        let (f, limit) = (std::pin::pin!(f), std::pin::pin!(self.wait(PATIENCE)));
        match select(f, limit).await {
            Either::Left((value, _)) => Some(value),
            Either::Right(_) => {
                self.complain(format!("{what} has no answer after {PATIENCE:?}"));
                None
            }
        }
    }

    /// The same for a request: counts it, and complains about errors that nothing here can lead to.
    async fn request<T>(
        &self,
        method: &'static str,
        f: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        lock(&self.facts).calls.entry(method).or_default().all += 1;
        tracing::debug!(at = ?self.sim.now().mono, method, "asked");
        let Some(result) = self.answered(method, f).await else {
            return Err(Error::Disconnected);
        };
        self.sim.note((method, result.is_ok()));
        tracing::debug!(at = ?self.sim.now().mono, method, error = ?result.as_ref().err(), "answered");
        match &result {
            Ok(_) => lock(&self.facts).calls.entry(method).or_default().good += 1,
            Err(error) if self.is_expected(error) => {}
            Err(error) => self.complain(format!("{method} failed: {error}")),
        }
        result
    }

    fn is_expected(&self, error: &Error) -> bool {
        match error {
            // Only those that were in the middle of it when their process died.
            Error::Disconnected => lock(&self.facts).dying > 0,
            // A session that outlives its connections knows what became of everything, unless the server forgets it.
            Error::OutcomeUnknown { .. } => self.plan.amnesia > 0.0,
            Error::Store(_) => self.plan.store_failure > 0.0,
            Error::Rpc { error, .. } => error.code() >= 500 || error.code() == 420,
            _ => false,
        }
    }

    /// A chat that the account may write to.
    fn chat(&self, account: &Account, rng: &mut Rng) -> i64 {
        let is_creator = account.user == self.accounts[0].user;
        let others: Vec<i64> = self
            .accounts
            .iter()
            .map(|a| a.user)
            .filter(|user| *user != account.user)
            .collect();
        match rng.u32() % 10 {
            0..=3 => others[rng.u32() as usize % others.len()],
            4..=6 => self.group,
            _ if is_creator => self.channel,
            _ => self.group,
        }
    }

    async fn send_some(&self, account: &Account, rng: &mut Rng, mine: &mut Mine, n: u32) {
        let chats: Vec<i64> = (0..n).map(|_| self.chat(account, rng)).collect();
        let sends = chats.into_iter().map(|chat| self.send(account, chat));
        mine.messages
            .extend(join_all(sends).await.into_iter().flatten());
    }

    async fn send(&self, account: &Account, chat: i64) -> Option<(i64, i32, u32)> {
        let token = self.token();
        let client = account.client();
        let send = client.send_message(peer(chat), InputMessage::text(text(token, 0)));
        let result = self.request("messages.sendMessage", send).await;
        self.sent(account, chat, token, result.map(|m| m.id()))
    }

    fn sent(
        &self,
        account: &Account,
        chat: i64,
        token: u32,
        result: Result<i32, Error>,
    ) -> Option<(i64, i32, u32)> {
        let fate = match &result {
            Ok(id) => Fate::Sent(*id),
            Err(error) if error.may_have_run() => Fate::Unknown,
            Err(_) => Fate::NotSent,
        };
        let by = account.user;
        lock(&self.facts).sendings.push(Sending {
            by,
            chat,
            token,
            fate,
        });
        result.ok().map(|id| (chat, id, token))
    }

    async fn edit(&self, account: &Account, rng: &mut Rng, mine: &mut Mine) {
        if mine.messages.is_empty() {
            return;
        }
        let (chat, id, token) = mine.messages[rng.u32() as usize % mine.messages.len()];
        mine.edits += 1;
        let client = account.client();
        let edit = client.edit_message(peer(chat), id, text(token, mine.edits));
        let _ = self.request("messages.editMessage", edit).await;
    }

    async fn delete(&self, account: &Account, rng: &mut Rng, mine: &mut Mine) {
        if mine.messages.is_empty() {
            return;
        }
        let n = rng.u32() as usize % mine.messages.len();
        let (chat, id, token) = mine.messages.swap_remove(n);
        lock(&self.facts).deleted.insert(token);
        let method = match PeerId::from_marked(chat) {
            Some(PeerId::Channel(_)) => "channels.deleteMessages",
            _ => "messages.deleteMessages",
        };
        let client = account.client();
        let delete = client.delete_messages(peer(chat), Delete::messages(id));
        let _ = self.request(method, delete).await;
    }

    async fn read(&self, account: &Account, rng: &mut Rng) {
        let chat = self.chat(account, rng);
        let method = match PeerId::from_marked(chat) {
            Some(PeerId::Channel(_)) => "channels.readHistory",
            _ => "messages.readHistory",
        };
        let client = account.client();
        let read = client.send_read_acknowledge(peer(chat), Read::all());
        let _ = self.request(method, read).await;
    }

    async fn look(&self, account: &Account, rng: &mut Rng) {
        let chat = self.chat(account, rng);
        let client = account.client();
        let look = client.get_messages(peer(chat), 20);
        let _ = self.request("messages.getHistory", look).await;
    }

    async fn send_file(&self, account: &Account, rng: &mut Rng, mine: &mut Mine) {
        let chat = self.chat(account, rng);
        let token = self.token();
        let file = Attachment::bytes("file.bin", content(token))
            .caption(text(token, 0))
            .no_cache()
            .force_document();
        let client = account.client();
        let send = client.send_file(peer(chat), file);
        let result = self.request("messages.sendMedia", send).await;
        if let Ok(message) = &result {
            lock(&self.facts)
                .files
                .push((account.user, chat, message.id(), token));
        }
        let sent = self.sent(account, chat, token, result.map(|m| m.id()));
        mine.messages.extend(sent);
    }

    /// Downloads a file that was heard of.
    async fn fetch_file(&self, account: &Account, rng: &mut Rng) {
        let files = lock(&self.facts).files.clone();
        if files.is_empty() {
            return;
        }
        let (by, sent_to, sent_id, token) = files[rng.u32() as usize % files.len()];
        let (chat, id) = if by == account.user {
            (sent_to, sent_id)
        } else {
            // The identifiers of another account, unless it is a channel: as they were heard.
            let Some(found) = heard(account, token) else {
                return;
            };
            found
        };
        let client = account.client();
        let fetch = async {
            let found = client.get_messages_by_id(peer(chat), id).await?;
            match found.into_iter().flatten().next() {
                Some(message) => client.download_bytes(&message).await,
                None => Ok(None),
            }
        };
        // Deleted files may be gone.
        if let Ok(Some(bytes)) = self.request("upload.getFile", fetch).await
            && bytes != content(token)
        {
            self.complain(format!(
                "the file of message {token} came down with another content"
            ));
        }
    }

    /// Something that is told once and never again.
    fn show_action(&self, account: &Account) {
        let n = {
            let mut facts = lock(&self.facts);
            facts.actions += 1;
            facts.actions
        };
        let from = self.stranger;
        let action = types::SendMessageUploadDocumentAction::new(n);
        self.sim
            .server(|server, now| server.show_action(now, from, account.user, action));
    }

    /// Somebody who has no client here writes.
    fn write_as_somebody(&self, account: &Account, rng: &mut Rng) {
        let to = match rng.u32() % 2 {
            0 => account.user,
            _ => self.group,
        };
        self.write(self.stranger, to);
    }

    /// A message that comes from the server's side.
    pub(super) fn write(&self, from: i64, to: i64) {
        let token = self.token();
        let done = self
            .sim
            .server(|server, now| server.write(now, from, to, &text(token, 0)));
        if let Err(fault) = done {
            self.complain(format!("{from} cannot write to {to}: {fault}"));
        }
    }

    /// The process dies in the middle of something, and is started again.
    async fn crash(&self, account: &Account, rng: &mut Rng) {
        let chats: Vec<i64> = (0..rng.u32() % 4)
            .map(|_| self.chat(account, rng))
            .collect();
        let after = Duration::from_millis(u64::from(rng.u32() % 2_000));
        lock(&self.facts).dying += 1;
        let sends = chats.into_iter().map(|chat| self.send(account, chat));
        let crash = async {
            self.wait(after).await;
            account.crash();
            tracing::debug!(at = ?self.sim.now().mono, user = account.user, "crashed");
        };
        futures::join!(join_all(sends), crash);
        lock(&self.facts).dying -= 1;
        if rng.u32().is_multiple_of(2) {
            self.pause(rng).await;
        }
        self.open(account).await;
    }

    async fn reopen(&self, account: &Account) {
        tracing::debug!(at = ?self.sim.now().mono, user = account.user, "closing");
        self.answered("disconnect()", account.close()).await;
        self.open(account).await;
    }

    pub(super) async fn open(&self, account: &Account) {
        if let Some(Err(error)) = self.answered("connect()", account.open(&self.sim)).await
            && !self.is_expected(&error)
        {
            self.complain(format!("connecting failed: {error}"));
        }
    }

    /// Both clocks of everybody part ways, or one machine's calendar is set.
    fn sleep_or_set_clock(&self, account: &Account, rng: &mut Rng) {
        lock(&self.facts).injected.count(FaultKind::Suspend);
        let far = 10_f64.powf(1.0 + 4.0 * roll(rng));
        match rng.u32() % 3 {
            0 => self.sim.jump(Duration::from_secs_f64(far)),
            1 => {
                self.sim.jump(Duration::from_secs_f64(far));
                self.sim.server(|server, _| server.close_all());
            }
            _ => {
                let sign = if rng.u32().is_multiple_of(2) {
                    1000.0
                } else {
                    -1000.0
                };
                account.machine.set_clock((far * sign) as i64);
            }
        }
    }
}

/// Where an account has heard of a message.
fn heard(account: &Account, token: u32) -> Option<(i64, i32)> {
    let wanted = text(token, 0);
    let runs = account.heard.runs();
    let told = runs.iter().flat_map(|run| &run.told);
    let mut found = told.filter_map(|told| match &told.what {
        What::New { chat, id, text, .. } if *text == wanted => Some((*chat, *id)),
        _ => None,
    });
    found.next()
}

/// By method.
pub(super) type CallBook = BTreeMap<&'static str, Calls>;

fn peer(chat: i64) -> PeerId {
    PeerId::from_marked(chat).expect("nobody has the number zero")
}

/// Between 0 and 1.
fn roll(rng: &mut Rng) -> f64 {
    f64::from(rng.u32()) / (f64::from(u32::MAX) + 1.0)
}

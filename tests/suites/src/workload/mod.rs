//! Accounts that live through a storm: a workload under a plan of faults, and what has to hold afterwards.
//!
//! [`run`] puts two or three accounts into a simulated world, has them write, edit, delete, read, post, send and fetch
//! files, crash and come back while everything goes wrong that the plan of the seed says, lets the weather clear, and then
//! compares what the accounts were told with what the server holds. The same seed is the same storm, byte for byte.

mod account;
mod check;
mod heard;
mod script;
mod store;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use telewire_core::config::CatchUp;
use telewire_core::internals::{Broken, Testing};
use telewire_core::rand::{Rng, Seed};
use telewire_core::transport::{Framing, Mode};
use telewire_sandbox::{FaultPlan, Injected, Options};

use crate::sim::Sim;
use account::Account;
use script::{CallBook, Sending};

/// After the storm everybody gets this long to come to rest: longer than the client's own patience with silence.
const CALM: Duration = Duration::from_secs(20 * 60);

/// What a storm is made of.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Everything follows from it.
    pub seed: u64,
    /// What goes wrong.
    pub plan: FaultPlan,
    /// How many things each account does.
    pub steps: u32,
    /// A mechanism that the clients lack.
    pub broken: Option<Broken>,
}

/// What a storm came to.
#[derive(Clone, Debug)]
pub struct Report {
    /// A digest of every byte and every event, and when it came.
    pub trace: u64,
    /// How long the accounts lived, all together.
    pub account_time: Duration,
    /// What went wrong.
    pub injected: Injected,
    /// How many requests were made.
    pub requests: usize,
    /// How many messages were sent.
    pub messages: usize,
}

/// A storm at work.
struct Storm {
    sim: Sim,
    plan: FaultPlan,
    accounts: Vec<Account>,
    group: i64,
    channel: i64,
    /// Somebody without a client, in whose name the server writes.
    stranger: i64,
    facts: Mutex<Facts>,
}

/// What is noted on the way.
#[derive(Default)]
struct Facts {
    tokens: u32,
    actions: i32,
    sendings: Vec<Sending>,
    /// What somebody wanted to be gone.
    deleted: BTreeSet<u32>,
    /// Author, chat, identifier, token.
    files: Vec<(i64, i64, i32, u32)>,
    calls: CallBook,
    injected: Injected,
    /// Processes that are about to die.
    dying: u32,
    complaints: Vec<String>,
}

impl Setup {
    /// The storm of that seed.
    pub fn from_seed(seed: u64) -> Self {
        Self {
            seed,
            plan: FaultPlan::from_seed(seed),
            steps: 25,
            broken: None,
        }
    }
}

/// Runs a storm; the error says what did not hold.
///
/// # Errors
/// Whatever was found wrong, a line each.
pub fn run(setup: &Setup) -> Result<Report, String> {
    let storm = || {
        let storm = Storm::new(setup);
        storm.rage(setup);
        storm.report()
    };
    catch_unwind(AssertUnwindSafe(storm)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(text.unwrap_or("a panic without a text").to_owned())
    })
}

/// What to tell of a storm that something did not survive, with the command that repeats it.
pub fn failure(setup: &Setup, why: &str) -> String {
    let (seed, plan) = (setup.seed, &setup.plan);
    let broken = setup.broken.map(|b| format!(" --break {b:?}"));
    format!(
        "seed {seed} failed:\n{why}\n{plan:?}\nrepeat it with: cargo run --release -p telewire-tests --bin soak -- --seed {seed}{}",
        broken.unwrap_or_default()
    )
}

impl Storm {
    fn new(setup: &Setup) -> Self {
        let mut rng = Rng::new(seed_of(setup.seed));
        let mut options = options(setup.seed, &mut rng);
        // The sandbox tells by identifiers which of two links is the older one, and wrong clocks make wrong identifiers.
        options.one_connection_a_key = setup.plan.skew == 0 && setup.plan.suspend == 0.0;
        let sim = Sim::with(options);
        sim.storm(&setup.plan);
        // One in eight signs in by itself, with a key exchange in the middle of the storm.
        let exchange = rng.u32().is_multiple_of(8);
        let transport = transport(rng.u32());
        let sequential = rng.u32().is_multiple_of(4);
        let count = 2 + (rng.u32() % 2) as usize;
        let accounts: Vec<Account> = (0..count)
            .map(|n| {
                let mut config = sim.config();
                config = config.testing(Testing::default().broken(setup.broken).watched());
                config.transport = transport;
                config.sequential_updates = sequential;
                config.catch_up = CatchUp::All;
                config.connection_retries = None;
                Account::new(&sim, n, config, exchange && n == 0, &mut rng)
            })
            .collect();
        let (group, channel, stranger) = sim.server(|server, _| {
            let chats = server.chats(accounts[0].user);
            let group = chats
                .iter()
                .copied()
                .find(|c| (-1_000_000_000_000..0).contains(c));
            let channel = chats.iter().copied().find(|c| *c < -1_000_000_000_000);
            let stranger = server.users().into_iter().nth(2).map(|u| u.id);
            (group, channel, stranger)
        });
        let stranger = stranger.expect("three people live in the sandbox");
        // Everybody has heard of everybody.
        let all: Vec<i64> = accounts.iter().map(|a| a.user).chain([stranger]).collect();
        sim.server(|server, now| {
            for from in &all {
                for to in all.iter().filter(|to| *to != from) {
                    server.write(now, *from, *to, "hello").expect("anybody may");
                }
            }
        });
        Self {
            group: group.expect("there is a group"),
            channel: channel.expect("there is a channel"),
            stranger,
            plan: setup.plan.clone(),
            accounts,
            facts: Mutex::default(),
            sim,
        }
    }

    /// From the first connection until everything has come to rest.
    fn rage(&self, setup: &Setup) {
        let mut rng = Rng::new(seed_of(!setup.seed));
        let rngs: Vec<Rng> = self.accounts.iter().map(|_| fork(&mut rng)).collect();
        let code = self.sim.server(|server, _| server.options().code.clone());
        self.sim.run(async {
            let begin = self.accounts.iter().map(|a| self.begin(a, &code));
            join_all(begin).await;
            for account in &self.accounts {
                account.disk.fail(self.plan.store_failure);
            }
            let lives = self.accounts.iter().zip(rngs);
            join_all(lives.map(|(a, rng)| self.live(a, rng, setup.steps))).await;
            if self.has_failed() {
                return;
            }
            self.sim.storm(&self.plan.calmed());
            self.accounts.iter().for_each(|a| a.disk.fail(0.0));
            self.wait(CALM).await;
            // What was lost last shows by what comes after it.
            for account in &self.accounts {
                self.write(self.stranger, account.user);
            }
            self.write(self.stranger, self.group);
            self.write(self.accounts[0].user, self.channel);
            self.wait(CALM / 10).await;
        });
        if !self.has_failed() {
            self.check();
        }
    }

    /// Connects, signs in if need be, and learns who is there.
    async fn begin(&self, account: &Account, code: &str) {
        self.open(account).await;
        if account.disk.session().home.is_none() || account.disk.session().user.is_none() {
            let authorized = account.client().is_user_authorized().await.unwrap_or(false);
            if !authorized && let Err(error) = account.sign_in(code).await {
                return self.complain(format!("signing in failed: {error}"));
            }
        }
        for _ in 0..50 {
            let client = account.client();
            let Some(dialogs) = self.answered("getDialogs", client.get_dialogs(50)).await else {
                return;
            };
            let state = account.disk.session();
            let known = state.state.is_some() && !state.channels.is_empty();
            if dialogs.is_ok() && known {
                return;
            }
            self.wait(Duration::from_secs(5)).await;
        }
        self.complain("an account never learns where its updates stand".into());
    }

    fn report(&self) -> Result<Report, String> {
        let facts = lock(&self.facts);
        if !facts.complaints.is_empty() {
            return Err(facts.complaints.join("\n"));
        }
        let mut injected = self.sim.injected();
        injected.add(&facts.injected);
        for account in &self.accounts {
            injected.add(&account.disk.injected());
        }
        let lived = self.sim.now().mono.since_origin();
        Ok(Report {
            trace: self.sim.trace(),
            account_time: lived * u32::try_from(self.accounts.len()).unwrap_or(1),
            injected,
            requests: facts.calls.values().map(|c| c.all).sum(),
            messages: facts.tokens as usize,
        })
    }

    fn token(&self) -> u32 {
        let mut facts = lock(&self.facts);
        facts.tokens += 1;
        facts.tokens
    }

    fn complain(&self, what: String) {
        lock(&self.facts).complaints.push(what);
    }

    fn has_failed(&self) -> bool {
        !lock(&self.facts).complaints.is_empty()
    }
}

/// The world's own ways, which differ from seed to seed as well.
fn options(seed: u64, rng: &mut Rng) -> Options {
    Options {
        seed,
        difference_slice: [3, 20, 100][rng.u32() as usize % 3],
        gzip_above: [None, Some(100), Some(1024)][rng.u32() as usize % 3],
        announce_above: [64, 1024, 16 * 1024][rng.u32() as usize % 3],
        resend_after: Duration::from_secs([5, 20, 60][rng.u32() as usize % 3]),
        // Machines may sleep for long.
        edit_time: Duration::from_secs(365 * 24 * 3600),
        ..Options::default()
    }
}

fn transport(dice: u32) -> Mode {
    match dice % 6 {
        0 => Mode::Full,
        1 => Mode::Abridged,
        2 => Mode::Intermediate,
        3 => Mode::Padded,
        4 => Mode::Obfuscated(Framing::Abridged),
        _ => Mode::Obfuscated(Framing::Padded),
    }
}

/// What the message with that number says after so many edits.
fn text(token: u32, edits: u32) -> String {
    match edits {
        0 => format!("m{token}"),
        n => format!("m{token} e{n}"),
    }
}

/// The number of a message of ours.
fn token_of(text: &str) -> Option<u32> {
    text.split(' ').next()?.strip_prefix('m')?.parse().ok()
}

/// The content of the file with that number: from a byte to some parts.
fn content(token: u32) -> Vec<u8> {
    let len = [1, 700, 40_000, 131_072, 300_000][token as usize % 5];
    (0..len)
        .map(|i: u32| (i.wrapping_mul(31).wrapping_add(token) % 251) as u8)
        .collect()
}

fn seed_of(seed: u64) -> Seed {
    let mut bytes = [0x33; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    Seed::new(bytes)
}

fn fork(rng: &mut Rng) -> Rng {
    Rng::new(Seed::new(rng.array()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

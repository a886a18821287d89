//! Signing in, out and up against the sandbox, in virtual time.

mod both;
mod bots;
mod codes;
mod log_out;
mod password;
mod qr;
mod sign_up;
mod start;
mod two_factor;

use std::time::Duration;

use telewire_core::Client;
use telewire_core::client::{Edit2fa, Phone, SignIn};
use telewire_core::error::Error;
use telewire_core::runtime::Runtime as _;
use telewire_core::types::UserData;
use telewire_tests::account::client;
use telewire_tests::sim::Sim;

/// Ready-made users of the sandbox.
const ADA: &str = "9996620001";
const ALAN: &str = "9996620003";
/// Alan's password, and its hint.
const PASSWORD: &str = "bombe";
const HINT: &str = "a machine";
/// The code that every phone gets, one that is wrong, and the one that every mail box gets.
const CODE: &str = "22222";
const WRONG: &str = "11111";
const MAILED: &str = "654321";

/// Runs a test with a client that is connected and not signed in.
fn run<T>(seed: u64, test: impl AsyncFnOnce(&Sim, Client) -> T) -> T {
    let sim = Sim::new(seed);
    sim.run(async {
        let client = connected(&sim).await;
        test(&sim, client).await
    })
}

async fn connected(sim: &Sim) -> Client {
    let client = client(sim);
    client.connect().await.unwrap();
    client
}

/// A new client that gives phone and code; what comes then.
async fn enter(sim: &Sim, phone: &str) -> (Client, SignIn) {
    let client = connected(sim).await;
    client.send_code_request(phone).await.unwrap();
    let next = client.sign_in(Phone::last(), CODE).await.unwrap();
    (client, next)
}

/// A new client of a user without a password.
async fn signed_in(sim: &Sim, phone: &str) -> Client {
    let (client, next) = enter(sim, phone).await;
    assert!(matches!(next, SignIn::Done(_)), "{next:?}");
    client
}

/// How many requests of a method the server has run.
fn asked(sim: &Sim, method: &str) -> usize {
    sim.server(|server, _| server.executed(method))
}

/// Lets so much time pass.
async fn pass(sim: &Sim, time: Duration) {
    let at = sim.now().mono + time;
    sim.runtime().sleep_until(at).await;
}

fn name(user: &UserData) -> &str {
    user.first_name.as_deref().unwrap_or_default()
}

//! Clients of a simulated world that are signed in: how the suites of an area begin.
//!
//! ```
//! use telewire_tests::account::run;
//!
//! run(1, async |_sim, client| {
//!     let sent = client.send_message("me", "Hello").await.unwrap();
//!     assert_eq!(sent.text(), "Hello");
//! });
//! ```

use telewire_core::client::{Scope, SignIn};
use telewire_core::objects::Message;
use telewire_core::runtime::Runtime as _;
use telewire_core::session::{MemorySession, SessionStore};
use telewire_core::{Client, Config};

use crate::sim::Sim;

/// A client of that world that is neither connected nor signed in.
pub fn client(sim: &Sim) -> Client {
    client_with(sim, MemorySession::new(), sim.config())
}

/// The same with a session and settings of its own.
pub fn client_with(sim: &Sim, store: impl SessionStore, config: Config) -> Client {
    let (client, driver) = Client::with_driver(sim.runtime(), store, config);
    sim.runtime().spawn(driver);
    client
}

/// A connected client, signed in as the `n`-th of the sandbox's users that have no password.
pub async fn signed_in(sim: &Sim, n: usize) -> Client {
    let client = client(sim);
    sign_in(sim, &client, n).await;
    client
}

/// Connects a client and signs it in as the `n`-th of the sandbox's users that have no password. Returns its id.
pub async fn sign_in(sim: &Sim, client: &Client, n: usize) -> i64 {
    let (user, code) = sim.server(|server, _| {
        let users = server.users().into_iter();
        let user = users.filter(|u| u.password.is_none()).nth(n);
        (
            user.expect("the sandbox has such a user"),
            server.options().code.clone(),
        )
    });
    client.connect().await.expect("the server is there");
    client
        .send_code_request(&user.phone)
        .await
        .expect("a code is sent");
    match client.sign_in(&user.phone, &code).await {
        Ok(SignIn::Done(me)) => me.id,
        other => panic!("neither a password nor signing up is asked for: {other:?}"),
    }
}

/// Two accounts that know each other: the first two users without a password.
pub async fn pair(sim: &Sim) -> (Client, Client) {
    (signed_in(sim, 0).await, signed_in(sim, 1).await)
}

/// The newest message of a chat, or of all of them.
pub async fn newest(client: &Client, chat: impl Into<Scope>) -> Message {
    let newest = client.get_messages(chat, 1).await.expect("a chat");
    newest.into_vec().pop().expect("a message in it")
}

/// Runs a test with one account in a world made from `seed`.
pub fn run<T>(seed: u64, test: impl AsyncFnOnce(&Sim, Client) -> T) -> T {
    let sim = Sim::new(seed);
    sim.run(async {
        let client = signed_in(&sim, 0).await;
        test(&sim, client).await
    })
}

/// Runs a test with two accounts in a world made from `seed`.
pub fn run_pair<T>(seed: u64, test: impl AsyncFnOnce(&Sim, Client, Client) -> T) -> T {
    let sim = Sim::new(seed);
    sim.run(async {
        let (one, other) = pair(&sim).await;
        test(&sim, one, other).await
    })
}

//! What is sent, changed, deleted, forwarded, read and pressed, as both sides see it.

mod buttons;
mod delete;
mod edit;
mod forward;
mod markup;
mod read;
mod rules;
mod send;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use telewire_core::client::{Attachment, EntityLike};
use telewire_core::events::Raw;
use telewire_core::runtime::Runtime as _;
use telewire_core::{Client, Error, functions, types};
use telewire_tests::account;
use telewire_tests::sim::Sim;

/// What the second of the two people is called.
const OTHER: &str = "@grace_hopper";
/// A bot that says nothing by itself.
const BOT: &str = "@telewire_bot";

/// Everything that reaches an account from now on.
#[derive(Clone)]
struct Seen(Arc<Mutex<Vec<types::Update>>>);

impl Seen {
    fn by(sim: &Sim, client: &Client) -> Self {
        let seen = Self(Arc::default());
        let all = seen.clone();
        client.on(Raw::new(), move |event| {
            all.0.lock().unwrap().push(event.update().clone());
            std::future::ready(())
        });
        let client = client.clone();
        sim.runtime().spawn(async move {
            let _ = client.run_until_disconnected().await;
        });
        seen
    }

    /// What has come that `pick` takes, once everything has come.
    async fn all<T>(&self, sim: &Sim, pick: impl Fn(&types::Update) -> Option<T>) -> Vec<T> {
        pause(sim, 2).await;
        self.0.lock().unwrap().iter().filter_map(pick).collect()
    }
}

/// Lets some seconds pass.
async fn pause(sim: &Sim, seconds: u64) {
    let at = sim.now().mono + Duration::from_secs(seconds);
    sim.runtime().sleep_until(at).await;
}

/// The bot, signed in.
async fn bot(sim: &Sim) -> Client {
    let client = account::client(sim);
    client.connect().await.unwrap();
    let token = sim.server(|server, _| {
        let bots = server.bots().into_iter();
        bots.map(|b| (b.username, b.token))
            .find(|(name, _)| format!("@{name}") == BOT)
            .unwrap()
            .1
    });
    client.sign_in_bot(&token).await.unwrap();
    client
}

/// One person and the bot, which has been written to and so knows whom to answer.
fn run_with_bot<T>(seed: u64, test: impl AsyncFnOnce(&Sim, Client, Client, i64) -> T) -> T {
    let sim = Sim::new(seed);
    sim.run(async {
        let person = account::signed_in(&sim, 0).await;
        let bot = bot(&sim).await;
        person.send_message(BOT, "/start").await.unwrap();
        let id = person.get_me().await.unwrap().id;
        test(&sim, person, bot, id).await
    })
}

/// A channel, or a supergroup, of the two people; the first one made it. Each gets it as they know it.
async fn channel(one: &Client, other: &Client, broadcast: bool) -> (EntityLike, EntityLike) {
    let create = functions::channels::CreateChannel::new("Harbour", "")
        .broadcast(broadcast)
        .megagroup(!broadcast);
    one.invoke(&create).await.unwrap();
    let here = chat(one, "Harbour").await;
    let types::InputPeer::Channel(c) = one.get_input_entity(here.clone()).await.unwrap() else {
        panic!("it is a channel")
    };
    let input = types::InputChannelData::new(c.channel_id, c.access_hash);
    let guest = types::InputUser::Named(OTHER.into());
    let invite = functions::channels::InviteToChannel::new(input, vec![guest]);
    one.invoke(&invite).await.unwrap();
    (here, chat(other, "Harbour").await)
}

/// A chat in the list, by its name.
async fn chat(client: &Client, name: &str) -> EntityLike {
    let mut dialogs = client.iter_dialogs();
    loop {
        let dialog = dialogs.next().await.unwrap().expect("it is listed");
        if dialog.name() == name {
            return dialog.into();
        }
    }
}

/// A picture that no other number has.
fn picture(number: u8) -> Attachment {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x20\0\0\0\x20".to_vec();
    bytes.push(number);
    Attachment::bytes(format!("{number}.png"), bytes)
}

/// The texts of a chat, oldest first.
async fn texts(client: &Client, chat: impl Into<EntityLike>) -> Vec<String> {
    let mut messages = client
        .get_messages(chat.into(), 100)
        .await
        .unwrap()
        .into_vec();
    messages.reverse();
    messages.iter().map(|m| m.raw_text().to_owned()).collect()
}

/// The name of the error that the server has answered with.
fn name<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result.unwrap_err() {
        Error::Rpc { error, .. } => error.name().to_owned(),
        other => panic!("{other}"),
    }
}

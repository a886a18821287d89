//! Events, their filters and their handlers, through the public interface: what one account does, and what another one
//! hears of it.

mod chat_action;
mod deleted;
mod dispatch;
mod edited;
mod filters;
mod gap;
mod new_message;
mod raw;
mod read;
mod register;
mod run;
mod told;
mod user_update;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use telewire_core::Client;
use telewire_core::events::{EventBuilder, Handler, MessageEditedEvent, NewMessageEvent};
use telewire_core::peers::PeerId;
use telewire_core::runtime::Runtime as _;
use telewire_core::{functions, types};
use telewire_tests::account::{client_with, sign_in, signed_in};
use telewire_tests::sim::Sim;

/// What handlers have noted.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Two accounts: Ada does something, and Grace hears of it.
struct Scene<'a> {
    sim: &'a Sim,
    ada: Client,
    grace: Client,
    ada_id: i64,
    grace_id: i64,
    log: Log,
}

/// Runs a test with the two.
fn scene<T>(seed: u64, test: impl AsyncFnOnce(&Scene<'_>) -> T) -> T {
    let sim = Sim::new(seed);
    sim.run(async {
        let (ada, grace) = (signed_in(&sim, 0).await, signed_in(&sim, 1).await);
        let scene = Scene::new(&sim, ada, grace).await;
        test(&scene).await
    })
}

/// The same with Grace's updates handled one by one.
fn sequential_scene<T>(seed: u64, test: impl AsyncFnOnce(&Scene<'_>) -> T) -> T {
    let sim = Sim::new(seed);
    sim.run(async {
        let mut config = sim.config();
        config.sequential_updates = true;
        let ada = signed_in(&sim, 0).await;
        let grace = client_with(&sim, telewire_core::session::MemorySession::new(), config);
        sign_in(&sim, &grace, 1).await;
        let scene = Scene::new(&sim, ada, grace).await;
        test(&scene).await
    })
}

impl<'a> Scene<'a> {
    async fn new(sim: &'a Sim, ada: Client, grace: Client) -> Self {
        let ada_id = ada.get_me().await.unwrap().id;
        let grace_id = grace.get_me().await.unwrap().id;
        // They know each other from here on, so that nobody has to be looked up.
        ada.get_input_entity("grace_hopper").await.unwrap();
        grace.get_input_entity("ada_lovelace").await.unwrap();
        ada.get_dialogs(20).await.unwrap();
        grace.get_dialogs(20).await.unwrap();
        Self {
            sim,
            ada,
            grace,
            ada_id,
            grace_id,
            log: Log::default(),
        }
    }

    /// Grace notes the texts of the messages that these events are.
    fn hear<B>(&self, name: &'static str, events: B) -> Handler
    where
        B: EventBuilder<Event: AsMessage>,
    {
        let log = self.log.clone();
        self.grace.on(events, move |event| {
            log.note(format!("{name}: {}", event.raw_text()));
            async {}
        })
    }

    /// Grace's handlers run from now on.
    fn run(&self) {
        self.run_client(&self.grace);
    }

    fn run_client(&self, client: &Client) {
        let client = client.clone();
        self.sim.runtime().spawn(async move {
            client.run_until_disconnected().await.unwrap();
        });
    }

    /// Lets everything happen that is going to.
    async fn settle(&self) {
        self.wait(Duration::from_secs(3)).await;
    }

    async fn wait(&self, d: Duration) {
        let at = self.sim.now().mono + d;
        self.sim.runtime().sleep_until(at).await;
    }

    /// What was noted since the last call, once everything has happened.
    async fn heard(&self) -> Vec<String> {
        self.settle().await;
        self.log.take()
    }

    /// Ada writes to Grace.
    async fn write(&self, text: &str) -> i32 {
        self.ada
            .send_message(self.grace_id, text)
            .await
            .unwrap()
            .id()
    }

    /// The group that both are in, as marked.
    fn group(&self) -> i64 {
        self.chat(|id| matches!(id, PeerId::Chat(_)))
    }

    /// The channel that Ada writes and Grace reads.
    fn channel(&self) -> i64 {
        self.chat(|id| matches!(id, PeerId::Channel(_)))
    }

    fn chat(&self, is: impl Fn(PeerId) -> bool) -> i64 {
        let chats = self.sim.server(|server, _| server.chats(self.grace_id));
        let found = chats
            .into_iter()
            .find(|id| PeerId::from_marked(*id).is_some_and(&is));
        found.expect("the sandbox has such a chat")
    }

    /// A new supergroup of Ada's and Grace's, as marked, and as Ada names it in requests.
    async fn supergroup(&self, title: &str) -> (i64, types::InputChannel) {
        let create = functions::channels::CreateChannel::new(title, "").megagroup(true);
        let types::Updates::Updates(made) = self.ada.invoke(&create).await.unwrap() else {
            panic!("a channel comes with updates")
        };
        let types::Chat::Channel(channel) = &made.chats[0] else {
            panic!("{made:?}")
        };
        let own = types::InputChannelData::new(channel.id, channel.access_hash.unwrap());
        let grace = user(&self.ada, self.grace_id).await;
        let invite = functions::channels::InviteToChannel::new(own.clone(), vec![grace]);
        self.ada.invoke(&invite).await.unwrap();
        (PeerId::Channel(channel.id).marked(), own.into())
    }

    /// Ada is seen writing to Grace.
    async fn type_something(&self) {
        let peer = self.ada.get_input_entity(self.grace_id).await.unwrap();
        let action = types::SendMessageAction::SendMessageTypingAction;
        let request = functions::messages::SetTyping::new(peer, action);
        self.ada.invoke(&request).await.unwrap();
    }

    /// Another device of Grace. What her handlers have noted of its login is forgotten.
    async fn other_device(&self) -> Client {
        let other = signed_in(self.sim, 1).await;
        other.get_input_entity("ada_lovelace").await.unwrap();
        other.get_dialogs(20).await.unwrap();
        self.heard().await;
        other
    }

    fn executed(&self, method: &str) -> usize {
        self.sim.server(|server, _| server.executed(method))
    }
}

/// How requests name a user whom the client knows.
async fn user(
    client: &Client,
    who: impl Into<telewire_core::client::EntityLike>,
) -> types::InputUser {
    match client.get_input_entity(who).await.unwrap() {
        types::InputPeer::User(u) => types::InputUserData::new(u.user_id, u.access_hash).into(),
        other => panic!("{other:?}"),
    }
}

/// An event that is a message.
trait AsMessage {
    fn raw_text(&self) -> &str;
}

impl AsMessage for NewMessageEvent {
    fn raw_text(&self) -> &str {
        self.message().raw_text()
    }
}

impl AsMessage for MessageEditedEvent {
    fn raw_text(&self) -> &str {
        self.message().raw_text()
    }
}

//! Ten thousand messages in fifty channels and fifty chats, written while the network comes and goes and the program ends and
//! begins again: each is seen exactly once in a run and in the order of its box, and none is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::{AbortHandle, abortable};
use telewire_core::config::CatchUp;
use telewire_core::error::StoreError;
use telewire_core::events::{Gap, NewMessage};
use telewire_core::peers::{PeerId, PeerKey, PeerRecord};
use telewire_core::rand::{Rng, Seed};
use telewire_core::runtime::Runtime as _;
use telewire_core::session::{
    MemorySession, SentFile, SentFileKey, Session, SessionChange, SessionStore,
};
use telewire_core::{Client, functions, types};
use telewire_sandbox::{FaultKind, FaultPlan, Server};
use telewire_tests::account::{sign_in, signed_in};
use telewire_tests::sim::Sim;

const CHANNELS: usize = 50;
const CHATS: usize = 50;
const MESSAGES: usize = 10_000;

/// A chat as the writer names it, and as the reader sees it.
#[derive(Clone, Copy)]
struct Place {
    to: i64,
    seen: PeerId,
}

/// What one run of the reader's program has seen, in order: the chat, the number in the text, the message's identifier.
type Seen = Arc<Mutex<Vec<(PeerId, usize, i32)>>>;

/// A session that outlives the program.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<MemorySession>>);

impl Disk {
    /// What it holds at this moment, as a crash leaves it behind.
    fn snapshot(&self) -> Self {
        let contents = self.0.lock().unwrap().contents().unwrap();
        let mut copy = MemorySession::new();
        copy.apply(&contents).unwrap();
        Self(Arc::new(Mutex::new(copy)))
    }
}

impl SessionStore for Disk {
    fn load(&mut self) -> Result<Session, StoreError> {
        self.0.lock().unwrap().load()
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        self.0.lock().unwrap().apply(changes)
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        self.0.lock().unwrap().peer(key)
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        self.0.lock().unwrap().sent_file(key)
    }

    fn close(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        self.0.lock().unwrap().delete()
    }
}

/// The reader's program while it runs.
struct Reader {
    client: Client,
    driver: AbortHandle,
    seen: Seen,
    gaps: Arc<Mutex<Vec<String>>>,
}

impl Reader {
    fn start(sim: &Sim, disk: &Disk) -> Self {
        let mut config = sim.config();
        config.catch_up = CatchUp::All;
        config.connection_retries = None;
        let (client, driver) = Client::with_driver(sim.runtime(), disk.clone(), config);
        let (driver, handle) = abortable(driver);
        sim.runtime().spawn(async move {
            let _ = driver.await;
        });
        let (seen, gaps) = (Seen::default(), Arc::<Mutex<Vec<String>>>::default());
        let (list, runtime) = (Arc::clone(&seen), sim.runtime());
        client.on(NewMessage::new().incoming(), move |event| {
            let number = event.text().parse().ok();
            if let (Some(number), Some(chat)) = (number, event.chat_id()) {
                list.lock().unwrap().push((chat, number, event.id()));
            }
            // It takes a while to be done with a message, for some longer than for others.
            let done = runtime.now().mono + Duration::from_millis(event.id() as u64 * 37 % 300);
            runtime.clone().sleep_until(done)
        });
        let list = Arc::clone(&gaps);
        client.on(Gap::new(), move |gap| {
            list.lock().unwrap().push(format!("{:?}", gap.why()));
            async {}
        });
        Self {
            client,
            driver: handle,
            seen,
            gaps,
        }
    }

    fn run(&self, sim: &Sim) {
        let client = self.client.clone();
        sim.runtime().spawn(async move {
            let _ = client.run_until_disconnected().await;
        });
    }

    /// What it has seen by now. Nothing may be missing according to itself.
    fn seen(&self) -> Vec<(PeerId, usize, i32)> {
        assert_eq!(*self.gaps.lock().unwrap(), Vec::<String>::new());
        self.seen.lock().unwrap().clone()
    }
}

/// Somebody who writes, where, and how much.
struct Writer<'a> {
    sim: &'a Sim,
    rng: Rng,
    id: i64,
    places: Vec<Place>,
    written: BTreeMap<PeerId, usize>,
    total: usize,
}

impl Writer<'_> {
    fn write(&mut self) {
        let place = self.places[self.rng.u32() as usize % self.places.len()];
        self.write_to(place);
    }

    fn write_to(&mut self, place: Place) {
        let number = self.written.entry(place.seen).or_default();
        *number += 1;
        self.total += 1;
        let (id, text) = (self.id, number.to_string());
        self.sim.server(|server, now| {
            let sent = server.write(now, id, place.to, &text);
            sent.expect("the writer may write there");
        });
    }

    /// Writes until there are so many messages, now quickly and now slowly, while connections break.
    async fn write_until(&mut self, total: usize) {
        while self.total < total {
            self.write();
            match self.below(300) {
                0 => self.write_to_nobody().await,
                1..=2 => self.sim.server(|server, _| server.close_all()),
                3..=60 => {
                    let ms = self.below(400);
                    self.pause(ms).await;
                }
                _ => {}
            }
        }
    }

    /// The reader cannot be reached for up to a minute and a half.
    async fn write_to_nobody(&mut self) {
        self.sim.weather(|weather| weather.reachable = false);
        self.sim.server(|server, _| server.close_all());
        for _ in 0..self.below(60) {
            self.write();
            let ms = self.below(1_500);
            self.pause(ms).await;
        }
        self.sim.weather(|weather| weather.reachable = true);
    }

    /// Connections hold, but many updates are lost. Then the weather clears up, and everybody writes once more. Now that it can be told that something is missing, all of it
    /// has to be there soon, and not only when the silence has become suspicious.
    async fn clear_up(&mut self) {
        // Until the reader has caught up with what it missed while it was away.
        self.pause(30_000).await;
        self.sim.storm(&FaultPlan {
            lost_update: 0.3,
            ..FaultPlan::default()
        });
        for _ in 0..150 {
            self.write();
            self.pause(100).await;
        }
        self.sim.storm(&FaultPlan::default());
        for n in 0..self.places.len() {
            self.write_to(self.places[n]);
        }
        self.pause(120_000).await;
    }

    fn below(&mut self, end: u32) -> u32 {
        self.rng.u32() % end
    }

    async fn pause(&self, ms: u32) {
        let at = self.sim.now().mono + Duration::from_millis(ms.into());
        self.sim.runtime().sleep_until(at).await;
    }
}

async fn make_places(sim: &Sim, writer: &Client, reader: i64) -> (i64, Vec<Place>) {
    let me = writer.get_me().await.unwrap().id;
    let name = sim.server(|server: &mut Server, _| {
        let users = server.users().into_iter();
        users.map(|u| u.name).next().unwrap()
    });
    assert!(name.starts_with("Ada"), "the reader is the first of them");
    let ada = writer.get_input_entity("@ada_lovelace").await.unwrap();
    let types::InputPeer::User(ada) = ada else {
        panic!("{ada:?} is no user")
    };
    assert_eq!(ada.user_id, reader);
    let ada = types::InputUser::from(types::InputUserData::new(ada.user_id, ada.access_hash));
    let mut places = vec![Place {
        to: reader,
        seen: PeerId::User(me),
    }];
    for n in 1..CHATS {
        let create = functions::messages::CreateChat::new(vec![ada.clone()], format!("group {n}"));
        let made = writer.invoke(&create).await.unwrap();
        let types::Updates::Updates(made) = made.updates else {
            panic!("no chat comes along")
        };
        let types::Chat::Chat(chat) = &made.chats[0] else {
            panic!("no group: {made:?}")
        };
        let seen = PeerId::Chat(chat.id);
        let to = seen.marked();
        places.push(Place { to, seen });
    }
    for n in 0..CHANNELS {
        let create = functions::channels::CreateChannel::new(format!("channel {n}"), "")
            .megagroup(n % 2 == 0)
            .broadcast(n % 2 == 1);
        let types::Updates::Updates(made) = writer.invoke(&create).await.unwrap() else {
            panic!("no channel comes along")
        };
        let types::Chat::Channel(channel) = &made.chats[0] else {
            panic!("no channel: {made:?}")
        };
        let hash = channel.access_hash.unwrap();
        let input = types::InputChannelData::new(channel.id, hash);
        let invite = functions::channels::InviteToChannel::new(input, vec![ada.clone()]);
        writer.invoke(&invite).await.unwrap();
        let seen = PeerId::Channel(channel.id);
        let to = seen.marked();
        places.push(Place { to, seen });
    }
    (me, places)
}

/// The numbers that a run has seen of each chat: one after the other, none twice, in the order of their boxes.
fn in_order(seen: &[(PeerId, usize, i32)]) -> BTreeMap<PeerId, (usize, usize)> {
    let mut ranges: BTreeMap<PeerId, (usize, usize)> = BTreeMap::new();
    let mut last_of_account = 0;
    for (chat, number, id) in seen {
        let range = ranges.entry(*chat).or_insert((*number, *number - 1));
        assert_eq!(
            *number,
            range.1 + 1,
            "{chat:?}: message {number} after {}",
            range.1
        );
        range.1 = *number;
        if !matches!(chat, PeerId::Channel(_)) {
            assert!(*id > last_of_account, "the chats share one box");
            last_of_account = *id;
        }
    }
    ranges
}

/// Some updates the server gives up, and some it sends twice.
fn storm(sim: &Sim) {
    let plan = FaultPlan {
        lost_update: 0.05,
        duplicate: 0.02,
        ..FaultPlan::default()
    };
    sim.storm(&plan);
}

// rule: updates.boxes
// parity: N-upd.missing, N-upd.order, N-upd.persist
#[test]
fn ten_thousand_messages_arrive_once_and_in_order_however_the_network_is() {
    let sim = Sim::new(4_711);
    let disk = Disk::default();
    let first = Reader::start(&sim, &disk);
    let mut writer = sim.run(async {
        let reader = sign_in(&sim, &first.client, 0).await;
        let other = signed_in(&sim, 1).await;
        let (id, places) = make_places(&sim, &other, reader).await;
        other.disconnect().await;
        // Where channels stand is known from the dialogs: nobody is told what was before.
        assert!(first.client.get_dialogs(200).await.unwrap().len() > CHATS + CHANNELS);
        Writer {
            sim: &sim,
            rng: Rng::new(Seed::new([9; 32])),
            id,
            places,
            written: BTreeMap::new(),
            total: 0,
        }
    });
    first.run(&sim);
    storm(&sim);
    sim.run(writer.write_until(4_000));
    sim.run(writer.clear_up());
    storm(&sim);
    let told = in_order(&first.seen());
    let all: BTreeMap<_, _> = writer.written.iter().map(|(c, n)| (*c, (1, *n))).collect();
    assert_eq!(told, all, "everything, from the first on");

    // The program ends in the midst of it, goes away as it should, and comes back.
    sim.run(writer.write_until(4_500));
    sim.run(first.client.disconnect());
    let before = in_order(&first.seen());
    sim.run(writer.write_until(4_700));
    let second = Reader::start(&sim, &disk);
    sim.run(second.client.connect()).unwrap();
    second.run(&sim);
    sim.run(writer.write_until(7_000));

    // It crashes: what it has not stored is gone, and it begins with what it has.
    sim.run(writer.write_until(7_300));
    let left = disk.snapshot();
    second.driver.abort();
    let crashed = in_order(&second.seen());
    sim.run(writer.write_until(7_500));
    let third = Reader::start(&sim, &left);
    sim.run(third.client.connect()).unwrap();
    third.run(&sim);
    sim.run(writer.write_until(MESSAGES));
    sim.run(writer.clear_up());
    let after = in_order(&third.seen());

    let chats: BTreeSet<PeerId> = writer.written.keys().copied().collect();
    assert_eq!(chats.len(), CHATS + CHANNELS);
    for chat in chats {
        let written = writer.written[&chat];
        let (begin, end) = after.get(&chat).copied().unwrap_or((written + 1, written));
        assert_eq!(end, written, "{chat:?}: all of it in the end");
        let (from, to) = crashed.get(&chat).copied().unwrap_or((begin, begin - 1));
        assert!(begin <= to + 1, "{chat:?}: {to} was seen, and then {begin}");
        // What was in hand when the program ended may come again, but nothing is left out.
        let earlier = before.get(&chat).map_or(0, |range| range.1);
        assert!(from <= earlier + 1, "{chat:?}: {earlier}, and then {from}");
    }
    let asked = sim.server(|server, _| {
        ["updates.getDifference", "updates.getChannelDifference"].map(|m| server.executed(m))
    });
    assert!(asked[0] > 20 && asked[1] > 200, "{asked:?}");
    let lost = sim.injected().of(FaultKind::LostUpdate);
    assert!(lost > 20, "{lost} updates were lost");
}

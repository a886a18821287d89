//! What a client asks of its store, whoever wrote it.

use std::sync::{Arc, Mutex};

use telewire_core::error::StoreError;
use telewire_core::peers::{PeerId, PeerKey, PeerRecord};
use telewire_core::session::{
    MemorySession, SentFile, SentFileKey, Session, SessionChange, SessionStore,
};
use telewire_core::{Client, Error, types};
use telewire_tests::account::{client_with, sign_in};
use telewire_tests::sim::Sim;

/// What was asked of a store.
#[derive(Default)]
struct Log {
    calls: Vec<String>,
    peers: Vec<PeerRecord>,
    asked: Vec<PeerKey>,
}

/// A store of somebody's own: in memory, with another idea of peers, and a log.
#[derive(Default)]
struct Custom {
    memory: MemorySession,
    log: Arc<Mutex<Log>>,
    /// Peers that are found without ever having been stored.
    invented: Vec<(PeerKey, PeerRecord)>,
    /// Names and phones are nobody's business.
    discreet: bool,
}

impl SessionStore for Custom {
    fn load(&mut self) -> Result<Session, StoreError> {
        self.memory.load()
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        let mut log = self.log.lock().unwrap();
        for change in changes {
            let call = match change {
                SessionChange::Home(_) => "home",
                SessionChange::Dc(_) => "dc",
                SessionChange::Key(_, Some(_)) => "key",
                SessionChange::User(Some(_)) => "user",
                SessionChange::User(None) => "nobody",
                SessionChange::State(_) => "state",
                SessionChange::Peer(peer) => {
                    log.peers.push(peer.clone());
                    if self.discreet {
                        let mut peer = peer.clone();
                        (peer.name, peer.phone) = ("".into(), None);
                        self.memory.apply(&[SessionChange::Peer(peer)])?;
                        continue;
                    }
                    "peer"
                }
                _ => "other",
            };
            if log.calls.last().is_none_or(|last| last != call) {
                log.calls.push(call.into());
            }
            self.memory.apply(std::slice::from_ref(change))?;
        }
        Ok(())
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        self.log.lock().unwrap().asked.push(key.clone());
        let invented = self.invented.iter().find(|(known, _)| known == key);
        match invented {
            Some((_, peer)) => Ok(Some(peer.clone())),
            None => self.memory.peer(key),
        }
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        self.memory.sent_file(key)
    }

    fn close(&mut self) -> Result<(), StoreError> {
        self.log.lock().unwrap().calls.push("close".into());
        Ok(())
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        self.log.lock().unwrap().calls.push("delete".into());
        self.memory.delete()
    }
}

fn peer(id: PeerId, hash: i64, username: &str, phone: &str, name: &str) -> PeerRecord {
    PeerRecord {
        id,
        access_hash: hash,
        usernames: Vec::from_iter((!username.is_empty()).then(|| username.into())),
        phone: (!phone.is_empty()).then(|| phone.into()),
        name: name.into(),
        bot: false,
    }
}

fn user(id: i64, hash: i64) -> types::InputPeer {
    types::InputPeerUser::new(id, hash).into()
}

fn channel(id: i64, hash: i64) -> types::InputPeer {
    types::InputPeerChannel::new(id, hash).into()
}

/// Runs with a client that is signed in on that store.
fn with<T>(store: impl SessionStore, test: impl AsyncFnOnce(&Sim, Client) -> T) -> T {
    let sim = Sim::new(8);
    sim.run(async {
        let client = client_with(&sim, store, sim.config());
        sign_in(&sim, &client, 0).await;
        test(&sim, client).await
    })
}

#[test]
fn whom_the_store_knows_is_found_in_every_way_of_naming() {
    // parity: S-abstract.get_input_entity
    let mut store = MemorySession::new();
    // Nobody of these exists on the server.
    let known = [
        peer(
            PeerId::User(70_001),
            71,
            "seventy_one",
            "4479460000",
            "Sev Enty",
        ),
        peer(PeerId::Channel(1_104_876_103), 72, "", "", "Old Club"),
        peer(PeerId::Chat(70_003), 0, "", "", "Few People"),
        peer(PeerId::User(-1), 73, "", "", "single"),
    ];
    store.apply(&known.map(SessionChange::Peer)).unwrap();
    with(store, async |_, client| {
        let find = async |text: &str| client.get_input_entity(text).await.unwrap();
        // parity: S-memory.lookup.str
        for name in [
            "+44 7946 0000",
            "447-9460-000",
            "@Seventy_One",
            "t.me/seventy_one",
            "Sev Enty",
        ] {
            assert_eq!(find(name).await, user(70_001, 71), "{name}");
        }
        let club = channel(1_104_876_103, 72);
        assert_eq!(find("t.me/joinchat/AAAAAEHbEkejzxUjAUCfYg").await, club);
        assert_eq!(find("single").await, user(-1, 73));
        // parity: S-memory.lookup.int
        let number = async |id: i64| client.get_input_entity(id).await.unwrap();
        assert_eq!(number(70_001).await, user(70_001, 71));
        assert_eq!(number(1_104_876_103).await, club);
        assert_eq!(
            number(70_003).await,
            types::InputPeerChat::new(70_003).into()
        );
        assert_eq!(number(-1_001_104_876_103).await, club);
        // A marked identifier means one kind: the group of that number, not the channel.
        let group = types::InputPeerChat::new(1_104_876_103).into();
        assert_eq!(number(-1_104_876_103).await, group);
        // parity: S-memory.lookup.obj
        let given = user(1, 2);
        assert_eq!(client.get_input_entity(given.clone()).await.unwrap(), given);
        let exact = |peer: types::Peer| client.get_input_entity(peer);
        let of_channel = exact(PeerId::Channel(1_104_876_103).into()).await;
        assert_eq!(of_channel.unwrap(), club);
        let of_user = exact(PeerId::User(1_104_876_103).into()).await;
        assert!(matches!(of_user, Err(Error::NotFound(_))), "{of_user:?}");
        let nobody = client.get_input_entity("Nobody Of That Name").await;
        assert!(matches!(nobody, Err(Error::NotFound(_))), "{nobody:?}");
    });
}

#[test]
fn a_store_may_find_peers_in_its_own_way() {
    let invented = |id| peer(PeerId::User(id), id + 1, "", "", "");
    let store = Custom {
        invented: vec![
            (PeerKey::Phone("4479460001".into()), invented(1)),
            (PeerKey::Username("invented".into()), invented(3)),
            (PeerKey::Name("In Vented".into()), invented(5)),
            (
                PeerKey::Id(PeerId::Channel(7)),
                peer(PeerId::Channel(7), 8, "", "", ""),
            ),
        ],
        ..Custom::default()
    };
    let log = Arc::clone(&store.log);
    with(store, async |_, client| {
        let find = async |text: &str| client.get_input_entity(text).await.unwrap();
        // parity: S-memory.get_entity_rows_by_phone
        assert_eq!(find("+44 7946 0001").await, user(1, 2));
        // parity: S-memory.get_entity_rows_by_username
        assert_eq!(find("@Invented").await, user(3, 4));
        // parity: S-memory.get_entity_rows_by_name
        assert_eq!(find("In Vented").await, user(5, 6));
        // parity: S-memory.get_entity_rows_by_id
        log.lock().unwrap().asked.clear();
        assert_eq!(client.get_input_entity(7).await.unwrap(), channel(7, 8));
        let three = [PeerId::User(7), PeerId::Chat(7), PeerId::Channel(7)];
        assert_eq!(log.lock().unwrap().asked, three.map(PeerKey::Id));
        log.lock().unwrap().asked.clear();
        let exactly = PeerId::Channel(9);
        client.get_input_entity(exactly.marked()).await.unwrap_err();
        assert_eq!(log.lock().unwrap().asked, [PeerKey::Id(exactly)]);
    });
}

#[test]
fn users_and_chats_that_come_by_are_stored() {
    // parity: S-abstract.process_entities, S-abstract.custom
    let store = Custom::default();
    let log = Arc::clone(&store.log);
    with(store, async |_, client| {
        let seen = |id| log.lock().unwrap().peers.iter().any(|p| p.id == id);
        let news = client.get_entity("telewire_news").await.unwrap();
        // Storing is not waited for; whatever is answered next comes after it.
        client.send_message("me", "hello").await.unwrap();
        assert!(seen(news.id()));
        assert!(seen(PeerId::User(client.get_me().await.unwrap().id)));
    });
}

#[test]
fn a_store_decides_what_it_keeps_of_a_peer() {
    // parity: S-memory.overridable
    let mut store = Custom {
        discreet: true,
        ..Custom::default()
    };
    let ada = peer(PeerId::User(1), 2, "ada", "34600", "Ada");
    store.apply(&[SessionChange::Peer(ada)]).unwrap();
    let kept = store.peer(&PeerKey::Username("ada".into())).unwrap();
    assert!(kept == Some(peer(PeerId::User(1), 2, "ada", "", "")));
    assert!(
        store
            .peer(&PeerKey::Phone("34600".into()))
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_store_that_lists_no_peers_leaves_them_behind() {
    with(Custom::default(), async |_, client| {
        let me = client.get_me().await.unwrap();
        client.disconnect().await;
        let mut copy = client.copy_session(MemorySession::new()).await.unwrap();
        assert_eq!(copy.load().unwrap().user.unwrap().id, me.id);
        let key = PeerKey::Id(PeerId::User(me.id));
        assert!(copy.peer(&key).unwrap().is_none());
    });
}

#[test]
fn whoever_wants_no_peers_stored_has_none_stored() {
    // parity: S-abstract.save_entities
    let store = Custom::default();
    let log = Arc::clone(&store.log);
    let sim = Sim::new(9);
    sim.run(async {
        let mut config = sim.config();
        config.save_entities = false;
        let client = client_with(&sim, store, config);
        sign_in(&sim, &client, 0).await;
        client.get_entity("telewire_news").await.unwrap();
        client.get_dialogs(10).await.unwrap();
        client.send_message("me", "hello").await.unwrap();
        client.disconnect().await;
    });
    let log = log.lock().unwrap();
    assert!(log.peers.is_empty());
    assert!(log.calls.iter().any(|c| c == "user"), "all else is stored");
}

#[test]
fn a_store_is_written_when_something_happens_and_closed_in_the_end() {
    let store = Custom::default();
    let log = Arc::clone(&store.log);
    let calls = |of: &[&str]| {
        let log = log.lock().unwrap();
        let of = |call: &&String| of.contains(&call.as_str());
        log.calls.iter().filter(of).cloned().collect::<Vec<_>>()
    };
    let sim = Sim::new(10);
    sim.run(async {
        let client = client_with(&sim, store, sim.config());
        assert!(log.lock().unwrap().calls.is_empty());
        client.connect().await.unwrap();
        // parity: S-abstract.save
        // Whoever finds the key finds the way to where it is good.
        assert_eq!(calls(&["dc", "home", "key"]), ["dc", "home", "key"]);
        assert!(calls(&["user"]).is_empty());
        sign_in(&sim, &client, 0).await;
        assert_eq!(calls(&["user"]), ["user"]);
        client.send_message("me", "hello").await.unwrap();
        // parity: S-abstract.close
        assert!(calls(&["close"]).is_empty());
        client.disconnect().await;
        assert_eq!(log.lock().unwrap().calls.last().unwrap(), "close");
        assert!(!calls(&["state"]).is_empty(), "the position in the updates");
        // parity: S-abstract.delete
        client.connect().await.unwrap();
        assert!(client.log_out().await.unwrap());
        let calls = calls(&["user", "nobody", "delete", "close"]);
        assert_eq!(calls, ["user", "close", "nobody", "delete", "close"]);
    });
}

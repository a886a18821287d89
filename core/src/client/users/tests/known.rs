//! Whoever is known already.

use std::sync::Arc;

use super::*;
use crate::objects::Message;
use crate::peers::{PeerMap, harvest};

#[test]
fn oneself_is_remembered() {
    let mut stage = Stage::new();
    let raw = || types::UserData::new(1).access_hash(2).self_(true).bot(true);
    // parity: M-users.get_me, M-users.get_me.cache, M-users.is_bot
    let (me, input, is_bot, id) = stage.run(
        |client| async move {
            let me = client.get_me().await.unwrap();
            let input = client.get_input_me().await.unwrap();
            let is_bot = client.is_bot().await.unwrap();
            let own = client.get_peer_id("me").await.unwrap();
            (me, input, is_bot, own)
        },
        {
            let mut asked = 0;
            move |request| {
                asked += 1;
                assert_eq!((request.name, asked), ("users.getUsers", 1));
                value(&vec![types::User::from(raw())])
            }
        },
    );
    assert_eq!((me.id, me.bot), (1, true));
    assert_eq!(input, types::InputPeerUser::new(1, 2).into());
    assert!(is_bot);
    assert_eq!(id, 1);
    let nobody = Stage::new().run(
        |client| async move { client.get_me().await },
        |_| refuse(401, "AUTH_KEY_UNREGISTERED"),
    );
    assert!(nobody.unwrap_err().is("AUTH_KEY_UNREGISTERED"));
}

#[test]
fn oneself_is_meant_by_me_and_self_in_any_case() {
    // parity: M-users.get_entity.me, M-users.get_entity.self
    for name in ["me", "SELF", "Me"] {
        let mut stage = Stage::new();
        let me = stage.run(
            |client| async move { client.get_entity(name).await.unwrap() },
            |request| {
                assert_eq!(request.name, "users.getUsers");
                let me = types::UserData::new(1).access_hash(2).self_(true);
                value(&vec![types::User::from(me)])
            },
        );
        assert_eq!(me.id(), PeerId::User(1));
    }
}

#[test]
fn a_positive_number_is_whoever_is_known_under_it() {
    // parity: M-users.get_input_entity.int, N-upd.cache
    let record = |id| PeerRecord {
        id,
        access_hash: 70,
        usernames: vec![],
        phone: None,
        name: "".into(),
        bot: false,
    };
    let kinds: [fn(i64) -> PeerId; 3] = [PeerId::User, PeerId::Chat, PeerId::Channel];
    for (first, kind) in kinds.into_iter().enumerate() {
        let known: Vec<_> = kinds[first..].iter().map(|kind| record(kind(5))).collect();
        let mut stage = Stage::new();
        stage.client.remember(known);
        let (any, exact) = stage.run(
            |client| async move {
                let exact = client.get_input_entity(kind(5).marked()).await.unwrap();
                (client.get_input_entity(5).await.unwrap(), exact)
            },
            never,
        );
        assert_eq!((&any, &exact), (&record(kind(5)).input_peer(), &any));
    }
    // Whoever is in memory is meant, even if the session knows another one.
    let mut stage = Stage::new();
    stage.peers.insert(record(PeerId::User(5)));
    stage.client.remember(vec![record(PeerId::Channel(5))]);
    let found = stage.run(
        |client| async move { client.get_input_entity(5).await.unwrap() },
        never,
    );
    assert_eq!(found, record(PeerId::Channel(5)).input_peer());
}

#[test]
fn whom_memory_forgot_the_session_still_knows() {
    let mut config = Config::new(1, "hash");
    config.peer_cache = 4096;
    let mut stage = Stage::with(config);
    let record = |id: i64| PeerRecord {
        id: PeerId::User(id),
        access_hash: id + 1,
        usernames: vec![format!("user_{id}").into()],
        phone: Some((1000 + id).to_string().into()),
        name: format!("User {id}").into(),
        bot: false,
    };
    stage.client.remember((1..=100).map(record).collect());
    let found = stage.run(
        |client| async move {
            let mut found = Vec::new();
            for id in 1..=100 {
                let names = [
                    EntityLike::from(id),
                    format!("@user_{id}").into(),
                    format!("+{}", 1000 + id).into(),
                    format!("User {id}").into(),
                ];
                for name in names {
                    found.push(client.get_input_entity(name).await.unwrap());
                }
            }
            assert!(lock(&client.shared().peers).len() < 20);
            found
        },
        never,
    );
    for (id, found) in (1..=100).zip(found.chunks(4)) {
        assert_eq!(found, vec![user(id); 4]);
    }
}

#[test]
fn a_name_that_is_all_there_is_comes_from_the_session() {
    // parity: M-users.get_entity, M-users.get_entity.name, M-users.get_entity.others, M-users.get_entity.fail
    let mut stage = Stage::new();
    stage.client.remember(vec![ada()]);
    let (by_name, by_id, nobody) = stage.run(
        |client| async move {
            let by_name = client.get_entity("Ada Lovelace").await.unwrap();
            let by_id = client.get_entity(5).await.unwrap();
            (by_name, by_id, client.get_entity("Ada Love").await)
        },
        |request| {
            assert_eq!(request.name, "users.getUsers");
            let input = types::InputUser::from(types::InputUserData::new(5, 6));
            assert_eq!(request.head[4..], vec![input].to_bytes());
            value(&vec![types::User::from(
                types::UserData::new(5).access_hash(6),
            )])
        },
    );
    assert_eq!((by_name.id(), by_id.id()), (ada().id, ada().id));
    assert!(matches!(nobody, Err(Error::NotFound(_))));
}

#[test]
fn the_hash_of_a_min_user_reaches_nobody() {
    // rule: peers.min
    let min = || types::UserData::new(6).access_hash(66).min(true);
    let full = PeerRecord {
        access_hash: 7,
        id: PeerId::User(6),
        ..ada()
    };
    let group = types::InputPeer::from(types::InputPeerChat::new(9));
    let raw = types::MessageData::new(3, types::PeerChat::new(9), 1, "hi");
    let raw = raw.from_id(types::PeerUser::new(6));
    let peers = Arc::new(PeerMap::new(vec![min().into()], vec![]));
    for known in [Some(full), None] {
        let mut stage = Stage::new();
        stage.client.remember(known.clone().into_iter().collect());
        // What came by since takes nothing of that away.
        stage
            .client
            .remember(harvest(&vec![types::User::from(min())]));
        let message = Message::new(&stage.client, raw.clone().into(), Arc::clone(&peers));
        let reached = match &known {
            Some(full) => full.input_peer(),
            None => types::InputPeerUserFromMessage::new(group.clone(), 3, 6).into(),
        };
        assert_eq!(message.input_sender(), Some(reached.clone()));
        let (peer, user, named) = stage.run(
            |client| async move {
                let peer = client.get_input_entity(reached).await.unwrap();
                let user = client.get_input_user(peer.clone()).await.unwrap();
                (peer, user, client.get_input_entity(&min()).await)
            },
            |request| {
                assert_eq!(request.name, "users.getUsers");
                let unhashed = types::InputUser::from(types::InputUserData::new(6, 0));
                assert_eq!(request.head[4..], vec![unhashed].to_bytes());
                value(&Vec::<types::User>::new())
            },
        );
        match known {
            Some(full) => {
                assert_eq!(peer, full.input_peer());
                assert_eq!(named.unwrap(), full.input_peer());
            }
            None => {
                let by_message = types::InputUserFromMessage::new(group.clone(), 3, 6);
                assert_eq!(user, by_message.into());
                assert!(matches!(named, Err(Error::NotFound(_))));
            }
        }
    }
}

//! Who is meant by a name, an id or an object, on a whole server.

use telewire_core::client::EntityLike;
use telewire_core::peers::PeerId;
use telewire_core::{Error, functions, types};
use telewire_tests::account::{client, run, run_pair};
use telewire_tests::sim::Sim;

fn executed(sim: &Sim, method: &str) -> usize {
    sim.server(|server, _| server.executed(method))
}

#[test]
fn every_username_of_a_user_leads_to_it() {
    run_pair(1, async |sim, one, other| {
        // rule: peers.usernames
        let id = other.get_me().await.unwrap().id;
        sim.server(|server, _| server.give_usernames(id, &["Countess", "algebra"]));
        let found = one.get_entity("@countess").await.unwrap();
        assert_eq!(found.id(), PeerId::User(id));
        let lookups = executed(sim, "contacts.resolveUsername");
        let names = ["@Algebra", "https://t.me/countess", "algebra.t.me"];
        for name in names {
            let peer = one.get_input_entity(name).await.unwrap();
            assert_eq!(Some(peer), found.input_peer(), "{name}");
        }
        // One answer brought all of them.
        assert_eq!(executed(sim, "contacts.resolveUsername"), lookups);
        let error = one.get_entity("@nobody_at_all").await.unwrap_err();
        assert!(matches!(&error, Error::NotFound(text) if text.contains("@nobody_at_all")));
    });
}

#[test]
fn raw_requests_name_people_and_draw_their_random_ids() {
    run_pair(1, async |sim, one, other| {
        let me = one.get_me().await.unwrap().id;
        let id = other.get_me().await.unwrap().id;
        sim.server(|server, _| server.give_usernames(id, &["countess"]));
        for name in ["@countess", "t.me/countess"] {
            let send = functions::messages::SendMessage::new(name, name, 0);
            one.invoke(&send).await.unwrap();
        }
        let numbered = functions::messages::SendMessage::new(id, "by number", 0);
        one.invoke(&numbered).await.unwrap();
        let user = one.get_entity(id).await.unwrap();
        let described = functions::messages::SendMessage::new(&user, "as described", 0);
        one.invoke(&described).await.unwrap();
        assert_eq!(
            sim.server(|server, _| server.texts(id, me)),
            ["@countess", "t.me/countess", "by number", "as described"]
        );
        // Each with a random id of its own.
        let drawn = sim.server(|server, _| server.random_ids().clone());
        assert_eq!(drawn.len(), 4);
        assert!(drawn.iter().all(|(id, times)| *id != 0 && *times == 1));
        // One for each message that is forwarded.
        let newest = one.get_messages(id, 2).await.unwrap();
        let ids = newest
            .iter()
            .map(telewire_core::objects::Message::id)
            .collect();
        let forward = functions::messages::ForwardMessages::new("@countess", ids, vec![], "me");
        one.invoke(&forward).await.unwrap();
        assert_eq!(sim.server(|server, _| server.texts(me, me)).len(), 2);
    });
}

#[test]
fn a_marked_id_names_a_group_without_its_mark() {
    run(1, async |sim, client| {
        let me = client.get_me().await.unwrap().id;
        let groups = sim.server(|server, _| server.chats(me));
        let group = groups
            .into_iter()
            .find(|id| matches!(PeerId::from_marked(*id), Some(PeerId::Chat(_))))
            .unwrap();
        let full = functions::messages::GetFullChat::new(group);
        let full = client.invoke(&full).await.unwrap();
        assert_eq!(
            telewire_core::utils::get_peer_id(&full.full_chat).unwrap(),
            group
        );
    });
}

#[test]
fn many_peers_are_described_in_their_order() {
    run_pair(1, async |sim, one, other| {
        let me = one.get_me().await.unwrap().id;
        let id = other.get_me().await.unwrap().id;
        one.get_dialogs(100).await.unwrap();
        sim.server(|server, _| server.give_usernames(id, &["countess"]));
        one.get_entity("@countess").await.unwrap();
        let mut asked = sim.server(|server, _| server.chats(me));
        asked.extend([me, id]);
        let (users, channels) = (
            executed(sim, "users.getUsers"),
            executed(sim, "channels.getChannels"),
        );
        let mut names: Vec<EntityLike> = asked.iter().map(EntityLike::from).collect();
        names.push("me".into());
        names.push("@countess".into());
        let found = one.get_entities(names).await.unwrap();
        asked.extend([me, id]);
        let ids: Vec<i64> = found.iter().map(|e| e.id().marked()).collect();
        assert_eq!(ids, asked);
        assert_eq!(executed(sim, "users.getUsers"), users + 1);
        assert_eq!(executed(sim, "channels.getChannels"), channels + 1);
    });
}

#[test]
fn a_bot_reaches_whom_it_has_met_without_an_access_hash() {
    let sim = Sim::new(1);
    sim.run(async {
        // rule: peers.bot_hash
        // parity: M-users.get_input_entity.hash0
        let (users, bot) = sim.server(|server, _| {
            let bot = server.bots().into_iter().next_back().unwrap();
            (server.users(), bot)
        });
        let (met, stranger) = (users[0].id, users[1].id);
        let client = client(&sim);
        client.connect().await.unwrap();
        let me = client.sign_in_bot(&bot.token).await.unwrap();
        client.disconnect().await;
        // While it was away, so that it has seen nobody.
        sim.server(|server, now| server.write(now, met, me.id, "hello").unwrap());
        client.connect().await.unwrap();
        let peer = client.get_input_entity(PeerId::User(met)).await.unwrap();
        assert!(matches!(peer, types::InputPeer::User(u) if u.user_id == met));
        client.send_message(met, "hi there").await.unwrap();
        let texts = sim.server(|server, _| server.texts(met, me.id));
        assert_eq!(texts, ["hello", "hi there"]);
        let error = client.get_input_entity(stranger).await.unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error, Error::NotFound(_)) && text.contains("users.getUsers"),
            "{text}"
        );
    });
}

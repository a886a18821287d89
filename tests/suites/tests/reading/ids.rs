//! Messages by their ids.

use telewire_core::client::{AllChats, InputMessage};
use telewire_core::objects::Message;
use telewire_core::types;
use telewire_tests::account::run;

use crate::chat::{BEGIN, calls, group_and_channel, talk, user, write_at};

const FRIEND: &str = "grace_hopper";

fn there(found: &[Option<Message>]) -> Vec<Option<i32>> {
    found.iter().map(|m| m.as_ref().map(Message::id)).collect()
}

#[test]
fn there_are_as_many_as_were_asked_for_in_the_same_order() {
    // parity: M-messages.iter_messages.ids, M-messages.iter_messages.ids.missing, M-messages.get_messages.ids_limit
    run(31, async |sim, client| {
        let seen = talk(sim, 6);
        let (a, b, c) = (seen[0].id, seen[3].id, seen[5].id);
        let found = client
            .get_messages_by_id(FRIEND, [c, a, 99_999, b])
            .await
            .unwrap();
        assert_eq!(there(&found), [Some(c), Some(a), None, Some(b)]);
        // Whatever else is said does not matter, but how many are wanted.
        let mut iter = client
            .iter_messages(FRIEND)
            .search("nothing")
            .max_id(a)
            .ids(vec![a, 99_999, b]);
        assert_eq!(iter.next().await.unwrap().unwrap().unwrap().id(), a);
        assert!(iter.next().await.unwrap().unwrap().is_none());
        assert_eq!(iter.next().await.unwrap().unwrap().unwrap().id(), b);
        assert!(iter.next().await.unwrap().is_none());
        assert_eq!(iter.total(), Some(3));
        let two = client
            .iter_messages(FRIEND)
            .limit(2)
            .ids([c, b, a])
            .collect()
            .await
            .unwrap();
        assert_eq!(there(&two), [Some(c), Some(b)]);
        // A deleted one is missing.
        client.delete_messages(FRIEND, b).await.unwrap();
        assert_eq!(
            there(&client.get_messages_by_id(FRIEND, [b, c]).await.unwrap()),
            [None, Some(c)]
        );
    });
}

#[test]
fn a_single_id_is_a_single_message() {
    // parity: M-messages.get_messages.one_id
    run(32, async |sim, client| {
        let id = talk(sim, 2)[1].id;
        let message = client.get_message_by_id(FRIEND, id).await.unwrap().unwrap();
        assert_eq!(message.raw_text(), "number 1");
        let same = client.get_message_by_id(FRIEND, &message).await.unwrap();
        assert_eq!(same.map(|m| m.id()), Some(id));
        assert!(
            client
                .get_message_by_id(FRIEND, 99_999)
                .await
                .unwrap()
                .is_none()
        );
    });
}

#[test]
fn ids_of_another_chat_are_missing_unless_all_chats_are_meant() {
    // parity: M-messages.iter_messages.ids.chat, M-messages.iter_messages.entity
    run(33, async |sim, client| {
        let friends = write_at(sim, user(sim, 1), BEGIN, "mine").id;
        let others = write_at(sim, user(sim, 2), BEGIN, "not mine").id;
        let found = client
            .get_messages_by_id(FRIEND, [friends, others])
            .await
            .unwrap();
        assert_eq!(there(&found), [Some(friends), None]);
        let found = client
            .get_messages_by_id(AllChats, [friends, others])
            .await
            .unwrap();
        assert_eq!(there(&found), [Some(friends), Some(others)]);
        let (group, _) = group_and_channel(sim);
        let found = client.get_messages_by_id(group, [friends]).await.unwrap();
        assert_eq!(there(&found), [None]);
    });
}

#[test]
fn channels_count_for_themselves() {
    // parity: M-messages.iter_messages.ids.channel
    run(34, async |sim, client| {
        let found = client
            .get_messages_by_id("telewire_news", [3, 2, 4_000])
            .await
            .unwrap();
        assert_eq!(there(&found), [Some(3), Some(2), None]);
        assert_eq!(calls(sim, "channels.getMessages"), 1);
        assert_eq!(calls(sim, "messages.getMessages"), 0);
        // Numbers that no message can have are refused there, which means that there is none.
        let found = client
            .get_messages_by_id("telewire_news", [0, -5])
            .await
            .unwrap();
        assert_eq!(there(&found), [None, None]);
        assert_eq!(calls(sim, "channels.getMessages"), 2);
        talk(sim, 1);
        client.get_messages_by_id(FRIEND, [1]).await.unwrap();
        assert_eq!(calls(sim, "messages.getMessages"), 1);
    });
}

#[test]
fn many_ids_are_asked_for_by_the_hundred() {
    // parity: M-messages.iter_messages.ids.chunk, M-messages.iter_messages.ids.reverse
    run(35, async |sim, client| {
        let seen: Vec<i32> = talk(sim, 230).iter().map(|m| m.id).collect();
        let found = client.get_messages_by_id(FRIEND, &seen).await.unwrap();
        assert_eq!(
            found.iter().flatten().map(Message::id).collect::<Vec<_>>(),
            seen
        );
        assert_eq!(calls(sim, "messages.getMessages"), 3);
        let backwards: Vec<i32> = seen.iter().rev().copied().collect();
        let before = client.iter_messages(FRIEND).reverse().ids(&seen);
        let after = client.iter_messages(FRIEND).ids(&seen).reverse();
        for iter in [before, after] {
            let found = iter.collect().await.unwrap();
            assert_eq!(
                found.iter().flatten().map(Message::id).collect::<Vec<_>>(),
                backwards
            );
        }
    });
}

#[test]
fn no_ids_are_no_request() {
    // parity: M-messages.iter_messages.ids.empty
    run(36, async |sim, client| {
        let before = sim.server(|server, _| server.executed_all());
        let found = client
            .get_messages_by_id(FRIEND, Vec::<i32>::new())
            .await
            .unwrap();
        assert!(found.is_empty());
        let mut iter = client.iter_messages("telewire_news").ids([0; 0]);
        assert!(iter.next().await.unwrap().is_none());
        assert_eq!(sim.server(|server, _| server.executed_all()), before);
    });
}

#[test]
fn what_is_replied_to_and_what_is_pinned_have_no_ids_of_their_own() {
    // parity: M-messages.iter_messages.ids
    run(37, async |sim, client| {
        let question = talk(sim, 3)[0].id;
        let reply = InputMessage::text("because").reply_to(question);
        let reply = client.send_message(FRIEND, reply).await.unwrap();
        let replied: types::InputMessage = types::InputMessageReplyTo::new(reply.id()).into();
        let found = client.get_messages_by_id(
            FRIEND,
            vec![replied, types::InputMessageId::new(reply.id()).into()],
        );
        assert_eq!(
            there(&found.await.unwrap()),
            [Some(question), Some(reply.id())]
        );

        let channel = client.get_input_entity("telewire_news").await.unwrap();
        let pin = telewire_core::functions::messages::UpdatePinnedMessage::new(channel, 5);
        client.invoke(&pin).await.unwrap();
        let pinned = client.get_message_by_id("telewire_news", types::InputMessage::Pinned);
        let pinned = pinned.await.unwrap().unwrap();
        assert_eq!((pinned.id(), pinned.pinned()), (5, true));
    });
}

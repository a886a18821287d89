//! Messages that are passed on.

use telewire_core::client::Forward;
use telewire_core::objects::Message;
use telewire_core::types::InputPeer;
use telewire_core::{Client, Error, functions, types};
use telewire_tests::account::{newest, run, run_pair};

use super::{OTHER, channel, chat, name, picture, texts};

const ADA: &str = "@ada_lovelace";

async fn three(client: &Client, chat: &str) -> Vec<Message> {
    let mut sent = Vec::new();
    for n in ["a", "b", "c"] {
        sent.push(client.send_message(chat, n).await.unwrap());
    }
    sent
}

fn header(message: &Message) -> Option<&types::MessageFwdHeader> {
    match &message.raw {
        types::Message::Message(m) => m.fwd_from.as_ref(),
        _ => None,
    }
}

fn requests(sim: &telewire_tests::sim::Sim) -> usize {
    sim.server(|s, _| s.executed("messages.forwardMessages"))
}

fn list(sent: &[Option<Message>]) -> Vec<Option<&str>> {
    sent.iter()
        .map(|m| m.as_ref().map(Message::raw_text))
        .collect()
}

#[test]
fn messages_and_ids_are_forwarded_in_their_order() {
    // parity: M-messages.forward_messages, M-messages.forward_messages.messages
    // parity: M-messages.forward_messages.from_peer, M-messages.forward_messages.random
    run_pair(1, async |sim, one, other| {
        let notes = three(&one, "me").await;
        let sent = one.forward_messages(OTHER, &notes).await.unwrap();
        assert_eq!(list(&sent), [Some("a"), Some("b"), Some("c")]);
        assert!(sent.iter().flatten().all(Message::out));
        let ids = [notes[2].id(), notes[0].id()];
        let by_id = Forward::ids(ids).from_peer("me");
        let sent = one.forward_messages(OTHER, by_id).await.unwrap();
        assert_eq!(list(&sent), [Some("c"), Some("a")]);
        let mixed = Forward::from(&notes[1]).and(notes[0].id()).from_peer("me");
        let sent = one.forward_messages(OTHER, mixed).await.unwrap();
        assert_eq!(list(&sent), [Some("b"), Some("a")]);
        let one_only = one.forward_messages(OTHER, &notes[0]).await.unwrap();
        assert_eq!(list(&one_only), [Some("a")]);
        assert_eq!(
            texts(&other, ADA).await,
            ["a", "b", "c", "c", "a", "b", "a", "a"]
        );
        let got = newest(&other, ADA).await;
        assert!(header(&got).is_some());

        let error = one
            .forward_messages(OTHER, Forward::ids(ids))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Misuse(_)), "{error}");
        assert!(error.to_string().contains("from_peer"), "{error}");
        // One number for each message, and none twice.
        let all = sim.server(|s, _| s.random_ids().clone());
        assert!(all.len() >= 8 && all.values().all(|n| *n == 1), "{all:?}");
    });
}

#[test]
fn consecutive_messages_of_one_chat_go_together() {
    // parity: M-messages.forward_messages.multi_chat
    run_pair(2, async |sim, one, other| {
        let notes = three(&one, "me").await;
        let talk = three(&one, OTHER).await;
        let before = requests(sim);
        let all = [&notes[0], &notes[1], &talk[0], &talk[1], &notes[2]];
        let sent = one.forward_messages(OTHER, all).await.unwrap();
        assert_eq!(
            list(&sent),
            [Some("a"), Some("b"), Some("a"), Some("b"), Some("c")]
        );
        assert_eq!(requests(sim) - before, 3);
        let ids: Vec<i32> = sent.iter().flatten().map(Message::id).collect();
        assert!(ids.is_sorted(), "in their order: {ids:?}");
        drop(other);
    });
}

#[test]
fn albums_stay_albums_unless_it_is_said_otherwise() {
    // parity: M-messages.forward_messages.as_album, M-messages.forward_messages.single_grouped
    run(3, async |sim, client| {
        let note = client.send_message("me", "text").await.unwrap();
        let pictures = [picture(1), picture(2), picture(3)];
        let album = client.send_files("me", pictures).await.unwrap();
        assert!(album.iter().all(|m| m.grouped_id().is_some()));
        let all: Vec<&Message> = std::iter::once(&note).chain(&album).collect();

        let smart = client.forward_messages("me", all.clone()).await.unwrap();
        let groups: Vec<_> = smart.iter().flatten().map(Message::grouped_id).collect();
        assert_eq!(groups[0], None);
        assert!(groups[1].is_some() && groups[1..].iter().all(|g| *g == groups[1]));
        assert_ne!(groups[1], album[0].grouped_id(), "another album");
        assert_eq!(requests(sim), 2, "what is no album goes by itself");

        let always = Forward::from(all.clone()).as_album(true);
        let always = client.forward_messages("me", always).await.unwrap();
        assert!(
            always[1..]
                .iter()
                .flatten()
                .all(|m| m.grouped_id().is_some())
        );
        assert_eq!(requests(sim), 3, "one chat, one request");

        let never = Forward::from(all).as_album(false);
        let never = client.forward_messages("me", never).await.unwrap();
        let groups: Vec<_> = never
            .iter()
            .flatten()
            .filter_map(Message::grouped_id)
            .collect();
        let mut apart = groups.clone();
        apart.dedup();
        assert_eq!(groups, apart, "none shares its album with another");

        // Ids may belong to an album, and stay one.
        let ids: Vec<i32> = album.iter().map(Message::id).collect();
        let by_id = Forward::ids(&ids).from_peer("me");
        let by_id = client.forward_messages("me", by_id).await.unwrap();
        let first = by_id[0].as_ref().unwrap().grouped_id();
        assert!(first.is_some() && by_id.iter().flatten().all(|m| m.grouped_id() == first));
        let single = client.forward_messages("me", &album[0]).await.unwrap();
        assert_eq!(
            list(&single),
            [Some("")],
            "a part of an album alone is taken"
        );
    });
}

#[test]
fn what_is_not_there_leaves_a_hole() {
    // parity: M-messages.forward_messages.invalid
    run(4, async |_, client| {
        let notes = three(&client, "me").await;
        notes[1].delete().await.unwrap();
        let sent = client.forward_messages("me", &notes).await.unwrap();
        assert_eq!(list(&sent), [Some("a"), None, Some("c")]);
        let error = client.forward_messages("me", &notes[1]).await;
        assert_eq!(name(error), "MESSAGE_ID_INVALID");
        let error = Forward::ids([9_998, 9_999]).from_peer("me");
        let error = client.forward_messages("me", error).await;
        assert_eq!(name(error), "MESSAGE_ID_INVALID");
    });
}

#[test]
fn forwards_may_be_silent() {
    // parity: M-messages.forward_messages.silent
    run_pair(5, async |_, one, other| {
        let note = one.send_message("me", "note").await.unwrap();
        for silent in [true, false] {
            let mut forward = Forward::from(&note);
            if silent {
                forward = forward.silent();
            }
            let sent = one.forward_messages(OTHER, forward).await.unwrap();
            assert_eq!(sent[0].as_ref().unwrap().silent(), silent);
            assert_eq!(newest(&other, ADA).await.silent(), silent);
        }
    });
}

#[test]
fn a_message_forwards_itself() {
    // parity: O-message.forward_to
    run_pair(6, async |_, one, other| {
        let (here, there) = channel(&one, &other, true).await;
        let post = one.send_message(here, "news").await.unwrap();
        let got = newest(&other, there).await;
        let sent: Message = got.forward_to("me").await.unwrap();
        let header = header(&sent).unwrap();
        assert_eq!(header.channel_post, Some(post.id()));
        assert_eq!(sent.raw_text(), "news");
        got.delete().await.unwrap_err();
    });
}

#[test]
fn protected_chats_let_nothing_out() {
    run_pair(7, async |_, one, other| {
        let (here, there) = channel(&one, &other, true).await;
        one.send_message(here.clone(), "secret").await.unwrap();
        let peer: InputPeer = one.get_input_entity(here).await.unwrap();
        let protect = functions::messages::ToggleNoForwards::new(peer, true);
        one.invoke(&protect).await.unwrap();
        let got = newest(&other, there).await;
        assert_eq!(name(got.forward_to("me").await), "CHAT_FORWARDS_RESTRICTED");
        let hikes = chat(&other, "Weekend hikes").await;
        assert_eq!(
            name(got.forward_to(hikes).await),
            "CHAT_FORWARDS_RESTRICTED"
        );
    });
}

//! Messages that go.

use telewire_core::client::{Delete, EntityLike};
use telewire_core::types;
use telewire_tests::account::{run, run_pair};

use super::{OTHER, Seen, channel, chat, name, texts};

#[test]
fn one_or_many_messages_are_deleted_for_everybody() {
    // parity: M-messages.delete_messages, M-messages.delete_messages.message_ids, M-messages.delete_messages.revoke
    run_pair(1, async |sim, one, other| {
        let mut sent = Vec::new();
        for n in 0..7 {
            sent.push(one.send_message(OTHER, n.to_string()).await.unwrap());
        }
        let seen = Seen::by(sim, &other);
        let affected = one.delete_messages(OTHER, sent[0].id()).await.unwrap();
        assert_eq!((affected.len(), affected[0].pts_count), (1, 1));
        one.delete_messages(OTHER, &sent[1]).await.unwrap();
        one.delete_messages(OTHER, [sent[2].id(), sent[3].id()])
            .await
            .unwrap();
        one.delete_messages(OTHER, &sent[4..5]).await.unwrap();
        let number: i32 = sent[5].id().to_string().parse().unwrap();
        one.delete_messages(OTHER, vec![number]).await.unwrap();
        assert_eq!(texts(&one, OTHER).await, ["6"]);
        assert_eq!(texts(&other, "@ada_lovelace").await, ["6"]);
        let gone = seen.all(sim, |u| match u {
            types::Update::DeleteMessages(u) => Some(u.messages.len()),
            _ => None,
        });
        assert_eq!(gone.await, [1, 1, 2, 1, 1]);

        // For oneself only.
        let mine = Delete::messages(&sent[6]).revoke(false);
        one.delete_messages(OTHER, mine).await.unwrap();
        assert!(texts(&one, OTHER).await.is_empty());
        assert_eq!(texts(&other, "@ada_lovelace").await, ["6"]);
    });
}

#[test]
fn a_message_deletes_itself() {
    // parity: O-message.delete
    run_pair(2, async |_, one, other| {
        let sent = one.send_message(OTHER, "oops").await.unwrap();
        let affected = sent.delete().await.unwrap();
        assert_eq!(affected[0].pts_count, 1);
        assert!(texts(&other, "@ada_lovelace").await.is_empty());
        let sent = one.send_message(OTHER, "for you").await.unwrap();
        sent.delete_for_me().await.unwrap();
        assert!(texts(&one, OTHER).await.is_empty());
        assert_eq!(texts(&other, "@ada_lovelace").await, ["for you"]);
        let (here, there) = channel(&one, &other, false).await;
        let sent = one.send_message(here, "oops").await.unwrap();
        sent.delete().await.unwrap();
        assert!(!texts(&other, there).await.contains(&"oops".to_owned()));
    });
}

#[test]
fn channels_have_to_be_named_and_other_chats_not() {
    // parity: M-messages.delete_messages.entity
    run_pair(3, async |sim, one, other| {
        let note = one.send_message("me", "note").await.unwrap();
        let group = chat(&one, "Weekend hikes").await;
        let line = one.send_message(group.clone(), "line").await.unwrap();
        one.delete_messages(EntityLike::none(), [&note, &line])
            .await
            .unwrap();
        assert!(texts(&one, "me").await.is_empty());
        assert!(!texts(&one, group).await.contains(&"line".to_owned()));

        let (here, there) = channel(&one, &other, true).await;
        let post = one.send_message(here.clone(), "post").await.unwrap();
        one.send_message(here.clone(), "other post").await.unwrap();
        let seen = Seen::by(sim, &other);
        one.delete_messages(EntityLike::none(), &post)
            .await
            .unwrap();
        assert!(texts(&one, here.clone()).await.contains(&"post".to_owned()));
        // Whether for everybody is no question there.
        let delete = Delete::messages(&post).revoke(false);
        one.delete_messages(here, delete).await.unwrap();
        assert!(!texts(&other, there).await.contains(&"post".to_owned()));
        let gone = seen.all(sim, |u| match u {
            types::Update::DeleteChannelMessages(u) => Some(u.messages.clone()),
            _ => None,
        });
        assert_eq!(gone.await, [[post.id()]]);
    });
}

#[test]
fn hundreds_go_together_and_each_has_its_result() {
    // parity: M-messages.delete_messages.chunk
    run(4, async |sim, client| {
        let mut ids = Vec::new();
        for n in 0..205 {
            ids.push(client.send_message("me", n.to_string()).await.unwrap().id());
        }
        let affected = client.delete_messages("me", &ids).await.unwrap();
        let counts: Vec<_> = affected.iter().map(|a| a.pts_count).collect();
        assert_eq!(counts, [100, 100, 5]);
        assert_eq!(sim.server(|s, _| s.executed("messages.deleteMessages")), 3);
        assert!(texts(&client, "me").await.is_empty());
        let none: [i32; 0] = [];
        assert!(client.delete_messages("me", none).await.unwrap().is_empty());
    });
}

#[test]
fn what_belongs_to_others_stays() {
    run_pair(5, async |_, one, other| {
        let (here, there) = channel(&one, &other, true).await;
        let post = one.send_message(here, "post").await.unwrap();
        let refused = other.delete_messages(there.clone(), &post).await;
        assert_eq!(name(refused), "MESSAGE_DELETE_FORBIDDEN");
        assert!(texts(&other, there).await.contains(&"post".to_owned()));
    });
}

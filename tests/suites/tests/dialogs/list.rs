//! Which dialogs are listed, and what each tells.

use std::collections::HashSet;
use std::time::Duration;

use telewire_core::client::DateLike;
use telewire_core::objects::{Dialog, Entity, Message};
use telewire_core::peers::PeerId;
use telewire_core::session::SessionStore as _;
use telewire_core::{Client, Error, functions, types};
use telewire_tests::account::{client_with, run, run_pair, sign_in};
use telewire_tests::script::Shared;
use telewire_tests::sim::Sim;

use crate::{ADA, BOT, GRACE, NEWS, dialog, executed, make_channel, names};

#[test]
fn every_chat_is_listed_with_what_there_is_to_know() {
    run_pair(1, async |_, ada, grace| {
        let sent = grace.send_message(ADA, "Good **morning**").await.unwrap();
        // parity: M-dialogs.iter_dialogs, M-dialogs.get_dialogs
        let mut iter = ada.iter_dialogs();
        assert_eq!(iter.total(), None);
        let mut all = Vec::new();
        while let Some(dialog) = iter.next().await.unwrap() {
            all.push(dialog);
        }
        assert_eq!(iter.total(), Some(all.len()));
        let list = ada.get_dialogs(2).await.unwrap();
        assert_eq!((list.len(), list.total()), (2, all.len()));
        let ids = |dialogs: &[Dialog]| dialogs.iter().map(Dialog::id).collect::<Vec<_>>();
        assert_eq!(ids(&list), ids(&all)[..2]);

        let first = &all[0];
        let grace_id = grace.get_me().await.unwrap().id;
        // parity: O-dialog.id, O-dialog.name, O-dialog.title, O-dialog.entity, O-dialog.input_entity
        assert_eq!(first.id(), PeerId::User(grace_id));
        assert_eq!(
            (first.name(), first.title()),
            ("Grace Hopper".into(), first.name())
        );
        assert_eq!(first.entity().user().unwrap().id, grace_id);
        assert!(matches!(first.input_peer(), types::InputPeer::User(p) if p.user_id == grace_id));
        // parity: O-dialog.message, O-dialog.date, H-17.dialog_methods
        let message = first.message().unwrap();
        assert_eq!(message.text(), "Good **morning**");
        assert_eq!(first.date(), Some(sent.date()));
        let reply = message.reply("To you, too").await.unwrap();
        assert_eq!(reply.reply_to_msg_id(), Some(message.id()));
        // parity: O-dialog.unread_count, O-dialog.dialog
        assert_eq!((first.unread_count(), first.raw.unread_count), (1, 1));
        assert_eq!(dialog(&ada, "Grace Hopper").await.unread_count(), 0);
        // parity: O-dialog.draft
        assert!(first.draft().is_empty());
        assert_eq!(first.draft().entity().map(Entity::id), Some(first.id()));
    });
}

#[test]
fn kinds_of_chats_are_told_apart() {
    run(2, async |_, client| {
        make_channel(&client, "A supergroup", true).await;
        client.send_message(GRACE, "hello").await.unwrap();
        let own = client.send_message("me", "a note").await.unwrap();
        let kinds = async |name: &str| {
            let dialog = dialog(&client, name).await;
            (dialog.is_user(), dialog.is_group(), dialog.is_channel())
        };
        // parity: O-dialog.is_user, O-dialog.is_group, O-dialog.is_channel
        assert_eq!(kinds("Grace Hopper").await, (true, false, false));
        assert_eq!(kinds("Weekend hikes").await, (false, true, false));
        assert_eq!(kinds("Telewire news").await, (false, false, true));
        assert_eq!(kinds("A supergroup").await, (false, true, true));
        // parity: O-dialog.input_entity
        let saved = dialog(&client, "Ada Lovelace").await;
        assert_eq!(saved.input_peer(), types::InputPeer::Self_);
        assert_eq!(saved.message().map(Message::id), Some(own.id()));
    });
}

#[test]
fn a_dialog_is_a_chat_to_write_to() {
    run(3, async |_, client| {
        let group = dialog(&client, "Weekend hikes").await;
        // parity: O-dialog.send_message
        let sent = group.send_message("Where to?").await.unwrap();
        assert_eq!(sent.chat_id(), Some(group.id()));
        // parity: O-dialog.repr
        let again = client.send_message(&group, "There!").await.unwrap();
        assert_eq!(again.chat_id(), Some(group.id()));
        let group = dialog(&client, "Weekend hikes").await;
        let line = group.to_string();
        assert!(
            line.starts_with("Dialog(name='Weekend hikes', date=datetime.datetime("),
            "{line}"
        );
        assert!(line.contains("draft=Draft(text='', entity=Chat("), "{line}");
        assert!(
            line.contains("message=Message(") && line.contains("message='There!'"),
            "{line}"
        );
        assert_eq!(format!("{group:?}"), line);
        let lines = group.stringify();
        assert!(
            lines.starts_with("Dialog(\n\tname='Weekend hikes',\n\tdate="),
            "{lines}"
        );
        assert_eq!(format!("{group:#?}"), lines);
        let json = group.to_json();
        assert!(
            json.starts_with(r#"{"_": "Dialog", "name": "Weekend hikes", "date": ""#),
            "{json}"
        );
    });
}

#[test]
fn a_limit_ends_the_list_and_zero_only_counts() {
    run(4, async |sim, client| {
        let all = names(&client).await;
        let asked = executed(sim, "messages.getDialogs");
        // parity: M-dialogs.iter_dialogs.limit
        let mut none = client.iter_dialogs().limit(0);
        assert!(none.next().await.unwrap().is_none());
        assert_eq!(none.total(), Some(all.len()));
        assert_eq!(executed(sim, "messages.getDialogs"), asked + 1);
        let unlimited = client.iter_dialogs().limit(None).collect().await.unwrap();
        assert_eq!(unlimited.len(), all.len());
        let two = client.iter_dialogs().limit(2).collect().await.unwrap();
        assert_eq!(two.iter().map(Dialog::name).collect::<Vec<_>>(), all[..2]);
    });
}

#[test]
fn hundreds_of_dialogs_come_page_by_page_and_none_is_skipped() {
    run(5, async |sim, client| {
        let before = names(&client).await.len();
        let mut made = HashSet::new();
        for n in 0..215 {
            let channel = make_channel(&client, &format!("Channel {n}"), n % 2 == 0).await;
            made.insert(PeerId::Channel(channel.id));
        }
        let asked = executed(sim, "messages.getDialogs");
        // parity: M-dialogs.iter_dialogs.paging, M-dialogs.iter_dialogs.dedupe, H-17.dialogs_all, H-152o.all_dialogs
        let all = client.iter_dialogs().collect().await.unwrap();
        assert_eq!((all.len(), all.total()), (before + 215, before + 215));
        let found: HashSet<PeerId> = all.iter().map(Dialog::id).collect();
        assert_eq!(found.len(), all.len());
        assert!(found.is_superset(&made));
        // parity: M-dialogs.iter_dialogs.stop
        assert_eq!(executed(sim, "messages.getDialogs"), asked + 3);
        client.get_dialogs(20).await.unwrap();
        assert_eq!(executed(sim, "messages.getDialogs"), asked + 4);
    });
}

#[test]
fn the_list_may_begin_further_down() {
    run(6, async |_, client| {
        client.send_message(GRACE, "first").await.unwrap();
        client.send_message(BOT, "second").await.unwrap();
        let all = client.get_dialogs(100).await.unwrap();
        let all_names: Vec<String> = all.iter().map(Dialog::name).collect();
        let behind = |name: &str| {
            let at = all_names.iter().position(|n| n == name).unwrap();
            all_names[at + 1..].to_vec()
        };
        let listed = async |iter: telewire_core::client::DialogIter| {
            let dialogs = iter.collect().await.unwrap();
            dialogs.iter().map(Dialog::name).collect::<Vec<_>>()
        };
        // parity: M-dialogs.iter_dialogs.offset_peer
        for chat in [GRACE, "Grace Hopper"] {
            let rest = listed(client.iter_dialogs().offset_peer(chat)).await;
            assert_eq!(rest, behind("Grace Hopper"));
        }
        let rest = listed(client.iter_dialogs().offset_peer(&all[1])).await;
        assert_eq!(rest, all_names[2..]);
        // parity: M-dialogs.iter_dialogs.offset_id
        let id = all[0].message().unwrap().id();
        let rest = listed(client.iter_dialogs().offset_id(id)).await;
        assert!(!rest.contains(&all_names[0]), "{rest:?}");
        // parity: M-dialogs.iter_dialogs.offset_date, H-152.dialog_offset_date
        let (news, hour) = (
            dialog(&client, "Telewire news").await,
            Duration::from_secs(3600),
        );
        let old = listed(client.iter_dialogs().offset_date(DateLike::ago(hour))).await;
        assert_eq!(old, ["Telewire news", "Weekend hikes"]);
        let old = listed(client.iter_dialogs().offset_date(news.date().unwrap())).await;
        assert_eq!(old, ["Telewire news", "Weekend hikes"]);
        let older = news.date().unwrap().secs() - 1;
        let old = listed(client.iter_dialogs().offset_date(older)).await;
        assert_eq!(old, ["Weekend hikes"]);
    });
}

#[test]
fn pinned_dialogs_come_first_and_may_be_left_out() {
    run(7, async |_, client| {
        let last = client
            .get_dialogs(100)
            .await
            .unwrap()
            .into_vec()
            .pop()
            .unwrap();
        assert!(!last.pinned());
        let peer = types::InputDialogPeerData::new(last.input_peer());
        let pin = functions::messages::ToggleDialogPin::new(peer).pinned(true);
        assert!(client.invoke(&pin).await.unwrap());
        // parity: O-dialog.pinned
        let first = client.get_dialogs(1).await.unwrap().into_vec().remove(0);
        assert_eq!((first.name(), first.pinned()), (last.name(), true));
        let rest = client
            .iter_dialogs()
            .ignore_pinned()
            .collect()
            .await
            .unwrap();
        assert!(rest.iter().all(|d| d.id() != last.id() && !d.pinned()));
    });
}

#[test]
fn whoever_is_listed_can_be_addressed() {
    run(8, async |sim, client| {
        let channel = dialog(&client, "Telewire news").await.id();
        let fresh = async || {
            let fresh = client_with(sim, Shared::default(), sim.config());
            sign_in(sim, &fresh, 0).await;
            fresh
        };
        let other: Client = fresh().await;
        let unknown = other.get_input_entity(channel).await;
        assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
        // parity: M-dialogs.iter_dialogs.cache
        other.get_dialogs(100).await.unwrap();
        let asked = sim.server(|server, _| server.executed_all());
        assert!(other.get_input_entity(channel).await.is_ok());
        assert_eq!(sim.server(|server, _| server.executed_all()), asked);
        // A list that makes the server wait is waited for like anything else.
        let flood = telewire_sandbox::Trouble::flood(5);
        sim.server(|server, _| server.order("messages.getDialogs", 1, flood));
        let before = sim.now().mono;
        other.get_dialogs(100).await.unwrap();
        assert!(sim.now().mono.since(before) >= Duration::from_secs(5));
    });
}

#[test]
fn the_position_of_channels_is_remembered() {
    let sim = Sim::new(9);
    let mut session = Shared::default();
    sim.run(async {
        let client = client_with(&sim, session.clone(), sim.config());
        sign_in(&sim, &client, 0).await;
        let news = client.get_input_entity(NEWS).await.unwrap();
        let types::InputPeer::Channel(news) = news else {
            panic!("not a channel");
        };
        assert!(
            !session
                .load()
                .unwrap()
                .channels
                .contains_key(&news.channel_id)
        );
        // parity: M-dialogs.iter_dialogs.pts
        let listed = dialog(&client, "Telewire news").await.raw.pts.unwrap();
        client.disconnect().await;
        let stored = session.load().unwrap().channels;
        assert_eq!(stored.get(&news.channel_id), Some(&listed));
    });
}

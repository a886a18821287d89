//! Whoever is mentioned comes along.

use std::collections::BTreeSet;

use serde_json::Value;
use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::types;

use super::common::Bench;
use super::{peer, say, updates};

/// Users, groups and channels by their letter and identifier.
type Peers = BTreeSet<(char, i64)>;

/// The peers that a value refers to, and those that it brings along.
fn peers(value: &impl telewire_schema::Value) -> (Peers, Peers) {
    let value: Value = serde_json::from_str(&value.to_json()).unwrap();
    let (mut named, mut brought) = (BTreeSet::new(), BTreeSet::new());
    walk(&value, &mut named, &mut brought);
    (named, brought)
}

fn walk(value: &Value, named: &mut Peers, brought: &mut Peers) {
    let number = |field: &str| value.get(field).and_then(Value::as_i64);
    match value.get("_").and_then(Value::as_str) {
        Some(
            "PeerUser"
            | "MessageEntityMentionName"
            | "UpdateUserStatus"
            | "ChatParticipant"
            | "ChatParticipantAdmin"
            | "ChatParticipantCreator",
        ) => {
            named.extend(number("user_id").map(|id| ('u', id)));
        }
        Some("PeerChat") => named.extend(number("chat_id").map(|id| ('g', id))),
        Some("PeerChannel") => named.extend(number("channel_id").map(|id| ('c', id))),
        Some("MessageActionChatAddUser" | "MessageActionChatCreate") => {
            let users = value["users"].as_array().expect("a list");
            named.extend(users.iter().filter_map(Value::as_i64).map(|id| ('u', id)));
        }
        Some("User") => brought.extend(number("id").map(|id| ('u', id))),
        Some("Chat") => brought.extend(number("id").map(|id| ('g', id))),
        Some("Channel") => brought.extend(number("id").map(|id| ('c', id))),
        _ => {}
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, named, brought)),
        Value::Object(fields) => fields.values().for_each(|item| walk(item, named, brought)),
        _ => {}
    }
}

#[track_caller]
fn assert_complete(value: &impl telewire_schema::Value, least: usize) {
    let (named, brought) = peers(value);
    assert!(named.len() >= least, "{named:?} in {}", value.to_json());
    let missing: Vec<_> = named.difference(&brought).collect();
    assert!(missing.is_empty(), "{missing:?} in {}", value.to_json());
}

#[test]
fn every_peer_that_an_answer_or_an_update_mentions_comes_along() {
    // rule: field.mentioned_peers
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let friend = peer(&mut ada, &mut bench, "grace_hopper");
    let news = peer(&mut ada, &mut bench, "telewire_news");
    let types::InputPeer::User(user) = friend.clone() else {
        panic!("{friend:?}")
    };
    let guest = types::InputUserData::new(user.user_id, user.access_hash);
    ada.call(&mut bench, &fm::CreateChat::new(vec![guest.into()], "Club"))
        .unwrap();
    let told = updates(&mut grace, &mut bench);
    assert!(!told.is_empty());
    for update in &told {
        assert_complete(update, 2);
    }
    let dialogs = fm::GetDialogs::new(0, 0, types::InputPeer::Empty, 100, 0);
    let dialogs = ada.call(&mut bench, &dialogs).unwrap();
    assert_complete(&dialogs, 3);
    let club = brought_group(&dialogs);
    // A forwarded post names its channel wherever it goes.
    let post = fm::GetHistory::new(news.clone(), 0, 0, 0, 1, 0, 0, 0);
    let post = match ada.call(&mut bench, &post).unwrap() {
        types::messages::Messages::ChannelMessages(m) => m.messages[0].clone(),
        other => panic!("{other:?}"),
    };
    let types::Message::Message(post) = post else {
        panic!("{post:?}")
    };
    let group = types::InputPeerChat::new(club);
    let forward = fm::ForwardMessages::new(news, vec![post.id], vec![99], group.clone());
    let sent = ada.call(&mut bench, &forward).unwrap();
    assert_complete(&sent, 3);
    say(
        &mut ada,
        &mut bench,
        group.clone().into(),
        "hello, @grace_hopper",
    )
    .unwrap();
    let short = updates(&mut grace, &mut bench);
    assert!(
        matches!(short[..], [.., types::Updates::UpdateShortChatMessage(_)]),
        "the short form alone brings nobody: {short:?}"
    );
    let history = fm::GetHistory::new(group, 0, 0, 0, 100, 0, 0, 0);
    assert_complete(&ada.call(&mut bench, &history).unwrap(), 3);
    let missed = f::updates::GetDifference::new(1, 1, 0);
    assert_complete(&grace.call(&mut bench, &missed).unwrap(), 2);
}

/// The group that came with the dialogs and has that title.
fn brought_group(dialogs: &types::messages::Dialogs) -> i64 {
    let types::messages::Dialogs::Dialogs(list) = dialogs else {
        panic!("{dialogs:?}")
    };
    let found = list.chats.iter().find_map(|chat| match chat {
        types::Chat::Chat(chat) if chat.title == "Club" => Some(chat.id),
        _ => None,
    });
    found.expect("the group")
}

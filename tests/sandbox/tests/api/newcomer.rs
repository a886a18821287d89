//! What an account finds that has just been made.

use telewire_schema::functions::messages as fm;
use telewire_schema::types;

use super::common::Bench;

#[test]
fn somebody_new_finds_dialogs() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let me = client.sign_up(&mut bench, "9996621234", "Newcomer");
    assert!(me > i64::from(i32::MAX));
    let asked = fm::GetDialogs::new(0, 0, types::InputPeer::Empty, 100, 0);
    let types::messages::Dialogs::Dialogs(all) = client.call(&mut bench, &asked).unwrap() else {
        panic!("a slice");
    };
    assert_eq!(all.dialogs.len(), 3);
    assert_eq!(all.messages.len(), 3);
    let channel = all.chats.iter().find_map(|c| match c {
        types::Chat::Channel(c) => Some(c.id),
        _ => None,
    });
    assert!(channel.unwrap() > 10_000_000_000);
    // Page by page, the same ones in the same order.
    let tops: Vec<_> = all.dialogs.iter().map(top).collect();
    let mut paged = Vec::new();
    let mut next = fm::GetDialogs::new(0, 0, types::InputPeer::Empty, 1, 0);
    for _ in 0..5 {
        let types::messages::Dialogs::Slice(page) = client.call(&mut bench, &next).unwrap() else {
            panic!("not a slice");
        };
        assert_eq!(page.count, 3);
        let Some(dialog) = page.dialogs.first() else {
            break;
        };
        paged.push(top(dialog));
        let types::Dialog::Dialog(d) = dialog else {
            panic!("a folder")
        };
        let (date, peer) = (
            date_of(&page.messages[0]),
            named(&d.peer, &page.users, &page.chats),
        );
        next = fm::GetDialogs::new(date, d.top_message, peer, 1, 0);
    }
    assert_eq!(paged, tops);
}

fn top(dialog: &types::Dialog) -> (types::Peer, i32) {
    match dialog {
        types::Dialog::Dialog(d) => (d.peer, d.top_message),
        other => panic!("{other:?}"),
    }
}

fn date_of(message: &types::Message) -> i32 {
    match message {
        types::Message::Message(m) => m.date,
        types::Message::Service(m) => m.date,
        types::Message::Empty(_) => 0,
    }
}

fn named(peer: &types::Peer, users: &[types::User], chats: &[types::Chat]) -> types::InputPeer {
    let user = |id| {
        users.iter().find_map(|u| match u {
            types::User::User(u) if u.id == id => u.access_hash,
            _ => None,
        })
    };
    let channel = |id| {
        chats.iter().find_map(|c| match c {
            types::Chat::Channel(c) if c.id == id => c.access_hash,
            _ => None,
        })
    };
    match peer {
        types::Peer::User(p) => {
            types::InputPeerUser::new(p.user_id, user(p.user_id).unwrap()).into()
        }
        types::Peer::Chat(p) => types::InputPeerChat::new(p.chat_id).into(),
        types::Peer::Channel(p) => {
            types::InputPeerChannel::new(p.channel_id, channel(p.channel_id).unwrap()).into()
        }
    }
}

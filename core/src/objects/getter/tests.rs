//! What a message tells of its chat and sender, and what that costs.

use telewire_schema::types;

use super::*;
use crate::client::testing::{Stage, refuse, value};
use crate::engine::{Request, Value};
use crate::peers::PeerRecord;
use crate::session::SelfUser;

const FRIEND: i64 = 5;
const GROUP: i64 = 44;

fn user(id: i64, min: bool) -> types::User {
    let user = types::UserData::new(id).access_hash(id + 1).min(min);
    user.first_name(if min { "least" } else { "whole" }).into()
}

fn peer(id: i64) -> types::InputPeer {
    types::InputPeerUser::new(id, id + 1).into()
}

/// A message in that chat that came along with these users and chats.
fn message(
    stage: &Stage,
    chat: PeerId,
    from: Option<PeerId>,
    users: Vec<types::User>,
    chats: Vec<types::Chat>,
) -> Message {
    let mut raw = types::MessageData::new(9, types::Peer::from(chat), 1, "hi");
    raw.from_id = from.map(Into::into);
    let peers = Arc::new(PeerMap::new(users, chats));
    Message::new(&stage.client, raw.into(), peers)
}

fn private(stage: &Stage, users: Vec<types::User>) -> Message {
    message(stage, PeerId::User(FRIEND), None, users, vec![])
}

fn in_group(stage: &Stage, from: i64, users: Vec<types::User>) -> Message {
    let (chat, from) = (PeerId::Chat(GROUP), Some(PeerId::User(from)));
    message(stage, chat, from, users, vec![])
}

fn never(request: &Request) -> Result<Value, Error> {
    unreachable!("{} was asked", request.name)
}

/// What asking `message` comes to, and what was asked of the server.
fn ask<T, F: Future<Output = T> + Send>(
    stage: &mut Stage,
    message: &Message,
    f: impl FnOnce(Message) -> F,
    mut server: impl FnMut(&Request) -> Result<Value, Error>,
) -> (T, Vec<&'static str>) {
    let mut asked = Vec::new();
    let message = message.clone();
    let value = stage.run(
        |_| f(message),
        |request| {
            asked.push(request.name);
            server(request)
        },
    );
    (value, asked)
}

#[test]
fn properties_ask_nobody() {
    // parity: O-chatgetter.chat, O-chatgetter.input_chat, E-common.event.props
    let stage = Stage::new();
    let known = private(&stage, vec![user(FRIEND, false)]);
    assert_eq!(known.chat().unwrap().id(), PeerId::User(FRIEND));
    assert_eq!(known.input_chat(), Some(peer(FRIEND)));
    let unknown = private(&stage, vec![]);
    assert_eq!((unknown.chat(), unknown.input_chat()), (None, None));
    // A stranger in a group comes without what reaches it; who came by elsewhere is reached all the same.
    stage.client.remember(vec![PeerRecord {
        id: PeerId::User(FRIEND),
        access_hash: 70,
        usernames: vec![],
        phone: None,
        name: "Ada".into(),
        bot: false,
    }]);
    let cached = types::InputPeer::from(types::InputPeerUser::new(FRIEND, 70));
    assert_eq!(unknown.input_chat(), Some(cached.clone()));
    // parity: O-sendergetter.sender, O-sendergetter.input_sender
    let group = in_group(&stage, FRIEND, vec![user(FRIEND, true)]);
    assert!(group.sender().unwrap().is_min());
    assert_eq!(group.input_sender(), Some(cached));
    assert_eq!(in_group(&stage, 6, vec![]).sender(), None);
    assert!(
        stage.client.shared().take_commands().len() <= 1,
        "nothing but what is remembered"
    );
}

#[test]
fn kinds_of_chats_are_told_apart() {
    // parity: O-chatgetter.is_private, O-chatgetter.is_group, O-chatgetter.is_channel
    let stage = Stage::new();
    let kind = |chat: PeerId, chats: Vec<types::Chat>| {
        let m = message(&stage, chat, None, vec![], chats);
        (m.is_private(), m.is_group(), m.is_channel())
    };
    let channel = |megagroup: bool| {
        let channel = types::Channel::new(3, "C", types::ChatPhoto::Empty, 0);
        vec![types::Chat::from(
            channel.megagroup(megagroup).broadcast(!megagroup),
        )]
    };
    assert_eq!(kind(PeerId::User(FRIEND), vec![]), (true, false, false));
    assert_eq!(kind(PeerId::Chat(GROUP), vec![]), (false, true, false));
    assert_eq!(kind(PeerId::Channel(3), channel(true)), (false, true, true));
    assert_eq!(
        kind(PeerId::Channel(3), channel(false)),
        (false, false, true)
    );
}

#[test]
fn the_chat_of_a_private_message_is_the_other_person() {
    // parity: O-chatgetter.chat_id
    let stage = Stage::new();
    *lock(&stage.client.shared().user) = Some(SelfUser {
        id: 7,
        access_hash: 8,
        bot: false,
    });
    for out in [false, true] {
        let mut raw = types::MessageData::new(9, types::PeerUser::new(FRIEND), 1, "hi");
        raw.out = out;
        let m = Message::new(&stage.client, raw.into(), Arc::default());
        assert_eq!(m.chat_id().map(PeerId::marked), Some(FRIEND));
        // parity: O-sendergetter.sender_id
        assert_eq!(
            m.sender_id(),
            Some(PeerId::User(if out { 7 } else { FRIEND }))
        );
    }
    let group = in_group(&stage, FRIEND, vec![]);
    assert_eq!(group.chat_id().map(PeerId::marked), Some(-GROUP));
    assert_eq!(group.sender_id().map(PeerId::marked), Some(FRIEND));
    // A post is sent by its channel.
    let post = message(&stage, PeerId::Channel(3), None, vec![], vec![]);
    assert_eq!(post.sender_id(), Some(PeerId::Channel(3)));
    assert_eq!(
        post.sender_id().map(PeerId::marked),
        Some(-1_000_000_000_003)
    );
    let nobody = Message::new(
        &stage.client,
        types::MessageEmpty::new(1).into(),
        Arc::default(),
    );
    assert_eq!((nobody.chat_id(), nobody.sender_id()), (None, None));
}

#[test]
fn the_sender_of_a_post_is_the_channel() {
    // parity: O-sendergetter.sender
    let stage = Stage::new();
    let channel = types::Channel::new(3, "News", types::ChatPhoto::Empty, 0).broadcast(true);
    let post = message(
        &stage,
        PeerId::Channel(3),
        None,
        vec![],
        vec![channel.into()],
    );
    let sender = post.sender().unwrap();
    assert!(sender.is_channel() && sender.id() == PeerId::Channel(3));
    let friend = private(&stage, vec![user(FRIEND, false)]);
    assert!(friend.sender().unwrap().is_user());
}

#[test]
fn missing_chats_are_fetched_and_kept() {
    // parity: O-chatgetter.get_chat
    let mut stage = Stage::new();
    for (users, asks) in [
        (vec![user(FRIEND, false)], false),
        (vec![user(FRIEND, true)], true),
        (vec![], true),
    ] {
        let m = private(&stage, users);
        let twice = |m: Message| async move {
            let first = m.get_chat().await.unwrap();
            assert_eq!(m.chat(), Some(first.clone()), "the property has it now");
            assert_eq!(m.get_chat().await.unwrap(), first);
            first
        };
        let (chat, asked) = ask(&mut stage, &m, twice, |_| value(&vec![user(FRIEND, false)]));
        assert!(!chat.is_min());
        assert_eq!(!asked.is_empty(), asks, "{asked:?}");
        stage = Stage::new();
    }
}

#[test]
fn what_was_known_stays_when_fetching_fails() {
    // parity: O-chatgetter.get_chat
    let mut stage = Stage::new();
    let least = private(&stage, vec![user(FRIEND, true)]);
    let (chat, asked) = ask(
        &mut stage,
        &least,
        |m| async move { m.get_chat().await },
        |_| refuse(400, "USER_ID_INVALID"),
    );
    assert!(chat.unwrap().is_min());
    assert!(!asked.is_empty());
    let nothing = private(&stage, vec![]);
    let (chat, _) = ask(
        &mut stage,
        &nothing,
        |m| async move { m.get_chat().await },
        |_| refuse(400, "USER_ID_INVALID"),
    );
    assert!(chat.is_err());
}

#[test]
fn missing_senders_are_fetched_and_kept() {
    // parity: O-sendergetter.get_sender
    let mut stage = Stage::new();
    for (users, asks) in [
        (vec![user(6, false)], false),
        (vec![user(6, true)], true),
        (vec![], true),
    ] {
        let m = in_group(&stage, 6, users);
        let twice = |m: Message| async move {
            let first = m.get_sender().await.unwrap();
            assert_eq!(m.sender(), Some(first.clone()));
            assert_eq!(m.get_sender().await.unwrap(), first);
            first
        };
        let (sender, asked) = ask(&mut stage, &m, twice, |_| value(&vec![user(6, false)]));
        assert!(!sender.is_min());
        assert_eq!(!asked.is_empty(), asks, "{asked:?}");
        stage = Stage::new();
    }
}

#[test]
fn an_unknown_chat_is_looked_for_in_the_dialogs() {
    // parity: O-chatgetter.get_input_chat
    let mut stage = Stage::new();
    let m = private(&stage, vec![]);
    let dialogs = |ids: &[i64]| {
        let dialog = |id: &i64| {
            let settings = types::PeerNotifySettings::new();
            let peer = types::PeerUser::new(*id);
            types::Dialog::from(types::DialogData::new(peer, 1, 0, 0, 0, 0, 0, 0, settings))
        };
        let users = ids.iter().map(|id| user(*id, false)).collect();
        let dialogs = ids.iter().map(dialog).collect();
        types::messages::Dialogs::from(types::messages::DialogsData::new(
            dialogs,
            vec![],
            vec![],
            users,
        ))
    };
    let mut limit = 0;
    let (found, asked) = ask(
        &mut stage,
        &m,
        |m| async move { m.get_input_chat().await },
        |request| {
            match request.name {
                // Without an access hash the server knows nobody.
                "users.getUsers" => value(&Vec::<types::User>::new()),
                "messages.getDialogs" => {
                    let tail = request.head.len() - 12;
                    limit = i32::from_le_bytes(request.head[tail..tail + 4].try_into().unwrap());
                    value(&dialogs(&[3, FRIEND]))
                }
                other => unreachable!("{other}"),
            }
        },
    );
    assert_eq!(found.unwrap(), peer(FRIEND));
    assert_eq!(
        (asked, limit),
        (vec!["users.getUsers", "messages.getDialogs"], 100)
    );
    // It is not among them either.
    let stranger = message(&stage, PeerId::User(6), None, vec![], vec![]);
    let (found, _) = ask(
        &mut stage,
        &stranger,
        |m| async move { m.get_input_chat().await },
        |request| match request.name {
            "users.getUsers" => value(&Vec::<types::User>::new()),
            _ => value(&dialogs(&[3])),
        },
    );
    assert!(matches!(found, Err(Error::NotFound(_))));
}

#[test]
fn an_unknown_sender_is_looked_for_in_the_message() {
    // parity: O-sendergetter.get_input_sender
    let mut stage = Stage::new();
    let m = in_group(&stage, 6, vec![user(6, true)]);
    let answer = |users: Vec<types::User>| {
        let from = types::PeerUser::new(6);
        let raw = types::MessageData::new(9, types::PeerChat::new(GROUP), 1, "hi").from_id(from);
        types::messages::Messages::from(types::messages::MessagesData::new(
            vec![raw.into()],
            vec![],
            vec![],
            users,
        ))
    };
    for (users, found) in [
        (vec![user(6, false)], peer(6)),
        // The message itself is the last resort.
        (
            vec![],
            types::InputPeerUserFromMessage::new(types::InputPeerChat::new(GROUP), 9, 6).into(),
        ),
    ] {
        let server = |request: &Request| match request.name {
            "users.getUsers" => value(&Vec::<types::User>::new()),
            "messages.getMessages" => value(&answer(users.clone())),
            other => unreachable!("{other}"),
        };
        let mut stage = Stage::new();
        let m = Message::new(&stage.client, m.raw.clone(), Arc::default());
        let (sender, asked) = ask(
            &mut stage,
            &m,
            |m| async move { m.get_input_sender().await },
            server,
        );
        assert_eq!(sender.unwrap(), found);
        assert_eq!(asked, ["users.getUsers", "messages.getMessages"]);
    }
    let known = in_group(&stage, 8, vec![user(8, false)]);
    let (sender, _) = ask(
        &mut stage,
        &known,
        |m| async move { m.get_input_sender().await },
        never,
    );
    assert_eq!(sender.unwrap(), peer(8), "who came along costs nothing");
}

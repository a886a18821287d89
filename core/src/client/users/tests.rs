//! Who is meant by what, and what that costs.

mod asked;
mod known;

use telewire_schema::{Deserialize as _, RpcError, Serialize as _, types};

use super::*;
use crate::client::handle::lock;
use crate::client::testing::{Stage, refuse, value};
use crate::config::Config;
use crate::engine::{Request, Value};
use crate::peers::PeerRecord;

fn user(id: i64) -> types::InputPeer {
    types::InputPeerUser::new(id, id + 1).into()
}

fn ada() -> PeerRecord {
    PeerRecord {
        id: PeerId::User(5),
        access_hash: 6,
        usernames: vec!["ada_l".into(), "countess".into()],
        phone: Some("34600".into()),
        name: "Ada Lovelace".into(),
        bot: false,
    }
}

fn bot() -> SelfUser {
    SelfUser {
        id: 1,
        access_hash: 2,
        bot: true,
    }
}

/// Looks somebody up with Ada known; also tells what was asked of the server.
fn find(
    who: impl Into<EntityLike>,
    mut server: impl FnMut(&Request) -> Result<Value, Error>,
) -> (Result<types::InputPeer, Error>, Vec<&'static str>) {
    let mut asked = Vec::new();
    let mut stage = Stage::new();
    stage.client.remember(vec![ada()]);
    let who = who.into();
    let found = stage.run(
        |client| async move { client.get_input_entity(who).await },
        |request| {
            asked.push(request.name);
            server(request)
        },
    );
    (found, asked)
}

fn never(_: &Request) -> Result<Value, Error> {
    unreachable!("nothing is to be asked")
}

#[test]
fn whoever_was_seen_costs_no_request() {
    // parity: M-users.get_input_entity, M-users.get_input_entity.order
    let names = ["@ada_l", "Countess", "https://t.me/ADA_L", "+34 600"];
    for name in names
        .map(EntityLike::from)
        .into_iter()
        .chain([5.into(), PeerId::User(5).into()])
    {
        assert_eq!(find(name, never).0.unwrap(), user(5));
    }
    assert_eq!(find("me", never).0.unwrap(), types::InputPeer::Self_);
    assert_eq!(
        find(-9, never).0.unwrap(),
        types::InputPeerChat::new(9).into()
    );
}

#[test]
fn a_username_is_looked_up_and_remembered() {
    let mut stage = Stage::new();
    let peers = stage.run(
        |client| async move {
            let first = client.get_input_entity("@Grace_H").await.unwrap();
            (first, client.get_input_entity(9).await.unwrap())
        },
        |request| {
            assert_eq!(request.name, "contacts.resolveUsername");
            assert!(request.head.windows(7).any(|w| w == b"grace_h"));
            let grace = types::UserData::new(9).access_hash(10).username("grace_h");
            value(&types::contacts::ResolvedPeer::new(
                types::PeerUser::new(9),
                vec![],
                vec![grace.into()],
            ))
        },
    );
    assert_eq!(peers, (user(9), user(9)));
}

#[test]
fn nobody_of_that_name_is_an_error_that_says_what_to_do() {
    for answer in ["USERNAME_NOT_OCCUPIED", "USERNAME_INVALID"] {
        let error = find("@nobody_here", |_| refuse(400, answer)).0.unwrap_err();
        assert!(matches!(error, Error::NotFound(_)));
        let text = error.to_string();
        assert!(
            text.contains("@nobody_here") && text.contains("check the spelling"),
            "{text}"
        );
    }
    // parity: M-users.get_input_entity.fail
    let text = find("No Such Name", never).0.unwrap_err().to_string();
    assert!(
        text.contains("“No Such Name”") && text.contains("iter_dialogs"),
        "{text}"
    );
}

#[test]
fn an_unknown_id_is_tried_without_a_hash() {
    // parity: M-users.get_input_entity.hash0
    let known = find(8, |_| {
        value(&vec![types::User::from(
            types::UserData::new(8).access_hash(9),
        )])
    });
    assert_eq!(
        (known.0.unwrap(), known.1),
        (user(8), vec!["users.getUsers"])
    );
    let unknown = find(8, |_| {
        value(&vec![types::User::from(types::UserEmpty::new(8))])
    });
    let text = unknown.0.unwrap_err().to_string();
    for part in [
        "id 8",
        "in the cache and in the session",
        "users.getUsers",
        "iter_dialogs()",
        "channels.getParticipants",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let refused = find(PeerId::Channel(8), |_| refuse(400, "CHANNEL_INVALID"));
    assert!(
        matches!(refused, (Err(Error::NotFound(_)), asked) if asked == ["channels.getChannels"])
    );
}

#[test]
fn an_invite_leads_to_a_chat_that_one_is_in() {
    // parity: M-users.get_entity.invite
    let chat = types::ChatForbidden::new(3, "Club");
    let inside = find("t.me/+AbCd", |_| {
        value(&types::ChatInvite::from(types::ChatInviteAlready::new(
            chat.clone(),
        )))
    });
    assert_eq!(inside.0.unwrap(), types::InputPeerChat::new(3).into());
    let outside = find("t.me/+AbCd", |_| {
        let photo = types::Photo::Empty(types::PhotoEmpty::new(1));
        value(&types::ChatInvite::from(types::ChatInviteData::new(
            "Club", photo, 1, 0,
        )))
    });
    assert!(outside.0.unwrap_err().to_string().contains("join it first"));
}

#[test]
fn ids_keep_their_marks_and_cost_nothing() {
    // parity: M-users.get_peer_id
    let ids = Stage::new().run(
        |client| async move {
            let channel = types::InputPeer::from(types::InputPeerChannel::new(4, 5));
            [
                client.get_peer_id(-1_000_000_000_007).await.unwrap(),
                client.get_peer_id(12).await.unwrap(),
                client.get_peer_id(channel).await.unwrap(),
            ]
        },
        never,
    );
    assert_eq!(ids, [-1_000_000_000_007, 12, -1_000_000_000_004]);
}

#[test]
fn names_are_fresh_from_the_server_when_the_whole_entity_is_wanted() {
    // parity: M-users.get_entity.strings
    let mut stage = Stage::new();
    stage.client.remember(vec![ada()]);
    // parity: M-users.get_input_entity.stale
    let (before, entity, after) = stage.run(
        |client| async move {
            let before = client.get_input_entity("ada_l").await.unwrap();
            let entity = client.get_entity("ada_l").await.unwrap();
            let after = client.get_input_entity("ada_l").await.unwrap();
            (before, entity, after)
        },
        |request| {
            assert_eq!(request.name, "contacts.resolveUsername");
            let other = types::UserData::new(50).access_hash(51).username("ada_l");
            value(&types::contacts::ResolvedPeer::new(
                types::PeerUser::new(50),
                vec![],
                vec![other.into()],
            ))
        },
    );
    assert_eq!(entity.id(), PeerId::User(50));
    // The name was another's until the server was asked.
    assert_eq!((before, after), (user(5), user(50)));
}

#[test]
fn only_a_server_that_answers_no_means_nobody_is_signed_in() {
    fn ask(answer: impl Fn() -> Result<Value, Error>) -> Result<bool, Error> {
        Stage::new().run(
            |client| async move { client.is_user_authorized().await },
            |_| answer(),
        )
    }
    let yes = || value(&vec![types::User::from(types::UserData::new(1))]);
    assert!(ask(yes).unwrap());
    let rpc = |code, message: &str| {
        Err(Error::Rpc {
            request: "users.getUsers",
            error: RpcError::parse(code, message),
        })
    };
    assert!(!ask(|| rpc(401, "AUTH_KEY_UNREGISTERED")).unwrap());
    let ended = || {
        Err(Error::AccountEnded(RpcError::parse(
            401,
            "USER_DEACTIVATED",
        )))
    };
    assert!(!ask(ended).unwrap());
    assert!(ask(|| Err(Error::Disconnected)).is_err());
    // Trouble on the server's side says nothing about the account; a new login would ruin one that is well.
    for (code, message) in [
        (420, "FLOOD_WAIT_60"),
        (500, "RPC_CALL_FAIL"),
        (406, "UPDATE_APP_TO_LOGIN"),
        (400, "CONNECTION_NOT_INITED"),
    ] {
        let error = ask(move || rpc(code, message)).unwrap_err();
        assert_eq!(error.rpc().map(RpcError::code), Some(code), "{message}");
    }
}

//! What a chat's event has to ask the server for.

use super::*;
use crate::client::testing::{refuse, value};
use crate::engine::{Request, Value};
use crate::error::Error;

/// What asking the event comes to, and what the server was asked.
fn ask<T, F: Future<Output = T> + Send>(
    stage: &mut Stage,
    event: &ChatActionEvent,
    f: impl FnOnce(ChatActionEvent) -> F,
    mut server: impl FnMut(&Request) -> Result<Value, Error>,
) -> (T, Vec<&'static str>) {
    let mut asked = Vec::new();
    let event = event.clone();
    let value = stage.run(
        |_| f(event),
        |request| {
            asked.push(request.name);
            server(request)
        },
    );
    (value, asked)
}

/// The service message as the server has it, with these users.
fn fresh(service: types::MessageService, users: Vec<types::User>) -> Result<Value, Error> {
    value(&types::messages::Messages::from(
        types::messages::MessagesData::new(vec![service.into()], vec![], vec![], users),
    ))
}

#[test]
fn who_did_it_is_asked_for_and_kept() {
    let mut stage = stage();
    for kicks in [false, true] {
        let action = if kicks { delete(6) } else { add(&[6]) };
        let event = said(&stage, ADA, action);
        let both = |event: ChatActionEvent| async move {
            assert_eq!((event.added_by(), event.kicked_by()), (None, None));
            let added = event.get_added_by().await.unwrap();
            let kicked = event.get_kicked_by().await.unwrap();
            assert_eq!(
                (event.added_by(), event.kicked_by()),
                (added.clone(), kicked.clone())
            );
            (added, kicked)
        };
        let ((added, kicked), asked) = ask(&mut stage, &event, both, |_| value(&vec![user(5)]));
        // parity: E-chataction.event.get_added_by, E-chataction.event.get_kicked_by
        let (who, nobody) = if kicks {
            (kicked, added)
        } else {
            (added, kicked)
        };
        assert_eq!((who.unwrap().id(), nobody), (ADA, None));
        assert!(
            asked.iter().all(|name| *name == "users.getUsers"),
            "{asked:?}"
        );
        assert!(!asked.is_empty());
        stage = super::super::stage();
    }
    // Nobody has done it.
    let left = said(&stage, GRACE, delete(6));
    let hidden = build(&stage, new(service(None, add(&[6]))));
    for event in [left, hidden] {
        let both = |event: ChatActionEvent| async move {
            (
                event.get_added_by().await.unwrap(),
                event.get_kicked_by().await.unwrap(),
            )
        };
        let (nobody, asked) = ask(&mut stage, &event, both, |_| refuse(400, "X"));
        assert_eq!((nobody, asked.len()), ((None, None), 0));
    }
}

#[test]
fn missing_users_come_with_the_service_message() {
    let raw = service(Some(ADA), add(&[6, 8]));
    for brought in [vec![user(6)], vec![user(6), least(8)]] {
        let mut stage = stage();
        let update = bringing(new(raw.clone()), brought, vec![]);
        let event = ChatActionEvent::build(&stage.client, &update).unwrap();
        let users = |event: ChatActionEvent| async move {
            let first = event.get_users().await.unwrap();
            assert_eq!(event.users(), first, "the property has them now");
            assert_eq!(event.get_users().await.unwrap(), first);
            assert_eq!(event.get_user().await.unwrap().as_ref(), first.first());
            first
        };
        let server = |_: &Request| fresh(raw.clone(), vec![user(6), user(8)]);
        let (users, asked) = ask(&mut stage, &event, users, server);
        // parity: E-chataction.event.refetch, E-chataction.event.get_users, E-chataction.event.get_user
        assert_eq!(
            users.iter().map(Entity::id).collect::<Vec<_>>(),
            event.user_ids()
        );
        assert!(users.iter().all(|user| !user.is_min()));
        assert_eq!(asked, ["messages.getMessages"], "once");
    }
}

#[test]
fn missing_input_users_come_with_the_service_message() {
    let mut stage = stage();
    let raw = service(Some(ADA), add(&[6, 8]));
    let update = bringing(new(raw.clone()), vec![user(6), least(8)], vec![]);
    let event = ChatActionEvent::build(&stage.client, &update).unwrap();
    let users = |event: ChatActionEvent| async move {
        let first = event.get_input_users().await.unwrap();
        assert_eq!(event.input_users(), first);
        assert_eq!(event.get_input_users().await.unwrap(), first);
        assert_eq!(
            event.get_input_user().await.unwrap().as_ref(),
            first.first()
        );
        first
    };
    let server = |_: &Request| fresh(raw.clone(), vec![user(6), user(8)]);
    let (users, asked) = ask(&mut stage, &event, users, server);
    // parity: E-chataction.event.refetch, E-chataction.event.get_input_users, E-chataction.event.get_input_user
    assert_eq!(users, [input(6), input(8)]);
    assert_eq!(asked, ["messages.getMessages"], "once");
    // Where nothing is to be had, the message itself is what reaches a stranger.
    let mut stage = super::super::stage();
    let event = build(&stage, new(raw.clone()));
    let users = |event: ChatActionEvent| async move { event.get_input_users().await.unwrap() };
    let (users, _) = ask(&mut stage, &event, users, |request| match request.name {
        "users.getUsers" => value(&Vec::<types::User>::new()),
        _ => fresh(raw.clone(), vec![]),
    });
    let group = || types::InputPeer::from(types::InputPeerChat::new(GROUP));
    let seen = |id| types::InputPeer::from(types::InputPeerUserFromMessage::new(group(), 9, id));
    assert_eq!(users, [seen(6), seen(8)]);
}

#[test]
fn users_without_a_service_message_are_asked_for_one_by_one() {
    let mut stage = stage();
    let event = build(
        &stage,
        types::UpdateChatParticipantAdd::new(GROUP, 6, 5, 1, 2),
    );
    let users = |event: ChatActionEvent| async move { event.get_users().await.unwrap() };
    let (users, asked) = ask(&mut stage, &event, users, |_| value(&vec![user(6)]));
    // parity: E-chataction.event.get_users
    assert_eq!(users.iter().map(Entity::id).collect::<Vec<_>>(), [GRACE]);
    assert!(
        asked.iter().all(|name| *name == "users.getUsers"),
        "{asked:?}"
    );
    // Those of whom nothing can be had are left out; that nobody answers is an error.
    for (code, fine) in [(400, true), (500, false)] {
        let mut stage = super::super::stage();
        let event = build(&stage, types::UpdateChatParticipantDelete::new(GROUP, 6, 2));
        let users = |event: ChatActionEvent| async move { event.get_users().await };
        let (users, _) = ask(&mut stage, &event, users, |_| refuse(code, "NO_USERS"));
        assert_eq!(users.is_ok_and(|users| users.is_empty()), fine);
    }
}

#[test]
fn the_pinned_message_is_fetched() {
    let mut stage = stage();
    let mut pin = service(Some(ADA), types::MessageAction::PinMessage);
    pin.reply_to = Some(
        types::MessageReplyHeaderData::new()
            .reply_to_msg_id(4)
            .into(),
    );
    let pinned = |event: ChatActionEvent| async move {
        let first = event.get_pinned_message().await.unwrap();
        let again = event.get_pinned_message().await.unwrap();
        assert_eq!(first.as_ref().map(Message::id), again.map(|m| m.id()));
        first
    };
    let event = build(&stage, new(pin.clone()));
    let (message, asked) = ask(&mut stage, &event, pinned, |_| {
        let message = types::MessageData::new(4, types::PeerChat::new(GROUP), 1, "worth it");
        value(&types::messages::Messages::from(
            types::messages::MessagesData::new(vec![message.into()], vec![], vec![], vec![]),
        ))
    });
    // parity: E-chataction.event.get_pinned_message
    assert_eq!(message.unwrap().text(), "worth it");
    assert_eq!(asked, ["messages.getMessages"]);
    let gone = build(&stage, new(pin));
    let (message, _) = ask(&mut stage, &gone, pinned, |_| {
        let empty = types::MessageEmpty::new(4).into();
        value(&types::messages::Messages::from(
            types::messages::MessagesData::new(vec![empty], vec![], vec![], vec![]),
        ))
    });
    assert!(message.is_none());
    // Not a pin, or an unpin.
    let unpin = build(
        &stage,
        types::UpdatePinnedChannelMessages::new(3, vec![8], 5, 1),
    );
    for event in [said(&stage, ADA, add(&[6])), unpin] {
        let (message, asked) = ask(&mut stage, &event, pinned, |_| refuse(400, "X"));
        assert!(message.is_none() && asked.is_empty());
    }
}

#[test]
fn without_a_service_message_nothing_is_deleted() {
    let mut stage = stage();
    let event = build(&stage, types::UpdateChatParticipantDelete::new(GROUP, 6, 2));
    let delete = |event: ChatActionEvent| async move { event.delete().await.unwrap() };
    let (affected, asked) = ask(&mut stage, &event, delete, |_| refuse(400, "X"));
    // parity: E-chataction.event.delete
    assert!(affected.is_empty() && asked.is_empty());
}

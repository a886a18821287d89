//! Events that a server tells rarely.

mod chat_action;
mod read;
mod user_update;

use std::sync::Arc;

use telewire_schema::types;

use super::*;
use crate::client::handle::lock;
use crate::client::testing::Stage;
use crate::peers::{PeerId, PeerMap};
use crate::session::SelfUser;

const ME: i64 = 7;

fn stage() -> Stage {
    let stage = Stage::new();
    *lock(&stage.client.shared().user) = Some(SelfUser {
        id: ME,
        access_hash: 8,
        bot: false,
    });
    stage
}

fn update(raw: impl Into<types::Update>) -> Arc<Update> {
    Arc::new(Update {
        raw: raw.into(),
        peers: Arc::default(),
        date: 1,
        catch_up: true,
        gap: None,
    })
}

/// An update that brings these users and chats along.
fn bringing(
    raw: impl Into<types::Update>,
    users: Vec<types::User>,
    chats: Vec<types::Chat>,
) -> Arc<Update> {
    Arc::new(Update {
        raw: raw.into(),
        peers: Arc::new(PeerMap::new(users, chats)),
        date: 1,
        catch_up: false,
        gap: None,
    })
}

fn user(id: i64) -> types::User {
    let user = types::UserData::new(id).access_hash(id + 1);
    user.first_name("Somebody").into()
}

/// The same of whom only the least is told.
fn least(id: i64) -> types::User {
    types::UserData::new(id)
        .access_hash(id + 1)
        .min(true)
        .into()
}

fn input(id: i64) -> types::InputPeer {
    types::InputPeerUser::new(id, id + 1).into()
}

/// Whether the builder wants what `update` is.
fn wants<B: EventBuilder>(stage: &mut Stage, events: B, update: &Arc<Update>) -> bool {
    let event = B::Event::build(&stage.client, update).expect("it is such an event");
    let client = stage.client.clone();
    stage.run(
        move |_| async move {
            let known = events.resolve(&client).await.unwrap();
            events.accept(&known, &event).is_some()
        },
        |request| unreachable!("{} was asked", request.name),
    )
}

#[test]
fn a_deletion_may_name_nothing() {
    let stage = stage();
    let build = |update: &Arc<Update>| MessageDeletedEvent::build(&stage.client, update);
    let nothing = build(&update(types::UpdateDeleteMessages::new(vec![], 1, 0))).unwrap();
    // parity: E-deleted.event.deleted_id, E-deleted.event.deleted_ids
    assert_eq!(nothing.deleted_id(), None);
    assert!(nothing.deleted_ids().is_empty());
    let two = types::UpdateDeleteChannelMessages::new(3, vec![9, 8], 1, 2);
    let two = build(&update(two)).unwrap();
    assert_eq!(
        (two.deleted_id(), two.deleted_ids()),
        (Some(9), &[9, 8][..])
    );
    assert_eq!(two.chat_id(), Some(PeerId::Channel(3)));
    assert!(two.is_catch_up());
    assert_eq!(
        format!("{nothing}"),
        "MessageDeleted.Event(original_update=UpdateDeleteMessages(messages=[], pts=1, pts_count=0), deleted_id=None, deleted_ids=[])"
    );
    assert!(build(&update(types::Update::PtsChanged)).is_none());
}

#[test]
fn an_edit_in_a_channel_tells_who_sent_the_message_and_not_who_edited_it() {
    // parity: E-edited.out
    let mut stage = stage();
    let edit = |out: bool, from: i64| {
        let peer = types::PeerChannel::new(3);
        let message = types::MessageData::new(1, peer, 1, "x").out(out);
        let message = message.from_id(types::PeerUser::new(from));
        update(types::UpdateEditChannelMessage::new(message, 5, 1))
    };
    // Another admin has edited what the account had sent: it still goes out.
    let own = edit(true, ME);
    assert!(wants(&mut stage, MessageEdited::new().outgoing(), &own));
    assert!(!wants(&mut stage, MessageEdited::new().incoming(), &own));
    // Where the server leaves the direction out, the sender is still named.
    let unsaid = edit(false, ME);
    assert!(!wants(&mut stage, MessageEdited::new().outgoing(), &unsaid));
    let mine = || MessageEdited::new().from_users(["me"]);
    assert!(wants(&mut stage, mine(), &own) && wants(&mut stage, mine(), &unsaid));
    assert!(!wants(&mut stage, mine(), &edit(false, 9)));
}

#[test]
fn what_happens_nowhere_is_in_no_list() {
    // parity: E-common.shared_filter
    let mut stage = stage();
    let nowhere = update(types::UpdateDeleteMessages::new(vec![1], 1, 1));
    let listed = || MessageDeleted::new().chats([3, -4]);
    assert!(wants(&mut stage, MessageDeleted::new(), &nowhere));
    assert!(!wants(&mut stage, listed(), &nowhere));
    assert!(wants(&mut stage, listed().blacklist_chats(), &nowhere));
    let somewhere = update(types::UpdateDeleteChannelMessages::new(3, vec![1], 1, 1));
    assert!(wants(&mut stage, listed(), &somewhere));
    assert!(!wants(&mut stage, listed().blacklist_chats(), &somewhere));
}

#[test]
fn messages_without_a_text_and_those_that_do_not_exist() {
    let stage = stage();
    let empty = types::MessageEmpty::new(1);
    let action = types::MessageAction::PinMessage;
    let service = types::MessageService::new(1, types::PeerUser::new(5), 1, action);
    // parity: E-newmessage.triggers
    for message in [types::Message::from(empty.clone()), service.clone().into()] {
        let new = update(types::UpdateNewMessage::new(message.clone(), 1, 1));
        assert!(NewMessageEvent::build(&stage.client, &new).is_none());
        let new = update(types::UpdateNewChannelMessage::new(message, 1, 1));
        assert!(NewMessageEvent::build(&stage.client, &new).is_none());
    }
    // parity: E-edited.triggers
    let edit = update(types::UpdateEditMessage::new(service, 1, 1));
    assert!(MessageEditedEvent::build(&stage.client, &edit).is_some());
    let edit = update(types::UpdateEditMessage::new(empty, 1, 1));
    assert!(MessageEditedEvent::build(&stage.client, &edit).is_none());
}

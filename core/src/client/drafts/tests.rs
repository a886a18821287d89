//! What is said to the server about drafts.

use telewire_schema::Serialize;

use super::*;
use crate::client::testing::{Stage, value};

fn peer() -> types::InputPeer {
    types::InputPeerUser::new(7, 70).into()
}

/// A draft with everything in it.
fn draft(client: &Client) -> Draft {
    let user = types::UserData::new(7).access_hash(70).first_name("Ada");
    let raw = types::DraftMessageData::new("bold", 1_000)
        .no_webpage(true)
        .entities(vec![types::MessageEntityBold::new(0, 4).into()])
        .reply_to(types::InputReplyToMessage::new(5));
    let raw = types::DraftMessage::from(raw);
    Draft::new(client, PeerId::User(7), Some(user.into()), Some(raw))
}

#[test]
fn what_stays_is_said_again() {
    let bold = || vec![types::MessageEntityBold::new(0, 4).into()];
    let reply = || types::InputReplyTo::from(types::InputReplyToMessage::new(5));
    let mut whole = functions::messages::SaveDraft::new(peer(), "bold").no_webpage(true);
    whole.entities = Some(bold());
    whole.reply_to = Some(reply());
    let cases: [(DraftChange, functions::messages::SaveDraft); 5] = [
        (DraftChange::new(), whole.clone()),
        ("plain".into(), {
            let mut wanted = whole.clone();
            wanted.message = "plain".into();
            wanted.entities = None;
            wanted
        }),
        (DraftChange::new().reply_to(9), {
            let mut wanted = whole.clone();
            wanted.reply_to = Some(types::InputReplyToMessage::new(9).into());
            wanted
        }),
        (DraftChange::new().reply_to(None), {
            let mut wanted = whole.clone();
            wanted.reply_to = None;
            wanted
        }),
        (DraftChange::new().link_preview(true), {
            let mut wanted = whole.clone();
            wanted.no_webpage = false;
            wanted
        }),
    ];
    for (change, wanted) in cases {
        // parity: O-draft.set_message
        let after = Stage::new().run(
            |client| async move {
                let mut draft = draft(&client);
                assert!(draft.set_message(change).await.unwrap());
                draft
            },
            |request| {
                assert_eq!(request.head[..], wanted.to_bytes());
                value(&true)
            },
        );
        assert_eq!(after.raw_text(), wanted.message);
        assert_eq!(after.link_preview(), !wanted.no_webpage);
        assert!(after.date().unwrap().secs() > 1_000);
    }
}

#[test]
fn what_the_server_does_not_take_changes_nothing() {
    let after = Stage::new().run(
        |client| async move {
            let mut draft = draft(&client);
            // parity: O-draft.set_message
            assert!(!draft.set_message("other").await.unwrap());
            draft
        },
        |_| value(&false),
    );
    assert_eq!(
        (after.raw_text(), after.reply_to_msg_id()),
        ("bold", Some(5))
    );
}

#[test]
fn a_chat_that_did_not_come_along_is_remembered_or_unknown() {
    let stage = Stage::new();
    let unknown = Draft::new(&stage.client, PeerId::User(8), None, None);
    // parity: O-draft.entity, O-draft.input_entity, O-draft.empty
    assert!(unknown.entity().is_none() && unknown.input_entity().is_none());
    assert!(unknown.is_empty() && unknown.text().is_empty());
    let user = types::User::from(types::UserData::new(8).access_hash(80));
    stage.client.remember(crate::peers::harvest(&user));
    let wanted = types::InputPeer::from(types::InputPeerUser::new(8, 80));
    assert_eq!(unknown.input_entity(), Some(wanted));
}

#[test]
fn an_empty_draft_may_have_a_date() {
    let stage = Stage::new();
    let raw = types::DraftMessageEmpty::new().date(9);
    let cleared = Draft::new(&stage.client, PeerId::User(8), None, Some(raw.into()));
    // parity: O-draft.empty, O-draft.date
    assert!(cleared.is_empty());
    assert_eq!(cleared.date().map(crate::time::Unix::secs), Some(9));
}

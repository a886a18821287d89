//! Messages that are begun and not sent.

use telewire_core::client::DraftChange;
use telewire_core::events::Raw;
use telewire_core::objects::{Draft, Entity};
use telewire_core::peers::PeerId;
use telewire_core::text::ParseMode;
use telewire_core::{Client, functions, types};
use telewire_tests::account::{newest, pair, run, signed_in};
use telewire_tests::sim::Sim;

use crate::{ADA, GRACE, NEWS, dialog, executed};

/// The draft for Grace, as the server has it.
async fn stored(client: &Client) -> Draft {
    let drafts = client.get_drafts().await.unwrap();
    let grace = client.get_peer_id(GRACE).await.unwrap();
    let found = drafts
        .into_iter()
        .find(|draft| draft.entity().map(Entity::id) == Some(PeerId::User(grace)));
    found.expect("there is one")
}

/// An account that has written to Grace, and the draft for her.
async fn with_dialog(client: &Client) -> Draft {
    client.send_message(GRACE, "hello").await.unwrap();
    dialog(client, "Grace Hopper").await.draft().clone()
}

#[test]
fn drafts_are_listed_in_one_request() {
    run(41, async |sim, client| {
        assert!(client.get_drafts().await.unwrap().is_empty());
        let mut draft = with_dialog(&client).await;
        draft.set_message("Dear **Grace**").await.unwrap();
        let group = dialog(&client, "Weekend hikes").await;
        group.draft().clone().set_message("to all").await.unwrap();
        let asked = executed(sim, "messages.getAllDrafts");
        // parity: M-dialogs.iter_drafts
        let mut iter = client.iter_drafts();
        let mut texts = Vec::new();
        while let Some(draft) = iter.next().await.unwrap() {
            texts.push(draft.text());
        }
        texts.sort();
        assert_eq!(texts, ["Dear **Grace**", "to all"]);
        assert_eq!(iter.total(), Some(2));
        assert_eq!(executed(sim, "messages.getAllDrafts"), asked + 1);
        // parity: M-dialogs.get_drafts, H-152o.drafts
        let list: Vec<Draft> = client.get_drafts().await.unwrap();
        assert_eq!(list.len(), 2);
    });
}

#[test]
fn a_draft_tells_what_it_is_and_for_whom() {
    run(42, async |sim, client| {
        let mut draft = with_dialog(&client).await;
        // parity: O-draft.empty, O-draft.is_empty, O-draft.date, H-10rc.draft_empty
        assert!(draft.is_empty() && draft.date().is_none());
        assert_eq!((draft.text(), draft.raw_text()), (String::new(), ""));
        assert!(draft.link_preview() && draft.reply_to_msg_id().is_none());
        let change = DraftChange::markdown("Dear **Grace**")
            .reply_to(1)
            .link_preview(false);
        assert!(draft.set_message(change).await.unwrap());

        let draft = stored(&client).await;
        // parity: O-draft.text, O-draft.raw_text, H-181.draft_send
        assert_eq!(draft.text(), "Dear **Grace**");
        assert_eq!(draft.raw_text(), "Dear Grace");
        client.set_parse_mode(ParseMode::Html);
        assert_eq!(draft.text(), "Dear <strong>Grace</strong>");
        client.set_parse_mode(ParseMode::Markdown);
        // parity: O-draft.is_empty, O-draft.date, O-draft.link_preview, O-draft.reply_to_msg_id
        assert!(!draft.is_empty() && !draft.link_preview());
        assert_eq!(draft.reply_to_msg_id(), Some(1));
        let age = sim.now().wall.secs() - draft.date().unwrap().secs();
        assert!((0..5).contains(&age), "{age}");
        // parity: O-draft.entity, O-draft.input_entity
        let before = sim.server(|server, _| server.executed_all());
        assert_eq!(draft.entity().unwrap().username(), Some("grace_hopper"));
        let peer = draft.input_entity().unwrap();
        assert!(matches!(peer, types::InputPeer::User(_)));
        // parity: O-draft.get_entity, O-draft.get_input_entity
        assert_eq!(draft.get_input_entity().await.unwrap(), peer);
        assert_eq!(
            draft.get_entity().await.unwrap().id(),
            draft.entity().unwrap().id()
        );
        assert_eq!(sim.server(|server, _| server.executed_all()), before);
    });
}

#[test]
fn a_draft_is_printed_like_telethons() {
    run(43, async |_, client| {
        let mut draft = with_dialog(&client).await;
        draft.set_message("Dear **Grace**").await.unwrap();
        // parity: O-draft.repr
        let line = draft.to_string();
        assert!(
            line.starts_with("Draft(text='Dear **Grace**', entity=User("),
            "{line}"
        );
        assert!(
            line.ends_with("link_preview=True, reply_to_msg_id=None)"),
            "{line}"
        );
        assert_eq!(format!("{draft:?}"), line);
        let lines = draft.stringify();
        assert!(
            lines.starts_with("Draft(\n\ttext='Dear **Grace**',\n\tentity=User("),
            "{lines}"
        );
        assert_eq!(format!("{draft:#?}"), lines);
        let json = draft.to_json();
        assert!(
            json.starts_with(r#"{"_": "Draft", "text": "Dear **Grace**", "entity": {"_": "User""#),
            "{json}"
        );
    });
}

#[test]
fn what_is_not_said_of_a_draft_stays() {
    run(44, async |_, client| {
        let mut draft = with_dialog(&client).await;
        let all = DraftChange::html("<b>one</b>")
            .reply_to(1)
            .link_preview(false);
        draft.set_message(all).await.unwrap();
        let state = |draft: &Draft| (draft.text(), draft.reply_to_msg_id(), draft.link_preview());
        // parity: O-draft.set_message
        let one = ("**one**".to_owned(), Some(1), false);
        assert_eq!(state(&draft), one);
        assert_eq!(state(&stored(&client).await), one);
        assert!(draft.set_message(DraftChange::new()).await.unwrap());
        assert_eq!(state(&stored(&client).await), one);
        draft.set_message("**two** __words__").await.unwrap();
        let two = ("**two** __words__".to_owned(), Some(1), false);
        assert_eq!(
            (state(&draft), state(&stored(&client).await)),
            (two.clone(), two)
        );
        draft
            .set_message(DraftChange::new().link_preview(true))
            .await
            .unwrap();
        draft
            .set_message(DraftChange::new().no_reply())
            .await
            .unwrap();
        let three = ("**two** __words__".to_owned(), None, true);
        assert_eq!(
            (state(&draft), state(&stored(&client).await)),
            (three.clone(), three)
        );
        // The text as it is, in another mode, and with entities of one's own.
        draft
            .set_message(DraftChange::text("**plain**"))
            .await
            .unwrap();
        assert_eq!(stored(&client).await.raw_text(), "**plain**");
        let bold = types::MessageEntityBold::new(0, 2);
        let formatted = DraftChange::formatted("ab", vec![bold.into()]);
        draft.set_message(formatted).await.unwrap();
        assert_eq!(stored(&client).await.text(), "**ab**");
        client.set_parse_mode(ParseMode::Html);
        draft.set_message("<i>c</i>").await.unwrap();
        assert_eq!(draft.raw_text(), "c");
        // A refusal changes nothing here.
        let far = types::MessageEntityBold::new(5, 2);
        let refused = draft
            .set_message(DraftChange::formatted("ab", vec![far.into()]))
            .await;
        assert!(refused.unwrap_err().is("ENTITY_BOUNDS_INVALID"));
        assert_eq!(draft.raw_text(), "c");
    });
}

#[test]
fn a_draft_is_sent_with_all_that_was_said_of_it() {
    let sim = Sim::new(45);
    sim.run(async {
        let (ada, grace) = pair(&sim).await;
        let asked = grace.send_message(ADA, "A question").await.unwrap();
        let mut draft = dialog(&ada, "Grace Hopper").await.draft().clone();
        let question = newest(&ada, GRACE).await;
        let answer = DraftChange::markdown("An **answer**").reply_to(&question);
        draft.set_message(answer).await.unwrap();
        // parity: O-draft.send
        let kept = draft.send_and_keep().await.unwrap();
        assert_eq!(
            (kept.text().as_str(), kept.reply_to_msg_id()),
            ("An **answer**", Some(question.id()))
        );
        assert!(!draft.is_empty());
        assert_eq!(stored(&ada).await.text(), "An **answer**");
        let sent = draft.send().await.unwrap();
        assert_eq!(sent.text(), "An **answer**");
        assert!(draft.is_empty() && draft.reply_to_msg_id().is_none());
        assert!(ada.get_drafts().await.unwrap().is_empty());
        let there = newest(&grace, ADA).await;
        assert_eq!(
            (there.text().as_str(), there.reply_to_msg_id()),
            ("An **answer**", Some(asked.id()))
        );
    });
}

#[test]
fn a_deleted_draft_is_empty() {
    run(46, async |_, client| {
        let mut draft = with_dialog(&client).await;
        draft.set_message("never mind").await.unwrap();
        assert_eq!(client.get_drafts().await.unwrap().len(), 1);
        // parity: O-draft.delete
        assert!(draft.delete().await.unwrap());
        assert!(draft.is_empty());
        assert!(client.get_drafts().await.unwrap().is_empty());
        // parity: O-dialog.draft, O-draft.empty
        assert!(dialog(&client, "Grace Hopper").await.draft().is_empty());
    });
}

#[test]
fn the_other_sessions_of_an_account_hear_of_drafts() {
    let sim = Sim::new(47);
    sim.run(async {
        let one = signed_in(&sim, 0).await;
        let other = signed_in(&sim, 0).await;
        let talk = other.conversation(NEWS).await.unwrap();
        let heard = talk.wait_event(Raw::of::<types::UpdateDraftMessage>());
        let mut draft = with_dialog(&one).await;
        draft.set_message("begun").await.unwrap();
        let event = heard.await.unwrap();
        let update: &types::UpdateDraftMessage = event.get().unwrap();
        assert!(
            matches!(&update.draft, types::DraftMessage::DraftMessage(d) if d.message == "begun")
        );
        let all = one
            .invoke(&functions::messages::ClearAllDrafts)
            .await
            .unwrap();
        assert!(all && one.get_drafts().await.unwrap().is_empty());
    });
}

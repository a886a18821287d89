//! Messages that change.

use telewire_core::client::Edit;
use telewire_core::objects::{Button, Buttons};
use telewire_core::text::ParseMode;
use telewire_core::{InputMessage, types};
use telewire_sandbox::Options;
use telewire_tests::account::{self, newest, run, run_pair};
use telewire_tests::sim::Sim;

use super::{BOT, OTHER, Seen, channel, name, pause, picture, run_with_bot};

#[test]
fn a_message_is_named_by_itself_or_by_its_id() {
    // parity: M-messages.edit_message, M-messages.edit_message.forms
    run_pair(1, async |sim, one, other| {
        let sent = one.send_message(OTHER, "**one**").await.unwrap();
        let seen = Seen::by(sim, &other);
        let by_message = one.edit_message(OTHER, &sent, "two").await.unwrap();
        assert_eq!((by_message.id(), by_message.raw_text()), (sent.id(), "two"));
        let by_id = one.edit_message(OTHER, sent.id(), "three").await.unwrap();
        assert_eq!(by_id.raw_text(), "three");
        // The chat of a message is where it is.
        let alone = one.edit_message(&sent, &sent, "__four__").await.unwrap();
        assert_eq!((alone.raw_text(), alone.entities().len()), ("four", 1));
        assert!(alone.edit_date().is_some());
        let plain = InputMessage::parsed("__five__", ParseMode::Plain);
        one.edit_message(&sent, &sent, plain).await.unwrap();
        assert_eq!(newest(&other, "@ada_lovelace").await.raw_text(), "__five__");
        let told = seen.all(sim, |u| match u {
            types::Update::EditMessage(u) => match &u.message {
                types::Message::Message(m) => Some(m.message.clone()),
                _ => None,
            },
            _ => None,
        });
        assert_eq!(told.await, ["two", "three", "four", "__five__"]);
    });
}

#[test]
fn the_answer_is_found_in_chats_and_in_channels() {
    // parity: M-messages.edit_message.result
    run_pair(2, async |sim, one, other| {
        let (here, _) = channel(&one, &other, false).await;
        let seen = Seen::by(sim, &other);
        for chat in ["me".into(), OTHER.into(), here] {
            let sent = one.send_message(chat, "one").await.unwrap();
            let edited = one.edit_message(&sent, &sent, "two").await.unwrap();
            assert_eq!(edited.id(), sent.id());
            assert_eq!(edited.chat_id(), sent.chat_id());
            assert_eq!(edited.raw_text(), "two");
            assert!(edited.chat().is_some(), "who is mentioned has come along");
        }
        let kinds = seen.all(sim, |u| match u {
            types::Update::EditMessage(_) => Some("message"),
            types::Update::EditChannelMessage(_) => Some("channel"),
            _ => None,
        });
        assert_eq!(kinds.await, ["message", "channel"]);
    });
}

#[test]
fn what_is_not_said_stays() {
    // parity: M-messages.edit_message.text, M-messages.edit_message.file
    run(3, async |sim, client| {
        let photo = picture(1).caption("**so**");
        let sent = client.send_file("me", photo).await.unwrap();
        let other = client.edit_message("me", &sent, picture(2)).await.unwrap();
        assert_ne!(other.photo().unwrap().id, sent.photo().unwrap().id);
        assert_eq!(other.text(), "**so**", "the text stays");
        let both = Edit::new().file(picture(3)).text("__other__");
        let both = client.edit_message("me", &sent, both).await.unwrap();
        assert_eq!(both.text(), "__other__");
        let caption = picture(4).caption("last");
        let caption = client.edit_message("me", &sent, caption).await.unwrap();
        assert_eq!(caption.raw_text(), "last");
        let text = client
            .edit_message("me", &sent, "only the text")
            .await
            .unwrap();
        assert_eq!(text.photo().unwrap().id, caption.photo().unwrap().id);

        // What was uploaded for an edit is not uploaded again.
        let uploads = |sim: &Sim| sim.server(|s, _| s.executed("upload.saveFilePart"));
        let before = uploads(sim);
        client.send_file("me", picture(4)).await.unwrap();
        assert_eq!(uploads(sim), before);
    });
}

#[test]
fn buttons_go_unless_they_are_given_again() {
    // parity: M-messages.edit_message.buttons
    run_with_bot(4, async |sim, person, bot, id| {
        let text = |t: &str| InputMessage::text(t).buttons(Button::inline("yes"));
        let sent = bot.send_message(id, text("one")).await.unwrap();
        let kept = bot.edit_message(id, &sent, text("two")).await.unwrap();
        assert_eq!(kept.button_count(), 1);
        let bare = bot.edit_message(id, &sent, "three").await.unwrap();
        assert_eq!(bare.button_count(), 0);
        let only = Edit::new().buttons([Button::inline("a"), Button::inline("b")]);
        let only = bot.edit_message(id, &sent, only).await.unwrap();
        assert_eq!((only.raw_text(), only.button_count()), ("three", 2));
        assert_eq!(newest(&person, BOT).await.button_count(), 2);
        let keyboard = Edit::new().buttons(Button::text("x"));
        let keyboard = bot.edit_message(id, &sent, keyboard).await;
        assert_eq!(name(keyboard), "REPLY_MARKUP_INVALID");
        pause(sim, 1).await;
    });
}

// rule: updates.message_errors
#[test]
fn what_cannot_be_edited_says_why() {
    // parity: M-messages.edit_message.raises
    let sim = Sim::with(Options {
        seed: 5,
        edit_time: std::time::Duration::from_secs(60),
        ..Options::default()
    });
    sim.run(async {
        let (one, other) = account::pair(&sim).await;
        let sent = one.send_message(OTHER, "one").await.unwrap();
        let got = newest(&other, "@ada_lovelace").await;
        let refused = other.edit_message(&got, &got, "two").await.unwrap_err();
        assert!(refused.is("MESSAGE_AUTHOR_REQUIRED"), "{refused}");
        let same = one.edit_message(&sent, &sent, "one").await.unwrap_err();
        assert!(same.is("MESSAGE_NOT_MODIFIED"), "{same}");
        let none = one.edit_message(OTHER, 9_999, "two").await;
        assert_eq!(name(none), "MESSAGE_ID_INVALID");
        let long = one.edit_message(&sent, &sent, "x".repeat(4097)).await;
        assert_eq!(name(long), "MESSAGE_TOO_LONG");
        pause(&sim, 61).await;
        let late = one.edit_message(&sent, &sent, "two").await;
        assert_eq!(name(late), "MESSAGE_EDIT_TIME_EXPIRED");
        // Notes to oneself have no such limit.
        let note = one.send_message("me", "one").await.unwrap();
        pause(&sim, 61).await;
        one.edit_message("me", &note, "two").await.unwrap();
    });
}

#[test]
fn a_message_edits_itself_and_keeps_its_buttons() {
    // parity: O-message.edit
    run_with_bot(6, async |_, person, bot, id| {
        let first = InputMessage::text("one").buttons(Button::inline("yes"));
        let sent = bot.send_message(id, first).await.unwrap();
        let edited = sent.edit("**two**").await.unwrap().unwrap();
        assert_eq!(
            (edited.text().as_str(), edited.button_count()),
            ("**two**", 1)
        );
        let other = Edit::from("three").buttons([Button::inline("a"), Button::inline("b")]);
        let edited = edited.edit(other).await.unwrap().unwrap();
        assert_eq!(edited.button_count(), 2);
        let bare = edited.edit(Edit::new().buttons(Buttons::none())).await;
        let bare = bare.unwrap().unwrap();
        assert_eq!((bare.raw_text(), bare.button_count()), ("three", 0));

        // Neither what came in nor what was forwarded can be changed.
        let got = newest(&person, BOT).await;
        assert!(got.edit("mine").await.unwrap().is_none());
        let note = person.send_message("me", "note").await.unwrap();
        let forwarded = note.forward_to(BOT).await.unwrap();
        assert!(forwarded.out());
        assert!(forwarded.edit("mine").await.unwrap().is_none());
        // Notes to oneself count as sent.
        let note = newest(&person, "me").await;
        assert_eq!(
            note.edit("other").await.unwrap().unwrap().raw_text(),
            "other"
        );
    });
}

//! Buttons that are pressed.

use telewire_core::events::Raw;
use telewire_core::objects::{Button, Buttons, Click, Clicked, Message, MessageButton, RawButton};
use telewire_core::runtime::Runtime as _;
use telewire_core::{Client, Error, InputMessage, functions, types};
use telewire_tests::sim::Sim;

use super::{BOT, name, run_with_bot};
use telewire_tests::account::newest;

/// Has the bot answer whoever presses a button with the data behind it; what begins with an s, it does not answer.
fn answer_presses(sim: &Sim, bot: &Client) {
    bot.on(Raw::new(), |event| async move {
        let types::Update::BotCallbackQuery(query) = event.update() else {
            return;
        };
        let data = String::from_utf8(query.data.clone().unwrap_or_default().to_vec()).unwrap();
        if data.starts_with('s') {
            return;
        }
        let answer = functions::messages::SetBotCallbackAnswer::new(query.query_id, 0)
            .alert(true)
            .message(format!("you chose {data}"));
        event.client().invoke(&answer).await.unwrap();
    });
    let bot = bot.clone();
    sim.runtime().spawn(async move {
        let _ = bot.run_until_disconnected().await;
    });
}

/// A question with rows of buttons, as the bot has it.
async fn ask(bot: &Client, id: i64) -> Message {
    let rows = [
        vec![
            Button::inline("Yes").data("y"),
            Button::inline("No").data("n"),
        ],
        vec![
            Button::inline("Say nothing"),
            Button::inline("Hm").data("silence"),
        ],
        vec![Button::url("Docs").to("https://example.org/docs")],
        vec![Button::switch_inline("Share").query("cats")],
    ];
    let message = InputMessage::text("Well?").buttons(rows);
    bot.send_message(id, message).await.unwrap()
}

/// The same as the person has it.
async fn question(person: &Client, bot: &Client, id: i64) -> Message {
    ask(bot, id).await;
    newest(person, BOT).await
}

/// What the bot has in its chat with a person. Bots cannot ask for that themselves.
async fn heard(sim: &Sim, bot: &Client, id: i64) -> Vec<String> {
    let bot = bot.get_me().await.unwrap().id;
    sim.server(|s, _| s.texts(bot, id))
}

fn said(clicked: Result<Option<Clicked>, Error>) -> String {
    let clicked = clicked.unwrap().expect("the bot has answered");
    clicked.answer().unwrap().message.clone().unwrap()
}

#[test]
fn a_message_shows_its_buttons() {
    // parity: O-message.prop.buttons, O-message.get_buttons, O-message.prop.button_count
    // parity: O-messagebutton.client, O-messagebutton.text, O-messagebutton.button, O-messagebutton.data
    // parity: O-messagebutton.inline_query, O-messagebutton.url
    run_with_bot(1, async |_, person, bot, id| {
        let message = question(&person, &bot, id).await;
        let rows = message.buttons();
        let labels: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| row.iter().map(MessageButton::text).collect())
            .collect();
        let wanted = [
            vec!["Yes", "No"],
            vec!["Say nothing", "Hm"],
            vec!["Docs"],
            vec!["Share"],
        ];
        assert_eq!(labels, wanted);
        assert_eq!(message.button_count(), 6);
        assert_eq!(message.get_buttons().await.unwrap().len(), 4);
        let (yes, docs, share) = (&rows[0][0], &rows[2][0], &rows[3][0]);
        assert_eq!(yes.data(), Some(&b"y"[..]));
        assert_eq!((yes.url(), yes.inline_query()), (None, None));
        assert_eq!(docs.url(), Some("https://example.org/docs"));
        assert_eq!(docs.data(), None);
        assert_eq!(share.inline_query(), Some("cats"));
        assert!(matches!(yes.button(), RawButton::Inline(b) if b.text == "Yes"));
        assert_eq!(yes.client().get_me().await.unwrap().id, id);

        let plain = person.send_message("me", "plain").await.unwrap();
        assert!(plain.buttons().is_empty());
        assert!(plain.get_buttons().await.unwrap().is_empty());
        assert_eq!(plain.button_count(), 0);
    });
}

#[test]
fn a_button_is_found_by_number_place_text_and_test() {
    // parity: O-message.click, O-message.click.i, O-message.click.j, O-message.click.text, O-message.click.filter
    // parity: O-message.click.none
    run_with_bot(2, async |sim, person, bot, id| {
        answer_presses(sim, &bot);
        let message = question(&person, &bot, id).await;
        assert_eq!(said(message.click(Click::default()).await), "you chose y");
        assert_eq!(said(message.click(1).await), "you chose n");
        assert_eq!(said(message.click((0, 1)).await), "you chose n");
        let third = message.click(2).await;
        assert_eq!(said(third), "you chose Say nothing");
        assert_eq!(said(message.click((1, 0)).await), "you chose Say nothing");
        assert_eq!(said(message.click("No").await), "you chose n");
        let by_text = Click::text(|text| text.starts_with('N'));
        assert_eq!(said(message.click(by_text).await), "you chose n");
        let by_filter = Click::filter(|button| button.data() == Some(b"n"));
        assert_eq!(said(message.click(by_filter).await), "you chose n");

        for none in [
            Click::from("no"),
            Click::text(|_| false),
            Click::filter(|_| false),
        ] {
            assert!(message.click(none).await.unwrap().is_none());
        }
        for outside in [Click::from(6), Click::from((0, 2)), Click::from((4, 0))] {
            let error = message.click(outside).await.unwrap_err();
            assert!(matches!(error, Error::Misuse(_)), "{error}");
        }
        let plain = person.send_message("me", "plain").await.unwrap();
        for any in [Click::from(7), Click::from("x"), Click::filter(|_| true)] {
            assert!(plain.click(any).await.unwrap().is_none());
        }
    });
}

#[test]
fn data_is_sent_without_a_look_at_the_buttons() {
    // parity: O-message.click.data
    run_with_bot(3, async |sim, person, bot, id| {
        answer_presses(sim, &bot);
        let mut message = question(&person, &bot, id).await;
        if let types::Message::Message(m) = &mut message.raw {
            m.reply_markup = None;
        }
        assert_eq!(said(message.click(Click::data("y")).await), "you chose y");
        let error = message.click(Click::data("never sent")).await;
        assert_eq!(name(error), "DATA_INVALID");
        // A bot that says nothing.
        assert!(
            message
                .click(Click::data("silence"))
                .await
                .unwrap()
                .is_none()
        );
    });
}

#[test]
fn each_kind_of_button_does_what_it_says() {
    // parity: O-messagebutton.click
    run_with_bot(4, async |sim, person, bot, id| {
        answer_presses(sim, &bot);
        let message = question(&person, &bot, id).await;
        let rows = message.buttons();
        // Callback: the answer, or none in time.
        let yes = rows[0][0].click().await.unwrap().unwrap();
        let answer = yes.answer().unwrap();
        assert!(answer.alert && answer.message.as_deref() == Some("you chose y"));
        assert!(rows[1][1].click().await.unwrap().is_none());
        // An address is handed back.
        match rows[2][0].click().await.unwrap() {
            Some(Clicked::Url(url)) => assert_eq!(url, "https://example.org/docs"),
            other => panic!("{other:?}"),
        }
        // Switching starts the bot with the query.
        let started = rows[3][0].click().await.unwrap();
        assert!(matches!(started, Some(Clicked::Started(_))), "{started:?}");
        assert_eq!(heard(sim, &bot, id).await.pop().unwrap(), "/start cats");
        // A plain one sends its text.
        let keyboard =
            InputMessage::text("Choose").buttons([Button::text("Tea"), Button::text("Milk")]);
        bot.send_message(id, keyboard).await.unwrap();
        let message = newest(&person, BOT).await;
        let clicked = message.click("Milk").await.unwrap();
        let Some(Clicked::Sent(sent)) = clicked else {
            panic!("{clicked:?}")
        };
        assert_eq!(sent.raw_text(), "Milk");
        assert_eq!(sent.reply_to_msg_id(), Some(message.id()));
        assert_eq!(heard(sim, &bot, id).await.pop().unwrap(), "Milk");
    });
}

#[test]
fn other_buttons_do_nothing() {
    // parity: O-messagebutton.other
    run_with_bot(5, async |sim, person, bot, id| {
        let asks = [
            Button::request_phone("Phone"),
            Button::request_location("Here"),
        ];
        bot.send_message(id, InputMessage::text("Who?").buttons(asks))
            .await
            .unwrap();
        let message = newest(&person, BOT).await;
        assert_eq!(message.button_count(), 2);
        for button in message.buttons().iter().flatten() {
            assert!(button.click().await.unwrap().is_none());
        }
        let before = heard(sim, &bot, id).await.len();
        let copy = types::KeyboardInlineButton::new("Copy", types::InlineButtonTypeCopy::new("x"));
        bot.send_message(id, InputMessage::text("x").buttons(copy))
            .await
            .unwrap();
        assert!(newest(&person, BOT).await.click(0).await.unwrap().is_none());
        assert_eq!(heard(sim, &bot, id).await.len(), before + 1);
    });
}

#[test]
fn received_buttons_can_be_sent_again() {
    // parity: M-buttons.build_reply_markup.reuse
    run_with_bot(6, async |_, person, bot, id| {
        let own = ask(&bot, id).await;
        let message = newest(&person, BOT).await;
        let all = InputMessage::text("again").buttons(own.buttons());
        let again = bot.send_message(id, all).await.unwrap();
        assert_eq!(again.button_count(), message.button_count());
        let first = InputMessage::text("one").buttons(&own.buttons()[0][0]);
        let first = bot.send_message(id, first).await.unwrap();
        assert_eq!(first.buttons()[0][0].data(), Some(&b"y"[..]));
        let bare = InputMessage::text("none").buttons(Buttons::none());
        assert_eq!(bot.send_message(id, bare).await.unwrap().button_count(), 0);
    });
}

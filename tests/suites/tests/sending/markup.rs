//! Buttons that are sent, and what the server thinks of them.

use telewire_core::objects::{Button, Buttons};
use telewire_core::{Error, InputMessage, types};
use telewire_tests::account::{newest, run_pair};

use super::{BOT, bot, name, run_with_bot};

fn with(buttons: impl Into<Buttons>) -> InputMessage {
    InputMessage::text("pick").buttons(buttons)
}

#[test]
fn every_shape_of_buttons_is_sent() {
    // parity: M-messages.send_message.buttons
    run_with_bot(1, async |_, person, bot, id| {
        let inline = |text: &str| {
            types::KeyboardInlineButton::new(text, types::InlineButtonTypeCallback::new("x"))
        };
        let row = types::KeyboardInlineButtonRow::new(vec![inline("raw")]);
        let own = bot
            .send_message(id, with(Button::inline("a")))
            .await
            .unwrap();
        let shapes: Vec<(Buttons, usize)> = vec![
            (types::ReplyInlineMarkup::new(vec![row]).into(), 1),
            (Button::inline("one").into(), 1),
            (inline("raw").into(), 1),
            (
                types::KeyboardButton::new("raw", types::ButtonType::Default).into(),
                1,
            ),
            ((&own.buttons()[0][0]).into(), 1),
            ([Button::inline("a"), Button::inline("b")].into(), 2),
            (
                vec![
                    vec![Button::text("a")],
                    vec![Button::text("b"), Button::text("c")],
                ]
                .into(),
                3,
            ),
        ];
        for (buttons, count) in shapes {
            let sent = bot.send_message(id, with(buttons)).await.unwrap();
            assert_eq!(sent.button_count(), count);
            assert_eq!(newest(&person, BOT).await.button_count(), count);
        }
        let clear = bot.send_message(id, with(Button::clear())).await.unwrap();
        let markup = clear.reply_markup();
        assert!(matches!(
            markup,
            Some(types::ReplyMarkup::ReplyKeyboardHide(_))
        ));
        // People have none.
        let sent = person
            .send_message("me", with(Button::inline("x")))
            .await
            .unwrap();
        assert_eq!(sent.button_count(), 0);
    });
}

#[test]
fn the_server_limits_buttons() {
    // parity: M-messages.send_message.buttons.limits
    run_with_bot(2, async |_, _, bot, id| {
        let rows = |rows: usize, row: usize, data: usize| {
            let button = Button::inline("x").data("d".repeat(data));
            Buttons::from(vec![vec![button; row]; rows])
        };
        let sent = bot.send_message(id, with(rows(12, 8, 1))).await.unwrap();
        assert_eq!(sent.button_count(), 96);
        for too_many in [rows(1, 9, 1), rows(101, 1, 1), rows(12, 8, 60)] {
            let refused = bot.send_message(id, with(too_many)).await;
            assert_eq!(name(refused), "REPLY_MARKUP_TOO_LONG");
        }
        // What would be refused here in any case, if it got that far.
        let data = types::InlineButtonTypeCallback::new(vec![0; 65]);
        let row = types::KeyboardInlineButton::new("x", data);
        let markup =
            types::ReplyInlineMarkup::new(vec![types::KeyboardInlineButtonRow::new(vec![row])]);
        let refused = bot
            .send_message(id, InputMessage::text("x").reply_markup(markup))
            .await;
        assert_eq!(name(refused), "BUTTON_DATA_INVALID");
    });
}

#[test]
fn long_labels_are_cut() {
    // parity: O-button.limits
    run_with_bot(3, async |_, person, bot, id| {
        for (length, shown) in [(142, 142), (143, 129)] {
            let button = Button::inline("é".repeat(length)).data("x");
            bot.send_message(id, with(button)).await.unwrap();
            let message = newest(&person, BOT).await;
            let buttons = message.buttons();
            let label = buttons[0][0].text();
            assert_eq!(label.chars().count(), shown);
            assert_eq!(label.ends_with('…'), length > 142);
        }
    });
}

#[test]
fn buttons_that_cannot_be_are_refused_by_their_names() {
    run_with_bot(4, async |_, _, bot, id| {
        let refused = async |button: Button| name(bot.send_message(id, with(button)).await);
        assert_eq!(refused(Button::inline("")).await, "BUTTON_DATA_INVALID");
        assert_eq!(
            refused(Button::inline(" ").data("x")).await,
            "BUTTON_TEXT_INVALID"
        );
        assert_eq!(
            refused(Button::url("no address")).await,
            "BUTTON_URL_INVALID"
        );
        let game = types::KeyboardInlineButton::new("Play", types::InlineButtonType::Game);
        assert_eq!(refused(game.into()).await, "BUTTON_TYPE_INVALID");
        let empty =
            types::ReplyInlineMarkup::new(vec![types::KeyboardInlineButtonRow::new(vec![])]);
        let empty = bot.send_message(id, with(empty)).await;
        assert_eq!(name(empty), "REPLY_MARKUP_INVALID");
    });
}

#[test]
fn buttons_are_at_the_root_of_every_crate() {
    // parity: O-button.top_level
    use telewire_blocking::{Button as OfBlocking, Buttons as AllOfBlocking};
    use telewire_core::Button as OfCore;
    use telewire_smol::Button as OfSmol;
    use telewire_tokio::{Button as OfTokio, Buttons as AllOfTokio};

    let own: OfCore = OfTokio::text("a");
    let (same, other): (OfBlocking, OfSmol) = (own.clone(), own);
    assert_eq!(same, other);
    let markup: AllOfTokio = AllOfBlocking::from(same);
    assert!(markup.markup().unwrap().is_some());
}

#[test]
fn people_have_no_buttons() {
    // parity: M-messages.send_message.buttons
    run_pair(15, async |sim, one, _| {
        let message = InputMessage::from("pick").buttons(Button::inline("yes"));
        let sent = one.send_message("me", message).await.unwrap();
        assert_eq!(sent.button_count(), 0, "only bots have buttons");
        let bot = bot(sim).await;
        let error = InputMessage::from("pick").buttons([Button::inline("a"), Button::text("b")]);
        let error = bot.send_message("me", error).await.unwrap_err();
        assert!(matches!(error, Error::Misuse(_)), "{error}");
    });
}

//! What the server refuses, by its names.

use telewire_core::functions::messages as f;
use telewire_core::objects::Button;
use telewire_core::peers::PeerId;
use telewire_core::{InputMessage, types};
use telewire_tests::account::{newest, run, run_pair};

use super::{BOT, Seen, chat, name, picture, run_with_bot};

#[test]
fn entities_lie_within_the_text() {
    run(1, async |_, client| {
        for (offset, length) in [(0, 3), (2, 1), (-1, 1), (0, i32::MAX)] {
            let bold = types::MessageEntityBold::new(offset, length);
            let outside = InputMessage::formatted("hi", vec![bold.into()]);
            let refused = client.send_message("me", outside).await;
            assert_eq!(name(refused), "ENTITY_BOUNDS_INVALID", "{offset} {length}");
        }
        // Counted in UTF-16 units.
        let bold = types::MessageEntityBold::new(0, 4);
        let inside = InputMessage::formatted("😀😀", vec![bold.into()]);
        let sent = client.send_message("me", inside).await.unwrap();
        assert_eq!(sent.get_entities_text()[0].1, "😀😀");
        let long = picture(1).caption(InputMessage::text("x".repeat(1025)));
        let refused = client.send_file("me", long).await;
        assert_eq!(name(refused), "MEDIA_CAPTION_TOO_LONG");
    });
}

#[test]
fn a_number_is_used_once() {
    run(2, async |_, client| {
        let request = f::SendMessage::new(types::InputPeer::Self_, "once", 42);
        client.invoke(&request).await.unwrap();
        let again = client.invoke(&request).await;
        assert_eq!(name(again), "RANDOM_ID_DUPLICATE");
        let note = newest(&client, "me").await;
        let me = types::InputPeer::Self_;
        let forward = f::ForwardMessages::new(me.clone(), vec![note.id()], vec![43], me);
        client.invoke(&forward).await.unwrap();
        let again = client.invoke(&forward).await;
        assert_eq!(name(again), "RANDOM_ID_DUPLICATE");
    });
}

#[test]
fn only_bots_are_started_and_only_with_a_plain_payload() {
    run_with_bot(3, async |_, person, _, _| {
        let bot = || types::InputUser::Named(BOT.into());
        let with = |payload: &str| {
            let peer = types::InputPeer::Named(BOT.into());
            f::StartBot::new(bot(), peer, rand(payload), payload)
        };
        assert!(person.invoke(&with("plain-1_A")).await.is_ok());
        for (payload, error) in [
            ("", "START_PARAM_EMPTY"),
            ("with space", "START_PARAM_INVALID"),
            (&*"x".repeat(65), "START_PARAM_TOO_LONG"),
        ] {
            assert_eq!(name(person.invoke(&with(payload)).await), error);
        }
        let nobody = types::InputUser::Named("@grace_hopper".into());
        let nobody = f::StartBot::new(nobody, types::InputPeer::Self_, 1, "x");
        assert_eq!(name(person.invoke(&nobody).await), "BOT_INVALID");
    });
}

/// A number of its own for each text.
fn rand(text: &str) -> i64 {
    text.bytes()
        .fold(7, |n: i64, b| n.wrapping_mul(31).wrapping_add(i64::from(b)))
}

#[test]
fn only_the_bot_that_was_asked_answers_and_only_once() {
    run_with_bot(4, async |sim, person, bot, id| {
        let question = InputMessage::text("Well?").buttons(Button::inline("Yes"));
        bot.send_message(id, question).await.unwrap();
        let seen = Seen::by(sim, &bot);
        let message = newest(&person, BOT).await;
        let pressing = message.click(0);
        let answering = async {
            let query = seen.all(sim, |u| match u {
                types::Update::BotCallbackQuery(q) => Some(q.clone()),
                _ => None,
            });
            let query = query.await.pop().unwrap();
            assert_eq!(query.user_id, id);
            assert_eq!(query.data.as_deref(), Some(&b"Yes"[..]));
            let answer = f::SetBotCallbackAnswer::new(query.query_id, 0).message("ok");
            let wrong = f::SetBotCallbackAnswer::new(query.query_id ^ 1, 0);
            assert_eq!(name(bot.invoke(&wrong).await), "QUERY_ID_INVALID");
            assert!(bot.invoke(&answer).await.unwrap());
            assert_eq!(name(bot.invoke(&answer).await), "QUERY_ID_INVALID");
        };
        let (clicked, ()) = futures::join!(pressing, answering);
        let clicked = clicked.unwrap().unwrap();
        assert_eq!(clicked.answer().unwrap().message.as_deref(), Some("ok"));
        let own = person.send_message(BOT, "mine").await.unwrap();
        let none = own.click(telewire_core::objects::Click::data("x")).await;
        assert_eq!(name(none), "MESSAGE_ID_INVALID");
    });
}

#[test]
fn in_groups_nobody_is_asked_for_a_phone() {
    run_with_bot(5, async |_, person, bot, _| {
        let group = chat(&person, "Weekend hikes").await;
        let types::InputPeer::Chat(group) = person.get_input_entity(group).await.unwrap() else {
            panic!("it is a basic group")
        };
        let id = PeerId::Chat(group.chat_id);
        let guest = types::InputUser::Named(BOT.into());
        let add = f::AddChatUser::new(group.chat_id, guest, 0);
        person.invoke(&add).await.unwrap();
        let ask = InputMessage::text("Who?").buttons(Button::request_phone("I"));
        let refused = bot.send_message(id, ask).await;
        assert_eq!(name(refused), "BUTTON_TYPE_INVALID");
        let choose = InputMessage::text("Which?").buttons([Button::text("a"), Button::text("b")]);
        bot.send_message(id, choose).await.unwrap();
        assert_eq!(newest(&person, id).await.button_count(), 2);
    });
}

#[test]
fn other_buttons_alone_are_not_shown_as_an_edit() {
    run_with_bot(6, async |_, person, bot, id| {
        let hidden = |message: &telewire_core::objects::Message| match &message.raw {
            types::Message::Message(m) => (m.edit_date.is_some(), m.edit_hide),
            _ => panic!("it has a text"),
        };
        let first = InputMessage::text("one").buttons(Button::inline("a"));
        let sent = bot.send_message(id, first).await.unwrap();
        assert_eq!(hidden(&sent), (false, false));
        let other = telewire_core::client::Edit::new().buttons(Button::inline("b"));
        let edited = bot.edit_message(id, &sent, other).await.unwrap();
        assert_eq!(hidden(&edited), (true, true));
        assert_eq!(hidden(&newest(&person, BOT).await), (true, true));
        let text = bot.edit_message(id, &sent, "two").await.unwrap();
        assert_eq!(hidden(&text), (true, false));
    });
}

#[test]
fn posts_are_edited_by_admins_only() {
    run_pair(7, async |_, one, other| {
        let (here, there) = super::channel(&one, &other, true).await;
        let post = one.send_message(here, "news").await.unwrap();
        let refused = other.edit_message(there, &post, "no").await;
        assert_eq!(name(refused), "MESSAGE_AUTHOR_REQUIRED");
        assert_eq!(post.edit("yes").await.unwrap().unwrap().raw_text(), "yes");
    });
}

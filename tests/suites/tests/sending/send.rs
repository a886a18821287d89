//! New messages.

use telewire_core::client::{Attachment, EntityLike};
use telewire_core::objects::Message;
use telewire_core::text::{ParseMode, parse_html};
use telewire_core::{Error, InputMessage, types};
use telewire_tests::account::{newest, run, run_pair};

use super::{BOT, OTHER, Seen, channel, chat, name, picture, run_with_bot};

#[test]
fn a_message_reaches_whoever_is_named() {
    // parity: M-messages.send_message, M-messages.send_message.entity
    run_pair(1, async |sim, one, other| {
        let them = other.get_me().await.unwrap();
        let id = telewire_core::peers::PeerId::User(them.id);
        let by_name = one.send_message(OTHER, "1").await.unwrap();
        assert_eq!(by_name.chat_id(), Some(id));
        let entity = one.get_entity(OTHER).await.unwrap();
        let ways: [EntityLike; 5] = [
            them.id.into(),
            id.into(),
            one.get_input_entity(OTHER).await.unwrap().into(),
            (&entity).into(),
            (&by_name).into(),
        ];
        for (n, way) in ways.into_iter().enumerate() {
            one.send_message(way, (n + 2).to_string()).await.unwrap();
        }
        let own = one.get_me().await.unwrap().id;
        let got = sim.server(|s, _| s.texts(them.id, own));
        assert_eq!(got, ["1", "2", "3", "4", "5", "6"]);
        let error = one.send_message("@nobody_is_called_that", "x").await;
        assert!(error.is_err());
    });
}

#[test]
fn nothing_is_refused_and_long_texts_are_left_to_the_server() {
    // parity: M-messages.send_message.message
    run(2, async |_, client| {
        let error = client.send_message("me", "").await.unwrap_err();
        assert!(matches!(error, Error::Misuse(_)), "{error}");
        let longest = "x".repeat(4096);
        let sent = client.send_message("me", &longest).await.unwrap();
        assert_eq!(sent.raw_text(), longest);
        let too_long = client.send_message("me", longest + "x").await;
        assert_eq!(name(too_long), "MESSAGE_TOO_LONG");
        assert_eq!(newest(&client, "me").await.id(), sent.id());
    });
}

#[test]
fn a_reply_names_a_message_by_its_id_or_by_itself() {
    // parity: M-messages.send_message.reply_to
    run(3, async |_, client| {
        let first = client.send_message("me", "first").await.unwrap();
        let by_id = InputMessage::text("a").reply_to(first.id());
        let by_id = client.send_message("me", by_id).await.unwrap();
        assert_eq!(by_id.reply_to_msg_id(), Some(first.id()));
        let by_message = InputMessage::text("b").reply_to(&first);
        let by_message = client.send_message("me", by_message).await.unwrap();
        assert_eq!(by_message.reply_to_msg_id(), Some(first.id()));
        let to_none = InputMessage::text("c").reply_to(first.id()).reply_to(None);
        let to_none = client.send_message("me", to_none).await.unwrap();
        assert_eq!(to_none.reply_to_msg_id(), None);
        let missing = InputMessage::text("d").reply_to(9_999);
        let missing = client.send_message("me", missing).await;
        assert_eq!(name(missing), "REPLY_MESSAGE_ID_INVALID");
    });
}

#[test]
fn a_text_is_read_in_the_mode_that_is_asked_for() {
    // parity: M-messages.send_message.parse_mode
    run(4, async |_, client| {
        let bold = |m: &Message| {
            let bold = |e: &types::MessageEntity| matches!(e, types::MessageEntity::Bold(_));
            (m.raw_text().to_owned(), m.entities().iter().any(bold))
        };
        // Unsaid: the client's, which is Markdown by default.
        let by_default = client.send_message("me", "**a**").await.unwrap();
        assert_eq!(bold(&by_default), ("a".into(), true));
        client.set_parse_mode("HTML".parse::<ParseMode>().unwrap());
        let changed = client.send_message("me", "<b>a</b>").await.unwrap();
        assert_eq!(bold(&changed), ("a".into(), true));
        client.set_parse_mode(ParseMode::Plain);
        let none = client.send_message("me", "**a**").await.unwrap();
        assert_eq!(bold(&none), ("**a**".into(), false));
        // Said with the message.
        for markdown in ["md", "Markdown"] {
            let mode = markdown.parse::<ParseMode>().unwrap();
            let text = InputMessage::parsed("**a**", mode);
            let sent = client.send_message("me", text).await.unwrap();
            assert_eq!(bold(&sent), ("a".into(), true));
        }
        let html = InputMessage::html("<b>a</b>");
        let html = client.send_message("me", html).await.unwrap();
        assert_eq!(bold(&html), ("a".into(), true));
        let plain = InputMessage::text("**a**");
        let plain = client.send_message("me", plain).await.unwrap();
        assert_eq!(bold(&plain), ("**a**".into(), false));
        let own = ParseMode::from_fn(|text| parse_html(&text.replace("[b]", "<b>")));
        let own = InputMessage::parsed("[b]a</b>", own);
        let own = client.send_message("me", own).await.unwrap();
        assert_eq!(bold(&own), ("a".into(), true));
    });
}

#[test]
fn a_copy_has_text_buttons_silence_and_file_but_answers_nothing() {
    // parity: M-messages.send_message.message.copy
    run_with_bot(5, async |_, person, bot, id| {
        use telewire_core::objects::{Button, Buttons};

        let first = bot.send_message(id, "first").await.unwrap();
        let original = InputMessage::html("<i>tilted</i> **straight**")
            .buttons(Button::inline("yes"))
            .silent()
            .reply_to(&first);
        let original = bot.send_message(id, original).await.unwrap();
        let copy = bot.send_message(id, &original).await.unwrap();
        assert_eq!(copy.raw_text(), "tilted **straight**");
        assert_eq!(copy.entities(), original.entities());
        assert!(copy.silent());
        assert_eq!(copy.button_count(), 1);
        assert_eq!(copy.reply_to_msg_id(), None);

        let other = InputMessage::from(&original)
            .buttons([Button::url("https://a.example"), Button::inline("b")])
            .loud()
            .reply_to(&first);
        let other = bot.send_message(id, other).await.unwrap();
        assert_eq!((other.button_count(), other.silent()), (2, false));
        assert_eq!(other.reply_to_msg_id(), Some(first.id()));
        let bare = InputMessage::from(&original).buttons(Buttons::none());
        let bare = bot.send_message(id, bare).await.unwrap();
        assert_eq!(bare.button_count(), 0);

        let photo = picture(1).caption("*so*");
        let photo = person.send_file("me", photo).await.unwrap();
        let copy = person.send_message("me", &photo).await.unwrap();
        assert_eq!(copy.photo().unwrap().id, photo.photo().unwrap().id);
        assert_eq!(copy.raw_text(), "*so*");
        let service = person
            .get_messages(chat(&person, "Weekend hikes").await, 100)
            .await;
        let service = service.unwrap().into_vec().pop().unwrap();
        assert!(service.action().is_some());
        assert!(person.send_message("me", &service).await.is_err());
    });
}

#[test]
fn a_file_keeps_what_is_said_of_the_message() {
    // parity: M-messages.send_message.file, M-messages.send_message.file.lost
    run_pair(6, async |_, one, other| {
        let message = InputMessage::markdown("**so**").silent().clear_draft();
        let file = || picture(2).caption(&message);
        for sent in [
            one.send_file(OTHER, file()).await.unwrap(),
            one.send_message(OTHER, file()).await.unwrap(),
        ] {
            assert!(sent.silent() && sent.photo().is_some());
            let got = newest(&other, "@ada_lovelace").await;
            assert!(got.silent() && got.photo().is_some());
            assert_eq!(got.text(), "**so**");
        }
        let album = [
            picture(3).caption(InputMessage::text("one").silent()),
            picture(4),
        ];
        let sent = one.send_files(OTHER, album).await.unwrap();
        assert!(sent.iter().all(Message::silent));
    });
}

#[test]
fn what_is_sent_is_no_draft_any_more() {
    // parity: M-messages.send_message.clear_draft, M-messages.send_message.file.lost
    run(16, async |_, client| {
        use telewire_core::functions::messages::{GetAllDrafts, SaveDraft};

        let drafts = async || match client.invoke(&GetAllDrafts).await.unwrap() {
            types::Updates::Updates(u) => u.updates.len(),
            other => panic!("{other:?}"),
        };
        let begin = async || {
            let draft = SaveDraft::new(types::InputPeer::Self_, "begun");
            assert!(client.invoke(&draft).await.unwrap());
        };
        begin().await;
        client.send_message("me", "something else").await.unwrap();
        assert_eq!(drafts().await, 1);
        let text = InputMessage::text("done").clear_draft();
        client.send_message("me", text).await.unwrap();
        assert_eq!(drafts().await, 0);
        begin().await;
        let file = picture(6).caption(InputMessage::text("done").clear_draft());
        client.send_file("me", file).await.unwrap();
        assert_eq!(drafts().await, 0);
        begin().await;
        let album = [
            picture(7).caption(InputMessage::text("done").clear_draft()),
            picture(8),
        ];
        client.send_files("me", album).await.unwrap();
        assert_eq!(drafts().await, 0);
    });
}

#[test]
fn a_photo_can_go_as_a_file() {
    // parity: M-messages.send_message.force_document
    run(7, async |_, client| {
        let photo = client.send_file("me", picture(5)).await.unwrap();
        assert!(photo.photo().is_some() && photo.document().is_none());
        let file = client
            .send_file("me", picture(5).force_document())
            .await
            .unwrap();
        assert!(file.photo().is_none());
        assert_eq!(file.document().unwrap().mime_type, "image/png");
    });
}

#[test]
fn silence_is_seen_by_the_others() {
    // parity: M-messages.send_message.silent
    run_pair(8, async |_, one, other| {
        let (here, there) = channel(&one, &other, true).await;
        let post = one
            .send_message(here.clone(), InputMessage::text("hush").silent())
            .await;
        assert!(post.unwrap().silent());
        assert!(newest(&other, there.clone()).await.silent());
        let post = one.send_message(here, "hear").await.unwrap();
        assert!(!post.silent());
        assert!(!newest(&other, there).await.silent());
    });
}

#[test]
fn a_bot_is_started_with_a_payload() {
    // parity: M-messages.send_message.start
    run_with_bot(9, async |sim, person, bot, _| {
        let seen = Seen::by(sim, &bot);
        let payload = "/start from_a_friend";
        person.send_message(BOT, payload).await.unwrap();
        let got = seen.all(sim, |update| match update {
            types::Update::NewMessage(u) => match &u.message {
                types::Message::Message(m) => Some((m.message.clone(), m.entities.clone())),
                _ => None,
            },
            _ => None,
        });
        let (text, entities) = got.await.pop().unwrap();
        assert_eq!(text, payload);
        let command = types::MessageEntityBotCommand::new(0, 6);
        assert_eq!(entities, Some(vec![command.into()]));
    });
}

#[test]
fn links_to_people_mention_them() {
    // parity: M-messages.send_message.mentions
    run_pair(10, async |sim, one, other| {
        let them = other.get_me().await.unwrap();
        let group = chat(&one, "Weekend hikes").await;
        let theirs = chat(&other, "Weekend hikes").await;
        let phone = them.phone.clone().unwrap();
        let contact = telewire_core::functions::contacts::AddContact::new(
            types::InputUser::Named(OTHER.into()),
            "Grace",
            "",
            phone.as_str(),
        );
        one.invoke(&contact).await.unwrap();
        let seen = Seen::by(sim, &other);
        for text in [
            format!("[you](tg://user?id={})", them.id),
            "[you](@grace_hopper)".into(),
            format!("[you](+{phone})"),
        ] {
            let sent = one.send_message(group.clone(), text).await.unwrap();
            assert!(
                matches!(sent.entities(), [types::MessageEntity::MentionName(e)] if e.user_id == them.id),
                "{sent:?}"
            );
            let got = newest(&other, theirs.clone()).await;
            assert_eq!(got.raw_text(), "you");
            assert!(got.mentioned(), "{got:?}");
        }
        let nobody = one
            .send_message(group.clone(), "[you](@nobody_at_all)")
            .await
            .unwrap();
        assert_eq!((nobody.raw_text(), nobody.entities().len()), ("you", 0));
        assert!(!newest(&other, theirs).await.mentioned());
        let told = seen.all(sim, |u| {
            matches!(u, types::Update::NewMessage(_)).then_some(())
        });
        assert_eq!(told.await.len(), 4);
    });
}

#[test]
fn short_answers_become_whole_messages() {
    // parity: M-messages.send_message.short
    run_with_bot(11, async |_, person, bot, id| {
        // The server answers with the short form in private chats.
        let buttons = telewire_core::objects::Button::inline("yes");
        let message = InputMessage::markdown("__so__ https://example.org").buttons(buttons);
        let sent = bot.send_message(id, message).await.unwrap();
        assert_eq!(sent.raw_text(), "so https://example.org");
        assert!(sent.out() && sent.date().secs() > 0);
        let kinds: Vec<_> = sent
            .get_entities_text()
            .into_iter()
            .map(|(_, text)| text.to_owned())
            .collect();
        assert_eq!(
            kinds,
            ["so", "https://example.org"],
            "the server has found the address"
        );
        assert_eq!(sent.button_count(), 1);
        assert_eq!(sent.chat_id(), Some(telewire_core::peers::PeerId::User(id)));
        // It can be used like any other.
        sent.reply("and more").await.unwrap();
        assert!(newest(&person, BOT).await.is_reply());
    });
}

#[test]
fn long_answers_are_searched_for_the_message() {
    // parity: M-messages.send_message.result
    run_pair(12, async |_, one, other| {
        let (here, there) = channel(&one, &other, false).await;
        let in_channel = one.send_message(here, "first").await.unwrap();
        assert_eq!(newest(&other, there).await.id(), in_channel.id());
        let own = one.send_message("me", "second").await.unwrap();
        assert_eq!(newest(&one, "me").await.id(), own.id());
    });
}

#[test]
fn messages_answer_where_they_came_from() {
    // parity: O-message.respond, O-message.reply
    run_pair(13, async |_, one, other| {
        one.send_message(OTHER, "hello").await.unwrap();
        let got = newest(&other, "@ada_lovelace").await;
        let answer = got
            .respond(InputMessage::html("<b>hi</b>").silent())
            .await
            .unwrap();
        assert_eq!((answer.reply_to_msg_id(), answer.silent()), (None, true));
        let reply = got.reply("you").await.unwrap();
        assert_eq!(reply.reply_to_msg_id(), Some(got.id()));
        let last = newest(&one, OTHER).await;
        assert_eq!(last.raw_text(), "you");
        assert_eq!(
            last.get_reply_message().await.unwrap().unwrap().raw_text(),
            "hello"
        );
        let file = got.reply(picture(9).caption("see")).await.unwrap();
        assert_eq!(file.reply_to_msg_id(), Some(got.id()));
        let file = got.respond(picture(9)).await.unwrap();
        assert!(file.reply_to_msg_id().is_none() && file.photo().is_some());
        let (here, there) = channel(&one, &other, false).await;
        one.send_message(here, "all of you").await.unwrap();
        let got = newest(&other, there).await;
        assert_eq!(got.reply("yes").await.unwrap().chat_id(), got.chat_id());
    });
}

#[test]
fn a_file_is_saved_from_its_message() {
    // parity: O-message.download_media
    run(14, async |sim, client| {
        let file = Attachment::bytes("notes.txt", "the content");
        let sent = client.send_file("me", file).await.unwrap();
        let path = sent.download_media("/in/").await.unwrap().unwrap();
        assert_eq!(sim.file(&path).unwrap(), b"the content");
        let none = client.send_message("me", "no file").await.unwrap();
        assert_eq!(none.download_media("/in/").await.unwrap(), None);
    });
}

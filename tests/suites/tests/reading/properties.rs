//! What a message tells of itself.

use telewire_core::objects::Message;
use telewire_core::peers::PeerId;
use telewire_core::text::ParseMode;
use telewire_core::time::Unix;
use telewire_core::types;
use telewire_tests::account::{newest, run};
use telewire_tests::sim::Sim;

use crate::chat::{BEGIN, act, calls, group_and_channel, post, saying, talk, user, write_at};

const FRIEND: &str = "grace_hopper";

/// The newest message of the friend, after it was put there.
async fn posted(sim: &Sim, client: &telewire_core::Client, message: types::MessageData) -> Message {
    post(sim, user(sim, 1), user(sim, 0), message);
    newest(client, FRIEND).await
}

/// The same message object, saying something else.
pub(crate) fn made_of(mut message: Message, raw: impl Into<types::Message>) -> Message {
    message.raw = raw.into();
    message
}

#[test]
fn attributes_are_those_of_the_schema() {
    // parity: O-message.attr.id, O-message.attr.mentioned, O-message.attr.media_unread, O-message.attr.silent
    // parity: O-message.attr.post, O-message.attr.from_scheduled, O-message.attr.date, O-message.attr.edit_date
    // parity: O-message.attr.message, O-message.attr.reply_to_msg_id, O-message.attr.via_bot_id, O-message.attr.views
    // parity: O-message.attr.post_author, O-message.attr.grouped_id, O-message.attr.reply_markup
    // parity: O-message.attr.entities, O-message.prop.is_reply
    run(51, async |_, client| {
        let note = client.send_message("me", "note").await.unwrap();
        let plain = types::MessageData::new(7, types::PeerChannel::new(5), 1_600_000_000, "hello");
        let bare = made_of(note.clone(), plain.clone());
        assert_eq!(
            (bare.id(), bare.date()),
            (7, Unix::from_secs(1_600_000_000))
        );
        assert_eq!(bare.message(), Some("hello"));
        assert!(!(bare.mentioned() || bare.media_unread() || bare.silent() || bare.is_post()));
        assert!(!(bare.from_scheduled() || bare.is_reply() || bare.pinned() || bare.out()));
        assert_eq!(
            (bare.edit_date(), bare.reply_to_msg_id(), bare.views()),
            (None, None, None)
        );
        assert_eq!(
            (bare.via_bot_id(), bare.post_author(), bare.grouped_id()),
            (None, None, None)
        );
        assert_eq!((bare.reply_markup(), bare.entities().len()), (None, 0));

        let markup: types::ReplyMarkup = types::ReplyKeyboardHide::new().into();
        let bold: types::MessageEntity = types::MessageEntityBold::new(0, 5).into();
        let full = plain
            .mentioned(true)
            .media_unread(true)
            .silent(true)
            .post(true)
            .from_scheduled(true)
            .pinned(true)
            .edit_date(1_600_000_060)
            .reply_to(types::MessageReplyHeaderData::new().reply_to_msg_id(3))
            .via_bot_id(9)
            .views(1234)
            .post_author("Ada")
            .grouped_id(99)
            .reply_markup(markup.clone())
            .entities(vec![bold.clone()]);
        let full = made_of(note, full);
        assert!(full.mentioned() && full.media_unread() && full.silent() && full.is_post());
        assert!(full.from_scheduled() && full.is_reply() && full.pinned());
        assert_eq!(full.edit_date(), Some(Unix::from_secs(1_600_000_060)));
        assert_eq!(
            (full.reply_to_msg_id(), full.views()),
            (Some(3), Some(1234))
        );
        assert_eq!((full.via_bot_id(), full.grouped_id()), (Some(9), Some(99)));
        assert_eq!(full.post_author(), Some("Ada"));
        assert_eq!(full.reply_markup(), Some(&markup));
        assert_eq!(full.entities(), [bold]);
    });
}

#[test]
fn a_message_knows_who_sent_it_to_whom() {
    // parity: O-message.attr.out, O-message.attr.to_id, O-message.attr.from_id
    run(52, async |sim, client| {
        let (me, friend) = (user(sim, 0), user(sim, 1));
        let (group, _) = group_and_channel(sim);
        write_at(sim, friend, BEGIN, "hello");
        let theirs = newest(&client, FRIEND).await;
        assert!(!theirs.out());
        assert_eq!(
            (theirs.to_id(), theirs.from_id()),
            (Some(PeerId::User(me)), Some(friend))
        );
        assert_eq!(theirs.chat_id(), Some(PeerId::User(friend)));
        client.send_message(FRIEND, "hello yourself").await.unwrap();
        let mine = newest(&client, FRIEND).await;
        assert!(mine.out());
        assert_eq!(
            (mine.to_id(), mine.from_id()),
            (Some(PeerId::User(friend)), Some(me))
        );
        // Notes to oneself count as sent, unless they were forwarded.
        client.send_message("me", "note").await.unwrap();
        let note = newest(&client, "me").await;
        assert!(note.out());
        assert_eq!(note.to_id(), Some(PeerId::User(me)));
        let forwarded = theirs.forward_to("me").await.unwrap();
        assert!(!forwarded.out());
        // In groups it is the group; nobody is named as the author of a post.
        post(sim, friend, group, saying("to all"));
        let to_all = newest(&client, group).await;
        assert_eq!(
            (to_all.to_id(), to_all.from_id()),
            (to_all.chat_id(), Some(friend))
        );
        let news = newest(&client, "telewire_news").await;
        assert_eq!((news.to_id(), news.from_id()), (news.chat_id(), None));
        let empty = made_of(news, types::MessageEmpty::new(4));
        assert_eq!(
            (empty.id(), empty.to_id(), empty.from_id()),
            (4, None, None)
        );
    });
}

#[test]
fn the_text_is_told_and_taken_in_the_parse_mode() {
    // parity: O-message.prop.text, O-message.prop.raw_text, O-message.prop.client
    run(53, async |_, client| {
        let mut message = client.send_message("me", "a **bold** word").await.unwrap();
        assert_eq!(message.raw_text(), "a bold word");
        assert_eq!(message.text(), "a **bold** word");
        message.client().set_parse_mode(ParseMode::Html);
        assert_eq!(client.parse_mode(), ParseMode::Html);
        assert_eq!(message.text(), "a <strong>bold</strong> word");
        message.set_text("<i>slanted</i> 😀");
        assert_eq!(message.raw_text(), "slanted 😀");
        assert!(matches!(message.entities(), [types::MessageEntity::Italic(e)] if e.length == 7));
        message.set_raw_text("<i>not</i>");
        assert_eq!(message.raw_text(), "<i>not</i>");
        assert_eq!(
            (message.entities().len(), message.text().as_str()),
            (0, "&lt;i&gt;not&lt;/i&gt;")
        );
        // Nothing of this has reached the server.
        assert_eq!(newest(&client, "me").await.raw_text(), "a bold word");
    });
}

#[test]
fn service_messages_share_everything_but_have_no_text() {
    // parity: O-message.service, O-message.attr.action
    run(54, async |sim, client| {
        let (group, _) = group_and_channel(sim);
        act(
            sim,
            user(sim, 1),
            group,
            types::MessageActionChatEditTitle::new("New name"),
        );
        let mut message = newest(&client, group).await;
        assert!(matches!(
            message.action(),
            Some(types::MessageAction::ChatEditTitle(a)) if a.title == "New name"
        ));
        assert_eq!(
            (
                message.message(),
                message.raw_text(),
                message.text().as_str()
            ),
            (None, "", "")
        );
        message.set_text("nothing of the kind");
        message.set_raw_text("nothing of the kind");
        assert_eq!(message.message(), None);
        assert_eq!(message.from_id(), Some(user(sim, 1)));
        assert!(message.is_group() && !message.out());
        assert!(
            message.media().is_none() && message.file().is_none() && message.forward().is_none()
        );
        assert!(message.entities().is_empty() && message.get_entities_text().is_empty());
        assert!(message.get_reply_message().await.unwrap().is_none());
        let text = client.send_message(group, "words").await.unwrap();
        assert_eq!(text.action(), None);
    });
}

#[test]
fn entities_come_with_their_text_by_kind() {
    // parity: O-message.get_entities_text
    run(55, async |_, client| {
        let sent = client
            .send_message("me", "😀 **b😀ld** __i__ [l](http://a.example/)")
            .await
            .unwrap();
        let all = sent.get_entities_text();
        let texts: Vec<&str> = all.iter().map(|(_, text)| *text).collect();
        assert_eq!(texts, ["b😀ld", "i", "l"]);
        use types::MessageEntity::{Bold, TextUrl};
        assert!(matches!(all[0].0, Bold(_)));
        let bold = sent.get_entities_text_of(|e| matches!(e, Bold(_)));
        assert_eq!(
            bold.iter().map(|(_, text)| *text).collect::<Vec<_>>(),
            ["b😀ld"]
        );
        let two = sent.get_entities_text_of(|e| matches!(e, Bold(_) | TextUrl(_)));
        assert_eq!(
            two.iter().map(|(_, text)| *text).collect::<Vec<_>>(),
            ["b😀ld", "l"]
        );
    });
}

#[test]
fn whom_a_service_message_is_about_comes_along() {
    // parity: O-message.prop.action_entities
    run(59, async |sim, client| {
        let (group, channel) = group_and_channel(sim);
        let (friend, other) = (user(sim, 1), user(sim, 2));
        let about = async |action: types::MessageAction| {
            act(sim, friend, group, action);
            let found = newest(&client, group).await.action_entities()?;
            Some(
                found
                    .into_iter()
                    .map(|e| e.map(|e| e.id()))
                    .collect::<Vec<_>>(),
            )
        };
        let user = |id| Some(PeerId::User(id));
        let bare = PeerId::from_marked(channel).unwrap().bare();
        for (action, expected) in [
            (
                types::MessageActionChatAddUser::new(vec![friend, 12, other]).into(),
                vec![user(friend), None, user(other)],
            ),
            (
                types::MessageActionChatCreate::new("", vec![other]).into(),
                vec![user(other)],
            ),
            (
                types::MessageActionChatDeleteUser::new(other).into(),
                vec![user(other)],
            ),
            (
                types::MessageActionChatJoinedByLink::new(friend).into(),
                vec![user(friend)],
            ),
            (
                types::MessageActionChatMigrateTo::new(bare).into(),
                vec![Some(PeerId::Channel(bare))],
            ),
            (
                types::MessageActionChannelMigrateFrom::new("", -group).into(),
                vec![Some(PeerId::Chat(-group))],
            ),
        ] {
            assert_eq!(about(action).await, Some(expected));
        }
        assert_eq!(
            about(types::MessageActionChatEditTitle::new("x").into()).await,
            None
        );
        assert_eq!(
            newest(&client, "telewire_news").await.action_entities(),
            None
        );
    });
}

#[test]
fn the_bot_that_made_a_message_comes_along_or_after_reloading() {
    // parity: O-message.prop.via_bot, O-message.prop.via_input_bot, O-message.reload
    run(60, async |sim, client| {
        let bot = sim.server(|server, _| server.bots()[0].id);
        let made = saying("made").via_bot_id(bot);
        let made = made
            .fwd_from(types::MessageFwdHeader::new(5).from_id(types::PeerUser::new(user(sim, 2))));
        let message = posted(sim, &client, made).await;
        assert_eq!(message.via_bot().map(|bot| bot.id), Some(bot));
        assert!(
            matches!(message.via_input_bot(), Some(types::InputPeer::User(u)) if u.user_id == bot)
        );
        let none = client.send_message("me", "by hand").await.unwrap();
        assert!(none.via_bot().is_none() && none.via_input_bot().is_none());

        // The same message without anybody who came along.
        let mut alone = made_of(none, message.raw.clone());
        assert!(alone.via_bot().is_none() && alone.sender().is_none() && alone.chat().is_none());
        assert!(alone.forward().unwrap().sender().is_none());
        assert!(alone.reload().await.unwrap());
        assert_eq!(alone.via_bot().map(|bot| bot.id), Some(bot));
        assert_eq!(
            alone.sender().map(|s| s.id()),
            Some(PeerId::User(user(sim, 1)))
        );
        assert_eq!(
            alone.chat().map(|c| c.id()),
            Some(PeerId::User(user(sim, 1)))
        );
        assert_eq!(
            alone.forward().unwrap().sender().map(|s| s.id()),
            Some(PeerId::User(user(sim, 2)))
        );
        let (group, _) = group_and_channel(sim);
        act(
            sim,
            user(sim, 1),
            group,
            types::MessageActionChatDeleteUser::new(user(sim, 2)),
        );
        let mut left = made_of(
            client.send_message("me", "x").await.unwrap(),
            newest(&client, group).await.raw,
        );
        assert_eq!(left.action_entities(), Some(vec![None]));
        assert!(left.reload().await.unwrap());
        assert!(left.action_entities().unwrap()[0].is_some());

        // What is gone stays as it was.
        client.delete_messages(FRIEND, alone.id()).await.unwrap();
        assert!(!alone.reload().await.unwrap());
        assert_eq!(alone.raw_text(), "made");
    });
}

#[test]
fn what_a_message_replies_to_is_asked_for_once() {
    // parity: O-message.get_reply_message
    run(61, async |sim, client| {
        let question = talk(sim, 2)[0].id;
        let answer = newest(&client, FRIEND).await;
        assert!(answer.get_reply_message().await.unwrap().is_none());
        assert_eq!(calls(sim, "messages.getMessages"), 0);
        let reply = answer.reply("because").await.unwrap();
        let found = reply.get_reply_message().await.unwrap().unwrap();
        assert_eq!((found.id(), found.raw_text()), (answer.id(), "number 1"));
        assert_eq!(calls(sim, "messages.getMessages"), 1);
        assert!(reply.get_reply_message().await.unwrap().is_some());
        assert!(reply.clone().get_reply_message().await.unwrap().is_some());
        assert_eq!(calls(sim, "messages.getMessages"), 1);

        // The server is asked what this replies to, not for an id: another one in the header does not matter,
        let note = types::MessageReplyHeaderData::new().reply_to_msg_id(question);
        let mut raw = reply.raw.clone();
        if let types::Message::Message(m) = &mut raw {
            m.reply_to = Some(note.clone().into());
        }
        let fresh = client.send_message("me", "x").await.unwrap();
        let other = made_of(fresh.clone(), raw);
        assert_eq!(
            other.get_reply_message().await.unwrap().unwrap().id(),
            answer.id()
        );
        // unless it does not know.
        let unknown = types::MessageData::new(99_999, types::PeerUser::new(user(sim, 1)), 1, "x")
            .reply_to(note);
        let before = calls(sim, "messages.getMessages");
        let by_id = made_of(fresh, unknown).get_reply_message().await.unwrap();
        assert_eq!(by_id.unwrap().id(), question);
        assert_eq!(calls(sim, "messages.getMessages"), before + 2);

        // What was deleted is not there any more; channels have messages of their own.
        client.delete_messages(FRIEND, answer.id()).await.unwrap();
        let again = newest(&client, FRIEND).await;
        assert!(again.is_reply() && again.get_reply_message().await.unwrap().is_none());
        let post = newest(&client, "telewire_news").await;
        let reply = post.reply("indeed").await.unwrap();
        assert_eq!(
            reply.get_reply_message().await.unwrap().unwrap().id(),
            post.id()
        );
        assert_eq!(calls(sim, "channels.getMessages"), 1);
    });
}

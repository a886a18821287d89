//! What happens to chats.

use telewire_core::events::{ChatAction, ChatActionEvent};
use telewire_core::objects::Message;
use telewire_core::peers::PeerId;
use telewire_core::{Client, functions, types};
use telewire_tests::account::{newest, signed_in};

use crate::{Scene, scene, user};

/// What happened, in words.
fn told(event: &ChatActionEvent) -> String {
    let mut words = Vec::new();
    for (is, word) in [
        (event.new_pin(), "pinned"),
        (event.unpin(), "unpinned"),
        (event.new_photo(), "photo"),
        (event.user_added(), "added"),
        (event.user_joined(), "joined"),
        (event.user_left(), "left"),
        (event.user_kicked(), "kicked"),
        (event.created(), "created"),
    ] {
        words.extend(is.then_some(word));
    }
    words.extend(event.new_title());
    words.join(" ")
}

/// Grace notes where what happened to whom.
fn hear(s: &Scene<'_>, name: &'static str, events: ChatAction) {
    let log = s.log.clone();
    s.grace.on(events, move |event| {
        let place = event.chat_id().map_or(0, PeerId::marked);
        let users: Vec<i64> = event
            .user_ids()
            .iter()
            .copied()
            .map(PeerId::marked)
            .collect();
        log.note(format!("{name}: {} {users:?} in {place}", told(&event)));
        async {}
    });
}

/// Makes a group and returns its id, as marked.
async fn group(creator: &Client, with: i64, title: &str) -> i64 {
    let guest = user(creator, with).await;
    let create = functions::messages::CreateChat::new(vec![guest], title);
    match creator.invoke(&create).await.unwrap().updates {
        types::Updates::Updates(u) => match &u.chats[..] {
            [types::Chat::Chat(chat)] => PeerId::Chat(chat.id).marked(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Somebody else, whom Ada knows.
async fn third(s: &Scene<'_>) -> (Client, i64) {
    let third = signed_in(s.sim, 2).await;
    let me = third.get_me().await.unwrap();
    s.ada
        .get_input_entity(me.username.as_deref().unwrap())
        .await
        .unwrap();
    (third, me.id)
}

async fn pin(client: &Client, chat: i64, id: i32, unpin: bool) {
    let peer = client.get_input_entity(chat).await.unwrap();
    let request = functions::messages::UpdatePinnedMessage::new(peer, id).unpin(unpin);
    client.invoke(&request).await.unwrap();
}

#[test]
fn a_group_is_made_renamed_and_joined() {
    scene(81, async |s| {
        let (ada, grace) = (s.ada_id, s.grace_id);
        let (_third, third) = third(s).await;
        hear(s, "all", ChatAction::new());
        hear(
            s,
            "renamed",
            ChatAction::new().func(|event| event.new_title() == Some("Coffee")),
        );
        hear(s, "elsewhere", ChatAction::new().chats([s.channel()]));
        s.run();
        let id = group(&s.ada, grace, "Tea").await;
        // parity: E-chataction.new, E-chataction.trigger.create
        assert_eq!(
            s.heard().await,
            [format!("all: created Tea [{grace}] in {id}")]
        );
        let rename = functions::messages::EditChatTitle::new(-id, "Coffee");
        s.ada.invoke(&rename).await.unwrap();
        // parity: E-chataction.trigger.title
        assert_eq!(
            s.heard().await,
            ["all", "renamed"].map(|name| format!("{name}: Coffee [{ada}] in {id}"))
        );
        let who = user(&s.ada, third).await;
        let add = functions::messages::AddChatUser::new(-id, who.clone(), 0);
        s.ada.invoke(&add).await.unwrap();
        // parity: E-chataction.trigger.adduser
        assert_eq!(s.heard().await, [format!("all: added [{third}] in {id}")]);
        let remove = functions::messages::DeleteChatUser::new(-id, who);
        s.ada.invoke(&remove).await.unwrap();
        // parity: E-chataction.trigger.deluser
        assert_eq!(s.heard().await, [format!("all: kicked [{third}] in {id}")]);
        let leave = functions::messages::DeleteChatUser::new(-id, types::InputUser::Self_);
        s.ada.invoke(&leave).await.unwrap();
        assert_eq!(s.heard().await, [format!("all: left [{ada}] in {id}")]);
    });
}

#[test]
fn a_supergroup_tells_the_same() {
    scene(82, async |s| {
        let (ada, grace) = (s.ada_id, s.grace_id);
        let (_third, third) = third(s).await;
        hear(s, "all", ChatAction::new());
        s.run();
        let (id, own) = s.supergroup("Round table").await;
        assert_eq!(s.heard().await, [format!("all: added [{grace}] in {id}")]);
        let who = user(&s.ada, third).await;
        let invite = functions::channels::InviteToChannel::new(own.clone(), vec![who]);
        s.ada.invoke(&invite).await.unwrap();
        let rename = functions::channels::EditTitle::new(own, "Square table");
        s.ada.invoke(&rename).await.unwrap();
        // parity: E-chataction.trigger.adduser, E-chataction.trigger.title
        assert_eq!(
            s.heard().await,
            [
                format!("all: added [{third}] in {id}"),
                format!("all: Square table [{ada}] in {id}"),
            ]
        );
    });
}

#[test]
fn pins_and_unpins_are_told_once_each() {
    scene(83, async |s| {
        let (ada, place) = (s.ada_id, s.group());
        let log = s.log.clone();
        s.grace.on(ChatAction::new(), move |event| {
            let log = log.clone();
            async move {
                // parity: E-chataction.event.get_pinned_message, E-chataction.trigger.pin, E-chataction.trigger.unpin
                let pinned = event.get_pinned_message().await?;
                let text = pinned.as_ref().map(Message::raw_text);
                let by = event.user_id().map(PeerId::marked);
                log.note(format!("{} {text:?} {by:?}", told(&event)));
                Ok::<_, telewire_core::Error>(())
            }
        });
        s.run();
        for chat in [s.grace_id, place] {
            let sent = s.ada.send_message(chat, "worth it").await.unwrap().id();
            s.heard().await;
            pin(&s.ada, chat, sent, false).await;
            assert_eq!(
                s.heard().await,
                [format!("pinned Some(\"worth it\") Some({ada})")]
            );
            pin(&s.ada, chat, sent, true).await;
            assert_eq!(s.heard().await, ["unpinned None None"]);
        }
        // Posts are pinned alike.
        let post = s.ada.send_message(s.channel(), "news").await.unwrap().id();
        s.heard().await;
        pin(&s.ada, s.channel(), post, false).await;
        let heard = s.heard().await;
        assert!(heard[0].starts_with("pinned Some(\"news\")"), "{heard:?}");
        pin(&s.ada, s.channel(), post, true).await;
        assert_eq!(s.heard().await, ["unpinned None None"]);
    });
}

#[test]
fn everybody_involved_is_at_hand_or_fetched() {
    scene(84, async |s| {
        let (ada, place) = (s.ada_id, s.group());
        let (_third, third) = third(s).await;
        let log = s.log.clone();
        s.grace.on(ChatAction::new(), move |event| {
            let log = log.clone();
            async move {
                let id = |entity: telewire_core::objects::Entity| entity.id().marked();
                // parity: E-chataction.event.get_added_by, E-chataction.event.get_kicked_by
                let added_by = event.get_added_by().await?.map(id);
                let kicked_by = event.get_kicked_by().await?.map(id);
                assert_eq!(event.added_by().map(id), added_by);
                assert_eq!(event.kicked_by().map(id), kicked_by);
                // parity: E-chataction.event.get_users, E-chataction.event.get_user, E-chataction.event.get_input_users
                // parity: E-chataction.event.get_input_user
                let users = event.get_users().await?;
                assert_eq!(event.users(), users);
                assert_eq!(event.get_user().await?, event.user());
                assert!(users.iter().all(|user| !user.is_min()));
                let inputs = event.get_input_users().await?;
                assert_eq!(event.input_users(), inputs);
                assert_eq!(event.get_input_user().await?.as_ref(), inputs.first());
                assert_eq!((users.len(), inputs.len()), (1, 1));
                let user = users.into_iter().next().map(id);
                assert_eq!(user, event.user_id().map(PeerId::marked));
                assert!(event.get_chat().await?.is_group());
                log.note(format!(
                    "{} {user:?} {added_by:?} {kicked_by:?}",
                    told(&event)
                ));
                Ok::<_, telewire_core::Error>(())
            }
        });
        s.run();
        let who = user(&s.ada, third).await;
        let add = functions::messages::AddChatUser::new(-place, who.clone(), 0);
        s.ada.invoke(&add).await.unwrap();
        assert_eq!(
            s.heard().await,
            [format!("added Some({third}) Some({ada}) None")]
        );
        let remove = functions::messages::DeleteChatUser::new(-place, who);
        s.ada.invoke(&remove).await.unwrap();
        assert_eq!(
            s.heard().await,
            [format!("kicked Some({third}) None Some({ada})")]
        );
    });
}

#[test]
fn an_action_is_answered_and_deleted() {
    scene(85, async |s| {
        // Whose group it is may delete what others have said.
        let place = group(&s.grace, s.ada_id, "Tea").await;
        let log = s.log.clone();
        s.grace.on(
            ChatAction::new().func(|event| !event.unpin()),
            move |event| {
                let log = log.clone();
                async move {
                    // parity: E-chataction.event.action_message
                    let action = event.action_message().expect("a service message");
                    assert!(action.action().is_some());
                    // parity: E-chataction.event.respond, E-chataction.event.reply
                    let plain = event.respond("so it is").await?;
                    assert_eq!(
                        (plain.chat_id(), plain.reply_to_msg_id()),
                        (event.chat_id(), None)
                    );
                    let reply = event.reply("why?").await?;
                    assert_eq!(reply.reply_to_msg_id(), Some(action.id()));
                    // parity: E-chataction.event.delete
                    assert!(!event.delete().await?.is_empty());
                    log.note(format!("{}", action.id()));
                    Ok::<_, telewire_core::Error>(())
                }
            },
        );
        // Without a service message an answer is a plain message.
        let log = s.log.clone();
        s.grace.on(
            ChatAction::new().func(ChatActionEvent::unpin),
            move |event| {
                let log = log.clone();
                async move {
                    assert!(event.action_message().is_none() && event.delete().await?.is_empty());
                    let plain = event.reply("pity").await?;
                    log.note(format!(
                        "{} {:?}",
                        plain.raw_text(),
                        plain.reply_to_msg_id()
                    ));
                    Ok::<_, telewire_core::Error>(())
                }
            },
        );
        s.run();
        let sent = s.ada.send_message(place, "look").await.unwrap().id();
        s.heard().await;
        pin(&s.ada, place, sent, false).await;
        let heard = s.heard().await;
        let action: i32 = heard[0].parse().unwrap();
        let gone = s.grace.get_messages_by_id(place, [action]).await.unwrap();
        assert!(gone[0].is_none(), "{gone:?}");
        assert_eq!(newest(&s.ada, place).await.raw_text(), "why?");
        pin(&s.ada, place, sent, true).await;
        assert_eq!(s.heard().await, ["pity None"]);
    });
}

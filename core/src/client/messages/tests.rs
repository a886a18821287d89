//! What becomes of the answers to a message that was sent.

mod found;
mod wire;

use bytes::Bytes;
use telewire_schema::{Serialize, types};

use super::*;
use crate::client::testing::{Stage, refuse, value};
use crate::engine::{Request, Value};
use crate::objects::Buttons;
use crate::peers::PeerMap;
use crate::session::SelfUser;

const OWN: i64 = 77;

/// The last field of a plain `messages.sendMessage`.
fn random_id(request: &Request) -> i64 {
    i64::from_le_bytes(*request.head.last_chunk().unwrap())
}

fn contains(request: &Request, part: &[u8]) -> bool {
    request.head.windows(part.len()).any(|w| w == part)
}

fn me() -> SelfUser {
    SelfUser {
        id: OWN,
        access_hash: 1,
        bot: false,
    }
}

fn updates(updates: Vec<types::Update>) -> types::Updates {
    types::UpdatesData::new(updates, vec![], vec![], 1, 0).into()
}

fn new_message(id: i32, text: &str) -> types::Update {
    let message = types::MessageData::new(id, types::PeerUser::new(OWN), 9, text);
    types::UpdateNewMessage::new(message, 5, 1).into()
}

fn send(
    message: impl Into<InputMessage> + Send,
    server: impl FnMut(&Request) -> Result<Value, Error>,
) -> Result<Message, Error> {
    Stage::new().run(
        |client| async move {
            client.set_self_user(Some(me())).await.unwrap();
            client.send_message("me", message).await
        },
        server,
    )
}

#[test]
fn the_message_is_found_by_its_random_id_in_either_order() {
    // rule: updates.send_answers
    // parity: M-messages.send_message.result
    let forms: [fn(i32, &str) -> types::Update; 2] = [new_message, |id, text| {
        let message = types::MessageData::new(id, types::PeerChannel::new(5), 9, text);
        types::UpdateNewChannelMessage::new(message, 5, 1).into()
    }];
    for (new, id_first) in forms
        .into_iter()
        .flat_map(|new| [(new, true), (new, false)])
    {
        let sent = send("hi", |request| {
            let mut list = vec![
                new(8, "another"),
                types::UpdateMessageId::new(8, random_id(request) + 1).into(),
                types::UpdateMessageId::new(9, random_id(request)).into(),
                new(9, "hi"),
            ];
            if id_first {
                list.reverse();
            }
            value(&updates(list))
        });
        assert_eq!(sent.unwrap().id(), 9);
    }
}

#[test]
fn the_short_answer_becomes_a_whole_message() {
    // rule: updates.send_answers
    // parity: M-messages.send_message.short
    let button = crate::objects::Button::inline("yes");
    let message = InputMessage::markdown("**hi**").reply_to(4).silent();
    let message = message.buttons(button);
    let sent = send(message, |request| {
        assert!(
            contains(request, b"\x02hi"),
            "the text goes without its marks"
        );
        let short = types::UpdateShortSentMessage::new(9, 5, 1, 1_000)
            .out(true)
            .media(types::MessageMediaDice::new(6, "🎲"))
            .entities(vec![types::MessageEntityBold::new(0, 2).into()]);
        value(&types::Updates::from(short))
    })
    .unwrap();
    assert_eq!(
        (sent.id(), sent.raw_text(), sent.text().as_str()),
        (9, "hi", "**hi**")
    );
    assert_eq!(
        (sent.reply_to_msg_id(), sent.silent(), sent.out()),
        (Some(4), true, true)
    );
    assert_eq!(
        (sent.chat_id(), sent.sender_id()),
        (Some(PeerId::User(OWN)), Some(PeerId::User(OWN)))
    );
    assert_eq!(sent.date().secs(), 1_000);
    assert!(matches!(sent.media(), Some(types::MessageMedia::Dice(d)) if d.value == 6));
    assert_eq!(
        sent.button_count(),
        1,
        "the buttons are those of the request"
    );
}

#[test]
fn a_duplicate_is_the_message_of_the_first_attempt() {
    // rule: updates.random_id_duplicate
    let mut requests = Vec::new();
    let sent = send("hi", |request| {
        requests.push(request.name);
        if request.name == "messages.sendMessage" {
            return refuse(400, "RANDOM_ID_DUPLICATE");
        }
        let texts = [(12, "other"), (11, "hi"), (10, "hi")];
        let list = texts.map(|(id, text)| {
            types::MessageData::new(id, types::PeerUser::new(OWN), 1, text)
                .out(true)
                .into()
        });
        value(&types::messages::Messages::from(
            types::messages::MessagesData::new(list.to_vec(), vec![], vec![], vec![]),
        ))
    });
    assert_eq!(sent.unwrap().id(), 11);
    assert_eq!(requests, ["messages.sendMessage", "messages.getHistory"]);
}

#[test]
fn an_empty_text_is_refused_before_anything_is_sent() {
    for text in ["", "  ", "** **"] {
        let error = send(text, |_| unreachable!("nothing is to be sent")).unwrap_err();
        assert!(error.to_string().contains("empty"), "{error}");
    }
}

#[test]
fn an_answer_without_the_message_is_an_error() {
    let error = send("hi", |_| value(&updates(vec![new_message(9, "hi")]))).unwrap_err();
    assert!(matches!(error, Error::Protocol(_)), "{error}");
}

#[test]
fn links_to_people_become_mentions_or_vanish() {
    // parity: U-parse.mention.fail, U-html.mention, U-md.mention
    let mut known = true;
    for _ in 0..2 {
        let sent = send(
            "[you](tg://user?id=5) [site](http://a)",
            |request| match request.name {
                "users.getUsers" if known => value(&vec![types::User::from(
                    types::UserData::new(5).access_hash(6),
                )]),
                "users.getUsers" => refuse(400, "USER_ID_INVALID"),
                _ => {
                    let mention = types::InputMessageEntityMentionName::new(
                        0,
                        3,
                        types::InputUserData::new(5, 6),
                    );
                    assert_eq!(contains(request, &mention.to_bytes()), known);
                    assert!(contains(request, b"http://a"));
                    let short = types::UpdateShortSentMessage::new(9, 5, 1, 1);
                    value(&types::Updates::from(short))
                }
            },
        );
        sent.unwrap();
        known = false;
    }
}

#[test]
fn only_links_to_people_are_mentions() {
    assert_eq!(mentioned("tg://user?id=5"), Some(PeerId::User(5).into()));
    assert_eq!(mentioned("@durov"), Some("@durov".into()));
    assert_eq!(mentioned("+34600"), Some("+34600".into()));
    for other in ["https://t.me/durov", "@", "tg://user?id=x", "durov"] {
        assert_eq!(mentioned(other), None, "{other}");
    }
}

#[test]
fn a_copy_keeps_formatting_and_media_but_no_reply() {
    let photo = types::PhotoData::new(1, 2, Bytes::from_static(b"ref"), 3, vec![], 4);
    let raw = types::MessageData::new(3, types::PeerUser::new(OWN), 1, "**not bold**")
        .silent(true)
        .reply_to(types::MessageReplyHeaderData::new().reply_to_msg_id(2))
        .entities(vec![types::MessageEntityItalic::new(0, 2).into()])
        .media(types::MessageMediaPhoto::new().photo(photo));
    let mut stage = Stage::new();
    let message = Message::new(&stage.client, raw.into(), Arc::default());
    let copy = InputMessage::from(&message);
    assert_eq!(
        (copy.silent, copy.reply_to, copy.link_preview),
        (Some(true), None, Some(false))
    );
    let sent = stage.run(
        |client| async move {
            client.set_self_user(Some(me())).await.unwrap();
            client.send_message("me", copy).await
        },
        |request| {
            assert_eq!(request.name, "messages.sendMedia");
            assert!(contains(request, b"**not bold**") && contains(request, b"\x03ref"));
            value(&types::Updates::from(types::UpdateShortSentMessage::new(
                9, 5, 1, 1,
            )))
        },
    );
    assert_eq!(sent.unwrap().raw_text(), "**not bold**");
}

//! What is found in answers, and what is asked for beforehand.

use super::*;
use crate::objects::{Button, Clicked};

fn edit_in_channel(channel: i64, id: i32, text: &str) -> types::Update {
    let message = types::MessageData::new(id, types::PeerChannel::new(channel), 9, text);
    types::UpdateEditChannelMessage::new(message, 5, 1).into()
}

#[test]
fn an_edited_message_is_found_by_its_id_and_its_channel() {
    // parity: M-messages.edit_message.result
    let own = types::MessageData::new(3, types::PeerUser::new(OWN), 9, "of the account");
    let answer = updates(vec![
        edit_in_channel(6, 3, "of another channel"),
        edit_in_channel(5, 4, "another of the channel"),
        types::UpdateEditMessage::new(own, 5, 1).into(),
        edit_in_channel(5, 3, "of the channel"),
    ]);
    let edited = |chat: types::InputPeer| {
        let edited = Stage::new().run(
            |client| async move {
                client.set_self_user(Some(me())).await.unwrap();
                client.edit_message(chat, 3, "new").await
            },
            |_| value(&answer),
        );
        edited.map(|message| message.raw_text().to_owned())
    };
    let channel = |id: i64| types::InputPeer::from(types::InputPeerChannel::new(id, 1));
    assert_eq!(edited(types::InputPeer::Self_).unwrap(), "of the account");
    assert_eq!(edited(channel(5)).unwrap(), "of the channel");
    assert_eq!(edited(channel(6)).unwrap(), "of another channel");
    let missing = edited(channel(7));
    assert!(matches!(missing, Err(Error::Protocol(_))), "{missing:?}");
}

#[test]
fn an_edit_says_whether_links_have_a_preview() {
    // parity: M-messages.edit_message, O-message.edit
    let page = types::WebPageData::new(1, "https://a.example", "a.example", 1);
    let plain = types::MessageData::new(3, types::PeerUser::new(OWN), 9, "one").out(true);
    let with_page = plain.clone().media(types::MessageMediaWebPage::new(page));
    let no_webpage = |raw: &types::MessageData, edit: Edit, itself: bool| {
        let mut seen = None;
        let mut stage = Stage::new();
        let peers = vec![types::UserData::new(OWN).self_(true).access_hash(1).into()];
        let peers = Arc::new(PeerMap::new(peers, vec![]));
        let message = Message::new(&stage.client, raw.clone().into(), peers);
        let edited = stage.run(
            |client| async move {
                client.set_self_user(Some(me())).await.unwrap();
                match itself {
                    true => message.edit(edit).await.map(drop),
                    false => client.edit_message("me", &message, edit).await.map(drop),
                }
            },
            |request| {
                let flags = u32::from_le_bytes(request.head[4..8].try_into().unwrap());
                seen = Some(flags & 2 != 0);
                let edit = types::UpdateEditMessage::new(raw.clone(), 5, 1);
                value(&updates(vec![edit.into()]))
            },
        );
        edited.unwrap();
        seen.unwrap()
    };
    let said = |yes| Edit::from("two").link_preview(yes);
    for raw in [&plain, &with_page] {
        assert!(
            !no_webpage(raw, "two".into(), false),
            "there is one unless it is refused"
        );
        for itself in [false, true] {
            assert!(no_webpage(raw, said(false), itself));
            assert!(!no_webpage(raw, said(true), itself));
            let text = InputMessage::text("two").link_preview(false);
            assert!(no_webpage(raw, text.into(), itself));
        }
    }
}

#[test]
fn mentions_are_read_before_everything_else() {
    // parity: M-messages.send_read_acknowledge.clear_mentions
    let mut asked = Vec::new();
    let read = Stage::new().run(
        |client| async move {
            let all = Read::all().clear_mentions();
            client.send_read_acknowledge("me", all).await
        },
        |request| {
            asked.push(request.name);
            match request.name {
                "messages.readMentions" => value(&types::messages::AffectedHistory::new(5, 1, 0)),
                _ => value(&types::messages::AffectedMessages::new(5, 1)),
            }
        },
    );
    assert!(read.unwrap());
    assert_eq!(asked, ["messages.readMentions", "messages.readHistory"]);
}

/// A message with that button in the chat with a bot whom nobody has seen; another bot has made it.
fn from_a_stranger(client: &Client, button: Button) -> Message {
    let markup = Buttons::from(button).markup().unwrap().unwrap();
    let raw = types::MessageData::new(3, types::PeerUser::new(5), 1, "");
    let raw = raw.reply_markup(markup).via_bot_id(6);
    Message::new(client, raw.into(), Arc::default())
}

#[test]
fn buttons_look_for_whom_they_need() {
    // parity: O-message.get_buttons
    let mut stage = Stage::new();
    let message = from_a_stranger(&stage.client, Button::switch_inline("Share").query("cats"));
    let mut asked = Vec::new();
    let clicked = stage.run(
        |_| async move {
            assert_eq!(message.input_chat(), None);
            let buttons = message.get_buttons().await?;
            assert!(message.input_chat().is_some(), "the chat is known now");
            buttons[0][0].click().await
        },
        |request| {
            asked.push(request.name);
            match request.name {
                "users.getUsers" => {
                    let id = if asked.len() == 1 { 5 } else { 6 };
                    let bot = types::UserData::new(id).access_hash(id).bot(true);
                    value(&vec![types::User::from(bot)])
                }
                _ => {
                    let bot = types::InputUser::from(types::InputUserData::new(6, 6));
                    assert!(
                        contains(request, &bot.to_bytes()),
                        "it was made by the other"
                    );
                    value(&updates(vec![]))
                }
            }
        },
    );
    assert!(
        matches!(clicked, Ok(Some(Clicked::Started(_)))),
        "{clicked:?}"
    );
    let names = ["users.getUsers", "users.getUsers", "messages.startBot"];
    assert_eq!(asked, names);

    // Without buttons there is nobody to look for.
    let mut stage = Stage::new();
    let raw = types::MessageData::new(3, types::PeerUser::new(5), 1, "");
    let plain = Message::new(&stage.client, raw.into(), Arc::default());
    let none = stage.run(
        |_| async move { plain.get_buttons().await },
        |request| unreachable!("{} was asked", request.name),
    );
    assert!(none.unwrap().is_empty());
}

#[test]
fn a_copy_brings_whatever_can_be_sent_again() {
    // parity: M-messages.send_message.message.copy
    let point = || types::GeoPointData::new(1.5, 2.5, 0);
    let input = types::InputGeoPointData::new(2.5, 1.5);
    let no_photo = types::PhotoEmpty::new(1);
    let game = types::Game::new(1, 2, "short", "Title", "Text", no_photo);
    let venue = types::MessageMediaVenue::new(point(), "Inn", "Road", "4sq", "id", "bar");
    let cases: [(types::MessageMedia, types::InputMedia); 4] = [
        (
            types::MessageMediaContact::new("1", "A", "B", "card", 5).into(),
            types::InputMediaContact::new("1", "A", "B", "card").into(),
        ),
        (
            types::MessageMediaGeo::new(point()).into(),
            types::InputMediaGeoPoint::new(input.clone()).into(),
        ),
        (
            venue.into(),
            types::InputMediaVenue::new(input, "Inn", "Road", "4sq", "id", "bar").into(),
        ),
        (
            types::MessageMediaGame::new(game).into(),
            types::InputMediaGame::new(types::InputGameId::new(1, 2)).into(),
        ),
    ];
    for (media, wanted) in cases {
        let stage = Stage::new();
        let raw = types::MessageData::new(3, types::PeerUser::new(OWN), 1, "").media(media);
        let original = Message::new(&stage.client, raw.into(), Arc::default());
        let sent = send(&original, |request| {
            assert_eq!(request.name, "messages.sendMedia");
            assert!(contains(request, &wanted.to_bytes()), "{wanted:?}");
            value(&types::Updates::from(types::UpdateShortSentMessage::new(
                9, 5, 1, 1,
            )))
        });
        sent.unwrap();
    }
}

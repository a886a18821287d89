//! What requests say, byte by byte.

use telewire_schema::functions;

use super::*;
use crate::client::attachments::Attachment;
use crate::dc::DcId;
use crate::engine::Target;
use crate::objects::{Button, Click, Clicked};
use crate::time::Unix;

/// The flags of a request that begins with them.
fn flags(request: &Request) -> u32 {
    u32::from_le_bytes(request.head[4..8].try_into().unwrap())
}

const NO_WEBPAGE: u32 = 1 << 1;
const CLEAR_DRAFT: u32 = 1 << 7;
const SCHEDULE: u32 = 1 << 10;

fn flags_of(message: impl Into<InputMessage> + Send) -> u32 {
    let mut seen = 0;
    send(message, |request| {
        seen = flags(request);
        let short = types::UpdateShortSentMessage::new(9, 5, 1, 1);
        value(&types::Updates::from(short))
    })
    .unwrap();
    seen
}

#[test]
fn previews_are_refused_only_if_it_is_said() {
    // parity: M-messages.send_message.link_preview
    let text = || InputMessage::text("https://a.example");
    assert_eq!(flags_of(text()) & NO_WEBPAGE, 0);
    assert_eq!(flags_of(text().link_preview(true)) & NO_WEBPAGE, 0);
    assert_eq!(flags_of(text().link_preview(false)), NO_WEBPAGE);
}

#[test]
fn a_copy_has_a_preview_if_the_original_had_one() {
    // parity: M-messages.send_message.message.copy
    let page = types::WebPageData::new(1, "https://a.example", "a.example", 1);
    let raw = types::MessageData::new(3, types::PeerUser::new(OWN), 1, "https://a.example");
    for (raw, refused) in [
        (raw.clone().media(types::MessageMediaWebPage::new(page)), 0),
        (raw, NO_WEBPAGE),
    ] {
        let stage = Stage::new();
        let original = Message::new(&stage.client, raw.into(), Arc::default());
        assert_eq!(flags_of(&original) & NO_WEBPAGE, refused);
        let said = InputMessage::from(&original).link_preview(refused != 0);
        assert_eq!(flags_of(said) & NO_WEBPAGE, NO_WEBPAGE - refused);
    }
}

#[test]
fn drafts_and_dates_are_named() {
    // parity: M-messages.send_message.clear_draft
    let text = || InputMessage::text("x");
    assert_eq!(flags_of(text()), 0);
    assert_eq!(flags_of(text().clear_draft()), CLEAR_DRAFT);
    let at = Unix::from_secs(1_900_000_000);
    assert_eq!(flags_of(text().schedule(at)), SCHEDULE);
}

/// The answer to an edit of that message.
fn edited(message: types::MessageData) -> Result<Value, Error> {
    value(&updates(vec![
        types::UpdateEditMessage::new(message, 5, 1).into(),
    ]))
}

#[test]
fn a_message_keeps_its_preview_and_buttons_when_it_edits_itself() {
    // parity: O-message.edit
    let page = types::WebPageData::new(1, "https://a.example", "a.example", 1);
    let inline = Buttons::from(Button::inline("yes"))
        .markup()
        .unwrap()
        .unwrap();
    let keyboard = Buttons::from(Button::text("yes"))
        .markup()
        .unwrap()
        .unwrap();
    let plain = types::MessageData::new(3, types::PeerUser::new(OWN), 1, "one").out(true);
    let with_page = plain.clone().media(types::MessageMediaWebPage::new(page));
    let with_buttons = plain.clone().reply_markup(inline.clone());
    let with_keyboard = plain.clone().reply_markup(keyboard);
    for (raw, no_webpage, markup) in [
        (plain, true, None),
        (with_page, false, None),
        (with_buttons, true, Some(inline)),
        // What is no part of the message cannot be edited.
        (with_keyboard, true, None),
    ] {
        let mut wanted = functions::messages::EditMessage::new(types::InputPeer::Self_, 3);
        wanted.message = Some("two".into());
        wanted.no_webpage = no_webpage;
        wanted.reply_markup = markup;
        let wanted = wanted.to_bytes();
        let mut stage = Stage::new();
        let client = stage.client.clone();
        let answer = raw.clone();
        let result = stage.run(
            |client| async move {
                client.set_self_user(Some(me())).await.unwrap();
                let peers = Arc::new(PeerMap::new(
                    vec![types::UserData::new(OWN).self_(true).access_hash(1).into()],
                    vec![],
                ));
                Message::new(&client, raw.into(), peers).edit("two").await
            },
            |request| {
                assert_eq!(request.name, "messages.editMessage");
                assert_eq!(request.head[4..8], wanted[4..8], "flags");
                assert!(request.head.ends_with(&wanted[12..]), "{request:?}");
                edited(answer.clone())
            },
        );
        assert_eq!(result.unwrap().unwrap().id(), 3);
        drop(client);
    }
}

#[test]
fn inline_messages_are_edited_where_they_lie() {
    // parity: M-messages.edit_message.inline, M-messages.edit_message.inline_dc
    let ids: [types::InputBotInlineMessageId; 2] = [
        types::InputBotInlineMessageIdData::new(4, 5, 6).into(),
        types::InputBotInlineMessageId64::new(4, 1, 5, 6).into(),
    ];
    for id in ids {
        let mut wanted = functions::messages::EditInlineBotMessage::new(id.clone());
        wanted.message = Some("new".into());
        wanted.entities = Some(vec![types::MessageEntityBold::new(0, 3).into()]);
        wanted.reply_markup = Buttons::from(Button::inline("b")).markup().unwrap();
        let text = InputMessage::markdown("**new**").buttons(Button::inline("b"));
        let result = Stage::new().run(
            |client| async move { client.edit_inline_message(id, text).await },
            |request| {
                assert_eq!(request.name, "messages.editInlineBotMessage");
                assert_eq!(request.dc, Target::Of(DcId(4)));
                assert_eq!(request.head, wanted.to_bytes());
                value(&true)
            },
        );
        assert!(result.unwrap());
    }
}

#[test]
fn files_of_inline_messages_are_laid_down_at_home_first() {
    let id = types::InputBotInlineMessageIdData::new(4, 5, 6);
    let mut requests = Vec::new();
    let file = Attachment::bytes("a.txt", "content");
    let result = Stage::new().run(
        |client| async move { client.edit_inline_message(id, file).await },
        |request| {
            requests.push((request.name, request.dc));
            match request.name {
                "messages.uploadMedia" => {
                    let document =
                        types::DocumentData::new(88, 2, &b"ref"[..], 0, "x/y", 1, 2, vec![]);
                    value(&types::MessageMedia::from(
                        types::MessageMediaDocument::new().document(document),
                    ))
                }
                "messages.editInlineBotMessage" => {
                    let document = types::InputDocumentData::new(88, 2, &b"ref"[..]);
                    let media = types::InputMediaDocument::new(document);
                    assert!(contains(
                        request,
                        &types::InputMedia::from(media).to_bytes()
                    ));
                    value(&true)
                }
                _ => value(&true),
            }
        },
    );
    assert!(result.unwrap());
    let last = requests.len() - 1;
    assert_eq!(requests[last].1, Target::Of(DcId(4)));
    assert!(requests[..last].iter().all(|(_, dc)| *dc == Target::Home));
    assert_eq!(requests[last - 1].0, "messages.uploadMedia");
}

#[test]
fn hundreds_are_deleted_at_once() {
    // parity: M-messages.delete_messages.chunk
    let mut stage = Stage::new();
    let ids: Vec<i32> = (1..=250).collect();
    let mut sizes = Vec::new();
    let result = stage.run(
        |client| async move { client.delete_messages("me", ids).await },
        |request| {
            assert_eq!(request.name, "messages.deleteMessages");
            assert_eq!(flags(request), 1, "for everybody");
            sizes.push((request.head.len() - 16) / 4);
            value(&types::messages::AffectedMessages::new(5, 1))
        },
    );
    assert_eq!(result.unwrap().len(), 3);
    assert_eq!(stage.most_waiting, 3);
    sizes.sort_unstable();
    assert_eq!(sizes, [50, 100, 100]);
}

#[test]
fn each_forwarded_message_has_a_number_of_its_own() {
    // parity: M-messages.forward_messages.random
    let mut numbers = Vec::new();
    let forward = Forward::ids([1, 2, 3]).from_peer("me");
    let sent = Stage::new().run(
        |client| async move { client.forward_messages("me", forward).await },
        |request| {
            // The peer, then three ids and three numbers, each list behind its constructor and length.
            let list = &request.head[12 + 8 + 12 + 8..][..24];
            numbers = list
                .chunks(8)
                .map(|n| i64::from_le_bytes(n.try_into().unwrap()))
                .collect();
            // In another order, and the last one is missing.
            value(&updates(vec![
                new_message(22, "b"),
                types::UpdateMessageId::new(22, numbers[1]).into(),
                types::UpdateMessageId::new(21, numbers[0]).into(),
                new_message(21, "a"),
            ]))
        },
    );
    let ids: Vec<_> = sent
        .unwrap()
        .iter()
        .map(|m| m.as_ref().map(Message::id))
        .collect();
    assert_eq!(ids, [Some(21), Some(22), None]);
    let mut apart = numbers.clone();
    apart.sort_unstable();
    apart.dedup();
    assert_eq!(apart.len(), 3);
}

/// A message of a bot with one button, and whom it is from.
fn with_button(client: &Client, kind: types::InlineButtonType, via: Option<i64>) -> Message {
    let button = types::KeyboardInlineButton::new("Play", kind);
    let markup = Buttons::from(button).markup().unwrap().unwrap();
    let mut raw = types::MessageData::new(3, types::PeerUser::new(5), 1, "").reply_markup(markup);
    raw.via_bot_id = via;
    let people = [5, 6].map(|id| types::UserData::new(id).access_hash(id).bot(true));
    let people = people.map(types::User::from).to_vec();
    client.remember(crate::peers::harvest(&people));
    Message::new(client, raw.into(), Arc::new(PeerMap::new(people, vec![])))
}

#[test]
fn games_are_asked_for_as_such() {
    // parity: O-messagebutton.click
    let mut stage = Stage::new();
    let game = with_button(&stage.client, types::InlineButtonType::Game, None);
    let peer = types::InputPeerUser::new(5, 5);
    let mut wanted = functions::messages::GetBotCallbackAnswer::new(peer, 3);
    wanted.game = true;
    let clicked = stage.run(
        |_| async move { game.click(Click::first()).await },
        |request| {
            assert_eq!(request.head, wanted.to_bytes());
            let answer = types::messages::BotCallbackAnswer::new(0).url("https://game.example");
            value(&answer)
        },
    );
    let answer = clicked.unwrap().unwrap();
    assert_eq!(
        answer.answer().unwrap().url.as_deref(),
        Some("https://game.example")
    );
}

#[test]
fn the_bot_behind_a_switch_is_the_one_that_made_the_message() {
    for (via, bot) in [(None, 5), (Some(6), 6)] {
        let mut stage = Stage::new();
        let switch = types::InlineButtonTypeSwitchInline::new("cats");
        let message = with_button(&stage.client, switch.into(), via);
        let clicked = stage.run(
            |_| async move { message.click(0).await },
            |request| {
                assert_eq!(request.name, "messages.startBot");
                let bot = types::InputUser::from(types::InputUserData::new(bot, bot));
                assert_eq!(request.head[4..][..20], bot.to_bytes());
                assert!(contains(request, b"\x04cats"));
                value(&updates(vec![]))
            },
        );
        assert!(matches!(clicked.unwrap(), Some(Clicked::Started(_))));
    }
}

#[test]
fn a_long_list_of_mentions_is_read_to_its_end() {
    let mut left = vec![0, 50, 100];
    let read = Stage::new().run(
        |client| async move { client.send_read_acknowledge("me", Read::mentions()).await },
        |request| {
            assert_eq!(request.name, "messages.readMentions");
            let offset = left.pop().unwrap();
            value(&types::messages::AffectedHistory::new(5, 1, offset))
        },
    );
    assert!(read.unwrap());
    assert!(left.is_empty());
}

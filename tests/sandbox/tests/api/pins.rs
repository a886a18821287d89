//! Messages that are pinned.

use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::types;

use super::common::Bench;
use super::people::{channel, flat, group, invite, place};
use super::{say, updates};

/// Whether something was pinned by an update, and in reply to what by a service message.
fn told(came: &[types::Update]) -> Vec<(Option<bool>, Option<i32>)> {
    let replied = |message: &types::Message| match message {
        types::Message::Service(m) => match (&m.action, &m.reply_to) {
            (
                types::MessageAction::PinMessage,
                Some(types::MessageReplyHeader::MessageReplyHeader(h)),
            ) => h.reply_to_msg_id,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let each = came.iter().map(|update| match update {
        types::Update::PinnedMessages(u) => (Some(u.pinned), u.messages.first().copied()),
        types::Update::PinnedChannelMessages(u) => (Some(u.pinned), u.messages.first().copied()),
        types::Update::NewMessage(u) => (None, replied(&u.message)),
        types::Update::NewChannelMessage(u) => (None, replied(&u.message)),
        other => panic!("{other:?}"),
    });
    each.collect()
}

#[test]
fn pins_are_told_by_an_update_and_a_service_message_and_unpins_by_an_update() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    for client in [&mut ada, &mut grace] {
        client.call(&mut bench, &f::updates::GetState).unwrap();
    }
    let table = group(&mut ada, &mut bench, &[1]);
    let round = channel(&mut ada, &mut bench, false);
    invite(&mut ada, &mut bench, &round, 1, &mut grace);
    let table: types::InputPeer = types::InputPeerChat::new(table).into();
    for chat in [table, place(&round)] {
        let sent = say(&mut ada, &mut bench, chat.clone(), "worth it").unwrap();
        let id = match sent {
            types::Updates::UpdateShortSentMessage(u) => u.id,
            types::Updates::Updates(u) => match &u.updates[0] {
                types::Update::MessageId(u) => u.id,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        // What the same message is called in the other box.
        let came = updates(&mut grace, &mut bench);
        let theirs = match came.last().unwrap() {
            types::Updates::UpdateShortChatMessage(u) => u.id,
            _ => match flat(came).last().unwrap() {
                types::Update::NewMessage(u) => match &u.message {
                    types::Message::Message(m) => m.id,
                    other => panic!("{other:?}"),
                },
                _ => id,
            },
        };
        let pin = fm::UpdatePinnedMessage::new(chat, id);
        let answer = ada.call(&mut bench, &pin).unwrap();
        assert_eq!(
            told(&flat(vec![answer])),
            [(Some(true), Some(id)), (None, Some(id))]
        );
        let came = flat(updates(&mut grace, &mut bench));
        assert_eq!(
            told(&came),
            [(Some(true), Some(theirs)), (None, Some(theirs))]
        );
        let again = ada.call(&mut bench, &pin).unwrap_err();
        assert_eq!(again, "CHAT_NOT_MODIFIED");
        let answer = ada.call(&mut bench, &pin.unpin(true)).unwrap();
        assert_eq!(told(&flat(vec![answer])), [(Some(false), Some(id))]);
        let came = flat(updates(&mut grace, &mut bench));
        assert_eq!(told(&came), [(Some(false), Some(theirs))]);
    }
}

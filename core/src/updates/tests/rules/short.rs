//! Messages in their short form, which come without users and chats.

use super::*;

#[test]
fn short_messages_are_expanded() {
    // rule: updates.short
    let mut boxes = settled();
    push(&mut boxes, packet(vec![], 0));
    let mut one = types::UpdateShortMessage::new(1, FRIEND, "hi", 101, 1, START.date);
    one.out = true;
    push(&mut boxes, one);
    let (_, update) = boxes.poll_update().unwrap();
    let types::Update::NewMessage(u) = update.raw else {
        panic!("{update:?}")
    };
    let types::Message::Message(m) = &u.message else {
        panic!("{u:?}")
    };
    assert_eq!(m.from_id, Some(types::PeerUser::new(ME).into()));
    assert_eq!(m.peer_id, types::PeerUser::new(FRIEND).into());
    assert!(m.out && m.message == "hi" && update.peers.is_empty());
    let group = types::UpdateShortChatMessage::new(2, FRIEND, 44, "there", 102, 1, START.date);
    push(&mut boxes, group.clone());
    assert!(boxes.poll_update().is_none(), "the group was never seen");
    look_in_vain(&mut boxes);
    let need = boxes.poll_need().unwrap();
    let whole = types::MessageData::new(
        2,
        types::Peer::from(types::PeerChat::new(44)),
        START.date,
        "there",
    );
    answer(
        &mut boxes,
        &need,
        &difference(vec![whole.into()], vec![], state(102, 10, 5)),
    );
    push(&mut boxes, group);
    assert_eq!(
        drain(&mut boxes),
        texts(&[2]),
        "once, with what the difference told of the group"
    );
}

#[test]
fn messages_from_strangers_come_with_the_difference() {
    let mut boxes = settled();
    push(
        &mut boxes,
        types::UpdateShortMessage::new(1, 987_654, "hi", 101, 1, START.date),
    );
    look_in_vain(&mut boxes);
    let need = boxes.poll_need().unwrap();
    answer(&mut boxes, &need, &nothing());
    assert_eq!(
        drain(&mut boxes),
        texts(&[1]),
        "a difference that does not have it is no reason to lose it"
    );
}

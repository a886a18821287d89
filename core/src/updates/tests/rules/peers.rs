//! Events from people and channels of whom too little is known to answer them.

use super::*;
use crate::peers::PeerId;

const STRANGER: i64 = 5_000_000_099;

fn from_stranger(id: i32) -> types::Message {
    types::MessageData::new(id, types::PeerChannel::new(NEWS), START.date, "hi")
        .from_id(types::PeerUser::new(STRANGER))
        .into()
}

/// A post in the channel, whose author comes along as a [min constructor](https://core.telegram.org/api/min).
fn post_in_part(id: i32, pts: i32) -> types::Updates {
    let update = types::UpdateNewChannelMessage::new(from_stranger(id), pts, 1);
    let user = types::UserData::new(STRANGER).min(true).access_hash(3);
    let users = vec![user.into()];
    types::UpdatesData::new(
        vec![update.into()],
        users,
        vec![channel(NEWS)],
        START.date,
        0,
    )
    .into()
}

fn found() -> Result<Value, Error> {
    Ok(Value::Bytes(Bytes::new()))
}

fn in_channel(ids: &[i32]) -> Vec<Fact> {
    ids.iter()
        .map(|id| Fact::Message(BoxId::Channel(NEWS), *id))
        .collect()
}

fn wanted() -> Need {
    Need::Peers {
        at: BoxId::Channel(NEWS),
        peers: vec![PeerId::User(STRANGER)],
    }
}

#[test]
fn those_who_are_told_of_in_part_are_looked_up_in_the_session_once() {
    let mut boxes = settled();
    push(&mut boxes, post_in_part(1, 51));
    assert!(drain(&mut boxes).is_empty());
    let need = boxes.poll_need().unwrap();
    assert_eq!(need, wanted());
    assert_eq!(boxes.poll_need(), None, "one at a time");
    boxes.handle_answer(now(), &need, found());
    assert_eq!(drain(&mut boxes), in_channel(&[1]));
    push(&mut boxes, post_in_part(2, 52));
    assert_eq!(drain(&mut boxes), in_channel(&[2]));
    assert_eq!(boxes.poll_need(), None);
}

#[test]
fn those_whom_the_session_does_not_know_come_with_the_channels_difference() {
    // parity: N-upd.entities, E-common.entities
    let mut boxes = settled();
    push(&mut boxes, post_in_part(1, 51));
    look_in_vain(&mut boxes);
    let need = boxes.poll_need().unwrap();
    assert!(matches!(need, Need::ChannelDifference { pts: 50, .. }));
    let difference = types::updates::ChannelDifferenceData::new(
        51,
        vec![from_stranger(1)],
        vec![],
        vec![channel(NEWS)],
        vec![types::UserData::new(STRANGER).access_hash(9).into()],
    );
    answer_channel(&mut boxes, &need, difference.final_(true));
    let (_, update) = boxes.poll_update().unwrap();
    assert!(matches!(
        update.peers.user(STRANGER),
        Some(types::User::User(user)) if !user.min
    ));
    assert!(drain(&mut boxes).is_empty(), "once");
    let known = |c: &SessionChange| matches!(c, SessionChange::Peer(p) if p.access_hash == 9);
    assert!(states(&mut boxes).iter().any(known));
}

#[test]
fn a_difference_that_does_not_tell_more_either_is_not_repeated() {
    let mut boxes = settled();
    push(&mut boxes, post_in_part(1, 51));
    look_in_vain(&mut boxes);
    let need = boxes.poll_need().unwrap();
    let mut nothing = types::updates::ChannelDifferenceEmpty::new(50);
    nothing.final_ = true;
    answer_channel(&mut boxes, &need, nothing);
    assert_eq!(drain(&mut boxes), in_channel(&[1]), "as it is");
    push(&mut boxes, post_in_part(2, 52));
    assert_eq!(drain(&mut boxes), in_channel(&[2]));
    assert_eq!(boxes.poll_need(), None);
    assert!(boxes.poll_lapse().is_none());
}

#[test]
fn who_is_waited_for_holds_up_its_own_box_only() {
    let mut boxes = settled();
    push(&mut boxes, post_in_part(1, 51));
    push(&mut boxes, packet(vec![in_news(2, 52)], 0));
    push(&mut boxes, short(new_message(3, 101)));
    assert_eq!(drain(&mut boxes), texts(&[3]));
    let need = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &need, found());
    assert_eq!(drain(&mut boxes), in_channel(&[1, 2]), "in order");
}

#[test]
fn a_server_that_has_no_time_for_it_does_not_hold_anything_up() {
    let mut boxes = settled();
    push(&mut boxes, post_in_part(1, 51));
    look_in_vain(&mut boxes);
    let need = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &need, Err(rpc(420, "FLOOD_WAIT_300")));
    assert_eq!(drain(&mut boxes), in_channel(&[1]));
    // Nor does anybody new while the flood lasts.
    let other = types::UpdateNewChannelMessage::new(
        types::MessageData::new(2, types::PeerChannel::new(NEWS), 1, "hi")
            .from_id(types::PeerUser::new(STRANGER + 1)),
        52,
        1,
    );
    push(&mut boxes, short(other));
    assert_eq!(drain(&mut boxes), in_channel(&[2]));
}

#[test]
fn a_channel_that_cannot_be_asked_delivers_strangers_as_they_come() {
    let mut boxes = settled();
    push(&mut boxes, post_in_part(1, 51));
    look_in_vain(&mut boxes);
    let need = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &need, Err(Error::NotFound("no access hash".into())));
    assert_eq!(drain(&mut boxes), in_channel(&[1]));
    assert!(boxes.poll_lapse().is_none(), "nothing is missing");
}

#[test]
fn strangers_who_come_meanwhile_have_their_turn_after() {
    let mut boxes = settled();
    push(&mut boxes, post_in_part(1, 51));
    let first = boxes.poll_need().unwrap();
    let other = types::UpdateNewChannelMessage::new(
        types::MessageData::new(2, types::PeerChannel::new(NEWS), 1, "hi")
            .from_id(types::PeerUser::new(STRANGER + 1)),
        52,
        1,
    );
    push(&mut boxes, short(other));
    boxes.handle_answer(now(), &first, found());
    assert_eq!(drain(&mut boxes), in_channel(&[1]), "the first is free");
    let second = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &second, found());
    assert_eq!(drain(&mut boxes), in_channel(&[2]));
    assert_eq!(boxes.poll_need(), None);
}

#[test]
fn nobody_is_looked_up_where_nobody_takes_updates() {
    let mut boxes = settled();
    boxes.set_consumer(false);
    push(&mut boxes, post_in_part(1, 51));
    assert_eq!(boxes.poll_need(), None);
}

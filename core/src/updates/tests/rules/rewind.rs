//! Catching up on request.

use super::*;

/// Boxes that begin with the present, at pts 200, though the session knows [`START`].
fn present() -> Boxes {
    let mut boxes = started(CatchUp::Off, BTreeMap::from([(NEWS, 50)]));
    let need = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &need, Ok(bytes(&state(200, 10, 5))));
    assert!(!boxes.is_catching_up());
    boxes
}

#[test]
fn it_begins_where_the_session_ended() {
    // parity: M-updates.catch_up
    let mut boxes = present();
    boxes.catch_up(now());
    assert!(boxes.is_catching_up());
    let need = boxes.poll_need().unwrap();
    assert!(
        matches!(need, Need::Difference { pts: 100, .. }),
        "{need:?}"
    );
    let mut news = types::UpdateChannelTooLong::new(NEWS);
    news.pts = Some(60);
    let missed = vec![message(BoxId::Account, 1, START.date)];
    answer(
        &mut boxes,
        &need,
        &difference(missed, vec![news.into()], state(200, 10, 5)),
    );
    let (_, update) = boxes.poll_update().unwrap();
    // parity: M-updates.catch_up.flag
    assert!(update.catch_up);
    assert!(boxes.is_catching_up(), "the channel is still to come");
    let need = boxes.poll_need().unwrap();
    assert!(matches!(need, Need::ChannelDifference { pts: 50, .. }));
    let post = message(BoxId::Channel(NEWS), 2, START.date);
    let last = types::updates::ChannelDifferenceData::new(60, vec![post], vec![], vec![], vec![]);
    answer_channel(&mut boxes, &need, last.final_(true));
    assert!(boxes.poll_update().unwrap().1.catch_up);
    assert!(!boxes.is_catching_up());
    push(&mut boxes, short(new_message(3, 201)));
    assert!(!boxes.poll_update().unwrap().1.catch_up);
}

#[test]
fn it_does_so_also_while_the_present_state_is_on_its_way() {
    let mut boxes = started(CatchUp::Off, BTreeMap::new());
    let need = boxes.poll_need().unwrap();
    boxes.catch_up(now());
    assert!(boxes.is_catching_up());
    push(&mut boxes, short(new_message(101, 201)));
    boxes.handle_answer(now(), &need, Ok(bytes(&state(201, 10, 5))));
    let need = boxes.poll_need().unwrap();
    assert!(
        matches!(need, Need::Difference { pts: 100, .. }),
        "{need:?}"
    );
    let missed = (1..=101).map(|id| message(BoxId::Account, id, START.date));
    let all = difference(missed.collect(), vec![], state(201, 10, 5));
    answer(&mut boxes, &need, &all);
    assert_eq!(drain(&mut boxes).len(), 101, "the last one once");
}

#[test]
fn behind_an_update_it_repeats_nothing() {
    let mut boxes = present();
    push(&mut boxes, packet(vec![new_message(1, 201)], 0));
    assert_eq!(drain(&mut boxes), texts(&[1]));
    boxes.catch_up(now());
    let need = boxes.poll_need().unwrap();
    assert!(matches!(need, Need::Difference { pts: 201, .. }));
    answer(&mut boxes, &need, &nothing());
    assert!(!boxes.is_catching_up());
}

#[test]
fn without_any_position_there_is_nothing_to_fetch() {
    let mut boxes = Boxes::new(None, &BTreeMap::new(), CatchUp::Off, now());
    boxes.set_consumer(true);
    boxes.start(now(), ME);
    let need = boxes.poll_need().unwrap();
    boxes.catch_up(now());
    boxes.handle_answer(now(), &need, Ok(bytes(&state(200, 10, 5))));
    assert_eq!(boxes.poll_need(), None);
    assert!(!boxes.is_catching_up());
}

#[test]
fn a_full_queue_does_not_make_anybody_wait() {
    let mut boxes = present();
    for i in 1..=700 {
        push(&mut boxes, packet(vec![new_message(i, 200 + i)], 0));
    }
    boxes.catch_up(now());
    assert!(!boxes.is_catching_up());
    assert_eq!(drain(&mut boxes).len(), 700);
    assert!(matches!(boxes.poll_need(), Some(Need::Difference { .. })));
}

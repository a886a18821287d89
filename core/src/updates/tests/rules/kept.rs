//! What is kept of the updates that were taken, and what of those that were not.

use super::*;

#[test]
fn only_what_was_taken_is_kept_and_peers_come_first() {
    // parity: N-upd.persist
    let mut boxes = settled();
    states(&mut boxes);
    push(
        &mut boxes,
        packet(vec![new_message(1, 101), new_message(2, 102)], 0),
    );
    let (first, _) = boxes.poll_update().unwrap();
    let (second, _) = boxes.poll_update().unwrap();
    let changes = states(&mut boxes);
    assert!(
        changes.iter().all(|c| matches!(c, SessionChange::Peer(_))),
        "{changes:?}"
    );
    boxes.confirm(second);
    assert_eq!(
        last_state(&mut boxes),
        None,
        "the first one is still in hand"
    );
    boxes.confirm(first);
    assert_eq!(last_state(&mut boxes).map(|s| s.pts), Some(102));
    push(&mut boxes, packet(vec![new_message(3, 103)], 0));
    let changes = states(&mut boxes);
    assert!(
        changes.is_empty(),
        "peers that did not change are not stored again: {changes:?}"
    );
}

#[test]
fn without_a_consumer_updates_count_as_taken() {
    let mut boxes = settled();
    states(&mut boxes);
    push(&mut boxes, short(new_message(1, 101)));
    boxes.set_consumer(false);
    assert_eq!(last_state(&mut boxes).map(|s| s.pts), Some(101));
    push(&mut boxes, short(new_message(2, 102)));
    assert!(boxes.poll_update().is_none());
    assert_eq!(last_state(&mut boxes).map(|s| s.pts), Some(102));
}

#[test]
fn a_full_queue_is_a_gap_that_is_repaired_once_there_is_room() {
    let mut boxes = settled();
    let count = i32::try_from(MAX_BACKLOG).unwrap() + 50;
    for i in 1..=count {
        push(&mut boxes, short(new_message(i, 100 + i)));
    }
    assert!(boxes.out.backlog() <= MAX_BACKLOG);
    wait(&mut boxes, 500);
    assert_eq!(boxes.poll_need(), None, "no room yet");
    let got = drain(&mut boxes);
    assert_eq!(got.len(), MAX_BACKLOG);
    let need = boxes.poll_need().unwrap();
    let Need::Difference { pts, .. } = need else {
        panic!("{need:?}")
    };
    assert_eq!(pts, 100 + i32::try_from(MAX_BACKLOG).unwrap());
    let missed = (pts - 99..=count)
        .map(|id| message(BoxId::Account, id, START.date))
        .collect();
    answer(
        &mut boxes,
        &need,
        &difference(missed, vec![], state(100 + count, 10, 5)),
    );
    assert_eq!(drain(&mut boxes).len(), 50);
    assert_eq!(boxes.poll_need(), None);
}

#[test]
fn catching_up_leaves_out_what_is_too_old() {
    let mut boxes = started(CatchUp::Since(Duration::from_secs(60)), BTreeMap::new());
    let need = boxes.poll_need().unwrap();
    let sent = [-3_600, -61, -60, 0].map(|ago| START.date + ago);
    let messages = (1..)
        .zip(sent)
        .map(|(id, date)| message(BoxId::Account, id, date))
        .collect();
    answer(
        &mut boxes,
        &need,
        &difference(messages, vec![], state(104, 10, 5)),
    );
    let mut seen = Vec::new();
    while let Some((_, update)) = boxes.poll_update() {
        assert!(update.catch_up);
        seen.push(fact(&update));
    }
    assert_eq!(seen, texts(&[3, 4]));
    push(&mut boxes, short(new_message(5, 105)));
    assert!(!boxes.poll_update().unwrap().1.catch_up);
}

#[test]
fn signing_out_forgets_everything() {
    let mut boxes = settled();
    states(&mut boxes);
    boxes.stop(now());
    let changes = states(&mut boxes);
    assert!(
        changes
            .iter()
            .any(|c| matches!(c, SessionChange::State(None)))
    );
    assert!(
        changes
            .iter()
            .any(|c| matches!(c, SessionChange::Channel(NEWS, None)))
    );
    assert_eq!((boxes.poll_need(), boxes.poll_timeout()), (None, None));
    boxes.start(now(), ME);
    assert_eq!(boxes.poll_need(), Some(Need::State));
}

#[test]
fn updates_from_before_signing_out_do_not_come_after_it() {
    let mut boxes = settled();
    push(
        &mut boxes,
        packet(vec![new_message(1, 101), new_message(2, 102)], 0),
    );
    let (old, _) = boxes.poll_update().unwrap();
    boxes.stop(now());
    boxes.start(now(), ME);
    assert!(boxes.poll_update().is_none());
    assert_eq!(boxes.poll_need(), Some(Need::State));
    boxes.handle_answer(now(), &Need::State, Ok(bytes(&state(3, 10, 5))));
    states(&mut boxes);
    push(&mut boxes, packet(vec![new_message(7, 4)], 0));
    // The one that is still in hand says nothing about the new account's.
    boxes.confirm(old);
    assert_eq!(last_state(&mut boxes), None);
    assert_eq!(drain(&mut boxes), texts(&[7]));
}

#[test]
fn the_date_that_is_kept_is_not_behind_a_post_that_was_not_taken() {
    let mut boxes = settled();
    push(&mut boxes, packet(vec![in_news(1, 51)], 0));
    let (post, _) = boxes.poll_update().unwrap();
    states(&mut boxes);
    // Meanwhile the account gets further, to a date at which the server counts the post as old.
    let later = |boxes: &mut Boxes, id: i32, seconds: i32| {
        boxes.handle_resync(now());
        let need = boxes.poll_need().unwrap();
        let mut state = state(100 + id, 10, 5);
        state.date += seconds;
        let text = message(BoxId::Account, id, START.date);
        answer(boxes, &need, &difference(vec![text], vec![], state));
        assert_eq!(drain(boxes), texts(&[id]));
        last_state(boxes).unwrap()
    };
    let kept = later(&mut boxes, 1, 100);
    assert_eq!((kept.pts, kept.date), (101, START.date));
    boxes.confirm(post);
    let kept = later(&mut boxes, 2, 200);
    assert_eq!((kept.pts, kept.date), (102, START.date + 200));
}

#[test]
fn a_channels_first_post_comes_again_after_a_crash() {
    let mut boxes = settled();
    states(&mut boxes);
    let deleted = types::UpdateDeleteChannelMessages::new(77, vec![1], 12, 1);
    push(&mut boxes, short(deleted));
    let first = |boxes: &mut Boxes| {
        let changes = states(boxes).into_iter().rev();
        let mut kept = changes.filter_map(|c| match c {
            SessionChange::Channel(77, pts) => pts,
            _ => None,
        });
        kept.next()
    };
    assert_eq!(first(&mut boxes), Some(11), "before it");
    drain(&mut boxes);
    assert_eq!(first(&mut boxes), Some(12));
}

//! Servers that are late, in a flood or unreadable.

use super::*;

#[test]
fn an_outdated_server_is_waited_for() {
    // rule: updates.timestamp_outdated
    let mut boxes = settled();
    boxes.handle_resync(now());
    let need = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &need, Err(rpc(500, "PERSISTENT_TIMESTAMP_OUTDATED")));
    assert_eq!(boxes.poll_need(), None);
    wait(&mut boxes, 1_000);
    assert_eq!(boxes.poll_need(), Some(need));
}

#[test]
fn a_flood_is_sat_out() {
    let mut boxes = settled();
    boxes.handle_resync(now());
    let need = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &need, Err(rpc(420, "FLOOD_WAIT_30")));
    wait(&mut boxes, 29_999);
    assert_eq!(boxes.poll_need(), None);
    wait(&mut boxes, 30_000);
    assert_eq!(boxes.poll_need(), Some(need));
}

#[test]
fn a_difference_that_does_not_decode_is_stepped_over() {
    // rule: updates.undecodable
    let mut boxes = settled();
    boxes.handle_resync(now());
    let first = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &first, garbage());
    assert_eq!(boxes.poll_need(), Some(Need::Reconnect));
    let second = boxes.poll_need().unwrap();
    assert_eq!(second, first);
    boxes.handle_answer(now(), &second, garbage());
    let third = boxes.poll_need().unwrap();
    assert!(matches!(third, Need::Difference { narrow: true, .. }));
    boxes.handle_answer(now(), &third, garbage());
    assert_eq!(boxes.poll_need(), Some(Need::State));
    boxes.handle_answer(now(), &Need::State, Ok(bytes(&state(300, 10, 5))));
    assert_eq!(boxes.poll_need(), None);
    let lapse = boxes.poll_lapse().unwrap();
    assert_eq!(
        (lapse.from, lapse.to, lapse.why),
        (Some(100), Some(300), Why::Undecodable)
    );
    assert!(lapse.raw.unwrap().ends_with(b"unknown"));
    push(&mut boxes, short(new_message(1, 301)));
    let (gap, event) = boxes.poll_update().unwrap();
    let lapse = event.gap.unwrap();
    assert!(lapse.raw.as_ref().unwrap().ends_with(b"unknown"));
    let (text, _) = boxes.poll_update().unwrap();
    // Nobody who has not heard of the gap is taken to be behind it.
    states(&mut boxes);
    boxes.confirm(text);
    assert_eq!(last_state(&mut boxes), None);
    boxes.confirm(gap);
    assert_eq!(last_state(&mut boxes).map(|s| s.pts), Some(301));
}

#[test]
fn a_channels_difference_that_does_not_decode_is_stepped_over() {
    // rule: updates.undecodable
    let mut boxes = settled();
    push(&mut boxes, packet(vec![in_news(9, 59)], 0));
    wait(&mut boxes, 500);
    for narrow in [false, false, true] {
        let need = std::iter::from_fn(|| boxes.poll_need())
            .find(|n| *n != Need::Reconnect)
            .unwrap();
        assert!(matches!(need, Need::ChannelDifference { narrow: n, .. } if n == narrow));
        boxes.handle_answer(now(), &need, garbage());
    }
    let need = boxes.poll_need().unwrap();
    assert!(matches!(need, Need::FullChannel { channel: NEWS, .. }));
    boxes.handle_answer(now(), &need, garbage());
    assert!(boxes.poll_lapse().unwrap().raw.is_some());
    assert!(boxes.poll_need().is_none() && boxes.channels.is_empty());
}

#[test]
fn a_push_that_does_not_decode_is_a_gap() {
    let mut boxes = settled();
    boxes.handle_undecodable(now(), Bytes::from_static(b"what"));
    assert!(matches!(boxes.poll_need(), Some(Need::Difference { .. })));
    assert_eq!(
        boxes.poll_lapse().unwrap().raw.as_deref(),
        Some(&b"what"[..])
    );
}

#[test]
fn renumbering_asks_for_the_state() {
    let mut boxes = settled();
    push(&mut boxes, short(types::Update::PtsChanged));
    assert_eq!(boxes.poll_need(), Some(Need::State));
    boxes.handle_answer(now(), &Need::State, Ok(bytes(&state(3, 10, 5))));
    assert_eq!(boxes.poll_lapse().unwrap().why, Why::Renumbered);
    push(&mut boxes, short(new_message(1, 4)));
    assert_eq!(
        drain(&mut boxes),
        [Fact::Gap(BoxId::Account), Fact::Message(BoxId::Account, 1)]
    );
}

#[test]
fn a_hole_that_no_difference_fills_is_let_go() {
    let mut boxes = settled();
    push(&mut boxes, short(new_message(5, 105)));
    let mut rounds = 0;
    let mut got = Vec::new();
    while got.is_empty() {
        rounds += 1;
        assert!(rounds < 10);
        wait(&mut boxes, 500);
        let need = boxes.poll_need().unwrap();
        answer(&mut boxes, &need, &nothing());
        got = drain(&mut boxes);
    }
    assert!(rounds > 1, "the server may only be slow");
    let gap = Fact::Gap(BoxId::Account);
    assert_eq!(got, [gap, Fact::Message(BoxId::Account, 5)]);
    let lapse = boxes.poll_lapse().unwrap();
    assert_eq!(
        (lapse.from, lapse.to, lapse.why),
        (Some(100), Some(104), Why::Withheld)
    );
}

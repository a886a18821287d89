//! Channels, each with a box of its own.

use super::*;

#[test]
fn channels_are_fetched_when_the_server_says_so() {
    // parity: N-upd.pts
    // rule: updates.channel_too_long, updates.slices
    let mut boxes = settled();
    let long = |pts| {
        let mut u = types::UpdateChannelTooLong::new(NEWS);
        u.pts = pts;
        packet(vec![u.into()], 0)
    };
    push(&mut boxes, long(Some(50)));
    assert_eq!(boxes.poll_need(), None, "known");
    push(&mut boxes, long(Some(60)));
    let need = boxes.poll_need().unwrap();
    let wanted = Need::ChannelDifference {
        channel: NEWS,
        access_hash: Some(99),
        pts: 50,
        narrow: false,
    };
    assert_eq!(need, wanted);
    let first = message(BoxId::Channel(NEWS), 1, START.date);
    let mut part =
        types::updates::ChannelDifferenceData::new(55, vec![first], vec![], vec![], vec![]);
    answer_channel(&mut boxes, &need, part.clone());
    let need = boxes.poll_need().unwrap();
    assert!(
        matches!(need, Need::ChannelDifference { pts: 55, .. }),
        "not final: at once"
    );
    part.pts = 60;
    part.new_messages = vec![message(BoxId::Channel(NEWS), 2, START.date)];
    part.final_ = true;
    part.timeout = Some(30);
    answer_channel(&mut boxes, &need, part);
    assert_eq!(boxes.poll_need(), None);
    assert_eq!(drain(&mut boxes).len(), 2);
    wait(&mut boxes, 60_000);
    assert_eq!(
        boxes.poll_need(),
        None,
        "the timeout is for who looks at the channel"
    );
}

#[test]
fn a_channel_that_does_not_move_is_not_asked_in_a_circle() {
    // rule: updates.timeout
    let mut boxes = settled();
    push(&mut boxes, packet(vec![in_news(9, 59)], 0));
    wait(&mut boxes, 500);
    let need = boxes.poll_need().unwrap();
    let mut empty = types::updates::ChannelDifferenceEmpty::new(50);
    empty.timeout = Some(7);
    answer_channel(&mut boxes, &need, empty);
    assert_eq!(boxes.poll_need(), None);
    assert_eq!(
        boxes.poll_timeout(),
        Some(now().mono + Duration::from_secs(7))
    );
}

#[test]
fn a_channel_difference_that_is_too_long_goes_on_at_the_dialogs_position() {
    // rule: updates.channel_difference_too_long
    let mut boxes = settled();
    push(&mut boxes, packet(vec![in_news(9, 900)], 0));
    wait(&mut boxes, 500);
    let need = boxes.poll_need().unwrap();
    let peer = types::Peer::from(types::PeerChannel::new(NEWS));
    let settings = types::PeerNotifySettings::new();
    let mut dialog = types::DialogData::new(peer, 1, 1, 1, 0, 0, 0, 0, settings);
    dialog.pts = Some(899);
    let old = vec![message(BoxId::Channel(NEWS), 1, START.date)];
    let mut long = types::updates::ChannelDifferenceTooLong::new(dialog, old, vec![], vec![]);
    long.final_ = true;
    answer_channel(&mut boxes, &need, long);
    let news = BoxId::Channel(NEWS);
    assert_eq!(drain(&mut boxes), [Fact::Gap(news), Fact::Message(news, 9)]);
    let lapse = boxes.poll_lapse().unwrap();
    assert_eq!(
        (lapse.at, lapse.from, lapse.to, lapse.why),
        (news, Some(50), Some(899), Why::TooLong)
    );
}

#[test]
fn closed_channels_are_forgotten() {
    for name in ["CHANNEL_PRIVATE", "CHANNEL_INVALID"] {
        let mut boxes = settled();
        states(&mut boxes);
        push(&mut boxes, packet(vec![in_news(9, 59)], 0));
        wait(&mut boxes, 500);
        let need = boxes.poll_need().unwrap();
        boxes.handle_answer(now(), &need, Err(rpc(400, name)));
        assert!(boxes.channels.is_empty());
        assert!(
            states(&mut boxes)
                .iter()
                .any(|c| matches!(c, SessionChange::Channel(NEWS, None)))
        );
        assert!(boxes.poll_need().is_none());
        let gap = drain(&mut boxes);
        assert_eq!(gap, [Fact::Gap(BoxId::Channel(NEWS))]);
        assert_eq!(boxes.poll_lapse().unwrap().why, Why::Closed);
        push(&mut boxes, packet(vec![in_news(10, 70)], 0));
        assert_eq!(drain(&mut boxes).len(), 1, "a later event begins a new box");
    }
}

#[test]
fn a_channel_that_cannot_be_asked_for_goes_on_behind_the_hole() {
    let mut boxes = settled();
    push(&mut boxes, packet(vec![in_news(9, 59)], 0));
    wait(&mut boxes, 500);
    let need = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &need, Err(Error::NotFound("no access hash".into())));
    let news = BoxId::Channel(NEWS);
    assert_eq!(drain(&mut boxes), [Fact::Gap(news), Fact::Message(news, 9)]);
    let lapse = boxes.poll_lapse().unwrap();
    assert_eq!(
        (lapse.from, lapse.to, lapse.why),
        (Some(50), Some(58), Why::Unreachable)
    );
    // The same where the server says only that there is more.
    let mut more = types::UpdateChannelTooLong::new(NEWS);
    more.pts = Some(70);
    push(&mut boxes, short(more));
    let need = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &need, Err(Error::NotFound("no access hash".into())));
    let lapse = boxes.poll_lapse().unwrap();
    assert_eq!(
        (lapse.from, lapse.to, lapse.why),
        (Some(59), None, Why::Unreachable)
    );
}

//! Each rule of the page on updates by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use telewire_schema::types::{self, updates::ChannelDifference, updates::Difference};

use super::server::{FRIEND, Fact, bytes, channel, fact, message, rpc, users};
use crate::config::CatchUp;
use crate::engine::Value;
use crate::error::Error;
use crate::session::{SessionChange, UpdateState};
use crate::time::{Mono, Now, Unix};
use crate::updates::boxes::Boxes;
use crate::updates::outbox::MAX_BACKLOG;
use crate::updates::{BoxId, Need, Origin};

const ME: i64 = 5_000_000_777;
const NEWS: i64 = 20_000_000_001;
const START: UpdateState = UpdateState {
    pts: 100,
    qts: 10,
    date: 1_700_000_000,
    seq: 5,
};

fn now() -> Now {
    Now {
        mono: Mono::from_origin(Duration::from_secs(1_000)),
        wall: Unix::from_secs(1_700_000_000),
    }
}

/// Boxes that stand at [`START`] and miss nothing.
fn settled() -> Boxes {
    let mut boxes = started(CatchUp::All, BTreeMap::from([(NEWS, 50)]));
    let need = boxes.poll_need().unwrap();
    boxes.handle_answer(now(), &need, Ok(bytes(&nothing())));
    drain(&mut boxes);
    boxes
}

fn started(catch_up: CatchUp, channels: BTreeMap<i64, i32>) -> Boxes {
    let mut boxes = Boxes::new(Some(START), &channels, catch_up, now());
    boxes.set_consumer(true);
    boxes.start(now(), ME);
    boxes
}

fn nothing() -> Difference {
    types::updates::DifferenceEmpty::new(START.date, START.seq).into()
}

fn state(pts: i32, qts: i32, seq: i32) -> types::updates::State {
    types::updates::State::new(pts, qts, START.date, seq, 0)
}

fn push(boxes: &mut Boxes, updates: impl Into<types::Updates>) {
    boxes.handle_updates(now(), updates.into(), Origin::Pushed);
}

fn new_message(id: i32, pts: i32) -> types::Update {
    types::UpdateNewMessage::new(message(BoxId::Account, id, START.date), pts, 1).into()
}

fn in_news(id: i32, pts: i32) -> types::Update {
    types::UpdateNewChannelMessage::new(message(BoxId::Channel(NEWS), id, START.date), pts, 1)
        .into()
}

fn short(update: impl Into<types::Update>) -> types::Updates {
    types::UpdateShort::new(update, START.date).into()
}

fn packet(updates: Vec<types::Update>, seq: i32) -> types::Updates {
    types::UpdatesData::new(updates, users(), vec![channel(NEWS)], START.date + 1, seq).into()
}

fn phone(id: i64) -> types::Update {
    types::UpdateUserPhone::new(id, "1").into()
}

/// What is delivered by now, taken at once.
fn drain(boxes: &mut Boxes) -> Vec<Fact> {
    let mut facts = Vec::new();
    while let Some((id, update)) = boxes.poll_update() {
        facts.push(fact(&update));
        boxes.confirm(id);
    }
    facts
}

fn texts(ids: &[i32]) -> Vec<Fact> {
    ids.iter()
        .map(|id| Fact::Message(BoxId::Account, *id))
        .collect()
}

/// Lets that much time pass.
fn wait(boxes: &mut Boxes, ms: u64) {
    boxes.handle_timeout(now().after(Duration::from_millis(ms)));
}

fn difference(
    messages: Vec<types::Message>,
    others: Vec<types::Update>,
    state: types::updates::State,
) -> Difference {
    types::updates::DifferenceData::new(
        messages,
        vec![],
        others,
        vec![channel(NEWS)],
        users(),
        state,
    )
    .into()
}

fn answer(boxes: &mut Boxes, need: &Need, with: &Difference) {
    boxes.handle_answer(now(), need, Ok(bytes(with)));
}

fn answer_channel(boxes: &mut Boxes, need: &Need, with: impl Into<ChannelDifference>) {
    let with: ChannelDifference = with.into();
    boxes.handle_answer(now(), need, Ok(bytes(&with)));
}

fn states(boxes: &mut Boxes) -> Vec<SessionChange> {
    std::iter::from_fn(|| boxes.poll_change()).collect()
}

fn last_state(boxes: &mut Boxes) -> Option<UpdateState> {
    states(boxes).into_iter().rev().find_map(|c| match c {
        SessionChange::State(state) => state,
        _ => None,
    })
}

fn garbage() -> Result<Value, Error> {
    Ok(Value::Bytes(Bytes::from_static(b"\x01\x02\x03\x04unknown")))
}

#[test]
fn catching_up_asks_for_the_difference_and_otherwise_for_the_state() {
    let mut all = started(CatchUp::All, BTreeMap::new());
    let wanted = Need::Difference {
        pts: 100,
        qts: 10,
        date: START.date,
        narrow: false,
    };
    assert_eq!(all.poll_need(), Some(wanted));
    assert_eq!(all.poll_need(), None, "one at a time");
    let mut off = started(CatchUp::Off, BTreeMap::from([(NEWS, 50)]));
    assert_eq!(off.poll_need(), Some(Need::State));
    assert!(
        off.channels.is_empty(),
        "channels begin with the present as well"
    );
    let mut blank = Boxes::new(None, &BTreeMap::new(), CatchUp::All, now());
    assert_eq!(blank.poll_need(), None, "nobody is signed in");
    blank.start(now(), ME);
    assert_eq!(blank.poll_need(), Some(Need::State));
}

#[test]
fn what_comes_while_the_first_state_is_fetched_is_not_lost() {
    let mut boxes = started(CatchUp::Off, BTreeMap::new());
    let need = boxes.poll_need().unwrap();
    push(&mut boxes, short(new_message(1, 201)));
    assert!(drain(&mut boxes).is_empty());
    boxes.handle_answer(now(), &need, Ok(bytes(&state(201, 10, 5))));
    assert_eq!(drain(&mut boxes), texts(&[1]));
}

#[test]
fn duplicates_are_dropped() {
    let mut boxes = settled();
    for _ in 0..3 {
        push(&mut boxes, short(new_message(1, 101)));
    }
    assert_eq!(drain(&mut boxes), texts(&[1]));
}

#[test]
fn a_gap_waits_half_a_second_and_a_filler_ends_it() {
    let mut boxes = settled();
    push(&mut boxes, short(new_message(2, 102)));
    assert!(drain(&mut boxes).is_empty());
    wait(&mut boxes, 499);
    assert_eq!(boxes.poll_need(), None);
    push(&mut boxes, short(new_message(1, 101)));
    assert_eq!(drain(&mut boxes), texts(&[1, 2]));
    wait(&mut boxes, 600);
    assert_eq!(boxes.poll_need(), None);
}

#[test]
fn a_gap_that_stays_is_fetched_and_nothing_comes_twice() {
    let mut boxes = settled();
    push(&mut boxes, short(new_message(3, 103)));
    wait(&mut boxes, 500);
    let need = boxes.poll_need().unwrap();
    assert!(matches!(need, Need::Difference { pts: 100, .. }));
    push(&mut boxes, short(new_message(4, 104)));
    let missed = [1, 2, 3].map(|id| message(BoxId::Account, id, START.date));
    answer(
        &mut boxes,
        &need,
        &difference(missed.to_vec(), vec![], state(103, 10, 5)),
    );
    assert_eq!(drain(&mut boxes), texts(&[1, 2, 3, 4]));
    assert_eq!(boxes.poll_need(), None);
}

#[test]
fn events_without_a_count_apply_where_they_stand() {
    let mut boxes = settled();
    let deletion = types::UpdateDeleteMessages::new(vec![9], 100, 0);
    push(&mut boxes, short(deletion));
    assert_eq!(drain(&mut boxes), [Fact::Deleted(BoxId::Account, 9)]);
    push(&mut boxes, short(new_message(1, 101)));
    assert_eq!(drain(&mut boxes).len(), 1);
}

#[test]
fn too_long_means_the_difference_at_once() {
    let mut boxes = settled();
    push(&mut boxes, types::Updates::TooLong);
    assert!(matches!(boxes.poll_need(), Some(Need::Difference { .. })));
}

#[test]
fn a_silence_of_fifteen_minutes_means_the_difference() {
    let mut boxes = settled();
    assert_eq!(
        boxes.poll_timeout(),
        Some(now().mono + Duration::from_secs(900))
    );
    wait(&mut boxes, 899_000);
    assert_eq!(boxes.poll_need(), None);
    wait(&mut boxes, 900_000);
    assert!(matches!(boxes.poll_need(), Some(Need::Difference { .. })));
    assert!(
        boxes.poll_timeout().is_some(),
        "and again, should it stay silent"
    );
}

#[test]
fn slices_are_followed_to_the_end() {
    let mut boxes = settled();
    boxes.handle_resync(now());
    let need = boxes.poll_need().unwrap();
    let slice = types::updates::DifferenceSlice::new(
        vec![message(BoxId::Account, 1, START.date)],
        vec![],
        vec![],
        vec![],
        users(),
        state(101, 10, 5),
    );
    answer(&mut boxes, &need, &slice.into());
    let need = boxes.poll_need().unwrap();
    assert!(matches!(need, Need::Difference { pts: 101, .. }));
    answer(&mut boxes, &need, &nothing());
    assert_eq!(boxes.poll_need(), None);
    assert_eq!(drain(&mut boxes), texts(&[1]));
}

#[test]
fn a_difference_that_is_too_long_goes_on_behind_the_hole() {
    let mut boxes = settled();
    boxes.handle_resync(now());
    let need = boxes.poll_need().unwrap();
    answer(
        &mut boxes,
        &need,
        &types::updates::DifferenceTooLong::new(9_000).into(),
    );
    assert!(matches!(
        boxes.poll_need(),
        Some(Need::Difference { pts: 9_000, .. })
    ));
    let lapse = boxes.poll_lapse().unwrap();
    assert_eq!(
        (lapse.at, lapse.from, lapse.to),
        (BoxId::Account, Some(100), Some(9_000))
    );
}

#[test]
fn packets_are_ordered_by_seq_unless_it_is_zero() {
    let mut boxes = settled();
    push(&mut boxes, packet(vec![phone(1)], 0));
    push(&mut boxes, packet(vec![phone(3)], 7));
    assert_eq!(drain(&mut boxes), [Fact::Phone(1)], "7 waits for 6");
    let combined = types::UpdatesCombined::new(vec![phone(2)], users(), vec![], START.date, 6, 6);
    push(&mut boxes, combined);
    assert_eq!(drain(&mut boxes), [Fact::Phone(2), Fact::Phone(3)]);
    push(&mut boxes, packet(vec![phone(3)], 7));
    assert!(drain(&mut boxes).is_empty(), "known by its seq");
    push(&mut boxes, packet(vec![phone(9), new_message(1, 101)], 12));
    assert_eq!(
        drain(&mut boxes),
        texts(&[1]),
        "what has a number of its own does not wait for seq"
    );
    wait(&mut boxes, 500);
    assert!(matches!(boxes.poll_need(), Some(Need::Difference { .. })));
}

#[test]
fn secondary_events_are_ordered_by_qts() {
    let mut boxes = settled();
    let stopped = |id: i64, qts| short(types::UpdateBotStopped::new(id, 1, true, qts));
    push(&mut boxes, stopped(2, 12));
    push(&mut boxes, stopped(1, 11));
    push(&mut boxes, stopped(1, 11));
    assert_eq!(drain(&mut boxes), [Fact::Stopped(1), Fact::Stopped(2)]);
}

#[test]
fn short_messages_are_expanded() {
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
    let need = boxes.poll_need().unwrap();
    answer(&mut boxes, &need, &nothing());
    assert_eq!(
        drain(&mut boxes),
        texts(&[1]),
        "a difference that does not have it is no reason to lose it"
    );
}

#[test]
fn results_move_the_boxes_and_are_not_delivered() {
    let mut boxes = settled();
    let sent = types::UpdateShortSentMessage::new(1, 101, 1, START.date);
    boxes.handle_updates(now(), sent.into(), Origin::Result);
    boxes.handle_updates(now(), packet(vec![new_message(2, 102)], 0), Origin::Result);
    boxes.handle_affected(now(), BoxId::Account, 105, 3);
    boxes.handle_affected(now(), BoxId::Channel(NEWS), 53, 3);
    push(&mut boxes, short(new_message(2, 102)));
    assert!(
        drain(&mut boxes).is_empty(),
        "nor when it is pushed as well"
    );
    push(
        &mut boxes,
        packet(vec![new_message(3, 106), in_news(4, 54)], 0),
    );
    assert_eq!(drain(&mut boxes).len(), 2);
    assert_eq!(boxes.account.pts.local(), Some(106));
}

#[test]
fn a_lone_position_only_initialises() {
    let mut boxes = settled();
    boxes.handle_snapshot(now(), NEWS, 90);
    push(&mut boxes, packet(vec![in_news(1, 51)], 0));
    assert_eq!(drain(&mut boxes).len(), 1, "still at 50");
    boxes.handle_snapshot(now(), 77, 10);
    let other = types::UpdateDeleteChannelMessages::new(77, vec![1], 12, 1);
    push(&mut boxes, short(other));
    assert!(drain(&mut boxes).is_empty());
    wait(&mut boxes, 500);
    assert!(matches!(
        boxes.poll_need(),
        Some(Need::ChannelDifference {
            channel: 77,
            pts: 10,
            ..
        })
    ));
}

#[test]
fn channels_are_fetched_when_the_server_says_so() {
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
    assert_eq!(drain(&mut boxes), [Fact::Message(BoxId::Channel(NEWS), 9)]);
    let lapse = boxes.poll_lapse().unwrap();
    assert_eq!(
        (lapse.at, lapse.from, lapse.to),
        (BoxId::Channel(NEWS), Some(50), Some(899))
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
    assert_eq!(drain(&mut boxes).len(), 1);
    assert!(boxes.poll_lapse().is_some());
}

#[test]
fn an_outdated_server_is_waited_for() {
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
    assert_eq!((lapse.from, lapse.to), (Some(100), Some(300)));
    assert!(lapse.raw.unwrap().ends_with(b"unknown"));
    push(&mut boxes, short(new_message(1, 301)));
    assert_eq!(drain(&mut boxes), texts(&[1]));
}

#[test]
fn a_channels_difference_that_does_not_decode_is_stepped_over() {
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
    push(&mut boxes, short(new_message(1, 4)));
    assert_eq!(drain(&mut boxes), texts(&[1]));
}

#[test]
fn only_what_was_taken_is_kept_and_peers_come_first() {
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
fn a_hole_that_no_difference_fills_is_let_go() {
    let mut boxes = settled();
    push(&mut boxes, short(new_message(5, 105)));
    let mut rounds = 0;
    while drain(&mut boxes).is_empty() {
        rounds += 1;
        assert!(rounds < 10);
        wait(&mut boxes, 500);
        let need = boxes.poll_need().unwrap();
        answer(&mut boxes, &need, &nothing());
    }
    assert!(rounds > 1, "the server may only be slow");
    let lapse = boxes.poll_lapse().unwrap();
    assert_eq!((lapse.from, lapse.to), (Some(100), Some(105)));
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

//! Each rule of the page on updates by itself.

mod channels;
mod kept;
mod peers;
mod rewind;
mod short;
mod trouble;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use telewire_schema::types::{self, updates::ChannelDifference, updates::Difference};

use super::server::{FRIEND, Fact};
use super::shapes::{bytes, channel, fact, message, rpc, users};
use crate::config::CatchUp;
use crate::engine::Value;
use crate::error::Error;
use crate::session::{SessionChange, UpdateState};
use crate::time::{Mono, Now, Unix};
use crate::updates::boxes::Boxes;
use crate::updates::outbox::MAX_BACKLOG;
use crate::updates::{BoxId, Need, Origin, Why};

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
    // Whoever writes is known.
    push(&mut boxes, packet(vec![], 0));
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

/// Answers that the session does not know whom the boxes look for.
fn look_in_vain(boxes: &mut Boxes) {
    let need = boxes.poll_need().unwrap();
    assert!(matches!(need, Need::Peers { .. }), "{need:?}");
    let unknown = Error::NotFound("nobody".into());
    boxes.handle_answer(now(), &need, Err(unknown));
}

fn garbage() -> Result<Value, Error> {
    Ok(Value::Bytes(Bytes::from_static(b"\x01\x02\x03\x04unknown")))
}

#[test]
fn catching_up_asks_for_the_difference_and_otherwise_for_the_state() {
    // rule: updates.start
    let mut all = started(CatchUp::All, BTreeMap::from([(NEWS, 50), (77, 5)]));
    let wanted = Need::Difference {
        pts: 100,
        qts: 10,
        date: START.date,
        narrow: false,
    };
    assert_eq!(all.poll_need(), Some(wanted.clone()));
    assert_eq!(all.poll_need(), None, "one at a time");
    let mut news = types::UpdateChannelTooLong::new(NEWS);
    news.pts = Some(60);
    let long = difference(vec![], vec![news.into()], state(100, 10, 5));
    answer(&mut all, &wanted, &long);
    let channel = all.poll_need().unwrap();
    assert!(matches!(
        channel,
        Need::ChannelDifference {
            channel: NEWS,
            pts: 50,
            ..
        }
    ));
    assert_eq!(all.poll_need(), None, "the other has no news");
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
    // parity: N-upd.dedupe
    let mut boxes = settled();
    for _ in 0..3 {
        push(&mut boxes, short(new_message(1, 101)));
    }
    assert_eq!(drain(&mut boxes), texts(&[1]));
}

#[test]
fn a_gap_waits_half_a_second_and_a_filler_ends_it() {
    // rule: updates.gap_wait
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
    // rule: updates.pts_count_zero
    let mut boxes = settled();
    let deletion = types::UpdateDeleteMessages::new(vec![9], 100, 0);
    push(&mut boxes, short(deletion));
    assert_eq!(drain(&mut boxes), [Fact::Deleted(BoxId::Account, 9)]);
    push(&mut boxes, short(new_message(1, 101)));
    assert_eq!(drain(&mut boxes).len(), 1);
}

#[test]
fn too_long_means_the_difference_at_once() {
    // rule: updates.too_long
    let mut boxes = settled();
    push(&mut boxes, types::Updates::TooLong);
    assert!(matches!(boxes.poll_need(), Some(Need::Difference { .. })));
}

#[test]
fn a_silence_of_fifteen_minutes_means_the_difference() {
    // rule: updates.quiet
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
    // parity: N-upd.pts
    // rule: updates.slices
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
    // rule: updates.difference_too_long
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
        (lapse.at, lapse.from, lapse.to, lapse.why),
        (BoxId::Account, Some(100), Some(9_000), Why::TooLong)
    );
    // Whoever takes updates hears of it in its place.
    assert_eq!(drain(&mut boxes), [Fact::Gap(BoxId::Account)]);
}

#[test]
fn packets_are_ordered_by_seq_unless_it_is_zero() {
    // rule: updates.seq, updates.seq_start_zero
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
    // rule: updates.qts
    let mut boxes = settled();
    let stopped = |id: i64, qts| short(types::UpdateBotStopped::new(id, 1, true, qts));
    push(&mut boxes, stopped(2, 12));
    push(&mut boxes, stopped(1, 11));
    push(&mut boxes, stopped(1, 11));
    assert_eq!(drain(&mut boxes), [Fact::Stopped(1), Fact::Stopped(2)]);
}

#[test]
fn results_move_the_boxes_and_are_not_delivered() {
    // rule: updates.result_pts
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
    // rule: updates.snapshot
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

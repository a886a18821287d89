//! Messages that are authentic and must not be processed all the same: replayed, reflected, out of their time.

use std::time::Duration;

use telewire_schema::functions::help::GetNearestDc;
use telewire_schema::mtproto::types::{BadMsgNotificationData, MsgsAck};
use telewire_schema::{Identifiable, Serialize};
use telewire_tests::evil::{HOME, Kind, World, container, gzip, member, settings, typing};

const SECOND: i64 = 1 << 32;

fn refusal(question: i64, error_code: i32) -> BadMsgNotificationData {
    BadMsgNotificationData {
        bad_msg_id: question,
        bad_msg_seqno: 1,
        error_code,
    }
}

/// Who is typing, after a message with that id said that 5 is.
fn typists_after(change: impl Fn(&mut i64)) -> Vec<i64> {
    let mut world = World::ready();
    world.server.forge(HOME, Kind::Push, &typing(5), |message| {
        change(&mut message.header.msg_id);
    });
    world.settle();
    assert_eq!(world.closed, 0, "one message is lost and no more");
    world.server.send(HOME, Kind::Push, &typing(6));
    world.settle();
    assert_eq!(world.updates.len(), world.typists().len());
    world.typists()
}

/// Ours are even, so a message of our own cannot come back as the server's.
#[test]
fn a_message_with_a_clients_id_is_ignored() {
    assert_eq!(typists_after(|id| *id &= !3), [6]);
    assert_eq!(typists_after(|id| *id = *id & !3 | 2), [6]);
}

#[test]
fn a_member_of_a_container_with_a_clients_id_is_ignored() {
    let mut world = World::ready();
    let id = world.server.message_id(HOME, Kind::Push);
    let members = [member(id & !3, &typing(5)), member(id, &typing(6))];
    world.server.send(HOME, Kind::Push, &container(&members));
    world.settle();
    assert_eq!(world.typists(), [6]);
}

// rule: mtproto.time_window
#[test]
fn a_message_over_300_seconds_old_is_ignored() {
    assert_eq!(typists_after(|id| *id -= 299 * SECOND), [5, 6]);
    assert_eq!(typists_after(|id| *id -= 301 * SECOND), [6]);
    // Only the notice that our time is wrong is exempt.
    let mut world = World::ready();
    let (_, question) = world.ask(&GetNearestDc {});
    let notice = refusal(question, 32).to_bytes();
    world.server.forge(HOME, Kind::Push, &notice, |message| {
        message.header.msg_id -= 301 * SECOND;
    });
    world.settle();
    assert!(world.server.take::<GetNearestDc>(HOME).is_none());
}

// rule: mtproto.time_window
#[test]
fn a_message_over_30_seconds_ahead_is_ignored() {
    assert_eq!(typists_after(|id| *id += 29 * SECOND), [5, 6]);
    assert_eq!(typists_after(|id| *id += 31 * SECOND), [6]);
}

/// A fresh container may carry an old message.
// rule: mtproto.time_window
#[test]
fn the_age_of_a_containers_members_does_not_matter() {
    let mut world = World::ready();
    let id = world.server.message_id(HOME, Kind::Push);
    let members = [member(id - 1000 * SECOND, &typing(5))];
    world.server.send(HOME, Kind::Push, &container(&members));
    world.settle();
    assert_eq!(world.typists(), [5]);
}

/// Before anything is known of the difference between the clocks, the server's is right: whatever it says first moves ours
/// forward, and what follows is measured by that.
// rule: mtproto.clock_forward
#[test]
fn a_server_ahead_of_our_clock_is_followed() {
    let mut world = World::signed_in(settings());
    world.server.ahead = 3600;
    world.connect();
    assert!(world.is_ready());
    world.server.send(HOME, Kind::Push, &typing(5));
    world.settle();
    assert_eq!(world.typists(), [5]);
}

/// The notice that our time is wrong cannot be measured by our time.
#[test]
fn the_notice_of_a_wrong_time_is_heard_at_any_time() {
    for shift in [-3600, 3600] {
        let mut world = World::ready();
        let (_, question) = world.ask(&GetNearestDc {});
        let notice = refusal(question, if shift < 0 { 17 } else { 16 }).to_bytes();
        world.server.forge(HOME, Kind::Push, &notice, |message| {
            message.header.msg_id += shift * SECOND;
        });
        world.settle();
        let again = world.server.take::<GetNearestDc>(HOME);
        let moved = (again.expect("it is sent again") - question) / SECOND;
        // Ids go on from what the server has accepted, so they cannot go back.
        assert!((moved - shift.max(0)).abs() <= 1, "{moved}");
    }
}

/// A session outlives its links, and what it remembers does too.
// rule: mtproto.inner_duplicates
#[test]
fn a_replayed_message_is_acknowledged_again_and_not_processed() {
    let mut world = World::ready();
    let mut msg_id = 0;
    let packet = world.server.forge(HOME, Kind::Push, &typing(5), |message| {
        msg_id = message.header.msg_id;
    });
    for times in 1..4 {
        world.settle();
        world.pass(Duration::from_secs(11));
        assert_eq!(world.server.acknowledged(HOME, msg_id), times);
        world.server.replay(HOME, &packet);
    }
    world.settle();
    world.cut();
    world.until_settled();
    world.server.replay(HOME, &packet);
    world.settle();
    assert_eq!(world.opened, 2);
    assert_eq!(world.typists(), [5]);
}

// rule: mtproto.inner_duplicates
#[test]
fn a_member_of_two_containers_is_processed_once() {
    let mut world = World::ready();
    let id = world.server.message_id(HOME, Kind::Push);
    for _ in 0..2 {
        let body = container(&[member(id, &typing(5))]);
        world.server.send(HOME, Kind::Push, &body);
        world.settle();
    }
    let twice = world.server.message_id(HOME, Kind::Push);
    let body = container(&[member(twice, &typing(6)), member(twice, &typing(6))]);
    world.server.send(HOME, Kind::Push, &body);
    world.settle();
    assert_eq!(world.typists(), [5, 6]);
}

/// What is remembered is bounded, so that a message may be so old that nobody knows whether it was there.
// rule: mtproto.time_window
#[test]
fn a_message_older_than_all_that_are_remembered_is_ignored() {
    let mut world = World::ready();
    let old = world.server.forge(HOME, Kind::Push, &typing(5), |_| {});
    let nothing = MsgsAck { msg_ids: vec![] }.to_bytes();
    assert_eq!(nothing[..4], MsgsAck::ID.to_le_bytes());
    for _ in 0..3 {
        let member = |_| {
            let id = world.server.message_id(HOME, Kind::Push);
            member(id, &nothing)
        };
        let members: Vec<_> = (0..1000).map(member).collect();
        world.server.send(HOME, Kind::Push, &container(&members));
    }
    world.settle();
    assert_eq!(world.typists(), [5]);
    world.server.replay(HOME, &old);
    world.settle();
    assert_eq!(world.typists(), [5]);
}

fn of_members(count: usize) -> Vec<i64> {
    let mut world = World::ready();
    let mut members = Vec::new();
    for _ in 0..count {
        let id = world.server.message_id(HOME, Kind::Push);
        members.push(member(id, &typing(5)));
    }
    world.server.send(HOME, Kind::Push, &container(&members));
    world.settle();
    assert_eq!(world.closed, 0);
    world.typists()
}

#[test]
fn a_container_of_more_than_1024_messages_is_ignored_as_a_whole() {
    assert_eq!(of_members(1024), [5; 1024]);
    assert_eq!(of_members(1025), [0; 0]);
}

/// Who is typing, after a container with that object as its first member.
fn typists_in_container(object: impl Fn(&mut World) -> Vec<u8>) -> Vec<i64> {
    let mut world = World::ready();
    let object = object(&mut world);
    let [first, second] = [0; 2].map(|_: i32| world.server.message_id(HOME, Kind::Push));
    let members = [member(first, &object), member(second, &typing(6))];
    world.server.send(HOME, Kind::Push, &container(&members));
    world.settle();
    assert_eq!(world.closed, 0);
    world.typists()
}

fn one(world: &mut World) -> Vec<u8> {
    let id = world.server.message_id(HOME, Kind::Push);
    member(id, &typing(5))
}

/// Bytes after an object do not matter, and packing is for what is long.
fn packed(object: &[u8]) -> Vec<u8> {
    let mut long = object.to_vec();
    long.resize(object.len() + 1024, 0);
    gzip(&long)
}

#[test]
fn a_container_in_a_container_is_ignored() {
    assert_eq!(typists_in_container(|w| container(&[one(w)])), [6]);
    let copy = |world: &mut World| {
        let id = telewire_schema::mtproto::MSG_COPY.to_le_bytes();
        [id.as_slice(), &one(world)].concat()
    };
    assert_eq!(typists_in_container(copy), [6]);
    let packed = |world: &mut World| {
        let members: Vec<_> = (0..64).map(|_| one(world)).collect();
        gzip(&container(&members))
    };
    assert_eq!(typists_in_container(packed), [6]);
    let mut world = World::ready();
    let object = packed(&mut world);
    world.server.send(HOME, Kind::Push, &object);
    world.settle();
    assert_eq!(world.typists(), [5; 64], "by itself it is in order");
}

#[test]
fn a_packed_object_in_a_packed_object_is_ignored() {
    assert_eq!(typists_in_container(|_| packed(&typing(5))), [5, 6]);
    let twice = |_: &mut World| packed(&packed(&typing(5)));
    assert_eq!(typists_in_container(twice), [6]);
}

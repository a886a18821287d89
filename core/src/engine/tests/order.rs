//! Requests that run in their order, whatever becomes of the one before.

use std::time::Duration;

use telewire_schema::{Identifiable, functions};

use super::bench::{Bench, settings};
use crate::engine::{Request, RequestId};

const SECOND: Duration = Duration::from_secs(1);

type First = functions::help::GetNearestDc;
type Second = functions::help::GetCdnConfig;

/// Two requests of which the second is to run after the first.
fn two(bench: &mut Bench) -> (RequestId, RequestId) {
    let first = bench.engine.invoke(bench.now, Request::new(&First {}));
    let mut second = Request::new(&Second {});
    second.after = Some(first);
    let second = bench.engine.invoke(bench.now, second);
    bench.drain();
    (first, second)
}

/// What has been sent of them: which it is, its message id, and that of the one that it names.
fn sent(bench: &mut Bench) -> Vec<(u32, i64, Option<i64>)> {
    let int = |body: &[u8]| u32::from_le_bytes(body[..4].try_into().unwrap());
    let long = |body: &[u8]| i64::from_le_bytes(body[..8].try_into().unwrap());
    let requests = std::mem::take(&mut bench.peer().requests);
    let one = |(id, body): (i64, bytes::Bytes)| {
        // invokeAfterMsg#cb9f372d msg_id:long query:!X
        let is_wrapped = int(&body) == 0xcb9f_372d;
        let (after, query) = if is_wrapped {
            (Some(long(&body[4..])), &body[12..])
        } else {
            (None, &body[..])
        };
        (int(query), id, after)
    };
    requests.into_iter().map(one).collect()
}

fn answer(bench: &mut Bench, id: i64) {
    bench.peer().answer(id, b"fine");
    bench.drain();
}

fn refuse(bench: &mut Bench, id: i64, code: i32, text: &str) {
    bench.peer().refuse(id, code, text);
    bench.drain();
}

/// The only two that were sent, the second naming the first.
fn chained(bench: &mut Bench) -> (i64, i64) {
    let sent = sent(bench);
    let [(First::ID, first, None), (Second::ID, second, Some(after))] = sent[..] else {
        panic!("{sent:x?}")
    };
    assert_eq!(after, first);
    (first, second)
}

#[test]
fn parallel_requests_leave_in_one_container() {
    // parity: M-base.call.list
    let mut bench = Bench::ready(settings(), None);
    bench.peer().packets.clear();
    for _ in 0..5 {
        bench.engine.invoke(bench.now, Request::new(&First {}));
    }
    bench.drain();
    assert_eq!(bench.peer().packets, [5]);
    assert!(sent(&mut bench).iter().all(|(_, _, after)| after.is_none()));
}

#[test]
fn each_of_ordered_requests_names_the_one_before() {
    // rule: mtproto.invoke_after
    // parity: M-base.call.ordered
    let mut bench = Bench::ready(settings(), None);
    bench.peer().packets.clear();
    let (_, second) = two(&mut bench);
    let mut third = Request::new(&functions::help::GetConfig {});
    third.after = Some(second);
    bench.engine.invoke(bench.now, third);
    bench.drain();
    let sent = sent(&mut bench);
    assert_eq!(sent[0].2, None);
    assert_eq!(sent[1].2, Some(sent[0].1));
    assert_eq!(sent[2].2, Some(sent[1].1));
    assert_eq!(bench.peer().packets[0], 2);
}

#[test]
fn the_second_waits_while_the_first_sleeps() {
    // rule: mtproto.wait_failed
    for (code, text, pause) in [(420, "FLOOD_WAIT_20", 20), (500, "RPC_CALL_FAIL", 2)] {
        // The server does not run the second when the first was refused.
        let mut bench = Bench::ready(settings(), None);
        let (first, second) = two(&mut bench);
        let (one, other) = chained(&mut bench);
        refuse(&mut bench, one, code, text);
        refuse(&mut bench, other, 400, "MSG_WAIT_FAILED");
        bench.pass((pause - 1) * SECOND);
        assert!(sent(&mut bench).is_empty(), "the first sleeps");
        bench.pass(SECOND);
        let again = sent(&mut bench);
        let [(First::ID, one, None)] = again[..] else {
            panic!("{again:x?}")
        };
        answer(&mut bench, one);
        let again = sent(&mut bench);
        let [(Second::ID, other, None)] = again[..] else {
            panic!("{again:x?}")
        };
        answer(&mut bench, other);
        assert!(bench.result(first).unwrap().is_ok());
        assert!(bench.result(second).unwrap().is_ok());
    }
}

#[test]
fn the_second_names_the_id_that_the_first_goes_by_at_the_time() {
    // rule: mtproto.invoke_after, mtproto.wait_timeout
    // parity: M-base.call.ordered
    let mut bench = Bench::ready(settings(), None);
    two(&mut bench);
    let (one, other) = chained(&mut bench);
    refuse(&mut bench, one, 420, "FLOOD_WAIT_20");
    // The server gives up waiting for what it has seen fail.
    refuse(&mut bench, other, 400, "MSG_WAIT_TIMEOUT");
    bench.pass(19 * SECOND);
    assert!(sent(&mut bench).is_empty());
    bench.pass(SECOND);
    let (again, _) = chained(&mut bench);
    assert_ne!(again, one);
    refuse(&mut bench, again, 500, "RPC_CALL_FAIL");
    bench.cut();
    bench.until_opening();
    bench.accept();
    bench.greet();
    bench.pass(2 * SECOND);
    let now = sent(&mut bench);
    let [(First::ID, third, None)] = now[..] else {
        panic!("the second may still be waited for: {now:x?}")
    };
    assert!(third > again);
}

#[test]
fn a_second_that_has_not_left_yet_stays_behind_the_first() {
    let mut bench = Bench::ready(settings(), None);
    let (first, _) = two(&mut bench);
    let (one, other) = chained(&mut bench);
    refuse(&mut bench, one, 500, "RPC_CALL_FAIL");
    // Only now the server says that it never took the second.
    let notice = telewire_schema::mtproto::types::BadMsgNotificationData {
        bad_msg_id: other,
        bad_msg_seqno: 1,
        error_code: 20,
    };
    let notice = telewire_schema::Serialize::to_bytes(&notice);
    bench.peer().push(&notice);
    bench.drain();
    assert!(sent(&mut bench).is_empty());
    // A third that comes meanwhile stands in line as well.
    let mut third = Request::new(&functions::help::GetConfig {});
    third.after = Some(first);
    bench.engine.invoke(bench.now, third);
    bench.drain();
    assert!(sent(&mut bench).is_empty());
    bench.pass(2 * SECOND);
    let again = sent(&mut bench);
    assert_eq!(again.len(), 3);
    let one = again
        .iter()
        .find(|(what, ..)| *what == First::ID)
        .unwrap()
        .1;
    let others = again.iter().filter(|(what, ..)| *what != First::ID);
    assert!(
        others
            .clone()
            .all(|(_, id, after)| *id > one && *after == Some(one))
    );
}

#[test]
fn the_second_goes_when_the_first_has_failed_for_good() {
    let mut config = settings();
    config.request_retries = Some(1);
    let mut bench = Bench::ready(config, None);
    let (first, second) = two(&mut bench);
    let (one, other) = chained(&mut bench);
    refuse(&mut bench, one, 500, "RPC_CALL_FAIL");
    refuse(&mut bench, other, 400, "MSG_WAIT_FAILED");
    bench.pass(2 * SECOND);
    let one = sent(&mut bench)[0].1;
    refuse(&mut bench, one, 500, "RPC_CALL_FAIL");
    assert!(bench.result(first).unwrap().is_err());
    let again = sent(&mut bench);
    let [(Second::ID, other, None)] = again[..] else {
        panic!("{again:x?}")
    };
    answer(&mut bench, other);
    assert!(bench.result(second).unwrap().is_ok());
}

#[test]
fn the_second_goes_when_nobody_waits_for_the_first_any_more() {
    let mut bench = Bench::ready(settings(), None);
    let (first, _) = two(&mut bench);
    let (one, other) = chained(&mut bench);
    refuse(&mut bench, one, 420, "FLOOD_WAIT_50");
    refuse(&mut bench, other, 400, "MSG_WAIT_FAILED");
    bench.engine.forget(bench.now, first);
    bench.drain();
    let again = sent(&mut bench);
    assert!(matches!(again[..], [(Second::ID, _, None)]), "{again:x?}");
}

#[test]
fn the_second_waits_for_a_first_that_is_answered_elsewhere() {
    let mut bench = Bench::ready(settings(), None);
    let (first, second) = two(&mut bench);
    let (one, other) = chained(&mut bench);
    refuse(&mut bench, one, 303, "STATS_MIGRATE_4");
    refuse(&mut bench, other, 400, "MSG_WAIT_FAILED");
    assert!(sent(&mut bench).is_empty());
    bench.accept();
    bench.greet();
    let there = sent(&mut bench);
    let [(First::ID, one, None)] = there[..] else {
        panic!("{there:x?}")
    };
    answer(&mut bench, one);
    assert!(bench.result(first).unwrap().is_ok());
    let home = bench.peers.first_entry().unwrap().into_mut();
    let other = home.take::<Second>().expect("the first has ended");
    home.answer(other, b"fine");
    bench.drain();
    assert!(bench.result(second).unwrap().is_ok());
}

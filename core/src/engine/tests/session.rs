//! What the engine makes of what its MTProto sessions tell.

use std::time::Duration;

use telewire_schema::mtproto::types as service;
use telewire_schema::{Identifiable, Serialize, functions, types};

use super::bench::{Bench, me, settings};
use crate::dc::DcId;
use crate::engine::dc::DcKey;
use crate::engine::{LinkEvent, Request, Value};
use crate::error::Error;

type Probe = functions::help::GetNearestDc;

#[test]
fn a_message_that_is_refused_for_good_says_why() {
    // parity: N-mt.badmsg.other
    for (code, times, why) in [
        (16, 9, "too low"),
        (17, 9, "too high"),
        (18, 9, "divisible by four"),
        (19, 9, "earlier message"),
        (20, 9, "too old"),
        (32, 9, "number is too low"),
        (33, 9, "number is too high"),
        (34, 1, "not even"),
        (35, 1, "not odd"),
        (48, 9, "salt"),
        (64, 9, "malformed"),
    ] {
        let mut bench = Bench::ready(settings(), None);
        let id = bench.invoke(&Probe {});
        for sends in 1.. {
            let refused = bench.peer().take::<Probe>().expect("it is sent again");
            let notice = service::BadMsgNotificationData {
                bad_msg_id: refused,
                bad_msg_seqno: 1,
                error_code: code,
            };
            bench.peer().push(&notice.to_bytes());
            bench.drain();
            if let Some(result) = bench.result(id) {
                let error = result.unwrap_err();
                assert!(matches!(error, Error::Protocol(_)), "{code}: {error:?}");
                let text = error.to_string();
                assert!(text.contains(why), "{code}: {text}");
                assert!(text.contains(&format!("({code})")), "{code}: {text}");
                assert_eq!(sends, times, "{code}");
                break;
            }
        }
    }
}

#[test]
fn what_does_not_fit_one_message_is_told_and_the_rest_goes_on() {
    // parity: N-mt.toobig
    let mut bench = Bench::ready(settings(), None);
    let mut long = Request::new(&Probe {});
    long.tail = Some(vec![1; 1_044_448].into());
    let long = bench.engine.invoke(bench.now, long);
    let other = bench.invoke(&Probe {});
    let error = bench.result(long).unwrap().unwrap_err();
    assert!(matches!(error, Error::Misuse(_)) && !error.may_have_run());
    assert!(error.to_string().contains("too long"), "{error}");
    let request = bench.peer().take::<Probe>().unwrap();
    bench.peer().answer(request, b"fine");
    bench.drain();
    assert!(bench.result(other).unwrap().is_ok());
}

#[test]
fn what_is_not_known_is_skipped() {
    // parity: N-mt.unknown
    let mut bench = Bench::ready(settings(), Some(me()));
    for body in [&0x1234_5678_u32.to_le_bytes()[..], b"nonsense", &[7; 400]] {
        bench.peer().push(body);
        bench.drain();
    }
    assert!(bench.is_ready() && bench.peers.len() == 1);
    let id = bench.invoke(&Probe {});
    let request = bench.peer().take::<Probe>().unwrap();
    bench.peer().answer(request, b"fine");
    bench.drain();
    assert!(bench.result(id).unwrap().is_ok());
}

#[test]
fn the_first_salt_is_zero_and_the_server_corrects_it() {
    // parity: N-mt.salt0
    let mut bench = Bench::ready(settings(), None);
    let salt = |bench: &Bench| {
        let dc = &bench.engine.dcs[&DcKey::main(DcId(2))];
        dc.session.as_ref().expect("it is ready").salt()
    };
    assert_eq!(salt(&bench), 0);
    let id = bench.invoke(&Probe {});
    let refused = bench.peer().take::<Probe>().unwrap();
    let notice = service::BadServerSalt {
        bad_msg_id: refused,
        bad_msg_seqno: 1,
        error_code: 48,
        new_server_salt: 0x5a17,
    };
    bench.peer().push(&notice.to_bytes());
    bench.drain();
    assert_eq!(salt(&bench), 0x5a17);
    let again = bench.peer().take::<Probe>().expect("sent again");
    bench.peer().answer(again, b"fine");
    bench.drain();
    assert!(bench.result(id).unwrap().is_ok());
    // The next connection begins with it.
    bench.cut();
    bench.until_opening();
    bench.accept();
    assert_eq!(salt(&bench), 0x5a17);
}

#[test]
fn losing_the_key_is_told_to_whoever_asked() {
    // parity: N-mt.unregistered
    let mut bench = Bench::ready(settings(), Some(me()));
    let id = bench.invoke(&Probe {});
    let request = bench.peer().take::<Probe>().unwrap();
    bench.peer().refuse(request, 406, "AUTH_KEY_DUPLICATED");
    bench.drain();
    let error = bench.result(id).unwrap().unwrap_err();
    assert!(error.is("AUTH_KEY_DUPLICATED"), "{error}");

    let mut bench = Bench::ready(settings(), Some(me()));
    let id = bench.invoke(&Probe {});
    let request = bench.peer().take::<Probe>().unwrap();
    bench.peer().refuse(request, 401, "AUTH_KEY_UNREGISTERED");
    bench.drain();
    let error = bench.result(id).unwrap().unwrap_err();
    assert!(error.is("AUTH_KEY_UNREGISTERED"), "{error}");
    assert!(bench.engine.session().user.is_none(), "nobody is signed in");
}

#[test]
fn a_takeout_is_said_around_the_request_and_the_order_around_both() {
    // rule: mtproto.invoke_after
    let mut bench = Bench::ready(settings(), Some(me()));
    bench.peer().requests.clear();
    let channel = types::InputChannelData {
        channel_id: 77,
        access_hash: 1,
    };
    let deletion = functions::channels::DeleteMessages::new(channel, vec![1]);
    let mut first = Request::new(&Probe {});
    first.takeout = Some(0x0102_0304_0506_0708);
    let first = bench.engine.invoke(bench.now, first);
    let mut second = Request::new(&deletion);
    second.takeout = Some(9);
    second.after = Some(first);
    let second = bench.engine.invoke(bench.now, second);
    bench.drain();
    let [(one, alone), (other, chained)] = &bench.peer().requests[..] else {
        panic!("two were sent")
    };
    let (one, other) = (*one, *other);
    let wrapped = |takeout: i64, query: &[u8]| {
        let id = functions::InvokeWithTakeout::ID.to_le_bytes();
        [&id[..], &takeout.to_le_bytes(), query].concat()
    };
    assert_eq!(alone, &wrapped(0x0102_0304_0506_0708, &Probe {}.to_bytes()));
    // invokeAfterMsg#cb9f372d msg_id:long query:!X
    assert_eq!(chained[..4], 0xcb9f_372d_u32.to_le_bytes());
    assert_eq!(chained[4..12], one.to_le_bytes());
    assert_eq!(chained[12..], wrapped(9, &deletion.to_bytes()));
    // What comes of it is looked into all the same.
    let affected = types::messages::AffectedMessages::new(10, 1);
    bench.peer().answer(one, b"fine");
    bench.peer().answer(other, &affected.to_bytes());
    bench.drain();
    let value = bench.result(second).unwrap().unwrap();
    assert!(matches!(value, Value::Decoded(..)));
}

#[test]
fn a_dropped_read_of_much_is_cancelled_and_anything_else_is_heard_out() {
    for cancel in [true, false] {
        let mut bench = Bench::ready(settings(), None);
        let mut request = Request::new(&Probe {});
        request.cancel = cancel;
        let id = bench.engine.invoke(bench.now, request);
        bench.drain();
        let sent = bench.peer().take::<Probe>().unwrap();
        bench.engine.forget(bench.now, id);
        bench.drain();
        assert_eq!(bench.peer().dropped == [sent], cancel);
        assert_eq!(bench.engine.requests.is_empty(), cancel);
        bench.peer().answer(sent, b"fine");
        bench.drain();
        bench.pass(Duration::from_secs(1));
        assert!(bench.engine.requests.is_empty());
        assert!(bench.result(id).is_none());
    }
}

#[test]
fn a_server_that_forgot_the_session_is_asked_for_what_was_missed() {
    // rule: mtproto.new_session_updates
    let mut bench = Bench::ready(settings(), Some(me()));
    let state = bench.peer().take::<functions::updates::GetState>().unwrap();
    let answer = types::updates::State::new(1, 1, 1, 1, 0);
    bench.peer().answer(state, &answer.to_bytes());
    bench.drain();
    assert!(bench.peer().requests.is_empty());
    for unique_id in [1, 2] {
        let new = service::NewSessionCreated {
            first_msg_id: 1,
            unique_id,
            server_salt: 0,
        };
        bench.peer().push(&new.to_bytes());
        bench.drain();
        let asked = bench.peer().take::<functions::updates::GetDifference>();
        let asked = asked.expect("updates may be lost");
        let nothing = types::updates::DifferenceEmpty { date: 2, seq: 1 };
        bench.peer().answer(asked, &nothing.to_bytes());
        bench.drain();
        // The same news twice is one.
        bench.peer().push(&new.to_bytes());
        bench.drain();
        assert!(bench.peer().requests.is_empty());
    }
}

#[test]
fn making_a_key_is_tried_as_often_as_connecting() {
    // parity: N-mt.auth.retry
    let mut bench = Bench::new(settings());
    let mut session = bench.engine.session().clone();
    session.keys.clear();
    let seed = crate::rand::Seed::new([1; 32]);
    bench.engine = crate::engine::Engine::new(settings(), session, bench.now, seed);
    bench.engine.connect(bench.now);
    let mut attempts = 0;
    while bench.ended().is_none() {
        bench.until_opening();
        let (link, _) = bench.opening.remove(0);
        let engine = &mut bench.engine;
        engine.handle_link(bench.now, link, LinkEvent::Connected);
        assert!(engine.poll_packet(bench.now, link).is_some(), "req_pq");
        engine.handle_link(bench.now, link, LinkEvent::Lost("reset".into()));
        bench.drain();
        attempts += 1;
    }
    assert_eq!(attempts, 6);
    assert!(matches!(bench.ended(), Some(Error::Transport(_))));
}

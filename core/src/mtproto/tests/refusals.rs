//! Notices of ignored messages, wrong salts, wrong clocks.

use super::*;

#[test]
fn a_wrong_salt_is_replaced_and_what_was_refused_sent_again() {
    // parity: N-mt.badsalt, N-mt.salt0
    // rule: mtproto.salt_again
    let mut pair = Pair::with(0, Some(0));
    pair.session.handle_link_up(pair.now);
    let id = pair.invoke(b"request1");
    let sent = pair.sent();
    let bad = sent[0].outer;
    let salt = types::BadServerSalt {
        bad_msg_id: bad,
        bad_msg_seqno: 2,
        error_code: 48,
        new_server_salt: SALT,
    };
    let mut other = salt.clone();
    other.bad_msg_id += 4;
    other.new_server_salt = 99;
    pair.service(&other);
    assert_eq!(
        pair.session.salt(),
        0,
        "a notice about nothing that was sent"
    );
    pair.service(&salt);
    let again = pair.sent();
    assert_eq!(pair.headers.last().unwrap().salt, SALT);
    assert!(again.iter().any(Msg::is::<functions::PingDelayDisconnect>));
    let (old, new) = (carrying(&sent, b"request1"), carrying(&again, b"request1"));
    assert!(new.msg_id > old.msg_id && new.seq_no > old.seq_no);
    pair.answer(new, b"answer!!");
    assert_eq!(
        pair.told(),
        [format!("SaltChanged({SALT})"), format!("{id:?} = answer!!")]
    );
}

#[test]
fn what_is_sealed_when_the_salt_changes_goes_out_with_the_new_one() {
    let mut pair = Pair::up();
    for _ in 0..4 {
        let mut part = RequestBody::new(b"part".to_vec());
        part.tail = Some(Bytes::from(vec![1; 40_000]));
        pair.session.invoke(part);
    }
    let first = pair.session.poll_packet(pair.now).unwrap();
    let first = pair.read(&first);
    let before = pair.headers.last().unwrap().seq_no;
    let bad_msg_id = first[0].outer;
    pair.service(&types::BadServerSalt {
        bad_msg_id,
        bad_msg_seqno: 1,
        error_code: 48,
        new_server_salt: 77,
    });
    pair.headers.clear();
    assert_eq!(pair.sent().len(), 4);
    assert!(pair.headers.iter().all(|h| h.salt == 77));
    assert_eq!(
        pair.headers[0].seq_no,
        before + 2,
        "numbers that nobody saw are used"
    );
}

#[test]
fn a_clock_that_is_wrong_is_corrected_and_does_not_break_the_session() {
    // parity: N-mt.badmsg.16_17, N-mt.timeoffset, N-mt.msgid
    // rule: mtproto.msg_id_window
    // Our clock is an hour behind: ids are too low. An hour ahead: too high.
    for (ahead, code) in [(3600, 16), (-3600, 17)] {
        for known in [None, Some(0)] {
            let mut pair = Pair::with(SALT, known);
            pair.ahead = ahead;
            pair.session.handle_link_up(pair.now);
            let id = pair.invoke(b"request1");
            let sent = pair.sent();
            pair.refuse(sent[0].outer, 2, code);
            let sent = pair.sent();
            let msg = carrying(&sent, b"request1");
            let off = (msg.msg_id >> 32) - (pair.now.wall.secs() + ahead);
            assert!(off.abs() <= 1, "{off} seconds off");
            pair.answer(msg, b"answer!!");
            assert_eq!(
                pair.told(),
                [format!("TimeOffset({ahead})"), format!("{id:?} = answer!!")]
            );
            assert_eq!(pair.session.time_offset(), Some(ahead));
        }
    }
}

#[test]
fn a_notice_in_a_container_corrects_the_clock_as_well() {
    let mut pair = Pair::with(SALT, Some(0));
    pair.ahead = -3600;
    pair.session.handle_link_up(pair.now);
    pair.invoke(b"request1");
    let sent = pair.sent();
    let notice = types::BadMsgNotificationData {
        bad_msg_id: sent[0].outer,
        bad_msg_seqno: 2,
        error_code: 17,
    }
    .to_bytes();
    let (a, outer) = (pair.server_id(), pair.server_id());
    let frame = pair.seal(outer, 0, &container(&[(a, 0, &notice)]));
    pair.deliver(vec![frame]);
    assert_eq!(pair.session.time_offset(), Some(-3600));
    assert!(!pair.sent().is_empty());
}

#[test]
fn sequence_numbers_are_corrected() {
    // parity: N-mt.badmsg.32, N-mt.badmsg.33
    let mut pair = Pair::up();
    pair.invoke(b"request1");
    let sent = pair.sent();
    let seq = sent[0].seq_no;
    pair.refuse(sent[0].msg_id, seq, 32);
    let sent = pair.sent();
    assert_eq!(sent[0].seq_no, seq + 64);
    pair.refuse(sent[0].msg_id, seq + 64, 33);
    let sent = pair.sent();
    assert_eq!(sent[0].seq_no, seq + 48);
}

#[test]
fn a_server_that_never_agrees_about_numbers_gets_a_new_session() {
    let mut pair = Pair::up();
    let old = pair.session.id();
    for n in 0..100 {
        let id = pair.invoke(format!("request number {n:05}").as_bytes());
        for msg in pair.sent() {
            pair.refuse(msg.msg_id, msg.seq_no, 32);
        }
        let _ = id;
        if pair.session.id() != old {
            break;
        }
    }
    assert_ne!(pair.session.id(), old);
    assert!(pair.told().contains(&"Dead(SessionStuck)".to_owned()));
    pair.session.handle_link_up(pair.now);
    assert!(!pair.sent().is_empty());
}

#[test]
fn other_refusals_are_answered_with_a_new_id_a_few_times() {
    // parity: N-mt.badmsg.other
    // rule: mtproto.too_old
    for code in [18, 19, 20, 48, 64, 99] {
        let mut pair = Pair::up();
        let id = pair.invoke(b"request1");
        let mut last = 0;
        for _ in 0..8 {
            let sent = pair.sent();
            let msg = carrying(&sent, b"request1");
            assert!(msg.msg_id > last);
            last = msg.msg_id;
            pair.refuse(last, msg.seq_no, code);
            assert!(pair.events().is_empty());
        }
        let sent = pair.sent();
        pair.refuse(sent[0].msg_id, 1, code);
        assert_eq!(pair.told(), [format!("{id:?} BadMessage({code})")]);
        assert!(pair.sent().is_empty());
    }
}

#[test]
fn refusals_that_only_a_bug_can_cause_fail_the_request_at_once() {
    // parity: N-mt.badmsg.other
    for code in [34, 35] {
        let mut pair = Pair::up();
        let id = pair.invoke(b"request1");
        let sent = pair.sent();
        pair.refuse(sent[0].msg_id, 1, code);
        assert_eq!(pair.told(), [format!("{id:?} BadMessage({code})")]);
    }
}

#[test]
fn members_of_an_invalid_container_are_sent_alone() {
    // parity: N-mt.container.pop
    let mut pair = Pair::up();
    pair.invoke(b"one.");
    pair.invoke(b"two.");
    let sent = pair.sent();
    pair.refuse(sent[0].outer, sent[0].seq_no, 64);
    let packets = pair.packets();
    assert_eq!(packets.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn a_refused_container_costs_nothing_that_was_in_it() {
    // parity: N-mt.container.pop
    let mut pair = Pair::up();
    let update = pair.content(b"update!!");
    pair.pass(0.5);
    pair.service(&types::MsgsStateReq {
        msg_ids: vec![update],
    });
    pair.run(60);
    pair.invoke(b"request1");
    let first = pair.sent();
    pair.refuse(first[0].outer, 0, 48);
    let again = pair.sent();
    let kinds = |sent: &[Msg]| {
        let mut kinds: Vec<_> = sent.iter().map(Msg::id).collect();
        kinds.sort_unstable();
        kinds
    };
    assert!(first.len() >= 3);
    assert_eq!(kinds(&first), kinds(&again));
}

#[test]
fn refusals_of_what_was_never_sent_change_nothing() {
    let mut pair = Pair::up();
    pair.ahead = 2;
    for code in [16, 17, 32, 33, 34, 35, 48, 64] {
        pair.refuse(4, 1, code);
    }
    pair.refuse(-1, 1, 64);
    assert!(
        pair.events()
            .iter()
            .all(|e| matches!(e, Event::TimeOffset(_)))
    );
    pair.invoke(b"request1");
    assert_eq!(pair.sent()[0].seq_no, 1);
}

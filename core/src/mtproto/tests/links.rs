//! What survives a connection, and what becomes of what was in flight.

use super::*;

#[test]
fn a_session_outlives_its_link() {
    // parity: N-mt.session
    // rule: mtproto.session_outlives_links
    let mut pair = Pair::up();
    let id = pair.session.id();
    pair.invoke(b"request1");
    let old = pair.sent();
    let sent = pair.reconnect();
    assert_eq!(pair.session.id(), id);
    assert!(sent.iter().any(Msg::is::<functions::PingDelayDisconnect>));
    assert_eq!(
        state_req(&sent).read::<types::MsgsStateReq>().msg_ids,
        [old[0].msg_id]
    );
    assert!(
        !sent.iter().any(|m| m.body.ends_with(b"request1")),
        "not before its fate is known"
    );
    assert!(
        sent.iter()
            .all(|m| m.msg_id > old[0].msg_id && m.seq_no >= old[0].seq_no)
    );
}

#[test]
fn a_request_that_was_not_received_is_sent_again_under_a_new_id() {
    // rule: mtproto.fate_asked
    for status in [1, 2, 3] {
        let mut pair = Pair::up();
        let id = pair.invoke(b"request1");
        let old = pair.sent();
        let sent = pair.reconnect();
        pair.states(state_req(&sent), status);
        let sent = pair.sent();
        let msg = carrying(&sent, b"request1");
        assert!(msg.msg_id > old[0].msg_id);
        pair.answer(msg, b"answer!!");
        assert_eq!(pair.told(), [format!("{id:?} = answer!!")]);
    }
}

#[test]
fn a_request_that_was_received_is_waited_for() {
    // rule: mtproto.fate_asked
    for status in [4, 4 + 32, 4 + 8 + 64] {
        let mut pair = Pair::up();
        let id = pair.invoke(b"request1");
        let old = pair.sent();
        let sent = pair.reconnect();
        pair.states(state_req(&sent), status);
        assert!(pair.sent().iter().all(|m| !m.body.ends_with(b"request1")));
        pair.answer(&old[0], b"answer!!");
        assert_eq!(pair.told(), [format!("{id:?} = answer!!")]);
    }
}

#[test]
fn the_answer_may_come_before_the_state() {
    let mut pair = Pair::up();
    let id = pair.invoke(b"request1");
    let old = pair.sent();
    let sent = pair.reconnect();
    pair.answer(&old[0], b"answer!!");
    pair.states(state_req(&sent), 2);
    assert!(pair.sent().iter().all(|m| !m.body.ends_with(b"request1")));
    assert_eq!(pair.told(), [format!("{id:?} = answer!!")]);
}

#[test]
fn an_answer_that_comes_twice_counts_once_and_is_acknowledged_twice() {
    // rule: mtproto.unacknowledged_again, mtproto.session_outlives_links
    let mut pair = Pair::up();
    pair.invoke(b"request1");
    let old = pair.sent();
    let answer = pair.answer(&old[0], b"answer!!");
    assert_eq!(pair.events().len(), 1);
    pair.reconnect();
    let frame = pair.seal(answer, 1, &rpc_result(old[0].msg_id, b"answer!!"));
    pair.deliver(vec![frame]);
    assert!(pair.events().is_empty());
    pair.run(11);
    let sent = pair.sent();
    let acks: types::MsgsAck = sent
        .iter()
        .find(|m| m.is::<types::MsgsAck>())
        .unwrap()
        .read();
    assert_eq!(acks.msg_ids, [answer]);
}

#[test]
fn what_was_not_written_goes_back_to_the_queue_without_a_question() {
    let mut pair = Pair::up();
    for _ in 0..4 {
        let mut part = RequestBody::new(b"part".to_vec());
        part.tail = Some(Bytes::from(vec![1; 40_000]));
        pair.session.invoke(part);
    }
    let first = pair.session.poll_packet(pair.now).unwrap();
    let first = pair.read(&first);
    let sent = pair.reconnect();
    assert_eq!(
        state_req(&sent).read::<types::MsgsStateReq>().msg_ids,
        [first[0].msg_id]
    );
    assert_eq!(sent.iter().filter(|m| m.body.len() > 40_000).count(), 3);
}

#[test]
fn a_link_lost_while_asking_asks_again() {
    let mut pair = Pair::up();
    let id = pair.invoke(b"request1");
    let old = pair.sent();
    pair.reconnect();
    let sent = pair.reconnect();
    assert_eq!(
        state_req(&sent).read::<types::MsgsStateReq>().msg_ids,
        [old[0].msg_id]
    );
    let sent = pair.reconnect();
    pair.states(state_req(&sent), 3);
    let sent = pair.sent();
    pair.answer(carrying(&sent, b"request1"), b"answer!!");
    assert_eq!(pair.told(), [format!("{id:?} = answer!!")]);
}

#[test]
fn a_server_that_does_not_tell_is_asked_again_and_then_the_outcome_is_unknown() {
    let mut pair = Pair::up();
    let lost = pair.invoke(b"request1");
    let mut body = RequestBody::new(b"request2".to_vec());
    body.repeatable = true;
    let repeated = pair.session.invoke(body);
    pair.sent();
    let mut sent = pair.reconnect();
    let mut asked = 0;
    for _ in 0..100 {
        asked += sent
            .iter()
            .filter(|m| m.is::<types::MsgsStateReq>())
            .count();
        if sent.iter().any(Msg::is::<functions::PingDelayDisconnect>) {
            pair.pong(&sent);
        }
        pair.run(10);
        sent = pair.sent();
        if sent.iter().any(|m| m.body.ends_with(b"request2")) {
            break;
        }
    }
    assert!((3..=10).contains(&asked), "asked {asked} times");
    assert_eq!(pair.told(), [format!("{lost:?} OutcomeUnknown")]);
    pair.answer(carrying(&sent, b"request2"), b"answer!!");
    assert_eq!(pair.told(), [format!("{repeated:?} = answer!!")]);
}

#[test]
fn an_acknowledged_request_that_the_server_forgot_has_an_unknown_outcome() {
    let mut pair = Pair::up();
    let id = pair.invoke(b"request1");
    let old = pair.sent();
    pair.service(&types::MsgsAck {
        msg_ids: vec![old[0].msg_id],
    });
    let sent = pair.reconnect();
    pair.states(state_req(&sent), 1);
    assert_eq!(pair.told(), [format!("{id:?} OutcomeUnknown")]);
    assert!(pair.sent().is_empty());
}

#[test]
fn a_new_session_on_the_server_asks_what_became_of_earlier_requests() {
    // rule: mtproto.new_session
    let mut pair = Pair::up();
    pair.new_session(1, 100);
    assert_eq!(pair.told().len(), 1);
    let lost = pair.invoke(b"request1");
    let mut body = RequestBody::new(b"request2".to_vec());
    body.repeatable = true;
    pair.session.invoke(body);
    pair.sent();
    pair.pass(1.0);
    pair.invoke(b"request3");
    let third = pair.sent();
    pair.new_session(third[0].outer, 200);
    pair.new_session(third[0].outer, 200);
    assert_eq!(pair.told(), ["NewSession { unique_id: 200, again: true }"]);
    let sent = pair.sent();
    assert_eq!(
        state_req(&sent).read::<types::MsgsStateReq>().msg_ids.len(),
        2
    );
    pair.states(state_req(&sent), 1);
    assert_eq!(
        pair.told(),
        [format!("{lost:?} OutcomeUnknown")],
        "it may have run before"
    );
    let sent = pair.sent();
    carrying(&sent, b"request2");
}

#[test]
fn in_a_session_that_never_was_earlier_requests_are_sent_again() {
    // rule: mtproto.new_session
    let mut pair = Pair::new();
    pair.session.handle_link_up(pair.now);
    let id = pair.invoke(b"request1");
    pair.sent();
    let sent = pair.reconnect();
    pair.new_session(sent[0].outer, 100);
    pair.states(state_req(&sent), 1);
    let sent = pair.sent();
    pair.answer(carrying(&sent, b"request1"), b"answer!!");
    assert_eq!(
        pair.told(),
        [
            "NewSession { unique_id: 100, again: false }".to_owned(),
            format!("{id:?} = answer!!")
        ]
    );
}

#[test]
fn a_new_key_settles_what_was_in_flight() {
    let mut pair = Pair::up();
    let lost = pair.invoke(b"request1");
    let mut body = RequestBody::new(b"request2".to_vec());
    body.repeatable = true;
    pair.session.invoke(body);
    pair.sent();
    pair.invoke(b"request3");
    let old = pair.session.id();
    pair.key = AuthKey::new(std::array::from_fn(|i| (i * 37) as u8));
    pair.session.reset(
        pair.now,
        Setup {
            key: pair.key.clone(),
            salt: SALT,
            time_offset: None,
        },
    );
    assert_ne!(pair.session.id(), old);
    assert_eq!(pair.told(), [format!("{lost:?} OutcomeUnknown")]);
    pair.session.handle_link_up(pair.now);
    let sent = pair.sent();
    assert!(!sent.iter().any(Msg::is::<types::MsgsStateReq>));
    assert!(
        carrying(&sent, b"request2").msg_id < carrying(&sent, b"request3").msg_id,
        "in their old order"
    );
    assert_eq!(carrying(&sent, b"request2").seq_no, 1);
}

#[test]
fn a_chained_request_waits_for_the_fate_of_its_predecessor() {
    // rule: mtproto.invoke_after
    let mut pair = Pair::up();
    let first = pair.invoke(b"first...");
    pair.sent();
    let sent = pair.reconnect();
    let mut body = RequestBody::new(b"second..".to_vec());
    body.after = Some(first);
    pair.session.invoke(body);
    assert!(pair.sent().is_empty());
    pair.states(state_req(&sent), 2);
    let sent = pair.sent();
    assert_eq!(
        carrying(&sent, b"second..").body[4..12],
        carrying(&sent, b"first...").msg_id.to_le_bytes()
    );
}

#[test]
fn a_forgotten_request_is_not_sent_again() {
    let mut pair = Pair::up();
    let plain = pair.invoke(b"request1");
    let mut body = RequestBody::new(b"read....".to_vec());
    body.cancel = true;
    let read = pair.session.invoke(body);
    pair.sent();
    assert!(!pair.session.forget(plain));
    assert!(pair.session.forget(read));
    let sent = pair.reconnect();
    pair.states(state_req(&sent), 2);
    assert_eq!(pair.told(), [format!("{plain:?} NotSent")]);
    assert!(
        pair.sent()
            .iter()
            .all(|m| !m.body.ends_with(b"request1") && !m.body.ends_with(b"read...."))
    );
    assert_eq!(pair.session.pending(), 0);
}

#[test]
fn acknowledgements_that_may_be_lost_go_out_again() {
    // parity: N-mt.ack
    let mut pair = Pair::up();
    let update = pair.content(b"update!!");
    pair.run(11);
    assert_eq!(pair.sent()[0].read::<types::MsgsAck>().msg_ids, [update]);
    let sent = pair.reconnect();
    let acks: types::MsgsAck = sent
        .iter()
        .find(|m| m.is::<types::MsgsAck>())
        .unwrap()
        .read();
    assert_eq!(acks.msg_ids, [update]);
}

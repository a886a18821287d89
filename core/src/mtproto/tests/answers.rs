//! Answers to requests, whatever form they have, and news of messages.

use super::*;

#[test]
fn pings_and_questions_for_salts_may_be_requests() {
    // parity: N-mt.pong, N-mt.futuresalts
    let mut pair = Pair::up();
    let ping = functions::Ping { ping_id: 5 }.to_bytes();
    let salts = functions::GetFutureSalts { num: 1 }.to_bytes();
    let (a, b) = (pair.invoke(&ping), pair.invoke(&salts));
    let sent = pair.sent();
    let pong = types::Pong {
        msg_id: carrying(&sent, &ping).msg_id,
        ping_id: 5,
    };
    let future = types::FutureSalts {
        req_msg_id: carrying(&sent, &salts).msg_id,
        now: 0,
        salts: Vec::new(),
    };
    pair.service(&pong);
    pair.service(&future);
    let answers: Vec<_> = pair
        .events()
        .into_iter()
        .map(|event| match event {
            Event::Result {
                id,
                result: Ok(body),
            } => (id, body),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        answers,
        [
            (a, Bytes::from(pong.to_bytes())),
            (b, Bytes::from(future.to_bytes()))
        ]
    );
    assert_eq!(pair.session.pending(), 0);
}

#[test]
fn answers_that_nobody_waits_for_are_dropped() {
    // parity: N-mt.rpc
    let mut pair = Pair::up();
    let (a, b) = (pair.invoke(b"aaaa"), pair.invoke(b"bbbb"));
    let sent = pair.sent();
    for unknown in [0, 4, -4, sent[0].outer, sent[0].msg_id ^ (1 << 40)] {
        let body = rpc_result(unknown, b"stray...");
        pair.content(&body);
    }
    assert!(pair.events().is_empty());
    // Each answer finds its request, in whichever order they come.
    pair.answer(carrying(&sent, b"bbbb"), b"to b");
    pair.answer(carrying(&sent, b"aaaa"), b"to a");
    pair.answer(carrying(&sent, b"aaaa"), b"late");
    assert_eq!(
        pair.told(),
        [format!("{b:?} = to b"), format!("{a:?} = to a")]
    );
}

#[test]
fn an_error_is_an_answer_and_acknowledged_like_one() {
    // parity: N-mt.rpc.error
    let mut pair = Pair::up();
    let id = pair.invoke(b"request1");
    let sent = pair.sent();
    let answer = pair.answer(&sent[0], &rpc_error(400, "PEER_ID_INVALID"));
    assert_eq!(pair.told(), [format!("{id:?} = 400 PEER_ID_INVALID")]);
    pair.run(11);
    assert_eq!(pair.sent()[0].read::<types::MsgsAck>().msg_ids, [answer]);
}

#[test]
fn an_answer_says_that_all_of_its_packet_has_arrived() {
    // rule: mtproto.result_acknowledges
    let mut pair = Pair::up();
    pair.content(b"update!!");
    pair.invoke(b"request1");
    let sent = pair.sent();
    assert!(sent.iter().any(Msg::is::<types::MsgsAck>));
    let answer = pair.answer(carrying(&sent, b"request1"), b"answer!!");
    let sent = pair.reconnect();
    assert!(
        !sent.iter().any(Msg::is::<types::MsgsStateReq>),
        "there is nothing to ask for"
    );
    let acks: types::MsgsAck = sent
        .iter()
        .find(|m| m.is::<types::MsgsAck>())
        .unwrap()
        .read();
    assert_eq!(acks.msg_ids, [answer], "the older one has arrived");
}

#[test]
fn a_new_session_brings_its_salt() {
    // parity: N-mt.newsession
    let mut pair = Pair::up();
    let new = types::NewSessionCreated {
        first_msg_id: 1,
        unique_id: 5,
        server_salt: 4711,
    };
    pair.content(&new.to_bytes());
    assert_eq!(pair.session.salt(), 4711);
    assert_eq!(pair.told()[0], "SaltChanged(4711)");
    pair.invoke(b"request1");
    pair.sent();
    assert_eq!(pair.headers.last().unwrap().salt, 4711);
}

#[test]
fn what_the_server_tells_unasked_loses_nothing() {
    // parity: N-mt.allinfo
    let mut pair = Pair::up();
    let (a, b) = (pair.invoke(b"aaaa"), pair.invoke(b"bbbb"));
    let sent = pair.sent();
    let ids = ["aaaa", "bbbb"].map(|text| carrying(&sent, text.as_bytes()).msg_id);
    pair.service(&types::MsgsAllInfo {
        msg_ids: vec![ids[0], ids[1], 4, -1],
        info: Bytes::from_static(&[4, 1, 1, 4]),
    });
    assert!(pair.events().is_empty());
    let asked = pair.sent();
    assert!(
        asked.iter().all(|m| m.body != "aaaa" && m.body != "bbbb"),
        "bad news that nobody asked for is asked about first"
    );
    assert_eq!(
        state_req(&asked).read::<types::MsgsStateReq>().msg_ids,
        [ids[1]]
    );
    pair.answer(carrying(&sent, b"bbbb"), b"to b");
    pair.answer(carrying(&sent, b"aaaa"), b"to a");
    assert_eq!(
        pair.told(),
        [format!("{b:?} = to b"), format!("{a:?} = to a")]
    );
}

#[test]
fn the_order_is_said_outside_of_what_is_packed() {
    // parity: N-mt.ordered
    // rule: mtproto.invoke_after
    let mut pair = Pair::up();
    let text = b"compressible ".repeat(200);
    let first = pair.invoke(b"first...");
    let mut body = RequestBody::new(text.clone());
    body.after = Some(first);
    pair.session.invoke(body);
    let sent = pair.sent();
    let second = &sent[1];
    assert_eq!(second.id(), wire::INVOKE_AFTER_MSG);
    assert_eq!(second.body[4..12], sent[0].msg_id.to_le_bytes());
    let packed = second.body.slice(12..);
    assert_eq!(wire::constructor(&packed), Some(wire::GZIP_PACKED));
    let unpacked = gzip::unpack(&wire::after_constructor(&packed), &mut 10_000).unwrap();
    assert_eq!(unpacked, text);
}

#[test]
fn what_is_chained_to_a_request_that_will_be_asked_again_waits_for_it() {
    // rule: mtproto.invoke_after, mtproto.wait_failed
    let mut pair = Pair::up();
    let first = pair.invoke(b"first...");
    let mut body = RequestBody::new(b"second..".to_vec());
    body.after = Some(first);
    pair.session.invoke(body);
    let sent = pair.sent();
    pair.answer(
        carrying(&sent, b"first..."),
        &rpc_error(500, "RPC_CALL_FAIL"),
    );
    pair.session.suspend(first);
    pair.answer(
        carrying(&sent, b"second.."),
        &rpc_error(400, "MSG_WAIT_TIMEOUT"),
    );
    assert!(pair.sent().is_empty() && !pair.session.has_output());
    // It has a new number, and an id of its own.
    let again = pair.invoke(b"first...");
    pair.session.resume(first, Some(again));
    let sent = pair.sent();
    let (one, other) = (carrying(&sent, b"first..."), carrying(&sent, b"second.."));
    assert_eq!(other.body[4..12], one.msg_id.to_le_bytes());
    pair.answer(one, &rpc_error(500, "RPC_CALL_FAIL"));
    pair.session.suspend(again);
    pair.answer(other, &rpc_error(400, "MSG_WAIT_FAILED"));
    assert!(pair.sent().is_empty());
    // It is not going to be asked any more.
    pair.session.resume(again, None);
    assert_eq!(carrying(&pair.sent(), b"second..").body, "second..");
}

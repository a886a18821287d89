//! Requests, answers, acknowledgements, pings and salts on one link.

use super::*;

#[test]
fn a_request_is_answered() {
    // parity: N-mt.rpc
    let mut pair = Pair::up();
    let id = pair.invoke(b"request1");
    let sent = pair.sent();
    let [msg] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(msg.body, "request1");
    assert_eq!(msg.seq_no % 2, 1);
    assert_eq!(msg.outer, msg.msg_id, "a lone message is not wrapped");
    pair.answer(msg, b"answer!!");
    assert_eq!(pair.told(), [format!("{id:?} = answer!!")]);
    assert_eq!(pair.session.pending(), 0);
    assert_eq!(pair.headers.last().unwrap().salt, SALT);
}

#[test]
fn head_and_tail_travel_as_one_padded_body() {
    let mut pair = Pair::up();
    let mut body = RequestBody::new(b"head".to_vec());
    body.tail = Some(Bytes::from_static(b"tail of 15 byte"));
    pair.session.invoke(body);
    assert_eq!(pair.sent()[0].body, "headtail of 15 byte\0");
}

#[test]
fn requests_that_wait_together_share_a_container_in_order() {
    // parity: N-mt.container
    let mut pair = Pair::up();
    for text in [b"one.", b"two.", b"tri."] {
        pair.invoke(text);
    }
    let mut urgent = RequestBody::new(b"now!".to_vec());
    urgent.urgent = true;
    pair.session.invoke(urgent);
    let packets = pair.packets();
    let [packet] = &packets[..] else {
        panic!("{packets:?}")
    };
    let bodies: Vec<_> = packet.iter().map(|m| m.body.clone()).collect();
    assert_eq!(bodies, ["now!", "one.", "two.", "tri."]);
    assert!(
        packet
            .windows(2)
            .all(|m| m[0].msg_id < m[1].msg_id && m[0].seq_no + 2 == m[1].seq_no)
    );
}

#[test]
fn errors_are_told_with_code_and_name() {
    let mut pair = Pair::up();
    let id = pair.invoke(b"request1");
    let sent = pair.sent();
    pair.answer(&sent[0], &rpc_error(420, "FLOOD_WAIT_7"));
    assert_eq!(pair.told(), [format!("{id:?} = 420 FLOOD_WAIT_7")]);
}

#[test]
fn large_bodies_are_packed_unless_they_must_not_be() {
    let mut pair = Pair::up();
    let text = b"compressible ".repeat(200);
    pair.invoke(&text);
    let mut plain = RequestBody::new(text.clone());
    plain.gzip = false;
    pair.session.invoke(plain);
    let sent = pair.sent();
    assert_eq!(sent[0].id(), wire::GZIP_PACKED);
    let unpacked = gzip::unpack(
        &wire::after_constructor(&sent[0].body),
        &mut usize::MAX.clone(),
    )
    .unwrap();
    assert_eq!(unpacked, text);
    assert_eq!(sent[1].body, text);
}

#[test]
fn packed_answers_messages_and_containers_are_unpacked() {
    // parity: N-mt.gzip
    // rule: mtproto.gzip_anywhere
    let mut pair = Pair::up();
    let id = pair.invoke(b"request1");
    let sent = pair.sent();
    let long = b"long text ".repeat(100);
    let packed = gzip::pack(&long).unwrap();
    pair.answer(&sent[0], &packed);
    assert_eq!(
        pair.told(),
        [format!("{id:?} = {}", String::from_utf8_lossy(&long))]
    );
    pair.content(&packed);
    assert_eq!(
        pair.told(),
        [format!("updates {}", String::from_utf8_lossy(&long))]
    );
    let (a, b) = (pair.server_id(), pair.server_id());
    let inside = container(&[(a, 1, &long), (b, 1, &packed)]);
    pair.content(&gzip::pack(&inside).unwrap());
    assert_eq!(pair.told().len(), 2);
}

#[test]
fn an_answer_that_does_not_unpack_fails_its_request_only() {
    let mut pair = Pair::up();
    let (a, b) = (pair.invoke(b"aaaa"), pair.invoke(b"bbbb"));
    let sent = pair.sent();
    let mut broken = gzip::pack(&b"long text ".repeat(100)).unwrap();
    broken[20] ^= 0xff;
    pair.answer(carrying(&sent, b"aaaa"), &broken);
    pair.answer(carrying(&sent, b"bbbb"), b"fine");
    assert_eq!(
        pair.told(),
        [format!("{a:?} Undecodable"), format!("{b:?} = fine")]
    );
}

#[test]
fn updates_are_handed_on_and_malformed_service_messages_skipped() {
    let mut pair = Pair::up();
    pair.content(b"updates!");
    let cut = types::MsgDetailedInfoData::ID.to_le_bytes();
    pair.content(&cut);
    pair.content(b"go on...");
    assert_eq!(pair.told(), ["updates updates!", "updates go on..."]);
}

#[test]
fn every_content_related_message_is_acknowledged_with_the_next_packet_or_on_a_timer() {
    // parity: N-mt.ack
    let mut pair = Pair::up();
    let update = pair.content(b"update!!");
    assert!(!pair.session.has_output());
    pair.invoke(b"request1");
    let sent = pair.sent();
    let acks: types::MsgsAck = sent
        .iter()
        .find(|m| m.is::<types::MsgsAck>())
        .unwrap()
        .read();
    assert_eq!(acks.msg_ids, [update]);
    assert!(
        sent.iter()
            .find(|m| m.is::<types::MsgsAck>())
            .unwrap()
            .seq_no
            % 2
            == 0
    );

    let answer = pair.answer(carrying(&sent, b"request1"), b"answer!!");
    pair.run(9);
    assert!(pair.sent().is_empty());
    pair.run(2);
    let acks: types::MsgsAck = pair.sent()[0].read();
    assert_eq!(acks.msg_ids, [answer]);

    for _ in 0..16 {
        pair.content(b"update!!");
    }
    assert_eq!(
        pair.sent()[0].read::<types::MsgsAck>().msg_ids.len(),
        16,
        "many do not wait"
    );
}

#[test]
fn an_acknowledged_request_can_tell() {
    // parity: N-mt.logout
    let mut pair = Pair::up();
    let mut body = RequestBody::new(b"log out.".to_vec());
    body.notify_ack = true;
    let id = pair.session.invoke(body);
    pair.invoke(b"other...");
    let msg_ids: Vec<_> = pair.sent().iter().map(|m| m.msg_id).collect();
    pair.service(&types::MsgsAck {
        msg_ids: msg_ids.clone(),
    });
    pair.service(&types::MsgsAck { msg_ids });
    assert_eq!(pair.told(), [format!("Acked({id:?})")]);
}

#[test]
fn pings_keep_the_link_and_their_absence_ends_it() {
    // parity: N-mt.pong
    let mut pair = Pair::up();
    for _ in 0..3 {
        pair.run(60);
        let sent = pair.sent();
        let ping: functions::PingDelayDisconnect = sent
            .iter()
            .find(|m| m.is::<functions::PingDelayDisconnect>())
            .map(ping_of)
            .unwrap();
        assert!(ping.disconnect_delay > 60);
        pair.pong(&sent);
    }
    pair.run(60);
    assert!(!pair.sent().is_empty());
    pair.run(25);
    assert_eq!(pair.told(), ["Dead(PingTimeout)"]);
    assert_eq!(pair.session.poll_timeout(), None);
    assert!(!pair.session.has_output());
}

fn ping_of(msg: &Msg) -> functions::PingDelayDisconnect {
    functions::PingDelayDisconnect {
        ping_id: i64::from_le_bytes(msg.body[4..12].try_into().unwrap()),
        disconnect_delay: i32::from_le_bytes(msg.body[12..16].try_into().unwrap()),
    }
}

#[test]
fn salts_are_asked_for_ahead_and_used_in_their_time() {
    // parity: N-mt.futuresalts
    // rule: mtproto.future_salts
    let mut pair = Pair::new();
    pair.session.handle_link_up(pair.now);
    let sent = pair.sent();
    assert!(
        sent.iter().all(|m| !m.is::<functions::GetFutureSalts>()),
        "not before the server is known to listen"
    );
    pair.pong(&sent);
    pair.run(60);
    let sent = pair.sent();
    pair.pong(&sent);
    let question = sent
        .iter()
        .find(|m| m.is::<functions::GetFutureSalts>())
        .unwrap();
    let start = i32::try_from(START).unwrap();
    let salts = (0..40).map(|n| types::FutureSalt {
        valid_since: start + 100 + n * 1800,
        valid_until: start + 100 + (n + 2) * 1800,
        salt: 1000 + i64::from(n),
    });
    let answer = types::FutureSalts {
        req_msg_id: question.msg_id,
        now: start,
        salts: salts.collect(),
    };
    let mut wrong = answer.clone();
    wrong.req_msg_id += 4;
    pair.service(&wrong);
    pair.service(&answer);
    pair.invoke(b"before..");
    pair.sent();
    assert_eq!(pair.headers.last().unwrap().salt, SALT);
    pair.pass(41.0);
    pair.invoke(b"after...");
    pair.sent();
    assert_eq!(pair.headers.last().unwrap().salt, 1000);
    pair.pass(1800.0);
    pair.invoke(b"later...");
    let sent = pair.sent();
    assert_eq!(pair.headers.last().unwrap().salt, 1001);
    assert!(
        sent.iter().all(|m| !m.is::<functions::GetFutureSalts>()),
        "there are enough"
    );
}

#[test]
fn a_chained_request_names_its_predecessors_present_id() {
    // parity: N-mt.ordered
    // rule: mtproto.invoke_after, mtproto.wait_timeout, mtproto.wait_failed
    let mut pair = Pair::up();
    let first = pair.invoke(b"first...");
    let mut body = RequestBody::new(b"second..".to_vec());
    body.after = Some(first);
    let second = pair.session.invoke(body);
    let wrapped = |sent: &[Msg]| {
        let (first, second) = (carrying(sent, b"first..."), carrying(sent, b"second.."));
        assert_eq!(second.id(), wire::INVOKE_AFTER_MSG);
        assert_eq!(second.body[4..12], first.msg_id.to_le_bytes());
        (first.clone(), second.clone())
    };
    let sent = pair.sent();
    let (_, old) = wrapped(&sent);
    pair.refuse(sent[0].outer, 0, 48);
    let sent = pair.sent();
    let (msg1, msg2) = wrapped(&sent);
    assert_ne!(old.msg_id, msg2.msg_id);

    pair.answer(&msg2, &rpc_error(400, "MSG_WAIT_TIMEOUT"));
    let sent = pair.sent();
    let msg2 = carrying(&sent, b"second..");
    assert_eq!(
        msg2.body[4..12],
        msg1.msg_id.to_le_bytes(),
        "the same wrapper"
    );
    pair.answer(msg2, &rpc_error(400, "MSG_WAIT_FAILED"));
    assert!(pair.sent().is_empty(), "waits for the end of the first");
    pair.answer(&msg1, b"done");
    let sent = pair.sent();
    let msg2 = carrying(&sent, b"second..");
    assert_eq!(msg2.body, "second..", "no wrapper is needed any more");
    pair.answer(msg2, b"too.");
    assert_eq!(
        pair.told(),
        [format!("{first:?} = done"), format!("{second:?} = too.")]
    );
}

#[test]
fn forgetting_depends_on_how_far_a_request_has_got() {
    let mut pair = Pair::up();
    let unsent = pair.invoke(b"unsent..");
    assert!(pair.session.forget(unsent));
    assert!(pair.sent().is_empty());

    let sent_one = pair.invoke(b"sent....");
    let mut body = RequestBody::new(b"read....".to_vec());
    body.cancel = true;
    let read = pair.session.invoke(body);
    let sent = pair.sent();
    assert!(!pair.session.forget(sent_one));
    assert!(pair.session.forget(read));
    pair.answer(carrying(&sent, b"sent...."), b"answer!!");
    assert_eq!(
        pair.told(),
        [format!("{sent_one:?} = answer!!")],
        "its content may matter"
    );

    let after = pair.sent();
    let drop = after
        .iter()
        .find(|m| m.is::<functions::RpcDropAnswer>())
        .expect("rpc_drop_answer");
    assert_eq!(
        drop.body[4..12],
        carrying(&sent, b"read....").msg_id.to_le_bytes()
    );
    let dropped = types::RpcAnswerDropped {
        msg_id: 1,
        seq_no: 1,
        bytes: 1,
    };
    pair.answer(drop, &dropped.to_bytes());
    assert_eq!(pair.session.pending(), 0);
    assert!(pair.events().is_empty());
}

#[test]
fn a_request_in_flight_for_long_is_looked_after() {
    let mut pair = Pair::up();
    let id = pair.invoke(b"request1");
    let first = pair.sent();
    pair.run(60);
    let sent = pair.sent();
    assert!(
        !sent.iter().any(Msg::is::<types::MsgsStateReq>),
        "no ping was answered since"
    );
    pair.pong(&sent);
    pair.run(16);
    let sent = pair.sent();
    assert_eq!(
        state_req(&sent).read::<types::MsgsStateReq>().msg_ids,
        [first[0].msg_id]
    );
    pair.states(state_req(&sent), 2);
    let sent = pair.sent();
    let msg = carrying(&sent, b"request1");
    pair.answer(msg, b"at last!");
    assert_eq!(pair.told(), [format!("{id:?} = at last!")]);
}

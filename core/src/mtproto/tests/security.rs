//! What the peer must not get away with: one test a clause.

use super::*;

#[test]
fn a_packet_that_is_no_message_of_the_session_ends_the_link() {
    // parity: N-mt.checks
    let spoil: [fn(&mut Pair) -> BytesMut; 4] = [
        |pair| {
            let id = pair.server_id();
            let mut frame = pair.seal(id, 1, b"forged!!");
            let last = frame.len() - 1;
            frame[last] ^= 1;
            frame
        },
        |pair| {
            let id = pair.server_id();
            let mut frame = pair.seal(id, 1, b"forged!!");
            frame[0] ^= 1;
            frame
        },
        |pair| {
            // Of another session.
            let (header, mut packet) = (pair.server_id(), Packet::from(&b"forged!!"[..]));
            let session_id = pair.session.id() ^ 1;
            let header = envelope::Header {
                salt: SALT,
                session_id,
                msg_id: header,
                seq_no: 1,
            };
            envelope::wrap(&mut packet, &header, &mut pair.rng);
            envelope::seal_batch(&pair.key, Side::Server, std::slice::from_mut(&mut packet));
            packet.bytes().into()
        },
        |pair| {
            // A packet of the client's own, sent back.
            pair.invoke(b"request1");
            pair.session.poll_packet(pair.now).unwrap().bytes().into()
        },
    ];
    for (case, spoil) in spoil.into_iter().enumerate() {
        let mut pair = Pair::up();
        let frame = spoil(&mut pair);
        pair.deliver(vec![frame]);
        assert_eq!(pair.told(), ["Dead(BadPacket)"], "case {case}");
    }
}

#[test]
fn a_message_with_a_clients_id_is_ignored() {
    let mut pair = Pair::up();
    for low in [0, 2] {
        let id = (pair.server_id() & !3) | low;
        let frame = pair.seal(id, 1, b"update!!");
        pair.deliver(vec![frame]);
        let (inner, outer) = ((pair.server_id() & !3) | low, pair.server_id());
        let frame = pair.seal(outer, 0, &container(&[(inner, 1, b"update!!")]));
        pair.deliver(vec![frame]);
    }
    assert!(pair.events().is_empty());
}

#[test]
fn a_message_is_processed_once_even_inside_containers() {
    // parity: N-mt.checks.more
    // rule: mtproto.inner_duplicates
    let mut pair = Pair::up();
    let id = pair.server_id();
    let frame = pair.seal(id, 1, b"update!!");
    pair.deliver(vec![frame.clone(), frame.clone()]);
    pair.deliver(vec![frame]);
    let outer = pair.server_id();
    let frame = pair.seal(
        outer,
        2,
        &container(&[(id, 1, b"update!!"), (id, 1, b"update!!")]),
    );
    pair.deliver(vec![frame]);
    assert_eq!(pair.told(), ["updates update!!"]);
    pair.run(11);
    assert_eq!(
        pair.sent()[0].read::<types::MsgsAck>().msg_ids,
        [id; 5],
        "acknowledged each time"
    );
}

#[test]
fn an_old_message_is_refused_and_an_old_one_in_a_fresh_container_is_not() {
    // parity: N-mt.checks.more
    // rule: mtproto.time_window
    let mut pair = Pair::up();
    let old = pair.server_id() - (301 << 32);
    let frame = pair.seal(old, 1, b"old.....");
    pair.deliver(vec![frame]);
    assert!(pair.told().is_empty());
    let frame = pair.seal(old + (2 << 32), 1, b"not old!");
    pair.deliver(vec![frame]);
    assert_eq!(pair.told(), ["updates not old!"]);
    let outer = pair.server_id();
    let frame = pair.seal(outer, 2, &container(&[(old, 1, b"old.....")]));
    pair.deliver(vec![frame]);
    assert_eq!(pair.told(), ["updates old....."]);
}

#[test]
fn a_message_from_too_far_ahead_is_refused_once_the_offset_is_known() {
    // parity: N-mt.checks.more
    // rule: mtproto.time_window, mtproto.clock_forward
    let mut pair = Pair::up();
    let ahead = pair.server_id() + (31 << 32);
    let frame = pair.seal(ahead, 1, b"ahead...");
    pair.deliver(vec![frame]);
    assert!(pair.told().is_empty());
    assert_eq!(pair.session.time_offset(), Some(0));

    let mut pair = Pair::with(SALT, None);
    pair.session.handle_link_up(pair.now);
    let ahead = pair.server_id() + (3600 << 32);
    let frame = pair.seal(ahead, 1, b"ahead...");
    pair.deliver(vec![frame]);
    assert_eq!(
        pair.told(),
        ["updates ahead...", "TimeOffset(3600)"],
        "nothing known: our clock is behind"
    );
}

#[test]
fn a_message_below_the_floor_of_the_window_is_refused() {
    let mut pair = Pair::up();
    let first = pair.content(b"first...");
    for _ in 0..3 {
        let members: Vec<_> = (0..1000)
            .map(|_| (pair.server_id(), 1, &b"more"[..]))
            .collect();
        let outer = pair.server_id();
        let frame = pair.seal(outer, 2, &container(&members));
        pair.deliver(vec![frame]);
    }
    assert_eq!(pair.events().len(), 3001);
    let frame = pair.seal(first, 1, b"first...");
    pair.deliver(vec![frame]);
    assert!(pair.events().is_empty());
}

#[test]
fn containers_do_not_nest_not_even_packed() {
    let mut pair = Pair::up();
    let (a, b, c) = (pair.server_id(), pair.server_id(), pair.server_id());
    let long = b"long text ".repeat(100);
    let inner = container(&[(a, 1, &long)]);
    let packed = gzip::pack(&inner).unwrap();
    for nested in [&inner, &packed] {
        let frame = pair.seal(c, 2, &container(&[(b, 1, nested)]));
        pair.deliver(vec![frame]);
    }
    assert!(pair.events().is_empty());
}

#[test]
fn a_container_counts_as_a_whole_and_has_1024_members_at_most() {
    let mut pair = Pair::up();
    let members: Vec<_> = (0..1025)
        .map(|_| (pair.server_id(), 1, &b"more"[..]))
        .collect();
    pair.content(&container(&members));
    let mut cut = container(&members[..3]);
    cut.truncate(cut.len() - 4);
    pair.content(&cut);
    assert!(pair.events().is_empty());
    pair.content(&container(&members[..1024]));
    assert_eq!(pair.events().len(), 1024);
}

#[test]
fn packed_objects_do_not_nest_and_share_a_budget() {
    let mut pair = Pair::up();
    let long = b"long text ".repeat(1000);
    let once = gzip::pack(&long).unwrap();
    let mut padded = once.clone();
    padded.resize(padded.len() + 4096, 0);
    let twice = gzip::pack(&padded).unwrap();
    pair.content(&twice);
    assert!(pair.events().is_empty());

    let bomb = gzip::pack(&vec![0; gzip::MAX_UNPACKED]).unwrap();
    let members: Vec<_> = (0..10).map(|_| (pair.server_id(), 1, &bomb[..])).collect();
    pair.content(&container(&members));
    assert_eq!(pair.events().len(), 4, "64 MiB for one packet");
}

#[test]
fn random_plaintexts_never_panic() {
    use proptest::prelude::*;
    static IDS: [u32; 16] = [
        wire::RPC_RESULT,
        wire::MSG_CONTAINER,
        wire::MSG_COPY,
        wire::GZIP_PACKED,
        types::MsgsAck::ID,
        types::BadMsgNotificationData::ID,
        types::BadServerSalt::ID,
        types::NewSessionCreated::ID,
        types::Pong::ID,
        types::FutureSalts::ID,
        types::MsgDetailedInfoData::ID,
        types::MsgNewDetailedInfo::ID,
        types::MsgsStateReq::ID,
        types::MsgResendReqData::ID,
        types::MsgsStateInfo::ID,
        types::MsgsAllInfo::ID,
    ];
    let words = prop::collection::vec(prop_oneof![any::<i32>(), 0..4, Just(0x1cb5_c415)], 0..20);
    proptest!(|(steps in prop::collection::vec((prop::sample::select(&IDS), words, any::<bool>()), 1..12))| {
        let mut pair = Pair::up();
        for (id, words, real) in steps {
            pair.invoke(b"request1");
            let sent = pair.sent();
            let mut body = id.to_le_bytes().to_vec();
            // A real id gets further than a random one.
            if let (true, Some(msg)) = (real, sent.first()) {
                body.extend_from_slice(&msg.msg_id.to_le_bytes());
            }
            body.extend(words.iter().flat_map(|w| w.to_le_bytes()));
            pair.content(&body);
            if pair.events().iter().any(|e| matches!(e, Event::Dead(_))) {
                pair.session.handle_link_up(pair.now);
            }
            pair.run(20);
        }
    });
}

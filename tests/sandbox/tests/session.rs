//! The server's MTProto session, rule by rule.

mod common;

use std::time::Duration;

use common::{Bench, Client, GZIP, RPC_RESULT, Scheme, container, wrapped};
use telewire_core::transport::{Framing, Mode};
use telewire_sandbox::{Options, Trouble};
use telewire_schema::mtproto::{functions as mf, types as mt};
use telewire_schema::{Identifiable as _, Serialize as _, Writer, functions, types};

fn ping(id: i64) -> Vec<u8> {
    mf::Ping::new(id).to_bytes()
}

#[test]
fn a_key_is_made_and_used_on_every_transport() {
    let framings = [Framing::Abridged, Framing::Intermediate, Framing::Padded];
    let plain = [Mode::Full, Mode::Abridged, Mode::Intermediate, Mode::Padded];
    let modes = plain.into_iter().chain(framings.map(Mode::Obfuscated));
    for (seed, mode) in (1..).zip(modes) {
        let mut bench = Bench::new();
        let mut client = Client::create(&mut bench, mode, seed, Scheme::Padded);
        client.init(&mut bench);
    }
}

#[test]
fn the_old_way_of_sealing_the_inner_data_works() {
    let mut bench = Bench::new();
    let mut client = Client::create(&mut bench, Mode::Abridged, 1, Scheme::Hashed);
    client.init(&mut bench);
}

#[test]
fn nonsense_instead_of_an_exchange_is_refused() {
    let mut bench = Bench::new();
    let mut client = bench.client(1);
    let packet = telewire_core::internals::plain::pack(client.last_id + 4, &[1; 20]);
    client.send_packet(&mut bench, &packet);
    client.poll(&mut bench);
    assert_eq!((client.error, client.closed), (Some(-404), true));
}

#[test]
fn a_key_that_the_server_does_not_know_gets_a_transport_error() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    bench.server.forget_keys();
    client.send(&mut bench, &ping(1), false);
    client.poll(&mut bench);
    assert_eq!((client.error, client.closed), (Some(-404), true));
}

#[test]
fn a_forged_packet_closes_the_connection_without_a_word() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let mut packet = client.key.id().to_le_bytes().to_vec();
    packet.extend([7; 16 + 64]);
    client.send_packet(&mut bench, &packet);
    client.poll(&mut bench);
    assert_eq!((client.error, client.closed), (None, true));
}

#[test]
fn a_wrong_salt_is_corrected_and_the_message_ignored() {
    let mut bench = Bench::new();
    let mut client = bench.client(1);
    let right = client.salt;
    client.salt = 99;
    let id = client.send(&mut bench, &ping(1), false);
    let got = client.poll(&mut bench);
    assert_eq!(got.len(), 1, "{got:?}");
    let mt::BadMsgNotification::BadServerSalt(notice) = got[0].read() else {
        panic!("{got:?}");
    };
    assert_eq!((notice.bad_msg_id, notice.error_code), (id, 48));
    // Both the one named and the first one are good.
    for salt in [notice.new_server_salt, right] {
        client.salt = salt;
        client.send(&mut bench, &ping(1), false);
        let got = client.poll(&mut bench);
        assert!(got.iter().any(|m| m.id() == mt::Pong::ID), "{got:?}");
    }
}

#[test]
fn salts_change_and_the_next_ones_are_told() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    client.send(&mut bench, &mf::GetFutureSalts::new(100).to_bytes(), true);
    let got = client.poll(&mut bench);
    let salts: mt::FutureSalts = got
        .iter()
        .find(|m| m.id() == mt::FutureSalts::ID)
        .unwrap()
        .read();
    assert_eq!(salts.salts.len(), 64);
    assert!(
        salts
            .salts
            .windows(2)
            .all(|w| w[0].valid_since + 1800 == w[1].valid_since)
    );
    let (old, later) = (client.salt, salts.salts[2].salt);
    bench.pass(Duration::from_secs(3600));
    client.salt = old;
    client.send(&mut bench, &ping(1), false);
    assert_eq!(client.poll(&mut bench)[0].bad_code(), 48);
    client.salt = later;
    client.send(&mut bench, &ping(1), false);
    assert!(
        client
            .poll(&mut bench)
            .iter()
            .any(|m| m.id() == mt::Pong::ID)
    );
}

/// The code that a message with these numbers is refused with.
fn refusal(
    client: &mut Client,
    bench: &mut Bench,
    msg_id: i64,
    seq_no: i32,
    body: &[u8],
) -> Option<i32> {
    client.send_raw(bench, msg_id, seq_no, body);
    let got = client.poll(bench);
    got.iter()
        .find(|m| m.id() == mt::BadMsgNotificationData::ID)
        .map(common::Got::bad_code)
}

#[test]
fn identifiers_have_to_fit_the_clock() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let now = client.next_id(&bench);
    let even = client.next_seq(false);
    let second = 1_i64 << 32;
    assert_eq!(
        refusal(&mut client, &mut bench, now + 2, even, &ping(1)),
        Some(18)
    );
    assert_eq!(
        refusal(&mut client, &mut bench, now - 302 * second, even, &ping(1)),
        Some(16)
    );
    assert_eq!(
        refusal(&mut client, &mut bench, now + 32 * second, even, &ping(1)),
        Some(17)
    );
    assert_eq!(
        refusal(&mut client, &mut bench, now + 28 * second, even, &ping(1)),
        None
    );
    assert_eq!(
        refusal(&mut client, &mut bench, now - 290 * second, 0, &ping(1)),
        None
    );
}

#[test]
fn sequence_numbers_have_to_fit_the_order() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let request = functions::help::GetNearestDc.to_bytes();
    let id = client.next_id(&bench) + 4000;
    assert_eq!(refusal(&mut client, &mut bench, id, 21, &request), None);
    assert_eq!(
        refusal(&mut client, &mut bench, id + 4, 21, &request),
        Some(32),
        "the same odd number"
    );
    assert_eq!(
        refusal(&mut client, &mut bench, id + 4, 7, &request),
        Some(32),
        "lower than before"
    );
    assert_eq!(
        refusal(&mut client, &mut bench, id - 4, 25, &request),
        Some(33),
        "higher than later ones"
    );
    assert_eq!(
        refusal(&mut client, &mut bench, id + 4, 22, &request),
        Some(35),
        "a request with an even number"
    );
    let inner = container(&[(id + 8, 23, request.clone())]);
    assert_eq!(
        refusal(&mut client, &mut bench, id + 12, 25, &inner),
        Some(34),
        "a container with an odd one"
    );
    // Acknowledgements and pings may have either.
    let ack = mt::MsgsAck::new(vec![1]).to_bytes();
    assert_eq!(refusal(&mut client, &mut bench, id + 16, 27, &ack), None);
    assert_eq!(
        refusal(&mut client, &mut bench, id + 20, 28, &ping(1)),
        None
    );
}

#[test]
fn containers_are_flat_and_younger_than_their_members() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let seq = client.next_seq(false);
    let id = client.next_id(&bench) + 4000;
    let nested = container(&[(id, seq, container(&[(id - 4, seq, ping(1))]))]);
    assert_eq!(
        refusal(&mut client, &mut bench, id + 4, seq, &nested),
        Some(64)
    );
    let younger = container(&[(id + 12, seq, ping(1))]);
    assert_eq!(
        refusal(&mut client, &mut bench, id + 8, seq, &younger),
        Some(64)
    );
    let mut cut = container(&[(id, seq, ping(1))]);
    cut.truncate(cut.len() - 4);
    assert_eq!(
        refusal(&mut client, &mut bench, id + 8, seq, &cut),
        Some(64)
    );
    let good = container(&[(id, seq, ping(1)), (id + 4, seq, ping(2))]);
    assert_eq!(refusal(&mut client, &mut bench, id + 8, seq, &good), None);
    assert_eq!(
        refusal(&mut client, &mut bench, id + 8, seq, &good),
        Some(19)
    );
    let many: Vec<_> = (0..1025).map(|n| (id + 16 + 4 * n, seq, ping(n))).collect();
    client.send_raw(&mut bench, id + 8000, seq, &container(&many));
    client.poll(&mut bench);
    assert_eq!(client.error, Some(-429));
}

#[test]
fn a_new_session_is_announced_once() {
    let mut bench = Bench::new();
    let mut client = bench.client(1);
    let id = client.send(&mut bench, &ping(1), false);
    let got = client.poll(&mut bench);
    let notice: mt::NewSessionCreated = got
        .iter()
        .find(|m| m.id() == mt::NewSessionCreated::ID)
        .unwrap()
        .read();
    assert_eq!(notice.first_msg_id, id);
    client.send(&mut bench, &ping(2), false);
    let got = client.poll(&mut bench);
    assert!(got.iter().all(|m| m.id() != mt::NewSessionCreated::ID));
}

#[test]
fn a_request_that_comes_twice_runs_once_and_is_answered_twice() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    client.polite = false;
    let (id, seq) = (client.next_id(&bench), client.next_seq(true));
    let request = functions::help::GetNearestDc.to_bytes();
    client.send_raw(&mut bench, id, seq, &request);
    let first = client.poll(&mut bench);
    client.send_raw(&mut bench, id, seq, &request);
    let second = client.poll(&mut bench);
    let answer = |got: &[common::Got]| got.iter().find(|m| m.id() == RPC_RESULT).map(|m| m.msg_id);
    assert!(answer(&first).is_some());
    assert_eq!(
        answer(&first),
        answer(&second),
        "the same answer with the same identifier"
    );
    assert_eq!(bench.server.executed("help.getNearestDc"), 1);
    // A long answer is announced instead.
    let mut bench = Bench::with(Options {
        gzip_above: None,
        announce_above: 4096,
        ..Options::default()
    });
    let mut client = bench.signed_in(2, 0);
    client.polite = false;
    for n in 0..30 {
        let text = format!("{n}{}", "x".repeat(200));
        let send = functions::messages::SendMessage::new(types::InputPeer::Self_, text, n);
        client.call(&mut bench, &send).unwrap();
    }
    let history =
        functions::messages::GetHistory::new(types::InputPeer::Self_, 0, 0, 0, 100, 0, 0, 0);
    let (id, seq) = (client.next_id(&bench), client.next_seq(true));
    client.send_raw(&mut bench, id, seq, &history.to_bytes());
    client.poll(&mut bench);
    client.send_raw(&mut bench, id, seq, &history.to_bytes());
    let got = client.poll(&mut bench);
    assert!(
        got.iter().any(|m| m.id() == mt::MsgDetailedInfoData::ID),
        "{got:?}"
    );
    assert_eq!(bench.server.executed("messages.getHistory"), 1);
    // On the next link, too; it comes when it is asked for.
    client.reconnect(&mut bench);
    client.send(&mut bench, &ping(1), false);
    let got = client.poll(&mut bench);
    let notice = got
        .iter()
        .find(|m| m.id() == mt::MsgDetailedInfoData::ID)
        .unwrap();
    let mt::MsgDetailedInfo::MsgDetailedInfo(info) = notice.read() else {
        panic!("{got:?}");
    };
    assert_eq!(info.msg_id, id);
    assert!(client.answer(&got, id).is_none());
    let ask = mt::MsgResendReqData::new(vec![info.answer_msg_id]);
    client.send(&mut bench, &ask.to_bytes(), true);
    let got = client.poll(&mut bench);
    assert!(client.answer(&got, id).is_some());
}

#[test]
fn what_is_not_acknowledged_comes_again_with_its_identifier() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    client.polite = false;
    let id = client.send(&mut bench, &functions::help::GetNearestDc.to_bytes(), true);
    let got = client.poll(&mut bench);
    let answer = got.iter().find(|m| m.id() == RPC_RESULT).unwrap().clone();
    // On the same connection after a while.
    bench.pass(Duration::from_secs(70));
    let got = client.poll(&mut bench);
    assert!(
        got.iter()
            .any(|m| m.msg_id == answer.msg_id && m.body == answer.body),
        "{got:?}"
    );
    // On the next one at once.
    client.reconnect(&mut bench);
    client.send(&mut bench, &ping(1), false);
    let got = client.poll(&mut bench);
    assert!(got.iter().any(|m| m.msg_id == answer.msg_id), "{got:?}");
    // Not once it is acknowledged.
    client.send(
        &mut bench,
        &mt::MsgsAck::new(vec![answer.msg_id]).to_bytes(),
        false,
    );
    client.reconnect(&mut bench);
    client.send(&mut bench, &ping(2), false);
    let got = client.poll(&mut bench);
    assert!(got.iter().all(|m| m.msg_id != answer.msg_id), "{got:?}");
    assert!(client.answer(&got, id).is_none());
}

#[test]
fn states_are_told_and_answers_sent_again_on_request() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    client.polite = false;
    let before = client.next_id(&bench) - (10 << 32);
    let skipped = client.next_id(&bench);
    let done = client.send(&mut bench, &functions::help::GetNearestDc.to_bytes(), true);
    let got = client.poll(&mut bench);
    let answer = got.iter().find(|m| m.id() == RPC_RESULT).unwrap().msg_id;
    let ask = mt::MsgsStateReq::new(vec![before, skipped, done, done + 40_000]);
    let asked = client.send(&mut bench, &ask.to_bytes(), true);
    let got = client.poll(&mut bench);
    let info: mt::MsgsStateInfo = got
        .iter()
        .find(|m| m.id() == mt::MsgsStateInfo::ID)
        .unwrap()
        .read();
    assert_eq!(info.req_msg_id, asked);
    let states: Vec<u8> = info.info.iter().map(|state| state & 7).collect();
    assert_eq!(states, [1, 2, 4, 3]);
    client.send(
        &mut bench,
        &mt::MsgResendReqData::new(vec![answer]).to_bytes(),
        true,
    );
    let got = client.poll(&mut bench);
    assert!(got.iter().any(|m| m.msg_id == answer), "{got:?}");
}

#[test]
fn an_unwanted_answer_is_dropped_in_one_of_three_ways() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    client.polite = false;
    let drop = |client: &mut Client, bench: &mut Bench, id: i64| {
        let ask = client.send(bench, &mf::RpcDropAnswer::new(id).to_bytes(), true);
        let got = client.poll(bench);
        let answer = client.answer(&got, ask).unwrap().unwrap();
        <mt::RpcDropAnswer as telewire_schema::Deserialize>::from_bytes(&answer).unwrap()
    };
    let nearest = functions::help::GetNearestDc.to_bytes();
    assert_eq!(
        drop(&mut client, &mut bench, 4),
        mt::RpcDropAnswer::RpcAnswerUnknown
    );
    let done = client.send(&mut bench, &nearest, true);
    client.poll(&mut bench);
    assert!(matches!(
        drop(&mut client, &mut bench, done),
        mt::RpcDropAnswer::RpcAnswerDropped(_)
    ));
    bench.server.order(
        "help.getNearestDc",
        1,
        Trouble::Delay(Duration::from_secs(5)),
    );
    let running = client.send(&mut bench, &nearest, true);
    assert_eq!(
        drop(&mut client, &mut bench, running),
        mt::RpcDropAnswer::RpcAnswerDroppedRunning
    );
    bench.pass(Duration::from_secs(10));
    let got = client.poll(&mut bench);
    assert!(client.answer(&got, running).is_none());
}

#[test]
fn another_session_can_be_destroyed() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let old = client.session;
    client.renew();
    for want in [mt::DestroySessionOk::ID, mt::DestroySessionNone::ID] {
        client.send(&mut bench, &mf::DestroySession::new(old).to_bytes(), true);
        let got = client.poll(&mut bench);
        assert!(got.iter().any(|m| m.id() == want), "{got:?}");
    }
}

#[test]
fn a_connection_that_promised_to_ping_is_closed_when_it_does_not() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let promise = mf::PingDelayDisconnect::new(1, 60).to_bytes();
    client.send(&mut bench, &promise, false);
    bench.pass(Duration::from_secs(50));
    client.send(&mut bench, &promise, false);
    bench.pass(Duration::from_secs(50));
    client.poll(&mut bench);
    assert!(!client.closed);
    bench.pass(Duration::from_secs(20));
    client.poll(&mut bench);
    assert!(client.closed);
}

#[test]
fn packed_requests_are_unpacked_gzip_or_zlib() {
    use std::io::Write as _;

    let mut bench = Bench::new();
    let mut client = bench.client(1);
    let request = wrapped(&bench, 225, &functions::help::GetNearestDc.to_bytes());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&request).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&request).unwrap();
    for packed in [gzip.finish().unwrap(), zlib.finish().unwrap()] {
        let mut w = Writer::new();
        w.word(GZIP);
        w.bytes(&packed);
        assert!(client.call_bytes(&mut bench, &w.into_vec()).is_ok());
    }
}

#[test]
fn requests_wait_for_the_one_that_they_name() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let nearest = functions::help::GetNearestDc.to_bytes();
    let after = |id: i64| functions::InvokeAfterMsg::new(id, nearest.clone()).to_bytes();
    let good = client.send(&mut bench, &nearest, true);
    client.poll(&mut bench);
    assert!(client.call_bytes(&mut bench, &after(good)).is_ok());
    let bad = client.send(&mut bench, &functions::updates::GetState.to_bytes(), true);
    client.poll(&mut bench);
    assert_eq!(
        client.call_bytes(&mut bench, &after(bad)).unwrap_err(),
        "MSG_WAIT_FAILED"
    );
    bench.server.order(
        "help.getNearestDc",
        1,
        Trouble::Delay(Duration::from_secs(5)),
    );
    let slow = client.send(&mut bench, &nearest, true);
    assert_eq!(
        client.call_bytes(&mut bench, &after(slow)).unwrap_err(),
        "MSG_WAIT_TIMEOUT"
    );
}

#[test]
fn a_key_on_two_speaking_links_is_lost() {
    let mut bench = Bench::new();
    let mut old = bench.ready(1);
    let mut new = bench.ready(2);
    new.key = old.key.clone();
    new.salt = old.salt;
    new.renew();
    let nearest = functions::help::GetNearestDc;
    bench.pass(Duration::from_secs(5));
    new.call(&mut bench, &nearest).unwrap();
    bench.pass(Duration::from_secs(5));
    assert_eq!(
        old.call(&mut bench, &nearest).unwrap_err(),
        "AUTH_KEY_DUPLICATED"
    );
    // A reconnect that closes the old link first is nothing of the kind.
    let mut bench = Bench::with(Options::default());
    let mut client = bench.ready(1);
    for _ in 0..3 {
        bench.pass(Duration::from_secs(5));
        client.reconnect(&mut bench);
        client.call(&mut bench, &nearest).unwrap();
    }
}

#[test]
fn troubles_happen_as_ordered() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let nearest = functions::help::GetNearestDc;
    bench
        .server
        .order("help.getNearestDc", 2, Trouble::flood(17));
    for _ in 0..2 {
        assert_eq!(
            client.call(&mut bench, &nearest).unwrap_err(),
            "FLOOD_WAIT_17"
        );
    }
    assert!(client.call(&mut bench, &nearest).is_ok());
    assert_eq!(bench.server.executed("help.getNearestDc"), 1);
    bench.server.order("*", 1, Trouble::CloseBefore);
    client.send(&mut bench, &nearest.to_bytes(), true);
    client.poll(&mut bench);
    assert!(client.closed);
    assert_eq!(bench.server.executed("help.getNearestDc"), 1);
    client.reconnect(&mut bench);
    bench.server.order("*", 1, Trouble::CloseAfter);
    let id = client.send(&mut bench, &nearest.to_bytes(), true);
    assert!(client.poll(&mut bench).is_empty() && client.closed);
    client.reconnect(&mut bench);
    client.send(&mut bench, &ping(1), false);
    let got = client.poll(&mut bench);
    assert!(
        client.answer(&got, id).is_some(),
        "the answer comes on the next connection"
    );
    assert_eq!(bench.server.executed("help.getNearestDc"), 2);
    bench.server.order("*", 1, Trouble::DropAnswer);
    let id = client.send(&mut bench, &nearest.to_bytes(), true);
    let got = client.poll(&mut bench);
    assert!(client.answer(&got, id).is_none());
    let acks: mt::MsgsAck = got
        .iter()
        .find(|m| m.id() == mt::MsgsAck::ID)
        .unwrap()
        .read();
    assert_eq!(acks.msg_ids, [id]);
}

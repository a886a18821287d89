//! That everything is run once and arrives.

use std::time::Duration;

use telewire_sandbox::{Options, Trouble};
use telewire_schema::mtproto::{functions as mf, types as mt};
use telewire_schema::{Identifiable as _, Serialize as _, functions, types};

use super::common::{Bench, Client, Got, RPC_RESULT};
use super::ping;

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

// rule: mtproto.repeated_plain
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
    let answer = |got: &[Got]| got.iter().find(|m| m.id() == RPC_RESULT).map(|m| m.msg_id);
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

// rule: mtproto.unacknowledged_again
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

// rule: field.state_info
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

// rule: mtproto.drop_answer
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

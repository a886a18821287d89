//! The server's MTProto session, rule by rule.

#[path = "../common/mod.rs"]
mod common;
mod delivery;
mod field;
mod keys;
mod order;

use std::time::Duration;

use common::{Bench, GZIP, wrapped};
use telewire_sandbox::{Options, Trouble};
use telewire_schema::mtproto::{functions as mf, types as mt};
use telewire_schema::{Identifiable as _, Serialize as _, Writer, functions};

fn ping(id: i64) -> Vec<u8> {
    mf::Ping::new(id).to_bytes()
}

// rule: mtproto.ping_disconnect
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

// rule: field.zlib
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

// rule: mtproto.one_link_a_key
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

//! Salts, identifiers, sequence numbers and containers.

use std::time::Duration;

use telewire_schema::mtproto::{functions as mf, types as mt};
use telewire_schema::{Identifiable as _, Serialize as _, functions};

use super::common::{self, Bench, Client, container};
use super::ping;

// rule: mtproto.bad_salt
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

// rule: mtproto.salt_life
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

// rule: mtproto.msg_id_divisible, mtproto.msg_id_window
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

// rule: mtproto.seqno, mtproto.seqno_parity
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

// rule: mtproto.msg_id_container, mtproto.container_members
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

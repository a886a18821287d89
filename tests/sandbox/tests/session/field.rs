//! What clients in the field do and lean on.

use telewire_core::internals::dh::KNOWN_PRIME;
use telewire_schema::mtproto::{functions as mf, types as mt};
use telewire_schema::{Identifiable as _, Serialize as _, functions};

use super::common::{Bench, Got, RPC_RESULT, container};
use super::ping;

fn has(got: &[Got], id: u32) -> bool {
    got.iter().any(|m| m.id() == id)
}

#[test]
fn service_messages_may_come_in_containers_and_acknowledgements_alone_with_any_number() {
    // rule: field.service_in_containers
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    client.polite = false;
    let request = client.send(&mut bench, &functions::help::GetNearestDc.to_bytes(), true);
    let got = client.poll(&mut bench);
    let answers: Vec<i64> = got
        .iter()
        .filter(|m| m.id() == RPC_RESULT)
        .map(|m| m.msg_id)
        .collect();
    assert!(client.answer(&got, request).is_some());
    let salts = mf::GetFutureSalts::new(3).to_bytes();
    let ack = mt::MsgsAck::new(answers.clone()).to_bytes();
    let members: Vec<_> = [(salts, true), (ping(7), false), (ack.clone(), false)]
        .into_iter()
        .map(|(body, content)| (client.next_id(&bench), client.next_seq(content), body))
        .collect();
    client.send(&mut bench, &container(&members), false);
    let got = client.poll(&mut bench);
    assert!(has(&got, mt::FutureSalts::ID) && has(&got, mt::Pong::ID));
    assert!(!has(&got, mt::BadMsgNotificationData::ID), "{got:?}");
    // With an odd number, as some clients send it.
    client.send(&mut bench, &ack, true);
    let got = client.poll(&mut bench);
    assert!(!has(&got, mt::BadMsgNotificationData::ID), "{got:?}");
    client.reconnect(&mut bench);
    client.send(&mut bench, &ping(8), false);
    let got = client.poll(&mut bench);
    assert!(
        got.iter().all(|m| !answers.contains(&m.msg_id)),
        "it was acknowledged: {got:?}"
    );
}

#[test]
fn the_prime_is_the_published_one_and_fingerprints_are_sixteen_digits_however_they_are_written() {
    // rule: field.published_prime
    let mut bench = Bench::new();
    let client = bench.client(1);
    assert_eq!(client.prime, KNOWN_PRIME);
    let fingerprint = bench.server.fingerprint();
    assert_eq!(fingerprint.len(), 16, "{fingerprint}");
    assert!(!fingerprint.starts_with('0'), "{fingerprint}");
}

#[test]
fn answers_and_everything_else_are_told_apart_by_their_identifiers() {
    // rule: mtproto.server_ids
    let mut bench = Bench::new();
    let mut client = bench.client(1);
    client.polite = false;
    client.send(&mut bench, &ping(1), false);
    let mut got = client.poll(&mut bench);
    client.init(&mut bench);
    client.send(&mut bench, &functions::help::GetNearestDc.to_bytes(), true);
    got.extend(client.poll(&mut bench));
    let rest = |id: u32| {
        let found = got.iter().find(|m| m.id() == id);
        found.expect("it came").msg_id % 4
    };
    assert_eq!(rest(RPC_RESULT), 1);
    assert_eq!(rest(mt::Pong::ID), 1, "a pong is an answer");
    assert_eq!(rest(mt::NewSessionCreated::ID), 3);
}

//! Batches, windows, and what is bounded.

use super::*;

fn part(len: usize) -> RequestBody {
    let mut body = RequestBody::new(b"part".to_vec());
    body.gzip = false;
    body.tail = Some(Bytes::from(vec![1; len]));
    body
}

#[test]
fn parts_that_wait_are_sealed_as_one_batch() {
    for len in [128 * 1024, 512 * 1024] {
        let mut pair = Pair::up();
        for _ in 0..4 {
            pair.session.invoke(part(len));
        }
        assert!(pair.session.poll_packet(pair.now).is_some());
        assert!(
            pair.session.batches().sealed >= 4,
            "{:?}",
            pair.session.batches()
        );
        assert_eq!(pair.packets().len(), 3);
    }
}

#[test]
fn frames_that_arrive_together_are_opened_as_one_batch() {
    let mut pair = Pair::up();
    let mut frames = Vec::new();
    for _ in 0..5 {
        let id = pair.server_id();
        frames.push(pair.seal(id, 1, b"update!!"));
    }
    pair.deliver(frames);
    assert_eq!(pair.session.batches().opened, 5);
    assert_eq!(pair.events().len(), 5);
}

#[test]
fn a_small_request_does_not_wait_behind_all_parts() {
    let mut pair = Pair::up();
    for _ in 0..100 {
        pair.session.invoke(part(512 * 1024));
    }
    let mut urgent = RequestBody::new(b"now!".to_vec());
    urgent.urgent = true;
    assert!(pair.session.poll_packet(pair.now).is_some());
    pair.session.invoke(urgent);
    let ahead = std::iter::from_fn(|| {
        let packet = pair.session.poll_packet(pair.now).unwrap();
        let is_it = pair.read(&packet)[0].body == "now!";
        (!is_it).then_some(())
    });
    assert!(ahead.count() <= 4);
}

#[test]
fn ids_are_fresh_when_packets_are_taken_however_slow_the_socket() {
    for pause in [0.05, 0.4, 1.0, 2.9, 8.0] {
        let mut pair = Pair::up();
        for _ in 0..20 {
            pair.session.invoke(part(512 * 1024));
        }
        let mut parts = 0;
        let mut last = 0;
        while parts < 20 {
            let packet = pair.session.poll_packet(pair.now).unwrap();
            for msg in pair.read(&packet) {
                assert!(msg.msg_id > last);
                last = msg.msg_id;
                let age = pair.now.wall.secs() - (msg.msg_id >> 32);
                assert!(age <= 3, "{age} seconds with pauses of {pause}");
                parts += usize::from(msg.body.len() > 1000);
            }
            pair.pass(pause);
        }
        assert!(pair.session.poll_packet(pair.now).is_none());
    }
}

#[test]
fn a_window_holds_a_bounded_number_of_bytes() {
    let mut pair = Pair::up();
    for _ in 0..60 {
        pair.session.invoke(part(512 * 1024));
    }
    while pair.session.poll_packet(pair.now).is_some() {
        pair.pass(0.001);
        assert!(pair.session.batches().sealed <= 9);
    }
}

#[test]
fn what_does_not_fit_a_packet_fails_and_the_rest_goes_on() {
    // parity: N-mt.toobig
    let mut pair = Pair::up();
    let long = pair.session.invoke(part(1024 * 1024));
    let fits = pair.session.invoke(part(1_044_000));
    assert_eq!(pair.told(), [format!("{long:?} TooLong")]);
    let packets = pair.packets();
    assert_eq!(packets.len(), 1);
    pair.answer(&packets[0][0], b"fine");
    assert_eq!(pair.told(), [format!("{fits:?} = fine")]);
}

#[test]
fn the_largest_packet_fits_every_transport() {
    use crate::transport::{Codec, Framing, Mode};
    for mode in [Mode::Full, Mode::Padded, Mode::Obfuscated(Framing::Padded)] {
        let mut pair = Pair::up();
        pair.session.invoke(part(1_044_440 - 60));
        let mut packet = pair.session.poll_packet(pair.now).unwrap();
        let mut codec = Codec::client(mode, &mut pair.rng);
        codec.encode(&mut packet, &mut pair.rng).unwrap();
    }
}

#[test]
fn a_container_has_1000_members_at_most() {
    // parity: N-mt.container
    // rule: mtproto.container_members
    let mut pair = Pair::up();
    pair.content(b"update!!");
    for _ in 0..2500 {
        pair.invoke(b"request1");
    }
    let packets = pair.packets();
    assert!(packets.iter().all(|p| p.len() <= 1000));
    assert_eq!(
        packets
            .iter()
            .flatten()
            .filter(|m| m.body == "request1")
            .count(),
        2500
    );
}

#[test]
fn questions_hold_8192_ids_at_most() {
    let mut pair = Pair::up();
    for _ in 0..10_000 {
        pair.invoke(b"request1");
    }
    assert_eq!(pair.sent().len(), 10_000);
    let sent = pair.reconnect();
    let asked: Vec<_> = sent
        .iter()
        .filter(|m| m.is::<types::MsgsStateReq>())
        .map(|m| m.read::<types::MsgsStateReq>().msg_ids.len())
        .collect();
    assert_eq!(asked, [8192, 10_000 - 8192]);
}

#[test]
fn a_server_that_only_asks_is_not_answered_without_end() {
    let mut pair = Pair::up();
    for _ in 0..1000 {
        pair.service(&types::MsgsStateReq {
            msg_ids: vec![1; 100],
        });
    }
    assert!(pair.sent().len() <= 100);
}

#[test]
fn too_many_requests_are_refused_at_once() {
    let mut pair = Pair::new();
    for _ in 0..request::MAX_REQUESTS {
        pair.invoke(b"request1");
    }
    let id = pair.invoke(b"one more");
    assert_eq!(pair.told(), [format!("{id:?} TooMany")]);
}

#[test]
fn a_link_always_has_a_deadline() {
    let mut pair = Pair::new();
    assert_eq!(pair.session.poll_timeout(), None);
    pair.session.handle_link_up(pair.now);
    assert!(pair.session.poll_timeout().is_some());
    // A socket that takes nothing.
    pair.invoke(b"request1");
    pair.run(61);
    assert_eq!(pair.told(), ["Dead(PingTimeout)"]);
}

#[test]
fn debug_shows_no_content() {
    let mut pair = Pair::up();
    pair.invoke(b"secret words");
    let text = format!(
        "{:?} {:?}",
        pair.session,
        RequestBody::new(b"secret words".to_vec())
    );
    assert!(
        !text.contains("secret") && !text.contains("115, 101"),
        "{text}"
    );
}

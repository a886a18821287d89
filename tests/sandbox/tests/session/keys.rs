//! Keys, how they are made, and what is sealed with them.

use telewire_core::transport::{Framing, Mode};

use super::common::{Bench, Client, Scheme};
use super::ping;

// rule: transport.first_bytes
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

// rule: field.old_rsa
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
